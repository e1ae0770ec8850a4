"""A GitLab Code Quality report."""

from __future__ import annotations

import os

from flylint.diagnostic import Severity
from flylint.output.text import elsewhere, fingerprints, to_json, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.diagnostic import Diagnostic
    from flylint.output import Report

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def render(report: Report, color: bool, width: int) -> str:
    """A JSON list with an object per finding, a line each."""
    found = [
        to_json(_issue(diagnostic, fingerprint))
        for diagnostic, fingerprint in zip(report.diagnostics, fingerprints(report.diagnostics), strict=True)
    ]
    return "[\n  " + ",\n  ".join(found) + "\n]\n" if found else "[]\n"


def _issue(diagnostic: Diagnostic, fingerprint: str) -> dict[str, Any]:
    return {
        "description": visible(diagnostic.message) + elsewhere(diagnostic),
        "check_name": diagnostic.rule,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[diagnostic.severity],
        "location": {
            "path": diagnostic.file.replace(os.sep, "/"),
            "lines": {"begin": diagnostic.start.line, "end": diagnostic.end.line},
        },
    }
