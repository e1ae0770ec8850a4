"""Ignore comments: what they hide is decided in `flylint.suppressions`, which also finds what these rules report."""

from __future__ import annotations

from flylint.rules import NOBODY, WARNING, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App
    from flylint.rules import Findings


@rule("unused-ignore", severity=WARNING, enforced_by=NOBODY, fix="safe")
def unused_ignore(app: App) -> Findings:
    """An ignore comment hides nothing: what it was written for is mended, or stands elsewhere."""
    return iter(())


@rule("invalid-ignore", severity=WARNING, enforced_by=NOBODY, fix="unsafe")
def invalid_ignore(app: App) -> Findings:
    """A comment looks like an ignore but hides nothing, for it names no rule or one that does not exist."""
    return iter(())
