"""The file as TOML."""

from __future__ import annotations

from flylint.edits import ReplaceText
from flylint.rules import ERROR, FLYCTL, Finding, Mend, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App
    from flylint.rules import Findings


@rule("syntax-error", severity=ERROR, enforced_by=FLYCTL, fix="safe")
def syntax_error(app: App) -> Findings:
    """A statement is not valid TOML, so no flyctl command can load the file."""
    for problem in app.document.problems:
        repair = problem.repair
        yield Finding(
            (),
            problem.message,
            help=problem.help,
            span=problem.span,
            related=problem.related,
            fix=Mend(repair.title, ReplaceText(repair.span, repair.text), safe=repair.safe) if repair else None,
        )
