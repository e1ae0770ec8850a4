"""Patterns for paths: the same answers as the plain expression, and no time to fail."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flylint.globs import ALL, ANY, FOLDERS, joined
from flylint.project.ignored import Patterns
from flylint.settings import Settings

WILD = st.sampled_from([ANY, ALL])
NAMES = st.lists(st.sampled_from(["a", "b", "[^/]"]) | WILD, min_size=1, max_size=5)


@given(st.lists(NAMES, min_size=1, max_size=4), st.data())
def test_it_matches_what_the_plain_expression_matches(names: list[list[str]], data: st.DataObject) -> None:
    pieces: list[str] = []
    for name in names:  # `**/` stands at the start of a name
        pieces += [*([FOLDERS] if data.draw(st.booleans()) else []), *name, "/"]
    pieces = pieces[:-1]
    plain, quick = re.compile("".join(pieces) + r"(?=/|\Z)"), re.compile(joined(pieces) + r"(?=/|\Z)")
    for path in data.draw(st.lists(st.text("ab/", max_size=12), min_size=5, max_size=5)):
        assert bool(plain.match(path)) == bool(quick.match(path)), (pieces, path)


@pytest.mark.parametrize(
    "pattern", ["*a" * 30 + "b", "**/a*" * 20 + "b", "**a" * 20 + "b", "*" * 500 + "b", "?*" * 50 + "/b"]
)
def test_no_pattern_takes_long_to_fail(pattern: str) -> None:
    """Tried in every way that there is, each of these would outlive the machine."""
    path = "a" * 200 + "/" + "a/" * 20 + "a" * 50
    assert not Patterns(pattern).hides(path)
    assert not Patterns(pattern, git=True).hides(path)
    assert not Settings({"exclude": [pattern]}, root=".").excludes(path)
