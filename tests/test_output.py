"""The output formats, shown as the user's terminal shows them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import Any
from unittest.mock import ANY
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from flylint.diagnostic import Diagnostic, Edit, Fix, Label
from flylint.document import Position
from flylint.fixes import apply
from flylint.output import FORMATS, Report, hint, render, summary
from flylint.rules import all_rules
from flylint.severity import Severity
from tests.conftest import ROOT, Run, write
from tests.linting import lint

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
SARIF = Draft7Validator(json.loads((Path(__file__).parent / "data/sarif-schema-2.1.0.json").read_text("utf-8")))

TEXT = """\
app = "hello-world"
primary_regoin = "fra"

[http_service]
  internal_port = 8080
  force_https = true

[[vm]]
  size = "shared-cpu-1x"

[checks.alive]
  type = "tcp"
  port = 3000
"""

NASTY = "a\x1b[31mb\u202ec\rd\ne\x00f\ud800g\x9bh\u2028i\x7f"


def place(part: str, text: str = TEXT, nth: int = 0) -> tuple[Position, Position]:
    """Where a part of a text stands."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(part, start + 1)

    def position(offset: int) -> Position:
        return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset), offset)

    return position(start), position(start + len(part))


def found(part: str, text: str = TEXT, nth: int = 0, **fields: Any) -> Diagnostic:
    """A finding about a part of a text."""
    start, end = place(part, text, nth)
    values: dict[str, Any] = {
        "file": "fly.toml",
        "rule": "some-rule",
        "severity": WARNING,
        "message": "it is wrong",
        "path": ("some", "key"),
        "key": "some.key",
        "start": start,
        "end": end,
    }
    return Diagnostic(**(values | fields))


def report(*diagnostics: Diagnostic, text: str = TEXT, files: Any = ("fly.toml",), **more: Any) -> Report:
    return Report(diagnostics, files, {"fly.toml": text, **more.get("texts", {})}, more.get("rules", {}))


def show(*diagnostics: Diagnostic, format: str = "full", color: bool = False, width: int = 120, **more: Any) -> str:
    return render(format, report(*diagnostics, **more), color=color, width=width)


def screen(text: str) -> str:
    """An expected screen, written inline at the indentation of the test."""
    return dedent(text).lstrip("\n")


MISSPELT = found(
    "primary_regoin",
    rule="unknown-key",
    severity=ERROR,
    message="`primary_regoin` is not a setting of fly.toml",
    key="primary_regoin",
    label="did you mean `primary_region`?",
    notes=("Fly.io ignores keys that it does not know, so this line does nothing",),
    fix=Fix("rename it to `primary_region`", True, (Edit(*place("primary_regoin"), "primary_region"),)),
)
MISMATCH = found(
    "3000",
    rule="check-port-mismatch",
    message="check `alive` probes port 3000, but the app listens on 8080",
    key="checks.alive.port",
    label="nothing listens here",
    help="probe 8080",
    related=(Label(*place("8080"), "the app listens here", "http_service.internal_port"),),
    fix=Fix("probe 8080", False, (Edit(*place("3000"), "8080"),)),
)
WHOLE = found("", message="nothing is deployed", severity=INFO, path=(), key="", help="add a service")


def rule(url: str | None = None) -> Any:
    return SimpleNamespace(
        name="unknown-key",
        severity=ERROR,
        topic="keys",
        enforced_by="nobody",
        fix="safe",
        summary="A key that fly.toml does not have",
        url=url,
    )


