"""The hooks, run by the real pre-commit in a real repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from tests.conftest import CLEAN, ERROR, ROOT, WARNING, environment, write

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_the_hooks_take_the_files_that_a_search_takes(hook: dict[str, str]) -> None:
    for name in ("fly.toml", "a/fly.toml", "fly.prod.toml", "a/b/fly-worker.toml", "fly.a-b.c.toml"):
        assert re.search(hook["files"], name), name
    for name in ("flytoml", "myfly.toml", "fly.toml.bak", "flying.toml", "fly.toml/x", "fly-a/x.toml", "fly_a.toml"):
        assert not re.search(hook["files"], name), name


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with this checkout as it stands, for pre-commit installs only what is committed."""
    if not shutil.which("git"):
        pytest.skip("needs git")
    repository = tmp_path_factory.mktemp("flylint")
    for name in ("flylint", "schemas", "docs/rules"):
        shutil.copytree(ROOT / name, repository / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, repository / name)
    git(repository, "init", "-q")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "as it stands")
    return repository


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environments that it makes."""
    return tmp_path_factory.mktemp("pre-commit")


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, env=environment(GIT_CONFIG_GLOBAL=os.devnull))


def committed(folder: Path, files: dict[str, str]) -> None:
    """A repository with these files in it."""
    write(folder, files)
    git(folder, "init", "-q")
    git(folder, "add", "-A")


def try_hook(folder: Path, hooks: Path, home: Path, hook: str) -> subprocess.CompletedProcess[str]:
    """Run a hook on all files of the repository in a folder."""
    env = environment(PRE_COMMIT_HOME=str(home), GIT_CONFIG_GLOBAL=os.devnull)
    del env["PYTHONPATH"]  # the hook must run what was installed
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pre_commit",
            "try-repo",
            str(hooks),
            hook,
            "--all-files",
            "--verbose",
            "--color",
            "never",
        ],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.slow
def test_clean_files_pass(folder: Path, hooks: Path, home: Path) -> None:
    committed(folder, {"fly.toml": CLEAN, "apps/a/fly.toml": CLEAN, "other.toml": "tier = 3"})
    done = try_hook(folder, hooks, home, "flylint")
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout
    assert "2 files" in done.stdout


@pytest.mark.slow
def test_findings_fail_in_a_repository_with_three_apps(folder: Path, hooks: Path, home: Path) -> None:
    committed(
        folder, {"apps/a/fly.toml": WARNING, "apps/b/fly.toml": CLEAN, "apps/c/fly.prod.toml": ERROR, "fly.toml": CLEAN}
    )
    done = try_hook(folder, hooks, home, "flylint")
    assert done.returncode == 1, done.stdout
    assert "warning[unknown-key]" in done.stdout
    assert "apps/a/fly.toml:4:1" in done.stdout
    assert "error[wrong-type]" in done.stdout
    assert "apps/c/fly.prod.toml:5:14" in done.stdout


@pytest.mark.slow
def test_files_that_the_settings_exclude_pass(folder: Path, hooks: Path, home: Path) -> None:
    committed(folder, {"flylint.toml": 'exclude = ["vendor"]', "vendor/fly.toml": WARNING})
    done = try_hook(folder, hooks, home, "flylint")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.skipif(find_spec("flylint.mend") is None, reason="--fix needs flylint.mend")
def test_the_fixing_hook_changes_a_file(folder: Path, hooks: Path, home: Path) -> None:
    committed(folder, {"fly.toml": CLEAN.replace("primary_region", "primary_regoin"), "a/fly.toml": CLEAN})
    done = try_hook(folder, hooks, home, "flylint-fix")
    assert done.returncode == 1, done.stdout
    assert "files were modified by this hook" in done.stdout
    assert (folder / "fly.toml").read_text("utf-8") == CLEAN
    git(folder, "add", "-A")
    done = try_hook(folder, hooks, home, "flylint-fix")
    assert done.returncode == 0, done.stdout
