"""Rules that look at the files beside a fly.toml, on small whole projects."""

from __future__ import annotations

import builtins
import gc
import json
import os
import re
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from flylint import engine
from flylint.app import App
from flylint.diagnostic import Diagnostic
from flylint.document import Document
from flylint.fixes import apply
from flylint.project import MAX_FILE, Project
from flylint.rules import all_rules
from flylint.settings import Settings
from flylint.severity import Severity
from tests.conftest import Run, write
from tests.shared import SHARED, needs_shared

APP = 'app = "my-app"\nprimary_region = "fra"\n'
WEB = APP + '\n[http_service]\n  internal_port = 8080\n\n  [[http_service.checks]]\n    path = "{path}"\n'
FLASK = 'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route("/")\ndef home():\n    return "hello"\n'
DOCKERFILE = 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "--bind", "0.0.0.0:{port}", "app:app"]\n'


def lint(folder: Path, files: dict[str, str]) -> list[Diagnostic]:
    """The findings on a project that is written to a folder."""
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    path = str(folder / "fly.toml")
    result = engine.check(Document(files["fly.toml"], path), Settings(), project=Project.beside(path))
    assert not result.failures, result.failures[0].traceback
    return result.diagnostics


def found(diagnostics: list[Diagnostic]) -> set[tuple[str, str]]:
    return {(d.rule, d.key) for d in diagnostics}


def test_port_of_the_command_differs(tmp_path: Path) -> None:
    files = {"fly.toml": WEB.format(path="/"), "app.py": FLASK, "Dockerfile": DOCKERFILE.format(port=3000)}
    assert ("port-does-not-match-app", "http_service.internal_port") in found(lint(tmp_path, files))


def test_port_of_the_command_agrees(tmp_path: Path) -> None:
    files = {"fly.toml": WEB.format(path="/"), "app.py": FLASK, "Dockerfile": DOCKERFILE.format(port=8080)}
    assert not {rule for rule, _ in found(lint(tmp_path, files))} & {"port-does-not-match-app", "check-path-not-served"}


EXPOSED = 'FROM debian\nEXPOSE 3000\nCOPY . .\nCMD ["./run"]\n'


@pytest.mark.parametrize(
    ("dockerfile", "files", "more", "severity"),
    [
        (EXPOSED, {}, "", Severity.WARNING),
        (EXPOSED, {"server.lisp": "(listen 8080)"}, "", Severity.WARNING),  # no source that is known
        (EXPOSED, {"config.yml": "port: 8080\n"}, "", Severity.INFO),
        (EXPOSED, {}, '[env]\n  LISTEN_ADDR = ":9000"\n', Severity.INFO),
        (EXPOSED, {}, '[env]\n  LISTEN_ADDR = ":8080"\n', None),
        (EXPOSED, {}, '[env]\n  PORT = "8080"\n', None),
        (EXPOSED, {}, '[experimental]\n  cmd = ["./other"]\n', Severity.INFO),
        (EXPOSED, {}, '[processes]\n  app = "./other"\n', None),
        (EXPOSED.replace("./run", "./run 8081"), {}, "", Severity.INFO),
        (EXPOSED.replace("3000", "3000 3001"), {}, "", None),
        (EXPOSED + "RUN apt-get install -y nginx\n", {}, "", Severity.INFO),
    ],
)
def test_exposed_port_is_believed_when_nothing_else_is_known(
    tmp_path: Path, dockerfile: str, files: dict[str, str], more: str, severity: Severity | None
) -> None:
    files = {"fly.toml": f"{WEB.format(path='/')}\n{more}", "Dockerfile": dockerfile, **files}
    assert [d.severity for d in lint(tmp_path, files) if d.rule == "port-does-not-match-app"] == (
        [] if severity is None else [severity]
    )


SECOND = "FROM node:22\nENV PORT=8081\nCOPY . .\n"


