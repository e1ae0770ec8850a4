"""What an editor can do about a finding: fix it, fix everything that is safe, ignore it, read about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types as lsp

from flylint.diagnostic import Diagnostic, Edit
from flylint.fixes import without_overlap
from flylint.server.files import Checked
from flylint.server.report import report
from flylint.server.text import Text
from flylint.suppressions import insertions

FIX_ALL = f"{lsp.CodeActionKind.SourceFixAll.value}.flylint"
OPEN_PAGE = "flylint.openPage"
"""The command that opens the page of the rule in its argument."""

REASON = "reason"
"""Stands where an ignore comment says why."""


def actions(checked: Checked, params: lsp.CodeActionParams, *, pages: bool) -> Iterator[lsp.CodeAction]:
    """The actions for a range of a file, of the kinds that are asked for; `pages`: whether the client can open one."""
    uri, only = params.text_document.uri, params.context.only
    text = checked.text
    if _asked(only, lsp.CodeActionKind.QuickFix.value):
        start, end = text.offset(params.range.start), text.offset(params.range.end)
        for diagnostic in checked.mendable:
            if diagnostic.start.offset <= end and start <= diagnostic.end.offset:
                yield from _quick_fixes(diagnostic, checked, uri, pages)
    if _asked(only, FIX_ALL):
        fixes = without_overlap(d.fix for d in checked.mendable if d.fix and d.fix.safe)
        if fixes:
            edit = _workspace_edit([edit for fix in fixes for edit in fix.edits], text, uri)
            yield lsp.CodeAction("flylint: fix all that is safe", FIX_ALL, edit=edit)


def _asked(only: Iterable[str] | None, kind: str) -> bool:
    """Whether a kind, or one above it, is among those that are asked for."""
    return only is None or any(kind == wanted or kind.startswith(f"{_value(wanted)}.") for wanted in only)


def _value(kind: str) -> str:
    return kind.value if isinstance(kind, lsp.CodeActionKind) else kind


def _quick_fixes(diagnostic: Diagnostic, checked: Checked, uri: str, pages: bool) -> Iterator[lsp.CodeAction]:
    about, text = [report(diagnostic, checked, uri, False)], checked.text
    fix = diagnostic.fix
    if fix:
        title = fix.title if fix.safe else f"{fix.title} (may change what the file means)"
        edit = _workspace_edit(fix.edits, text, uri)
        yield lsp.CodeAction(title, lsp.CodeActionKind.QuickFix, about, is_preferred=fix.safe or None, edit=edit)
    title = f"ignore `{diagnostic.rule}` here"
    edit = _workspace_edit(insertions(checked.document, {diagnostic.start.line: [diagnostic.rule]}, REASON), text, uri)
    yield lsp.CodeAction(title, lsp.CodeActionKind.QuickFix, about, edit=edit)
    if pages:
        title = f"read about `{diagnostic.rule}`"
        command = lsp.Command(title, OPEN_PAGE, arguments=[diagnostic.rule])
        yield lsp.CodeAction(title, lsp.CodeActionKind.QuickFix, about, command=command)


def _workspace_edit(edits: Iterable[Edit], text: Text, uri: str) -> lsp.WorkspaceEdit:
    changes = [lsp.TextEdit(text.range(edit.start.offset, edit.end.offset), edit.text) for edit in edits]
    return lsp.WorkspaceEdit({uri: changes})
