"""The language server in a real editor: Neovim without a screen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the extra lsp is not installed")

NVIM = shutil.which("nvim")

pytestmark = pytest.mark.skipif(NVIM is None, reason="Neovim (nvim) is not installed")

BROKEN = """\
app = "my-app"
primary_region = "fra"

[http_service]
  internal_port = "8080"  # where it listens, 😀
  force_https = true
"""

SCRIPT = """\
local python = os.getenv("FLYLINT_PYTHON")
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

local function problems()
  return vim.diagnostic.get(0, { severity = { min = vim.diagnostic.severity.WARN } })
end

vim.cmd("edit fly.toml")
local config = { name = "flylint", cmd = { python, "-m", "flylint", "server" }, root_dir = vim.fn.getcwd() }
local id
if vim.lsp.start then
  id = vim.lsp.start(config)
else -- before Neovim 0.8
  id = vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(0, id)
end

await("diagnostics", function() return #problems() > 0 end)
local first = problems()[1]
report.finding = { code = first.code, line = first.lnum, from = first.col, to = first.end_col, source = first.source }

vim.api.nvim_win_set_cursor(0, { first.lnum + 1, first.col })
local client = vim.lsp.get_client_by_id(id)
local place = vim.lsp.util.make_position_params(0, client.offset_encoding)
local hover = vim.lsp.buf_request_sync(0, "textDocument/hover", place, 10000)
report.hover = hover[id].result.contents.value

local range = vim.lsp.util.make_range_params(0, client.offset_encoding)
range.context = { diagnostics = {} }
local answer = vim.lsp.buf_request_sync(0, "textDocument/codeAction", range, 10000)
for _, action in ipairs(answer[id].result) do
  if action.isPreferred then
    report.action = action.title
    vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
    break
  end
end

vim.cmd("write")
await("no diagnostics", function() return #problems() == 0 end)
finish(0)
"""


def test_a_finding_its_hover_and_its_fix(tmp_path: Path) -> None:
    assert NVIM
    (tmp_path / "fly.toml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "flylint.toml").write_text('select = ["schema"]\n')
    (tmp_path / "script.lua").write_text(SCRIPT, encoding="utf-8")
    environment = {
        **os.environ,
        "FLYLINT_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
    }
    command = [NVIM, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", "luafile script.lua"]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=120)
    assert (tmp_path / "report.json").exists(), run.stderr.decode()
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert run.returncode == 0, (report, run.stderr.decode())
    assert report["finding"] == {"code": "wrong-type", "line": 4, "from": 18, "to": 24, "source": "flylint"}
    assert report["hover"].startswith("**internal_port**")
    assert report["action"]
    assert (tmp_path / "fly.toml").read_text("utf-8") == BROKEN.replace('"8080"', "8080")
