"""What --fix, --unsafe-fixes, --diff and --add-ignore do to files."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

BAD = """\
# the shop
app = "shop"
primary_regoin = "fra" # here

[http_service]
  internal_port = "8080"

  [[http_service.checks]]
    path = "/up"
    grace_period = "10s"
"""
MENDED = BAD.replace("regoin", "region").replace('"8080"', "8080")


def run(folder: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flylint", "--isolated", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, input=stdin)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fly.toml").write_text(BAD, newline="")
    return tmp_path


def test_fix_writes_the_mended_file(folder: Path) -> None:
    assert run(folder, "--fix").returncode == 0
    assert (folder / "fly.toml").read_text() == MENDED


def test_fix_keeps_the_mode_and_leaves_nothing_behind(folder: Path) -> None:
    (folder / "fly.toml").chmod(0o640)
    run(folder, "--fix")
    assert stat.S_IMODE((folder / "fly.toml").stat().st_mode) == 0o640
    assert os.listdir(folder) == ["fly.toml"]


def test_fix_follows_a_link_to_its_target(folder: Path) -> None:
    (folder / "real.toml").write_text(BAD)
    (folder / "fly.toml").unlink()
    (folder / "fly.toml").symlink_to("real.toml")
    run(folder, "--fix", "fly.toml")
    assert (folder / "fly.toml").is_symlink()
    assert (folder / "real.toml").read_text() == MENDED


def test_fix_keeps_line_ends(folder: Path) -> None:
    (folder / "fly.toml").write_bytes(BAD.replace("\n", "\r\n").encode())
    run(folder, "--fix")
    assert (folder / "fly.toml").read_bytes() == MENDED.replace("\n", "\r\n").encode()


def test_diff_shows_and_changes_nothing(folder: Path) -> None:
    result = run(folder, "--diff")
    assert result.returncode == 1
    assert '-primary_regoin = "fra" # here\n+primary_region = "fra" # here\n' in result.stdout
    assert (folder / "fly.toml").read_text() == BAD


def test_diff_of_a_clean_file_is_empty(folder: Path) -> None:
    (folder / "fly.toml").write_text(MENDED)
    result = run(folder, "--diff")
    assert (result.returncode, result.stdout) == (0, "")


def test_standard_input_is_mended_to_standard_output(folder: Path) -> None:
    assert run(folder, "--fix", "-", stdin=BAD).stdout == MENDED


def test_unsafe_fixes_only_when_asked_for(folder: Path) -> None:
    text = MENDED.replace('"10s"', '"1s"')
    (folder / "fly.toml").write_text(text)
    run(folder, "--fix")
    assert (folder / "fly.toml").read_text() == text
    run(folder, "--fix", "--unsafe-fixes")
    assert (folder / "fly.toml").read_text() != text


def test_ignores_are_added_and_hide_what_is_left(folder: Path) -> None:
    (folder / "fly.toml").write_text(MENDED.replace('"10s"', '"1s"'))
    run(folder, "--add-ignore")
    assert "# flylint: ignore[grace-period-too-short]" in (folder / "fly.toml").read_text()
    assert run(folder).returncode == 0


def test_many_problems_are_fixed_in_one_run(folder: Path) -> None:
    env = "".join(f"VARIABLE_{number} = {number} # {'x' * 300}\n" for number in range(300))
    (folder / "fly.toml").write_text(MENDED + "\n[deploy]\n" + "stratgy = 1\n" + "\n[vm]\n" + env)
    run(folder, "--fix", "--unsafe-fixes")
    assert "VARIABLE" not in (folder / "fly.toml").read_text()


AUTOSTOP = """\
app = "a"

[processes]
  web = "serve"
  worker = "work"

[http_service]
  internal_port = 8080
  auto_stop_machines = "stop"
  processes = ["web"]
"""


def test_what_is_only_advised_brings_no_warning(folder: Path) -> None:
    (folder / "fly.toml").write_text(AUTOSTOP)
    result = run(folder, "--unsafe-fixes", "--fix", "--severity", "info")
    assert "min_machines_running = 1" not in (folder / "fly.toml").read_text()
    assert "fix for scale-to-zero is left out: it would bring a warning of min-machines" in result.stderr
    (folder / "fly.toml").write_text('primary_region = "fra"\n' + AUTOSTOP)
    run(folder, "--unsafe-fixes", "--fix")
    assert "min_machines_running = 1" in (folder / "fly.toml").read_text()


def test_faults_are_mended_before_advice_is_followed(folder: Path) -> None:
    (folder / "fly.toml").write_text(AUTOSTOP + '\n[[restart]]\n  policy = "always"\n  processes = ["wrker"]\n')
    run(folder, "--unsafe-fixes", "--fix")
    text = (folder / "fly.toml").read_text()
    assert text.count("[[restart]]") == 1 and 'processes = ["worker"]' in text
