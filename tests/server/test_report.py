"""What an editor is told about a file."""

from __future__ import annotations

import pytest

pytest.importorskip("pygls", reason="the extra lsp is not installed")

from lsprotocol import types as lsp

from flylint.document import Document
from flylint.server import files, report
from flylint.server.text import Text
from flylint.settings import Settings

HIDDEN = '"a\\u202eb\\u001b\\nc" = 1\n# flylint: ignore[a\u202eb]\n'


def test_what_nobody_would_see_is_drawn() -> None:
    document = Document(HIDDEN)
    text = Text(HIDDEN, "utf-16")
    checked = files.Checked(text, document, Settings(), "", None)
    assert len(checked.result.diagnostics) > 1
    for diagnostic in report.diagnostics(checked, "file:///fly.toml", related=True):
        assert str(diagnostic.message).replace("\n", "").isprintable()
    for symbol in report.symbols(document, text):
        assert symbol.name.isprintable()


def test_symbols_of_tables() -> None:
    text = "a = 1\n[env]\nb = 1\nc = 2\n[build]\n"
    symbols = report.symbols(Document(text), Text(text, "utf-16"))
    assert [(s.name, [c.name for c in s.children or ()]) for s in symbols] == [
        ("a", []),
        ("env", ["b", "c"]),
        ("build", []),
    ]
    assert symbols[1].range == lsp.Range(lsp.Position(1, 0), lsp.Position(3, 5))
