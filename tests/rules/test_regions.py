"""What the pages of the rules about regions do not show."""

from __future__ import annotations

import pytest

from flylint import platform
from flylint.app import App
from flylint.document import Document
from flylint.edits import Replace
from flylint.rules import Finding, all_rules
from flylint.severity import Severity
from tests.linting import findings


def region(code: str, more: str = "") -> str:
    return f'app = "a"\nprimary_region = "{code}"\n{more}'


def found_by(rule: str, text: str, **options: object) -> list[Finding]:
    known = all_rules()[rule]
    app = App(Document(text))
    return list(known.check(app, {**known.options, **options}) if known.options else known.check(app))


def replacement(finding: Finding) -> object:
    if finding.fix is None:
        return None
    assert finding.fix.safe
    (edit,) = finding.fix.edits
    assert isinstance(edit, Replace)
    return edit.value


@pytest.mark.parametrize("code", platform.REGIONS)
def test_open_regions_are_silent(code: str) -> None:
    rules = ("unknown-region", "deprecated-region", "primary-region-missing")
    assert not any(findings(region(code), rule) for rule in rules)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("FRA", "fra"),
        (" ams", "ams"),
        ("Frankfurt", "fra"),
        ("são paulo", "gru"),
        ("sao-paulo", "gru"),
        ("san_jose", "sjc"),
        ("Frankfurt, Germany", "fra"),
        ("ams (Amsterdam)", "ams"),
        ("xyz", None),
        ("us-east-1", None),
        ("eu", None),
        ("fra,ams", None),
    ],
)
def test_what_was_meant(written: str, meant: str | None) -> None:
    (found,) = found_by("unknown-region", region(written))
    assert found.severity is None and replacement(found) == meant


@pytest.mark.parametrize("written", ["eu", "any", "fra,ams", "fra ams"])
def test_one_region_is_asked_for(written: str) -> None:
    assert "takes one region" in findings(region(written), "unknown-region")[0].message


@pytest.mark.parametrize("written", ["{REGION}", "${PRIMARY_REGION}", "<region>", "%REGION%"])
def test_a_template_is_only_a_warning(written: str) -> None:
    (found,) = findings(region(written), "unknown-region")
    assert found.severity == Severity.WARNING


def test_further_regions_are_an_option() -> None:
    assert not found_by("unknown-region", region("new"), regions=["new"])


@pytest.mark.parametrize(("code", "successor"), platform.DEPRECATED_REGIONS.items())
def test_closed_regions(code: str, successor: str) -> None:
    (found,) = found_by("deprecated-region", region(code))
    assert replacement(found) == (successor or None)
    assert not findings(region(code), "unknown-region")


def test_a_closed_region_in_capitals_is_one_finding() -> None:
    for written in ("WAW", "waw "):
        (found,) = found_by("deprecated-region", region(written))
        assert replacement(found) == "ams"
        assert not findings(region(written), "unknown-region")


def test_what_the_app_is_told_is_for_its_owner_to_change() -> None:
    (found,) = found_by("deprecated-region", 'app = "a"\n[env]\nPRIMARY_REGION = "waw"\n')
    assert found.fix is not None and not found.fix.safe


def test_a_volume_cannot_move() -> None:
    (found,) = found_by("deprecated-region", region("waw", '[mounts]\nsource = "d"\ndestination = "/d"\n'))
    assert found.fix is None and found.related


def test_the_variable_counts_where_no_region_is_set() -> None:
    env = '[env]\nPRIMARY_REGION = "waw"\n'
    for head in ('app = "a"\n', region("")):
        (found,) = findings(head + env, "deprecated-region")
        assert (found.key, found.severity) == ("env.PRIMARY_REGION", Severity.WARNING)
    assert not findings(region("fra", env), "deprecated-region")


def test_a_missing_region() -> None:
    assert findings(region(""), "primary-region-missing")[0].key == "primary_region"
    for text in ("primary_region = 1", 'primary_regoin = "fra"', "[broken"):
        assert not findings(f'app = "a"\n{text}\n', "primary-region-missing"), text
    service = "[http_service]\ninternal_port = 80\nmin_machines_running = {}\n"
    assert findings('app = "a"\n' + service.format(0), "primary-region-missing")
    assert not findings('app = "a"\n' + service.format(1), "primary-region-missing")


def test_a_volume_needs_a_region() -> None:
    mount = '[[mounts]]\nsource = "d"\ndestination = "/d"\n'
    minimum = "[http_service]\ninternal_port = 80\nmin_machines_running = 1\n"
    for text in (mount, mount + minimum):
        (found,) = findings('app = "a"\n' + text, "primary-region-missing")
        assert "the volume and its Machine" in found.message
        assert found.related[0].key == "mounts[0]"
    assert not findings(region("fra", mount), "primary-region-missing")
