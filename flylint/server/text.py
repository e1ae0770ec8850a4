"""The text of an open file, and its places as the protocol counts them."""

from __future__ import annotations

import re
from bisect import bisect_right

from lsprotocol import types as lsp

from flylint.output.text import visible

_LINE_END = re.compile(r"\r\n?|\n")
_UNITS = {
    lsp.PositionEncodingKind.Utf8.value: ("utf-8", 1),
    lsp.PositionEncodingKind.Utf16.value: ("utf-16-le", 2),
    lsp.PositionEncodingKind.Utf32.value: ("utf-32-le", 4),
}


def code(text: str) -> str:
    """A text as a code span of Markdown, which nothing in it can end."""
    text = visible(text)
    runs = re.findall("`+", text)
    if not runs:
        return f"`{text}`"
    fence = "`" * (max(map(len, runs)) + 1)
    return f"{fence} {text} {fence}"


class Text:
    """A text whose offsets, in code points, can be turned into positions of the protocol and back.

    The protocol counts lines from 0, ends them with `\\n`, `\\r\\n` and `\\r` alike, and counts in a line the units of
    the encoding that client and server agreed on.
    """

    def __init__(self, text: str, encoding: str) -> None:
        self.text = text
        self.encoding = encoding
        self._codec, self._width = _UNITS[encoding]
        ends = [match.span() for match in _LINE_END.finditer(text)]
        self._starts = [0, *(end for _, end in ends)]
        self._ends = [*(start for start, _ in ends), len(text)]

    def position(self, offset: int) -> lsp.Position:
        """The position of an offset; what is not in the text is its nearest end."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        return lsp.Position(line, self._units(self.text[self._starts[line] : offset]))

    def range(self, start: int, end: int) -> lsp.Range:
        """The range between two offsets."""
        return lsp.Range(self.position(start), self.position(end))

    def offset(self, position: lsp.Position) -> int:
        """The offset of a position; what is behind the end of a line is that end."""
        if position.line >= len(self._starts):
            return len(self.text)
        start = self._starts[position.line]
        line = self.text[start : self._ends[position.line]]
        if line.isascii():
            return start + min(position.character, len(line))
        data = line.encode(self._codec, "surrogatepass")[: position.character * self._width]
        return start + len(data.decode(self._codec, "ignore"))

    def line(self, offset: int) -> tuple[int, int]:
        """From where to where the line of an offset goes, without its end."""
        line = bisect_right(self._starts, offset) - 1
        return self._starts[line], self._ends[line]

    def _units(self, text: str) -> int:
        return len(text) if text.isascii() else len(text.encode(self._codec, "surrogatepass")) // self._width
