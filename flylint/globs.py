"""Patterns for paths as regular expressions that take no time to fail.

Written down plainly, `*a*a*a*a*b` tries every way to share a name among its stars. But nothing is lost when each star
takes as little as it can, for the next one takes the rest. So every star but the last matches, together with what follows
it, in one way only and never again in another one. fnmatch in the standard library does the same.
"""

from __future__ import annotations

from itertools import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ANY, ALL, FOLDERS = "[^/]*", ".*", "(?:.*/)?"
"""What `*`, `**` and `**/` stand for: a part of a name, anything, and any number of folders."""

_SHORT = {ANY: "[^/]*?", ALL: ".*?", FOLDERS: "(?:.*?/)??"}
MAX_LENGTH = 1000
"""How many characters of a pattern are looked at; a longer one is none."""


def joined(pieces: list[str]) -> str:
    """The expression for a sequence of pieces: ANY, ALL, FOLDERS, and expressions for single characters."""
    blocks: list[list[str]] = [[]]  # what crosses folders begins a block
    for piece in pieces:
        if piece in (ALL, FOLDERS):
            blocks.append([])
        if not (piece == ANY and blocks[-1][-1:] in ([ANY], [ALL])):  # a star behind a star says nothing
            blocks[-1].append(piece)
    names = map("g{}".format, count())
    last = _stars(blocks.pop(), names, False)
    return "".join(_once(_stars(block, names, True), names) for block in blocks) + last


def _stars(block: list[str], names: Iterator[str], short: bool) -> str:
    """The expression for a block, in which all stars but the first stay within a name; `short`: the last one as well."""
    parts: list[list[str]] = [[]]
    for piece in block:
        if piece == ANY:
            parts.append([])
        parts[-1].append(_SHORT.get(piece, piece) if short or piece != ANY else piece)
    *others, last = ("".join(part) for part in parts)
    first = others.pop(0) if others else ""
    between = (_once(_SHORT[ANY] + part.removeprefix(_SHORT[ANY]).removeprefix(ANY), names) for part in others)
    return first + "".join(between) + last


def _once(expression: str, names: Iterator[str]) -> str:
    """The expression, matched in one way only. Python before 3.11 does not know `(?>…)`."""
    name = next(names)
    return f"(?=(?P<{name}>{expression}))(?P={name})" if expression else ""
