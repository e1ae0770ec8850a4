"""In an editor: the text that is open, beside the files on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pygls")

from lsprotocol import types as lsp
from pygls.uris import from_fs_path

from flylint.server import report
from flylint.server.files import Surroundings, check
from tests.conftest import write

OPEN = 'app = "x"\nprimary_region = "fra"\n[http_service]\ninternal_port = 8080\n'
SERVE = 'FROM node:22\nCOPY . .\nCMD ["npx", "serve", "-p", "{port}"]\n'
RULE = "port-does-not-match-app"


def found(folder: Path, text: str, surroundings: Surroundings) -> list[lsp.Diagnostic]:
    """What an editor shows of one rule for an open fly.toml."""
    path = str(folder / "fly.toml")
    checked = check(text, path, "utf-16", surroundings)
    shown = report.diagnostics(checked, from_fs_path(path) or "", related=True)
    return [each for each in shown if each.code == RULE]


def test_the_open_text_counts_and_not_the_file(tmp_path: Path) -> None:
    write(tmp_path, {"fly.toml": OPEN, "Dockerfile": SERVE.format(port=3000)})
    surroundings = Surroundings()
    assert found(tmp_path, OPEN, surroundings)
    assert not found(tmp_path, OPEN.replace("8080", "3000"), surroundings)


def test_a_label_leads_into_the_other_file(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": SERVE.format(port=3000)})
    (shown,) = found(tmp_path, OPEN, Surroundings())
    assert shown.related_information
    place = shown.related_information[0].location
    assert place.uri == from_fs_path(str(tmp_path / "Dockerfile"))
    assert place.range.start == lsp.Position(2, 0)


def test_files_are_read_anew_after_saving(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": SERVE.format(port=3000)})
    surroundings = Surroundings()
    assert found(tmp_path, OPEN, surroundings)
    write(tmp_path, {"Dockerfile": SERVE.format(port=8080)})
    surroundings.forget(str(tmp_path / "fly.toml"))
    assert not found(tmp_path, OPEN, surroundings)


def test_the_setting_turns_it_off(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": SERVE.format(port=3000), "flylint.toml": "project = false\n"})
    assert not found(tmp_path, OPEN, Surroundings())
