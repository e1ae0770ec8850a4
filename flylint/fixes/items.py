"""Changes inside of one array or inline table, whether it stands on one line or on many."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flylint.document import Span
    from flylint.fixes.changes import Change
    from flylint.fixes.layout import Layout

_COMMENT = re.compile(r"#[^\n]*")


class Items:
    """What is to become of the items of one array or inline table: some go, and others come."""

    def __init__(self, layout: Layout, container: Span) -> None:
        self._layout = layout
        self._container = container
        self._spans = layout.index.items[container]
        self._gone: set[int] = set()
        self._new: list[tuple[int, str]] = []  # in front of which item; their number stands for the end

    def delete(self, item: Span) -> None:
        self._gone.add(bisect_left(self._spans, item))

    def insert(self, text: str, at: int | None = None) -> None:
        """A new item in front of another, or else at the end."""
        self._new.append((len(self._spans) if at is None else at, text))

    def changes(self) -> Iterator[Change]:
        kept = [number for number in range(len(self._spans)) if number not in self._gone]
        if kept:
            yield from self._deletions(kept[-1])
            for at in dict.fromkeys(at for at, _ in self._new):
                yield from self._insertion(at, [text for where, text in self._new if where == at], kept[-1])
            return
        start, end = self._container
        texts = ", ".join(text for _, text in self._new)
        if "#" in self._outside_of_items():  # the comments stay where they are
            yield from self._deletions(None)
            if texts:
                yield from self._at_the_end(texts)
        elif self._layout.text[start] == "{":
            yield start, end, f"{{ {texts} }}" if texts else "{}"
        else:
            yield start, end, f"[{texts}]"

    def _outside_of_items(self) -> str:
        """The text between and around the items, where a `#` begins a comment."""
        text, out, at = self._layout.text, "", self._container.start
        for start, end in self._spans:
            out += text[at:start]
            at = end
        return out + text[at : self._container.end]

    def _deletions(self, last: int | None) -> Iterator[Change]:
        """Take away items, each with one comma; `last` is the last of those that stay."""
        for number in sorted(self._gone):
            start, end = self._spans[number]
            comma = self._comma(number)
            if comma is None and last is not None and last < number:
                # what is the last item from now on has no comma either
                before = self._comma(last)
                if before is not None:
                    if "#" not in self._plain(before, start) and not self._has_own_line(number):
                        start = before
                    else:
                        yield before, before + 1, ""
            if self._has_own_line(number):
                yield self._layout.line_start(start), self._layout.line_end(end), ""
                if comma is not None and comma >= self._layout.line_end(end):
                    yield comma, comma + 1, ""
                continue
            if comma is None:
                yield start, end, ""
            elif "#" in self._plain(end, comma):
                yield start, end, ""
                yield comma, comma + 1, ""
            else:
                yield start, self._layout.skip_blanks(comma + 1), ""

    def _insertion(self, at: int, texts: list[str], last: int) -> Iterator[Change]:
        """New items in front of one, or behind the last of those that stay."""
        layout = self._layout
        if at <= last:
            start = self._spans[at].start
            if self._has_own_line(at):
                line = layout.line_start(start)
                yield line, line, self._lines(start, [text + "," for text in texts])
            else:
                yield start, start, "".join(f"{text}, " for text in texts)
            return
        start, end = self._spans[last]
        if not self._has_own_line(last):
            yield end, end, "".join(f", {text}" for text in texts)
            return
        line, final = layout.line_end(end), ","
        if self._comma(len(self._spans) - 1) is None:
            final = ""
            yield end, end, ","
        yield line, line, self._lines(start, [text + "," for text in texts[:-1]] + [texts[-1] + final])

    def _lines(self, like: int, texts: list[str]) -> str:
        """Lines that begin as the one with an offset does."""
        return "".join(self._layout.margin(like) + text + self._layout.newline for text in texts)

    def _at_the_end(self, text: str) -> Iterator[Change]:
        """A new item where only comments are."""
        layout, end = self._layout, self._container.end - 1
        line = layout.line_start(end)
        if layout.text[line:end].strip():
            yield end, end, text
        else:
            unit = layout.indentation or "  "
            yield line, line, f"{layout.margin(end)}{unit}{text}{layout.newline}"

    def _comma(self, number: int) -> int | None:
        """The offset of the comma behind an item."""
        end = self._spans[number].end
        following = self._spans[number + 1].start if number + 1 < len(self._spans) else self._container.end
        at = self._plain(end, following).find(",")
        return end + at if at >= 0 else None

    def _plain(self, start: int, end: int) -> str:
        """The text between two items with the inside of comments blanked, so that each `,` and `#` is one."""
        return _COMMENT.sub(lambda comment: "#".ljust(len(comment[0])), self._layout.text[start:end])

    def _has_own_line(self, number: int) -> bool:
        """Whether nothing but a comma and a comment shares the lines of an item."""
        layout, (start, end) = self._layout, self._spans[number]
        line = layout.line_start(start)
        rest = layout.text[end : layout.line_end(end)]
        code = rest.partition("#")[0].strip()
        return (
            not layout.text[line:start].strip() and "\n" in rest and code in ("", ",") and line > self._container.start
        )
