"""What is offered to write."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pygls", reason="the extra lsp is not installed")

from flylint.document import loads
from flylint.server import completion, items
from flylint.server.cursor import cursor_at
from tests.conftest import ROOT


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


# what holds wherever something is offered

PAGES = sorted((ROOT / "docs" / "rules").glob("*.md"))
EXAMPLES = [text for page in PAGES for text in re.findall(r"```toml.*?\n(.*?)```", page.read_text("utf-8"), re.DOTALL)]
"""The examples of the rule pages, good and bad ones."""

STYLES = (
    'http_service = { internal_port = 80, concurrency = { type = "requests" }, checks = [{ path = "/" }, {}] }\n',
    'http_service.internal_port = 80\nhttp_service.concurrency.type = "requests"\n\nvm = [{ size = "a10" }, { }]\n',
    'vm = [\n  { size = "shared-cpu-1x" }, # small\n  {\n    memory = "1gb",\n  },\n]\n',
    '"app" = \'x\'\nkill_signal = """SIGINT"""\n\n[ "http_service" ]\n\n[ http_service . concurrency ]\n\ntype = "x"\n',
    "[http_service.concurrency]\n\n[http_service]\n\n[[services.ports]]\n\n",
    "[services]\n\n[services.concurrency]\n\n[mounts]\nprocesses = [ 'app' , ]\n\n[vm]\n",
    "[[services]]\n\n[[services.ports]]\n\n[[services]]\nconcurrency = { }\n\n",
    'app = "x"\r\n\r\n[checks.name]\r\ntype = "tcp"\r\n\r\n[env]\r\n',
)


def parses(text: str) -> bool:
    try:
        loads(text)
    except ValueError:
        return False
    return True


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
