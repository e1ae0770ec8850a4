"""Linting a text in a test."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from flylint import engine
from flylint.app import App
from flylint.diagnostic import Diagnostic
from flylint.document import Document
from flylint.fixes import apply
from flylint.project import Project
from flylint.rules import Finding, all_rules
from flylint.settings import Settings
from tests.conftest import write


def lint(text: str, name: str = "fly.toml", files: dict[str, str] | None = None) -> list[Diagnostic]:
    """Every diagnostic of a text, of all severities, beside these files if any; a rule that crashes fails the test."""
    if files:
        with TemporaryDirectory() as folder:
            write(Path(folder), files)
            return _lint(Document(text, name), Project(folder))
    return _lint(Document(text, name), None)


def _lint(document: Document, project: Project | None) -> list[Diagnostic]:
    result = engine.check(document, Settings(), project=project)
    assert not result.failures, result.failures[0].traceback
    assert not missed(document, project)
    # else the rule would not be asked where only more severe findings are wanted
    assert all(diagnostic.severity <= all_rules()[diagnostic.rule].up_to for diagnostic in result.diagnostics)
    return result.diagnostics


def missed(document: Document, project: Project | None = None) -> dict[str, list[Finding]]:
    """What rules would find that are not asked, because the file has nothing that they need: nothing, by right."""
    app = App(document, project)
    unasked = [rule for rule in all_rules().values() if rule.needs and rule.needs.isdisjoint(app.marks)]
    found = {rule.name: list(rule.check(app, *([rule.options] if rule.options else []))) for rule in unasked}
    return {name: findings for name, findings in found.items() if findings}


def findings(text: str, rule: str) -> list[Diagnostic]:
    """The diagnostics of one rule."""
    return [diagnostic for diagnostic in lint(text) if diagnostic.rule == rule]


def mended(text: str, rule: str, unsafe: bool = False) -> str:
    """The text after the safe fixes of one rule, or all of its fixes, one by one until none is left."""
    for _ in range(20):
        fixes = [d.fix for d in findings(text, rule) if d.fix and (d.fix.safe or unsafe)]
        if not fixes:
            return text
        text = apply(text, fixes[0].edits)
    raise AssertionError(f"{rule}: fixing does not come to an end")
