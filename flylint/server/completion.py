"""What an editor offers to write: keys, tables, values and snippets, from the schema and from what the file says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from flylint import platform
from flylint.app import App
from flylint.document import Document
from flylint.fixes import render
from flylint.rules import all_rules
from flylint.schema import Node
from flylint.server.cursor import Cursor, Kind, Names, Statement, cursor_at, names_of, node_of, statements, table_of
from flylint.server.hover import about
from flylint.server.meaning import LONG_UNITS, duration_limits, values_of
from flylint.values import MINUTE, format_memory, parse_duration

TABLE, TABLES = ("table", "map", "env", "processes", "concurrency", "headers"), "tables"
"""How flyctl reads what is written as `[table]`, and what as `[[table]]`."""

NEEDED = frozenset(
    {
        ("app",),
        ("http_service", "internal_port"),
        ("services", "internal_port"),
        ("services", "ports", "port"),
        ("services", "ports", "handlers"),
        ("checks", "*", "type"),
        ("checks", "*", "port"),
        ("mounts", "source"),
        ("mounts", "destination"),
        ("files", "guest_path"),
        ("statics", "guest_path"),
        ("statics", "url_prefix"),
        ("metrics", "port"),
        ("metrics", "path"),
        ("restart", "policy"),
        ("machine_checks", "command"),
        ("http_service", "machine_checks", "command"),
        ("services", "machine_checks", "command"),
    }
)
"""The keys without which a table does not do what it is for; the schema requires hardly any, as flyctl does not."""

_PLACE = re.compile(r"\$\{\d+:([^}]*)\}")
_HAS_VALUE = re.compile(r"[ \t]*[=.]")

DURATIONS = ("1s", "2s", "5s", "10s", "15s", "30s", "1m", "2m", "5m", "10m", "30m")


class Item(NamedTuple):
    """One thing to choose.

    label    what the list shows
    kind     "key", "table", "value" or "snippet"
    text     what is written in place of `start` to `end`; in a snippet `${1:word}` are the places to fill in
    detail   a few words beside it; `documentation` is Markdown
    rank     orders the list, smallest first
    word     what is compared with what is written
    """

    label: str
    kind: str
    text: str
    start: int
    end: int
    detail: str = ""
    documentation: str = ""
    rank: int = 0
    word: str = ""


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


def complete(text: str, offset: int) -> list[Item]:
    """What can be written at an offset."""
    cursor = cursor_at(text, offset)
    if cursor.kind is Kind.COMMENT:
        return list(_rules(text, offset, cursor))
    if cursor.kind is Kind.HEADER:
        return [*_headers(text, cursor), *_snippets(text, cursor)]
    if cursor.kind is Kind.KEY:
        return list(_keys(text, cursor))
    if cursor.kind is Kind.VALUE:
        return list(_values(text, cursor))
    return []


def _rules(text: str, offset: int, cursor: Cursor) -> Iterator[Item]:
    """The names of rules in the brackets of an ignore comment."""
    written = text[cursor.start : offset]
    directive, bracket, names = written.rpartition("[")
    if "flylint:" not in directive or not bracket or "]" in names:
        return
    word = names.rpartition(",")[2].lstrip()
    for rule in all_rules().values():
        yield Item(rule.name, "value", rule.name, offset - len(word), offset, str(rule.severity), rule.summary)


def _keys(text: str, cursor: Cursor) -> Iterator[Item]:
    """The keys that the table does not have yet, and below them the tables that could follow."""
    table = table_of(node_of(cursor.table))
    if table is None:
        return
    has_value = _HAS_VALUE.match(text, cursor.end) is not None
    with_header = not cursor.bracket and cursor.table == _table_of_section(cursor)
    present = _present(cursor)
    for key in table.keys:
        node, path = table.child(key), (*cursor.table, key)
        if node is None or path in present or (with_header and _is_table(node)):
            continue
        after = "" if has_value else "." if not cursor.bracket and node.read in TABLE else " = "
        rank = 0 if _is_needed(path) else 1
        detail = _title(table, key) + ("" if rank else " (needed)")
        yield Item(key, "key", key + after, cursor.start, cursor.end, detail, about(path), rank)
    alone = not text[cursor.statement.start : cursor.start].strip()
    if not with_header or not alone or has_value or _pairs_follow(cursor):
        return  # a header here would take the pairs below it into another table
    yield from _headers(text, cursor)
    yield from _snippets(text, cursor)


def _table_of_section(cursor: Cursor) -> Names:
    return cursor.section[0].names if cursor.section and cursor.section[0].is_header else ()


def _present(cursor: Cursor) -> set[Names]:
    """The keys that the table has already, in the text of its section or in this inline table."""
    if cursor.bracket:
        return {(*cursor.table, *names_of(sibling)) for sibling in cursor.siblings}
    base = _table_of_section(cursor)
    return {(*base, *statement.names) for statement in cursor.section if statement.is_pair}


def _pairs_follow(cursor: Cursor) -> bool:
    return any(statement.is_pair and statement.start > cursor.statement.start for statement in cursor.section)


def _is_table(node: Node) -> bool:
    """Whether it is usually written with a header."""
    return node.read in (*TABLE, TABLES, "checks") or (node.read == "list" and _is_table_of_tables(node))


def _is_table_of_tables(node: Node) -> bool:
    return node.items is not None and bool(node.items.keys)


def _is_needed(path: Names) -> bool:
    if path[0] == "checks" and len(path) > 2:
        path = (path[0], "*", *path[2:])
    return path in NEEDED


def _title(table: Node, key: str) -> str:
    return str(table.about(key).get("title", ""))


def _all_tables(table: Node, path: Names = ()) -> Iterator[tuple[Names, bool, str]]:
    """Every table that a file can have: its path, whether it is an array of tables, and its title."""
    for key in table.keys:
        node, below = table.child(key), (*path, key)
        if node is None:
            continue
        array = node.read == TABLES or (node.read == "list" and _is_table_of_tables(node))
        if node.read == "checks":
            yield (*below, "NAME"), False, _title(table, key)
        elif array or node.read in TABLE:
            yield below, array, _title(table, key)
            inner = table_of(node)
            if inner is not None:
                yield from _all_tables(inner, below)


def _headers(text: str, cursor: Cursor) -> Iterator[Item]:
    """The headers of tables that the file does not have yet, and of arrays of tables."""
    root = node_of(())
    assert root is not None
    everything = [statement for statement in statements(text) if statement.start != cursor.statement.start]
    present = {statement.names for statement in everything if statement.is_header}
    present |= {statement.names[:1] for statement in _top(everything) if statement.is_pair}
    here = _table_of_section(cursor)
    for path, array, title in _all_tables(root):
        if (path in present and not array) or not _fits(text, cursor, array):
            continue
        if cursor.kind is Kind.HEADER and path[: len(cursor.table)] != cursor.table:
            continue
        name = ".".join(path)
        header = f"[[{name}]]" if array else f"[{name}]"
        known = len(path) == 1 or path[:1] in present
        rank = 2 if here and path[: len(here)] == here else 3 if known else 4
        snippet = f"[{'.'.join(path[:-1])}.${{1:name}}]" if path[-1] == "NAME" else ""
        kind = "snippet" if snippet else "table"
        words = about(path[:-1] if snippet else path)
        typed = _typed(text, cursor, name)
        yield Item(header, kind, snippet or header, cursor.start, cursor.end, title, words, rank, typed)


def _typed(text: str, cursor: Cursor, name: str) -> str:
    """What an editor compares with what is written: in a header the name behind as many brackets."""
    if cursor.kind is not Kind.HEADER:
        return name
    return "[" * (2 if text.startswith("[[", cursor.start) else 1) + name


def _fits(text: str, cursor: Cursor, array: bool) -> bool:
    """Whether a header can be meant by what is written: `[[` begins nothing but an array of tables."""
    return array or cursor.kind is not Kind.HEADER or not text.startswith("[[", cursor.start)


def _top(everything: list[Statement]) -> list[Statement]:
    """The statements above the first header."""
    first = next((number for number, statement in enumerate(everything) if statement.is_header), len(everything))
    return everything[:first]


def _snippets(text: str, cursor: Cursor) -> Iterator[Item]:
    """Pieces of a file, where the tables that they belong to are."""
    present = {statement.names for statement in statements(text) if statement.is_header}
    for name, detail, header, body in SNIPPETS:
        parent = header.strip("[]").split(".")
        if header == "[http_service]" and ("http_service",) in present:
            continue
        if cursor.kind is Kind.HEADER and tuple(parent[: len(cursor.table)]) != cursor.table:
            continue
        if len(parent) > 1 and parent[0] != "checks" and (parent[0],) not in present:
            continue
        if not _fits(text, cursor, header.startswith("[[")):
            continue
        typed = _typed(text, cursor, header.strip("[]")) if cursor.kind is Kind.HEADER else name
        whole = f"{header}\n{body.rstrip()}"
        words = f"```toml\n{plain(whole)}\n```"
        yield Item(name, "snippet", whole, cursor.start, cursor.end, detail, words, 5, typed)


def plain(snippet: str) -> str:
    """A snippet with the words of its places filled in."""
    return _PLACE.sub(r"\1", snippet)


def _values(text: str, cursor: Cursor) -> Iterator[Item]:
    """The values that a key can have."""
    table, node = table_of(node_of(cursor.path[:-1])), node_of(cursor.path)
    if table is None or node is None or not cursor.path:
        return
    schema, seen = table.about(cursor.path[-1]), set()
    for rank, (value, detail) in enumerate(_candidates(text, cursor, node, schema)):
        written = _as_written(value, cursor, node)
        if written is None or written in seen:
            continue
        seen.add(written)
        yield Item(written, "value", written, cursor.start, cursor.end, detail, "", rank)


def _candidates(text: str, cursor: Cursor, node: Node, schema: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """Values with a few words each, the likeliest first."""
    suggested = list(_suggested(text, cursor))
    yield from suggested
    if suggested and cursor.path[-1] in ("processes", "source", "memory", "cpus"):
        return  # what this file or the rest of the table allows, for which no example can stand
    for value, words in values_of(schema).items():
        if value not in platform.DOCUMENTED_SIGNALS:
            yield value, words
    if node.read == "boolean":
        yield True, ""
        yield False, ""
    if node.read in ("duration", "lenient-duration"):
        yield from _durations(cursor, node, schema)
        return
    default = schema.get("default")
    if default not in (None, "", [], {}):
        yield default, "default"
    for example in schema.get("examples", ()):
        yield example, "example"


def _durations(cursor: Cursor, node: Node, schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Durations that hold as they are written, first those that begin with the number that is there already."""
    written = cursor.word.strip("\"'")
    usual = [example for example in schema.get("examples", ()) if isinstance(example, str)]
    candidates = dict.fromkeys((*usual, *DURATIONS))
    shortest, longest, _ = duration_limits(cursor.path)
    if cursor.path[0] == "deploy":  # a deploy that waits less than this fails for no reason
        shortest = MINUTE
    begun, unit = {}, ""
    if written.isdecimal():
        unit = "" if cursor.quote else f"a plain number would count {LONG_UNITS[node.unit]}"
        begun = dict.fromkeys(written + suffix for suffix in ("s", "ms", "m"))
        candidates = {**begun, **candidates}
    for candidate in candidates:
        try:
            fits = shortest <= parse_duration(candidate) <= longest
        except ValueError:  # more digits than a duration can have
            fits = False
        if fits:
            yield candidate, "usual" if candidate in usual else unit if candidate in begun else ""


