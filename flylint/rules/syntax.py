"""The file as TOML."""

from __future__ import annotations

from flylint.rules import ERROR, FLYCTL, Finding, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App
    from flylint.rules import Findings


@rule("syntax-error", severity=ERROR, enforced_by=FLYCTL)
def syntax_error(app: App) -> Findings:
    """A statement is not valid TOML, so no flyctl command can load the file."""
    for problem in app.document.problems:
        yield Finding((), problem.message, help=problem.help, span=problem.span, related=problem.related)
