"""What happens when something fails: the disk, the run, the surroundings. No file is ever lost or half written."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from flylint.cli import main
from tests.conftest import CLEAN, ROOT, WARNING, Run, environment, write

BAD = CLEAN.replace("primary_region", "primary_regoin") + '[http_service]\ninternal_port = "8080"\n'
unix = pytest.mark.skipif(os.name != "posix", reason="how Unix does it")


@pytest.fixture
def bad(folder: Path) -> Path:
    """A file with safe fixes, alone in a folder."""
    path = folder / "fly.toml"
    path.write_text(BAD, newline="")
    return path


def untouched(path: Path) -> bool:
    """Whether the file is as it was and nothing else lies beside it."""
    return path.read_text() == BAD and os.listdir(path.parent) == [path.name]


# mending


@unix
def test_a_disk_that_is_full(bad: Path) -> None:
    """The system refuses to write more than a few bytes into a file."""
    code = f"""
        import resource, signal, sys
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))
        from flylint.cli import main
        sys.exit(main(["--fix", {str(bad)!r}]))
    """
    done = subprocess.run(
        [sys.executable, "-B", "-c", textwrap.dedent(code)], capture_output=True, text=True, env=environment()
    )
    assert done.returncode == 2
    assert f"flylint: {bad}: file too large" in done.stderr and "Traceback" not in done.stderr
    assert untouched(bad)


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize("words", ["--fix", "--add-ignore"])
def test_a_step_of_writing_that_fails(
    bad: Path, step: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    assert main([words]) == 2
    monkeypatch.undo()
    assert "flylint: fly.toml: no space left on device\n" in capsys.readouterr().err
    assert untouched(bad)


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_an_interruption_while_writing(bad: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, step, interrupt)
    assert main(["--fix"]) == 130
    monkeypatch.undo()
    assert untouched(bad)


@unix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP] if os.name == "posix" else [])
def test_a_signal_while_writing(bad: Path, number: signal.Signals) -> None:
    """A real one, in a process of its own, at the moment before the new text takes the place of the old one."""
    code = f"""
        import os, signal, sys
        from flylint.cli import main
        signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell ignores in what it runs aside
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        def strike(*_):
            os.kill(os.getpid(), {int(number)})
        os.fsync = strike
        sys.exit(main(["--fix"]))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=bad.parent, capture_output=True, text=True, env=environment()
    )
    assert done.returncode == 128 + number
    assert "Traceback" not in done.stderr
    assert untouched(bad)


@unix
def test_a_file_that_may_not_be_written(bad: Path, run: Run) -> None:
    bad.chmod(0o444)
    done = run("--fix")
    assert done.returncode == 2
    assert "flylint: fly.toml: the file is read-only" in done.stderr
    assert untouched(bad) and stat.S_IMODE(bad.stat().st_mode) == 0o444


def test_a_folder_that_may_not_be_written(bad: Path, run: Run, obedient: list[str]) -> None:
    bad.parent.chmod(0o555)
    try:
        done = run("--fix", before=obedient)
    finally:
        bad.parent.chmod(0o755)
    assert done.returncode == 2
    assert "flylint: fly.toml: permission denied" in done.stderr
    assert untouched(bad)


