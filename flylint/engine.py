"""The way of a file through flylint: document, app, rules, suppressions, diagnostics; only this knows the order."""

from __future__ import annotations

from functools import lru_cache
from itertools import repeat

from flylint.app import App
from flylint.credentials import credential, without_credentials
from flylint.pattern import pattern
from flylint.severity import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from re import Match

    from flylint.diagnostic import Diagnostic, Edit
    from flylint.document import Document, Path
    from flylint.project import Project
    from flylint.rules import Finding, Mend, Rule
    from flylint.settings import Settings


MOST_FINDINGS = 1000
"""How many findings of one rule in one file are looked at: nobody reads more, and a hostile file has any number."""

MOST_SAID = 2000
"""How many characters a sentence of a rule may have; real ones have a few hundred."""

_QUOTED = pattern('`[^`]*`|"[^"]*"')


class Failure:
    """A rule that crashed on a file; the findings of all other rules stand."""

    __slots__ = ("file", "rule", "traceback")

    def __init__(self, file: str, rule: str, traceback: str) -> None:
        self.file = file
        self.rule = rule
        self.traceback = traceback


class Result:
    """What came out for one file: diagnostics in the order of the file, and rules that crashed.

    cut       names of the rules that have found more than is reported
    project   the files beside it, when they may be looked at
    """

    __slots__ = ("cut", "diagnostics", "document", "failures", "project")

    def __init__(
        self,
        document: Document,
        diagnostics: list[Diagnostic],
        failures: list[Failure],
        project: Project | None = None,
        cut: Sequence[str] = (),
    ) -> None:
        self.document = document
        self.diagnostics = diagnostics
        self.failures = failures
        self.project = project
        self.cut = cut


def check(
    document: Document,
    settings: Settings,
    least: Severity = Severity.INFO,
    project: Project | None = None,
    fixes: bool = True,
) -> Result:
    """Every finding in a document that the settings and the comments in it let through.

    Findings below `least` may be left out: looking for them and for their places is what costs. So does working out the
    edits of fixes: without `fixes` they have none. Without `project`, or when the settings say so, rules that look at
    other files keep silent.
    """
    project = project if settings.project else None
    app = App(document, project)
    found: list[tuple[Rule, Finding]] = []
    failures: list[Failure] = []
    cut: list[str] = []
    commented = "flylint:" in document.text  # then all are needed, to know what an ignore comment hides
    for rule, options in settings.active(document.name, Severity.INFO if commented else least, app.marks):
        number = 0
        try:
            for finding in rule.check(app, *options):
                number += 1
                if number > MOST_FINDINGS:
                    cut.append(rule.name)
                    break
                found.append((rule, finding))
        except Exception:  # whatever a rule stumbles over must not hide what the others found
            failures.append(Failure(document.name, rule.name, _traceback()))
    app.release()
    diagnostics: list[Diagnostic] = []
    if not commented:
        found = [(rule, finding) for rule, finding in found if _severity(rule, finding, settings) >= least]
    if found:
        diagnostics = [_locate(document, rule, finding, settings, project) for rule, finding in found]
        diagnostics = _with_fixes(document, diagnostics, [finding.fix for _, finding in found], fixes)
    if commented:
        from flylint.suppressions import apply

        diagnostics = apply(document, diagnostics, settings)
        if cut:  # an ignore that seems to hide nothing may hide what was not looked at
            diagnostics = [d for d in diagnostics if d.rule != "unused-ignore"]
    diagnostics.sort(key=lambda d: (d.start.offset, -d.severity, d.rule))
    return Result(document, diagnostics, failures, project, cut)


def _severity(rule: Rule, finding: Finding, settings: Settings) -> Severity:
    """The severity of a finding: that of the settings, else its own, else that of its rule."""
    severity = settings.severity_of(rule)
    if severity is None:
        severity = rule.severity if finding.severity is None else finding.severity
    return severity


def _locate(
    document: Document, rule: Rule, finding: Finding, settings: Settings, project: Project | None
) -> Diagnostic:
    """The finding at its place in the text."""
    from flylint.diagnostic import Diagnostic, Label
    from flylint.document import Span
    from flylint.project import FilePlace

    span = finding.span or document.span(finding.path, finding.on)
    related = []
    for place, message in finding.related:
        if isinstance(place, FilePlace):
            if project is not None:
                related.append(Label(*project.positions(place), _said(message), "", project.shown + place.file))
            continue
        key = "" if isinstance(place, Span) else _key(place)
        there = place if isinstance(place, Span) else document.span(place)
        related.append(Label(document.position(there.start), document.position(there.end), _said(message), key))
    return Diagnostic(
        document.name,
        rule.name,
        _severity(rule, finding, settings),
        _said(finding.message),
        finding.path,
        _key(finding.path),
        document.position(span.start),
        document.position(span.end),
        _said(finding.label),
        tuple(map(_said, finding.notes)),
        finding.help and _said(finding.help),
        tuple(related),
    )


@lru_cache(maxsize=500)
def _key(path: Path) -> str:
    """A path as users write it, with dots for what is a credential in it."""
    from flylint.diagnostic import dotted

    return without_credentials(dotted(path))


@lru_cache(maxsize=500)  # most of what rules say is the same for every file
def _said(text: str) -> str:
    """What a rule says, on one line, with little of a very long name or value, and with dots for credentials."""
    if len(text) > MOST_SAID:
        text = f"{text[: MOST_SAID // 2]} … {text[-MOST_SAID // 4 :]}"
    text = _QUOTED.sub(_hushed, text)
    text = without_credentials(text)
    if not text.isprintable():
        from flylint.output.text import visible

        text = visible(text)
    return text


def _hushed(quoted: Match[str]) -> str:
    """A quoted value, or as many dots when it is a credential as a whole."""
    value = quoted[0][1:-1]
    return f"{quoted[0][0]}{'•' * len(value)}{quoted[0][0]}" if credential(value) else quoted[0]


def _with_fixes(
    document: Document, diagnostics: list[Diagnostic], mends: list[Mend | None], exact: bool
) -> list[Diagnostic]:
    """The diagnostics with their fixes: those that this text can be edited with, or without edits whatever is offered."""
    offered = {number: mend for number, mend in enumerate(mends) if mend}
    if not offered:
        return diagnostics
    from flylint.diagnostic import Fix

    edits: Iterable[tuple[Edit, ...] | None] = repeat(())
    if exact:
        from flylint.fixes import text_edits

        edits = text_edits(document, [mend.edits for mend in offered.values()])
    for (number, mend), each in zip(offered.items(), edits):  # noqa: B905 (the endless repeat has no length)
        if each is not None:
            diagnostics[number] = diagnostics[number]._replace(fix=Fix(_said(mend.title), mend.safe, each))
    return diagnostics


def _traceback() -> str:
    from traceback import format_exc

    return format_exc()
