"""What flyctl makes of values: its laws with small fixtures, and all keys with all values where they are there."""

from __future__ import annotations

import json
from typing import Any

import pytest
import tomli

from flylint.decode import REFUSALS, Problem, decode
from tests.shared import SHARED, needs_shared

SECOND = 1_000_000_000
MILLISECOND = 1_000_000


def problems(text: str, *kinds: str) -> list[Problem]:
    return [p for p in decode(tomli.loads(text))[1] if not kinds or p.kind in kinds]


def refused(text: str) -> bool:
    return bool(problems(text, *REFUSALS))


def decoded(text: str, *path: str | int) -> Any:
    value: Any = decode(tomli.loads(text))[0]
    for part in path:
        value = value[part] if isinstance(part, int) else value.values.get(part)
    return value


@pytest.mark.parametrize(
    "text",
    [
        'services = [{internal_port = "8080"}]',
        "services = [{internal_port = 8080.5}]",
        'services = [{ports = [{port = "80"}]}]',
        "[http_service]\ninternal_port = 8080.0",
        "app = 1979-05-27",
        "[env]\nA = 1\nB = true\nC = [1]\nD = {e = 1}\nF = nan",
        "[services]\n[services.ports]\n[services.concurrency]",
        'services = [{concurrency = "20,25"}]',
        "[mounts]\ninitial_size = 10",
        "[vm]\nmemory = 512",
        "[metrics]\nport = 9091",
        '[experimental]\ncmd = "run it"',
        '[experimental]\nkill_timeout = 5\nmetrics_port = 9091\nmetrics_path = "/"',
        '[[processes]]\nname = "web"\ncommand = "serve"',
        "processes = []",
        "processes = [1]",
        '[[checks]]\nname = "alive"',
        'checks.alive.headers = [{name = "A", value = 1}]',
        "checks.alive.headers = {A = 1}",
        "kill_timeout = []",
        'kill_timeout = ""',
        "checks.alive.interval = true",
        "[http_service]\nauto_stop_machines = true",
        "vm = [{persist_rootfs = 3}]",
        "[build.settings]\na = [1, {b = 1}]",
        "deploy.wait_timeout = 1.5",
    ],
)
def test_accepted(text: str) -> None:
    assert not refused(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[http_service]\ninternal_port = "8080"', ("http_service", "internal_port")),
        ("services = [{internal_port = true}]", ("services", 0, "internal_port")),
        ('services = [{internal_port = "80a"}]', ("services", 0, "internal_port")),
        ('services = [{ports = [{start_port = "80"}]}]', ("services", 0, "ports", 0, "start_port")),
        ("[http_service]\ninternal_port = 80.5", ("http_service", "internal_port")),
        ("app = 1", ("app",)),
        ("[build.args]\nA = 1", ("build", "args", "A")),
        ("[restart]\npolicy = 'always'", ("restart",)),
        ("[http_service.checks]\npath = '/'", ("http_service", "checks")),
        ("[[http_service]]\ninternal_port = 80", ("http_service",)),
        ("[[services]]\n[[services.concurrency]]\ntype = 'requests'", ("services", 0, "concurrency")),
        ('services = [{concurrency = "20"}]', ("services", 0, "concurrency")),
        ("[[env]]\n[[processes]]\nname = 'a'\n[http_service]\nprocesses = 'a'", ("http_service", "processes")),
        ("[experimental]\ncmd = [1]", ("experimental", "cmd")),
        ("[experimental]\nmetrics_port = '9091'", ("experimental", "metrics_port")),
        ("[[checks]]\ntype = 'tcp'", ("checks", 0)),
        ("[checks]\ntype = 'tcp'\nport = 80", ("checks",)),
        ('deploy.wait_timeout = ""', ("deploy", "wait_timeout")),
        ('kill_timeout = "10"', ("kill_timeout",)),
        ('kill_timeout = "1d"', ("kill_timeout",)),
        ("[http_service]\nauto_stop_machines = 'Stop'", ("http_service", "auto_stop_machines")),
        ("vm = [{persist_rootfs = 4}]", ("vm", 0, "persist_rootfs")),
        ("swap_size_mb = nan", ("swap_size_mb",)),
        ("[unheard_of]\na = [inf]", ("unheard_of", "a", 0)),
        ("[http_service.http_options]\nidle_timeout = -1", ("http_service", "http_options", "idle_timeout")),
        ("[http_service.http_options]\nidle_timeout = 4294967296", ("http_service", "http_options", "idle_timeout")),
        ("[Env]\nA = 1", ("Env",)),
        ("[[Services]]\ninternal_port = '80'", ("Services",)),
    ],
)
def test_refused_in_one_place(text: str, place: tuple[str | int, ...]) -> None:
    assert [p.path for p in problems(text, *REFUSALS)] == [place]


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("kill_timeout = 30", ("kill_timeout",), 30 * SECOND),
        ("kill_timeout = 1.9", ("kill_timeout",), SECOND),
        ("checks.a.interval = 1500", ("checks", "a", "interval"), 1500 * MILLISECOND),
        ("services = [{tcp_checks = [{timeout = 2000}]}]", ("services", 0, "tcp_checks", 0, "timeout"), 2 * SECOND),
        ("[[http_service.checks]]\ninterval = 10000", ("http_service", "checks", 0, "interval"), 10000),
        ("deploy.release_command_timeout = 900", ("deploy", "release_command_timeout"), 900),
        ('deploy.wait_timeout = "1h1m1.5s"', ("deploy", "wait_timeout"), 3661 * SECOND + SECOND // 2),
        ("env = [{A = 1}, [{B = 2}]]", ("env", "B"), "2"),
        ("env.A = 1.10", ("env", "A"), "1.1"),
        ("env.A = 1e5", ("env", "A"), "100000"),
        ("env.A = 1e6", ("env", "A"), "1e+06"),
        ("env.A = 1234567.5", ("env", "A"), "1.2345675e+06"),
        ("env.A = 0.1", ("env", "A"), "0.1"),
        ("env.A = 0.0001", ("env", "A"), "0.0001"),
        ("env.A = 0.00012345", ("env", "A"), "0.00012345"),
        ("env.A = -0.00001", ("env", "A"), "-1e-05"),
        ("env.A = -0.0", ("env", "A"), "-0"),
        ("env.A = 999999.9", ("env", "A"), "999999.9"),
        ("env.A = 0.30000000000000004", ("env", "A"), "0.30000000000000004"),
        ("env.A = 1e21", ("env", "A"), "1e+21"),
        ("env.A = [1, {b = true}]", ("env", "A"), "[1 map[b:true]]"),
        ("mount = {source = 'a'}\nmounts = [{source = 'b'}]", ("mounts", 1, "source"), "b"),
        ("compute.size = 'a'", ("vm", 0, "size"), "a"),
        ("experimental.kill_timeout = 5", ("kill_timeout",), 5 * SECOND),
        ("experimental.kill_timeout = 5\nkill_timeout = 9", ("kill_timeout",), 9 * SECOND),
        ("experimental.metrics_port = 9091", ("metrics", 0, "port"), 9091),
        ("build.build_target = 'prod'", ("build", "build-target"), "prod"),
        ("experimental.cmd = 'a b'", ("experimental", "cmd"), ["a b"]),
        ("services = [{concurrency = '20,25'}]", ("services", 0, "concurrency", "hard_limit"), 25),
        ("http_service.auto_stop_machines = false", ("http_service", "auto_stop_machines"), "off"),
        ("APP = 'a'\napp = 'b'", ("app",), "b"),
        ("APP = 'a'", ("app",), "a"),
        ("[[Mounts]]\nsource = 'a'", ("mounts",), None),
        ("services = [{}, {tcp_checks = []}]", ("services",), []),
    ],
)
def test_decoded_value(text: str, path: tuple[str | int, ...], value: Any) -> None:
    assert decoded(text, *path) == value


