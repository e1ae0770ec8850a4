"""Settings: found, read strictly, and followed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from flylint import rules as registry
from flylint import settings_errors
from flylint.rules import ERROR, INFO, NOBODY, WARNING, Rule
from flylint.settings import Settings, SettingsError, expand, find, forget, is_plain, load, require_names
from flylint.settings_errors import schema
from flylint.settings_report import described
from tests.conftest import ROOT, Run, environment, write


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Each test has its own files on disk."""
    forget()


@pytest.fixture
def slow_boot(monkeypatch: pytest.MonkeyPatch) -> Rule:
    """A rule that has been renamed and has options of every type."""

    def check(app: Any, options: Any) -> Any:
        return iter(())

    check.__module__ = "flylint.rules.health_checks"
    options = {"limit": "5s", "count": 3, "ratio": 0.5, "strict": True, "names": ["a"]}
    rule = Rule("slow-boot", check, WARNING, NOBODY, None, options, ("boots-slowly",))
    registry.all_rules()
    monkeypatch.setitem(registry._registry, rule.name, rule)
    return rule


def rule(name: str) -> Rule:
    return registry.all_rules()[name]


def complaints(folder: Path, text: str, name: str = "flylint.toml") -> list[str]:
    """What is said about a settings file, without its name."""
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load(str(folder / name))
    assert all(problem.file == name for problem in caught.value.problems)
    return [str(problem).removeprefix(f"{name}:") for problem in caught.value.problems]


# which file


def test_the_nearest_file_upwards_holds(folder: Path) -> None:
    write(folder, {"flylint.toml": "", "a/b/flylint.toml": "", "a/b/c/fly.toml": "", "a/fly.toml": ""})
    assert find("a/b/c/fly.toml") == str(folder / "a/b/flylint.toml")
    assert find("a/fly.toml") == str(folder / "flylint.toml")


def test_pyproject_counts_only_with_a_table_for_flylint(folder: Path) -> None:
    write(folder, {"pyproject.toml": "[tool.flylint]\n", "a/pyproject.toml": '[project]\ndependencies = ["flylint"]\n'})
    assert find("a/fly.toml") == str(folder / "pyproject.toml")


def test_flylint_toml_goes_before_pyproject(folder: Path) -> None:
    write(folder, {"pyproject.toml": "[tool.flylint]\n", "flylint.toml": ""})
    assert find("fly.toml") == str(folder / "flylint.toml")


def test_nothing_is_merged(folder: Path) -> None:
    write(
        folder, {"flylint.toml": 'ignore = ["wrong-type"]\n', "a/pyproject.toml": "[tool.flylint]\nproject = false\n"}
    )
    source = find("a/fly.toml")
    assert source is not None
    settings = load(source)
    assert "wrong-type" in settings.wanted("a/fly.toml")
    assert settings.project is False


def test_a_broken_pyproject_that_speaks_of_us_is_not_passed_over(folder: Path) -> None:
    write(folder, {"pyproject.toml": "[tool.flylint\nselect = []\n"})
    source = find("fly.toml")
    assert source is not None
    with pytest.raises(SettingsError) as caught:
        load(source)
    assert (caught.value.problems[0].file, caught.value.problems[0].line) == ("pyproject.toml", 1)


def test_a_broken_pyproject_of_somebody_else_is_none_of_our_business(folder: Path) -> None:
    write(folder, {"pyproject.toml": "[tool.other\nflylint = 1", "flylint.toml": ""})
    write(folder, {"a/pyproject.toml": "[tool.other\n# flylint"})
    assert find("a/fly.toml") == str(folder / "flylint.toml")


def test_files_are_looked_for_anew_after_forget(folder: Path) -> None:
    write(folder, {"a/fly.toml": "", "flylint.toml": ""})
    assert find("a/fly.toml") == str(folder / "flylint.toml")
    write(folder, {"a/flylint.toml": ""})
    forget()
    assert find("a/fly.toml") == str(folder / "a/flylint.toml")


