"""Documents: values, places, syntax errors."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path as FilePath

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from flylint.document import Document, Position, Span, excesses, read_text
from tests.strategies import documents

EXAMPLE = """\
# the app
app = "hé" # why
build.image = 'x'

[http_service]
  internal_port = 8080
  [[http_service.checks]]
    "grace period" = "10s"
    headers = { A = 1, B.c = [true, { d = 07:32 }] }
  [[http_service.checks]]

[a.b]
"""


def text_at(document: Document, path: tuple[str | int, ...], on: str = "value") -> str:
    span = document.span(path, on)
    return document.text[span.start : span.end]


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), "", ""),
        (("app",), '"hé"', "app"),
        (("build",), "build", "build"),
        (("build", "image"), "'x'", "image"),
        (("http_service",), "[http_service]", "http_service"),
        (("http_service", "internal_port"), "8080", "internal_port"),
        (("http_service", "checks"), "[[http_service.checks]]", "checks"),
        (("http_service", "checks", 0, "grace period"), '"10s"', '"grace period"'),
        (("http_service", "checks", 0, "headers"), "{ A = 1, B.c = [true, { d = 07:32 }] }", "headers"),
        (("http_service", "checks", 0, "headers", "B"), "B", "B"),
        (("http_service", "checks", 0, "headers", "B", "c", 1, "d"), "07:32", "d"),
        (("http_service", "checks", 0, "headers", "B", "c", 0), "true", "true"),
        (("http_service", "checks", 1), "[[http_service.checks]]", "checks"),
        (("a",), "a", "a"),
        (("a", "b"), "[a.b]", "b"),
        (("http_service", "concurrency", "type"), "[http_service]", "http_service"),
        (("app", 3, "x"), '"hé"', "app"),
        (("nowhere",), "", ""),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_span(path: tuple[str | int, ...], value: str, key: str, newline: str) -> None:
    document = Document(EXAMPLE.replace("\n", newline))
    assert text_at(document, path) == value
    assert text_at(document, path, "key") == key


def test_span_of_each_element_is_its_own_header() -> None:
    document = Document(EXAMPLE)
    first, second = (document.span(("http_service", "checks", number)) for number in (0, 1))
    assert first == document.span(("http_service", "checks")) and first < second


def test_span_of_a_table_is_its_header_even_after_longer_ones() -> None:
    document = Document("[a.b]\n[a]\n")
    assert text_at(document, ("a",)) == "[a]"
    assert document.span(("a",)) == Span(6, 9)


def test_position() -> None:
    document = Document('a = "é"\r\nb = 1\n')
    assert document.position(0) == Position(1, 1, 0)
    assert document.position(5) == Position(1, 6, 5)
    assert document.position(9) == Position(2, 1, 9)
    assert document.position(99) == Position(3, 1, 15)
    assert document.position(5) < document.position(9)
    assert (document.position(9).line, document.position(9).column, document.position(9).offset) == (2, 1, 9)


def test_lines_and_comments() -> None:
    document = Document('# one\r\nx = "# no" # two\n[t] # three')
    assert document.lines == ["# one", 'x = "# no" # two', "[t] # three"]
    assert [text for _, text in document.comments()] == ["# one", "# two", "# three"]
    assert all(document.text[span.start : span.end] == text for span, text in document.comments())


@given(documents())
def test_every_value_and_key_stands_at_its_span(text: str) -> None:
    document = Document(text)
    assert document.complete
    assert repr(document.values) == repr(tomli.loads(text))  # nan is not equal to itself

    def check(path: tuple[str | int, ...], value: object) -> None:
        place = document.index.places[path]
        if isinstance(path[-1], str):
            assert list(tomli.loads(text_at(document, path, "key") + "=0")) == [path[-1]]
        if place.kind in ("pair", "element"):
            assert repr(tomli.loads("x = " + text_at(document, path))["x"]) == repr(value)
        elif place.kind in ("table", "tables"):
            table = tomli.loads(text_at(document, path))
            for name in path:
                table = table[name] if isinstance(name, str) else table[0] if isinstance(table, list) else table
            assert table in ({}, [{}])
        if isinstance(value, dict | list):
            for key, child in value.items() if isinstance(value, dict) else enumerate(value):
                check((*path, key), child)

    for key, value in document.values.items():
        check((key,), value)


SYNTAX = [
    # text, line, column, message, values
    ("[http_service\nx = 1\n[env]", 1, 1, "`[http_service` is not closed: a table header ends with `]`", {"env": {}}),
    ("[[vm]\n[env]", 1, 1, "`[[vm]` is not closed: the header of an array of tables ends with `]]`", {"env": {}}),
    ("[vm]]\n[env]", 1, 1, "`[vm]]` closes more brackets than it opens", {"env": {}}),
    ("[]", 1, 1, "`[]` lacks a name", {}),
    ("[a..b]", 1, 1, "`[a..b]` lacks a name", {}),
    ("[my app]", 1, 1, "`[my app]` is not a table header", {}),
    ('[env] A = "x"', 1, 7, '`A = "x"` stands behind the header `[env]`', {}),
    ("a = 1\napp =\nb = 2", 2, 1, "the value of `app` is missing", {"a": 1, "b": 2}),
    ("app = my-app", 1, 7, 'text values need quotes: `app = "my-app"`', {}),
    ("memory = 512mb # x", 1, 10, 'text values need quotes: `memory = "512mb"`', {}),
    ("p = [8080, tcp]", 1, 12, 'text values need quotes: `"tcp"`', {}),
    ("a = True", 1, 5, "`True` is not a value of TOML", {}),
    ("a = null", 1, 5, "`null` is not a value of TOML", {}),
    ("a = 08", 1, 5, "the number `08` starts with 0", {}),
    ("a = .5", 1, 5, "`.5` is not a number", {}),
    ("a = “x”", 1, 5, "`“` is not a quote of TOML", {}),
    ("a = == 1", 1, 5, "`=` stands twice behind `a`", {}),
    ('app = "a"\napp = "b"', 2, 1, "`app` is set twice", {"app": "a"}),
    ("[a]\n[b]\n[a]\nx = 1", 3, 1, "table `[a]` is defined twice", {"a": {}, "b": {}}),
    ("[[a]]\n[a]", 2, 1, "`[a]` is an array of tables", {"a": [{}]}),
    ("[a]\n[[a]]", 2, 1, "`[[a]]` is a table already", {"a": {}}),
    ("a.b = 1\n[a]", 2, 1, "table `[a]` is defined twice", {"a": {"b": 1}}),
    ("[a.b]\n[a]\nb.c = 1", 3, 1, "`b.c` cannot extend a table that is defined elsewhere", {"a": {"b": {}}}),
    ("a = 1\na.b = 2", 2, 1, "`a = 1` cannot be extended by `a.b`", {"a": 1}),
    (
        "[[s]]\nc = []\n[[s.c]]\nx = 1\n[[s.c]]\ny = 2\n[[s]]",
        3,
        1,
        "`c = []` cannot be extended by `[[s.c]]`",
        {"s": [{"c": []}, {}]},
    ),
    ("a = { x = 1, x = 2 }", 1, 14, "`x` is set twice in the inline table of `a`", {}),
    ("a = [1, 2\nb = 3", 1, 5, "the array of `a` is not closed", {"b": 3}),
    ("a = [1, 2\n[c]", 1, 5, "the array of `a` is not closed", {"c": {}}),
    ("a = [1, 2}\nb = 3", 1, 5, "the array of `a` is not closed", {"b": 3}),
    ("a = { x = 1\n[c]", 1, 5, "the inline table of `a` is not closed", {"c": {}}),
    ("a = { x = 1\nb = 2\n[c]", 1, 5, "the inline table of `a` is not closed", {"b": 2, "c": {}}),
    ("a = { x = 1\nb = 2\n}\n[c]", 2, 1, "a `,` is missing in the inline table of `a`", {"c": {}}),
    ("a = [1 2]", 1, 8, "a `,` is missing in the array of `a`", {}),
    ("a = [1,,2]", 1, 8, "a value is missing before `,` in the value of `a`", {}),
    ("a = { x: 1 }", 1, 8, "`:` stands between a key and its value", {}),
    ("a = { x }", 1, 9, "a key in the inline table of `a` has no value", {}),
    ("a = { = 1 }", 1, 7, "a key is missing in the inline table of `a`", {}),
    ("a: 1", 1, 2, "`:` stands between `a` and its value", {}),
    ("a = 1,", 1, 6, "`,` stands behind the value of `a`", {}),
    ("a = 1;", 1, 6, "`;` stands behind the value of `a`", {}),
    ("a = 1 b = 2", 1, 7, "`b = 2` stands behind the value of `a`", {}),
    ("a", 1, 1, "`a` has no value", {}),
    ("a b", 1, 1, "`a b` is not TOML", {}),
    ("a b = 1", 1, 1, "`a b` is not a key", {}),
    ("é = 1", 1, 1, "`é` is not a key", {}),
    ("export A=1", 1, 1, "`export A=1` is shell, not TOML", {}),
    ("= 1", 1, 1, "the key before `=` is missing", {}),
    ("a = 1\n]", 2, 1, "`]` closes nothing", {"a": 1}),
    ("// x", 1, 1, "`// x` is not TOML", {}),
    ('{"app": "x"}', 1, 1, "a line cannot start with `{`", {}),
    ('"a = 1', 1, 1, 'the key `"a = 1` is not closed', {}),
    ('app = "a\nb = 1', 1, 7, "the text of `app` is not closed", {"b": 1}),
    ("app = 'a\nb = 1", 1, 7, "the text of `app` is not closed", {"b": 1}),
    ("app = 'a\nb = 'c'", 1, 7, "the text of `app` is not closed", {"b": "c"}),
    ('app = """a\nb = 1', 1, 7, "the text of `app` is not closed", {"b": 1}),
    ("app = '''a\nb = 1", 1, 7, "the text of `app` is not closed", {"b": 1}),
    ('c = ["npm", "start\nb = 1', 1, 13, "the text of `c` is not closed", {"b": 1}),
    ('a = "\\d"', 1, 6, "`\\d` in the text of `a` is not an escape sequence", {}),
    ('a = "\\u12"', 1, 6, "`\\u` in the text of `a` is not an escape sequence", {}),
    ('a = "x\x00"', 1, 7, "the control character U+0000 cannot stand in a TOML file", {}),
    ("a = 1 # \x1b", 1, 9, "the control character U+001B cannot stand in a TOML file", {}),
    ("a = 1\rb = 2", 1, 6, "the control character U+000D cannot stand in a TOML file", {}),
    ("a = 2024-13-01", 1, 5, "`2024-13-01` is not a date", {}),
    ("\ufeffapp = 1", 1, 1, "the file starts with a byte order mark, which flyctl cannot read", {"app": 1}),
    ("a = 1\nb = 9223372036854775808", 2, 5, "`9223372036854775808` is too large", {"a": 1}),
    ("b = [0x8000000000000000]", 1, 6, "`0x8000000000000000` is too large", {}),
    ("a = 1e999\nb = inf", 1, 5, "`1e999` is too large", {"b": float("inf")}),
    ("[[s]\na = 1\n[[s.p]]\nb = 1\n[[s]]\nc = 1", 1, 1, None, {"s": [{"c": 1}]}),
]