def _suggested(text: str, cursor: Cursor) -> Iterator[tuple[Any, str]]:
    """Values that the rest of the file suggests: process groups, volumes, ports, sizes."""
    key = cursor.path[-1]
    if key == "processes" and len(cursor.path) > 1:
        app = App(Document(text))
        for group in app.groups:
            yield group, app.processes.get(group, "the default process group")
    elif key == "source" and cursor.path[0] == "mounts":
        app = App(Document(text))
        for mount in app.mounts:
            if mount.text("source") and mount.text("source") != cursor.word.strip("\"'"):
                yield mount.text("source"), f"volume on {mount.text('destination')}"
    elif key == "port" and cursor.path[0] in ("checks", "metrics"):
        app = App(Document(text))
        for port in app.internal_ports(app.groups):
            yield port, "the app listens there"
    elif cursor.path[:2] == ("services", "ports") and key == "port":
        yield from ((443, "HTTPS"), (80, "HTTP"))
    elif key == "internal_port":
        yield 8080, "usual"
    elif key in ("memory", "cpus") and "size" in _keys_of(cursor.path[:-1]):
        yield from _sizes(cursor)


def _keys_of(path: Names) -> list[str]:
    table = table_of(node_of(path))
    return table.keys if table else []


def _sizes(cursor: Cursor) -> Iterator[tuple[Any, str]]:
    """The memory or the number of CPUs that Machines of the size in the same table can have."""
    beside = _beside(cursor)
    size = beside.get("size") or platform.DEFAULT_SIZE
    preset = platform.VM_PRESETS.get(size)
    if preset is None or preset.gpus:
        return
    kind = beside.get("cpu_kind", preset.cpu_kind)
    if cursor.path[-1] == "cpus":
        for count in platform.CPU_COUNTS.get(kind, ()):
            yield count, f"{kind} CPUs" if count > 1 else f"{kind} CPU"
    elif kind == preset.cpu_kind and "cpus" not in beside:
        least, most = (
            limit[kind] * preset.cpus for limit in (platform.MIN_MEMORY_PER_CPU, platform.MAX_MEMORY_PER_CPU)
        )
        memory = least
        while memory <= most:
            detail = f"as {size} has it" if memory == least else f"the most for {size}" if memory == most else ""
            yield format_memory(memory), detail
            memory *= 2


def _beside(cursor: Cursor) -> dict[str, str]:
    """What is written for the other keys of the same table, without quotes."""
    pairs = cursor.siblings if cursor.bracket == "{" else [s.text for s in cursor.section if s.is_pair]
    found = {}
    for pair in pairs:
        key, _, value = pair.partition("=")
        found[key.strip()] = value.partition("#")[0].strip().strip("\"'")
    return found


def _as_written(value: Any, cursor: Cursor, node: Node) -> str | None:
    """A value as TOML for its place; None when it does not fit there."""
    listed = cursor.bracket == "["
    if node.read in ("list", "words") and not listed:
        value = value if isinstance(value, list) else [value]
    elif listed and isinstance(value, list):
        return None
    if isinstance(value, dict) or (cursor.quote and not isinstance(value, str)):
        return None
    written = render(value, cursor.quote)
    there = {sibling.strip("\"'") for sibling in cursor.siblings} if listed else ()
    return None if written.strip("\"'") in there else written