# what is wrong with it


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('selct = ["all"]', "1:1: there is no setting `selct`: did you mean `select`?"),
        ("per_file_ignores = {}", "1:1: there is no setting `per_file_ignores`: did you mean `per-file-ignores`?"),
        ("zzz = 1", "1:1: there is no setting `zzz`: there are "),
        ('\nignore = ["unknown-kez"]', "2:11: there is no rule or topic `unknown-kez`: did you mean `unknown-key`?"),
        ('ignore = ["qqqqq"]', "1:11: there is no rule or topic `qqqqq`: `flylint rules` lists them"),
        ('select = ["all", 5]', "1:18: element 2 of `select` must be a text in quotes"),
        ('exclude = "vendor"', "1:11: `exclude` must be an array"),
        ("project = 1", "1:11: `project` must be true or false"),
        ("[per-file-ignores]\n'a/*' = ['unknwn-key']", "2:10: there is no rule or topic `unknwn-key`: did you mean "),
        ('[severity]\nunknown-key = "fatal"', "2:15: `fatal` is no severity: it is `error`, `warning` or `info`"),
        ('[severity]\nunknown-key = "off"', "2:15: `off` is no severity: to turn a rule off, list it under `ignore`"),
        ('[severity]\nall = "info"', "2:1: there is no rule `all`"),
        ("[rules.unknown-kez]\na = 1", "1:8: there is no rule `unknown-kez`: did you mean `unknown-key`?"),
        ("[rules.unknown-key]\ngrace = 1", "2:1: there is no option of `unknown-key` `grace`: it has none"),
        ("rules = 3", "1:9: `rules` must be a table"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(folder: Path, text: str, said: str) -> None:
    (complaint,) = complaints(folder, text)
    assert complaint.startswith(said)


def test_everything_that_is_wrong_is_said_at_once(folder: Path) -> None:
    text = 'selct = []\nexclude = 1\n[severity]\nunknown-key = "off"\n[rules.nope]\n'
    assert [complaint.split(":")[0] for complaint in complaints(folder, text)] == ["1", "2", "4", "5"]


def test_places_in_pyproject(folder: Path) -> None:
    text = '[project]\nname = "x"\n\n[tool.flylint]\nselect = "all"\n'
    assert complaints(folder, text, "pyproject.toml") == ["5:10: `select` must be an array"]
    forget()
    assert complaints(folder, "[tool]\nflylint = 3\n", "pyproject.toml") == ["2:11: `flylint` must be a table"]


def test_options_have_the_type_of_their_default(folder: Path, slow_boot: Rule) -> None:
    good = '[rules.slow-boot]\nlimit = "9s"\ncount = 4\nratio = 1\nstrict = false\nnames = []\n'
    (folder / "flylint.toml").write_text(good)
    options = load(str(folder / "flylint.toml")).options_of(slow_boot)
    assert options == {"limit": "9s", "count": 4, "ratio": 1, "strict": False, "names": []}
    forget()
    bad = "[rules.slow-boot]\nlimit = 9\ncount = true\nratio = 'a'\nstrict = 1\nnames = 'a'\nlimt = '1s'\n"
    assert complaints(folder, bad) == [
        "2:9: `limit` must be a text in quotes",
        "3:9: `count` must be a whole number",
        "4:9: `ratio` must be a number",
        "5:10: `strict` must be true or false",
        "6:9: `names` must be an array",
        "7:1: there is no option of `slow-boot` `limt`: did you mean `limit`?",
    ]


def test_a_missing_file_is_said(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"nope\.toml: no such file or directory"):
        load("nope.toml")


def test_names_on_the_command_line() -> None:
    require_names("--select", ["all", "unknown-key", "schema"])
    with pytest.raises(SettingsError, match="--select: there is no rule or topic `unknown-kez`: did you mean"):
        require_names("--select", ["unknown-kez"])


# the two readings agree

_VALUE = st.one_of(
    st.sampled_from(["all", "unknown-key", "schema", "nope", "error", "off", "info"]), st.integers(0, 2), st.booleans()
)
_KEYS = ["select", "ignore", "exclude", "per-file-ignores", "project", "severity", "rules", "selct"]
_NAMES = ["unknown-key", "boots-slowly", "nope", "*.toml", "limit", "count", "ratio"]


@given(
    values=st.dictionaries(
        st.sampled_from(_KEYS),
        st.recursive(
            _VALUE,
            lambda inner: st.one_of(
                st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(_NAMES), inner, max_size=2)
            ),
            max_leaves=4,
        ),
        max_size=3,
    )
)
def test_the_plain_reading_says_what_the_schema_says(values: dict[str, Any]) -> None:
    assert is_plain(values) == jsonschema.Draft7Validator(schema()).is_valid(values)