@pytest.mark.parametrize(
    ("dockerfile", "files"),
    [
        ('COPY --from=flyio/litefs:0.5 /usr/local/bin/litefs /usr/local/bin/litefs\nCMD ["litefs", "mount"]', {}),
        ('RUN apt-get update && apt-get install -y supervisor\nCMD ["/usr/bin/run"]', {}),
        ('ENTRYPOINT ["/start.sh"]', {"start.sh": "#!/bin/sh\ncaddy run & node .\n"}),
        ('CMD ["sh", "-c", "exec foreman start"]', {}),
        ('CMD ["npm", "start"]', {"package.json": '{"scripts": {"start": "concurrently a b"}}'}),
    ],
)
def test_port_of_an_app_behind_a_proxy_is_another_one(tmp_path: Path, dockerfile: str, files: dict[str, str]) -> None:
    files = {"fly.toml": WEB.format(path="/"), "Dockerfile": f"{SECOND}{dockerfile}\n", "app.js": "", **files}
    assert "port-does-not-match-app" not in {rule for rule, _ in found(lint(tmp_path, files))}


def test_port_of_the_image_is_that_of_the_app(tmp_path: Path) -> None:
    files = {"fly.toml": WEB.format(path="/"), "Dockerfile": f'{SECOND}CMD ["./run"]\n'}
    assert "port-does-not-match-app" in {rule for rule, _ in found(lint(tmp_path, files))}


def test_path_without_a_route(tmp_path: Path) -> None:
    files = {"fly.toml": WEB.format(path="/health"), "app.py": FLASK, "Dockerfile": DOCKERFILE.format(port=8080)}
    assert ("check-path-not-served", "http_service.checks[0].path") in found(lint(tmp_path, files))


def test_path_that_is_named_somewhere_is_believed(tmp_path: Path) -> None:
    files = {
        "fly.toml": WEB.format(path="/health"),
        "app.py": FLASK,
        "routes.json": '["/health"]',
        "Dockerfile": DOCKERFILE.format(port=8080),
    }
    assert "check-path-not-served" not in {rule for rule, _ in found(lint(tmp_path, files))}


@pytest.mark.parametrize(
    ("section", "rule", "key"),
    [
        ('[build]\n  dockerfile = "docker/Dockerfile.prd"\n', "dockerfile-not-found", "build.dockerfile"),
        ('[build]\n  ignorefile = "nope.dockerignore"\n', "ignorefile-not-found", "build.ignorefile"),
        ('[build]\n  build-target = "production"\n', "build-target-not-found", "build.build-target"),
        ('[build.args]\n  COMMIT = "x"\n', "build-arg-not-declared", "build.args.COMMIT"),
        ('[build.compose]\n  file = "missing.yml"\n', "compose-file-not-found", "build.compose.file"),
        (
            '[[files]]\n  guest_path = "/a"\n  local_path = "nope.yaml"\n',
            "file-local-path-missing",
            "files[0].local_path",
        ),
    ],
)
def test_what_the_file_names_is_not_there(tmp_path: Path, section: str, rule: str, key: str) -> None:
    dockerfile = "FROM node:22 AS prod\nCMD node server.js\n"
    assert (rule, key) in found(lint(tmp_path, {"fly.toml": f"{APP}\n{section}", "Dockerfile": dockerfile}))


def test_what_the_file_names_is_there(tmp_path: Path) -> None:
    text = (
        APP
        + '\n[build]\n  dockerfile = "docker/Dockerfile.prod"\n  ignorefile = ".dockerignore"\n  build-target = "prod"\n'
        + '\n  [build.args]\n    COMMIT = "x"\n'
        + '\n[[files]]\n  guest_path = "/a"\n  local_path = "a.yaml"\n'
    )
    files = {
        "fly.toml": text,
        "docker/Dockerfile.prod": "FROM node:22 AS prod\nARG COMMIT\nCMD node server.js\n",
        ".dockerignore": "node_modules\n",
        "a.yaml": "a: 1\n",
    }
    assert not [d for d in lint(tmp_path, files) if d.severity > 0]


def test_an_absolute_path_that_exists_beside_fly_toml_works(tmp_path: Path) -> None:
    text = f'{APP}\n[build]\n  dockerfile = "/other/Dockerfile"\n  ignorefile = "/other/ignored"\n'
    files = {
        "fly.toml": text,
        "other/Dockerfile": "FROM node:22\nCOPY server.js .\n",
        "other/ignored": "server.js\n",
        "server.js": "",
    }
    diagnostics = lint(tmp_path, files)
    assert [(d.severity, d.key) for d in diagnostics if d.rule == "build-path-absolute"] == [
        (Severity.INFO, "build.dockerfile"),
        (Severity.INFO, "build.ignorefile"),
    ]
    assert ("copied-file-ignored", "build.dockerfile") in found(diagnostics)
    project = Project(str(tmp_path))
    engine.check(Document(text, str(tmp_path / "fly.toml")), Settings(), project=project)
    assert not project.left_out


