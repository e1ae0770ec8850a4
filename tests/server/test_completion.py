"""What is offered to write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pygls", reason="the extra lsp is not installed")

from flylint import engine
from flylint.document import Document, loads
from flylint.rules import all_rules
from flylint.server import completion, items
from flylint.server.cursor import Names, cursor_at, node_of, table_of
from flylint.server.headers import has_header
from flylint.settings import Settings
from flylint.severity import Severity
from tests.server.texts import EXAMPLES, STYLES


def labels(text: str) -> list[str]:
    """What is offered at the `|` of a text, best first."""
    offset = text.index("|")
    items = completion.complete(text.replace("|", "", 1), offset)
    return [item.label for item in sorted(items, key=lambda item: item.rank)]


def chosen(text: str, label: str) -> str:
    """A text after something that is offered at its `|` was chosen."""
    offset = text.index("|")
    text = text.replace("|", "", 1)
    (item,) = [item for item in completion.complete(text, offset) if item.label == label]
    return text[: item.start] + items.plain(item.text) + text[item.end :]


def test_keys_that_are_not_there_yet_needed_ones_first() -> None:
    offered = labels('[[mounts]]\n  destination = "/data"\n  |\n')
    assert offered[0] == "source"
    assert "destination" not in offered and "initial_size" in offered
    assert "app" not in offered


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("[http_service]\n  forc|", "force_https", "[http_service]\n  force_https = "),
        ("[http_service]\n  forc| = true", "force_https", "[http_service]\n  force_https = true"),
        ("[http_service]\nauto_stop_machines = |", '"suspend"', '[http_service]\nauto_stop_machines = "suspend"'),
        ('[http_service]\nauto_stop_machines = "s|"', '"stop"', '[http_service]\nauto_stop_machines = "stop"'),
        ('primary_region = "|\napp = "x"', '"fra"', 'primary_region = "fra"\napp = "x"'),
        ('primary_region = "a|ms"', '"fra"', 'primary_region = "fra"'),
        ("[http_service]\nforce_https = t|", "true", "[http_service]\nforce_https = true"),
        ("[[services.ports]]\nhandlers = [|", '"tls"', '[[services.ports]]\nhandlers = ["tls"'),
        ('[[services.ports]]\nhandlers = ["tls", "|"]', '"http"', '[[services.ports]]\nhandlers = ["tls", "http"]'),
        ('[[services.ports]]\nhandlers = [\n  "tls",\n  |', '"http"', 'handlers = [\n  "tls",\n  "http"'),
        ("services = [{ ports = [{ por|", "port", "services = [{ ports = [{ port = "),
        ('[[vm]]\nsize = "perf|"', '"performance-1x"', '[[vm]]\nsize = "performance-1x"'),
        ('[processes]\nweb = "x"\n[[vm]]\nprocesses = ["|"]', '"web"', '[[vm]]\nprocesses = ["web"]'),
        ('[[mounts]]\nsource = "d"\n[[mounts]]\nsource = |', '"d"', '[[mounts]]\nsource = "d"'),
        ("kill_timeout = 30|", '"30s"', 'kill_timeout = "30s"'),
        ("[http_service]\nconcurrency.ty|", "type", "[http_service]\nconcurrency.type = "),
        ("[htt|", "[http_service]", "[http_service]"),
        ("[htt|]", "[http_service]", "[http_service]"),
        ("[http_service]\n[[http_service.ch|]]", "[[http_service.checks]]", "[http_service]\n[[http_service.checks]]"),
        ('[http_service]\ninternal_port = 3000\n[checks.x]\nport = |', "3000", "[checks.x]\nport = 3000"),
        ("[checks.name]\n|", "[checks.NAME]", "[checks.name]\n[checks.name2]"),
        ("moun|", "mount", '[[mounts]]\n  source = "data"\n  destination = "/data"\n  initial_size = "1gb"'),
    ],
)  # fmt: skip
def test_completion(text: str, label: str, expected: str) -> None:
    assert chosen(text, label).endswith(expected)


def test_details() -> None:
    def details(text: str) -> dict[str, str]:
        return {item.label: item.detail for item in completion.complete(text, len(text))}

    assert details("primary_region = ")['"jnb"'] == "Johannesburg, South Africa"
    assert "256 MB" in details("[[vm]]\nsize = ")['"shared-cpu-1x"']
    assert "nanoseconds" in details("[[http_service.checks]]\ninterval = 5")['"5s"']


@pytest.mark.parametrize(
    "text",
    ["app = true |", "[env] |", 'x = "a" |', "[http_service]\nchecks = [] |", "nonsense = |", "[nonsense]\n|", "# a |"],
)
def test_nothing_is_offered_where_nothing_can_stand(text: str) -> None:
    assert labels(text) == []


def test_a_header_is_not_offered_above_other_keys() -> None:
    assert "[env]" in labels('app = "x"\n|\n')
    assert "[env]" not in labels('|\napp = "x"\n')


def test_rules_in_an_ignore_comment() -> None:
    assert "unknown-key" in labels('app = "x" # flylint: ignore[un|')
    assert chosen("# flylint: ignore[wrong-type, unkn|]", "unknown-key") == "# flylint: ignore[wrong-type, unknown-key]"


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ('vm = [{ | }, { size = "a10", cpus = 1 }]', "size"),
        ('vm = [{ size = "a10", cpus = 1 }, { | }]', "size"),
        ('http_service = { internal_port = 1, concurrency = { type = "requests" }, | }', "force_https"),
        ("http_service = { | }", "concurrency"),
        ("services = [{ | }]", "ports"),
        ("http_service.|", "concurrency"),
        ("[services.concurrency]\n|", "hard_limit"),
        ("[[services]]\nconcurrency = { | }", "soft_limit"),
        ("checks = { alive = { | } }", "type"),
    ],
)
def test_keys_in_brackets_and_behind_dots(text: str, offered: str) -> None:
    assert offered in labels(text)


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ('vm = [{ size = "a10", | }]', "size"),
        ('vm = [{ |, size = "a10" }]', "size"),
        ('mounts = { des| source = "data" }', "source"),
        ("http_service = { internal_port = 1, concurrency = { }, | }", "internal_port"),
        ("http_service = { concurrency = { }, | }", "concurrency"),
        ('[processes]\nweb = ""\napi = ""\n[[vm]]\nprocesses = ["web", "|"]', '"web"'),
        ('[[services.ports]]\nhandlers = ["|", "http"]', '"http"'),
        ("http_service = { }\n|", "[http_service.concurrency]"),
        ("http_service.internal_port = 80\n|", "[http_service]"),
        ("[services]\n\n|", "[[services]]"),
        ("[checks.alive]\n\n|", "health check beside services"),
        ("checks = { }\n|", "[checks.NAME]"),
        ('app = "x"\n|', "[[services.ports]]"),
        ("[http_service.|", "[env]"),
        ("http_service.|\n[http_service]\n", "internal_port"),
    ],
)
def test_what_is_there_already_or_does_not_fit_is_not_offered(text: str, absent: str) -> None:
    assert absent not in labels(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('[[vm]]\nsize = "performance-1x"\nmemory = "|"', ['"2gb"', '"4gb"', '"8gb"']),
        ("[[vm]]\nmemory = |", ['"256mb"', '"512mb"', '"1gb"', '"2gb"']),
        ('vm = [{ size = "shared-cpu-2x", memory = | }]', ['"512mb"', '"1gb"', '"2gb"', '"4gb"']),
        ('[[vm]]\ncpu_kind = "shared"\ncpus = |', ["1", "2", "4", "6", "8"]),
        ("[deploy.release_command_vm]\nmemory = |", ['"256mb"', '"512mb"', '"1gb"', '"2gb"']),
        ('[checks.alive]\ninterval = "1|"', ['"1m"', '"15s"', '"30s"', '"2s"']),
        ('[[services.tcp_checks]]\ninterval = "90|"', ['"15s"', '"30s"', '"1s"', '"2s"']),
        ("[[services.ports]]\nport = |", ["443", "80"]),
        ("[http_service]\ninternal_port = 3000\n[env]\nPORT = |", ['"3000"']),
    ],
)
def test_values_for_the_place(text: str, values: list[str]) -> None:
    assert labels(text)[: len(values)] == values


@pytest.mark.parametrize(
    "text",
    [
        "kill_timeout = | 5",
        'primary_region = "|" "fra"',
        "force_https |true",
        "|  app = 1",
        "[http_service] |",
        'kill_signal = """SIG|INT"""',
    ],
)
def test_nothing_is_offered_where_it_would_break_the_line(text: str) -> None:
    assert labels(text) == []


# what holds wherever something is offered


def parses(text: str) -> bool:
    try:
        loads(text)
    except ValueError:
        return False
    return True


VALUE_RULES = {
    rule.name
    for rule in all_rules().values()
    if rule.name.startswith(("invalid-", "unknown-")) or rule.name.endswith(("-invalid", "-range", "-clamped"))
} - {"invalid-port-range"} | {
    *("wrong-type", "value-ignored", "duration-without-unit", "deprecated-region", "gpu-not-available"),
    *("grace-period-too-short", "wait-timeout-too-small", "kill-timeout-too-long"),
    *("builder-sunset", "max-unavailable-surprising"),
}
"""The rules about a value by itself, whatever stands around it."""


def _scalar_keys(path: Names = ()) -> Iterator[tuple[Names, str]]:
    """Every key that takes a plain value or a list of them, and its table."""
    table = table_of(node_of(path))
    assert table
    if path == ("checks",):
        yield from _scalar_keys(("checks", "web"))
    for key in table.keys:
        node = table.child(key)
        if node and has_header(node):
            yield from _scalar_keys((*path, key))
        else:
            yield path, key


@pytest.mark.parametrize(
    ("path", "key"), list(_scalar_keys()), ids=lambda part: part if isinstance(part, str) else ".".join(part)
)
def test_every_value_that_is_offered_is_one_that_holds(path: Names, key: str) -> None:
    """The most likely way to write each table, and no error about a value that was taken from the list."""
    headers = {header.strip("[]"): header for header in (item.label for item in completion.complete("", 0))}
    text = "".join(
        f"{headers.get('.'.join(path[:end]), '[' + '.'.join(path[:end]) + ']')}\n" for end in range(1, len(path) + 1)
    )
    text += f"{key} = "
    for item in completion.complete(text, len(text)):
        after = text + item.text + "\n"
        found = engine.check(Document(after), Settings(), Severity.WARNING).diagnostics
        assert [d.message for d in found if d.rule in VALUE_RULES and d.path[-1:] == (key,)] == [], after


@given(st.sampled_from([*STYLES, *EXAMPLES]), st.data())
@settings(max_examples=500)
def test_what_is_chosen_gives_a_text_that_can_be_read(text: str, data: st.DataObject) -> None:
    """Whenever the text around it can be read, with another key or value in that place or without the header."""
    offset = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 3))  # characters before the place that have not been typed yet
    text, offset = text[: max(offset - cut, 0)] + text[offset:], max(offset - cut, 0)
    offered = completion.complete(text, offset)
    if not offered:
        return
    item = data.draw(st.sampled_from(offered))
    assert item.start <= offset <= item.end
    statement = cursor_at(text, offset).statement
    written = items.plain(item.text)
    if item.kind == "key":
        written += "0" if written.endswith("= ") else "x = 0" if written.endswith(".") else ""
    neutral = {"key": written.replace(item.label, "zz", 1), "value": "0"}
    before = text[: item.start] + neutral[item.kind] + text[item.end :] if item.kind in neutral else ""
    if not before:
        before = text[: statement.start] + text[statement.end :]
    after = text[: item.start] + written + text[item.end :]
    assert not parses(before) or parses(after), (text, offset, item)
