"""Where the keys, values and tables of a TOML text stand, as tree-sitter sees them."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

import tomli
import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from flylint.document import Path, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Every character of a text belongs to one token. A string that is not closed ends with its line, or with the text where
# it may span lines, so that broken text has tokens as well.
_TOKEN = re.compile(
    r'''
      """ [^"\\]* (?: (?: \\[\s\S] | "(?!"") ) [^"\\]* )* (?: "{3,5} | \Z )
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
_TIME = re.compile(r"(?:\d{4}-\d\d-\d\d[Tt ])?\d\d:\d\d[0-9:.Zz+-]*")
_NAME = re.compile(r'"_*"|[A-Za-z0-9_-]+')


def tokens(text: str, start: int = 0) -> Iterator[re.Match[str]]:
    """The strings, comments, line ends, brackets, commas and the runs of anything else in a text."""
    return _TOKEN.finditer(text, start)


class Place:
    """Where something stands.

    `kind` says what it is: a "pair" `key = value`, an "element" of an array, a "table" or "tables" (an array of tables)
    with headers, or a table that only "implied" names in longer headers and dotted keys make. `statement` is all of the
    pair from the first name of its key to the end of its value; elsewhere it is the same as `value`.
    """

    __slots__ = ("key", "kind", "statement", "value")

    def __init__(self, kind: str, key: Span, value: Span, statement: Span | None = None) -> None:
        self.kind = kind
        self.key = key
        self.value = value
        self.statement = statement or value


class Section:
    """A header and the path of the table that its keys go to; the first section of a text, its top, has none."""

    __slots__ = ("array", "header", "path")

    def __init__(self, path: Path, header: Span, array: bool = False) -> None:
        self.path = path
        self.header = header
        self.array = array


class Index:
    """The places of everything in a valid TOML text.

    `places` has one entry per path, `mentions` every name that spells a path, `sections` the headers and `statements`
    the headers and the pairs that are not in inline tables, the latter three in the order of the text. `items` has what
    stands in each array and inline table, by the span of that value.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: dict[Path, Place] = {}
        self.mentions: dict[Path, list[Span]] = {}
        self.sections = [Section((), Span(0, 0))]
        self.statements: list[Span] = []
        self.items: dict[Span, list[Span]] = {}
        self._lengths: dict[Path, int] = {}  # of each array of tables
        self.masked = mask(text)
        for node in _parser().parse(self.masked.encode("ascii", "replace")).root_node.named_children:
            if node.type == "pair":
                self._pair((), node)
            elif node.type in ("table", "table_array_element"):
                self._section(node, node.type != "table")

    def statement_at(self, offset: int) -> Span:
        """The last statement that starts at or before an offset."""
        return self.statements[max(bisect_right(self.statements, (offset, len(self.text) + 1)) - 1, 0)]

    def _section(self, node: Node, array: bool) -> None:
        key, *pairs = node.named_children
        header = Span(node.start_byte, self.masked.index("]", key.end_byte) + 1 + array)
        path = self._names((), key, False)
        last = self.mentions[path][-1]
        if array:
            number = self._lengths.get(path, 0)
            self._lengths[path] = number + 1
            if not number:
                self.places[path] = Place("tables", last, header)
            path = (*path, number)
        self.places[path] = Place("table", last, header)
        self.sections.append(Section(path, header, array))
        self.statements.append(header)
        for pair in pairs:
            self._pair(path, pair)

    def _pair(self, table: Path, pair: Node) -> None:
        self.statements.append(Span(pair.start_byte, pair.end_byte))
        todo = [(table, pair, False)]
        for path, node, inline in todo:  # a list that grows, where recursion would have a limit
            value = node
            if node.type == "pair":
                key, value = node.named_children
                path = self._names(path, key, inline)
            span = Span(value.start_byte, value.end_byte)
            if value is node:
                self.places[path] = Place("element", span, span)
            else:
                self.places[path] = Place("pair", self.mentions[path][-1], span, Span(node.start_byte, span.end))
            if value.type in ("array", "inline_table"):
                children = value.named_children
                self.items[span] = [Span(child.start_byte, child.end_byte) for child in children]
                inner = ((*path, number) if value.type == "array" else path for number in range(len(children)))
                todo.extend((there, child, True) for there, child in zip(inner, children, strict=True))

    def _names(self, path: Path, key: Node, inline: bool) -> Path:
        """The path that a key spells; notes where it mentions that path and the tables on the way."""
        start = key.start_byte
        for name in _NAME.finditer(self.masked, start, key.end_byte):
            if path in self._lengths and not inline:
                path = (*path, self._lengths[path] - 1)
            path = (*path, unquote(self.text[name.start() : name.end()]))
            span = Span(*name.span())
            self.mentions.setdefault(path, []).append(span)
            if path not in self.places:
                self.places[path] = Place("implied", span, Span(start, name.end()))
        return path


def unquote(key: str) -> str:
    """A key without its quotes."""
    if "\\" in key:
        (key,) = tomli.loads(key + "=0")
        return key
    return key[1:-1] if key[0] in "\"'" else key


def mask(text: str) -> str:
    """A text of the same shape and length in plain ASCII, so that bytes are code points, and in TOML 1.0.

    Strings lose what is in them and comments go; so do line ends and last commas in inline tables, and times without
    seconds, which are new in TOML 1.1.
    """
    return "".join(_masked(tokens(text)))


def _masked(source: Iterable[re.Match[str]]) -> Iterator[str]:
    brackets: list[str] = []  # those that are open
    comma = ""  # the last comma of an inline table, and the white space after it, held back
    for match in source:
        token = match[0]
        first = token[0]
        if comma:
            if token == "\n" or first == "#" or token.isspace():
                comma += " " * len(token)
                continue
            yield " " * len(comma) if token == "}" else comma
            comma = ""
        if first in "\"'":
            yield f'"{"_" * (len(token) - 2)}"'
        elif first == "#":
            yield " " * len(token)
        elif token == "\n":
            yield " " if brackets and brackets[-1] == "{" else "\n"
        elif token == "," and brackets and brackets[-1] == "{":
            comma = token
        else:
            if first in "[{":
                brackets.append(token)
            elif first in "]}" and brackets:
                brackets.pop()
            elif ":" in token:
                token = _TIME.sub(lambda time: "1" * len(time[0]), token)
            yield token.replace("\r", " ")
    yield comma


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_toml.language()))
