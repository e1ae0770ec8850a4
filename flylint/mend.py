"""What `--fix`, `--diff` and `--add-ignore` do: fixes applied until none is left, and the result written to the file."""

from __future__ import annotations

import os
from collections import Counter
from difflib import unified_diff
from errno import EACCES
from stat import S_IMODE
from tempfile import mkstemp
from typing import TYPE_CHECKING, NamedTuple

from flylint.document import Document
from flylint.engine import Result, check
from flylint.fixes import apply, without_overlap
from flylint.replacing import clearing_up, replace
from flylint.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flylint.diagnostic import Diagnostic
    from flylint.settings import Settings

MOST_ROUNDS = 100
"""How often the fixes that a file offers are applied: each round may uncover others, and some wait for their turn."""

MOST_REFUSED = 20
"""After how many fixes that would do harm no other is tried: finding them takes time, which a hostile file has plenty."""


class Mended(NamedTuple):
    """What became of a file.

    result   what is left to report
    fixed    how many fixes were applied
    ignored  how many findings got an ignore comment
    remarks  what could not be done, and why
    """

    result: Result
    fixed: int = 0
    ignored: int = 0
    remarks: tuple[str, ...] = ()


def fix(before: Result, settings: Settings, unsafe: bool = False) -> Mended:
    """Apply the fixes of a file, round by round, until nothing changes; with `unsafe` all that are on offer."""
    mended = _Mender(settings, unsafe, hopeful=True).mend(before)
    if _harm(before, mended.result):
        mended = _Mender(settings, unsafe, hopeful=False).mend(before)
    return mended


def _together(offers: list[Diagnostic]) -> list[Diagnostic]:
    """The findings whose fixes can be applied in one round."""
    chosen = {id(fix) for fix in without_overlap(d.fix for d in offers if d.fix)}
    return [d for d in offers if id(d.fix) in chosen]


class _Mender:
    """Applies fixes, and refuses those after which a file would be worse: has more errors, or warnings for mere advice.

    unsafe   also fixes that are not safe
    hopeful  an error that comes with a fix does no harm for now: the next round may mend it
    """

    def __init__(self, settings: Settings, unsafe: bool, hopeful: bool) -> None:
        self.settings = settings
        self.unsafe = unsafe
        self.hopeful = hopeful
        self.remarks: dict[tuple[str, str], str] = {}  # why a fix was refused, by rule and key

    def mend(self, before: Result) -> Mended:
        result, fixed, seen = before, 0, {before.document.text}
        for _ in range(MOST_ROUNDS):
            offers = [d for d in result.diagnostics if self._offers(d)]
            # advice comes last: what is wrong may be mended in a way that leaves nothing to advise
            advice = [d for d in offers if d.severity == Severity.INFO]
            faults = [d for d in offers if d.severity > Severity.INFO]
            better = self._apply(result, _together(faults)) or self._apply(result, _together(advice))
            if better is None or better[0].document.text in seen:
                break
            result, fixed = better[0], fixed + better[1]
            seen.add(result.document.text)
        remarks = list(self.remarks.values())
        left = sum(map(self._offers, result.diagnostics))
        if left:
            remarks.append(
                f"{left} more {'fix is' if left == 1 else 'fixes are'} left out: too many rounds or refusals"
            )
        return Mended(result, fixed, 0, tuple(remarks))

    def _offers(self, diagnostic: Diagnostic) -> bool:
        return self._allows(diagnostic) and (diagnostic.rule, diagnostic.key) not in self.remarks

    def _allows(self, diagnostic: Diagnostic) -> bool:
        return diagnostic.fix is not None and (diagnostic.fix.safe or self.unsafe)

    def _apply(self, before: Result, diagnostics: list[Diagnostic]) -> tuple[Result, int] | None:
        """The result after the fixes of some findings, as many as do no harm, and their number; None if none does."""
        if not diagnostics or len(self.remarks) >= MOST_REFUSED:
            return None
        text = apply(before.document.text, (edit for d in diagnostics if d.fix for edit in d.fix.edits))
        after = check(Document(text, before.document.name), self.settings, project=before.project)
        # what was not even a fault is not worth a warning
        least = min(Severity.WARNING if d.severity == Severity.INFO else Severity.ERROR for d in diagnostics)
        harm = _harm(before, after, self._allows if self.hopeful else None, least)
        if harm is None:
            return after, len(diagnostics)
        if len(diagnostics) == 1:
            (refused,) = diagnostics
            self.remarks[refused.rule, refused.key] = (
                f"{refused.start.line}:{refused.start.column}: the fix for {refused.rule} is left out: {harm}"
            )
            return None
        # one half is enough: what was sound in the other is offered again in the next round
        middle = len(diagnostics) // 2
        return self._apply(before, diagnostics[:middle]) or self._apply(before, diagnostics[middle:])