class TestFull:
    def test_looks_as_designed(self) -> None:
        assert show(MISSPELT, MISMATCH) == screen("""
            error[unknown-key]: `primary_regoin` is not a setting of fly.toml
              --> fly.toml:2:1
               |
             1 | app = "hello-world"
             2 | primary_regoin = "fra"
               | ^^^^^^^^^^^^^^ did you mean `primary_region`?
               |
               = note: Fly.io ignores keys that it does not know, so this line does nothing
               = fix: rename it to `primary_region` (--fix)

            warning[check-port-mismatch]: check `alive` probes port 3000, but the app listens on 8080
              --> fly.toml:13:10
               |
             5 |   internal_port = 8080
               |                   ---- the app listens here
            ...
            13 |   port = 3000
               |          ^^^^ nothing listens here
               |
               = help: probe 8080
               = fix: probe 8080 (--unsafe-fixes)

            """)

    def test_nothing_found_is_nothing_said(self) -> None:
        assert show() == ""

    def test_labels_on_one_line_and_two_lines_apart(self) -> None:
        first = found("size", label="this", related=(Label(*place('"shared-cpu-1x"'), "and this"),))
        second = found("[[vm]]", related=(Label(*place("force_https"), "near"),))
        assert show(first, second) == screen("""
            warning[some-rule]: it is wrong
              --> fly.toml:9:3
               |
             8 | [[vm]]
             9 |   size = "shared-cpu-1x"
               |   ^^^^ this
               |          --------------- and this

            warning[some-rule]: it is wrong
              --> fly.toml:8:1
               |
             6 |   force_https = true
               |   ----------- near
             7 |
             8 | [[vm]]
               | ^^^^^^

            """)

    def test_other_files_have_their_own_frame_or_at_least_their_place(self) -> None:
        docker = "FROM scratch\nEXPOSE 80\n"
        labels = (
            Label(*place("80", docker), "the image says 80", file="Dockerfile"),
            Label(*place("80", docker), "and so does this", file="gone/Dockerfile"),
        )
        drawn = show(MISMATCH._replace(related=labels, help=None, fix=None), texts={"Dockerfile": docker})
        assert drawn == screen("""
            warning[check-port-mismatch]: check `alive` probes port 3000, but the app listens on 8080
              --> fly.toml:13:10
               |
            12 |   type = "tcp"
            13 |   port = 3000
               |          ^^^^ nothing listens here
               |
              --> Dockerfile:2:8
               |
             1 | FROM scratch
             2 | EXPOSE 80
               |        -- the image says 80
               |
              --> gone/Dockerfile:2:8 and so does this

            """)

    def test_tabs_wide_and_combining_characters_stay_aligned(self) -> None:
        text = 'a = ["日本", "e\u0301", "x"]\n\tb\t= 1\n'
        assert show(found('"x"', text, label="x"), text=text).splitlines()[3:] == [
            ' 1 | a = ["日本", "e\u0301", "x"]',
            "   |                   ^^^ x",  # 日本 takes four columns, é takes one
            "",
        ]
        assert show(found("1", text), text=text).splitlines()[4:6] == [" 2 |     b   = 1", "   |           ^"]

    def test_crlf_and_missing_last_newline(self) -> None:
        text = "a = 1\r\nb = 2\r\nc = 3"
        drawn = show(found("2", text), found("3", text), text=text)
        assert [line for line in drawn.splitlines() if re.match("[ 0-9]+ [|]", line)] == [
            "   |",
            " 1 | a = 1",
            " 2 | b = 2",
            "   |     ^",
            "   |",
            " 2 | b = 2",
            " 3 | c = 3",
            "   |     ^",
        ]

    def test_only_the_first_line_of_a_long_span_is_underlined(self) -> None:
        text = 'a = """  \nb\n"""\n'
        assert show(found('"""  \nb\n"""', text, label="never ends"), text=text).splitlines()[3:] == [
            ' 1 | a = """',
            "   |     ^^^ never ends",
            "",
        ]

    def test_a_place_without_width_has_one_caret(self) -> None:
        text = "a =\n"
        drawn = show(found("\n", text, label="a value is missing")._replace(end=place("\n", text)[0]), text=text)
        assert drawn.splitlines()[3:5] == [" 1 | a =", "   |    ^ a value is missing"]
        at_the_end = found("", text, label="the file ends here", start=Position(2, 1, 4), end=Position(2, 1, 4))
        assert show(at_the_end, text=text).splitlines()[3:6] == [" 1 | a =", " 2 |", "   | ^ the file ends here"]

    def test_the_file_as_a_whole_has_no_frame(self) -> None:
        assert show(WHOLE) == screen("""
            info[some-rule]: nothing is deployed
              --> fly.toml:1:1
               |
               = help: add a service

            """)

    def test_empty_and_unknown_texts(self) -> None:
        empty = found("", "", label="it is empty")
        assert show(empty, text="").splitlines()[1:] == ["  --> fly.toml:1:1 it is empty", ""]
        assert show(MISMATCH._replace(file="other.toml", related=(), help=None, fix=None)).splitlines()[1:] == [
            "  --> other.toml:13:10 nothing listens here",
            "",
        ]

    @pytest.mark.parametrize("width", [80, 120])
    def test_a_long_line_is_cut_around_the_finding(self, width: int) -> None:
        text = "a = '" + "é" * 500_000 + "HERE" + "x" * 500_000 + "'\n"
        drawn = show(found("HERE", text, label="here"), text=text, width=width).splitlines()
        code, underline = drawn[3:5]
        assert len(code) == width
        assert code.startswith(" 1 | …éé")
        assert code.endswith("xx…")
        assert code[underline.index("^") :][:5] == "HEREx"
        assert underline.endswith("^^^^ here")
        assert underline.count("^") == 4

    def test_a_long_line_is_cut_only_at_the_right_where_that_is_enough(self) -> None:
        text = "key = '" + "日" * 100 + "'\n"
        code, underline = show(found("key", text), text=text, width=80).splitlines()[3:5]
        assert code == " 1 | key = '" + "日" * 33 + "…"  # 5 + 7 + 66 + 1 columns, one more 日 would be too many
        assert underline == "   | ^^^"

    def test_nothing_else_is_cut_or_wrapped(self) -> None:
        words = "word " * 60 + "end"
        drawn = show(found("3000", message=words, label=words, help=words, notes=(words,)), width=80)
        assert drawn.count(words) == 4

    def test_three_digits_widen_the_gutter(self) -> None:
        text = "\n" * 119 + "a = 1\n"
        assert show(found("1", text, help="h"), text=text).splitlines()[1:] == [
            "   --> fly.toml:120:5",
            "    |",
            "120 | a = 1",
            "    |     ^",
            "    |",
            "    = help: h",
            "",
        ]

    def test_help_of_several_lines(self) -> None:
        assert show(WHOLE._replace(help="add\n\n[http_service]")).splitlines()[3:] == [
            "   = help: add",
            "",
            "           [http_service]",
            "",
        ]

    def test_the_page_of_a_rule_is_named_when_there_is_one(self) -> None:
        url = "https://example.org/rules/unknown-key"
        assert f"   = see: {url}\n" in show(MISSPELT, rules={"unknown-key": rule(url)})
        assert "see:" not in show(MISSPELT, rules={"unknown-key": rule(None)})
        assert "see:" not in show(MISSPELT, rules={"unknown-key": rule("")})

    def test_colour_changes_no_character(self) -> None:
        url = "https://example.org/rules/unknown-key"
        rules = {"unknown-key": rule(url)}
        for format in "full", "concise":
            painted = show(MISSPELT, MISMATCH, WHOLE, format=format, color=True, rules=rules)
            assert "\x1b[1;31m" in painted
            assert "\x1b[1;33m" in painted
            assert "\x1b[1;36m" in painted
            assert f";{url}\x1b\\" in painted
            bare = re.sub(r"\x1b\[[\d;]*m|\x1b\]8;.*?\x1b\\", "", painted)
            assert bare == show(MISSPELT, MISMATCH, WHOLE, format=format, rules=rules)

    def test_escapes_of_the_file_never_reach_the_terminal(self) -> None:
        text = f"a = '{NASTY.replace(chr(10), '')}'\n"
        drawn = show(found("a", text), text=text).splitlines()[3]
        assert drawn == " 1 | a = 'a␛[31mb<U+202E>c␍de␀f<U+D800>g<U+009B>h<U+2028>i␡'"


