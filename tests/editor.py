"""An editor with one open file, spoken to in this process: fast enough for any number of texts."""

from __future__ import annotations

import json
from functools import cache
from zlib import crc32

from lsprotocol import types as lsp
from pygls.workspace import Workspace

from flylint import server
from flylint.server.text import Text

URI = "untitled:fly.toml"


class Editor(server.Server):
    """The server, with what it says kept here instead of sent."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self.sent: list[lsp.Diagnostic] = []
        self.protocol._workspace = Workspace(None, position_encoding=lsp.PositionEncodingKind(encoding))
        self.protocol.client_capabilities = lsp.ClientCapabilities(
            text_document=lsp.TextDocumentClientCapabilities(
                publish_diagnostics=lsp.PublishDiagnosticsClientCapabilities(related_information=True)
            ),
            window=lsp.WindowClientCapabilities(show_document=lsp.ShowDocumentClientCapabilities(True)),
        )
        self.workspace.put_text_document(lsp.TextDocumentItem(URI, server.LANGUAGE, 0, ""))

    def send(self, uri: str, diagnostics: list[lsp.Diagnostic], version: int | None = None) -> None:
        self.sent = diagnostics

    def tell(self, message: str, show: bool = False) -> None:
        raise AssertionError(message)

    def _sweep(self) -> None:
        """This process has more to sweep than a server, and nothing to keep short."""

    def json(self, value: object) -> str:
        """A value as it goes over the wire."""
        return json.dumps(self.protocol._converter.unstructure(value))


@cache
def editor(encoding: str) -> Editor:
    """The editor that counts columns in an encoding."""
    return Editor(encoding)


def change(text: str, encoding: str) -> None:
    """Change all of the open file, and ask for all that an editor can ask for."""
    here = editor(encoding)
    whole = lsp.TextDocumentContentChangeWholeDocument(text)
    identifier = lsp.VersionedTextDocumentIdentifier(1, URI)
    here.workspace.update_text_document(identifier, whole)
    server._changed(here, lsp.DidChangeTextDocumentParams(identifier, [whole]))
    places = Text(text, encoding)
    file, everywhere = lsp.TextDocumentIdentifier(URI), places.range(0, len(text))
    answers: list[object] = [here.sent]
    answers.append(server._symbols(here, lsp.DocumentSymbolParams(file)))
    answers.append(server._code_action(here, lsp.CodeActionParams(file, everywhere, lsp.CodeActionContext([]))))
    offset = crc32(text.encode("utf-8", "surrogatepass")) % (len(text) + 1)  # anywhere, but the same each time
    place = places.position(offset)
    assert places.offset(place) == offset or "\r" in text
    answers.append(server._hover(here, lsp.HoverParams(file, place)))
    answers.append(server._completion(here, lsp.CompletionParams(file, place)))
    assert here.json(answers)