@pytest.mark.parametrize(("text", "line", "column", "message", "values"), SYNTAX)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_syntax_problem(
    text: str, line: int, column: int, message: str | None, values: dict[str, object], newline: str
) -> None:
    document = Document(text.replace("\n", newline))
    (problem,) = document.problems
    assert problem.message == (message or problem.message)
    assert document.position(problem.span.start)[:2] == (line, column)
    assert document.values == values
    assert not document.complete
    assert problem.message[-1] != "." and problem.span.start < problem.span.end


def test_each_broken_statement_has_its_problem() -> None:
    document = Document("a = x\nb = 1\n[c\nd = y\n[e]\nb = z\nb = 2\nb = 3\n")
    assert [(document.position(problem.span.start).line, problem.message) for problem in document.problems] == [
        (1, 'text values need quotes: `a = "x"`'),
        (3, "`[c` is not closed: a table header ends with `]`"),
        (4, 'text values need quotes: `d = "y"`'),
        (6, 'text values need quotes: `b = "z"`'),
        (8, "`b` is set twice"),
    ]
    assert document.values == {"b": 1, "e": {"b": 2}}
    assert document.problems[-1].related == ((Span(31, 32), "it is set here first"),)


def test_places_in_a_broken_file_are_those_of_the_text() -> None:
    document = Document('a = \n[t\nx = 1\n[u]\r\ny = "é"\n')
    assert text_at(document, ("u", "y")) == '"é"'
    assert document.span(("t",)) == Span(0, 0)


