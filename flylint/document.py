"""A TOML document: its text, its values, its syntax errors and, when somebody asks, the place of each key and value.

A clean file pays for nothing but tomli: errors are explained in `flylint.syntax` and places are found in
`flylint.positions`, both imported when first needed. For the same reason this module keeps away from dataclasses and
typing at run time.
"""

from __future__ import annotations

import tomli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeAlias

    from typing_extensions import Self

    from flylint.positions import Index

    Path: TypeAlias = tuple[str | int, ...]
    """Keys and list indexes from the top of the file, each key without its quotes."""
    Value: TypeAlias = Any  # what tomli returns: str, int, float, bool, dates, list, dict
else:
    Path, Value = tuple, object

MAX_DEPTH = 100
"""How deep tables and arrays may nest. Far beyond any real file, far below what recursive code can stand."""

INTEGERS = range(-(2**63), 2**63)
"""The whole numbers that flyctl's TOML reader knows."""


class Position(tuple[int, int, int]):
    """A place in a text: line and column count from 1, offset from 0, all in code points."""

    __slots__ = ()

    def __new__(cls, line: int, column: int, offset: int) -> Self:
        return tuple.__new__(cls, (line, column, offset))

    def __getnewargs__(self) -> tuple[int, int, int]:
        return self  # for pickle: what `Position` takes

    @property
    def line(self) -> int:
        return self[0]

    @property
    def column(self) -> int:
        return self[1]

    @property
    def offset(self) -> int:
        return self[2]

    def __repr__(self) -> str:
        return f"Position(line={self[0]}, column={self[1]}, offset={self[2]})"


class Span(tuple[int, int]):
    """A stretch of a text from offset `start` to just before offset `end`, in code points."""

    __slots__ = ()

    def __new__(cls, start: int, end: int) -> Self:
        return tuple.__new__(cls, (start, end))

    @property
    def start(self) -> int:
        return self[0]

    @property
    def end(self) -> int:
        return self[1]

    def __repr__(self) -> str:
        return f"Span({self[0]}, {self[1]})"


class Repair:
    """How a statement can be made readable: other `text` for a stretch. `safe`: nothing else can have been meant."""

    __slots__ = ("safe", "span", "text", "title")

    def __init__(self, title: str, span: Span, text: str = "", safe: bool = False) -> None:
        self.title = title
        self.span = span
        self.text = text
        self.safe = safe


class SyntaxProblem:
    """Why a statement cannot be read; `related` points at other statements that have a part in it."""

    __slots__ = ("help", "message", "related", "repair", "span")

    def __init__(
        self,
        span: Span,
        message: str,
        help: str | None = None,
        related: Iterable[tuple[Span, str]] = (),
        repair: Repair | None = None,
    ) -> None:
        self.span = span
        self.message = message
        self.help = help
        self.related = tuple(related)
        self.repair = repair

    def __repr__(self) -> str:
        return f"SyntaxProblem({self.span!r}, {self.message!r}, {self.help!r}, {self.related!r})"