class TestEveryFormat:
    @pytest.mark.parametrize("format", FORMATS)
    @pytest.mark.parametrize("color", [False, True])
    def test_nothing_from_outside_is_obeyed(self, format: str, color: bool) -> None:
        label = Label(*place("8080"), NASTY, NASTY, NASTY)
        fix = Fix(NASTY, True, (Edit(*place("3000"), NASTY),))
        values: dict[str, Any] = {
            "file": NASTY,
            "message": NASTY,
            "key": NASTY,
            "label": NASTY,
            "help": NASTY,
            "rule": NASTY,
        }
        nasty = found("3000", **values, notes=(NASTY,), related=(label,), fix=fix)
        text = show(nasty, WHOLE, format=format, color=color, files=[NASTY], texts={NASTY: NASTY * 20})
        text.encode()  # no lone surrogates
        if color:
            text = re.sub(r"\x1b\[[\d;]*m", "", text)
        assert [char for char in text if not char.isprintable() and char != "\n"] == []

    @pytest.mark.parametrize("format", FORMATS)
    def test_is_the_same_every_time_and_ends_with_a_newline(self, format: str) -> None:
        first = show(MISSPELT, MISMATCH, format=format)
        assert first == show(MISSPELT, MISMATCH, format=format)
        assert first.endswith("\n")

    @pytest.mark.parametrize("format", FORMATS)
    def test_many_findings_take_linear_work(self, format: str) -> None:
        """Counted in calls of functions; benchmarks/scaling.py has the times."""
        show(MISSPELT, format=format)
        few, many = (self._calls(format, number) for number in (50, 200))
        assert many < 4 * few * 1.2

    @staticmethod
    def _calls(format: str, number: int) -> int:
        text = "k = '" + "é" * 2_000 + "'"  # all on one line, the worst case for a code frame
        one = [found("k", text, start=Position(1, i + 1, i), end=Position(1, i + 2, i + 1)) for i in range(number)]
        calls = 0

        def count(frame: Any, event: str, argument: Any) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            show(*one, format=format, text=text)
        finally:
            sys.setprofile(None)
        return calls

    @given(st.text(alphabet=st.characters(), max_size=60), st.data())
    def test_any_text_and_any_place(self, text: str, data: st.DataObject) -> None:
        numbers = st.integers(1, 70)
        start, end = (Position(data.draw(st.integers(1, 4)), data.draw(numbers), 0) for _ in range(2))
        diagnostic = found("", text, start=start, end=end, message=text, label=text)
        for format in FORMATS:
            show(diagnostic, format=format, text=text, width=data.draw(numbers)).encode()

    def test_an_unknown_format_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no such format: 'text'"):
            show(format="text")

    def test_the_package_imports_nothing_and_plain_output_does_without_rich(self) -> None:
        script = """
            import sys
            before = set(sys.modules)
            import flylint.output
            print(sorted(set(sys.modules) - before - {"__future__"}))
            for format in flylint.output.FORMATS:
                flylint.output.render(format, flylint.output.Report([], [], {}, {}))
            print("rich" in sys.modules)
        """
        run = subprocess.run([sys.executable, "-c", dedent(script)], capture_output=True, text=True, check=True)
        assert run.stdout == "['flylint', 'flylint.output']\nFalse\n"