@pytest.mark.parametrize(
    ("data", "text", "message"),
    [
        (b"a = 1", "a = 1", None),
        (b"\xef\xbb\xbfa = 1", "\ufeffa = 1", None),
        ('a = "é"'.encode("utf-16"), 'a = "é"', "the file is UTF-16, not UTF-8"),
        ('a = "é"'.encode("latin-1"), 'a = "\ufffd"', "the file is not UTF-8 text"),
    ],
)
def test_read_text(data: bytes, text: str, message: str | None) -> None:
    got, problem = read_text(data)
    assert got == text
    assert (problem and problem.message) == message


def test_bytes_that_are_not_utf8_are_one_problem() -> None:
    data = random.Random(1).randbytes(10_000)
    assert [problem.message for problem in Document.from_bytes(data).problems] == ["the file is not UTF-8 text"]


MIB = 1 << 20
HOSTILE = {
    "brackets": "[" * 100_000,
    "arrays": "a = " + "[" * 100_000,
    "lines of arrays": "a = " + "[\n" * 100_000,
    "inline tables": "a = " + "{a=" * 100_000,
    "closed arrays": "a = " + "[" * 300 + "]" * 300,
    "dots": "a" + ".a" * 100_000 + " = 1",
    "dots of a header": "[" + "a." * 100_000 + "a]",
    "random": "".join(map(chr, random.Random(1).choices(range(256), k=MIB))),
    "quotes": '"""' * (MIB // 3),
    "apostrophes": "'" * MIB,
    "lines": "x\n" * (MIB // 2),
    "open headers": "[a\n" * (MIB // 3),
    "headers": "[a]\nb = 1\n" * (MIB // 10),
    "open strings": 'a = ["\n' * (MIB // 7),
    "digits": "a = " + "9" * MIB,
    "large numbers": "".join(f"a{number} = 99999999999999999999\n" for number in range(MIB // 30)),
    "carriage returns": "\r" * MIB,
    "backslashes": 'a = """' + "\\" * MIB,
    "NUL": "\0" * MIB,
    "spaces": " " * MIB,
}


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_reading_hostile_text_comes_to_an_end(text: str) -> None:
    document = Document(text)
    document.span(("a", 0, "b"))
    assert len(document.problems) <= 50
    assert next(excesses(document.values), None) is None


@given(documents(), st.data())
def test_no_text_is_too_broken(text: str, data: st.DataObject) -> None:
    """Whatever is cut out of a document or put into it: problems where it is not TOML, and never an exception."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 5)))
    text = text[:start] + data.draw(st.text(st.sampled_from("[]{}\"'=.,#\n\\ ax1\r\x00é"), max_size=3)) + text[end:]
    document = Document(text)
    try:
        values = tomli.loads(text)
    except tomli.TOMLDecodeError:
        assert document.problems
    else:
        assert document.problems or repr(document.values) == repr(values)
    for problem in document.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text) + 1
    for path in ((key,) for key in document.values):
        assert document.span(path) != Span(0, 0) or document.span(path, "key") != Span(0, 0)


def test_import_is_cheap() -> None:
    heavy = {"dataclasses", "json", "argparse", "flylint.positions", "flylint.syntax"}
    code = "import sys; before = set(sys.modules); import flylint.document; print(*set(sys.modules) - before)"
    root = FilePath(__file__).parent.parent
    loaded = subprocess.check_output([sys.executable, "-c", code], cwd=root, text=True).split()
    assert not set(loaded) & heavy


def test_reading_a_broken_file_comes_to_an_end() -> None:
    """A statement that is blank already must not be blanked for ever."""
    text = """\
[[http_service.checks]]
    grace_permax_memory_mbioapp = "my-app"
primary_region =y]
  release_command = "npx prisma migrate deploy\\

  [deploy.release_command_vm]
    memory = "1gb"

[[vm]]
  memory = "256mb"d = "10s"
    int
erv"l= 1 a5s"
    timeout = "5s"
    pat"my-app"
primary_region =y]
  release_command = "npx prisma migrate deploy"
"""
    document = Document(text)
    assert not document.complete
    assert len({(p.span, p.message) for p in document.problems}) == len(document.problems)
