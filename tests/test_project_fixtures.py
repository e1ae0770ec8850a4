"""Whole small projects, as people write them and as the generators of frameworks do: fixtures/projects.

Those in `good` must be silent. Each in `bad` has its findings in a text file of the same name, one a line: the file, what
is found, its key (`-` for the file as a whole), and the places in other files that belong to it. Findings of all rules count, at warning and above;
of the rules that look at the project, every one does.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flylint import engine
from flylint.document import Document
from flylint.project import Project
from flylint.rules import all_rules
from flylint.settings import Settings
from flylint.severity import Severity

PROJECTS = Path(__file__).resolve().parent.parent / "fixtures" / "projects"
GOOD = sorted((PROJECTS / "good").iterdir())
BAD = sorted(path for path in (PROJECTS / "bad").iterdir() if path.is_dir())
TOPICS = ("compose", "dockerfile", "listening", "project", "routes")


def found(project: Path, folder: Path) -> list[str]:
    """What flylint says about every config of a project, which is laid out as a repository of its own in a folder."""
    copy = shutil.copytree(project, folder / project.name)
    (copy / ".git").mkdir()
    lines = []
    for config in sorted(copy.rglob("fly*.toml")):
        result = engine.check(
            Document(config.read_text("utf-8"), str(config)), Settings(), project=Project.beside(str(config))
        )
        assert not result.failures, result.failures[0].traceback
        for each in result.diagnostics:
            elsewhere = [label for label in each.related if label.file]
            if elsewhere or each.severity >= Severity.WARNING or all_rules()[each.rule].topic in TOPICS:
                places = ", ".join(
                    f"{Path(label.file or '').relative_to(copy).as_posix()}:{label.start.line}:{label.start.column}"
                    for label in elsewhere
                )
                where = config.relative_to(copy).as_posix()
                lines.append(
                    f"{where}: {each.severity}[{each.rule}] {each.key or '-'}{f' ({places})' if places else ''}"
                )
    return lines


@pytest.mark.parametrize("project", GOOD, ids=lambda path: path.name)
def test_good_project(project: Path, tmp_path: Path) -> None:
    assert found(project, tmp_path) == []


@pytest.mark.parametrize("project", BAD, ids=lambda path: path.name)
def test_bad_project(project: Path, tmp_path: Path) -> None:
    expected = project.with_suffix(".txt").read_text("utf-8").splitlines()
    assert expected
    assert found(project, tmp_path) == expected
