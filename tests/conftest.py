"""What the tests of the command line share: flylint as a process, in an empty folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# a slow machine is no fault of the code: timings belong to benchmarks/
settings.register_profile("flylint", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("flylint")

Run = Callable[..., "subprocess.CompletedProcess[str]"]

CLEAN = """\
app = "my-app"
primary_region = "fra"
kill_signal = "SIGTERM"
"""
WARNING = CLEAN + "tier = 3\n"
"""A file with one warning: an unknown key."""
ERROR = CLEAN + '[build]\ndockerfile = ["a"]\n'
"""A file with one error: a wrong type."""


def environment(**changes: str) -> dict[str, str]:
    """The environment of a run: this checkout, and nothing of the developer's taste in colours."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING", "PYTHONUTF8")
    }
    return {**kept, "PYTHONPATH": str(ROOT), **changes}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in; settings above it do not reach it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """flylint as a process of its own, in that folder."""

    def run(
        *words: str,
        input: str | bytes | None = None,
        cwd: Path | None = None,
        before: Sequence[str] = (),
        **changes: str,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*before, sys.executable, "-m", "flylint", *words],
            input=input.encode() if isinstance(input, str) else input,
            capture_output=True,
            cwd=cwd or folder,
            env=environment(**changes),
        )
        out, err = done.stdout.decode(errors="surrogateescape"), done.stderr.decode(errors="surrogateescape")
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return run


@pytest.fixture
def obedient() -> list[str]:
    """What stands before a command that the permissions of files hold for, also where the tests run as root."""
    if os.name != "posix":
        pytest.skip("how Unix does it")
    if os.geteuid():
        return []
    words = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if not shutil.which(words[0]) or subprocess.run([*words, "true"], capture_output=True).returncode:
        pytest.skip("root may do everything")
    return words


@pytest.fixture
def patience() -> Iterator[None]:
    """Ends a test that would run for minutes: what goes on in C, in a regular expression say, cannot be counted."""
    if not hasattr(signal, "SIGVTALRM"):
        yield
        return

    def give_up(number: int, frame: object) -> None:
        raise TimeoutError("this does not come to an end")

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, 20)  # seconds of the processor; none of these takes one
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files, and the folders that they are in."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
