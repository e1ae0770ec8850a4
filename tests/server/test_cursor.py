"""What stands at a place of a text, and how the protocol counts places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pygls", reason="the extra lsp is not installed")

from flylint.server import completion, hover
from flylint.server.cursor import Kind, cursor_at, statements
from flylint.server.text import Text


def test_an_open_array_does_not_swallow_what_follows() -> None:
    found = statements('x = [ "a",\n[[vm]]\nsize = "b"\n')
    assert [statement.names for statement in found] == [("x",), ("vm",), ("size",), ()]
    found = statements("x = [\n  1,\n  2\n]\ny = { a = 1,\n b = 2 }\n")
    assert [statement.names for statement in found] == [("x",), ("y",), ()]


TEXTS = st.text(st.sampled_from("a=[]{}.,\"'#\\\n\r 😀é\u2028\ud800"), max_size=40)


@given(TEXTS, st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_positions_there_and_back(text: str, encoding: str) -> None:
    places = Text(text, encoding)
    for offset in range(len(text) + 1):
        there = places.offset(places.position(offset))
        if text[offset - 1 : offset + 1] != "\r\n" and "\ud800" not in text:
            assert there == offset


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "{ b = " * 50_000])
def test_nothing_is_made_of_endless_brackets(text: str) -> None:
    assert cursor_at(text, len(text)).path == ()
    assert completion.complete(text, len(text)) == []
    assert hover.hover(text, len(text)) is None


@given(TEXTS)
def test_no_text_is_too_odd(text: str) -> None:
    for offset in range(len(text) + 1):
        cursor = cursor_at(text, offset)
        assert cursor.kind is Kind.NOTHING or cursor.start <= offset <= max(cursor.end, offset)
        hover.hover(text, offset)
        completion.complete(text, offset)
