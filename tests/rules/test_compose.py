"""The compose file that `[build.compose]` names: what flyctl cannot decode, and what it leaves out or reads otherwise."""

from __future__ import annotations

import pytest

from flylint.severity import Severity
from tests.linting import lint

TOML = 'app = "a"\n[build.compose]\n'


def said(compose: str, **files: str) -> list[tuple[str, str]]:
    """Rule and message of what is found in a compose file beside other files; `__` in a name stands for a slash."""
    beside = {name.replace("__", "/"): text for name, text in files.items()}
    found = lint(TOML, files={"compose.yaml": compose, **beside})
    return [(d.rule, d.message) for d in found if d.rule.startswith("compose-")]


def service(*lines: str) -> str:
    return "services:\n  web:\n    image: nginx\n" + "".join(f"    {line}\n" for line in lines)


class TestInvalid:
    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("healthcheck: {retries: three}", "`retries`"),
            ('healthcheck: {retries: "3"}', "`retries`"),
            ("healthcheck: {retries: true}", "`retries`"),
            ("healthcheck: {retries: [3]}", "`retries`"),
            ("healthcheck: {interval: {seconds: 3}}", "`interval`"),
            ("environment: {A: [1, 2]}", "`A` in `environment`"),
            ("environment: {A: {b: 1}}", "`A` in `environment`"),
        ],
    )
    def test_a_value_that_flyctl_does_not_decode(self, line: str, words: str) -> None:
        ((rule, message),) = said(service(line))
        assert rule == "compose-file-invalid" and words in message

    @pytest.mark.parametrize(
        "line",
        [
            "healthcheck: {retries: 3}",
            "healthcheck: {retries: 3.0}",
            "healthcheck: {retries: 1e1}",
            "healthcheck: {retries: }",
            "environment: {A: 1, B: true, C: , D: 2024-01-01, <<: {E: x}}",
        ],
    )
    def test_a_value_that_it_decodes(self, line: str) -> None:
        assert not said(service(line))

    @pytest.mark.parametrize("key", ["volumes", "networks", "configs", "secrets"])
    def test_what_stands_beside_the_services_is_a_map(self, key: str) -> None:
        ((rule, message),) = said(f"{key}: [data]\n" + service())
        assert rule == "compose-file-invalid" and f"`{key}`" in message
        assert not said(f"{key}:\n" + service())
        assert not said(f"{key}: {{data: }}\n" + service())

    def test_the_version_is_text(self) -> None:
        assert not said("version: 3.8\n" + service())
        assert [rule for rule, _ in said("version: [3]\n" + service())] == ["compose-file-invalid"]


class TestVolumes:
    @pytest.mark.parametrize("volume", ["./Caddyfile:/etc/caddy/Caddyfile", "Caddyfile:/etc/caddy/Caddyfile:ro"])
    def test_a_file_is_copied_whatever_its_name(self, volume: str) -> None:
        assert not said(service(f'volumes: ["{volume}"]'), Caddyfile=":80")

    @pytest.mark.parametrize(
        ("volume", "words"),
        [
            (".:/app", "`.` of the service `web` is a folder"),
            ("./conf.d:/etc/conf.d", "is a folder"),
            ("./data:/data", "is no file"),
            ("..:/app", "is no file"),
            ("../data:/data", "is no file"),
            ("/srv/data:/data", "is no file"),
            ("data:/data", "is a volume"),
            ("data.d:/data", "is a volume"),
        ],
    )
    def test_what_is_no_file_is_left_out(self, volume: str, words: str) -> None:
        ((rule, message),) = said(service(f'volumes: ["{volume}"]'), conf__d="", **{"conf.d__a": ""})
        assert rule == "compose-feature-ignored" and words in message

    @pytest.mark.parametrize(
        "volume", ["./made.json:/a.json", "../up.json:/a", "/etc/a.conf:/a:ro", "/data", "/data:ro"]
    )
    def test_what_may_be_a_file_is_left_alone(self, volume: str) -> None:
        assert not said(service(f'volumes: ["{volume}"]'))

    def test_paths_start_at_the_compose_file(self) -> None:
        files = {"deploy/compose.yaml": service("volumes: [./Caddyfile:/a, ../conf:/b]"), "deploy/Caddyfile": ":80"}
        toml = 'app = "a"\n[build.compose]\nfile = "deploy/compose.yaml"\n'
        assert not [d for d in lint(toml, files={**files, "conf": ""}) if d.rule == "compose-feature-ignored"]


class TestIgnored:
    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("command: serve --port 80", "`command` of the service `web` is one text"),
            ("command: [serve, --port, 80]", "`80` in `command`"),
            ("entrypoint: [serve, true]", "`true` in `entrypoint`"),
            ("healthcheck: {test: curl -f http://localhost}", "`test`"),
            ('healthcheck: {test: ["CMD-SHELL", "curl -f http://localhost || exit 1"]}', "`test`"),
            ('healthcheck: {test: ["CMD", "nc", "-z", localhost, 80]}', "`80` in `test`"),
            ("env_file: .env", "`env_file`"),
            ("env_file: [.env]", "`env_file`"),
            ("secrets: [key]", "`secrets`"),
            ("networks: [back]", "`networks`"),
            ("deploy: {replicas: 2}", "`deploy`"),
        ],
    )
    def test_found(self, line: str, words: str) -> None:
        ((rule, message),) = said(service(line))
        assert rule == "compose-feature-ignored" and words in message

    @pytest.mark.parametrize(
        "line",
        [
            "command: serve",
            'command: [serve, --port, "80", yes, 1:30, !!str 80]',
            "healthcheck: {test: [CMD, pg_isready, -q]}",
            "healthcheck: {test: [CMD-SHELL, pg_isready]}",
            "healthcheck: {test: pg_isready, interval: 30s, timeout: 10s}",
            "env_file: []",
            'ports: ["8080:80"]',
            "restart: always",
        ],
    )
    def test_silent(self, line: str) -> None:
        assert not said(service(line))

    def test_the_times_of_a_healthcheck_are_those_of_flyctl(self) -> None:
        line = "healthcheck: {test: pg_isready, interval: 5s, timeout: 3s, retries: 5, start_period: 1m}"
        found = [d for d in lint(TOML, files={"compose.yaml": service(line)}) if d.rule == "compose-feature-ignored"]
        assert [d.severity for d in found] == [Severity.INFO]
        assert "`interval`, `timeout` and `start_period`" in found[0].message