RELEASE = APP + '[deploy]\n  release_command = "bin/rails db:migrate"\n'


@pytest.mark.parametrize(
    ("copied", "missing"),
    [
        ("COPY . .", True),
        ("COPY ./* ./", True),
        ("COPY --chown=rails:rails bin bin", True),
        ("COPY Gemfile Gemfile.lock ./\nADD ./bin/ /app/bin/", True),
        ("RUN --mount=type=bind,source=.,target=/src cp -r /src /app", True),
        ("ADD Procfile Caddyfile /opt/mastodon/", False),
        ("COPY bin/fly-db /usr/local/bin/", False),
        ("RUN --mount=type=cache,target=/root/.cache true", False),
        ("COPY --from=build /app /app", False),
    ],
)
def test_a_command_may_come_from_the_image(tmp_path: Path, copied: str, missing: bool) -> None:
    files = {"fly.toml": RELEASE, "Dockerfile": f"FROM mastodon\n{copied}\n", "bin/fly-db": "", "Procfile": ""}
    assert (("command-not-in-project", "deploy.release_command") in found(lint(tmp_path, files))) is missing


@pytest.mark.parametrize(("entrypoint", "stays"), [('["serve"]', True), ("[]", False)])
def test_an_empty_entrypoint_is_none(tmp_path: Path, entrypoint: str, stays: bool) -> None:
    dockerfile = f'FROM debian AS a\nENTRYPOINT ["a"]\nFROM a\nCOPY . .\nENTRYPOINT {entrypoint}\n'
    files = {"fly.toml": RELEASE, "Dockerfile": dockerfile}
    assert (("process-command-with-entrypoint", "deploy.release_command") in found(lint(tmp_path, files))) is stays


@pytest.mark.parametrize("key", ["dockerfile", "ignorefile"])
def test_a_folder_is_no_file(tmp_path: Path, key: str) -> None:
    files = {"fly.toml": f'{APP}\n[build]\n  {key} = "docker"\n', "docker/a": "", "server.js": ""}
    (diagnostic,) = [d for d in lint(tmp_path, files) if d.key == f"build.{key}"]
    assert diagnostic.message.endswith("docker` is a folder")


@pytest.mark.parametrize("name", [".gitlab-ci.yml", ".github/workflows/a.yml", ".circleci/config.yml"])
def test_ci_alone_makes_a_project(tmp_path: Path, name: str) -> None:
    files = {"fly.toml": APP, name: "run: fly deploy --region fra\n"}
    assert "ci-flag-unknown" in {rule for rule, _ in found(lint(tmp_path, files))}


@pytest.mark.parametrize("path", ["../secret/Dockerfile", "link/Dockerfile"])
def test_nothing_outside_of_the_folder_is_read(tmp_path: Path, path: str) -> None:
    """Whether the stage exists out there is not looked up, so nothing is said of it."""
    secret, project = tmp_path / "secret", tmp_path / "project"
    secret.mkdir()
    project.mkdir()
    (secret / "Dockerfile").write_text("FROM node AS other\n")
    (project / "link").symlink_to(secret)
    text = f'{APP}\n[build]\n  dockerfile = "{path}"\n  build-target = "prod"\n'
    assert "build-target-not-found" not in {rule for rule, _ in found(lint(project, {"fly.toml": text}))}


def test_without_project_nothing_is_looked_up() -> None:
    text = f'{APP}\n[build]\n  dockerfile = "nope"\n'
    result = engine.check(Document(text, "fly.toml"), Settings())
    assert "dockerfile-not-found" not in {d.rule for d in result.diagnostics}


RAILS = {
    "Gemfile": 'gem "rails"\n',
    "config/environments/production.rb": "# active_support\nRails.application.configure do\n  config.force_ssl = true\nend\n",
}


def test_rails_redirects_a_check_to_https(tmp_path: Path) -> None:
    found_ = found(lint(tmp_path, {"fly.toml": WEB.format(path="/up"), **RAILS}))
    assert ("check-may-be-redirected", "http_service.checks[0].path") in found_