class TestSummary:
    def test_sums_up(self) -> None:
        assert summary(report()) == "No problems found in 1 file."
        assert summary(report(files=["a", "b", "c"])) == "No problems found in 3 files."
        assert summary(report(MISSPELT, WHOLE._replace(severity=WARNING), WHOLE._replace(severity=WARNING))) == (
            "Found 1 error and 2 warnings in 1 file: 1 fixable with --fix."
        )
        assert summary(report(MISSPELT, MISMATCH, WHOLE, files=["fly.toml", "b"])) == (
            "Found 1 error, 1 warning and 1 info in 1 of 2 files: 1 fixable with --fix, 1 more with --unsafe-fixes."
        )
        assert summary(report(MISMATCH)) == "Found 1 warning in 1 file: 1 fixable with --unsafe-fixes."
        assert summary(report(WHOLE)) == "Found 1 info in 1 file."

    def test_hints_at_explain_while_there_are_no_pages(self) -> None:
        assert "`flylint explain RULE`" in (hint(report(MISSPELT)) or "")
        assert hint(report(MISSPELT, rules={"unknown-key": rule("https://example.org")})) is None
        assert hint(report()) is None


class TestConcise:
    def test_one_line_each(self) -> None:
        assert show(MISSPELT, WHOLE._replace(message="two\nlines\r\x1b"), format="concise") == screen("""
            fly.toml:2:1: error[unknown-key] `primary_regoin` is not a setting of fly.toml
            fly.toml:1:1: info[some-rule] two␊lines␍␛
            """)


