"""What an editor can do about a finding: fix it, fix everything that is safe, ignore it, read about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types as lsp

from flylint.diagnostic import Diagnostic, Edit
from flylint.document import Document
from flylint.fixes import without_overlap
from flylint.positions import tokens
from flylint.server.files import Checked
from flylint.server.report import report
from flylint.server.text import Text
from flylint.suppressions import read

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
    edit = _workspace_edit([ignore(diagnostic, checked.document)], text, uri)
    yield lsp.CodeAction(title, lsp.CodeActionKind.QuickFix, about, edit=edit)
    if pages:
        title = f"read about `{diagnostic.rule}`"
        command = lsp.Command(title, OPEN_PAGE, arguments=[diagnostic.rule])
        yield lsp.CodeAction(title, lsp.CodeActionKind.QuickFix, about, command=command)


def _workspace_edit(edits: Iterable[Edit], text: Text, uri: str) -> lsp.WorkspaceEdit:
    changes = [lsp.TextEdit(text.range(edit.start.offset, edit.end.offset), edit.text) for edit in edits]
    return lsp.WorkspaceEdit({uri: changes})


def ignore(diagnostic: Diagnostic, document: Document) -> Edit:
    """The edit that writes a comment that ignores a finding, with a place for the reason."""
    line, rule = diagnostic.start.line, diagnostic.rule
    for existing in read(document)[0]:
        if existing.line == line:
            return _insert(document, existing.names[-1].end, f", {rule}")
    start = document.line_starts[line - 1]
    written = document.lines[line - 1]
    end = start + len(written)
    if not written.strip() or written.lstrip().startswith("#") or _in_token(document, start):
        # no comment can speak of an empty line, of one that is only a comment, or of one in the midst of a text
        return _insert(
            document, len("\ufeff") if document.text.startswith("\ufeff") else 0, _comment(rule, "-file", "\n")
        )
    if "#" in written or _in_token(document, end):
        indent = written[: len(written) - len(written.lstrip())]
        return _insert(document, start, indent + _comment(rule, "", "\n"))
    return _insert(document, end, "  " + _comment(rule))


def _comment(rule: str, scope: str = "", end: str = "") -> str:
    return f"# flylint: ignore{scope}[{rule}] {REASON}{end}"


def _insert(document: Document, offset: int, text: str) -> Edit:
    place = document.position(offset)
    return Edit(place, place, text)


def _in_token(document: Document, offset: int) -> bool:
    """Whether an offset is within a string that goes over several lines."""
    for token in tokens(document.text):
        if token.end() > offset:
            return token.start() < offset and token[0][0] in "\"'"
    return False
