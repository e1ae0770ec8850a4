"""What the documentation says is so: examples, pictures, generated pages, and the site that is made of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from flylint import __version__
from flylint.rules import all_rules
from flylint.settings import load
from tests.conftest import ROOT, Run, write

README = (ROOT / "README.md").read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in a language."""
    return re.findall(rf"^```{language}\b[^\n]*\n(.*?)^```$", (ROOT / page).read_text("utf-8"), re.M | re.S)


@pytest.mark.parametrize("script", ["settings_reference", "screenshot"])
def test_generated_files_are_up_to_date(script: str) -> None:
    done = subprocess.run([sys.executable, str(ROOT / f"scripts/{script}.py"), "--check"], cwd=ROOT)
    assert done.returncode == 0, f"run scripts/{script}.py"


def test_the_first_example_is_the_one_in_the_picture() -> None:
    first = blocks("README.md", "toml")[0]
    assert first == (ROOT / "fixtures/shop/fly.toml").read_text("utf-8")
    picture = (ROOT / "docs/screenshot.svg").read_text("utf-8")
    shown = unescape(re.sub(r"<[^>]*>", "", picture)).replace("\N{NO-BREAK SPACE}", " ")
    assert "$ flylint fixtures/shop" in shown
    for name in ("unknown-key", "unknown-vm-size", "(--fix)", "Found 3 errors in 1 file"):
        assert name in shown
    assert not re.search(r"(?:href|src|url)\W+https?:", picture)  # it needs nothing from elsewhere


@pytest.mark.parametrize("page", ["README.md", "docs/settings.md"])
def test_the_settings_of_a_page_are_valid(folder: Path, page: str) -> None:
    texts = [text for text in blocks(page, "toml") if re.search(r"^(ignore|exclude|select) =", text, re.M)]
    assert texts
    for number, text in enumerate(texts):
        write(folder, {f"{number}/flylint.toml": text})
        assert load(str(folder / f"{number}/flylint.toml")).source


@pytest.mark.parametrize("page", ["README.md", "docs/settings.md"])
def test_the_ignore_comments_of_a_page_hide_something(folder: Path, run: Run, page: str) -> None:
    texts = [text for text in blocks(page, "toml") if "# flylint: ignore" in text]
    assert texts
    for text in texts:
        if "app = " not in text:  # a line alone: it belongs to a check
            text = f'app = "shop"\n[http_service]\ninternal_port = 8080\n[[http_service.checks]]\npath = "/"\n{text}'
        write(folder, {"fly.toml": text})
        found = json.loads(run("--isolated", "--format", "json").stdout)["diagnostics"]
        hidden = re.findall(r"ignore\[([\w-]+)\]", text)
        assert not {each["rule"] for each in found} & {*hidden, "unused-ignore", "invalid-ignore"}


def test_the_commands_of_the_readme_run(folder: Path, run: Run) -> None:
    """Every call of flylint that the README shows is understood; what it finds is not asked here."""
    calls = re.findall(r"^\$ (?:cat fly.toml \| )?flylint(.*?)(?:[#>].*)?$", README, re.M)
    assert len(calls) > 10
    write(folder, {"fly.toml": "", "apps/web/fly.toml": "", "fixtures/shop/fly.toml": ""})
    for call in calls:
        done = run(*call.split(), input="")
        assert done.returncode in (0, 1), f"flylint{call}: {done.stderr}"


def shape(value: Any) -> Any:
    """The keys of a JSON value and the types of what they hold."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return type(value)


def test_the_json_of_the_page_is_what_is_printed(folder: Path, run: Run) -> None:
    (text,) = blocks("docs/stability.md", "json")
    documented = json.loads(text)
    write(folder, {"fly.toml": 'app = "web"\n[http_service]\n  internal_port = 8080\n  [[http_service.http_checks]]\n'})
    printed = json.loads(run("--isolated", "--format", "json", "--severity", "error").stdout)
    assert shape(printed) == shape(documented)
    assert list(printed["diagnostics"][0]) == list(documented["diagnostics"][0])
    told = {key: documented["diagnostics"][0][key] for key in ("rule", "severity", "key", "message", "start", "fix")}
    assert {key: printed["diagnostics"][0][key] for key in told} == told


def test_links_between_pages_lead_somewhere() -> None:
    """The pages as they are read in the repository; those of the site are looked at when it is built."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[\w-]*)?\)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.slow
def test_the_site_is_built_with_one_command(tmp_path: Path) -> None:
    pytest.importorskip("material")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for rule in all_rules():
        page = (tmp_path / "rules" / rule / "index.html").read_text("utf-8")
        assert f"<title>{rule} - flylint</title>" in page
    home = (tmp_path / "index.html").read_text("utf-8")
    for name in ("ci", "settings", "stability", "comparison", "rules", "changelog", "contributing"):
        assert f'href="{name}/"' in home
    assert "screenshot.svg" in home


def test_the_pages_name_the_tag_of_this_version() -> None:
    for page in ("README.md", "docs/ci.md"):
        tags = re.findall(r"(?:rev: |>@)v(\d[\w.]*)", (ROOT / page).read_text("utf-8"))
        assert tags and set(tags) == {__version__}
