"""What a list of completions is made of."""

from __future__ import annotations

import re
from typing import NamedTuple

_PLACE = re.compile(r"\$\{\d+:([^}]*)\}")


class Item(NamedTuple):
    """One thing to choose.

    label    what the list shows
    kind     "key", "table", "value" or "snippet"
    text     what is written in place of `start` to `end`; in a snippet `${1:word}` are the places to fill in
    detail   a few words beside it; `documentation` is Markdown
    rank     orders the list, smallest first
    word     what is compared with what is written
    """

    label: str
    kind: str
    text: str
    start: int
    end: int
    detail: str = ""
    documentation: str = ""
    rank: int = 0
    word: str = ""


def plain(snippet: str) -> str:
    """A snippet with the words of its places filled in."""
    return _PLACE.sub(r"\1", snippet)