def test_rails_excepts_the_path_from_the_redirect(tmp_path: Path) -> None:
    excepted = 'config.ssl_options = { redirect: { exclude: ->(r) { r.path == "/up" } } }\n'
    files = {name: text + excepted if name.endswith(".rb") else text for name, text in RAILS.items()}
    assert "check-may-be-redirected" not in {
        rule for rule, _ in found(lint(tmp_path, {"fly.toml": WEB.format(path="/up"), **files}))
    }


def test_private_app_that_forces_https(tmp_path: Path) -> None:
    text = APP + "[http_service]\n  internal_port = 8080\n  force_https = true\n"
    workflow = {".github/workflows/deploy.yml": "jobs:\n  deploy:\n    steps:\n      - run: flyctl deploy --flycast\n"}
    assert ("force-https-on-flycast", "http_service.force_https") in found(
        lint(tmp_path, {"fly.toml": text, **workflow})
    )


# fixes that the files beside fly.toml make safe


@pytest.mark.parametrize(
    ("rule", "text", "dockerfile", "safe"),
    [
        ("missing-internal-port", "[http_service]\n  force_https = true\n", "EXPOSE 3000", True),
        ("missing-internal-port", "[http_service]\n  force_https = true\n", "EXPOSE 3000 3001", None),
        ("static-path-relative", '[[statics]]\n  guest_path = "public"\n  url_prefix = "/"\n', "WORKDIR /srv", True),
        ("static-path-relative", '[[statics]]\n  guest_path = "public"\n  url_prefix = "/"\n', "", False),
        ("build-time-variable-in-env", '[env]\n  VITE_A = "x"\n', "ARG VITE_A", True),
        ("build-time-variable-in-env", '[env]\n  VITE_A = "x"\n', "ARG VITE_B", False),
        ("shell-syntax-without-shell", '[processes]\n  app = "serve $PORT"\n', 'ENTRYPOINT ["tini", "--"]', True),
        ("shell-syntax-without-shell", '[processes]\n  app = "serve $PORT"\n', 'ENTRYPOINT ["node"]', False),
        ("shell-syntax-without-shell", '[processes]\n  app = "serve $PORT"\n', "ENTRYPOINT ./run", False),
        ("build-path-absolute", '[build]\n  dockerfile = "/Dockerfile"\n', "", True),
        ("build-path-absolute", '[build]\n  ignorefile = "/.dockerignore"\n', "", False),
        ("port-env-mismatch", WEB.format(path="/")[len(APP) :] + '\n[env]\n  PORT = "3000"\n', "", True),
        ("port-env-mismatch", WEB.format(path="/")[len(APP) :] + '\n[env]\n  PORT = "3000"\n', "EXPOSE 8080", False),
    ],
)
def test_fix_is_as_safe_as_the_files_make_it(
    tmp_path: Path, rule: str, text: str, dockerfile: str, safe: bool | None
) -> None:
    files = {"fly.toml": APP + text, "Dockerfile": f"FROM scratch\n{dockerfile}\n", "public/a.css": ""}
    (diagnostic,) = [d for d in lint(tmp_path, files) if d.rule == rule]
    assert (diagnostic.fix.safe if diagnostic.fix else None) is safe


def test_variables_are_copied_for_the_build(tmp_path: Path) -> None:
    text = f'{APP}\n[build]\n  dockerfile = "Dockerfile"\n\n[env]\n  VITE_A = "x"\n  VITE_B = "y"\n'
    files = {"fly.toml": text, "Dockerfile": "FROM node\nARG VITE_A\nARG VITE_B\n"}
    (diagnostic,) = [d for d in lint(tmp_path, files) if d.rule == "build-time-variable-in-env"]
    assert diagnostic.fix
    after = apply(text, diagnostic.fix.edits)
    assert after.replace('\n  [build.args]\n    VITE_A = "x"\n    VITE_B = "y"\n', "") == text
    files["fly.toml"] = after
    assert "build-time-variable-in-env" not in {rule for rule, _ in found(lint(tmp_path, files))}


