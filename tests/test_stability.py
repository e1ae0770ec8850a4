"""The promises of docs/stability.md, as far as no other test holds them: names stay, and renamed rules keep old ones.

The JSON form is held by tests/test_output.py and tests/test_docs.py, the exit statuses by tests/test_cli.py.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flylint import __version__, cli
from flylint.rules import all_rules
from flylint.settings import forget
from tests.conftest import ROOT, WARNING, write

OLD = "strange-key"


def test_no_name_that_others_may_rely_on_has_gone() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/stable_names.py"), "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nkeep it as an alias: see scripts/stable_names.py"


@pytest.fixture
def renamed(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """A folder to work in, where `unknown-key` once was called `strange-key`."""
    monkeypatch.setattr(all_rules()["unknown-key"], "aliases", (OLD,))
    forget()
    return folder


@pytest.mark.usefixtures("renamed")
class TestRenamedRule:
    @pytest.mark.parametrize(
        ("files", "words"),
        [
            ({"fly.toml": WARNING}, ["--ignore", OLD]),
            ({"fly.toml": WARNING, "flylint.toml": f'ignore = ["{OLD}"]'}, []),
            ({"fly.toml": WARNING, "flylint.toml": f'[per-file-ignores]\n"*.toml" = ["{OLD}"]'}, []),
            ({"fly.toml": WARNING, "flylint.toml": f'[severity]\n{OLD} = "info"'}, []),
            ({"fly.toml": WARNING.replace("tier = 3", f"tier = 3 # flylint: ignore[{OLD}]")}, []),
            ({"fly.toml": f"# flylint: ignore-file[{OLD}]\n{WARNING}"}, []),
        ],
    )
    def test_is_ignored_by_its_old_name(
        self, folder: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], words: list[str]
    ) -> None:
        write(folder, files)
        assert cli.main(["--format", "concise", *words]) == 0, capsys.readouterr()

    def test_is_selected_and_explained_by_its_old_name(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write(folder, {"fly.toml": WARNING})
        assert cli.main(["--format", "concise", "--select", OLD]) == 1
        assert "warning[unknown-key]" in capsys.readouterr().out  # findings have the new one
        assert cli.main(["explain", OLD]) == 0
        assert capsys.readouterr().out.startswith("# unknown-key\n")


def test_the_changelog_has_the_form_of_keep_a_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "keepachangelog.com" in text
    releases: list[Any] = re.findall(r"^## \[([^\]]+)\](?: - (\d{4}-\d\d-\d\d))?$", text, re.M)
    assert len(releases) == len(re.findall(r"^## ", text, re.M))
    assert releases[0] == ("Unreleased", "")
    assert releases[1][0] == __version__ == "0.1.0"
    assert all(date for _, date in releases[1:])
    assert len({version for version, _ in releases}) == len(releases)
    for section in text.split("\n## ")[1:]:
        kinds = re.findall(r"^### (.+)$", section, re.M)
        assert len(set(kinds)) == len(kinds)
        assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