class TestJson:
    def test_the_contract(self) -> None:
        labels = (*MISMATCH.related, Label(*place("app"), "elsewhere", "", "Dockerfile"))
        text = show(MISMATCH._replace(related=labels), WHOLE, format="json")
        assert json.loads(text) == {
            "version": 1,
            "diagnostics": [
                {
                    "path": "fly.toml",
                    "rule": "check-port-mismatch",
                    "severity": "warning",
                    "message": "check `alive` probes port 3000, but the app listens on 8080",
                    "notes": [],
                    "help": "probe 8080",
                    "url": None,
                    "key": "checks.alive.port",
                    "start": {"line": 13, "column": 10, "offset": 176},
                    "end": {"line": 13, "column": 14, "offset": 180},
                    "related": [
                        {
                            "key": "http_service.internal_port",
                            "message": "the app listens here",
                            "start": {"line": 5, "column": 19, "offset": 77},
                            "end": {"line": 5, "column": 23, "offset": 81},
                        },
                        {
                            "path": "Dockerfile",
                            "key": "",
                            "message": "elsewhere",
                            "start": {"line": 1, "column": 1, "offset": 0},
                            "end": {"line": 1, "column": 4, "offset": 3},
                        },
                    ],
                    "fix": {
                        "title": "probe 8080",
                        "safe": False,
                        "edits": [
                            {
                                "start": {"line": 13, "column": 10, "offset": 176},
                                "end": {"line": 13, "column": 14, "offset": 180},
                                "text": "8080",
                            }
                        ],
                    },
                },
                {
                    "path": "fly.toml",
                    "rule": "some-rule",
                    "severity": "info",
                    "message": "nothing is deployed",
                    "notes": [],
                    "help": "add a service",
                    "url": None,
                    "key": "",
                    "start": {"line": 1, "column": 1, "offset": 0},
                    "end": {"line": 1, "column": 1, "offset": 0},
                    "related": [],
                    "fix": None,
                },
            ],
            "summary": {"files": 1, "errors": 0, "warnings": 1, "infos": 1},
        }

    def test_nothing_found(self) -> None:
        expected = {"files": 1, "errors": 0, "warnings": 0, "infos": 0}
        assert json.loads(show(format="json")) == {"version": 1, "diagnostics": [], "summary": expected}

    def test_ascii_loses_nothing_but_lone_surrogates(self) -> None:
        message = "é 日 😀 \x1b \u202e \x7f \\ud800"
        text = show(WHOLE._replace(message=message, help="x\udcffy"), format="json")
        assert text.isascii()
        assert json.loads(text)["diagnostics"][0]["message"] == message
        assert json.loads(text)["diagnostics"][0]["help"] == "x<U+DCFF>y"


def sarif(*diagnostics: Diagnostic, **more: Any) -> Any:
    log = json.loads(show(*diagnostics, format="sarif", **more))
    assert [error.message for error in SARIF.iter_errors(log)] == []
    return log["runs"][0]


