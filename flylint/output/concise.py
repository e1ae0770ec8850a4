"""One line per finding, for grep and editors: `fly.toml:2:1: error[unknown-key] message`."""

from __future__ import annotations

from flylint.output.text import elsewhere, paint, rule_tag, unobeyed, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.diagnostic import Diagnostic
    from flylint.output import Report


def render(report: Report, color: bool, width: int) -> str:
    """All findings, a line each."""
    return "".join([f"{line(diagnostic, report.url(diagnostic.rule), color)}\n" for diagnostic in report.diagnostics])


def line(diagnostic: Diagnostic, url: str | None = None, color: bool = False) -> str:
    """One finding on one line, whatever its message holds."""
    path, start = unobeyed(visible(diagnostic.file)), diagnostic.start
    return paint(
        [
            (path, "bold"),
            (f":{start.line}:{start.column}: ", ""),
            *rule_tag(diagnostic, url),
            (f" {visible(diagnostic.message)}{elsewhere(diagnostic)}", ""),
        ],
        color,
    )
