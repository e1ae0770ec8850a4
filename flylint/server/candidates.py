"""The values that are offered for a key: from the schema, from the facts about Fly.io and from the rest of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flylint import platform
from flylint.app import App
from flylint.document import Document
from flylint.fixes.toml import render
from flylint.schema import Node
from flylint.server.cursor import Cursor, Names, node_of, table_of
from flylint.server.items import Item
from flylint.server.meaning import LONG_UNITS, duration_limits, values_of
from flylint.values import MINUTE, SECOND, format_memory, parse_duration

_BEHIND_VALUE = re.compile(r"[ \t]*(?:[],}#\r\n]|\Z)")

DURATIONS = ("1s", "2s", "5s", "10s", "15s", "30s", "1m", "2m", "5m", "10m", "30m")


def values(text: str, cursor: Cursor) -> Iterator[Item]:
    """The values that a key can have."""
    table, node = table_of(node_of(cursor.path[:-1])), node_of(cursor.path)
    if table is None or node is None or not cursor.path:
        return
    if len(cursor.quote) > 1 or not _BEHIND_VALUE.match(text, cursor.end):
        return  # a text over several lines, or something else stands there already
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
    if default or default is False:  # 0 says no more than a key that is not there
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
    elif cursor.path[-1] == "grace_period":  # before that hardly any app is up
        shortest = 5 * SECOND
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
    elif cursor.path[0] == "env" and key in platform.PORT_VARIABLES:
        app = App(Document(text))
        for port in app.internal_ports(app.groups):
            yield str(port), "where requests go to"
    elif cursor.path[:2] == ("services", "ports") and key == "port":
        yield from ((443, "HTTPS"), (80, "HTTP"))
    elif key == "min_machines_running":
        yield from ((0, "all of them may stop"), (1, "one stays up in the primary region"))
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
