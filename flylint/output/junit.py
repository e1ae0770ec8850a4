"""JUnit XML: a test suite per file, a failed test case per finding. Pure ASCII, so valid in every encoding."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from flylint.output import full
from flylint.output.text import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.diagnostic import Diagnostic
    from flylint.output import Report


def render(report: Report, color: bool, width: int) -> str:
    """The whole report; a file without findings is one test case that passed."""
    draw = full.Painter(report, color=False, width=width)
    suites: dict[str, list[str]] = {file: [] for file in report.files}
    for diagnostic in report.diagnostics:
        suites.setdefault(diagnostic.file, []).append(_failed(diagnostic, draw.diagnostic(diagnostic)))
    failures = len(report.diagnostics)
    passed = sum(not cases for cases in suites.values())
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines.append(f'<testsuites name="flylint" tests="{failures + passed}" failures="{failures}" errors="0">')
    for file, cases in suites.items():
        name = _attribute(file)
        lines.append(f'  <testsuite name={name} tests="{len(cases) or 1}" failures="{len(cases)}" errors="0">')
        lines += cases or [f'    <testcase classname={name} name="flylint"/>']
        lines.append("  </testsuite>")
    lines.append("</testsuites>\n")
    return "\n".join(lines).encode("ascii", "xmlcharrefreplace").decode()


def _failed(diagnostic: Diagnostic, drawing: str) -> str:
    file, start = _attribute(diagnostic.file), diagnostic.start
    name = _attribute(f"{diagnostic.rule} {start.line}:{start.column}")
    return (
        f'    <testcase classname={file} name={name} file={file} line="{start.line}">\n'
        f'      <failure type="{diagnostic.severity}" message={_attribute(diagnostic.message)}>'
        f"{escape(drawing.rstrip())}</failure>\n"
        "    </testcase>"
    )


def _attribute(text: str) -> str:
    return quoteattr(visible(text))
