"""The language server, spoken to by a real client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="the extra lsp is not installed")
pytest.importorskip("pytest_lsp", reason="pytest-lsp is not installed")

import pytest_asyncio
from lsprotocol import types as lsp

from flylint.server import actions, files, server
from tests.server.editor import CLEAN, COMMAND, MISSPELT, PULL, PUSH, QUOTED_PORT, Editor, applied, start


@pytest_asyncio.fixture
async def editor(tmp_path: Path) -> AsyncIterator[Editor]:
    """A client to which the server sends diagnostics."""
    editor = await start(PUSH, tmp_path)
    yield editor
    await editor.client.shutdown_session()


@pytest_asyncio.fixture
async def puller(tmp_path: Path) -> AsyncIterator[Editor]:
    """A client that asks for diagnostics."""
    editor = await start(PULL, tmp_path)
    yield editor
    await editor.client.shutdown_session()


asynchronous = pytest.mark.asyncio


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
    editor.touched("flylint.toml")
    await editor.pushed()
    assert list(editor.client.diagnostics[uri]) == []


@asynchronous
async def test_a_changed_settings_file_is_followed_without_being_told(editor: Editor) -> None:
    """By the next change of the fly.toml, with a client that watches no files."""
    settings = editor.folder / "flylint.toml"
    settings.write_text('ignore = ["all"]')
    uri = editor.open(MISSPELT)
    await editor.pushed()
    assert list(editor.client.diagnostics[uri]) == []
    for version, text in enumerate(('ignore = ["no-rollback"]', 'select = ["syntax"]', 'ignore = ["schema"]')):
        settings.write_text(text)
        editor.change(uri, MISSPELT, version)
        await editor.pushed()
        found = {d.code for d in editor.client.diagnostics[uri]}
        assert ("unknown-key" in found) == (version == 0), text
    settings.unlink()
    (editor.folder / "pyproject.toml").write_text('[tool.flylint]\nselect = ["unknown-key"]')
    editor.change(uri, MISSPELT, 9)
    await editor.pushed()
    assert {d.code for d in editor.client.diagnostics[uri]} == {"unknown-key"}


@asynchronous
async def test_a_client_that_watches_files_and_asks(puller: Editor) -> None:
    """It is asked to watch settings and what is beside a fly.toml, and to ask again when one of them has changed."""
    (puller.folder / "Dockerfile").write_text("FROM scratch AS final\n")
    uri = puller.open(CLEAN + '\n[build]\n  build-target = "finale"\n')
    found = await puller.pulled(uri)
    assert "build-target-not-found" in {d.code for d in found}
    (registration,) = puller.registrations
    assert registration.method == lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
    watched = {watcher["globPattern"] for watcher in registration.register_options["watchers"]}  # type: ignore[index]
    assert watched >= {"**/flylint.toml", "**/pyproject.toml", "**/Dockerfile*"}

    (puller.folder / "Dockerfile").write_text("FROM scratch AS finale\n")
    puller.touched("Dockerfile")
    assert "build-target-not-found" not in {d.code for d in await puller.pulled(uri)}
    assert puller.client.diagnostic_refresh_count == 1

    (puller.folder / "Dockerfile").write_text("FROM scratch AS final\n")
    puller.client.text_document_did_save(lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(uri)))
    assert "build-target-not-found" in {d.code for d in await puller.pulled(uri)}
    assert puller.client.diagnostic_refresh_count == 2


@asynchronous
async def test_several_workspace_folders(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "flylint.toml").write_text(f'select = ["{"unknown-key" if name != "two" else "syntax"}"]')
    editor = await start(PUSH, tmp_path, ("one", "two"))
    for name, expected in (("one", {"unknown-key"}), ("two", set())):
        assert {d.code for d in await editor.found(MISSPELT, f"{name}/fly.toml")} == expected
    added = lsp.WorkspaceFoldersChangeEvent([lsp.WorkspaceFolder(editor.uri("three"), "three")], [])
    editor.client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(added))
    assert {d.code for d in await editor.found(MISSPELT, "three/fly.toml")} == {"unknown-key"}
    await editor.client.shutdown_session()


@asynchronous
async def test_a_file_that_has_never_been_saved(editor: Editor) -> None:
    uri = "untitled:Untitled-1"
    item = lsp.TextDocumentItem(uri, files.LANGUAGE, 1, QUOTED_PORT)
    editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
    await editor.pushed()
    assert "wrong-type" in {d.code for d in editor.client.diagnostics[uri]}
    fix, *_ = await editor.actions(uri, 4)
    assert applied(QUOTED_PORT, fix, uri) == CLEAN


@asynchronous
async def test_what_a_finding_carries(editor: Editor) -> None:
    text = CLEAN.replace('"fra"', '"waw"') + "\n[experimental]\n  kill_timeout = 5\n"
    found = {d.code: d for d in await editor.found(text)}
    region = found["deprecated-region"]
    assert region.severity == lsp.DiagnosticSeverity.Error
    assert list(region.tags or ()) == [lsp.DiagnosticTag.Deprecated]
    assert region.code_description and region.code_description.href.endswith("/deprecated-region.md")
    assert "help: " in region.message
    assert found["legacy-name"].severity == lsp.DiagnosticSeverity.Hint
    assert list(found["legacy-name"].tags or ()) == [lsp.DiagnosticTag.Deprecated]


@asynchronous
async def test_related_places_in_this_file_and_in_others(editor: Editor) -> None:
    """Counted in the units of the client, here UTF-16, in the other file as well."""
    (editor.folder / "Dockerfile").write_text("# 😀\nFROM scratch\nCOPY 😀.txt secret.txt /app/\n", "utf-8")
    (editor.folder / ".dockerignore").write_text("secret.txt\n")
    (editor.folder / "secret.txt").write_text("x")
    text = CLEAN + '\n[checks.alive]\n  type = "tcp"\n  port = 3000\n'
    found = {d.code: d.related_information or [] for d in await editor.found(text)}
    (copied,) = found["copied-file-ignored"]
    assert copied.location.uri == editor.uri("Dockerfile")
    assert copied.location.range == lsp.Range(lsp.Position(2, 0), lsp.Position(2, len("COPY xx.txt secret.txt /app/")))
    (listens,) = found["check-port-mismatch"]
    assert listens.location.uri == editor.uri("fly.toml")
    assert listens.location.range.start.line == 4


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
    assert "unknown-key" in {d.code for d in await puller.pulled(uri)}
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
    editor = await start(capabilities, tmp_path)
    text = 'app = "x"\nenv = { A = "😀", B = "x", C = nan }\nbuild = { "😀" = 1 }\n'
    uri = editor.open(text.replace("B = ", "FLY_B = "))
    editor.change(uri, 'app = "x"\nmounts = { source = "😀", destnation = "/x" }\n')
    await editor.pushed()
    await editor.hover(uri, 0, 0)
    found = {d.code: d.range.start.character for d in editor.client.diagnostics[uri] if "destnation" in d.message}
    assert set(found.values()) == {column - 3}
    await editor.client.shutdown_session()


@asynchronous
async def test_a_rule_that_crashes_takes_nothing_down(tmp_path: Path) -> None:
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
    crashing = await start(PUSH, tmp_path, command=[sys.executable, "-c", script])
    uri = crashing.open(QUOTED_PORT)
    await crashing.pushed()
    assert "wrong-type" in {d.code for d in crashing.client.diagnostics[uri]}
    assert any("the rule `crash` failed" in message.message for message in crashing.client.log_messages)
    fix, *_ = await crashing.actions(uri, 4)
    assert applied(QUOTED_PORT, fix, uri) == CLEAN
    for version in range(2, 5):
        crashing.change(uri, MISSPELT, version)
        await crashing.pushed()
        assert "unknown-key" in {d.code for d in crashing.client.diagnostics[uri]}
    assert len(crashing.client.log_messages) == 1  # it is said once
    await crashing.client.shutdown_session()


def _messages(data: bytes) -> Iterator[dict[str, Any]]:
    """The messages in what a server wrote; anything that is not the protocol is an error."""
    while data:
        header, _, rest = data.partition(b"\r\n\r\n")
        lengths = [line for line in header.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        assert len(lengths) == 1 and len(header.split(b"\r\n")) <= 2, header
        length = int(lengths[0].split(b":")[1])
        yield json.loads(rest[:length])
        data = rest[length:]


@pytest.mark.parametrize("more", [[], ["--stdio"]], ids=["plain", "as some clients call it"])
def test_nothing_but_the_protocol_on_stdout(more: list[str], tmp_path: Path) -> None:
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
    run = subprocess.run([*COMMAND, *more], input=data, capture_output=True, cwd=tmp_path, env=environment, timeout=60)
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