class TestSarif:
    def test_the_schema_would_object(self) -> None:
        log = json.loads(show(MISSPELT, format="sarif"))
        log["runs"][0]["results"][0]["level"] = "fatal"
        assert not SARIF.is_valid(log)

    def test_results_and_rules(self) -> None:
        run = sarif(MISSPELT, MISMATCH, MISSPELT, WHOLE, rules={"unknown-key": rule("https://example.org/unknown")})
        driver = run["tool"]["driver"]
        assert driver["name"] == "flylint"
        assert "informationUri" not in driver
        assert [each["id"] for each in driver["rules"]] == ["unknown-key", "check-port-mismatch", "some-rule"]
        assert driver["rules"][0] == {
            "id": "unknown-key",
            "name": "UnknownKey",
            "shortDescription": {"text": "A key that fly.toml does not have"},
            "fullDescription": {"text": "A key that fly.toml does not have"},
            "help": {"text": "A key that fly.toml does not have\n\nSee https://example.org/unknown", "markdown": ANY},
            "helpUri": "https://example.org/unknown",
            "defaultConfiguration": {"level": "error"},
            "properties": {"tags": ["keys"], "enforcedBy": "nobody", "fix": "safe"},
        }
        assert run["columnKind"] == "unicodeCodePoints"
        results = run["results"]
        assert [each["ruleIndex"] for each in results] == [0, 1, 0, 2]
        assert [each["level"] for each in results] == ["error", "warning", "error", "note"]
        artifact = {"uri": "fly.toml", "uriBaseId": "%SRCROOT%"}
        region = {"startLine": 13, "startColumn": 10, "endLine": 13, "endColumn": 14}
        assert results[1]["locations"] == [
            {
                "physicalLocation": {"artifactLocation": artifact, "region": region},
                "logicalLocations": [{"fullyQualifiedName": "checks.alive.port"}],
            }
        ]
        assert results[1]["relatedLocations"][0]["message"] == {"text": "the app listens here"}
        assert results[1]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 5
        replacements = [{"deletedRegion": region, "insertedContent": {"text": "8080"}}]
        assert results[1]["fixes"] == [
            {
                "description": {"text": "probe 8080"},
                "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
                "properties": {"safe": False},
            }
        ]
        assert sarif()["results"] == []

    @pytest.mark.parametrize(
        ("path", "uri"),
        [
            ("my app/fly 100%.toml", "my%20app/fly%20100%25.toml"),
            ("a:b.toml", "a%3Ab.toml"),
            ("日.toml", "%E6%97%A5.toml"),
            ("\udcff.toml", "%FF.toml"),
            ("a?b#c.toml", "a%3Fb%23c.toml"),
        ],
    )
    def test_paths_are_relative_uris(self, path: str, uri: str) -> None:
        run = sarif(MISSPELT._replace(file=path))
        assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == {
            "uri": uri,
            "uriBaseId": "%SRCROOT%",
        }

    @pytest.mark.skipif(sys.platform == "win32", reason="a POSIX path")
    def test_an_absolute_path_stands_for_itself(self) -> None:
        run = sarif(MISSPELT._replace(file="/srv/my app/fly.toml"))
        artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert artifact == {"uri": "file:///srv/my%20app/fly.toml"}

    def test_the_help_of_a_rule_is_its_page(self) -> None:
        run = sarif(*(WHOLE._replace(rule=name) for name in all_rules()), rules=all_rules())
        helps = {about["id"]: about["help"]["markdown"] for about in run["tool"]["driver"]["rules"]}
        page = (ROOT / "docs/rules/unknown-key.md").read_text("utf-8")
        assert helps["unknown-key"] == page.removeprefix("# unknown-key\n\n")
        # no link that leads nowhere where SARIF is shown
        assert [name for name in all_rules() if re.search(r"\]\((?!https?://)", helps[name])] == []

    def test_a_linted_file_cannot_plant_a_link(self) -> None:
        text = sarif(WHOLE._replace(message="[click](https://example.org)"))["results"][0]["message"]["text"]
        assert "](" not in text


