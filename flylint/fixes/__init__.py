"""Structural edits turned into exact edits of the text, which leave all else as it was: comments, order, style.

`layout` knows the text, `editor` and `items` say what changes in it, `changes` joins that, `outcome` says what the values
must be afterwards, and `toml` writes keys and values.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from typing import TYPE_CHECKING

from flylint.diagnostic import Edit
from flylint.document import Document
from flylint.edits import ReplaceText
from flylint.fixes.changes import Unfixable
from flylint.fixes.editor import changes
from flylint.fixes.layout import Layout
from flylint.fixes.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flylint.diagnostic import Fix
    from flylint.edits import StructuralEdit

MOST_EDITED = 1_000_000
"""How many characters of a file are read again to see whether its edits are sound, each trial being the whole text.

Enough for a hundred fixes in a file of 10 KB, each tried alone. Where there are more, all are tried at once, and halves
of them where that fails. To read a broken file takes longer, with each of its problems.
"""

FEWEST_TRIALS = 4
"""How many trials there are in any case: those among many fixes that spoil the trial must be found."""


def text_edits(document: Document, wanted: Sequence[Sequence[StructuralEdit]]) -> list[tuple[Edit, ...] | None]:
    """The edits of the text for each of several fixes; None for what cannot be done, or would take too long to try."""
    layout, outcome = Layout(document), Outcome(document.values)
    drafts: dict[int, tuple[Edit, ...]] = {}
    for number, edits in enumerate(wanted):
        try:
            outcome.expect(edits)
            drafts[number] = tuple(
                Edit(document.position(start), document.position(end), text)
                for start, end, text in changes(layout, edits)
            )
        except Unfixable:
            pass
    sound = _sound(document, wanted, drafts, outcome)
    return [drafts[number] if number in sound else None for number in range(len(wanted))]


def _sound(
    document: Document,
    wanted: Sequence[Sequence[StructuralEdit]],
    drafts: dict[int, tuple[Edit, ...]],
    outcome: Outcome,
) -> set[int]:
    """The numbers of the drafts after which the text says what it should."""
    trial = max(len(document.text), 1) * (1 + len(document.problems) // 10)
    trials = max(FEWEST_TRIALS, MOST_EDITED // trial)
    if len(drafts) <= trials:
        batches = deque([number] for number in drafts)
    else:  # apart, because repairs bring values to light that nobody has expected
        kinds = ([number for number in drafts if _repairs(wanted[number]) is kind] for kind in (True, False))
        batches = deque(filter(None, kinds))
    sound: set[int] = set()
    while batches and trials:
        trials -= 1
        batch = batches.popleft()
        room = _Room()
        together = [number for number in batch if room.takes(drafts[number])]
        if len(together) < len(batch):
            batches.append(sorted({*batch}.difference(together)))
        result = apply(document.text, (edit for number in together for edit in drafts[number]))
        if _is_sound(document, [wanted[number] for number in together], outcome, result):
            sound.update(together)
        elif len(together) > 1:
            middle = len(together) // 2
            batches += together[:middle], together[middle:]
    return sound


def _repairs(edits: Sequence[StructuralEdit]) -> bool:
    """Whether they mend a syntax error."""
    return any(isinstance(edit, ReplaceText) for edit in edits)


def _is_sound(document: Document, wanted: Sequence[Sequence[StructuralEdit]], outcome: Outcome, result: str) -> bool:
    """Whether a text says what some fixes of a document mean, and each repair among them has left a syntax error less."""
    after = Document(result)
    repairs = sum(map(_repairs, wanted))
    if len(after.problems) > len(document.problems) - repairs:
        return False
    if repairs:
        return True  # what can be read now was not among the values before
    try:
        outcome.expect([edit for edits in wanted for edit in edits])
    except Unfixable:
        return False
    return outcome.matches(after.values)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits that do not overlap; what is inserted at one place keeps its order."""
    out, done = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start.offset, edit.end.offset)):
        out += [text[done : edit.start.offset], edit.text]
        done = edit.end.offset
    return "".join(out) + text[done:]


def without_overlap(fixes: Iterable[Fix]) -> list[Fix]:
    """The fixes that can be applied together; of two that touch the same place the first."""
    room = _Room()
    return [fix for fix in fixes if room.takes(fix.edits)]


class _Room:
    """The places of a text that are taken by edits. Different new lines can stand at the same place, all else cannot."""

    def __init__(self) -> None:
        self._taken: list[tuple[int, int]] = []  # in order, apart from each other
        self._lines: dict[int, set[str]] = {}

    def takes(self, edits: Iterable[Edit]) -> bool:
        """Take the places of edits that belong together, if all of them are free."""
        edits = list(edits)
        if not all(map(self._is_free, edits)):
            return False
        for edit in edits:
            if _is_line(edit):
                self._lines.setdefault(edit.start.offset, set()).add(edit.text)
            insort(self._taken, (edit.start.offset, edit.end.offset))
        return True

    def _is_free(self, edit: Edit) -> bool:
        start, end = edit.start.offset, edit.end.offset
        if _is_line(edit) and start in self._lines:
            return edit.text not in self._lines[start]
        at = bisect_left(self._taken, (end + 1,))  # the first that begins behind
        return not at or self._taken[at - 1][1] < start


def _is_line(edit: Edit) -> bool:
    """Whether an edit inserts one line between others."""
    return edit.start == edit.end and edit.start.column == 1 and edit.text.find("\n") == len(edit.text) - 1
