"""The form for other programs: a contract, described in the documentation. One finding per line, pure ASCII."""

from __future__ import annotations

from flylint.output.text import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.diagnostic import Diagnostic, Edit, Fix, Label
    from flylint.document import Position
    from flylint.output import Report

VERSION = 1  # raised when a field changes its meaning or goes; a new field does not raise it


def render(report: Report, color: bool, width: int) -> str:
    """The whole report as one JSON object."""
    infos, warnings, errors = report.counts()
    summary = {"files": len(report.files), "errors": errors, "warnings": warnings, "infos": infos}
    found = ",".join([f"\n  {to_json(_diagnostic(each, report.url(each.rule)))}" for each in report.diagnostics])
    return f'{{"version": {VERSION},\n "diagnostics": [{found}],\n "summary": {to_json(summary)}}}\n'


def _diagnostic(diagnostic: Diagnostic, url: str | None) -> dict[str, Any]:
    return {
        "path": diagnostic.file,
        "rule": diagnostic.rule,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
        "url": url,
        "key": diagnostic.key,
        **_span(diagnostic),
        "related": [_label(label, diagnostic.file) for label in diagnostic.related],
        "fix": _fix(diagnostic.fix) if diagnostic.fix else None,
    }


def _label(label: Label, file: str) -> dict[str, Any]:
    elsewhere = {"path": label.file} if label.file not in (None, file) else {}
    return {**elsewhere, "key": label.key, "message": label.message, **_span(label)}


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "title": fix.title,
        "safe": fix.safe,
        "edits": [{**_span(edit), "text": edit.text} for edit in fix.edits],
    }


def _span(place: Diagnostic | Label | Edit) -> dict[str, Any]:
    return {"start": _position(place.start), "end": _position(place.end)}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column, "offset": position.offset}
