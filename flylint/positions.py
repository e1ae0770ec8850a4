"""Where the keys, values and tables of a TOML text stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import partial

import tomli

from flylint.document import Path, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Every character of a text belongs to one token. A string that is not closed ends with its line, or with the text where
# it may span lines, so that broken text has tokens as well.
_TOKEN = re.compile(
    r'''
      """ [^"\\]* (?: (?: \\(?:[\s\S]|\Z) | "(?!"") ) [^"\\]* )* (?: "{3,5} | \Z )
    | \'\'\' [\s\S]*? (?: '{3,5} | \Z )
    | " [^"\\\n]* (?: \\. [^"\\\n]* )* "?
    | ' [^'\n]* '?
    | \# [^\n]*
    | \n
    | [][{},]
    | [^]["'\#\n{},]+
    ''',
    re.VERBOSE,
)
_BARE = "[A-Za-z0-9_-]+"
_NAME = re.compile(rf"""{_BARE}|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\n]*'""")
_KEY = rf"(?:{_NAME.pattern})(?:[ \t]*\.[ \t]*(?:{_NAME.pattern}))*"
PAIR = re.compile(rf"({_KEY})[ \t]*=[ \t]*")
# A value with nothing else in it: a text, or a run of other characters; only between a date and a time is a blank.
_PLAIN = re.compile(
    r"""
      \"{3} [^"\\]* (?: (?: \\[\s\S] | "(?!"") ) [^"\\]* )* "{3,5}
    | '{3} [\s\S]*? '{3,5}
    | " [^"\\\n]* (?: \\. [^"\\\n]* )* "
    | ' [^'\n]* '
    | [^][{}"'\s,\#]+ (?: (?<=\d\d-\d\d) [ ] \d\d: [^][{}\s,\#]+ )?
    """,
    re.VERBOSE,
)
# The next statement of a valid text, from an offset behind the one before: none shares its line with another. The value of
# a pair is in it, unless that is an array or an inline table.
_STATEMENT = re.compile(
    rf"^[ \t]*(?: (\[\[?) [ \t]* ({_KEY}) [ \t]* \]\]? | ({_KEY}) [ \t]*=[ \t]* ({_PLAIN.pattern})? )",
    re.MULTILINE | re.VERBOSE,
)
_GAP = re.compile(r"(?:[ \t\r\n,]+|#[^\n]*)*")

# as `Span(start, end)`, but there are a hundred in every file that has findings
_span: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)


def tokens(text: str, start: int = 0) -> Iterator[re.Match[str]]:
    """The strings, comments, line ends, brackets, commas and the runs of anything else in a text."""
    return _TOKEN.finditer(text, start)


class Place:
    """Where something stands.

    `kind` says what it is: a "pair" `key = value`, an "element" of an array, a "table" or "tables" (an array of tables)
    with headers, or a table that only "implied" names in longer headers and dotted keys make. `end` is where it ends.
    """

    __slots__ = ("_first", "_key", "_start", "end", "kind")

    def __init__(self, kind: str, key: Span | None, first: int, start: int, end: int) -> None:
        self.kind = kind
        self._key = key
        self._first = first
        self._start = start
        self.end = end

    @property
    def key(self) -> Span:
        """The last name of the key; an element of an array is its own key."""
        return self._key or self.value

    @property
    def value(self) -> Span:
        """The value of a pair; the element, the first header of a table, or the names that imply it."""
        return Span(self._start, self.end)

    @property
    def statement(self) -> Span:
        """All of a pair from the first name of its key to the end of its value; elsewhere the same as `value`."""
        return Span(self._first, self.end)


class Section:
    """A header and the path of the table that its keys go to; the first section of a text, its top, has none."""

    __slots__ = ("array", "header", "path")

    def __init__(self, path: Path, header: Span, array: bool = False) -> None:
        self.path = path
        self.header = header
        self.array = array


class Index:
    """The places of everything in a valid TOML text.

    `places` has one entry per path, `sections` the headers and `statements` the headers and the pairs that are not in
    inline tables, both in the order of the text. `items` has what stands in each array and inline table, by the span of
    that value.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: dict[Path, Place] = {}
        self.sections = [Section((), Span(0, 0))]
        self.statements: list[Span] = []
        self.items: dict[Span, list[Span]] = {}
        self._tables: dict[Path, list[Span]] = {}  # the names that spell each table
        self._lengths: dict[Path, int] = {}  # of each array of tables
        table: Path = ()
        at = 0
        while statement := _STATEMENT.search(text, at):
            at = statement.end()
            if statement[1]:
                table = self._section(statement)
                continue
            start, value = statement.start(3), statement.start(4)
            if value < 0:
                at = self._value(self._pair(table, start, statement.end(3), at, at, False), at)
            else:
                self._pair(table, start, statement.end(3), value, at, False)
            self.statements.append(_span((start, at)))

    def names(self, path: Path) -> list[Span]:
        """Every name that spells a path, in the order of the text; an element of an array has none."""
        place = self.places.get(path)
        return [place.key] if place and place.kind == "pair" else self._tables.get(path, [])

    def statement_at(self, offset: int) -> Span:
        """The last statement that starts at or before an offset."""
        return self.statements[max(bisect_right(self.statements, (offset, len(self.text) + 1)) - 1, 0)]

    def _section(self, header: re.Match[str]) -> Path:
        """Note a header; the path of the table that the pairs below it belong to."""
        array = len(header[1]) == 2
        path, key = self._spelt((), *header.span(2), False)
        self._tables.setdefault(path, []).append(key)
        span = _span((header.start(1), header.end()))
        if array:
            number = self._lengths.get(path, 0)
            self._lengths[path] = number + 1
            if not number:
                self.places[path] = Place("tables", key, span[0], *span)
            path = (*path, number)
        self.places[path] = Place("table", key, span[0], *span)
        self.sections.append(Section(path, span, array))
        self.statements.append(span)
        return path

    def _pair(self, table: Path, start: int, key_end: int, value: int, end: int, inline: bool) -> Path:
        """Note a pair, whose key stands from `start` to `key_end` and whose value from `value` to `end`; its path."""
        path, key = self._spelt(table, start, key_end, inline)
        self.places[path] = Place("pair", key, start, value, end)
        return path

    def _value(self, path: Path, at: int) -> int:
        """Note where the value at `path` ends, which starts `at`, and everything in it; the end.

        A loop, for recursion has a limit.
        """
        text, places = self.text, self.places
        opened: list[
            tuple[Path, bool, list[Place]]
        ] = []  # paths of arrays (true) and inline tables, and what is in them
        while True:
            plain = _PLAIN.match(text, at)
            if plain:
                at = places[path].end = plain.end()
            else:
                opened.append((path, text[at] == "[", []))
                at += 1
            while opened and text[at := self._after_gap(at)] in "]}":
                at += 1
                path, _, inside = opened.pop()
                places[path].end = at
                self.items[places[path].value] = [place.statement for place in inside]
            if not opened:
                return at
            table, array, inside = opened[-1]
            if array:
                path = (*table, len(inside))
                places[path] = Place("element", None, at, at, at)
            else:
                pair = PAIR.match(text, at)
                assert pair
                at = pair.end()
                path = self._pair(table, *pair.span(1), at, at, True)
            inside.append(places[path])

    def _after_gap(self, at: int) -> int:
        """Behind the white space, commas and comments that start at an offset."""
        gap = _GAP.match(self.text, at)
        return gap.end() if gap else at

    def _spelt(self, path: Path, start: int, end: int, inline: bool) -> tuple[Path, Span]:
        """The path that a key spells, and its last name; notes where it names the tables on the way."""
        key = self.text[start:end]
        if key.isidentifier():  # most are
            return (*path, key), _span((start, end))
        names = list(_NAME.finditer(self.text, start, end))
        for number, name in enumerate(names):
            if not inline and path in self._lengths:
                path = (*path, self._lengths[path] - 1)
            path = (*path, unquote(name[0]))
            span = _span(name.span())
            if number < len(names) - 1:
                self._tables.setdefault(path, []).append(span)
                if path not in self.places:
                    self.places[path] = Place("implied", span, start, start, span[1])
        return path, span


def unquote(key: str) -> str:
    """A key without its quotes."""
    if "\\" in key:
        (key,) = tomli.loads(key + "=0")
        return key
    return key[1:-1] if key[0] in "\"'" else key