COMMAND = APP + '[processes]\n  web = "{command}"\n[http_service]\n  processes = ["web"]\n  internal_port = 8080\n'


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("flask run --host 127.0.0.1 --port 8080", {("app-listens-on-localhost", "processes.web")}),
        ("gunicorn -b 0.0.0.0:3000 app:app", {("port-does-not-match-app", "http_service.internal_port")}),
        (
            "sh -c 'exec uvicorn a:b --port 3000 --host 0.0.0.0'",
            {("port-does-not-match-app", "http_service.internal_port")},
        ),
        ("flask run --port 8080", {("app-listens-on-localhost", "processes.web")}),
        ("npx vite preview --port 8080", {("app-listens-on-localhost", "processes.web")}),
        ("npx vite preview --port 8080 --host", set()),
        ("flask run", set()),  # a variable of the image may tell it both: advice at most
        ("streamlit run app.py --server.port 8080", set()),
        ("bin/web --port 3000", {("port-does-not-match-app", "http_service.internal_port")}),
        ("bin/web --port 8080", set()),
        ("env PORT=3000 node server.js", {("port-does-not-match-app", "http_service.internal_port")}),
        ("gunicorn app:app", set()),  # a file or a variable of the image may tell it
        ("uvicorn a:b --port 8080 --host 0.0.0.0", set()),
        ("./start.sh", set()),
    ],
)
def test_a_command_alone_tells_where_the_app_listens(command: str, expected: set[tuple[str, str]]) -> None:
    result = engine.check(Document(COMMAND.format(command=command), "fly.toml"), Settings())
    listening = ("app-listens-on-localhost", "port-does-not-match-app")
    sure = [each for each in result.diagnostics if each.severity >= Severity.WARNING]
    assert {each for each in found(sure) if each[0] in listening} == expected


@pytest.mark.parametrize(
    ("command", "env", "said"),
    [
        ("flask run", "", True),
        ("gunicorn app:app --workers 2", "", True),
        ("uvicorn main:app", "", True),
        ("uvicorn main:app", 'UVICORN_HOST = "0.0.0.0"', False),
        ("gunicorn app:app", 'PORT = "8080"', False),
        ("gunicorn app:app", 'GUNICORN_CMD_ARGS = "--bind=0.0.0.0:8080"', False),
        ("gunicorn -c conf.py app:app", "", False),
        ("gunicorn -b :8080 app:app", "", False),
        ("hypercorn --config conf.toml app:app", "", False),
        ("daphne -e tcp:8080:interface=0.0.0.0 a:b", "", False),
        ("npx serve", "", False),
    ],
)
def test_a_default_that_may_be_changed_out_of_sight_is_advice(command: str, env: str, said: bool) -> None:
    text = f"{COMMAND.format(command=command)}\n[env]\n{env}\n"
    result = engine.check(Document(text, "fly.toml"), Settings())
    found = [(d.key, d.severity) for d in result.diagnostics if d.rule == "app-listens-on-localhost"]
    assert found == ([("processes.web", Severity.INFO)] if said else [])


