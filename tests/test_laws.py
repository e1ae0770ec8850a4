"""The laws of fixes, for examples, for generated files and for real ones."""

from __future__ import annotations

import json
import os
import random
import re
from functools import cache
from pathlib import Path

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from flylint.document import Document
from flylint.severity import Severity
from tests import laws
from tests.restyled import Style, merged
from tests.shared import SHARED, cases, corpus, needs_shared
from tests.strategies import documents

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs" / "rules").glob("*.md"))
PARTS = 8
"""How many tests the many texts are spread over, which may run side by side."""
EVERY = 1 if os.environ.get("FLYLINT_ALL") else 20
"""Which part of the labelled and real files is looked at: all of them take minutes."""


@cache
def examples() -> list[str]:
    """The TOML of all rule pages."""
    return [
        text for page in PAGES for text in re.findall(r"^```toml \w+\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    ]


@cache
def faulty() -> list[dict[str, object]]:
    """The values of the bad examples of the rule pages."""
    texts = (re.search(r"^```toml bad\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S) for page in PAGES)
    found = [Document(text[1]) for text in texts if text]
    return [document.values for document in found if document.complete and document.values]


@st.composite
def faulty_documents(draw: st.DrawFn) -> str:
    """Files with one to three of the faults that the rule pages show, in any style."""
    values: dict[str, object] = {}
    for example in draw(st.lists(st.sampled_from(faulty()), min_size=1, max_size=3)):
        values = merged(values, example)
    return Style(draw(st.randoms(use_true_random=False))).text(values)


@pytest.mark.parametrize("part", range(PARTS))
def test_laws_hold_for_the_examples_of_rule_pages(part: int) -> None:
    for text in examples()[part::PARTS]:
        laws.obey(text)
        laws.ignoring_ends(text)


@pytest.mark.parametrize("part", range(PARTS))
def test_laws_hold_for_every_example_in_other_styles(part: int) -> None:
    for number, values in list(enumerate(faulty()))[part::PARTS]:
        laws.obey(Style(random.Random(number)).text(values))


def test_restyled_values_stay_the_same() -> None:
    for number, values in enumerate(faulty()):
        text = Style(random.Random(number)).text(values)
        assert repr(sorted_keys(tomli.loads(text))) == repr(sorted_keys(values)), text


def sorted_keys(value: object) -> object:
    if isinstance(value, dict):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    return [sorted_keys(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", sorted((ROOT / "fixtures").rglob("*.toml")), ids=lambda path: path.parent.name)
def test_laws_hold_for_fixtures(path: Path) -> None:
    laws.obey(path.read_text("utf-8"))


@settings(max_examples=60)
@given(faulty_documents())
def test_laws_hold_for_faulty_documents(text: str) -> None:
    laws.obey(text)


@settings(max_examples=30)
@given(documents())
def test_laws_hold_for_any_document(text: str) -> None:
    laws.obey(text)


@settings(max_examples=30)
@given(faulty_documents())
def test_ignores_can_be_added_to_any_document(text: str) -> None:
    laws.ignoring_ends(text)


@needs_shared
@pytest.mark.parametrize("part", range(PARTS))
def test_laws_hold_for_real_and_labelled_files(part: int) -> None:
    texts = [path.read_text("utf-8") for path in corpus()] + [case["toml"] for case in cases()]
    for text in texts[part :: PARTS * EVERY]:
        laws.obey(text)


@needs_shared
def test_most_findings_in_real_files_have_a_fix() -> None:
    found = [d for path in corpus() for d in laws.check(path.read_text("utf-8")).diagnostics]
    loud = [bool(d.fix) for d in found if d.severity >= Severity.WARNING]
    assert sum(loud) >= 0.6 * len(loud)


NOT_YET_MENDED: frozenset[str] = frozenset(
    {
        "bluegreen-with-mounts",
        "build-target-not-in-dockerfile",
        "build-time-variable-in-env",
        "check-may-be-redirected",
        "check-method-unusual",
        "check-protocol-invalid",
        "checks-section-not-named",
        "compose-feature-ignored",
        "compose-file-invalid",
        "compression-invalid",
        "concurrency-limit-not-positive",
        "conflicting-autostop-in-group",
        "deprecated-region",
        "dockerfile-path-absolute",
        "duration-string-invalid",
        "file-raw-value-is-base64",
        "force-https-off",
        "force-https-without-http-handler",
        "grace-period-missing",
        "grace-period-shorter-than-boot-time",
        "http-check-keys-on-tcp-check",
        "immediate-strategy",
        "kill-signal-not-set",
        "kill-signal-unknown",
        "kill-timeout-exceeds-wait-timeout",
        "kill-timeout-too-long",
        "max-unavailable-ignored",
        "max-unavailable-not-positive",
        "metrics-section-incomplete",
        "mount-destination-invalid",
        "port-entry-without-port",
        "release-command-options-without-command",
        "release-command-timeout-zero",
        "release-command-vm-invalid",
        "restart-retries-without-on-failure",
        "scale-to-zero",
        "service-check-duration-clamped",
        "service-check-has-no-own-port",
        "service-missing-internal-port",
        "statics-relative-guest-path",
        "top-level-check-missing-port",
        "udp-port-mismatch",
        "unknown-deploy-strategy",
        "unknown-region",
        "unknown-vm-size",
        "vm-invalid-cpu-kind",
        "vm-memory-below-minimum",
        "vm-memory-not-a-multiple",
        "vm-memory-set-twice",
        "vm-memory-unparsable",
        "vm-size-contradicts-overrides",
        "volume-name-invalid",
        "wait-timeout-shorter-than-grace",
        "wait-timeout-too-small",
        "worker-without-always",
    }
)
"""Entries of the catalogue whose safe fix is not there yet."""


@needs_shared
def test_safe_fixes_remove_the_findings_of_sure_examples() -> None:
    """Each fault that is certain and has one safe mending is gone after `--fix`, whatever else is in the example."""
    left = set()
    for rule in json.loads((SHARED / "knowledge" / "rules.json").read_text("utf-8")):
        sure = not any(word in rule["confidence"] for word in ("folklore", "heuristic"))
        if sure and rule["autofix"].startswith("safe") and not is_mended(rule["bad"], rule["good"]):
            left.add(rule["name"])
    assert left <= NOT_YET_MENDED


def is_mended(bad: str, good: str) -> bool:
    """Whether the findings of a bad example that the good one does not have carry safe fixes, which remove them."""
    known = {d.rule for d in laws.check(with_name(good)).diagnostics}
    before = laws.check(with_name(bad))
    if not before.document.values.keys() - {"app"} and before.document.complete:
        return True  # words about a file, and not a file
    mendable = {d.rule for d in before.diagnostics if d.rule not in known and d.fix and d.fix.safe}
    return bool(mendable) and not mendable & {d.rule for d in laws.mended(before).diagnostics}


def with_name(text: str) -> str:
    """A part of a file as a whole one."""
    return text if re.search(r"^\s*app\s*=", text, re.M) else f'app = "example"\n{text}'