class Document:
    """The text of a file and what it says.

    `values` is what could be read: when the file has syntax errors, the broken statements are left out of it, and each
    has its entry in `problems`.
    """

    def __init__(self, text: str, name: str = "fly.toml") -> None:
        self.text = text
        self.name = name
        self.values: dict[str, Value]
        self.problems: list[SyntaxProblem] = []
        self._source = text  # the text with broken statements blanked out: always valid, every offset as in `text`
        self._index: Index | None = None
        self._line_starts: list[int] | None = None
        try:
            self.values = loads(text)
            sound = next(excesses(self.values), None) is None
        except (ValueError, RecursionError):  # what tomli raises for bad syntax and for 400 nested brackets
            sound = False
        if not sound:
            from flylint.syntax import recover

            self.values, self._source, self.problems = recover(text)

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "fly.toml") -> Document:
        """The document in `data`. Bytes that are not UTF-8 are one problem, and the only one of the document."""
        text, problem = read_text(data)
        document = cls(text, name)
        if problem:
            document.problems = [problem]
        return document

    @property
    def complete(self) -> bool:
        """Whether every statement of the file could be read."""
        return not self.problems

    @property
    def sound(self) -> str:
        """The text with blanks in place of what cannot be read, every offset as in `text`."""
        return self._source

    @property
    def index(self) -> Index:
        """Where everything in the file is, found out when first asked for."""
        if self._index is None:
            from flylint.positions import Index

            self._index = Index(self._source)
        return self._index

    def span(self, path: Path, on: str = "value") -> Span:
        """Where the value at `path` stands, or with `on="key"` its key; for a path that is not there, its parent.

        The value of a table is its header `[x]` or `[[x]]`; of a table that has none, the first names that mention it.
        The key of a table is its last name in that header. An element of a plain array is its own key.
        """
        places = self.index.places
        while path:
            place = places.get(path)
            if place:
                return place.key if on == "key" else place.value
            path = path[:-1]
        return Span(0, 0)

    def position(self, offset: int) -> Position:
        """The line and column of an offset. A line ends with `\\n`; an offset beyond the text is its end."""
        from bisect import bisect_right

        offset = min(max(offset, 0), len(self.text))
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1, offset)

    @property
    def line_starts(self) -> list[int]:
        """The offset at which each line starts."""
        if self._line_starts is None:
            self._line_starts = [0]
            at = self.text.find("\n")
            while at >= 0:
                self._line_starts.append(at + 1)
                at = self.text.find("\n", at + 1)
        return self._line_starts

    @property
    def lines(self) -> list[str]:
        """The lines of the file without their line ends."""
        return [line.removesuffix("\r") for line in self.text.split("\n")]

    def comments(self) -> list[tuple[Span, str]]:
        """Every comment of the file from its `#` to the end of its line."""
        if "#" not in self.text:
            return []
        from flylint.positions import tokens

        return [
            (Span(token.start(), token.start() + len(text)), text)
            for token in tokens(self.text)
            if token[0][0] == "#" and (text := token[0].removesuffix("\r"))
        ]


def loads(text: str) -> dict[str, Value]:
    """The values of a TOML text. Raises ValueError or RecursionError when it has none."""
    return tomli.loads(text, parse_float=_float)


def _float(text: str) -> float:
    """The number; one that no float can hold, which flyctl refuses, becomes a whole number that is as much refused."""
    number = float(text)
    return 2**64 if number in (_INFINITY, -_INFINITY) and "inf" not in text else number


_INFINITY = float("inf")


def excesses(values: dict[str, Value]) -> Iterator[Path]:
    """The paths of values that tomli reads and flyctl does not, or that nest too deep for any program to be safe."""
    todo: list[tuple[Path, Value]] = [((), values)]
    for path, container in todo:
        if len(path) >= MAX_DEPTH:
            yield path
            continue
        for key, value in container.items() if type(container) is dict else enumerate(container):
            kind = type(value)
            if kind is dict or kind is list:
                if value:
                    todo.append(((*path, key), value))
            elif kind is int and value not in INTEGERS:
                yield (*path, key)


def read_text(data: bytes) -> tuple[str, SyntaxProblem | None]:
    """The text of a file, and what is wrong with its encoding.

    A byte order mark stays in the text: flyctl's TOML reader stumbles over it, so the document has to as well.
    """
    try:
        return data.decode(), None
    except UnicodeDecodeError as error:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text, encoding, start, end = data.decode("utf-16", "replace"), "UTF-16", 0, 0
        else:
            start = len(data[: error.start].decode())
            text, encoding, end = data.decode("utf-8", "replace"), "", start + 1
    message = f"the file is {encoding}, not UTF-8" if encoding else "the file is not UTF-8 text"
    return text, SyntaxProblem(Span(start, end), message, "save it as UTF-8: flyctl reads nothing else")
