"""The hooks, run by the real pre-commit in a real repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from flylint import __version__
from tests.conftest import CLEAN, ERROR, ROOT, WARNING, environment, write

TAG = f"v{__version__}"
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
    git(repository, "tag", TAG)
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


def call(folder: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A program in a repository, with pre-commit at home in another folder."""
    identity = {f"GIT_{who}_{what}": "t@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    env = environment(PRE_COMMIT_HOME=str(home), GIT_CONFIG_GLOBAL=os.devnull, **identity)
    del env["PYTHONPATH"]  # the hook must run what was installed
    return subprocess.run(words, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def try_hook(folder: Path, hooks: Path, home: Path, hook: str) -> subprocess.CompletedProcess[str]:
    """Run a hook on all files of the repository in a folder."""
    repos = [{"repo": str(hooks), "rev": TAG, "hooks": [{"id": hook}]}]
    config = home / "one-hook.yaml"
    config.write_text(yaml.safe_dump({"repos": repos}), "utf-8")
    options = ["--config", str(config), "--all-files", "--verbose", "--color", "never"]
    return call(folder, home, sys.executable, "-m", "pre_commit", "run", *options)


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
def test_the_fixing_hook_changes_several_files(folder: Path, hooks: Path, home: Path) -> None:
    broken = CLEAN.replace("primary_region", "primary_regoin")
    names = ["fly.toml", *(f"apps/{app}/fly.toml" for app in "abc")]
    committed(folder, {**dict.fromkeys(names, broken), "apps/d/fly.toml": CLEAN, "apps/e/other.toml": broken})
    done = try_hook(folder, hooks, home, "flylint-fix")
    assert done.returncode == 1, done.stdout
    assert "files were modified by this hook" in done.stdout
    assert "4 problems fixed. No problems found in 5 files." in done.stdout  # one run for all of them
    assert {(folder / name).read_text("utf-8") for name in names} == {CLEAN}
    assert (folder / "apps/e/other.toml").read_text("utf-8") == broken
    git(folder, "add", "-A")
    done = try_hook(folder, hooks, home, "flylint-fix")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_the_fixing_hook_reports_what_it_cannot_mend(folder: Path, hooks: Path, home: Path) -> None:
    committed(folder, {"fly.toml": WARNING})
    done = try_hook(folder, hooks, home, "flylint-fix")
    assert done.returncode == 1, done.stdout
    assert "files were modified" not in done.stdout
    assert "warning[unknown-key]" in done.stdout


@pytest.mark.slow
def test_the_way_of_the_readme(folder: Path, hooks: Path, home: Path) -> None:
    """A commit of a bad fly.toml fails, and passes after `flylint --fix`; only the address and tag are put in."""
    text = (ROOT / "README.md").read_text("utf-8").partition("\n## In pre-commit\n")[2]
    config = text.partition("```yaml\n")[2].partition("```")[0]
    assert "<the URL of this repository>" in config
    config = config.replace("<the URL of this repository>", str(hooks))
    committed(
        folder, {".pre-commit-config.yaml": config, "fly.toml": CLEAN.replace("primary_region", "primary_regoin")}
    )
    pre_commit = [sys.executable, "-m", "pre_commit"]
    assert call(folder, home, *pre_commit, "install").returncode == 0

    refused = call(folder, home, "git", "commit", "-m", "deploy")
    assert refused.returncode == 1
    assert "error[unknown-key]: unknown key `primary_regoin`" in refused.stdout
    assert "fix: rename it to `primary_region` (--fix)" in refused.stdout

    assert call(folder, home, sys.executable, "-m", "flylint", "--fix").returncode == 0
    git(folder, "add", "-A")
    accepted = call(folder, home, "git", "commit", "-m", "deploy")
    assert accepted.returncode == 0, accepted.stdout
    assert "Passed" in accepted.stdout
