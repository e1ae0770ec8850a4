"""How findings leave the program: one module per format, each with one function `render(report, color, width)`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from flylint.diagnostic import Diagnostic, Severity

    class Rule(Protocol):
        """What the formats want to know about a rule."""

        @property
        def name(self) -> str: ...
        @property
        def severity(self) -> Severity: ...
        @property
        def topic(self) -> str: ...
        @property
        def enforced_by(self) -> str: ...
        @property
        def fix(self) -> str | None: ...
        @property
        def summary(self) -> str: ...
        @property
        def url(self) -> str | None: ...


FORMATS = ("full", "concise", "json", "sarif", "github", "gitlab", "junit")
WITH_CODE = ("full", "junit")
"""The formats that show lines of the files, and so need their texts."""

WITH_FIXES = ("full", "json", "sarif")
"""The formats that show what fixes do, or promise it to somebody who reads; others only say what is offered."""


class Report:
    """All that there is to say about a run.

    `diagnostics` are in the order in which they are to be shown: by file, then by place. `files` are the files that
    were checked and `texts` what they hold, both by the path that the user sees; a text may be missing, then no code
    is shown. `rules` are the known rules by name; a diagnostic may have another one.
    """

    __slots__ = ("diagnostics", "files", "rules", "texts")

    def __init__(
        self,
        diagnostics: Sequence[Diagnostic],
        files: Sequence[str],
        texts: Mapping[str, str],
        rules: Mapping[str, Rule],
    ) -> None:
        self.diagnostics = diagnostics
        self.files = files
        self.texts = texts
        self.rules = rules

    def url(self, rule: str) -> str | None:
        """The address of the page about a rule, None as long as it has none."""
        return self.rules[rule].url or None if rule in self.rules else None

    def counts(self) -> tuple[int, int, int]:
        """How many infos, warnings and errors there are: `Severity` is the index."""
        counts = [0, 0, 0]
        for diagnostic in self.diagnostics:
            counts[diagnostic.severity] += 1
        return counts[0], counts[1], counts[2]


def render(format: str, report: Report, *, color: bool = False, width: int = 120) -> str:
    """The report in one of FORMATS, as text that ends with a newline unless it is empty.

    `color` adds terminal colours and links to the formats for people, full and concise. `width` is the number of
    columns after which full cuts a line of code; it wraps nothing.
    """
    if format not in FORMATS:
        raise ValueError(f"no such format: {format!r}")
    from importlib import import_module

    text: str = import_module(f"flylint.output.{format}").render(report, color, width)
    return text


def summary(report: Report) -> str:
    """One line that sums up, without a newline: `Found 1 error and 2 warnings in 1 file: 1 fixable with --fix.`"""
    if not report.diagnostics:
        return f"No problems found in {_count(len(report.files), 'file')}."
    infos, warnings, errors = report.counts()
    kinds = [(errors, "error"), (warnings, "warning"), (infos, "info")]
    found = [_count(number, kind) for number, kind in kinds if number]
    affected, checked = len({diagnostic.file for diagnostic in report.diagnostics}), len(report.files)
    where = f"{affected} of {_count(checked, 'file')}" if affected < checked else _count(affected, "file")
    return f"Found {' and '.join(filter(None, [', '.join(found[:-1]), found[-1]]))} in {where}{_fixable(report)}."


def hint(report: Report) -> str | None:
    """Where to read more about the findings, for as long as their rules have no page to link to."""
    if not any(report.url(diagnostic.rule) is None for diagnostic in report.diagnostics):
        return None
    return "Run `flylint explain RULE` to read more about a rule."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _fixable(report: Report) -> str:
    safe = [diagnostic.fix.safe for diagnostic in report.diagnostics if diagnostic.fix]
    good, risky = safe.count(True), safe.count(False)
    if good and risky:
        return f": {good} fixable with --fix, {risky} more with --unsafe-fixes"
    if good:
        return f": {good} fixable with --fix"
    return f": {risky} fixable with --unsafe-fixes" if risky else ""