def test_a_type_that_is_never_read_does_not_matter() -> None:
    assert not refused('kill_timeout = 5\nexperimental.kill_timeout = "x"')
    assert not refused('metrics = []\nexperimental.metrics_port = "x"')
    assert not refused("[build]\nbuild_target = 'a'\nbuild-target = 5")


def test_old_forms_are_noticed_where_they_stand() -> None:
    text = "[mount]\nsource = 'a'\n[[services]]\ninternal_port = '80'\nconcurrency = '1,2'"
    assert {(p.kind, p.path) for p in problems(text) if p.kind.startswith("legacy")} == {
        ("legacy-table", ("mount",)),
        ("legacy-name", ("mount",)),
        ("legacy-concurrency", ("services", 0, "concurrency")),
        ("legacy-port", ("services", 0, "internal_port")),
    }


def nested(path: str, leaf: Any) -> dict[str, Any]:
    """The file that has a value at a path such as `services[].ports[].port` or `env.*`."""
    for part in reversed(path.split(".")):
        leaf = {part.replace("[]", "").replace("*", "name"): [leaf] if part.endswith("[]") else leaf}
    result: dict[str, Any] = leaf
    return result


@needs_shared
def test_every_key_with_every_kind_of_value() -> None:
    matrix = json.loads((SHARED / "flyctl" / "type-matrix.json").read_text("utf-8"))
    values = {name: tomli.loads(f"x = {text}")["x"] for name, text in matrix["values"].items()}
    compared = 0
    for row in matrix["rows"]:
        for name, result in row["results"].items():
            found = decode(nested(row["path"], values[name]))[1]
            refuses = any(p.kind in REFUSALS for p in found)
            assert refuses == (result["verdict"] == "v2_error"), (row["path"], name, result, found)
            compared += 1
    assert compared > 5000