@pytest.mark.parametrize("format", ["full", "concise", "json", "sarif", "github", "gitlab", "junit"])
def test_every_format_shows_the_place_in_the_other_file(format: str, folder: Path, run: Run) -> None:
    files = {"fly.toml": WEB.format(path="/"), "app.py": FLASK, "Dockerfile": DOCKERFILE.format(port=3000)}
    write(folder, {f"shop/{name}": text for name, text in files.items()})
    out = run("--format", format, "--select", "port-does-not-match-app", "shop/fly.toml").stdout
    if format == "json":
        (related,) = json.loads(out)["diagnostics"][0]["related"]
        assert (related["path"], related["start"]["line"], related["start"]["column"]) == ("shop/Dockerfile", 3, 1)
    elif format == "sarif":
        (related,) = json.loads(out)["runs"][0]["results"][0]["relatedLocations"]
        place = related["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "shop/Dockerfile"
        assert (place["region"]["startLine"], place["region"]["startColumn"]) == (3, 1)
    else:
        assert "shop/Dockerfile:3:1" in out
        assert format != "github" or "shop/Dockerfile:3:1" in out.partition("\n::")[2]


def test_no_project_and_the_setting_keep_to_the_file(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": WEB.format(path="/"), "app.py": FLASK, "Dockerfile": DOCKERFILE.format(port=3000)})
    rule = ("--select", "port-does-not-match-app")
    assert run(*rule).returncode == 1
    assert run(*rule, "--no-project").returncode == 0
    write(folder, {"flylint.toml": "project = false\n"})
    assert run(*rule).returncode == 0


def test_standard_input_has_no_project(folder: Path, run: Run) -> None:
    write(folder, {"Dockerfile": DOCKERFILE.format(port=3000)})
    assert run("-", "--select", "port-does-not-match-app", input=WEB.format(path="/")).returncode == 0


def test_a_project_keeps_no_file_that_was_linted(tmp_path: Path) -> None:
    """An editor lints every change of a file beside the same project."""
    write(tmp_path, {"app.py": FLASK, "Dockerfile": DOCKERFILE.format(port=3000), "compose.yaml": "services: {}\n"})
    project = Project(str(tmp_path))
    app = App(Document(WEB.format(path="/health") + "[build.compose]\n", str(tmp_path / "fly.toml")), project)
    for rule in all_rules().values():
        list(rule.check(app, rule.options) if rule.options else rule.check(app))
    kept = weakref.ref(app)
    del app
    gc.collect()
    assert kept() is None


@needs_shared
def test_the_tutorial_on_bluegreen(tmp_path: Path) -> None:
    """Every row of the table that comes with the example, and that its path is not served."""
    examples = SHARED / "examples"
    files = {
        "fly.toml": (examples / "tutorial-bluegreen.toml").read_text("utf-8"),
        "app.py": FLASK,
        "Dockerfile": DOCKERFILE.format(port=8080),
    }
    diagnostics = lint(tmp_path, files)
    table = (examples / "tutorial-bluegreen.expected.md").read_text("utf-8")
    rows = re.findall(r"^\| (`.*`|\(file\)) \| .* \| (error|warning|info) \|$", table, re.MULTILINE)
    assert len(rows) > 6
    for place, severity in rows:
        first = place.strip("`").partition("`")[0]
        key = "" if place == "(file)" else first
        assert any(d.key == key and d.severity >= Severity[severity.upper()] for d in diagnostics), place
    served = [d for d in diagnostics if d.rule == "check-path-not-served"]
    assert [d.key for d in served] == ["services.tcp_checks[0].path"]
    assert "`/health`" in served[0].message


# bounds: counted, not timed


class Counted:
    """What a project takes from the file system."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.entries = self.bytes = self.files = 0
        scandir, opened = os.scandir, builtins.open

        @contextmanager
        def counting_scandir(path: str) -> Iterator[Iterator[os.DirEntry[str]]]:
            def counted(entries: Iterator[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
                for entry in entries:
                    self.entries += 1
                    yield entry

            with scandir(path) as entries:
                yield counted(entries)

        def counting_open(*words: Any, **more: Any) -> Any:
            file = opened(*words, **more)
            if more.get("mode", "rb" if "rb" in words else "") == "rb":
                self.files += 1
                self.bytes += min(os.fstat(file.fileno()).st_size, MAX_FILE + 1)
            return file

        monkeypatch.setattr("os.scandir", counting_scandir)
        monkeypatch.setattr("builtins.open", counting_open)


def test_a_huge_project_is_read_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flylint.project.MAX_ENTRIES", 300)
    monkeypatch.setattr("flylint.project.MAX_BYTES", 20_000)
    write(tmp_path, {f"src/part{i // 40}/module{i}.py": f"x = {i}\n" * 30 for i in range(800)})
    files = {"fly.toml": WEB.format(path="/health"), "app.py": FLASK, "Dockerfile": DOCKERFILE.format(port=8080)}
    write(tmp_path, files)
    counted = Counted(monkeypatch)
    project = Project(str(tmp_path))
    result = engine.check(Document(files["fly.toml"], str(tmp_path / "fly.toml")), Settings(), project=project)
    assert not result.failures
    # once through the folder itself to see whether it is a project, and one more to know that there is more
    assert counted.entries <= 300 + len(os.listdir(tmp_path)) + 1
    assert counted.bytes <= 20_000 + MAX_FILE
    assert counted.files < 200
    assert list(project.left_out) == ["all but the first 300 files and folders", "files beyond the first 0 MiB"]
    # what was not seen may serve the path
    assert "check-path-not-served" not in {d.rule for d in result.diagnostics}
    # and what lies near is seen first
    assert "app.py" in project.files


def test_what_was_left_out_is_said(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": WEB.format(path="/health"), "Dockerfile": "FROM x\nCOPY . .\n"})
    (folder / "app.py").write_text("#" * (MAX_FILE + 1))
    said = run("fly.toml").stderr
    assert "fly.toml: not looked at: `app.py`, which is larger than 256 KiB" in said
    assert "not looked at" not in run("fly.toml", "--quiet").stderr


def test_a_deep_folder_is_not_followed_to_its_end(tmp_path: Path) -> None:
    write(tmp_path, {"/".join(["a"] * 20) + "/b.py": "x"})
    project = Project(str(tmp_path))
    assert project.files == []
    assert project.partial
    assert list(project.left_out) == ["folders more than 12 levels down"]


@pytest.mark.parametrize("hidden_by", [".gitignore", ".dockerignore"])
def test_what_the_build_does_not_see_is_not_read(hidden_by: str, tmp_path: Path) -> None:
    write(tmp_path, {hidden_by: "secret\n", "secret/a.py": "x", "b.py": "x", "node_modules/c.py": "x"})
    assert [name for name in Project(str(tmp_path)).files if name.endswith(".py")] == ["b.py"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    write(outside, {"a.py": "x", "deep/b.py": "x"})
    write(inside, {"c.py": "x"})
    (inside / "file.py").symlink_to(outside / "a.py")
    (inside / "folder").symlink_to(outside / "deep")
    project = Project(str(inside))
    assert project.files == ["c.py"]
    assert (project.read("file.py"), project.read("folder/b.py")) == ("", "")
    assert (project.has_file("file.py"), project.has("folder")) == (None, None)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "..\\x", "C:x", "a\0b", ".."])
def test_paths_that_lead_out_are_not_looked_at(path: str, tmp_path: Path) -> None:
    write(tmp_path, {"x": "secret", "in/a": "x"})
    project = Project(str(tmp_path / "in"))
    assert (project.inside(path), project.has_file(path), project.read(path)) == (None, None, "")
    assert project.left_out


CHECKED = {
    "rails: from the environment": {"Gemfile": 'gem "rails"', "config/environments/production.rb": 'config.force_ssl = ENV.fetch("FORCE_SSL", "true") == "true"\n'},
    "sinatra": {"config.ru": "use Rack::SslEnforcer\nrun App\n"},
    "django": {"manage.py": "", "x/settings.py": "SECURE_SSL_REDIRECT = True\n"},
    "django: from the environment": {"manage.py": "", "x/settings.py": 'SECURE_SSL_REDIRECT = env.bool("SSL", default=True)\n'},
    "flask": {"app.py": "from flask_talisman import Talisman\nTalisman(app)\n"},
    "fastapi": {"main.py": "app.add_middleware(HTTPSRedirectMiddleware)\n"},
    "express": {"package.json": '{"dependencies": {"express": "4"}}', "app.js": "if (req.headers['x-forwarded-proto'] !== 'https') res.redirect(x)\n"},
    "phoenix": {"mix.exs": "", "config/prod.exs": "config :x, X.Endpoint, force_ssl: [hsts: true]\n"},
    "plug": {"mix.exs": "", "config/config.exs": "", "lib/x_web/endpoint.ex": "plug Plug.SSL\n"},
    "spring": {"pom.xml": "", "src/main/java/S.java": "http.requiresChannel(c -> c.anyRequest().requiresSecure());\n"},
    "go": {"go.mod": "", "main.go": "secure.New(secure.Options{SSLRedirect: true})\n"},
}  # fmt: skip


@pytest.mark.parametrize("files", CHECKED.values(), ids=CHECKED)
def test_a_redirect_to_https_fails_a_check(files: dict[str, str], tmp_path: Path) -> None:
    diagnostics = lint(tmp_path, {"fly.toml": WEB.format(path="/"), **files})
    assert ("check-may-be-redirected", "http_service.checks[0].path") in found(diagnostics)


NOT_REDIRECTED = {
    "rails": {"Gemfile": 'gem "rails"', "config/environments/production.rb": "# config.force_ssl = true\n"},
    "rails: off": {"Gemfile": 'gem "rails"', "config/environments/production.rb": 'config.force_ssl = ENV["X"] == "true"\n'},
    "django": {"manage.py": "", "x/settings.py": "SECURE_SSL_REDIRECT = False\n"},
    "django: off": {"manage.py": "", "x/settings.py": 'SECURE_SSL_REDIRECT = env.bool("SSL", default=False)\n'},
    "flask": {"app.py": "Talisman(app, force_https=False)\n"},
    "plug": {"mix.exs": "", "config/config.exs": "", "lib/x_web/endpoint.ex": "# plug Plug.SSL\n"},
}  # fmt: skip


@pytest.mark.parametrize("files", NOT_REDIRECTED.values(), ids=NOT_REDIRECTED)
def test_no_redirect_to_https(files: dict[str, str], tmp_path: Path) -> None:
    diagnostics = lint(tmp_path, {"fly.toml": WEB.format(path="/"), **files})
    assert "check-may-be-redirected" not in {rule for rule, _ in found(diagnostics)}


DJANGO = {
    "manage.py": "",
    "x/settings.py": 'import os\nALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "").split(",")\n',
}


@pytest.mark.parametrize(
    ("hosts", "rejected"), [("a.fly.dev,b.dev", True), ("*", False), ("a.fly.dev,172.16.0.0", False)]
)
def test_the_names_that_an_app_answers_may_stand_in_env(hosts: str, rejected: bool, tmp_path: Path) -> None:
    diagnostics = lint(tmp_path, {"fly.toml": WEB.format(path="/") + f'[env]\nALLOWED_HOSTS = "{hosts}"\n', **DJANGO})
    assert ("check-host-rejected" in {rule for rule, _ in found(diagnostics)}) == rejected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "flask\ntorch==2.5.1\n"),
        ("pyproject.toml", '[project]\ndependencies = [\n  "torch>=2",\n]\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\ntorch = "^2"\n'),
        ("Gemfile", 'gem "rails", "~> 8"\n'),
        ("package.json", '{"dependencies": {"next": "15"}}'),
        ("build.gradle.kts", 'id("org.springframework.boot") version "3.4.0"\n// spring-boot\n'),
    ],
)
def test_little_memory(name: str, text: str, tmp_path: Path) -> None:
    toml = APP + '[[vm]]\n  memory = "256mb"\n'
    assert ("memory-small-for-framework", "vm[0].memory") in found(lint(tmp_path, {"fly.toml": toml, name: text}))


@pytest.mark.parametrize("text", ["torch-geometric\n", "# torch\n", "mytorch\n"])
def test_names_that_only_look_alike(text: str, tmp_path: Path) -> None:
    toml = APP + '[[vm]]\n  memory = "256mb"\n'
    diagnostics = lint(tmp_path, {"fly.toml": toml, "requirements.txt": text})
    assert "memory-small-for-framework" not in {rule for rule, _ in found(diagnostics)}


@pytest.mark.parametrize("word", ["sh", "exec"])
@pytest.mark.parametrize("form", ["words", "array"])
def test_a_chain_of_any_length(tmp_path: Path, word: str, form: str) -> None:
    chain = [word] * 2000
    entrypoint = " ".join(chain) if form == "words" else json.dumps(chain)
    lint(tmp_path, {"fly.toml": APP + '[processes]\napp = "run"\n', "Dockerfile": f"FROM a\nENTRYPOINT {entrypoint}\n"})


@pytest.mark.parametrize("run", [" " * 1000, "\n" * 1000, "/" * 1000, "\n " * 500])
def test_a_file_of_one_character_is_not_looked_at(tmp_path: Path, run: str) -> None:
    """Patterns would take too long, and the routes behind it may be any."""
    write(tmp_path, {"app.py": FLASK + "x" + run + "x\n"})
    project = Project(str(tmp_path))
    assert project.read("app.py") == ""
    assert project.partial
    assert list(project.left_out) == ["`app.py`, which repeats one character more than 500 times"]


def test_lines_of_signs_are_looked_at(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": f"# {'-' * 400}\n" * 10})
    assert Project(str(tmp_path)).read("app.py")


def test_files_asked_for_by_name_are_read_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flylint.project.MAX_BYTES", 20_000)
    write(tmp_path, {f"d{i}/requirements.txt": "flask==1\n" * 500 for i in range(40)})
    project = Project(str(tmp_path))
    assert len([path for path in project.files if project.read(path)]) == 9
    assert project.partial


def test_a_long_path_is_not_looked_at(tmp_path: Path) -> None:
    project = Project(str(tmp_path))
    assert project.has_file("./é/" * 50_000) is None
    assert project.read("a/" * 50_000) == ""
    assert list(project.left_out) == ["a path that is too long"]
    assert project.from_above("/a" * 50_000) == ""
