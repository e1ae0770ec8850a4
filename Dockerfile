# flylint as an image: docker run --rm -v "$PWD:/work" flylint
FROM python:3.13-slim

COPY . /src
RUN pip install --no-cache-dir /src \
 && rm -r /src \
 && useradd --create-home --uid 10001 flylint

USER 10001
WORKDIR /work
ENTRYPOINT ["flylint"]
