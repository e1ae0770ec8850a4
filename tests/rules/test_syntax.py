"""Syntax errors and how they are mended."""

from __future__ import annotations

import pytest

from tests.linting import findings, mended

RULE = "syntax-error"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        # an empty array that a table extends
        ("mounts = []\n[[mounts]]\nsource = 'a'\n", "[[mounts]]\nsource = 'a'\n"),
        ("a = 1\nprocesses = [ ] # none\n[processes]\n", "a = 1\n# none\n[processes]\n"),
        ("[a]\r\nb = []\r\n[[a.b]]\r\nc = 1", "[a]\r\n[[a.b]]\r\nc = 1"),
        ("[a]\nb = []\nc = []\n[[a.b]]\n[[a.b]]\n[[a.c]]\n", "[a]\n[[a.b]]\n[[a.b]]\n[[a.c]]\n"),
        # what stands twice with the same value
        ("a = 1\nb = 2\na = 0x1\n", "a = 1\nb = 2\n"),
        ("a.b = { c = 'd' }\na.b = { c = \"d\" }\n", "a.b = { c = 'd' }\n"),
        ("[a]\nx = 1\n[b]\n[a]\nx = 1\n\n[c]\n", "[a]\nx = 1\n[b]\n\n[c]\n"),
    ],
)
def test_what_is_mended_safely(text: str, right: str) -> None:
    assert mended(text, RULE) == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("a = 1\na = true\n", "a = 1\n"),
        ("a = 1\na = 2\n", "a = 1\n"),
        (
            "[a]\nx = 1\n\n[b]\nx = 1\n\n[a]\ny = 2 # two\n# three\nz = 3\n\n# c\n[c]\n",
            "[a]\nx = 1\ny = 2 # two\n# three\nz = 3\n\n[b]\nx = 1\n\n# c\n[c]\n",
        ),
        ("[a]\nx = 1\n[b]\n[a]\ny = 2", "[a]\nx = 1\ny = 2\n[b]\n"),
        ("[a]\nx = 1\n[b]\n[a]\n# x\nx = 1\n", "[a]\nx = 1\n[b]\n[a]\n# x\nx = 1\n"),
        ("[a]\nx = 1\n[a]\nx = 2\n", "[a]\nx = 1\n[a]\nx = 2\n"),
        ("[a]\nx = 1\n[b]\n[a]\n[a.c]\n", "[a]\nx = 1\n[b]\n[a]\n[a.c]\n"),
        ("[[a]]\nx = 1\n[a]\nx = 2\n", "[[a]]\nx = 1\n[[a]]\nx = 2\n"),
        ("[a\nx = 1\n", "[a]\nx = 1\n"),
        ("[[ a ]\nx = 1\n", "[[a]]\nx = 1\n"),
        ("\ufeffa = 1\n", "a = 1\n"),
        ("// a\na = 1\n", "# a\na = 1\n"),
        ("a: 1\nb : 2\n", "a = 1\nb = 2\n"),
        ("a = 1;\nb = [1],\n", "a = 1\nb = [1]\n"),
        ("a = True\nb = [no]\n", "a = true\nb = [false]\n"),
        ("a = my app # x\nb = [x, 'y']\n", 'a = "my app" # x\nb = ["x", \'y\']\n'),
        ("a = null\n", "a = null\n"),
    ],
)
def test_what_is_mended_only_when_asked_for(text: str, right: str) -> None:
    assert findings(text, RULE)
    assert mended(text, RULE) == text
    assert mended(text, RULE, unsafe=True) == right
