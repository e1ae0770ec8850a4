"""What is shipped: built, checked, installed into an empty environment, and used outside of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from flylint import __version__
from tests.conftest import CLEAN, ROOT, WARNING, environment, write

PAGES = {page.name for page in (ROOT / "docs/rules").glob("*.md")}

pytestmark = pytest.mark.slow


def call(*words: str | Path, cwd: Path, status: int = 0) -> str:
    """The output of a program that must end with a status; nothing of this checkout is on its path."""
    env = environment()
    del env["PYTHONPATH"]
    done = subprocess.run(words, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == status, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


def environment_with(folder: Path, *packages: str | Path) -> Path:
    """The folder of programs of a new environment that holds these packages and what they need."""
    call(sys.executable, "-m", "venv", folder, cwd=folder)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    call(programs / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages, cwd=folder)
    return programs


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (wheel,) = built.glob("*.whl")
    return environment_with(tmp_path_factory.mktemp("wheel"), wheel)


def test_the_metadata_is_sound(built: Path) -> None:
    call(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir(), cwd=built)


def test_the_wheel_holds_what_it_should(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    call(sys.executable, "-m", "check_wheel_contents", "--no-config", wheel, cwd=built)
    names = zipfile.ZipFile(wheel).namelist()
    assert {"flylint/schemas/fly.schema.json", "flylint/schemas/flylint.schema.json"} <= set(names)
    assert {f"flylint/docs/rules/{page}" for page in PAGES} <= set(names)
    assert {name.partition("/")[0] for name in names} == {"flylint", f"flylint-{__version__}.dist-info"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_sdist_can_be_tested(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"README.md", "LICENSE", "pyproject.toml", "tests/test_package.py", "schemas/fly.schema.json"}
    wanted |= {"action.yml", "Dockerfile", "docs/ci.md", "scripts/site.py"}  # the tests look at these
    assert wanted <= names
    assert {f"docs/rules/{page}" for page in PAGES} <= names


def test_it_runs_from_the_wheel(installed: Path, folder: Path) -> None:
    write(folder, {"fly.toml": CLEAN, "bad/fly.toml": WARNING})
    flylint = installed / "flylint"
    assert call(flylint, "--version", cwd=folder) == f"flylint {__version__}\n"
    call(flylint, "fly.toml", cwd=folder)
    assert "warning[unknown-key]" in call(flylint, cwd=folder, status=1)
    assert call(flylint, "explain", "unknown-key", cwd=folder) == (ROOT / "docs/rules/unknown-key.md").read_text(
        "utf-8"
    )
    assert call(flylint, "schema", cwd=folder) == (ROOT / "schemas/fly.schema.json").read_text("utf-8")
    write(folder, {"flylint.toml": "selct = []"})
    assert "did you mean `select`?" in call(flylint, cwd=folder, status=2)
    assert "pip install 'flylint[completion]'" in call(flylint, "completion", "bash", cwd=folder, status=2)


def test_it_runs_from_an_editable_install(tmp_path: Path, folder: Path) -> None:
    programs = environment_with(tmp_path, "--editable", str(ROOT))
    assert call(programs / "flylint", "explain", "unknown-key", cwd=folder).startswith("# unknown-key\n")
    assert call(programs / "flylint", "schema", cwd=folder).startswith("{")
