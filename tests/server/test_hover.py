"""What is said about the word under the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("pygls", reason="the extra lsp is not installed")

from flylint.server import hover, meaning


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