@pytest.mark.usefixtures("slow_boot")
@pytest.mark.parametrize("value", ["9s", 1, 1.5, True, [], {}])
@pytest.mark.parametrize("option", ["limit", "count", "ratio", "strict", "names", "nope"])
@pytest.mark.parametrize("name", ["slow-boot", "boots-slowly"])
def test_both_readings_agree_about_options(name: str, option: str, value: Any) -> None:
    values = {"rules": {name: {option: value}}}
    assert is_plain(values) == jsonschema.Draft7Validator(schema()).is_valid(values)


def test_the_published_schema_is_one() -> None:
    published = json.loads((ROOT / "schemas/flylint.schema.json").read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(published)
    jsonschema.Draft7Validator.check_schema(schema())
    assert all(value["description"] and "default" in value for value in published["properties"].values())


@pytest.mark.parametrize("name", ["taplo", "tombi"])
def test_editors_can_use_the_schema(folder: Path, run: Run, name: str) -> None:
    """taplo and tombi judge a settings file by what `flylint schema --settings` prints."""
    program = Path(sys.executable).parent / name
    if not program.exists():
        pytest.skip(f"needs {name}")
    write(folder, {"flylint.schema.json": run("schema", "--settings").stdout})
    words = [str(program), "lint", *(["--offline"] if name == "tombi" else []), "flylint.toml"]
    good = (
        '#:schema ./flylint.schema.json\nignore = ["unknown-key", "volumes"]\n'
        '[severity]\nwrong-type = "info"\n[rules.grace-period-too-short]\nminimum = "2s"\n'
    )
    bad = [("unknown-key", "unknown-kez"), ("wrong-type =", "wrong-tipe ="), ('"2s"', "2"), ("minimum", "minimal")]
    for text in (good, *(good.replace(*change) for change in bad)):
        write(folder, {"flylint.toml": text})
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, env=environment())
        assert (done.returncode == 0) is (text == good), done.stdout + done.stderr


# following it


def test_select_and_ignore_take_names_topics_and_all(slow_boot: Rule) -> None:
    everything = frozenset(registry.all_rules())
    assert expand(["all"]) == everything
    assert expand(["unknown-key", "boots-slowly"]) == {"unknown-key", "slow-boot"}
    assert expand(["suppressions"]) == {"unused-ignore", "invalid-ignore"}
    settings = Settings({"select": ["schema", "slow-boot"], "ignore": ["unknown-key"]})
    assert "wrong-type" in settings.wanted("fly.toml")
    assert slow_boot.name in settings.wanted("fly.toml")
    assert "unknown-key" not in settings.wanted("fly.toml")
    assert "unused-ignore" not in settings.wanted("fly.toml")


def test_the_command_line_selects_whatever_the_settings_ignore() -> None:
    settings = Settings({"ignore": ["unknown-key"]})
    assert "unknown-key" in settings.changed(["unknown-key"], [], False).wanted("fly.toml")
    assert "wrong-type" not in settings.changed(["unknown-key"], [], False).wanted("fly.toml")
    assert "unknown-key" not in settings.changed(None, ["wrong-type"], False).wanted("fly.toml")
    assert "wrong-type" not in settings.changed(None, ["wrong-type"], False).wanted("fly.toml")
    assert settings.changed(None, [], True).project is False
    assert settings.project
    assert "wrong-type" in settings.wanted("fly.toml")


def test_ignores_per_file(folder: Path) -> None:
    ignores = {"staging/**": ["unknown-key"], "*.prod.toml": ["schema"]}
    settings = Settings({"per-file-ignores": ignores}, root=str(folder))
    assert "unknown-key" not in settings.wanted("staging/a/fly.toml")
    assert "wrong-type" in settings.wanted("staging/a/fly.toml")
    assert "unknown-key" in settings.wanted("fly.toml")
    assert "wrong-type" not in settings.wanted("apps/fly.prod.toml")


