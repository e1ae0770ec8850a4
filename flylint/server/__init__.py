"""The language server: what is wrong with a fly.toml while it is being written, and help with writing it.

It speaks over stdin and stdout. The client sends whole texts instead of changes: files are small, and what counts as a
line, on which partial changes hang, is not the same for everybody.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from flylint import __version__
from flylint.garbage import collect_seldom
from flylint.rules import all_rules
from flylint.server import actions, completion, hover, items, report
from flylint.server.files import LANGUAGE, WATCHED, Checked, Surroundings, check, is_fly_toml
from flylint.server.text import Text

_ITEM_KINDS = {
    "key": lsp.CompletionItemKind.Property,
    "table": lsp.CompletionItemKind.Struct,
    "value": lsp.CompletionItemKind.Value,
    "snippet": lsp.CompletionItemKind.Snippet,
}


class Server(LanguageServer):
    """The server with what it knows about the open files."""

    def __init__(self) -> None:
        super().__init__("flylint", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.surroundings = Surroundings()
        self._checked: dict[str, Checked] = {}
        self._told: set[str] = set()

    def source(self, uri: str) -> tuple[str, str] | None:
        """The text of a file in the editor, and its path; None when the file is none of ours."""
        document = self.workspace.get_text_document(uri)
        path = path_of(uri)
        return (document.source, path) if is_fly_toml(path, document.language_id) else None

    def check(self, uri: str) -> Checked | None:
        """Lint a file as it stands now; None when it is none of ours."""
        self._sweep()
        source = self.source(uri)
        if source is None:
            return None
        checked = check(*source, self.encoding, self.surroundings)
        self._checked[uri] = checked
        for failure in checked.result.failures:
            self.tell(f"the rule `{failure.rule}` failed; please report it with this file\n{failure.traceback}")
        if checked.problem:
            self.tell(checked.problem, show=True)
        return checked

    def checked(self, uri: str) -> Checked | None:
        """The findings of a file, from the last time that it was linted if it has not changed since."""
        known, source = self._checked.get(uri), self.source(uri)
        return known if known and source and known.text.text == source[0] else self.check(uri)

    def forget(self, uri: str) -> None:
        """Drop what is known of a file: it has been closed, or saved, which is when other files may be new as well."""
        self._checked.pop(uri, None)
        self.surroundings.forget(path_of(uri))

    def _sweep(self) -> None:
        """Drop what the last check left, and what pygls keeps of each notification for ever (2.1.1: `_execute_handler`).

        To collect a little garbage each time takes under a millisecond; a pile of it now and then takes twenty.
        """
        futures = getattr(self.protocol, "_request_futures", {})
        for number in [number for number, future in futures.items() if future.done()]:
            del futures[number]
        gc.collect()

    @property
    def encoding(self) -> str:
        """In which units the client counts the columns."""
        encoding = self.workspace.position_encoding
        return encoding.value if isinstance(encoding, lsp.PositionEncodingKind) else str(encoding)

    def text(self, uri: str) -> Text | None:
        """The text of a file; None when it is none of ours."""
        source = self.source(uri)
        return Text(source[0], self.encoding) if source else None

    @property
    def pulled(self) -> bool:
        """Whether the client asks for diagnostics by itself. Those that are pushed as well it would show twice."""
        features = self.client_capabilities.text_document
        return bool(features and features.diagnostic)

    def publish(self, uri: str) -> None:
        """Lint a file and send what was found to a client that does not ask for it."""
        if self.pulled:
            return
        checked = self.check(uri)
        if checked is not None:
            version = self.workspace.get_text_document(uri).version
            self.send(uri, report.diagnostics(checked, uri, related=self.related), version)

    def send(self, uri: str, diagnostics: list[lsp.Diagnostic], version: int | None = None) -> None:
        """Send the diagnostics of a file."""
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, diagnostics, version))

    def publish_all(self) -> None:
        """Lint every open file anew, or have the client ask for it."""
        features = self.client_capabilities.workspace
        if not self.pulled:
            for document in list(self.workspace.text_documents.values()):
                self.publish(document.uri)
        elif features and features.diagnostics and features.diagnostics.refresh_support:
            self.workspace_diagnostic_refresh(None)

    @property
    def related(self) -> bool:
        """Whether the client shows related places."""
        features = self.client_capabilities.text_document
        shown = features and (features.diagnostic if self.pulled else features.publish_diagnostics)
        return bool(shown and shown.related_information)

    @property
    def shows_documents(self) -> bool:
        """Whether the client can open a page."""
        features = self.client_capabilities.window
        return bool(features and features.show_document and features.show_document.support)

    @property
    def snippets(self) -> bool:
        """Whether the client can fill in snippets."""
        features = self.client_capabilities.text_document
        item = features.completion.completion_item if features and features.completion else None
        return bool(item and item.snippet_support)

    def tell(self, message: str, show: bool = False) -> None:
        """Say something once: in the log, or where the user sees it."""
        if message in self._told:
            return
        self._told.add(message)
        if show:
            self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, f"flylint: {message}"))
        else:
            self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, message))


def path_of(uri: str) -> str:
    """The path of a file; a plain name for one that has not been saved yet."""
    return to_fs_path(uri) or "fly.toml"


server = Server()


@server.feature(lsp.INITIALIZED)
def _initialized(ls: Server, params: lsp.InitializedParams) -> None:
    features = ls.client_capabilities.workspace
    if features and features.did_change_watched_files and features.did_change_watched_files.dynamic_registration:
        watchers = [lsp.FileSystemWatcher(f"**/{name}") for name in WATCHED]
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        ls.client_register_capability(lsp.RegistrationParams([registration]))


@server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
def _opened(ls: Server, params: lsp.DidOpenTextDocumentParams) -> None:
    ls.publish(params.text_document.uri)


@server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
def _changed(ls: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    ls.publish(params.text_document.uri)


@server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
def _saved(ls: Server, params: lsp.DidSaveTextDocumentParams) -> None:
    ls.forget(params.text_document.uri)
    if ls.pulled:
        ls.publish_all()  # it would not ask again for a text that is as before
    else:
        ls.publish(params.text_document.uri)


@server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
def _closed(ls: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    ls.forget(params.text_document.uri)
    if not ls.pulled:
        ls.send(params.text_document.uri, [])


@server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def _files_changed(ls: Server, params: lsp.DidChangeWatchedFilesParams) -> None:
    ls.surroundings.forget_all()
    ls.publish_all()


@server.feature(
    lsp.TEXT_DOCUMENT_DIAGNOSTIC,
    lsp.DiagnosticOptions(inter_file_dependencies=False, workspace_diagnostics=False, identifier=report.SOURCE),
)
def _diagnostic(ls: Server, params: lsp.DocumentDiagnosticParams) -> lsp.DocumentDiagnosticReport:
    uri = params.text_document.uri
    checked = ls.check(uri)
    found = report.diagnostics(checked, uri, related=ls.related) if checked else []
    return lsp.RelatedFullDocumentDiagnosticReport(found)


@server.feature(lsp.TEXT_DOCUMENT_HOVER)
def _hover(ls: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    text = ls.text(params.text_document.uri)
    found = hover.hover(text.text, text.offset(params.position)) if text else None
    if text is None or found is None:
        return None
    words, start, end = found
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, words), text.range(start, end))


@server.feature(
    lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=["[", ".", '"', "'", "=", ",", "{", " "])
)
def _completion(ls: Server, params: lsp.CompletionParams) -> lsp.CompletionList:
    text = ls.text(params.text_document.uri)
    if text is None:
        return lsp.CompletionList(False, [])
    items = completion.complete(text.text, text.offset(params.position))
    return lsp.CompletionList(False, [_item(ls, text, item) for item in items])


def _item(ls: Server, text: Text, item: items.Item) -> lsp.CompletionItem:
    snippet = item.kind == "snippet"
    written = item.text if not snippet or ls.snippets else items.plain(item.text)
    documentation = lsp.MarkupContent(lsp.MarkupKind.Markdown, item.documentation) if item.documentation else None
    return lsp.CompletionItem(
        item.label,
        kind=_ITEM_KINDS[item.kind],
        detail=item.detail or None,
        documentation=documentation,
        sort_text=f"{item.rank:03}{item.label}",
        filter_text=item.word or None,
        insert_text_format=lsp.InsertTextFormat.Snippet if snippet and ls.snippets else None,
        text_edit=lsp.TextEdit(text.range(item.start, item.end), written),
    )


@server.feature(
    lsp.TEXT_DOCUMENT_CODE_ACTION,
    lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix, actions.FIX_ALL]),
)
def _code_action(ls: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    checked = ls.checked(params.text_document.uri)
    return list(actions.actions(checked, params, pages=ls.shows_documents)) if checked else []


@server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def _symbols(ls: Server, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    checked = ls.checked(params.text_document.uri)
    return report.symbols(checked.document, checked.text) if checked else []


@server.command(actions.OPEN_PAGE)
def _open_page(ls: Server, rule: Any = None) -> None:
    known = all_rules().get(rule) if isinstance(rule, str) else None
    if known is None or not ls.shows_documents:
        return
    ls.window_show_document(lsp.ShowDocumentParams(report.page_uri(known.name), external=bool(known.url)))


def main() -> None:
    """Serve on stdin and stdout until the client says goodbye."""
    # whatever a rule or a library prints goes to stderr: stdout belongs to the protocol alone
    protocol = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # load what linting needs, and spare the garbage collector from looking through it again and again
    check("x", "fly.toml", "utf-8", Surroundings())
    gc.collect()
    collect_seldom()
    server.start_io(sys.stdin.buffer, protocol)


__all__ = ["LANGUAGE", "main", "server"]
