"""What is said about the word under the mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pygls", reason="the extra lsp is not installed")

from flylint.server import hover, meaning
from tests.server.texts import EXAMPLES, STYLES


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("http_service.checks.interval", 5000, "5us here, raised to 1s by Fly.io"),
        ("http_service.checks.grace_period", "5m", "5m, lowered to 1m by Fly.io"),
        ("http_service.checks.grace_period", "10s", ""),
        ("services.tcp_checks.interval", 5000, "5s here"),
        ("kill_timeout", 400, "6m40s here, lowered to 5m by Fly.io"),
        ("primary_region", "fra", "Frankfurt, Germany"),
        ("primary_region", "waw", "a region that Fly.io has given up, near it is `ams` (Amsterdam, Netherlands)"),
        ("http_service.auto_stop_machines", True, 'the old word for `"stop"`'),
        ("vm.memory", "1024mb", "1gb"),
        ("mounts.initial_size", "10gb", "10 GB"),
        ("env.VERSION", 1.10, 'the app sees the text `"1.1"`'),
        ("processes.web", "npm run 'a b'", "the words `npm`, `run`, `a b`"),
        ("http_service.internal_port", 8080, ""),
        ("checks.alive.interval", "1s", "1s, and flyctl refuses less than 2s"),
        ("checks.alive.timeout", "2m", "2m, and flyctl refuses more than 1m"),
        ("machine_checks.kill_timeout", "10m", "10m, lowered to 5m by Fly.io"),
        ("deploy.max_unavailable", 0.25, "25% of the Machines of a group at once, rounded up"),
        ("deploy.max_unavailable", 1.0, "1 Machine of a group at once"),
        ("swap_size_mb", 512, "512mb"),
        ("vm.memory", "1gb", ""),
        ("vm.memory", 2048, "2gb"),
        (
            "services.ports.handlers",
            "tls",
            "the edge terminates TLS and passes the plain stream on; with http it serves HTTPS",
        ),
    ],
)
def test_meaning_of_values(path: str, value: Any, said: str) -> None:
    assert meaning.meaning(tuple(path.split(".")), value) == said


def test_every_key_of_the_schema_has_a_hover() -> None:
    def keys(node: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for key in node.keys:
            child = node.child(key)
            yield (*path, key)
            yield from keys(child.items or child, (*path, key))

    from flylint.schema import root

    paths = list(keys(root(), ()))
    assert len(paths) > 100
    assert [path for path in paths if len(hover.about(path)) < 60] == []


SHOP = """\
app = "shop"

[processes]
  web = "npm start"
  job = ""

[[services]]
  internal_port = 8080
  protocol = "tcp"
  processes = ["web", "job"]

  [[services.ports]]
    port = 443
    handlers = ["tls", "http"]

  [[services.ports]]
    start_port = 5000
    end_port = 5005

[[vm]]
  size = "performance-2x"
  memory = "8gb"
