"""The form for people: each finding with the code that it is about.

The layout is made once, of pieces of text with a style; without colour the pieces are simply joined.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import NamedTuple

from flylint.document import Position
from flylint.output.text import STYLES, paint, remarks, rule_tag, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flylint.diagnostic import Diagnostic
    from flylint.output import Report
    from flylint.output.text import Segment

GUTTER = "bright_blue"
RELATED = "bright_blue"
TAB = 4


def render(report: Report, color: bool, width: int) -> str:
    """All findings, an empty line after each."""
    painter = Painter(report, color, width)
    return "".join([painter.diagnostic(diagnostic) + "\n" for diagnostic in report.diagnostics])


class Mark(NamedTuple):
    """An underlined place in the code and what is said next to it."""

    start: Position
    end: Position
    text: str
    sign: str
    style: str


class Painter:
    """Draws the findings of one report."""

    def __init__(self, report: Report, color: bool, width: int) -> None:
        self._report = report
        self._color = color
        self._width = width
        self._lines: dict[str, list[str]] = {}

    def diagnostic(self, diagnostic: Diagnostic) -> str:
        """One finding as lines of text."""
        return paint(self._segments(diagnostic), self._color)

    def _segments(self, diagnostic: Diagnostic) -> Iterator[Segment]:
        url = self._report.url(diagnostic.rule)
        yield from rule_tag(diagnostic, url)
        yield f": {visible(diagnostic.message)}\n", "bold"

        marks = _marks(diagnostic)
        gutter = max(2, max(len(str(mark.start.line)) for group in marks.values() for mark in group))
        empty = (" " * gutter + " |\n", GUTTER)
        for number, (file, group) in enumerate(marks.items()):
            if number:
                yield empty
            rows = [] if number == 0 and _whole(diagnostic) else self._rows(file, group, gutter)
            # A place whose code is not known still says what is there.
            for mark in group[:1] if rows else group:
                yield " " * gutter + "--> ", GUTTER
                yield f"{visible(file)}:{mark.start.line}:{mark.start.column}", ""
                yield f" {visible(mark.text)}\n" if mark.text and not rows else "\n", mark.style
            if rows:
                yield empty
            yield from rows

        said = [*remarks(diagnostic), *([("see", url)] if url else [])]
        if said:
            yield empty
        for kind, text in said:
            first, *others = text.split("\n")
            yield " " * gutter + " = ", GUTTER
            yield f"{kind}:", "bold"
            yield f" {visible(first)}\n", ""
            for other in others:
                yield f"{' ' * (gutter + len(f' = {kind}: '))}{visible(other)}".rstrip() + "\n", ""

    def _rows(self, file: str, marks: Sequence[Mark], gutter: int) -> list[Segment]:
        """The lines of code that have marks, each with its marks below it, and `...` where lines are left out."""
        code = self._code(file)
        by_line: dict[int, list[Mark]] = {}
        for mark in sorted(marks, key=lambda mark: (mark.start.line, mark.start.column)):
            if mark.start.line <= len(code):
                by_line.setdefault(mark.start.line, []).append(mark)
        numbers = list(by_line)
        if len(numbers) == 1 and numbers[0] > 1 and code[numbers[0] - 2].strip():
            numbers.insert(0, numbers[0] - 1)  # a lone line is easier to find with its neighbour
        rows: list[Segment] = []
        previous = None
        for number in numbers:
            if previous and number == previous + 2:
                rows += self._row(code, number - 1, [], gutter)  # as high as `...`, and says more
            elif previous and number > previous + 2:
                rows.append(("...\n", GUTTER))
            rows += self._row(code, number, by_line.get(number, []), gutter)
            previous = number
        return rows

    def _row(self, code: Sequence[str], number: int, marks: Sequence[Mark], gutter: int) -> list[Segment]:
        line = code[number - 1]
        spans = [_columns(mark, line) for mark in marks]
        primary = [span for mark, span in zip(marks, spans, strict=True) if mark.sign == "^"]
        drawn = Drawn(line, primary + spans, max(self._width - gutter - 3, 20))
        row = [(f"{number:>{gutter}} |", GUTTER), (f" {drawn.text}".rstrip() + "\n", "")]
        for mark, (start, end) in zip(marks, spans, strict=True):
            left, right = drawn.column(start), drawn.column(end)
            said = f" {visible(mark.text)}\n" if mark.text else "\n"
            row += (
                (" " * gutter + " | ", GUTTER),
                (" " * left, ""),
                (mark.sign * max(right - left, 1) + said, mark.style),
            )
        return row

    def _code(self, file: str) -> list[str]:
        """The lines of a file; none if its text is not known or empty."""
        if file not in self._lines:
            text = self._report.texts.get(file, "")
            self._lines[file] = [line.removesuffix("\r") for line in text.split("\n")] if text else []
        return self._lines[file]


def _marks(diagnostic: Diagnostic) -> dict[str, list[Mark]]:
    """What to underline by file, the linted file first, in it the finding itself first."""
    style = STYLES[diagnostic.severity]
    marks = {diagnostic.file: [Mark(diagnostic.start, diagnostic.end, diagnostic.label, "^", style)]}
    for label in diagnostic.related:
        mark = Mark(label.start, label.end, label.message, "-", RELATED)
        marks.setdefault(label.file or diagnostic.file, []).append(mark)
    return marks


def _whole(diagnostic: Diagnostic) -> bool:
    """Whether the finding is about the file as a whole, so that no line of it is worth showing."""
    nowhere = diagnostic.start == diagnostic.end and diagnostic.start.offset == 0
    return nowhere and not (diagnostic.key or diagnostic.label or diagnostic.related)


def _columns(mark: Mark, line: str) -> tuple[int, int]:
    """The part of its first line that a mark covers, counted from 0."""
    end = mark.end.column - 1 if mark.end.line == mark.start.line else len(line.rstrip())
    return mark.start.column - 1, end


class Drawn:
    """A line of code as the terminal shows it: tabs expanded, cut around the first span where it is too long."""

    def __init__(self, line: str, spans: Sequence[tuple[int, int]], room: int) -> None:
        start, end = (spans[0][0], max(end for _, end in spans)) if spans else (0, 0)
        # Of a very long line only what may be shown is looked at: there may be many findings on it.
        self._base = max(0, start - room // 3) if len(line) > 2 * room else 0
        piece = line[self._base : start + room]
        glyphs, self._cells = _glyphs(piece)
        self._first, self._last = 0, len(piece)
        if len(piece) < len(line) or self._cells[-1] > room:
            if self._base or self._cells[min(end, len(piece))] >= room:
                wanted = self._cells[min(start - self._base, len(piece))] - room // 3
                self._first = bisect_left(self._cells, wanted)
            self._last = bisect_right(self._cells, self._cells[self._first] + room - 2) - 1
        before = "…" if self._base + self._first else ""
        after = "…" if self._base + self._last < len(line) else ""
        self._cut = len(before)
        self.text = before + "".join(glyphs[self._first : self._last]) + after

    def column(self, index: int) -> int:
        """Where the character with this index of the line is drawn; what was cut away is at the edge."""
        inside = min(max(index - self._base, self._first), self._last)
        return self._cut + self._cells[inside] - self._cells[self._first]


def _glyphs(text: str) -> tuple[Sequence[str], Sequence[int]]:
    """How each character is drawn, and the column where each starts, with the end of the text as the last."""
    if text.isascii() and text.isprintable() and "##[" not in text:
        return text, range(len(text) + 1)
    glyphs, columns = [], [0]
    column = 0
    for index, char in enumerate(text):
        glyph, cells = _glyph(char) if char != "\t" else (" " * (TAB - column % TAB), TAB - column % TAB)
        if char == "[" and text.endswith("##", 0, index):  # which a log of CI would obey
            glyph, cells = " [", 2
        column += cells
        glyphs.append(glyph)
        columns.append(column)
    return glyphs, columns


@lru_cache(4096)
def _glyph(char: str) -> tuple[str, int]:
    """How a character is drawn and how many columns that takes."""
    from unicodedata import category, east_asian_width

    glyph = visible(char)
    if len(glyph) > 1 or glyph.isascii():
        return glyph, len(glyph)
    if category(glyph) in ("Mn", "Me"):  # drawn over the character before it
        return glyph, 0
    return glyph, 2 if east_asian_width(glyph) in "WF" else 1
