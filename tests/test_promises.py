"""What SECURITY.md promises: no network, no programs, no reading and no writing but where it belongs, in every run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flylint.cli import main
from flylint.output import FORMATS
from tests.audit import Seen, code, watched
from tests.conftest import CLEAN, ROOT, environment, write
from tests.exercise import unpacked

RUNS: list[list[str]] = [
    *(["--format", format, "--severity", "info"] for format in FORMATS),
    ["--statistics", "--color", "always"],
    ["--diff", "--unsafe-fixes"],
    ["--no-project", "--isolated"],
    ["settings"],
    ["rules", "--format", "json"],
    ["explain", "unknown-key"],
    ["schema"],
]


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every example of the rule pages, every seed of the fuzzer and every fixture, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("outside") / "inside"
    shutil.copytree(ROOT / "fixtures", folder / "fixtures")
    for page in sorted((ROOT / "docs" / "rules").glob("*.md")):
        examples = re.findall(r"^```toml \w+\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
        write(folder, {f"{page.stem}-{number}/fly.toml": example for number, example in enumerate(examples)})
    for seed in sorted((ROOT / "fuzz" / "corpus").glob("*/*")):
        data = seed.read_bytes()
        for name, content in (unpacked(data) if seed.parent.name == "project" else {"fly.toml": data}).items():
            path = folder / seed.stem / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return folder


def kept(seen: Seen, folder: Path) -> list[str]:
    """What was read although it is neither in the folder nor a part of flylint, Python or a settings file above."""
    inside, above = os.path.realpath(folder), [os.path.realpath(parent) for parent in folder.parents]
    settings = {os.path.join(parent, name) for parent in above for name in ("flylint.toml", "pyproject.toml")}
    own = {os.path.realpath(ROOT / name) for name in ("flylint", "schemas", "docs")}
    return [
        path
        for path in sorted(seen.read)
        if not (path + os.sep).startswith((inside + os.sep, *(f"{name}{os.sep}" for name in own)))
        and path not in settings
        and not code(path)
    ]


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_a_run_keeps_the_promises(
    projects: Path, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(projects)
    before = {path: path.read_bytes() for path in projects.rglob("*") if path.is_file()}
    with watched() as seen:
        main(words)
    assert capsys.readouterr().out
    assert not seen.forbidden
    assert not kept(seen, projects)
    assert {path: path.read_bytes() for path in projects.rglob("*") if path.is_file()} == before
    assert not [path for path in seen.written if path != os.devnull and "__pycache__" not in path]


def test_mending_writes_the_file_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"fly.toml": CLEAN.replace("region", "regoin"), "Dockerfile": "FROM x\n", "other.toml": ""})
    with watched() as seen:
        main(["--fix"])
        main(["--add-ignore"])
    capsys.readouterr()
    strange = [path for path in seen.written if not re.search(r"/(fly\.toml|\.flylint-\w+)$", path)]
    assert seen.written and not [path for path in strange if "__pycache__" not in path]
    assert not seen.forbidden and not kept(seen, folder)


def test_a_report_is_written_to_its_file_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"fly.toml": CLEAN})
    with watched() as seen:
        main(["--output", "report.json", "--format", "json"])
    capsys.readouterr()
    names = {os.path.basename(path) for path in seen.written if "__pycache__" not in path}
    assert "report.json" in names and all(name.startswith("report.json") for name in names)
    assert [name for name in os.listdir(folder) if name.startswith("report")] == ["report.json"]


def test_the_language_server_keeps_the_promises(folder: Path) -> None:
    pytest.importorskip("pygls", reason="the extra lsp is not installed")
    from tests import editor

    editor.change(CLEAN, "utf-8")  # imports
    with watched() as seen:
        editor.change(CLEAN.replace("region", "regoin") + '[build]\ndockerfile = "/etc/passwd"\n', "utf-8")
    assert not seen.forbidden and not seen.written and not kept(seen, folder)


def test_what_is_watched_is_seen(folder: Path) -> None:
    """The watch itself: without it nothing here could fail."""
    import socket

    with watched() as seen:
        (folder / "written").write_text("")
        (folder / "written").read_text()
        os.listdir(folder)
        socket.socket().close()
        subprocess.run([sys.executable, "-c", ""], check=True)
    real = os.path.realpath(folder)
    assert os.path.join(real, "written") in seen.written and {real, os.path.join(real, "written")} <= seen.read
    assert [event for event in seen.forbidden if event.startswith("socket.")]
    assert [event for event in seen.forbidden if event.startswith("subprocess.")]


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces")
def test_it_runs_without_a_network(folder: Path) -> None:
    write(folder, {"fly.toml": CLEAN})
    unshare = shutil.which("unshare")
    if not unshare or subprocess.run([unshare, "-rn", "true"], capture_output=True).returncode:
        pytest.skip("no network namespaces here")
    done = subprocess.run(
        [unshare, "-rn", sys.executable, "-m", "flylint"], cwd=folder, env=environment(), capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")