"""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("8080", "`https://shop.fly.dev` and `shop.fly.dev:5000-5005` lead to port 8080 of the Machine"),
        ("443", "`https://shop.fly.dev` leads to port 8080 of the Machine"),
        ("5005", "`shop.fly.dev:5000-5005` leads to port 8080 of the Machine"),
        ('"web"', "runs `npm start`"),
        ('"job"', "runs the command of the image"),
        ('"8gb"', "a Machine with 2 performance CPUs and 8gb"),
    ],
)
def test_what_a_value_means_beside_the_rest_of_the_file(value: str, said: str) -> None:
    found = hover.hover(SHOP, SHOP.index(value) + 1)
    assert found and found[0].startswith(f"`{value}`: {said}\n")
    broken = hover.hover(SHOP + "\n[[vm\nx = ", SHOP.index(value) + 1)
    assert broken == found


def test_a_key_says_what_its_value_comes_to() -> None:
    found = hover.hover("kill_timeout = 600 # long", 3)
    assert found and found[0].startswith("**kill_timeout**")
    assert found[0].endswith("`600`: 10m here, lowered to 5m by Fly.io")
    assert found[1:] == (0, len("kill_timeout"))


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ('[[http_service.checks]]\ngrace_period = "5m|', '`"5m`: 5m, lowered to 1m by Fly.io'),
        ("kill_timeout = |", "**kill_timeout**"),
        ("kill_timeout = 40|0 0", "`400`: 6m40s here"),
        ('primary_region = |"fra"', '`"fra"`: Frankfurt'),
        ("primary_region = 'fra'|", "`'fra'`: Frankfurt"),
        ('primary_region = """f|ra"""', '`"""fra"""`: Frankfurt'),
        ("[http_serv|ice\ninternal_port = 80", "**http_service**"),
        ('vm = [{ size = "a10" }, { size = "shared-cpu-|1x" ', '`"shared-cpu-1x"`: 1 shared vCPU'),
        ("http_service = { concurrency = { soft_li|mit = 20, ", "**soft_limit**"),
        ("[services.concurrency]\nhard_li|mit = 20", "**hard_limit**"),
        ('[[compute]]\nmem|ory = "1gb"', "**memory**"),
    ],
)
def test_hover_in_half_written_files(text: str, beginning: str) -> None:
    found = hover.hover(text.replace("|", "", 1), text.index("|"))
    assert found and found[0].startswith(beginning)


@pytest.mark.parametrize("text", ["|", "# |a", "x|y = 1", "[http_service]|", "app = 1 |2", "[no|thing]", "]|"])
def test_no_hover_where_there_is_nothing_to_say(text: str) -> None:
    assert hover.hover(text.replace("|", "", 1), text.index("|")) is None


@given(st.sampled_from([*STYLES, *EXAMPLES]), st.data())
def test_a_hover_is_about_the_place_under_the_mouse(text: str, data: st.DataObject) -> None:
    """Also while characters before it are missing."""
    offset = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 3))
    text, offset = text[: max(offset - cut, 0)] + text[offset:], max(offset - cut, 0)
    found = hover.hover(text, offset)
    assert found is None or (found[0] and found[1] <= offset <= found[2] <= len(text)), (text, offset, found)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("[http_se|rvice]", "http_service"),
        ("[http_service.con|currency]", "concurrency"),
        ("[http_|service.concurrency]", "http_service"),
        ("http_service.concurrency.ty|pe = 1", "type"),
        ("[http_service]\nforce_ht|tps", "force_https"),
        ("[env]\nPO|RT = 1", "env"),
    ],
)
def test_hover_on_keys(text: str, title: str) -> None:
    offset = text.index("|")
    found = hover.hover(text.replace("|", ""), offset)
    assert found and found[0].startswith(f"**{title}**")


def test_hover_on_a_rule_name() -> None:
    text = "# flylint: ignore[wrong-type] x"
    found = hover.hover(text, text.index("type"))
    assert found and found[0].startswith("# wrong-type")
    assert text[found[1] : found[2]] == "wrong-type"
    assert hover.hover("# about wrong-type", 10) is None


@pytest.mark.parametrize(
    "text",
    [
        '[processes]\nweb = "a``` `b ![x](https://attacker.example/b.png) [Fix this](command:x)"\n',
        '[processes]\nweb = "a `b` ``"\n\n[http_service]\nprocesses = ["web"]\n',
        "[processes]\nweb = '''a ```\n\n![x](https://attacker.example/b.png) b'''\n",
        'app = "a` ![x](https://attacker.example/b.png)"\n[http_service]\ninternal_port = 80\n',
    ],
)
def test_nothing_in_a_file_is_markdown(text: str) -> None:
    for offset in range(len(text)):
        found = hover.hover(text, offset)
        if found:
            # the spans of code as CommonMark reads them
            plain = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", found[0])
            assert "attacker" not in plain and "command:" not in plain and "`" not in plain, found[0]
