"""Completion, tried in the real shells: what is typed, with the Tab key, and what flylint then gets to see."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run, environment, write

pytest.importorskip("shtab")

PROMPT = "ready> "
SHELLS = {
    "bash": (["bash", "--norc", "-i"], f"PS1='{PROMPT}'\nsource completion/flylint\n"),
    "zsh": (
        ["zsh", "-f", "-i"],
        f"PS1='{PROMPT}'\nfpath=($PWD/completion $fpath)\nautoload -U compinit; compinit -u -D\n"
        "zstyle ':completion:*' insert-tab false\n",  # there is more to come when Tab is pressed
    ),
    "fish": (
        ["fish", "--private", "--no-config", "-i"],
        f"function fish_greeting; end\nfunction fish_prompt; echo -n '{PROMPT}'; end\nsource completion/flylint\n",
    ),
}
"""How each shell is started without anybody's settings, and what it is told first."""


class Terminal:
    """A shell at a terminal."""

    def __init__(self, words: list[str], env: dict[str, str]) -> None:
        self._shown = ""
        self._process, self._screen = pty.fork()
        if self._process == 0:
            os.execvpe(words[0], words, env)

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def read_to(self, text: str) -> str:
        """What the terminal shows up to a text."""
        while text not in self._shown:
            ready, _, _ = select.select([self._screen], [], [], 30)
            assert ready, f"no {text!r} in {self._shown!r}"
            self._shown += os.read(self._screen, 4096).decode(errors="replace")
        before, _, self._shown = self._shown.partition(text)
        return before

    def close(self) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._screen)


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, folder: Path, run: Run) -> Iterator[Terminal]:
    """A shell that knows our completion, and a program called flylint that prints what it gets."""
    name = request.param
    if not shutil.which(name):
        pytest.skip(f"needs {name}")
    script = "_flylint" if name == "zsh" else "flylint"
    write(folder, {f"completion/{script}": run("completion", name).stdout})
    write(folder, {"bin/flylint": '#!/bin/sh\necho "[$*]"\n', "apps/web/fly.toml": "", "our/flylint.toml": ""})
    (folder / "bin/flylint").chmod(0o755)
    words, start = SHELLS[name]
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    terminal = Terminal(words, environment(PATH=path, HOME=str(folder), TERM="dumb", ENV="", LC_ALL="C.UTF-8"))
    terminal.type(start + "flylint started\n")
    terminal.read_to("[started]")
    terminal.read_to(PROMPT)
    yield terminal
    terminal.close()


TYPED = {
    "expl\tunknown-ke\t": "explain unknown-key",
    "completion fi\t": "completion fish",
    "rules --for\tjs\t": "rules --format json",
    "check --unsa\t": "check --unsafe-fixes",
    "check --fix apps/we\tfl\t": "check --fix apps/web/fly.toml",
    "--unsa\t--fix ap\twe\tfl\t": "--unsafe-fixes --fix apps/web/fly.toml",
    "ap\twe\tfl\t --severity inf\t": "apps/web/fly.toml --severity info",
    "--format sar\t--output ap\t": "--format sarif --output apps",
    "--config our\tfl\t": "--config our/flylint.toml",
    "--ignore kill-signal-m\t": "--ignore kill-signal-missing",
    "--select suppre\t": "--select suppressions",
    "settings ap\t": "settings apps",
}
"""What is typed behind `flylint`, and what has become of it when Enter is pressed."""


def test_what_is_typed_with_the_tab_key(shell: Terminal) -> None:
    received = {}
    for typed in TYPED:
        shell.type(f"flylint {typed}\n")
        # shells differ in what they leave behind a completed word
        received[typed] = shell.read_to("]").rpartition("[")[2].rstrip(" /")
        shell.read_to(PROMPT)
    assert received == TYPED
