"""How a text is laid out: its lines, its sections, and the taste in which it is written."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flylint.document import Document, Path, Span
from flylint.positions import PAIR, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flylint.positions import Index, Section

_BLANKS = re.compile(r"[ \t]*")

NEAR = 8
"""How many neighbours show how keys are aligned."""


class PairParts(NamedTuple):
    """Offsets in a statement `key = value`."""

    start: int
    key_end: int
    equals: int
    value: int


class Layout:
    """What is to be known of a text to change it without a trace of that, found out once for all its fixes."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self.index: Index = document.index
        self.sections: Sequence[Section] = self.index.sections
        self._numbers = {section.path: number for number, section in reversed(list(enumerate(self.sections)))}

    # lines

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Behind the line end of the line that the offset is in."""
        at = self.text.find("\n", offset)
        return len(self.text) if at < 0 else at + 1

    def skip_blanks(self, offset: int) -> int:
        """The first offset from here that is neither a blank nor a tab."""
        blanks = _BLANKS.match(self.text, offset)
        return blanks.end() if blanks else offset

    def line(self, start: int) -> str:
        """The line that starts at an offset, without white space around it."""
        return self.text[start : self.line_end(start)].strip()

    def margin(self, offset: int) -> str:
        """The white space at the start of a line."""
        line = self.text[self.line_start(offset) : offset]
        return line if not line.strip() else line[: len(line) - len(line.lstrip())]

    @cached_property
    def newline(self) -> str:
        """What most lines of the text end with."""
        return "\r\n" if 2 * self.text.count("\r\n") > self.text.count("\n") else "\n"

    @cached_property
    def top(self) -> int:
        """The first offset where something can be written: a byte order mark stays in front of it."""
        return 1 if self.text.startswith("\ufeff") else 0

    def aligned_comment(self, line: int) -> Span | None:
        """The blanks in front of the comment at the end of a line, where it stands below or above another one."""
        comment = self._comments.get(line)
        if comment is None:
            return None
        neighbours = (self.line_start(line - 1), self.line_end(line))
        if not any(other in self._comments and self._comments[other] - other == comment - line for other in neighbours):
            return None
        code = self.text[line:comment].rstrip(" ")
        gap = Span(line + len(code), comment)
        return gap if code.strip() and gap.end - gap.start > 1 else None  # one blank is no alignment

    @cached_property
    def _comments(self) -> dict[int, int]:
        """Where the comment of a line begins, by the start of the line."""
        return {self.line_start(span.start): span.start for span, _ in self.document.comments()}

    # sections: a header and the pairs below it; number 0 is what stands above the first header

    def section_of(self, path: Path) -> int | None:
        """The number of the section whose keys go to a table; None when the table has no header."""
        return self._numbers.get(path)

    def below(self, path: Path) -> Sequence[int]:
        """The numbers of the sections at and below a path."""
        return self._below.get(path, ()) if path else range(1, len(self.sections))

    @cached_property
    def _below(self) -> dict[Path, list[int]]:
        found: dict[Path, list[int]] = {}
        for number, section in enumerate(self.sections[1:], 1):
            for depth in range(1, len(section.path) + 1):
                found.setdefault(section.path[:depth], []).append(number)
        return found

    @cached_property
    def _headers(self) -> list[Span]:
        return [section.header for section in self.sections]

    def section_at(self, offset: int) -> int:
        """The number of the section that an offset is in."""
        return max(bisect_right(self._headers, (offset, len(self.text) + 1)) - 1, 0)

    def pairs(self, number: int) -> range:
        """The statements of a section below its header, as indexes of `index.statements`."""
        statements = self.index.statements
        first = bisect_left(statements, self._headers[number]) + 1 if number else 0
        if number + 1 == len(self.sections):
            return range(first, len(statements))
        return range(first, bisect_left(statements, self._headers[number + 1]))

    def end_of(self, number: int) -> int:
        """The end of the last statement of a section."""
        pairs = self.pairs(number)
        return self.index.statements[pairs[-1]].end if pairs else self.sections[number].header.end

    def end_of_subtree(self, number: int) -> int:
        """The end of the last statement of a table and of the sub-tables that follow it."""
        path = self.sections[number].path
        while number + 1 < len(self.sections) and self.sections[number + 1].path[: len(path)] == path:
            number += 1
        return self.end_of(number)

    def head_of(self, number: int) -> int:
        """The start of the comment lines right above a header, which belong to it, or else of its own line."""
        at = self.line_start(self.sections[number].header.start)
        while at:
            above = self.line_start(at - 1)
            if not self.line(above).startswith("#"):
                break
            at = above
        return at

    def behind(self, offset: int) -> int:
        """The start of the line behind a statement and the comment lines right below it that are not about a header."""
        at = end = self.line_end(offset)
        while end < len(self.text) and self.line(end).startswith("#"):
            end = self.line_end(end)
        return at if self.text[end : end + 1] and self.line(end) else end

    # taste

    @cached_property
    def quote(self) -> str:
        """The kind of quotes that most texts of the file have."""
        kinds = [token[0][0] for token in tokens(self.text) if token[0][0] in "\"'"]
        return "'" if 2 * kinds.count("'") > len(kinds) else '"'

    @cached_property
    def indentation(self) -> str:
        """What the keys of this file are indented by below their header; two blanks where nothing shows it."""
        for number, section in enumerate(self.sections[1:], 1):
            pairs = self.pairs(number)
            if pairs:
                margin = self.margin(self.index.statements[pairs[0]].start)
                return margin.removeprefix(self.margin(section.header.start))
        return "  "

    @cached_property
    def indents_tables(self) -> bool:
        """Whether headers of sub-tables are indented; where there are none, keys show the taste of the file."""
        for section in self.sections:
            parent = section.path[:-2] if section.array else section.path[:-1]
            if parent and parent in self._numbers:
                return bool(self.margin(section.header.start))
        return bool(self.indentation)

    @cached_property
    def spaced(self) -> bool:
        """Whether empty lines stand above most headers."""
        heads = [self.head_of(number) for number in range(1, len(self.sections))]
        heads = [head for head in heads if head > self.top]
        tight = sum(bool(self.line(self.line_start(head - 1))) for head in heads)
        return 2 * tight <= len(heads)

    @cached_property
    def separator(self) -> str:
        """What most keys of the file have between them and their value: `=` with or without blanks."""
        pairs = [span for number, span in enumerate(self.index.statements) if self._is_pair(number)]
        tight = sum(parts.value - parts.key_end == 1 for parts in map(self.parts, pairs))
        return "=" if 2 * tight > len(pairs) else " = "

    def parts(self, statement: Span) -> PairParts:
        pair = PAIR.match(self.text, statement.start)
        assert pair
        start, key_end = pair.span(1)
        return PairParts(start, key_end, self.text.index("=", key_end), pair.end())

    def key_width(self, near: int, section: int) -> int | None:
        """From the start of a statement to its `=`, when those around it stand below each other; else None."""
        pairs = self.pairs(section)
        around = range(max(pairs.start, near - NEAR), min(pairs.stop, near + NEAR + 1))
        parts = [self.parts(self.index.statements[number]) for number in around]
        widths = {part.equals - part.start for part in parts}
        if len(widths) == 1 and len({part.key_end - part.start for part in parts}) > 1:
            return widths.pop()
        return None

    def pair(self, section: int, key: str, value: str) -> str:
        """A new statement for the end of a section, in the taste of the ones above it."""
        statements, pairs = self.index.statements, self.pairs(section)
        nearest = reversed(range(max(pairs.start - NEAR, 0), pairs.start))
        near = pairs[-1] if pairs else next((n for n in nearest if self._is_pair(n)), None)
        if near is None:
            return f"{key}{self.separator}{value}"
        width = self.key_width(near, section) if pairs else None
        parts = self.parts(statements[near])
        before, after = self.text[parts.key_end : parts.equals], self.text[parts.equals + 1 : parts.value]
        if width:
            before = " " * max(width - len(key), 1)
        elif len(before) > 1:
            before = " "
        return f"{key}{before}={after}{value}"

    def _is_pair(self, number: int) -> bool:
        return self.text[self.index.statements[number].start] != "["
