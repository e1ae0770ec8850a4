"""What can begin on a line of its own: headers of tables, and snippets of several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from flylint.schema import Node
from flylint.server.cursor import Cursor, Kind, Names, node_of, statements, table_of
from flylint.server.hover import about
from flylint.server.items import Item, plain

_TABLE = ("table", "map", "env", "processes", "concurrency", "headers")
"""How flyctl reads what is written as `[table]`."""


OWN_NAME = "NAME"
"""Stands in a path for a name that the user chooses."""

_END_OF_LINE = re.compile(r"[ \t]*(?:[#\r\n]|\Z)")


class Snippet(NamedTuple):
    """A piece of a file with places to fill in; `header` is its first line."""

    name: str
    detail: str
    header: str
    body: str


HTTP_CHECK = """\
  grace_period = "${1:10s}"
  interval = "${2:15s}"
  timeout = "${3:5s}"
  method = "GET"
  path = "${4:/health}"
"""
SNIPPETS = (
    Snippet("health check of [http_service]", "asks the app for a path", "[[http_service.checks]]", HTTP_CHECK),
    Snippet("health check of a service", "asks the app for a path", "[[services.http_checks]]", HTTP_CHECK),
    Snippet(
        "health check beside services",
        "connects to a port, without influence on routing",
        "[checks.${1:alive}]",
        '  type = "tcp"\n  port = ${2:8080}\n  interval = "${3:15s}"\n  timeout = "${4:2s}"\n',
    ),
    Snippet(
        "web service",
        "HTTP and HTTPS from the outside",
        "[http_service]",
        "  internal_port = ${1:8080}\n  force_https = true\n"
        '  auto_stop_machines = "${2:stop}"\n  auto_start_machines = true\n  min_machines_running = ${3:0}\n',
    ),
    Snippet(
        "service",
        "one port from the outside to the app",
        "[[services]]",
        '  internal_port = ${1:8080}\n  protocol = "${2:tcp}"\n\n'
        '  [[services.ports]]\n    port = ${3:443}\n    handlers = ["tls", "http"]\n',
    ),
    Snippet(
        "mount",
        "a volume and where it appears",
        "[[mounts]]",
        '  source = "${1:data}"\n  destination = "${2:/data}"\n  initial_size = "${3:1gb}"\n',
    ),
)


class _Layout:
    """Which tables the rest of a text has, so that a further header gives a text that can be read."""

    def __init__(self, text: str, cursor: Cursor) -> None:
        self.single: set[Names] = set()  # the tables with a header
        self.arrays: set[Names] = set()  # the arrays of tables
        self.above: set[Names] = set()  # those of which one begins above the cursor
        self.pairs: set[Names] = set()  # the keys that have a value
        self.dotted: set[Names] = set()  # the tables that dotted keys make
        table: Names = ()
        for statement in statements(text):
            names = statement.names
            if statement.start == cursor.statement.start or statement.is_blank:
                continue
            if statement.is_pair:
                self.pairs.add((*table, *names))
                self.dotted |= {(*table, *names[:end]) for end in range(1, len(names))}
                continue
            table = names
            (self.arrays if statement.is_array_header else self.single).add(names)
            if statement.is_array_header and statement.start < cursor.statement.start:
                self.above.add(names)

    def allows(self, path: Names, array: bool) -> bool:
        """Whether the text can still be read with such a header at the cursor."""
        prefixes = [path[:end] for end in range(1, len(path))]
        if path in self.pairs or any(prefix in self.pairs for prefix in prefixes):
            return False
        if any(_is_array(prefix) and prefix not in self.above for prefix in prefixes):
            return False  # it would make a table of the array
        return path not in self.single and path not in self.dotted and (array or path not in self.arrays)

    def free(self, table: Names) -> str:
        """A name that no table below this one has."""
        return next(name for name in _names() if (*table, name) not in self.single | self.pairs | self.dotted)


def _names() -> Iterator[str]:
    yield "name"
    yield from (f"name{number}" for number in count(2))


def headers(text: str, cursor: Cursor) -> Iterator[Item]:
    """The headers of tables that the file does not have yet, and of arrays of tables; then snippets."""
    if not _END_OF_LINE.match(text, cursor.end):
        return
    layout, here = _Layout(text, cursor), section_table(cursor)
    for path, array, title in _all_tables():
        if not _fits(text, cursor, path, array) or not layout.allows(path, array):
            continue
        written = ".".join(path)
        header = f"[[{written}]]" if array else f"[{written}]"
        below = here and path[: len(here)] == here
        rank = 2 if below else 3 if len(path) == 1 or path[:1] in layout.single | layout.arrays else 4
        words = about(path if path[-1] != OWN_NAME else path[:-1])
        inserted = header.replace(OWN_NAME, f"${{1:{layout.free(path[:-1])}}}")
        typed = _typed(text, cursor, ".".join(path[len(here) :]) if below and cursor.kind is Kind.KEY else written)
        kind = "table" if inserted == header else "snippet"
        yield Item(header, kind, inserted, cursor.start, cursor.end, title, words, rank, typed)
    for snippet in () if pairs_follow(cursor) else SNIPPETS:
        path, array = tuple(plain(snippet.header).strip("[]").split(".")), snippet.header.startswith("[[")
        if not _fits(text, cursor, path, array) or not layout.allows(path, array):
            continue
        if path[:1] == ("http_service",) and len(path) > 1 and path[:1] not in layout.single:
            continue
        typed = _typed(text, cursor, ".".join(path)) if cursor.kind is Kind.HEADER else snippet.name
        whole = f"{snippet.header}\n{snippet.body.rstrip()}"
        words = f"```toml\n{plain(whole)}\n```"
        yield Item(snippet.name, "snippet", whole, cursor.start, cursor.end, snippet.detail, words, 5, typed)


def section_table(cursor: Cursor) -> Names:
    """The table of the section that the cursor is in."""
    return cursor.section[0].names if cursor.section and cursor.section[0].is_header else ()


def pairs_follow(cursor: Cursor) -> bool:
    """Whether keys of the same section follow, which a header here would take into another table."""
    return any(statement.is_pair and statement.start > cursor.statement.start for statement in cursor.section)


def is_table(node: Node) -> bool:
    """Whether it is written as `[table]`."""
    return node.read in _TABLE


def has_header(node: Node) -> bool:
    """Whether it is usually written with a header."""
    return is_table(node) or node.read == "checks" or _is_array_node(node)


def _is_array_node(node: Node) -> bool:
    return node.read == "tables" or (node.read == "list" and node.items is not None and bool(node.items.keys))


def _is_array(path: Names) -> bool:
    node = node_of(path)
    return node is not None and _is_array_node(node)


def title_of(table: Node, key: str) -> str:
    """The title of a key."""
    return str(table.about(key).get("title", ""))


def _all_tables(path: Names = ()) -> Iterator[tuple[Names, bool, str]]:
    """Every table that a file can have: its path, whether it is an array of tables, and its title."""
    table = table_of(node_of(path))
    if table is None:
        return
    for key in table.keys:
        node, below = table.child(key), (*path, key)
        if node is None:
            continue
        if node.read == "checks":
            yield (*below, OWN_NAME), False, title_of(table, key)
        elif _is_array_node(node) or is_table(node):
            yield below, _is_array_node(node), title_of(table, key)
            yield from _all_tables(below)


def _typed(text: str, cursor: Cursor, name: str) -> str:
    """What an editor compares with what is written: in a header the name behind as many brackets."""
    if cursor.kind is not Kind.HEADER:
        return name
    return "[" * (2 if text.startswith("[[", cursor.start) else 1) + name


def _fits(text: str, cursor: Cursor, path: Names, array: bool) -> bool:
    """Whether a header can be meant by what is written: `[[` begins nothing but an array of tables."""
    if cursor.kind is not Kind.HEADER:
        return True
    return path[: len(cursor.table)] == cursor.table and (array or not text.startswith("[[", cursor.start))