@pytest.mark.parametrize("format", ["sarif", "gitlab"])
def test_fingerprints_stay_when_lines_move_and_differ_otherwise(format: str) -> None:
    def prints(*diagnostics: Diagnostic) -> list[str]:
        if format == "gitlab":
            return [each["fingerprint"] for each in json.loads(show(*diagnostics, format="gitlab"))]
        return [each["partialFingerprints"]["flylint/v1"] for each in sarif(*diagnostics)["results"]]

    moved = MISSPELT._replace(start=Position(9, 4, 90), end=Position(9, 8, 94))
    assert prints(MISSPELT) == prints(moved)
    fields: list[dict[str, Any]] = [{name: "other"} for name in ("file", "rule", "key", "message")]
    others = [MISSPELT._replace(**field) for field in fields]
    assert len({prints(diagnostic)[0] for diagnostic in (MISSPELT, *others)}) == 5
    assert len(set(prints(MISSPELT, moved))) == 2


class TestGithub:
    def test_the_log_and_the_annotations(self) -> None:
        short = MISSPELT._replace(message="50% off", notes=("a",), fix=None)
        off = MISMATCH._replace(message="off", help=None, fix=None)
        assert show(WHOLE._replace(help=None), off, short, format="github") == screen("""
            fly.toml:1:1: info[some-rule] nothing is deployed
            fly.toml:13:10: warning[check-port-mismatch] off
            fly.toml:2:1: error[unknown-key] 50% off
            ::error file=fly.toml,line=2,col=1,endLine=2,endColumn=15,title=flylint (unknown-key)::50%25 off%0Anote: a
            ::warning file=fly.toml,line=13,col=10,endLine=13,endColumn=14,title=flylint (check-port-mismatch)::off
            ::notice file=fly.toml,line=1,col=1,endLine=1,endColumn=1,title=flylint (some-rule)::nothing is deployed
            """)

    def test_at_most_ten_of_a_kind_but_every_one_in_the_log(self) -> None:
        lines = show(*[WHOLE] * 12, *[MISMATCH] * 11, *[MISSPELT] * 25, format="github").splitlines()
        assert [line.split()[0] for line in lines[48:]] == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 10
        assert not any(line.startswith("::") for line in lines[:48])

    def test_several_lines_have_no_columns(self) -> None:
        text = show(found("[[vm]]\n  size"), format="github")
        assert "::warning file=fly.toml,line=8,endLine=9,title=" in text

    def test_no_command_from_outside(self) -> None:
        path = "  ::error file=x,line=1::%0A"
        message = "100%\r\n::stop-commands::x ##[add-mask]y ::set-env::"
        log, annotation, *rest = show(WHOLE._replace(file=path, message=message, help=None), format="github").split(
            "\n"
        )
        assert log.startswith(
            "./  ::error file=x,line=1::%0A:1:1: info[some-rule] 100%␍␊::stop-commands::x # #[add-mask]y"
        )
        assert annotation.startswith("::notice file=  %3A%3Aerror file=x%2Cline=1%3A%3A%250A,line=1,col=1,")
        assert annotation.endswith("::100%25␍␊::stop-commands::x # #[add-mask]y ::set-env::")
        assert rest == [""]


class TestGitlab:
    def test_the_report(self) -> None:
        issues = json.loads(show(MISSPELT, MISMATCH, WHOLE, format="gitlab"))
        assert all(issue.pop("fingerprint").isalnum() for issue in issues)
        assert issues[0] == {
            "description": "`primary_regoin` is not a setting of fly.toml",
            "check_name": "unknown-key",
            "severity": "critical",
            "location": {"path": "fly.toml", "lines": {"begin": 2, "end": 2}},
        }
        assert [issue["severity"] for issue in issues] == ["critical", "major", "info"]
        assert json.loads(show(format="gitlab")) == []


