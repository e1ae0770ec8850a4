"""Changes of a text, and how those that belong together become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    from flylint.fixes.layout import Layout

    Change: TypeAlias = tuple[int, int, str]
    """From which offset to which, and the new text."""


class Unfixable(Exception):
    """This text cannot be edited that way."""


def joined(layout: Layout, changes: Iterable[Change]) -> list[Change]:
    """The changes in order: what is cut twice is cut once, and what is inserted amidst of a cut stays.

    Raises Unfixable when a text is replaced twice, or replaced and cut.
    """
    text = layout.text
    ordered = sorted(changes, key=lambda change: change[:2])
    result: list[Change] = []
    for start, end, new in ordered:
        before = result[-1] if result else (0, 0, "")
        if start >= before[1]:
            result.append((start, end, new))
        elif not new and not before[2]:  # two cuts
            result.append((before[1], max(before[1], end), ""))
        elif start == end and not before[2]:  # an insertion within a cut, and the empty lines below stay
            rest = [(start, before[1], "")] if text[start : before[1]].strip() else []
            result[-1:] = [(before[0], start, ""), (start, start, new), *rest]
        elif (start, end, new) != before:
            raise Unfixable("the edits overlap")
    _cut_to_the_end(layout, result)
    result = [change for change in result if change[0] < change[1] or change[2]]
    return sorted([*result, *_shifts(layout, result)], key=lambda change: change[:2])


def _cut_to_the_end(layout: Layout, changes: list[Change]) -> None:
    """Let a cut at the end of the file take the empty lines above it as well; what is added there comes in its place."""
    text = layout.text
    start, added = len(text), ""
    while changes and changes[-1][:2] == (len(text), len(text)):
        added = changes.pop()[2] + added
    while changes and changes[-1][1] == start and not changes[-1][2]:
        start = changes.pop()[0]
    if start == len(text):
        changes += [(start, start, added)] if added else []
        return
    body = len(text[:start].rstrip())
    cut = layout.line_end(body) if body and (added or text.endswith("\n")) else body
    if added:
        apart = added.removeprefix("" if text.endswith("\n") else layout.newline).startswith(layout.newline)
        added = (layout.newline if body and apart else "") + added.lstrip("\r\n")
    changes.append((max(cut, changes[-1][1] if changes else 0), len(text), added))


def _shifts(layout: Layout, changes: Sequence[Change]) -> Iterator[Change]:
    """Changes that keep a comment at the end of a line in the column that it shares with the comment of a neighbour."""
    grown: dict[int, int] = {}
    for start, end, new in changes:
        if "\n" not in new and "\n" not in layout.text[start:end]:
            line = layout.line_start(start)
            grown[line] = grown.get(line, 0) + len(new) - (end - start)
    for line, growth in grown.items():
        gap = layout.aligned_comment(line) if growth else None
        if gap and all(end <= gap.start or gap.end <= start for start, end, _ in changes):
            yield gap.start, gap.end, " " * max(gap.end - gap.start - growth, 1)
