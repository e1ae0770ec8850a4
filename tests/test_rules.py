"""Every rule has a page whose examples behave."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from flylint.diagnostic import Diagnostic, Fix
from flylint.document import Document
from flylint.fixes import apply
from flylint.project import Project
from flylint.rules import all_rules
from flylint.severity import Severity
from tests.linting import lint, missed
from tests.shared import cases, corpus, needs_shared

PAGES = Path(__file__).parent.parent / "docs" / "rules"
RULES = sorted(all_rules())
KINDS = ("bad", "good", "fixed")
SECTIONS = ("What happens", "Example", "How to mend it", "When to ignore it", "Options", "Sources")


def example(rule: str, kind: str) -> str | None:
    """The code block of a page that is marked `bad`, `good` or `fixed`."""
    page = (PAGES / f"{rule}.md").read_text("utf-8")
    found = re.findall(rf"^```toml {kind}\n(.*?)^```$", page, re.M | re.S)
    assert len(found) <= 1, f"{rule}: more than one `{kind}` example"
    return found[0] if found else None


def beside(rule: str) -> dict[str, str]:
    """The other files of a project that a page shows: the blocks that are marked with a language and a name."""
    page = (PAGES / f"{rule}.md").read_text("utf-8")
    blocks = re.findall(r"^```(\w+) (\S+)\n(.*?)^```$", page, re.M | re.S)
    return {name: text for language, name, text in blocks if (language, name) not in [("toml", kind) for kind in KINDS]}


def loud(diagnostics: list[Diagnostic], rule: str) -> list[str]:
    """The findings that the page of a rule must account for: its own, and all at warning or above."""
    return sorted({d.rule for d in diagnostics if d.rule == rule or d.severity >= Severity.WARNING})


def mend(text: str, rule: str) -> str:
    """The text after all fixes of one rule, safe or not, round by round."""
    for _ in range(20):
        fixes: list[Fix] = [d.fix for d in lint(text, files=beside(rule)) if d.rule == rule and d.fix]
        if not fixes:
            return text
        text = apply(text, fixes[0].edits)
    raise AssertionError(f"{rule}: fixing does not come to an end")


@pytest.mark.parametrize("rule", RULES)
def test_page_has_its_parts(rule: str) -> None:
    page = (PAGES / f"{rule}.md").read_text("utf-8")
    assert page.startswith(f"# {rule}\n\n")
    sections = re.findall(r"^## (.+)$", page, re.M)
    assert sections == [s for s in SECTIONS if s in sections], f"unknown sections or wrong order: {sections}"
    assert set(SECTIONS) - set(sections) <= {"Options"}
    options = all_rules()[rule].options
    assert ("Options" in sections) == bool(options)
    for option in options:
        assert f"`{option}`" in page.partition("## Options")[2]


@pytest.mark.parametrize("rule", RULES)
def test_bad_example_yields_exactly_this_rule(rule: str) -> None:
    bad = example(rule, "bad")
    if bad is None:
        assert rule in WITHOUT_EXAMPLE, "the page has no bad example"
        return
    assert loud(lint(bad, files=beside(rule)), rule) == [rule]


# it is about the name of the file
WITHOUT_EXAMPLE = {"config-file-not-detected"}
# what must change is another file
MENDED_ELSEWHERE = {
    "ci-flag-unknown",
    "compose-feature-ignored",
    "compose-file-invalid",
    "copied-file-ignored",
    "process-command-with-entrypoint",
    "several-config-files",
}


@pytest.mark.parametrize("rule", RULES)
def test_good_example_yields_nothing(rule: str) -> None:
    good = example(rule, "good")
    if good is None:
        assert rule in WITHOUT_EXAMPLE | MENDED_ELSEWHERE, "the page has no good example"
        return
    assert loud(lint(good, files=beside(rule)), rule) == []


@pytest.mark.parametrize("rule", RULES)
def test_fix_gives_the_fixed_example(rule: str) -> None:
    bad, fixed = example(rule, "bad"), example(rule, "fixed")
    if bad is None:
        return
    result = mend(bad, rule)
    if fixed is None:
        assert result == bad, "the bad example has a fix, but the page shows no fixed example"
    else:
        assert result == fixed


@pytest.mark.parametrize("rule", RULES)
def test_summary_is_a_sentence(rule: str) -> None:
    summary = all_rules()[rule].summary
    assert 10 < len(summary) < 200
    assert not summary.endswith(".")


def test_no_page_without_rule() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} - {"index"} == set(RULES)


def test_names_read_well() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule) for rule in RULES)


def test_fix_data_matches_the_registry() -> None:
    """What the decorator says about fixes holds for every bad example."""
    for name, rule in all_rules().items():
        bad = example(name, "bad")
        for diagnostic in lint(bad, files=beside(name)) if bad else []:
            if diagnostic.rule == name and diagnostic.fix:
                assert rule.fix == "safe" or (rule.fix == "unsafe" and not diagnostic.fix.safe), name


@pytest.mark.parametrize(
    "path", sorted((PAGES.parent.parent / "fixtures").rglob("*.toml")), ids=lambda p: p.parent.name
)
def test_rules_miss_nothing_in_fixtures(path: Path) -> None:
    """What a rule needs is everywhere where it finds something; `lint` looks at this in all other tests."""
    assert not missed(Document(path.read_text("utf-8")), Project(str(path.parent)))


@needs_shared
def test_rules_miss_nothing_in_real_and_labelled_files() -> None:
    texts = [path.read_text("utf-8") for path in corpus()] + [case["toml"] for case in cases()]
    assert [found for text in texts if (found := missed(Document(text)))] == []


def test_index_is_up_to_date() -> None:
    script = Path(__file__).parent.parent / "scripts" / "rule_index.py"
    check = subprocess.run([sys.executable, str(script), "--check"])
    assert check.returncode == 0, "run scripts/rule_index.py"
