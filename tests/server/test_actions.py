"""What can be done about a finding."""

from __future__ import annotations

import pytest

pytest.importorskip("pygls", reason="the extra lsp is not installed")
pytest.importorskip("pytest_lsp", reason="pytest-lsp is not installed")

from lsprotocol import types as lsp

from flylint import engine
from flylint.document import Document
from flylint.fixes import apply
from flylint.server import actions
from flylint.server.files import Checked
from flylint.server.text import Text
from flylint.settings import Settings
from tests.server.editor import applied
from tests.server.texts import EXAMPLES, STYLES

# what holds for the actions of any file

URI = "file:///fly.toml"


def offered(text: str, only: list[lsp.CodeActionKind | str] | None = None) -> list[lsp.CodeAction]:
    """The actions for the whole of a text."""
    checked = Checked(Text(text, "utf-16"), Document(text), Settings(), "", None)
    context = lsp.CodeActionContext([], only)
    params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(URI), checked.text.range(0, len(text)), context)
    return list(actions.actions(checked, params, pages=True))


def rules_found(text: str) -> list[str]:
    return sorted(diagnostic.rule for diagnostic in engine.check(Document(text), Settings()).diagnostics)


@pytest.mark.parametrize("text", [*STYLES, *EXAMPLES[::3]])
def test_an_ignored_finding_is_gone_and_no_other_comes(text: str) -> None:
    before = rules_found(text)
    for action in offered(text, [lsp.CodeActionKind.QuickFix]):
        if action.title.startswith("ignore "):
            rule = action.title.split("`")[1]
            after = rules_found(applied(text, action, URI))
            assert after.count(rule) < before.count(rule), (text, rule)
            assert set(after) <= set(before), (text, rule)


@pytest.mark.parametrize("text", [*STYLES, *EXAMPLES[1::3]])
def test_the_edits_of_fixes_are_those_of_the_command_line(text: str) -> None:
    found = engine.check(Document(text), Settings()).diagnostics
    fixed = {apply(text, diagnostic.fix.edits) for diagnostic in found if diagnostic.fix}
    fixes = [action for action in offered(text, [lsp.CodeActionKind.QuickFix]) if "ignore `" not in action.title]
    assert {applied(text, action, URI) for action in fixes if action.edit} == fixed
    safe = [diagnostic for diagnostic in found if diagnostic.fix and diagnostic.fix.safe]
    assert len([action for action in fixes if action.is_preferred]) == len(safe)


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (None, {"quickfix", "source.fixAll.flylint"}),
        ([lsp.CodeActionKind.QuickFix], {"quickfix"}),
        ([lsp.CodeActionKind.Source], {"source.fixAll.flylint"}),
        ([lsp.CodeActionKind.SourceFixAll], {"source.fixAll.flylint"}),
        (["source.fixAll.flylint"], {"source.fixAll.flylint"}),
        (["source.fixAll.other"], set()),
        ([lsp.CodeActionKind.Refactor], set()),
    ],
)
def test_kinds_that_are_asked_for(only: list[lsp.CodeActionKind | str] | None, kinds: set[str]) -> None:
    text = 'app = "x"\n[http_service]\n  internal_port = "8080"\n'
    assert {getattr(action.kind, "value", action.kind) for action in offered(text, only)} == kinds
