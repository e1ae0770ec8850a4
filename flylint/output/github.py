"""Annotations for GitHub Actions, and every finding in the log."""

from __future__ import annotations

import os

from flylint.diagnostic import Severity
from flylint.output.concise import line
from flylint.output.text import elsewhere, prose, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.diagnostic import Diagnostic
    from flylint.output import Report

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
SHOWN = 10  # of each kind per step; GitHub drops what comes after them


def render(report: Report, color: bool, width: int) -> str:
    """A log line for every finding, then the annotations that GitHub will show, errors first."""
    lines = [line(diagnostic) for diagnostic in report.diagnostics]
    for severity in COMMANDS:
        lines += map(_annotation, [each for each in report.diagnostics if each.severity == severity][:SHOWN])
    return "".join([f"{line}\n" for line in lines])


def _annotation(diagnostic: Diagnostic) -> str:
    start, end = diagnostic.start, diagnostic.end
    properties = {
        "file": visible(diagnostic.file).replace(os.sep, "/"),
        "line": str(start.line),
        "col": str(start.column),
        "endLine": str(end.line),
        "endColumn": str(end.column),
        "title": f"flylint ({visible(diagnostic.rule)})",
    }
    if start.line != end.line:  # GitHub refuses columns then
        del properties["col"], properties["endColumn"]
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message, *remarks = prose(diagnostic).split("\n")
    text = "\n".join([message + elsewhere(diagnostic), *remarks])
    return f"::{COMMANDS[diagnostic.severity]} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
