"""Record docs/neovim-session.txt: Neovim in a terminal, set up as docs/editors.md says, with a finding, its hover and its fix.

    python scripts/neovim_session.py

Needs nvim and tmux.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 110, 24
FLY_TOML = """\
app = "my-app"
primary_region = "fra"
kill_signal = "SIGTERM"

[http_service]
  internal_port = "8080"
  force_https = true
  auto_stop_machines = "off"
  min_machines_running = 1

  [[http_service.checks]]
    grace_period = "5m"
    interval = "15s"
    timeout = "5s"
    method = "GET"
    path = "/health"
"""
STEPS = (
    ("nvim fly.toml: what is wrong is shown as the file is opened", "", "must be a whole number"),
    ("6G$ K on the value of `internal_port`: the hover", "6G$K", "Documentation"),
    ("12G$ K on the value of `grace_period`: what Fly.io makes of it", "h|12G$K", "lowered to 1m by Fly.io"),
    ("6G$ <space>a: the code actions", "h|6G$h a", "Type number"),
    ("1 <Enter>: the fix is applied, and the error is gone", "1\r", "internal_port = 8080 *\n"),
    (":w", ":w\r", "written"),
)
"""What is shown, the keys for it, in groups with a redraw between them, and the text that says that it has come."""


def tmux(*arguments: str) -> str:
    command = ["tmux", "-L", "flylint-session", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def awaited(text: str) -> str:
    """The screen as soon as a text is on it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        screen = tmux("capture-pane", "-p", "-t", "session")
        if re.search(text, screen):
            return screen.rstrip() + "\n"
        time.sleep(0.2)
    raise SystemExit(f"{text!r} did not come:\n{screen}")


def setup() -> str:
    """The configuration of docs/editors.md."""
    current, before, _ = re.findall(r"```lua\n(.*?)```", (ROOT / "docs" / "editors.md").read_text("utf-8"), re.DOTALL)
    return f"if vim.lsp.enable then\n{current}else\n{before}end\nvim.o.number = true\n"


def main() -> None:
    version = subprocess.run(["nvim", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    parts = [
        f"flylint in Neovim {version.removeprefix('v')}: a recorded terminal session (tmux capture-pane, {WIDTH} columns; "
        "nothing edited but the lines between)\n"
        "The configuration is the one of docs/editors.md. scripts/neovim_session.py has recorded it.\n"
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fly.toml").write_text(FLY_TOML)
        (folder / "Dockerfile").write_text('FROM node:22\nEXPOSE 8080\nCMD ["node", "server.js"]\n')
        (folder / "init.lua").write_text(setup())
        (folder / "flylint").write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m flylint "$@"\n')
        (folder / "flylint").chmod(0o755)
        path = f"PATH={folder}{os.pathsep}{os.environ['PATH']}"
        size = ("-x", str(WIDTH), "-y", str(HEIGHT))
        command = f"env HOME={name} '{path}' TERM=screen LC_ALL=C.UTF-8 nvim -u init.lua -i NONE -n fly.toml"
        tmux("-u", "new-session", "-d", "-s", "session", "-c", name, *size, command)
        try:
            for title, keys, text in STEPS:
                for group in keys.split("|") if keys else ():
                    tmux("send-keys", "-t", "session", "-l", group)
                    time.sleep(0.5)
                parts.append(f"--- {title}\n\n{awaited(text)}")
        finally:
            tmux("kill-server")
    (ROOT / "docs" / "neovim-session.txt").write_text("\n".join(parts), "utf-8")


if __name__ == "__main__":
    main()
