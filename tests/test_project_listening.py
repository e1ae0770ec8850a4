"""Where an app listens: what its command, its image and its source say, and when nothing is certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from flylint.app import App
from flylint.document import Document
from flylint.project import Project
from flylint.project.listening import MOST_GROUPS, Listening, listening
from tests.conftest import write

TOML = 'app = "x"\n[http_service]\ninternal_port = 8080\n'
LOOPBACK = "127.0.0.1"


def listens(folder: Path, dockerfile: str, files: dict[str, str], toml: str = TOML, group: str = "app") -> Listening:
    write(folder, {"Dockerfile": dockerfile, **files})
    return listening(App(Document(toml, str(folder / "fly.toml")), Project(str(folder))), group)


def shown(found: Listening) -> tuple[int | None, str | None]:
    """The port, and the address where it is a loopback address."""
    return found.number, found.address.value if found.address and found.on_loopback else None


def script(command: str, **dependencies: str) -> str:
    import json

    return json.dumps({"scripts": {"start": command}, "dependencies": dependencies})


COMMANDS = [
    # Python
    ('CMD ["gunicorn", "app:app", "-b", "0.0.0.0:5000"]', (5000, None)),
    ("CMD gunicorn app:app --bind=0.0.0.0:${PORT:-8000} --workers 2", (8000, None)),
    ('ENV PORT=5001\nCMD exec gunicorn --bind "0.0.0.0:$PORT" app:app', (5001, None)),
    ('ENV PORT 5001\nCMD ["gunicorn", "app:app"]', (5001, None)),
    ('CMD ["gunicorn", "app:app"]', (8000, LOOPBACK)),
    ('CMD ["gunicorn", "-b", "unix:/tmp/x.sock", "app:app"]', (None, None)),
    ('CMD ["gunicorn", "-c", "conf.py", "app:app"]', (None, None)),
    ('CMD ["gunicorn", "app:app", "-k", "uvicorn.workers.UvicornWorker", "--bind", ":3000"]', (3000, None)),
    ('ENV PORT=8081\nCMD ["sh", "-c", "uvicorn main:app --host 0.0.0.0 --port $PORT"]', (8081, None)),
    ('CMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "$PORT"]', (None, None)),
    ('CMD ["python", "-m", "uvicorn", "a.b:app", "--host", "::", "--port", "80"]', (80, None)),
    ('CMD ["uvicorn", "main:app"]', (8000, LOOPBACK)),
    ('CMD ["uv", "run", "--no-sync", "uvicorn", "main:app", "--host=0.0.0.0"]', (8000, None)),
    ('CMD ["poetry", "run", "hypercorn", "a:app", "--bind", "[::]:9000"]', (9000, None)),
    ('CMD ["daphne", "-b", "0.0.0.0", "-p", "8001", "x.asgi:application"]', (8001, None)),
    ('CMD ["flask", "run"]', (5000, LOOPBACK)),
    ('CMD ["flask", "--app", "main", "run", "-h", "0.0.0.0", "-p", "80"]', (80, None)),
    ('CMD ["python3", "-m", "flask", "--app=main", "--debug", "run", "--host=0.0.0.0"]', (5000, None)),
    ("ENV FLASK_RUN_PORT=8000 FLASK_RUN_HOST=0.0.0.0\nCMD flask run", (8000, None)),
    ('CMD ["/app/.venv/bin/fastapi", "run"]', (8000, None)),
    ('CMD ["fastapi", "run", "main.py", "--port", "80"]', (80, None)),
    ('CMD ["fastapi", "dev", "main.py"]', (8000, LOOPBACK)),
    ('CMD ["python", "manage.py", "runserver"]', (8000, LOOPBACK)),
    ('CMD ["python", "manage.py", "runserver", "0.0.0.0:9000"]', (9000, None)),
    ("CMD python manage.py migrate && python manage.py runserver 0.0.0.0:${PORT:-8000}", (8000, None)),
    ('CMD ["streamlit", "run", "app.py", "--server.port=8502", "--server.address=0.0.0.0"]', (8502, None)),
    ('ENTRYPOINT ["streamlit", "run", "app.py"]', (8501, None)),
    ('CMD ["litestar", "--app", "m:app", "run"]', (8000, LOOPBACK)),
    ('CMD ["sanic", "server.app"]', (8000, LOOPBACK)),
    ('CMD ["python", "-m", "http.server", "7000"]', (7000, None)),
    ('CMD ["python", "-m", "http.server", "-b", "localhost"]', (8000, "localhost")),
    ('CMD ["mkdocs", "serve", "-a", "0.0.0.0:8001"]', (8001, None)),
    ('CMD ["mkdocs", "serve"]', (8000, LOOPBACK)),
    # JavaScript
    ('CMD ["npx", "serve", "-s", "build"]', (3000, None)),
    ('CMD ["npx", "serve", "-s", "dist", "-l", "tcp://0.0.0.0:5000"]', (5000, None)),
    ('CMD ["npx", "--yes", "http-server", "dist", "-p", "8081"]', (8081, None)),
    ('CMD ["node_modules/.bin/next", "start", "-p", "4000"]', (4000, None)),
    ('ENV PORT=4000\nCMD ["npx", "next", "start"]', (4000, None)),
    ('CMD ["npx", "vite", "preview", "--host", "0.0.0.0", "--port", "8081"]', (8081, None)),
    ('CMD ["npx", "vite", "preview", "--host"]', (4173, None)),
    ('CMD ["npx", "vite", "--port", "3000"]', (3000, LOOPBACK)),
    ('CMD ["npx", "react-scripts", "start"]', (3000, None)),
    ('CMD ["npx", "json-server", "db.json"]', (3000, "localhost")),
    ('CMD ["npx", "webpack", "serve"]', (None, None)),
    # Ruby
    ('CMD ["bundle", "exec", "rails", "s", "-p", "5000", "-b", "0.0.0.0"]', (5000, None)),
    ('ENV PORT=5000\nCMD ["./bin/rails", "server"]', (5000, None)),
    ('CMD ["bundle", "exec", "puma", "-p", "5000"]', (5000, None)),
    ('CMD ["bundle", "exec", "puma", "-b", "tcp://127.0.0.1:5000"]', (5000, LOOPBACK)),
    ('CMD ["bundle", "exec", "rackup", "-p", "4567", "--host", "0.0.0.0"]', (4567, None)),
    ('CMD ["bundle", "exec", "rackup", "-p", "4567"]', (4567, "localhost")),
    ('ENV RACK_ENV=production\nCMD ["bundle", "exec", "rackup", "-p", "4567"]', (4567, None)),
    ('CMD ["./bin/thrust", "./bin/rails", "server"]', (80, None)),
    ('ENV HTTP_PORT=8080\nCMD ["./bin/thrust", "./bin/rails", "server"]', (8080, None)),
    ('CMD ["bundle", "exec", "jekyll", "serve"]', (4000, LOOPBACK)),
    # others
    ('CMD ["php", "artisan", "serve"]', (8000, LOOPBACK)),
    ('CMD ["php", "artisan", "serve", "--host=0.0.0.0", "--port=80"]', (80, None)),
    ('CMD ["php", "-S", "localhost:8000", "-t", "public"]', (8000, "localhost")),
    ('CMD ["php", "-S", "0.0.0.0:8000"]', (8000, None)),
    ('CMD ["hugo", "server", "--bind", "0.0.0.0", "-p", "1314"]', (1314, None)),
    ('CMD ["hugo", "server"]', (1313, LOOPBACK)),
    ('CMD ["/pb/pocketbase", "serve", "--http=0.0.0.0:8080"]', (8080, None)),
    ('CMD ["/pb/pocketbase", "serve"]', (8090, LOOPBACK)),
    ('CMD ["caddy", "file-server", "--listen", ":3000"]', (3000, None)),
    ('CMD ["caddy", "file-server", "--root", "/srv"]', (80, None)),
    ('CMD ["nginx", "-g", "daemon off;"]', (None, None)),
    # programs that are not known
    ('CMD ["bin/web", "--port", "3000"]', (3000, None)),
    ('CMD ["bin/web", "--port=3000", "--host=localhost"]', (3000, "localhost")),
    ('CMD ["./server", "-port", "3000"]', (3000, None)),
    ('CMD ["node", "server.js", "--port", "3000"]', (3000, None)),
    ("ENV PORT=3001\nCMD exec ./server --port $PORT", (3001, None)),
    ('CMD ["./server", "--port", "$PORT"]', (None, None)),
    ('CMD ["./server", "--port"]', (None, None)),
    ('CMD ["./server", "--port", "0"]', (None, None)),
    ('CMD ["./server", "--port", "3000", "--http-port", "80"]', (None, None)),
    ('CMD ["./server", "--port", "3000", "--listen", ":80"]', (None, None)),
    ('CMD ["./server", "--port", "26257", "--admin", "8080"]', (None, None)),
    ('CMD ["./server", "--report", "3000", "--import", "a"]', (None, None)),
    ('CMD ["cockroach", "start", "--port", "3000"]', (None, None)),
    ('CMD ["psql", "--port", "5432"]', (None, None)),
    ('CMD ["./start.sh", "./server", "--port", "3000"]', (3000, None)),
    ("CMD PORT=3000 node server.js", (3000, None)),
    ('CMD ["env", "PORT=3000", "node", "server.js"]', (3000, None)),
    ("ENTRYPOINT [\"tini\", \"--\"]\nCMD [\"gunicorn\", \"-b\", \":1234\", \"a:b\"]", (1234, None)),
    ('CMD ["dumb-init", "gunicorn", "-b", ":1234", "a:b"]', (1234, None)),
    ("CMD gunicorn -b :1234 a:b & nginx", (None, None)),
    ("CMD service nginx start && gunicorn -b :1234 a:b", (None, None)),
    ("CMD nginx; exec gunicorn -b :1234 a:b", (None, None)),
    ("CMD ./migrate && gunicorn -b :1234 a:b", (1234, None)),
    ("CMD cd /app && exec gunicorn -b :1234 a:b", (1234, None)),
    ('CMD ["supervisord", "-n"]', (None, None)),
    ("SHELL [\"/bin/bash\", \"-c\"]\nCMD gunicorn -b :1234 a:b", (1234, None)),
]  # fmt: skip


@pytest.mark.parametrize(("instructions", "expected"), COMMANDS)
def test_command(instructions: str, expected: tuple[int | None, str | None], tmp_path: Path) -> None:
    assert shown(listens(tmp_path, f"FROM debian\n{instructions}\n", {})) == expected


NODE = 'CMD ["node", "index.js"]'
SOURCES = [
    ("express", NODE, {"index.js": "app.listen(3000)\n"}, (3000, None)),
    ("express: address", NODE, {"index.js": "app.listen(3000, '127.0.0.1', () => {})\n"}, (3000, LOOPBACK)),
    ("express: variable", NODE, {"index.js": "const port = process.env.PORT || 4000\napp.listen(port, () => {})\n"}, (4000, None)),
    ("express: names", NODE, {"index.js": "const HOST = 'localhost'\nconst PORT = 4000\napp.listen(PORT, HOST)\n"}, (4000, "localhost")),
    ("express: address from the environment", NODE, {"index.js": "app.listen(4000, process.env.HOST || 'localhost')\n"}, (4000, "localhost")),
    ("express: options", NODE, {"index.js": "server.listen({ port: 4000, host: '0.0.0.0' }, () => {})\n"}, (4000, None)),
    ("express: option", 'CMD ["node", "index.js", "--port", "3000"]', {"index.js": "app.listen(args.port)\n"}, (3000, None)),
    ("express: option that it does not read", 'CMD ["node", "index.js", "--port", "3000"]', {"index.js": "app.listen(4000)\n"}, (None, None)),
    ("express: options of several ports", 'CMD ["node", "index.js", "--port", "3000", "--x-port", "1"]', {"index.js": "app.listen(4000)\n"}, (4000, None)),
    ("express: variable that it does not read", "CMD PORT=3000 node index.js", {"index.js": "app.listen(4000)\n"}, (4000, None)),
    ("express: computed", NODE, {"index.js": "app.listen(config.get('port'))\n"}, (None, None)),
    ("express: two", NODE, {"index.js": "app.listen(3000)\nadmin.listen(3001)\napi.listen(3002)\n"}, (None, None)),
    ("fastify", NODE, {"index.js": "import f from 'fastify'\nfastify.listen({ port: 3000 })\n"}, (3000, "localhost")),
    ("fastify: address", NODE, {"index.js": "import f from 'fastify'\nfastify.listen({ port: 3000, host: '0.0.0.0' })\n"}, (3000, None)),
    ("nest", 'CMD ["node", "dist/main.js"]', {"src/main.ts": "await app.listen(process.env.PORT ?? 3000);\n"}, (3000, None)),
    ("nest without an ending", 'CMD ["node", "dist/main"]', {"src/main.ts": "await app.listen(process.env.PORT ?? 3000);\n"}, (3000, None)),
    ("hono on node", 'CMD ["node", "dist/index.js"]', {"src/index.ts": "import { serve } from '@hono/node-server'\nserve({ fetch: app.fetch, port: 8787 }, (i) => {})\n"}, (8787, None)),
    ("hono on node: default", NODE, {"index.js": "import { serve } from '@hono/node-server'\nserve({ fetch: app.fetch })\n"}, (3000, None)),
    ("bun", 'CMD ["bun", "run", "index.ts"]', {"index.ts": "Bun.serve({ port: 4000, fetch() {} })\n"}, (4000, None)),
    ("bun: exported", 'CMD ["bun", "index.ts"]', {"index.ts": "export default {\n  port: 4000,\n  fetch: app.fetch,\n}\n"}, (4000, None)),
    ("deno", 'CMD ["deno", "run", "-A", "main.ts"]', {"main.ts": "Deno.serve({ port: 4000 }, handler)\n"}, (4000, None)),
    ("deno: default", 'CMD ["deno", "run", "-A", "main.ts"]', {"main.ts": "Deno.serve(handler)\n"}, (8000, None)),
    ("deno: address of a variable", 'ENV DENO_SERVE_ADDRESS=tcp:0.0.0.0:9000\nCMD ["deno", "run", "-A", "main.ts"]', {"main.ts": "Deno.serve(handler)\n"}, (None, None)),
    ("deno: task", 'CMD ["deno", "task", "start"]', {"deno.json": '{"tasks": {"start": "deno run -A main.ts"}}', "main.ts": "Deno.serve(handler)\n"}, (8000, None)),
    ("deno: task with a description", 'CMD ["deno", "task", "start"]', {"deno.json": '{"tasks": {"start": {"command": "deno run -A main.ts"}}}', "main.ts": "Deno.serve(handler)\n"}, (8000, None)),
    ("deno: script", 'CMD ["deno", "task", "start"]', {"package.json": script("deno run -A main.ts"), "main.ts": "Deno.serve(handler)\n"}, (8000, None)),
    ("deno: serve", 'CMD ["deno", "serve", "main.ts"]', {"main.ts": "export default { fetch() {} }\n"}, (8000, None)),
    ("package script", 'CMD ["npm", "start"]', {"package.json": script("NODE_ENV=production PORT=4001 node index.js"), "index.js": "app.listen(process.env.PORT)\n"}, (4001, None)),
    ("package script: next", 'CMD ["pnpm", "start"]', {"package.json": script("next start -p ${PORT:-3001}", next="15")}, (3001, None)),
    ("package script: arguments", 'CMD ["npm", "run", "start", "--", "-p", "3002"]', {"package.json": script("next start", next="15")}, (3002, None)),
    ("next standalone", 'CMD ["node", "server.js"]', {"package.json": script("next start", next="15")}, (3000, None)),
    ("nuxt", 'CMD ["node", ".output/server/index.mjs"]', {}, (3000, None)),
    ("svelte kit", 'CMD ["node", "build"]', {"package.json": script("x", **{"@sveltejs/adapter-node": "5"})}, (3000, None)),
    ("astro", 'CMD ["node", "./dist/server/entry.mjs"]', {"package.json": script("x", astro="5")}, (4321, "localhost")),
    ("astro: everywhere", 'ENV HOST=0.0.0.0\nENV PORT=8081\nCMD ["node", "./dist/server/entry.mjs"]', {"package.json": script("x", astro="5")}, (8081, None)),
    ("flask", 'CMD ["python", "app.py"]', {"app.py": "from flask import Flask\napp.run()\n"}, (5000, LOOPBACK)),
    ("flask: everywhere", 'CMD ["python", "app.py"]', {"app.py": "from flask import Flask\napp.run(host='0.0.0.0', port=int(os.environ.get('PORT', 5001)))\n"}, (5001, None)),
    ("uvicorn in the source", 'CMD ["python", "main.py"]', {"main.py": 'import uvicorn\nuvicorn.run("main:app", host="0.0.0.0", port=5002)\n'}, (5002, None)),
    ("uvicorn in the source: default", 'CMD ["python", "main.py"]', {"main.py": "import uvicorn\nuvicorn.run(app)\n"}, (8000, LOOPBACK)),
    ("dash", 'CMD ["python", "app.py"]', {"app.py": "import dash\napp = dash.Dash(__name__)\napp.run_server(debug=False)\n"}, (8050, LOOPBACK)),
    ("gradio", 'CMD ["python", "app.py"]', {"app.py": "import gradio as gr\ndemo.launch()\n"}, (7860, LOOPBACK)),
    ("gradio: variable", 'ENV GRADIO_SERVER_NAME=0.0.0.0\nCMD ["python", "app.py"]', {"app.py": "import gradio as gr\ndemo.launch()\n"}, (7860, None)),
    ("sinatra", 'CMD ["ruby", "app.rb"]', {"app.rb": 'require "sinatra"\nget "/" do\nend\n'}, (4567, "localhost")),
    ("sinatra: options", 'CMD ["ruby", "app.rb", "-o", "0.0.0.0", "-p", "3000"]', {"app.rb": 'require "sinatra"\n'}, (3000, None)),
    ("sinatra: settings", 'CMD ["ruby", "app.rb"]', {"app.rb": 'require "sinatra"\nset :bind, "0.0.0.0"\nset :port, 3001\n'}, (3001, None)),
    ("puma", 'CMD ["bundle", "exec", "puma", "-C", "config/puma.rb"]', {"config/puma.rb": 'port ENV.fetch("PORT", 3000)\n'}, (3000, None)),
    ("go", 'CMD ["/app"]', {"go.mod": "module x", "main.go": 'http.ListenAndServe(":3333", r)\n'}, (3333, None)),
    ("go: loopback", 'CMD ["/app"]', {"go.mod": "module x", "main.go": 'log.Fatal(http.ListenAndServe("127.0.0.1:3333", r))\n'}, (3333, LOOPBACK)),
    ("go: server", 'CMD ["/app"]', {"go.mod": "module x", "main.go": 'srv := &http.Server{\n\tAddr:    ":3333",\n\tHandler: h,\n}\n'}, (3333, None)),
    ("go: listener", 'CMD ["/app"]', {"go.mod": "module x", "main.go": 'l, err := net.Listen("tcp", ":3333")\n'}, (3333, None)),
    ("gin", 'CMD ["/app"]', {"go.mod": "module x", "main.go": '"github.com/gin-gonic/gin"\nr.Run("localhost:3333")\n'}, (3333, "localhost")),
    ("gin: default", 'CMD ["/app"]', {"go.mod": "module x", "main.go": '"github.com/gin-gonic/gin"\nr.Run()\n'}, (8080, None)),
    ("echo", 'CMD ["/app"]', {"go.mod": "module x", "main.go": '"github.com/labstack/echo/v4"\ne.Logger.Fatal(e.Start(":1323"))\n'}, (1323, None)),
    ("fiber", 'CMD ["/app"]', {"go.mod": "module x", "main.go": '"github.com/gofiber/fiber/v2"\nlog.Fatal(app.Listen(":3000"))\n'}, (3000, None)),
    ("axum", 'CMD ["app"]', {"Cargo.toml": "", "src/main.rs": 'let l = tokio::net::TcpListener::bind("0.0.0.0:3000").await?;\n'}, (3000, None)),
    ("axum: name", 'CMD ["app"]', {"Cargo.toml": "", "src/main.rs": 'let addr = SocketAddr::from(([127, 0, 0, 1], 3000));\nlet l = TcpListener::bind(&addr).await?;\n'}, (3000, LOOPBACK)),
    ("actix", 'CMD ["app"]', {"Cargo.toml": "", "src/main.rs": 'HttpServer::new(f).bind(("127.0.0.1", 8081))?.run()\n'}, (8081, LOOPBACK)),
    ("rocket", 'CMD ["app"]', {"Cargo.toml": '[dependencies]\nrocket = "0.5"\n', "src/main.rs": "#[launch]\nfn rocket() -> _ { rocket::build() }\n"}, (8000, LOOPBACK)),
    ("rocket: variables", 'ENV ROCKET_ADDRESS=0.0.0.0\nENV ROCKET_PORT=8081\nCMD ["app"]', {"Cargo.toml": '[dependencies]\nrocket = "0.5"\n', "src/main.rs": "x"}, (8081, None)),
    ("rocket: settings", 'CMD ["app"]', {"Cargo.toml": '[dependencies]\nrocket = "0.5"\n', "Rocket.toml": '[default]\naddress = "0.0.0.0"\nport = 8082\n', "src/main.rs": "x"}, (None, None)),
    ("spring", 'CMD ["java", "-jar", "app.jar"]', {"pom.xml": "<artifactId>spring-boot-starter-web</artifactId>"}, (8080, None)),
    ("spring: property", 'CMD ["java", "-jar", "app.jar"]', {"pom.xml": "spring-boot-starter-web", "src/main/resources/application.properties": "server.port=9000\n"}, (9000, None)),
    ("spring: yaml", 'CMD ["java", "-jar", "app.jar"]', {"build.gradle": "org.springframework.boot", "src/main/resources/application.yml": "spring:\n  a: b\nserver:\n  # x\n  port: ${PORT:9001}\n"}, (9001, None)),
    ("spring: variable", 'ENV SERVER_PORT=9002\nCMD ["java", "-jar", "app.jar"]', {"pom.xml": "spring-boot-starter-web"}, (9002, None)),
    ("spring: argument", 'ENTRYPOINT ["java", "-Dserver.port=9003", "-jar", "app.jar"]', {"pom.xml": "spring-boot-starter-web"}, (9003, None)),
    ("java of another kind", 'CMD ["java", "-jar", "app.jar"]', {"pom.xml": "<project/>"}, (None, None)),
    ("phoenix", 'CMD ["/app/bin/server"]', {"mix.exs": "", "config/runtime.exs": 'port = String.to_integer(System.get_env("PORT") || "4000")\nhttp: [ip: {0, 0, 0, 0, 0, 0, 0, 0}, port: port]\n'}, (4000, None)),
    ("phoenix: loopback", 'CMD ["/app/bin/server"]', {"mix.exs": "", "config/runtime.exs": 'http: [ip: {127, 0, 0, 1}, port: String.to_integer(System.get_env("PORT") || "4000")]\n'}, (4000, LOOPBACK)),
    ("nginx", "", {"nginx.conf": "server {\n  listen 3000;\n}\n"}, (None, None)),
    ("script", 'ENTRYPOINT ["/app/start.sh"]', {"start.sh": "#!/bin/sh\nset -e\n./migrate\nexec uvicorn main:app --port 7000\n"}, (7000, LOOPBACK)),
    ("script: passes on", 'ENTRYPOINT ["/app/start.sh"]\nCMD ["uvicorn", "a:b", "--port", "7000"]', {"start.sh": '#!/bin/sh\nset -e\nexec "$@"\n'}, (7000, LOOPBACK)),
    ("script: choice", 'CMD ["/app/start.sh"]', {"start.sh": "#!/bin/sh\nif [ -n \"$DEV\" ]; then\n  uvicorn a:b --port 7000\nelse\n  uvicorn a:b --port 7001 --host 0.0.0.0\nfi\n"}, (None, None)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "instructions", "files", "expected"), SOURCES, ids=lambda case: case if isinstance(case, str) else ""
)
def test_source(
    what: str, instructions: str, files: dict[str, str], expected: tuple[int | None, str | None], tmp_path: Path
) -> None:
    assert shown(listens(tmp_path, f"FROM debian\n{instructions}\n", files)) == expected


IMAGES = [
    ("FROM nginx:1.27\nCOPY dist /usr/share/nginx/html\n", {}, (80, None)),
    ("FROM nginxinc/nginx-unprivileged\nCOPY dist /x\n", {}, (8080, None)),
    ("FROM nginx\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n", {"nginx.conf": "server {\n  listen 3000;\n  listen [::]:3000;\n}\n"}, (3000, None)),
    ("FROM nginx\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n", {"nginx.conf": "server {\n  listen 3000;\n}\nserver {\n  listen 3001;\n}\n"}, (None, None)),
    ("FROM nginx\nCOPY default.conf.template /etc/nginx/templates/\n", {"default.conf.template": "server {\n  listen ${PORT};\n}\n"}, (None, None)),
    ("FROM nginx\nRUN echo 'server { listen 9; }' > /etc/nginx/conf.d/default.conf\n", {}, (None, None)),
    ("FROM caddy:2\nCOPY . /srv\n", {}, (80, None)),
    ("FROM caddy:2\nCOPY Caddyfile /etc/caddy/Caddyfile\n", {"Caddyfile": ":3000 {\n  root * /srv\n}\n"}, (3000, None)),
    ("FROM php:8.3-apache\nCOPY . /var/www/html\n", {}, (80, None)),
    ('FROM denoland/deno:2.1.4\nCMD ["run", "--allow-net", "main.ts"]\n', {"main.ts": "Deno.serve(handler)\n"}, (8000, None)),
    ('FROM denoland/deno\nCMD ["./run"]\n', {"main.ts": "Deno.serve(handler)\n"}, (None, None)),
    ("FROM mcr.microsoft.com/dotnet/aspnet:8.0\nENTRYPOINT [\"dotnet\", \"A.dll\"]\n", {}, (8080, None)),
    ("FROM mcr.microsoft.com/dotnet/aspnet:7.0\nENTRYPOINT [\"dotnet\", \"A.dll\"]\n", {}, (80, None)),
    ("FROM mcr.microsoft.com/dotnet/aspnet:8.0\nENV ASPNETCORE_URLS=http://+:5000\nENTRYPOINT [\"dotnet\", \"A.dll\"]\n", {}, (5000, None)),
]  # fmt: skip


@pytest.mark.parametrize(("dockerfile", "files", "expected"), IMAGES)
def test_image(dockerfile: str, files: dict[str, str], expected: tuple[int | None, str | None], tmp_path: Path) -> None:
    assert shown(listens(tmp_path, dockerfile, files)) == expected


def test_env_of_fly_toml_counts_before_the_image(tmp_path: Path) -> None:
    found = listens(tmp_path, "FROM debian\nENV PORT=1000\nCMD npx serve\n", {}, TOML + '[env]\nPORT = "2000"\n')
    assert found.number == 2000


def test_the_command_of_a_group_counts_before_the_image(tmp_path: Path) -> None:
    toml = TOML + '[processes]\nweb = "uvicorn a:b --host 0.0.0.0 --port 7000"\n'
    assert listens(tmp_path, "FROM debian\nCMD npx serve\n", {}, toml, "web").number == 7000


def test_the_stage_of_the_target_counts(tmp_path: Path) -> None:
    dockerfile = (
        'FROM debian AS a\nCMD ["npx", "serve", "-p", "1"]\nFROM debian AS b\nCMD ["npx", "serve", "-p", "2"]\n'
    )
    assert listens(tmp_path, dockerfile, {}, TOML + '[build]\nbuild-target = "a"\n').number == 1


def test_a_stage_inherits_from_its_parent(tmp_path: Path) -> None:
    dockerfile = 'ARG P=3000\nFROM debian AS a\nENV PORT=4000\nCMD ["npx", "serve"]\nFROM a\nRUN true\n'
    assert listens(tmp_path, dockerfile, {}).number == 4000


@pytest.mark.parametrize(
    ("dockerfile", "port"),
    [
        ('FROM debian\nCMD ["npx", "serve", "-p", "4000"]\nENTRYPOINT ["tini", "--"]\n', 4000),
        ('FROM debian AS a\nCMD ["npx", "serve", "-p", "4000"]\nFROM a\nENTRYPOINT ["tini", "--"]\n', None),
        ('FROM debian AS a\nENTRYPOINT ["node"]\nFROM a\nENTRYPOINT []\nCMD ["npx", "serve", "-p", "4000"]\n', 4000),
    ],
)
def test_an_entrypoint_takes_the_command_of_its_parent_away(dockerfile: str, port: int | None, tmp_path: Path) -> None:
    assert listens(tmp_path, dockerfile, {}).number == port


def test_stages_may_build_on_each_other_without_end(tmp_path: Path) -> None:
    dockerfile = "FROM debian AS s0\n" + "".join(f"FROM s{n} AS s{n + 1}\n" for n in range(1900))
    assert listens(tmp_path, dockerfile + 'CMD ["npx", "serve", "-p", "4000"]\n', {}).number == 4000


def test_variables_that_hold_each_other_do_not_grow(tmp_path: Path) -> None:
    dockerfile = "FROM debian\nENV A=ab\n" + "ENV A=$A$A\n" * 100 + "ENV PORT=5000\nCMD npx serve\n"
    write(tmp_path, {"Dockerfile": dockerfile})
    stage = Project(str(tmp_path)).dockerfile("Dockerfile").stage()
    assert stage is not None
    assert len(stage.environment["A"][0]) <= 500
    assert listens(tmp_path, dockerfile, {}).number == 5000


def test_few_of_many_groups_are_looked_at(tmp_path: Path) -> None:
    groups = [f"g{number}" for number in range(MOST_GROUPS + 10)]
    toml = 'app = "x"\n[processes]\n' + "".join(f'{group} = "sh start.sh"\n' for group in groups)
    write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", "start.sh": "#!/bin/sh\ngunicorn -b :5000 a:b\n"})
    app = App(Document(toml, str(tmp_path / "fly.toml")), Project(str(tmp_path)))
    assert [listening(app, group).number for group in groups] == [5000] * MOST_GROUPS + [None] * 10