class TestJunit:
    def test_suites_and_cases(self) -> None:
        suites = ElementTree.fromstring(show(MISSPELT, MISMATCH, format="junit", files=["fly.toml", "good.toml"]))
        assert suites.attrib == {"name": "flylint", "tests": "3", "failures": "2", "errors": "0"}
        assert [suite.attrib for suite in suites] == [
            {"name": "fly.toml", "tests": "2", "failures": "2", "errors": "0"},
            {"name": "good.toml", "tests": "1", "failures": "0", "errors": "0"},
        ]
        first, second = suites[0]
        assert first.attrib == {"classname": "fly.toml", "name": "unknown-key 2:1", "file": "fly.toml", "line": "2"}
        assert first[0].attrib == {"type": "error", "message": "`primary_regoin` is not a setting of fly.toml"}
        assert second[0].text == show(MISMATCH).rstrip()
        assert len(suites[1]) == 1
        assert len(suites[1][0]) == 0

    def test_escapes(self) -> None:
        message = '<a href="x">\'&]]>\x00\x1b\ufffe\ud800 é'
        text = show(WHOLE._replace(file='<&">.toml', message=message), format="junit", files=[])
        assert text.isascii()
        suite = ElementTree.fromstring(text)[0]
        assert suite.attrib["name"] == '<&">.toml'
        assert suite[0][0].attrib["message"] == '<a href="x">\'&]]>␀␛<U+FFFE><U+D800> é'
        assert "]]>␀␛<U+FFFE><U+D800> é" in (suite[0][0].text or "")


EXAMPLES = {
    page.stem: example[1]
    for page in sorted((ROOT / "docs/rules").glob("*.md"))
    if (example := re.search(r"^```toml bad\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S))
}
"""The bad example of each rule's page: real findings, with real fixes."""


def replaced(text: str, replacements: list[Any]) -> str:
    """A text after the replacements of a SARIF fix, made by nothing but their lines and columns."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    spans = []
    for each in replacements:
        region = each["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        spans.append((start, end, each["insertedContent"]["text"]))
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return text


class TestRealFindings:
    def test_sarif_is_valid_and_its_fixes_are_ours(self) -> None:
        diagnostics = [each for name, text in EXAMPLES.items() for each in lint(text, name)]
        fixed = 0
        for diagnostic, result in zip(diagnostics, sarif(*diagnostics, rules=all_rules())["results"], strict=True):
            assert ("fixes" in result) is bool(diagnostic.fix)
            if diagnostic.fix:
                (change,) = result["fixes"][0]["artifactChanges"]
                assert change["artifactLocation"]["uri"] == diagnostic.file
                text = EXAMPLES[diagnostic.file]
                assert replaced(text, change["replacements"]) == apply(text, diagnostic.fix.edits)
                fixed += 1
        assert fixed > 50

    @pytest.mark.parametrize("format", ["sarif", "gitlab"])
    def test_fingerprints_stay_when_lines_are_inserted_above(self, format: str) -> None:
        def prints(text: str) -> list[str]:
            shown = json.loads(show(*lint(text), format=format, text=text))
            if format == "gitlab":
                return [each["fingerprint"] for each in shown]
            return [each["partialFingerprints"]["flylint/v1"] for each in shown["runs"][0]["results"]]

        for name, text in EXAMPLES.items():
            before = prints(text)
            assert before and len(set(before)) == len(before), name
            assert prints(f"# a remark\n\n# and another\n{text}") == before, name

    def test_places_in_other_files_are_relative_to_the_folder_of_the_run(self, folder: Path, run: Run) -> None:
        """A finding that needs the Dockerfile beside fly.toml points into it, from wherever it is seen."""
        write(
            folder,
            {
                "apps/my web/fly.toml": 'app = "web"\nprimary_region = "fra"\n\n[http_service]\n  internal_port = 3000\n',
                "apps/my web/Dockerfile": "FROM nginx:1.27\nEXPOSE 80\n",
            },
        )
        log = json.loads(run("--format", "sarif", "--severity", "info").stdout)
        assert [error.message for error in SARIF.iter_errors(log)] == []
        places = {
            location["physicalLocation"]["artifactLocation"]["uri"]
            for result in log["runs"][0]["results"]
            for location in [*result["locations"], *result.get("relatedLocations", [])]
        }
        assert places == {"apps/my%20web/fly.toml", "apps/my%20web/Dockerfile"}
        assert "--> apps/my web/Dockerfile:" in run().stdout