def _harm(
    before: Result,
    after: Result,
    excused: Callable[[Diagnostic], bool] | None = None,
    least: Severity = Severity.ERROR,
) -> str | None:
    """What is worse than before, if anything is; findings below `least` and those that are `excused` do not count."""
    if len(after.document.problems) > len(before.document.problems):
        return "the result would not be TOML"
    if len(after.failures) > len(before.failures):
        return "flylint itself fails on the result"
    found = [d for d in after.diagnostics if not (excused and excused(d))]
    for severity, name in ((Severity.ERROR, "an error"), (Severity.WARNING, "a warning")):
        new = _faults(found, severity) - _faults(before.diagnostics, severity)
        if severity >= least and new:
            return f"it would bring {name} of {' and '.join(sorted(new))}"
    return None


def _faults(diagnostics: Iterable[Diagnostic], least: Severity) -> Counter[str]:
    """How many findings of that severity there are of each rule: their places and words may change with other fixes."""
    return Counter(d.rule for d in diagnostics if d.severity >= least)


def add_ignores(before: Result, settings: Settings, least: Severity) -> Mended:
    """Write an ignore comment for each finding of at least that severity."""
    if not before.document.complete:
        return Mended(before, remarks=("no ignore comments were added, because of the syntax errors",))
    result = before
    for by_line in (True, False):  # what cannot be ignored at its line is ignored for the file
        left = [d for d in result.diagnostics if d.severity >= least]
        if left:
            result = _with_ignores(result, settings, left, by_line) or result
    left = [d for d in result.diagnostics if d.severity >= least]
    found = sum(d.severity >= least for d in before.diagnostics)
    remarks = tuple(f"{d.start.line}:{d.start.column}: {d.rule} cannot be ignored" for d in left)
    return Mended(result, 0, found - len(left), remarks)


def _with_ignores(before: Result, settings: Settings, left: list[Diagnostic], by_line: bool) -> Result | None:
    """The result after ignore comments for some findings; None when they would change what the file says."""
    from flylint.suppressions import insertions

    rules: dict[int | None, list[str]] = {}
    for d in left:
        line = d.start.line if by_line and (d.start.offset, d.end.offset) != (0, 0) else None
        if d.rule not in rules.setdefault(line, []):
            rules[line].append(d.rule)
    document = before.document
    after = Document(apply(document.text, insertions(document, rules)), document.name)
    if not after.complete or repr(after.values) != repr(document.values):
        return None
    return check(after, settings, project=before.project)


def diff(before: str, after: str, name: str) -> str:
    """The unified diff between two texts of a file."""
    lines = unified_diff(_lines(before), _lines(after), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """The lines of a text with their ends; only `\\n` ends a line."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def write(path: str, before: bytes, after: bytes) -> None:
    """Replace what a file holds in one step: whoever reads it, and whatever happens, finds all of the old or of the new.

    Raises OSError, and then the file is as it was.
    """
    with clearing_up():
        _replace(os.path.realpath(path), before, after)


def _replace(target: str, before: bytes, after: bytes) -> None:
    """Write a new file beside the old one and let it take its place."""
    status = os.stat(target)
    if not (status.st_mode & 0o222 and os.access(target, os.W_OK)):
        raise OSError(EACCES, "the file is read-only")  # replacing it would be possible, but is not what was meant
    descriptor, temporary = mkstemp(dir=os.path.dirname(target), prefix=".flylint-")

    def ready() -> None:
        if hasattr(os, "chown"):
            try:
                os.chown(temporary, status.st_uid, status.st_gid)
            except PermissionError:
                pass  # only root can give a file away
        os.chmod(temporary, S_IMODE(status.st_mode))
        with open(target, "rb") as file:
            if file.read() != before:
                raise OSError(None, "the file was changed meanwhile")

    replace(target, temporary, descriptor, after, ready)
