"""Many files on several processors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flylint import workers
from tests.conftest import CLEAN, ERROR, WARNING, environment, write

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork") or sys.platform == "darwin", reason="processes cannot be copied here"
)

NUMBER = 3 * workers.SHARE + 7


def lint(processors: int, *words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """flylint on a machine with some processors; `before` it starts, something may be changed in it."""
    program = f"""\
import os, sys
from flylint import cli, engine, workers
home = os.getpid()
workers._processors = lambda: {processors}
check = engine.check
{before}
sys.exit(cli.main(sys.argv[1:]))
"""
    command = [sys.executable, "-c", program, *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=300)


@pytest.fixture
def many(folder: Path) -> list[str]:
    """The names of many files, with and without findings, in the order in which they are linted."""
    names = [f"{number:03}/fly.toml" for number in range(NUMBER)]
    texts = [CLEAN, WARNING, ERROR, "a = \n", CLEAN + "[[statics]]\n" * 40]
    write(folder, {name: texts[number % len(texts)] for number, name in enumerate(names)})
    return names


@pytest.mark.parametrize("words", [("--format", "json"), ("--format", "full", "--severity", "info"), ("--diff",)])
def test_workers_change_nothing_but_the_time(many: list[str], words: tuple[str, ...]) -> None:
    alone = lint(1, *words)
    together = lint(
        3, *words, before="engine.check = lambda *a, **k: print('here') if os.getpid() == home else check(*a, **k)"
    )
    assert alone.stdout and (together.stdout, together.stderr) == (alone.stdout, alone.stderr)
    assert together.returncode == alone.returncode == 1


def test_the_end_of_a_worker_is_reported_and_hides_no_other_file(many: list[str]) -> None:
    victim = many[NUMBER // 2]
    before = f"""
def die(document, *rest, **named):
    if document.name == {victim!r}:
        os._exit(1)
    return check(document, *rest, **named)
engine.check = die
"""
    done = lint(3, "--format", "json", before=before)
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if "failed" in line]
    assert len(said) == 1 and f"flylint itself failed on {victim} (its process has ended)" in said[0]
    assert "Traceback" not in done.stderr
    found = json.loads(done.stdout)
    expected = [d for d in json.loads(lint(1, "--format", "json").stdout)["diagnostics"] if d["path"] != victim]
    assert found["diagnostics"] == expected
    assert found["summary"]["files"] == NUMBER - 1


def test_a_reader_that_goes_away_ends_the_workers(many: list[str]) -> None:
    """Whatever stops the run, no worker is left behind, and nothing waits for one."""
    before = """
add = run.Run.add
def stop(self, outcome):
    raise KeyboardInterrupt
run.Run.add = stop
"""
    done = lint(3, "--format", "full", before="from flylint import run\n" + before)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_fixes_are_written_here(many: list[str]) -> None:
    """Two links to one file are mended one after the other."""
    before = "engine.check = lambda *a, **k: check(*a, **k) if os.getpid() == home else os._exit(1)"
    done = lint(3, "--fix", "--quiet", before=before)
    assert "failed" not in done.stderr
