"""An editor that speaks with the language server over its stdin and stdout."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from lsprotocol import types as lsp
from pygls.uris import from_fs_path
from pytest_lsp import LanguageClient, make_test_lsp_client

from flylint.server.text import Text

COMMAND = [sys.executable, "-m", "flylint", "server"]

CLEAN = """\
app = "my-app"
primary_region = "fra"

[http_service]
  internal_port = 8080
  force_https = true
  auto_stop_machines = "stop"
  auto_start_machines = true

  [[http_service.checks]]
    grace_period = "10s"
    interval = "15s"
    timeout = "5s"
    method = "GET"
    path = "/health"
"""
MISSPELT = CLEAN.replace("force_https", "force_htps")
QUOTED_PORT = CLEAN.replace("8080", '"8080"')

PUSH = lsp.ClientCapabilities(
    text_document=lsp.TextDocumentClientCapabilities(
        publish_diagnostics=lsp.PublishDiagnosticsClientCapabilities(related_information=True),
        completion=lsp.CompletionClientCapabilities(
            completion_item=lsp.ClientCompletionItemOptions(
                snippet_support=True, documentation_format=[lsp.MarkupKind.Markdown]
            )
        ),
    ),
    window=lsp.WindowClientCapabilities(show_document=lsp.ShowDocumentClientCapabilities(True)),
)
PULL = lsp.ClientCapabilities(
    text_document=lsp.TextDocumentClientCapabilities(
        diagnostic=lsp.DiagnosticClientCapabilities(),
        completion=lsp.CompletionClientCapabilities(
            completion_item=lsp.ClientCompletionItemOptions(documentation_format=[lsp.MarkupKind.Markdown])
        ),
    ),
    workspace=lsp.WorkspaceClientCapabilities(
        diagnostics=lsp.DiagnosticWorkspaceClientCapabilities(refresh_support=True),
        did_change_watched_files=lsp.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
    ),
)


class Editor:
    """A client with an open session and the files of one folder."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.commands: list[lsp.Command] = []
        self.registrations: list[lsp.Registration] = []

    def uri(self, name: str) -> str:
        return str(from_fs_path(str(self.folder / name)))

    def open(self, text: str, name: str = "fly.toml", language: str = "toml") -> str:
        uri = self.uri(name)
        item = lsp.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, text: str, version: int = 2) -> None:
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(version, uri), [lsp.TextDocumentContentChangeWholeDocument(text)]
            )
        )

    def touched(self, name: str) -> None:
        """Tell the server that a file has changed on disk."""
        change = lsp.FileEvent(self.uri(name), lsp.FileChangeType.Changed)
        self.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([change]))

    async def pushed(self) -> None:
        """Wait for the next diagnostics that the server sends."""
        await asyncio.wait_for(self.client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS), 20)

    async def found(self, text: str, name: str = "fly.toml") -> list[lsp.Diagnostic]:
        """The diagnostics that the server sends for a text."""
        uri = self.open(text, name)
        await self.pushed()
        return list(self.client.diagnostics[uri])

    async def pulled(self, uri: str) -> list[lsp.Diagnostic]:
        """The diagnostics of a file, asked for."""
        report = await self.client.text_document_diagnostic_async(
            lsp.DocumentDiagnosticParams(lsp.TextDocumentIdentifier(uri))
        )
        assert isinstance(report, lsp.RelatedFullDocumentDiagnosticReport)
        return list(report.items)

    async def actions(
        self, uri: str, line: int, only: list[lsp.CodeActionKind | str] | None = None
    ) -> list[lsp.CodeAction]:
        """The actions that are offered on a line. lsprotocol reads one that has a command as that command."""
        place = lsp.Range(lsp.Position(line, 0), lsp.Position(line, 100))
        context = lsp.CodeActionContext([], only)
        found = await self.client.text_document_code_action_async(
            lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), place, context)
        )
        self.commands = [action for action in found or [] if isinstance(action, lsp.Command)]
        return [action for action in found or [] if isinstance(action, lsp.CodeAction)]

    async def hover(self, uri: str, line: int, character: int) -> lsp.Hover | None:
        return await self.client.text_document_hover_async(
            lsp.HoverParams(lsp.TextDocumentIdentifier(uri), lsp.Position(line, character))
        )


async def start(
    capabilities: lsp.ClientCapabilities, folder: Path, workspace: tuple[str, ...] = (), command: list[str] = COMMAND
) -> Editor:
    """An editor with these capabilities, in a folder; `workspace`: the folders below it that are open."""
    client: LanguageClient = make_test_lsp_client()
    editor = Editor(client, folder)

    @client.feature(lsp.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
    def register(client: LanguageClient, params: lsp.RegistrationParams) -> None:
        editor.registrations += params.registrations

    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    await client.start_io(*command, env=environment, cwd=folder)
    folders = [lsp.WorkspaceFolder(editor.uri(name), name) for name in workspace]
    await client.initialize_session(
        lsp.InitializeParams(capabilities, process_id=None, root_uri=None, workspace_folders=folders or None)
    )
    return editor


def applied(text: str, action: lsp.CodeAction, uri: str, encoding: str = "utf-16") -> str:
    """A text after an action."""
    assert action.edit and action.edit.changes
    places = Text(text, encoding)
    edits = sorted(action.edit.changes[uri], key=lambda edit: edit.range.start)
    for edit in edits[::-1]:  # of two at the same place the last one comes behind
        text = text[: places.offset(edit.range.start)] + edit.new_text + text[places.offset(edit.range.end) :]
    return text