def test_severities_and_options(slow_boot: Rule) -> None:
    settings = Settings({"severity": {"boots-slowly": "error"}, "rules": {"boots-slowly": {"count": 9}}})
    assert settings.severity_of(slow_boot) is ERROR
    assert settings.severity_of(rule("unknown-key")) is None
    assert settings.options_of(slow_boot) == {**slow_boot.options, "count": 9}
    assert slow_boot.options["count"] == 3
    assert Settings({"severity": {"slow-boot": "info"}}).severity_of(slow_boot) is INFO


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("vendor", "vendor/a/fly.toml", True),
        ("vendor", "a/vendor/fly.toml", True),
        ("vendor/", "a/vendor/fly.toml", True),
        ("vendor", "vendored/fly.toml", False),
        ("/vendor", "vendor/fly.toml", True),
        ("/vendor", "a/vendor/fly.toml", False),
        ("a/vendor", "a/vendor/fly.toml", True),
        ("a/vendor", "b/a/vendor/fly.toml", False),
        ("**/vendor", "b/a/vendor/fly.toml", True),
        ("./a", "a/fly.toml", True),
        ("fly.*.toml", "a/fly.x.toml", True),
        ("fly.*.toml", "fly.toml", False),
        ("a/*.toml", "a/fly.toml", True),
        ("a/*.toml", "a/b/fly.toml", False),
        ("a/**/fly.toml", "a/fly.toml", True),
        ("a/**/fly.toml", "a/b/c/fly.toml", True),
        ("a/**", "a/b/c/fly.toml", True),
        ("fly?toml", "fly.toml", True),
        ("a?b", "a/b", False),
        ("fly.[ab].toml", "fly.a.toml", True),
        ("fly.[!ab].toml", "fly.a.toml", False),
        ("fly.[!ab].toml", "fly.c.toml", True),
        ("[z-a]", "b", False),
        ("a+b", "a+b", True),
        ("a+b", "aab", False),
        ("../other", "../other/fly.toml", True),
    ],
)
def test_patterns(folder: Path, pattern: str, path: str, matches: bool) -> None:
    assert Settings({"exclude": [pattern]}, root=str(folder)).excludes(path) is matches


def test_patterns_are_relative_to_the_settings_file(folder: Path) -> None:
    write(folder, {"a/flylint.toml": 'exclude = ["b/fly.toml"]'})
    assert load("a/flylint.toml").excludes("a/b/fly.toml")
    assert not load("a/flylint.toml").excludes("b/fly.toml")


@given(st.text("ab*?[]!/.\\-^{}()+", max_size=12), st.text("ab/.", max_size=8))
def test_no_pattern_breaks(pattern: str, path: str) -> None:
    assert Settings({"exclude": [pattern]}, root="/x").excludes("/x/" + path) in (True, False)


# showing it


def test_the_report_is_toml_that_says_the_same(folder: Path, slow_boot: Rule) -> None:
    text = (
        'ignore = ["unknown-key"]\nexclude = ["a b", "ü"]\nproject = false\n\n[per-file-ignores]\n"*.x" = ["schema"]\n'
        '\n[severity]\nwrong-type = "info"\n\n[rules.boots-slowly]\ncount = 9\n'
    )
    (folder / "flylint.toml").write_text(text, "utf-8")
    settings = load(str(folder / "flylint.toml"))
    lines = described(settings)
    again = Settings(tomli.loads("\n".join(lines)))
    for field in ("select", "ignore", "exclude", "per_file_ignores", "severity", "project"):
        assert getattr(again, field) == getattr(settings, field)
    assert again.options_of(slow_boot) == settings.options_of(slow_boot)
    source = folder / "flylint.toml"
    assert 'select = ["all"]  # default' in lines
    assert f'ignore = ["unknown-key"]  # {source}:1' in lines
    assert f"count = 9  # {source}:12" in lines
    assert 'limit = "5s"  # default' in lines


@pytest.mark.skipif(os.name != "posix", reason="links of Unix")
def test_a_link_to_a_file_of_another_kind_holds_no_settings(folder: Path) -> None:
    write(folder, {"credentials": "machine a login b password c\n", "own.toml": "project = false\n"})
    (folder / "flylint.toml").symlink_to("credentials")
    assert find("fly.toml") is None
    (folder / "flylint.toml").unlink()
    forget()
    (folder / "flylint.toml").symlink_to("own.toml")
    assert find("fly.toml") == str(folder / "flylint.toml")


def test_many_mistakes_are_said_in_part_and_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ", ".join(f'"no-such-rule-{number}"' for number in range(200))
    write(folder, {"flylint.toml": f"ignore = [{names}]\n"})
    asked: list[str] = []
    monkeypatch.setattr(settings_errors, "suggestion", lambda name, known: asked.append(name))
    for _ in range(2):
        with pytest.raises(SettingsError):
            load(str(folder / "flylint.toml"))
    assert len(asked) == settings_errors.MOST_PROBLEMS
