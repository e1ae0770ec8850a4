"""The language server in real editors without a screen, set up as docs/editors.md says.

An editor that is not installed is skipped; .ci/run installs Neovim.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the extra lsp is not installed")

from tests.conftest import ROOT, environment

BROKEN = """\
app = "my-app"
primary_region = "fra"
kill_signal = "SIGTERM"

http_service = { processes = ["😀"], internal_port = "8080", force_https = true } # 😀
processes = { "😀" = "" }
"""
FIXED = BROKEN.replace('"8080"', "8080")


def documented(section: str, language: str) -> list[str]:
    """The blocks of a language in a section of docs/editors.md."""
    text = (ROOT / "docs" / "editors.md").read_text("utf-8")
    (body,) = re.findall(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return re.findall(rf"```{language}\n(.*?)```", body, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a fly.toml that has one finding, and the command `flylint` in bin/."""
    (tmp_path / "fly.toml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "flylint.toml").write_text('select = ["wrong-type"]\n')
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "flylint"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m flylint "$@"\n')
    command.chmod(0o755)
    return tmp_path


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[bytes]:
    """An editor in that folder, with nothing of the user's own settings."""
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    home = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    surroundings = environment(PATH=path, LC_ALL="C.UTF-8", **home)
    return subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, timeout=120)


NEOVIM = """\
local report = {}

local function finish(status)
  vim.fn.writefile({ vim.fn.json_encode(report) }, "report.json")
  vim.cmd(status == 0 and "qall!" or "cquit 1")
end

local function await(what, happened)
  if not vim.wait(30000, happened, 10) then
    report.missing = what
    finish(1)
  end
end

local function client()
  return (vim.lsp.get_clients or vim.lsp.get_active_clients)()[1]
end

vim.cmd("edit fly.toml")
await("diagnostics", function() return #vim.diagnostic.get(0) > 0 end)
local first = vim.diagnostic.get(0)[1]
report.finding = { code = first.code, line = first.lnum, from = first.col, to = first.end_col, source = first.source }

vim.api.nvim_win_set_cursor(0, { first.lnum + 1, first.col })
local encoding = client().offset_encoding
local place = vim.lsp.util.make_position_params(0, encoding)
local hover = vim.lsp.buf_request_sync(0, "textDocument/hover", place, 10000)
report.hover = hover[client().id].result.contents.value

if FIX then
  local range = vim.lsp.util.make_range_params(0, encoding)
  range.context = { diagnostics = {} }
  local answer = vim.lsp.buf_request_sync(0, "textDocument/codeAction", range, 10000)
  for _, action in ipairs(answer[client().id].result) do
    if action.isPreferred then
      report.action = action.title
      vim.lsp.util.apply_workspace_edit(action.edit, encoding)
      break
    end
  end
end

vim.cmd("write")
await("no diagnostics", function() return #vim.diagnostic.get(0) == 0 end)
finish(0)
"""


@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim (nvim) is not installed")
@pytest.mark.parametrize("on_save", [False, True], ids=["code action", "on save"])
def test_neovim(on_save: bool, folder: Path) -> None:
    """A finding, its hover, its fix as a code action or on save, and no finding any more."""
    current, before, save = documented("Neovim", "lua")
    setup = f"if vim.lsp.enable then\n{current}else\n{before}end\n"
    (folder / "init.lua").write_text(setup + (save if on_save else ""), "utf-8")
    (folder / "drive.lua").write_text(f"local FIX = {str(not on_save).lower()}\n{NEOVIM}", "utf-8")
    done = run(folder, "nvim", "--headless", "-u", "init.lua", "-i", "NONE", "-n", "-c", "luafile drive.lua")
    assert (folder / "report.json").exists(), done.stderr.decode()
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert done.returncode == 0, (report, done.stderr.decode())
    start = len(BROKEN.splitlines()[4].split('"8080"')[0].encode())
    assert report["finding"] == {"code": "wrong-type", "line": 4, "from": start, "to": start + 6, "source": "flylint"}
    assert report["hover"].startswith("**internal_port**")
    assert report.get("action") == (None if on_save else "write 8080 without quotes")
    assert (folder / "fly.toml").read_text("utf-8") == FIXED


VIM = """\
filetype on
edit fly.toml
write
let found = getqflist()[0]
call writefile([json_encode([bufname(found.bufnr), found.lnum, found.col, found.type, found.text])], 'report.json')
qall!
"""


@pytest.mark.parametrize("command", ["vim", "nvim"])
def test_errorformat(command: str, folder: Path) -> None:
    """The findings are in the quickfix list after the file has been saved."""
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not installed")
    (setup,) = documented("On save, without a language server", "vim")
    (folder / "init.vim").write_text(setup, "utf-8")
    (folder / "drive.vim").write_text(VIM, "utf-8")
    quiet = ["--headless"] if command == "nvim" else ["--not-a-term", "-N"]
    done = run(folder, command, *quiet, "-u", "init.vim", "-i", "NONE", "-n", "-c", "source drive.vim")
    assert (folder / "report.json").exists(), done
    file, line, _, kind, text = json.loads((folder / "report.json").read_text("utf-8"))
    assert (file, line, kind) == ("fly.toml", 5, "e")
    assert "whole number" in text


EMACS = """\
(require 'eglot)
(load-file "init.el")
(setq enable-local-variables nil create-lockfiles nil make-backup-files nil)
(find-file "fly.toml")
(run-hooks 'post-command-hook)  ; nobody types here, and eglot waits for that
(defun found () (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))
(with-timeout (60 (kill-emacs 3)) (while (not (found)) (flymake-start) (accept-process-output nil 0.1)))
(princ (format "%s\\n" (found)))
(goto-char (point-min))
(search-forward "8080")
(let ((titles (mapcar (lambda (action) (plist-get action :title)) (eglot-code-actions (point) (point)))))
  (princ (format "%s\\n" titles)))
(kill-emacs 0)
"""


@pytest.mark.skipif(shutil.which("emacs") is None, reason="Emacs is not installed")
def test_emacs(folder: Path) -> None:
    """A finding and its actions, with eglot."""
    (setup,) = documented("Emacs (eglot)", "elisp")
    (folder / "init.el").write_text(setup, "utf-8")
    (folder / "drive.el").write_text(EMACS, "utf-8")
    if run(folder, "emacs", "--batch", "--eval", "(require 'eglot)").returncode:
        pytest.skip("eglot is not installed")
    done = run(folder, "emacs", "--batch", "-l", "drive.el")
    assert done.returncode == 0, done
    assert "must be a whole number" in done.stdout.decode()
    assert "write 8080 without quotes" in done.stdout.decode()


@pytest.mark.parametrize("command", ["taplo lint", "tombi lint --offline"])
def test_the_schema_line(command: str, folder: Path) -> None:
    """The line at the top of a fly.toml makes taplo and tombi judge it by the schema."""
    (line,) = documented("The schema alone", "toml")
    name, *arguments = command.split()
    tool = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if tool is None:
        pytest.skip(f"{name} is not installed")
    (folder / "fly.schema.json").write_bytes(run(folder, "flylint", "schema").stdout)
    for port, status in (("8080", 0), ('"8080"', 1)):
        (folder / "fly.toml").write_text(f"{line}\n[http_service]\n  internal_port = {port}\n")
        done = run(folder, tool, *arguments, "fly.toml")
        assert done.returncode == status, done
        assert (b"fly.toml:5:" in done.stdout + done.stderr) == bool(status), done