def test_a_file_that_changes_while_it_is_mended(
    bad: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What somebody else has written meanwhile is kept."""
    real = os.fsync

    def meanwhile(descriptor: int) -> None:
        real(descriptor)
        bad.write_text(CLEAN)

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert main(["--fix"]) == 2
    assert "flylint: fly.toml: the file was changed meanwhile" in capsys.readouterr().err
    assert bad.read_text() == CLEAN and os.listdir(bad.parent) == ["fly.toml"]


def test_a_file_that_goes_away_while_it_is_mended(
    bad: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: bad.unlink())
    assert main(["--fix"]) == 2
    assert "flylint: fly.toml: no such file or directory" in capsys.readouterr().err
    assert os.listdir(bad.parent) == []


def test_two_runs_at_once(bad: Path) -> None:
    """The file holds what one of them wrote, whole; the other says why it could not, or found nothing to do."""
    command = [sys.executable, "-m", "flylint", "--fix", "--isolated", "--no-project"]
    runs = [
        subprocess.Popen(command, cwd=bad.parent, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
        for _ in range(4)
    ]
    errors = [run.communicate()[1].decode() for run in runs]
    assert {run.returncode for run in runs} <= {1, 2}, errors
    assert not [error for error in errors if "Traceback" in error]
    assert all("changed meanwhile" in error for run, error in zip(runs, errors, strict=True) if run.returncode == 2)
    once = bad.read_text()
    assert os.listdir(bad.parent) == ["fly.toml"] and once != BAD
    bad.write_text(BAD, newline="")
    main(["--fix", "--isolated", "--no-project", "--quiet"])
    assert bad.read_text() == once


def test_settings_that_change_while_they_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings file that is gone when it is opened is a line on stderr, and no crash."""
    from flylint import settings

    write(folder, {"flylint.toml": 'ignore = ["unknown-key"]\n', "fly.toml": WARNING})
    settings.forget()
    real = os.path.isfile

    def found_and_gone(path: str) -> bool:
        found = real(path)
        if os.path.basename(path) == "flylint.toml" and found:
            os.unlink(path)
        return found

    monkeypatch.setattr(os.path, "isfile", found_and_gone)
    try:
        assert main(["fly.toml"]) == 2
    finally:
        settings.forget()


# output


@unix
def test_a_report_is_written_whole_or_not_at_all(bad: Path) -> None:
    (bad.parent / "report.json").write_text("the old one")
    code = """
        import resource, signal, sys
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))
        from flylint.cli import main
        sys.exit(main(["--format", "json", "--output", "report.json"]))
    """
    done = subprocess.run(
        [sys.executable, "-B", "-c", textwrap.dedent(code)], cwd=bad.parent, capture_output=True, env=environment()
    )
    assert done.returncode == 2 and b"report.json: file too large" in done.stderr
    assert sorted(os.listdir(bad.parent)) == ["fly.toml", "report.json"]
    assert (bad.parent / "report.json").read_text() == "the old one"


def test_a_report_takes_no_file_of_others_for_its_draft(bad: Path) -> None:
    draft = bad.parent / f"report.json.{os.getpid()}.tmp"
    draft.write_text("precious")
    assert main(["--format", "json", "--output", "report.json"]) == 2
    assert draft.read_text() == "precious" and not (bad.parent / "report.json").exists()


@unix
def test_a_report_is_not_written_through_a_link_or_into_a_pipe_that_nobody_reads(bad: Path, run: Run) -> None:
    (bad.parent / "other").write_text("precious")
    (bad.parent / "link.json").symlink_to("other")
    os.mkfifo(bad.parent / "pipe.json")
    for name in ("link.json", "pipe.json"):
        done = run("--format", "json", "--output", name)
        assert done.returncode == 2 and f"flylint: {name}: " in done.stderr
    assert (bad.parent / "other").read_text() == "precious"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
@pytest.mark.parametrize("words", [["--output", "/dev/full"], ["--output", "/dev/full", "--format", "json"]])
def test_a_report_that_cannot_be_written(folder: Path, run: Run, words: list[str]) -> None:
    write(folder, {"fly.toml": WARNING})
    done = run(*words)
    assert done.returncode == 2
    assert "flylint: /dev/full: no space left on device" in done.stderr
    assert "unknown-key" in done.stdout  # the findings are not lost


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("words", [[], ["--fix", "-"], ["--diff"], ["rules"], ["explain", "unknown-key"], ["schema"]])
def test_a_stream_that_takes_nothing(folder: Path, stream: str, words: list[str]) -> None:
    write(folder, {"fly.toml": BAD})
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "flylint", *words],
            input=BAD.encode(),
            cwd=folder,
            env=environment(),
            stdout=full if stream == "stdout" else subprocess.PIPE,
            stderr=full if stream == "stderr" else subprocess.PIPE,
        )
    said = (done.stdout or b"") + (done.stderr or b"")
    assert b"Traceback" not in said and b"Exception ignored" not in said
    assert done.returncode == 2 if stream == "stdout" else done.returncode in (0, 1)
    assert (folder / "fly.toml").read_text() == BAD


@unix
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed(folder: Path, closed: str) -> None:
    write(folder, {"fly.toml": WARNING})
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m flylint {closed}'], cwd=folder, env=environment(), capture_output=True
    )
    assert b"Traceback" not in done.stdout + done.stderr
    assert done.returncode in (1, 2)


# surroundings

NAME = "fly.é\u202e.toml"


@pytest.mark.parametrize(
    "changes",
    [
        {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LC_ALL": "nonsense"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:strict"},
        {"PYTHONIOENCODING": "utf-16"},
        {"TERM": "", "COLUMNS": "-1"},
        {"COLUMNS": "99999999999999999999"},
        {"COLUMNS": "²"},
    ],
    ids=str,
)
@pytest.mark.parametrize("form", ["full", "concise", "json", "github"])
def test_any_locale(folder: Path, run: Run, changes: dict[str, str], form: str) -> None:
    write(folder, {NAME: CLEAN + '"ключ" = "значение 😀"\n'})
    done = run("--format", form, **changes)
    assert done.returncode == 1, done.stderr
    assert "unknown-key" in done.stdout.replace("\x00", "")


def test_no_home_and_an_empty_environment(folder: Path) -> None:
    write(folder, {"fly.toml": WARNING})
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    for words in ((), ("--fix",), ("explain", "unknown-key"), ("rules",)):
        done = subprocess.run(
            [sys.executable, "-m", "flylint", *words],
            cwd=folder,
            capture_output=True,
            env={**kept, "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"},
        )
        assert done.returncode in (0, 1), done.stderr
        assert b"Traceback" not in done.stderr


@unix
def test_a_folder_that_is_gone(folder: Path) -> None:
    code = "import os, sys; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\nfrom flylint.cli import main; sys.exit(main(sys.argv[1:]))"
    for words in ([], ["fly.toml"], ["-"], ["settings"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            input=WARNING.encode(),
            cwd=folder,
            capture_output=True,
            env=environment(),
        )
        assert b"Traceback" not in done.stderr, done.stderr
        assert (done.returncode, done.stderr) == (2, b"flylint: the current folder is gone\n"), words


def test_an_installation_that_cannot_be_written(tmp_path: Path, folder: Path, run: Run, obedient: list[str]) -> None:
    """It runs, also where Python may not write bytecode beside the code."""
    installed = tmp_path / "site"
    shutil.copytree(ROOT / "flylint", installed / "flylint", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "schemas", installed / "schemas")
    shutil.copytree(ROOT / "docs" / "rules", installed / "docs" / "rules")
    before = sorted(path.relative_to(installed) for path in installed.rglob("*"))
    for path in installed.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    write(folder, {"a/fly.toml": WARNING})
    for words in (("a",), ("--fix", "a"), ("explain", "unknown-key"), ("schema",)):
        done = run(*words, before=obedient, PYTHONPATH=str(installed), PYTHONDONTWRITEBYTECODE="")
        assert done.returncode in (0, 1), done.stderr
    for path in installed.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert sorted(path.relative_to(installed) for path in installed.rglob("*")) == before
