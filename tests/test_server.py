"""The language server, spoken to by a real client over its stdin and stdout."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="the extra lsp is not installed")
pytest_lsp = pytest.importorskip("pytest_lsp", reason="pytest-lsp is not installed")

import pytest_asyncio  # noqa: E402
from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from lsprotocol import types as lsp  # noqa: E402
from pygls.uris import from_fs_path  # noqa: E402
from pytest_lsp import LanguageClient, make_test_lsp_client  # noqa: E402

from flylint.diagnostic import Diagnostic, Severity  # noqa: E402
from flylint.document import Document  # noqa: E402
from flylint.server import actions, completion, files, hover, server  # noqa: E402
from flylint.server.cursor import Kind, cursor_at, statements  # noqa: E402
from flylint.server.text import Text  # noqa: E402

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

    async def pushed(self) -> None:
        """Wait for the next diagnostics that the server sends."""
        await asyncio.wait_for(self.client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS), 20)

    async def found(self, text: str, name: str = "fly.toml") -> list[lsp.Diagnostic]:
        """The diagnostics that the server sends for a text."""
        uri = self.open(text, name)
        await self.pushed()
        return list(self.client.diagnostics[uri])

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


async def _start(capabilities: lsp.ClientCapabilities, folder: Path) -> Editor:
    client: LanguageClient = make_test_lsp_client()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    await client.start_io(*COMMAND, env=environment, cwd=folder)
    await client.initialize_session(lsp.InitializeParams(capabilities, process_id=None, root_uri=None))
    return Editor(client, folder)


@pytest_asyncio.fixture
async def editor(tmp_path: Path) -> AsyncIterator[Editor]:
    """A client to which the server sends diagnostics."""
    editor = await _start(PUSH, tmp_path)
    yield editor
    await editor.client.shutdown_session()


@pytest_asyncio.fixture
async def puller(tmp_path: Path) -> AsyncIterator[Editor]:
    """A client that asks for diagnostics."""
    editor = await _start(PULL, tmp_path)
    yield editor
    await editor.client.shutdown_session()


asynchronous = pytest.mark.asyncio


def applied(text: str, action: lsp.CodeAction, uri: str, encoding: str = "utf-16") -> str:
    """A text after an action."""
    assert action.edit and action.edit.changes
    places = Text(text, encoding)
    for edit in sorted(action.edit.changes[uri], key=lambda edit: edit.range.start, reverse=True):
        text = text[: places.offset(edit.range.start)] + edit.new_text + text[places.offset(edit.range.end) :]
    return text


@asynchronous
async def test_diagnostics_on_open_change_and_close(editor: Editor) -> None:
    uri = editor.open(MISSPELT)
    await editor.pushed()
    (found,) = [d for d in editor.client.diagnostics[uri] if d.code == "unknown-key"]
    assert found.source == "flylint"
    assert found.range == lsp.Range(lsp.Position(5, 2), lsp.Position(5, 12))
    assert found.tags and list(found.tags) == [lsp.DiagnosticTag.Unnecessary]
    assert "`force_https`" in found.message

    editor.change(uri, CLEAN)
    await editor.pushed()
    assert {d.severity for d in editor.client.diagnostics[uri]} <= {lsp.DiagnosticSeverity.Hint}

    editor.change(uri, MISSPELT, 3)
    await editor.pushed()
    assert editor.client.diagnostics[uri]
    editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))
    await editor.pushed()
    assert list(editor.client.diagnostics[uri]) == []


@asynchronous
async def test_what_does_not_parse_yet_is_linted_in_the_rest(editor: Editor) -> None:
    found = await editor.found(MISSPELT.replace('app = "my-app"', 'app = "my-app'))
    assert {d.code for d in found} >= {"syntax-error", "unknown-key"}


@asynchronous
async def test_only_fly_toml_files(editor: Editor) -> None:
    other = editor.open(MISSPELT, "Cargo.toml")
    staging = editor.open(MISSPELT, "fly.staging.toml")
    await editor.pushed()
    assert other not in editor.client.diagnostics
    assert editor.client.diagnostics[staging]


@asynchronous
async def test_a_file_is_ours_when_the_client_says_so(editor: Editor) -> None:
    uri = editor.open(MISSPELT, "settings.toml", files.LANGUAGE)
    await editor.pushed()
    assert editor.client.diagnostics[uri]


@asynchronous
async def test_settings_are_found_from_the_file_and_read_again(editor: Editor) -> None:
    (editor.folder / "one").mkdir()
    (editor.folder / "two").mkdir()
    (editor.folder / "one" / "flylint.toml").write_text('ignore = ["unknown-key"]')
    one = editor.open(MISSPELT, "one/fly.toml")
    await editor.pushed()
    two = editor.open(MISSPELT, "two/fly.toml")
    await editor.pushed()
    assert "unknown-key" not in {d.code for d in editor.client.diagnostics[one]}
    assert "unknown-key" in {d.code for d in editor.client.diagnostics[two]}

    (editor.folder / "one" / "flylint.toml").unlink()
    editor.client.text_document_did_save(lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(one)))
    await editor.pushed()
    assert "unknown-key" in {d.code for d in editor.client.diagnostics[one]}


@asynchronous
async def test_a_changed_settings_file_is_followed_at_once(editor: Editor) -> None:
    uri = editor.open(MISSPELT)
    await editor.pushed()
    (editor.folder / "flylint.toml").write_text('ignore = ["all"]')
    change = lsp.FileEvent(editor.uri("flylint.toml"), lsp.FileChangeType.Created)
    editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([change]))
    await editor.pushed()
    assert list(editor.client.diagnostics[uri]) == []


@asynchronous
async def test_broken_settings_are_shown_and_the_defaults_hold(editor: Editor) -> None:
    (editor.folder / "flylint.toml").write_text('ignroe = ["all"]')
    assert {d.code for d in await editor.found(MISSPELT)} >= {"unknown-key"}
    (message,) = editor.client.messages
    assert "ignroe" in message.message and "`ignore`" in message.message


@asynchronous
async def test_excluded_files_are_left_alone(editor: Editor) -> None:
    (editor.folder / "flylint.toml").write_text('exclude = ["fly.old.toml"]')
    assert await editor.found(MISSPELT, "fly.old.toml") == []


@asynchronous
async def test_diagnostics_that_a_client_asks_for(puller: Editor) -> None:
    uri = puller.open(MISSPELT)
    report = await puller.client.text_document_diagnostic_async(
        lsp.DocumentDiagnosticParams(lsp.TextDocumentIdentifier(uri))
    )
    assert isinstance(report, lsp.RelatedFullDocumentDiagnosticReport)
    assert "unknown-key" in {d.code for d in report.items}
    assert uri not in puller.client.diagnostics  # not sent as well, which would show them twice


@asynchronous
async def test_a_fix_is_offered_and_mends(editor: Editor) -> None:
    uri = editor.open(QUOTED_PORT)
    await editor.pushed()
    fix, *others = await editor.actions(uri, 4)
    assert fix.is_preferred
    assert applied(QUOTED_PORT, fix, uri) == CLEAN
    assert "ignore `wrong-type` here" in [action.title for action in others]


@asynchronous
async def test_everything_safe_can_be_fixed_at_once(editor: Editor) -> None:
    broken = QUOTED_PORT.replace("force_https", "force_htps")
    uri = editor.open(broken)
    await editor.pushed()
    (action,) = await editor.actions(uri, 0, [lsp.CodeActionKind.SourceFixAll])
    assert action.kind == "source.fixAll.flylint"
    assert applied(broken, action, uri) == CLEAN


@asynchronous
async def test_a_finding_can_be_ignored(editor: Editor) -> None:
    uri = editor.open(MISSPELT)
    await editor.pushed()
    (action,) = [a for a in await editor.actions(uri, 5) if a.title == "ignore `unknown-key` here"]
    text = applied(MISSPELT, action, uri)
    assert "  force_htps = true  # flylint: ignore[unknown-key] reason\n" in text
    editor.change(uri, text)
    await editor.pushed()
    assert "unknown-key" not in {d.code for d in editor.client.diagnostics[uri]}


@asynchronous
async def test_the_page_of_a_rule_is_opened(editor: Editor) -> None:
    uri = editor.open(MISSPELT)
    await editor.pushed()
    await editor.actions(uri, 5)
    assert [command.title for command in editor.commands] == ["read about `unknown-key`"]
    await editor.client.workspace_execute_command_async(lsp.ExecuteCommandParams(actions.OPEN_PAGE, ["unknown-key"]))
    await editor.hover(uri, 0, 0)  # answered after what was sent before it
    (shown,) = editor.client.shown_documents
    assert shown.uri.endswith("unknown-key.md")


@asynchronous
async def test_hover(editor: Editor) -> None:
    uri = editor.open(CLEAN)
    found = await editor.hover(uri, 1, 20)
    assert found and isinstance(found.contents, lsp.MarkupContent)
    assert '`"fra"`: Frankfurt, Germany' in found.contents.value
    assert found.range == lsp.Range(lsp.Position(1, 17), lsp.Position(1, 22))
    assert await editor.hover(uri, 2, 0) is None


@asynchronous
async def test_completion_in_a_half_typed_line(editor: Editor) -> None:
    uri = editor.open('app = "x"\nprimary_region = "f')
    found = await editor.client.text_document_completion_async(
        lsp.CompletionParams(lsp.TextDocumentIdentifier(uri), lsp.Position(1, 19))
    )
    assert isinstance(found, lsp.CompletionList)
    (region,) = [item for item in found.items if item.label == '"fra"']
    assert region.detail == "Frankfurt, Germany"
    assert isinstance(region.text_edit, lsp.TextEdit)
    assert region.text_edit.range == lsp.Range(lsp.Position(1, 17), lsp.Position(1, 19))


@asynchronous
async def test_snippets_for_clients_that_know_them(editor: Editor, puller: Editor) -> None:
    for client, mark in ((editor, "${1:10s}"), (puller, "10s")):
        uri = client.open("[http_service]\n\n[[htt")
        found = await client.client.text_document_completion_async(
            lsp.CompletionParams(lsp.TextDocumentIdentifier(uri), lsp.Position(2, 5))
        )
        assert isinstance(found, lsp.CompletionList)
        (check,) = [item for item in found.items if item.label == "health check of [http_service]"]
        assert isinstance(check.text_edit, lsp.TextEdit)
        assert f'grace_period = "{mark}"' in check.text_edit.new_text


@asynchronous
async def test_symbols(editor: Editor) -> None:
    uri = editor.open(CLEAN)
    found = await editor.client.text_document_document_symbol_async(
        lsp.DocumentSymbolParams(lsp.TextDocumentIdentifier(uri))
    )
    names = {symbol.name: symbol for symbol in found or [] if isinstance(symbol, lsp.DocumentSymbol)}
    assert list(names) == ["app", "primary_region", "http_service", "http_service.checks[0]"]
    children = names["http_service"].children
    assert children and [child.name for child in children][:2] == ["internal_port", "force_https"]
    assert all(symbol.range.end >= symbol.selection_range.end for symbol in names.values())


@asynchronous
@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 31), ("utf-16", 29), ("utf-32", 28)])
async def test_position_encodings(encoding: str, column: int, tmp_path: Path) -> None:
    capabilities = lsp.ClientCapabilities(general=lsp.GeneralClientCapabilities(position_encodings=[encoding]))
    editor = await _start(capabilities, tmp_path)
    text = 'app = "x"\nenv = { A = "😀", B = "x", C = nan }\nbuild = { "😀" = 1 }\n'
    uri = editor.open(text.replace("B = ", "FLY_B = "))
    editor.change(uri, 'app = "x"\nmounts = { source = "😀", destnation = "/x" }\n')
    await editor.pushed()
    await editor.hover(uri, 0, 0)
    found = {d.code: d.range.start.character for d in editor.client.diagnostics[uri] if "destnation" in d.message}
    assert set(found.values()) == {column - 3}
    await editor.client.shutdown_session()


@asynchronous
async def test_a_rule_that_crashes_takes_nothing_down(editor: Editor, tmp_path: Path) -> None:
    client: LanguageClient = make_test_lsp_client()
    script = (
        "import flylint.rules as rules\n"
        "@rules.rule('crash', severity=rules.ERROR, enforced_by=rules.NOBODY)\n"
        "def crash(app):\n"
        "    print('this must not reach the client')\n"
        "    yield 1 / 0\n"
        "import importlib\n"
        "for topic in rules.TOPICS: importlib.import_module(f'flylint.rules.{topic}')\n"
        "from flylint.server import main\n"
        "main()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    await client.start_io(sys.executable, "-c", script, env=environment, cwd=tmp_path)
    await client.initialize_session(lsp.InitializeParams(PUSH, process_id=None, root_uri=None))
    crashing = Editor(client, tmp_path)
    assert "unknown-key" in {d.code for d in await crashing.found(MISSPELT)}
    assert any("the rule `crash` failed" in message.message for message in client.log_messages)
    await client.shutdown_session()


def _messages(data: bytes) -> Iterator[dict[str, Any]]:
    """The messages in what a server wrote; anything that is not the protocol is an error."""
    while data:
        header, _, rest = data.partition(b"\r\n\r\n")
        lengths = [line for line in header.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        assert len(lengths) == 1 and len(header.split(b"\r\n")) <= 2, header
        length = int(lengths[0].split(b":")[1])
        yield json.loads(rest[:length])
        data = rest[length:]


def test_nothing_but_the_protocol_on_stdout(tmp_path: Path) -> None:
    parts: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
        {"method": "initialized", "params": {}},
        {"id": 2, "method": "textDocument/hover", "params": {"nonsense": 1}},
        {"id": 3, "method": "textDocument/nonsense", "params": {}},
        {"id": 4, "method": "shutdown"},
        {"method": "exit"},
    ]
    data = b""
    for part in parts:
        body = json.dumps({"jsonrpc": "2.0", **part}).encode()
        data += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(COMMAND, input=data, capture_output=True, cwd=tmp_path, env=environment, timeout=60)
    answers = {message["id"]: message for message in _messages(run.stdout) if "id" in message}
    assert "result" in answers[1] and "error" in answers[3] and "result" in answers[4]
    assert run.returncode == 0


def test_nothing_is_kept_of_changes() -> None:
    class Nowhere:
        def write(self, data: bytes) -> None: ...

        def close(self) -> None: ...

    protocol = server.protocol
    protocol.set_writer(Nowhere())
    protocol._handle_request(1, lsp.INITIALIZE, lsp.InitializeParams(PUSH))
    item = lsp.TextDocumentItem("file:///x/fly.toml", "toml", 0, CLEAN)
    protocol._handle_notification(lsp.TEXT_DOCUMENT_DID_OPEN, lsp.DidOpenTextDocumentParams(item))
    for version in range(1, 20):
        change = lsp.TextDocumentContentChangeWholeDocument(CLEAN)
        document = lsp.VersionedTextDocumentIdentifier(version, item.uri)
        protocol._handle_notification(lsp.TEXT_DOCUMENT_DID_CHANGE, lsp.DidChangeTextDocumentParams(document, [change]))
    assert protocol.workspace.get_text_document(item.uri).version == 19
    assert len(protocol._request_futures) < 5


def test_a_missing_extra_is_explained(tmp_path: Path) -> None:
    (tmp_path / "pygls").mkdir()
    (tmp_path / "pygls" / "__init__.py").write_text("raise ModuleNotFoundError('no pygls', name='pygls')\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    run = subprocess.run(COMMAND, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60)
    assert run.returncode == 2
    assert "flylint[lsp]" in run.stderr and run.stdout == ""


# the parts, without a client


def labels(text: str) -> list[str]:
    """What is offered at the `|` of a text, best first."""
    offset = text.index("|")
    items = completion.complete(text.replace("|", "", 1), offset)
    return [item.label for item in sorted(items, key=lambda item: item.rank)]


def chosen(text: str, label: str) -> str:
    """A text after something that is offered at its `|` was chosen."""
    offset = text.index("|")
    text = text.replace("|", "", 1)
    (item,) = [item for item in completion.complete(text, offset) if item.label == label]
    return text[: item.start] + completion.plain(item.text) + text[item.end :]


def test_keys_that_are_not_there_yet_needed_ones_first() -> None:
    offered = labels('[[mounts]]\n  destination = "/data"\n  |\n')
    assert offered[0] == "source"
    assert "destination" not in offered and "initial_size" in offered
    assert "app" not in offered


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("[http_service]\n  forc|", "force_https", "[http_service]\n  force_https = "),
        ("[http_service]\n  forc| = true", "force_https", "[http_service]\n  force_https = true"),
        ("[http_service]\nauto_stop_machines = |", '"suspend"', '[http_service]\nauto_stop_machines = "suspend"'),
        ('[http_service]\nauto_stop_machines = "s|"', '"stop"', '[http_service]\nauto_stop_machines = "stop"'),
        ('primary_region = "|\napp = "x"', '"fra"', 'primary_region = "fra"\napp = "x"'),
        ('primary_region = "a|ms"', '"fra"', 'primary_region = "fra"'),
        ("[http_service]\nforce_https = t|", "true", "[http_service]\nforce_https = true"),
        ("[[services.ports]]\nhandlers = [|", '"tls"', '[[services.ports]]\nhandlers = ["tls"'),
        ('[[services.ports]]\nhandlers = ["tls", "|"]', '"http"', '[[services.ports]]\nhandlers = ["tls", "http"]'),
        ('[[services.ports]]\nhandlers = [\n  "tls",\n  |', '"http"', 'handlers = [\n  "tls",\n  "http"'),
        ("services = [{ ports = [{ por|", "port", "services = [{ ports = [{ port = "),
        ('[[vm]]\nsize = "perf|"', '"performance-1x"', '[[vm]]\nsize = "performance-1x"'),
        ('[processes]\nweb = "x"\n[[vm]]\nprocesses = ["|"]', '"web"', '[[vm]]\nprocesses = ["web"]'),
        ('[[mounts]]\nsource = "d"\n[[mounts]]\nsource = |', '"d"', '[[mounts]]\nsource = "d"'),
        ("kill_timeout = 30|", '"30s"', 'kill_timeout = "30s"'),
        ("[http_service]\nconcurrency.ty|", "type", "[http_service]\nconcurrency.type = "),
        ("[htt|", "[http_service]", "[http_service]"),
        ("[htt|]", "[http_service]", "[http_service]"),
        ("[http_service]\n[[http_service.ch|]]", "[[http_service.checks]]", "[http_service]\n[[http_service.checks]]"),
        ('[http_service]\ninternal_port = 3000\n[checks.x]\nport = |', "3000", "[checks.x]\nport = 3000"),
        ("moun|", "mount", '[[mounts]]\n  source = "data"\n  destination = "/data"\n  initial_size = "1gb"'),
    ],
)  # fmt: skip
def test_completion(text: str, label: str, expected: str) -> None:
    assert chosen(text, label).endswith(expected)


def test_details() -> None:
    def details(text: str) -> dict[str, str]:
        return {item.label: item.detail for item in completion.complete(text, len(text))}

    assert details("primary_region = ")['"jnb"'] == "Johannesburg, South Africa"
    assert "256 MB" in details("[[vm]]\nsize = ")['"shared-cpu-1x"']
    assert "nanoseconds" in details("[[http_service.checks]]\ninterval = 5")['"5s"']


@pytest.mark.parametrize(
    "text",
    ["app = true |", "[env] |", 'x = "a" |', "[http_service]\nchecks = [] |", "nonsense = |", "[nonsense]\n|", "# a |"],
)
def test_nothing_is_offered_where_nothing_can_stand(text: str) -> None:
    assert labels(text) == []


def test_a_header_is_not_offered_above_other_keys() -> None:
    assert "[env]" in labels('app = "x"\n|\n')
    assert "[env]" not in labels('|\napp = "x"\n')


def test_rules_in_an_ignore_comment() -> None:
    assert "unknown-key" in labels('app = "x" # flylint: ignore[un|')
    assert chosen("# flylint: ignore[wrong-type, unkn|]", "unknown-key") == "# flylint: ignore[wrong-type, unknown-key]"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("http_service.checks.interval", 5000, "5us here, raised to 1s by Fly.io"),
        ("http_service.checks.grace_period", "5m", "5m, lowered to 1m by Fly.io"),
        ("http_service.checks.grace_period", "10s", ""),
        ("services.tcp_checks.interval", 5000, "5s here"),
        ("kill_timeout", 400, "6m40s here, lowered to 5m by Fly.io"),
        ("primary_region", "fra", "Frankfurt, Germany"),
        ("primary_region", "waw", "a region that Fly.io has given up, near it is `ams` (Amsterdam, Netherlands)"),
        ("http_service.auto_stop_machines", True, 'the old word for `"stop"`'),
        ("vm.memory", "1024mb", "1gb"),
        ("mounts.initial_size", "10gb", "10 GB"),
        ("env.VERSION", 1.10, 'the app sees the text `"1.1"`'),
        ("processes.web", "npm run 'a b'", "the words `npm`, `run`, `a b`"),
        ("http_service.internal_port", 8080, ""),
    ],
)
def test_meaning_of_values(path: str, value: Any, said: str) -> None:
    assert hover.meaning(tuple(path.split(".")), value) == said


def test_every_key_of_the_schema_has_a_hover() -> None:
    def keys(node: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for key in node.keys:
            child = node.child(key)
            yield (*path, key)
            yield from keys(child.items or child, (*path, key))

    from flylint.schema import root

    paths = list(keys(root(), ()))
    assert len(paths) > 100
    assert [path for path in paths if len(hover.about(path)) < 60] == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("[http_se|rvice]", "http_service"),
        ("[http_service.con|currency]", "concurrency"),
        ("[http_|service.concurrency]", "http_service"),
        ("http_service.concurrency.ty|pe = 1", "type"),
        ("[http_service]\nforce_ht|tps", "force_https"),
        ("[env]\nPO|RT = 1", "env"),
    ],
)
def test_hover_on_keys(text: str, title: str) -> None:
    offset = text.index("|")
    found = hover.hover(text.replace("|", ""), offset)
    assert found and found[0].startswith(f"**{title}**")


def test_hover_on_a_rule_name() -> None:
    text = "# flylint: ignore[wrong-type] x"
    found = hover.hover(text, text.index("type"))
    assert found and found[0].startswith("# wrong-type")
    assert text[found[1] : found[2]] == "wrong-type"
    assert hover.hover("# about wrong-type", 10) is None


def test_an_open_array_does_not_swallow_what_follows() -> None:
    found = statements('x = [ "a",\n[[vm]]\nsize = "b"\n')
    assert [statement.names for statement in found] == [("x",), ("vm",), ("size",), ()]
    found = statements("x = [\n  1,\n  2\n]\ny = { a = 1,\n b = 2 }\n")
    assert [statement.names for statement in found] == [("x",), ("y",), ()]


def diagnostic(text: str, offset: int) -> Diagnostic:
    place = Document(text).position(offset)
    return Diagnostic("fly.toml", "rule", Severity.WARNING, "", (), "", place, place)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|a = 1\n", "a = 1  # flylint: ignore[rule] reason\n"),
        ("|a = 1", "a = 1  # flylint: ignore[rule] reason"),
        ("|a = 1\r\nb = 2\r\n", "a = 1  # flylint: ignore[rule] reason\r\nb = 2\r\n"),
        ("  |a = 1 # why\n", "  # flylint: ignore[rule] reason\n  a = 1 # why\n"),
        ('|a = """\nx"""\n', '# flylint: ignore[rule] reason\na = """\nx"""\n'),
        ('a = """\n|x"""\n', '# flylint: ignore-file[rule] reason\na = """\nx"""\n'),
        ("|a = 1 # flylint: ignore[other] x\n", "a = 1 # flylint: ignore[other, rule] x\n"),
        ("# flylint: ignore[other] x\n|a = 1\n", "# flylint: ignore[other, rule] x\na = 1\n"),
        ("|", "# flylint: ignore-file[rule] reason\n"),
        ("|# x\n", "# flylint: ignore-file[rule] reason\n# x\n"),
    ],
)
def test_where_an_ignore_comment_goes(text: str, expected: str) -> None:
    offset = text.index("|")
    text = text.replace("|", "")
    edit = actions.ignore(diagnostic(text, offset), Document(text))
    assert text[: edit.start.offset] + edit.text + text[edit.end.offset :] == expected


TEXTS = st.text(st.sampled_from("a=[]{}.,\"'#\\\n\r 😀é\u2028\ud800"), max_size=40)


@given(TEXTS, st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_positions_there_and_back(text: str, encoding: str) -> None:
    places = Text(text, encoding)
    for offset in range(len(text) + 1):
        there = places.offset(places.position(offset))
        if text[offset - 1 : offset + 1] != "\r\n" and "\ud800" not in text:
            assert there == offset


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "{ b = " * 50_000])
def test_nothing_is_made_of_endless_brackets(text: str) -> None:
    assert cursor_at(text, len(text)).path == ()
    assert completion.complete(text, len(text)) == []
    assert hover.hover(text, len(text)) is None


@given(TEXTS)
def test_no_text_is_too_odd(text: str) -> None:
    for offset in range(len(text) + 1):
        cursor = cursor_at(text, offset)
        assert cursor.kind is Kind.NOTHING or cursor.start <= offset <= max(cursor.end, offset)
        hover.hover(text, offset)
        completion.complete(text, offset)
