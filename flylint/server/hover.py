"""What an editor shows about the key, the value or the rule name under the mouse, as Markdown."""

from __future__ import annotations

import re
from typing import Any

from flylint import platform
from flylint.document import loads
from flylint.fixes import render
from flylint.pages import page
from flylint.rules import all_rules
from flylint.server.cursor import Cursor, Kind, Names, cursor_at, node_of, table_of, value_at
from flylint.settings import rule_names
from flylint.values import (
    UNITS,
    format_duration,
    format_memory,
    go_text,
    parse_duration,
    parse_memory,
    parse_volume_size,
    split_words,
)

_NAME = re.compile(r"[\"']?[\w-]+[\"']?")
_RULE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONG_UNITS = {"ns": "nanoseconds", "ms": "milliseconds", "s": "seconds"}
_TYPES = {
    "string": "text",
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "list": "list",
    "table": "table",
    "map": "table with names of your own",
    "tables": "array of tables",
    "checks": "table of tables, one for each check",
    "headers": "table of headers",
    "env": "table of variables",
    "processes": "table of commands",
    "port": "port number",
    "words": "list of words, or one text that is split into words",
    "duration": "duration",
    "lenient-duration": "duration",
    "concurrency": "table",
    "autostop": "text",
    "persist-rootfs": "text",
}
_SERVICE_CHECKS = (("http_service", "checks"), ("services", "tcp_checks"), ("services", "http_checks"))


def hover(text: str, offset: int) -> tuple[str, int, int] | None:
    """The Markdown about an offset, and the start and end of what it is about."""
    cursor = cursor_at(text, offset)
    if cursor.kind is Kind.COMMENT:
        return _rule(text, cursor, offset)
    if cursor.kind is Kind.VALUE:
        return _value(text, cursor)
    if cursor.kind in (Kind.KEY, Kind.HEADER) and cursor.path and cursor.path[-1]:
        words = about(cursor.path)
        if words:
            start = offset - len(cursor.word.rpartition(".")[2].lstrip())
            name = _NAME.match(text, start)
            return words, start, name.end() if name else offset
    return None


def _rule(text: str, cursor: Cursor, offset: int) -> tuple[str, int, int] | None:
    """The page of a rule that an ignore comment names."""
    if "flylint:" not in text[cursor.start : cursor.end]:
        return None
    known = rule_names()
    for match in _RULE_NAME.finditer(text, cursor.start, cursor.end):
        if match.start() <= offset <= match.end() and match[0] in known:
            return page(all_rules()[known[match[0]]].name), match.start(), match.end()
    return None


def _value(text: str, cursor: Cursor) -> tuple[str, int, int] | None:
    """What a value means, and below it what there is to say about its key."""
    written = value_at(text, cursor)
    words = about(cursor.path)
    if not words:
        return None
    try:
        said = meaning(cursor.path, loads(f"value = {written}")["value"])
    except (ValueError, OverflowError, RecursionError):
        said = ""
    whole = f"`{written}`: {said}\n\n---\n\n{words}" if said else words
    return whole, cursor.start, cursor.start + len(written)


def about(path: Names) -> str:
    """What the schema says about a key: its name and title, description, type, default, values, documentation."""
    table, node = table_of(node_of(path[:-1])), node_of(path)
    if not path or table is None or node is None:
        return ""
    schema = table.about(path[-1])
    title, description = schema.get("title", ""), schema.get("description", "")
    if not description:  # a name that the user chose, such as a variable: what it is one of
        return about(path[:-1]) if len(path) > 1 else ""
    facts = []
    if node.read in _TYPES:
        kind = _TYPES[node.read]
        if kind == "duration" and node.unit:
            kind += f' such as `"10s"`; a plain number counts {_LONG_UNITS[node.unit]}'
        facts.append(f"Type: {kind}")
    default = schema.get("default")
    if default not in (None, "", [], {}):
        facts.append(f"Default: `{render(default)}`")
    values = values_of(schema)
    if values and len(values) <= 8:
        facts += [f"`{render(value)}`: {words}" if words else f"`{render(value)}`" for value, words in values.items()]
    if schema.get("x-docs"):
        facts.append(f"[Documentation]({schema['x-docs']})")
    heading = f"**{path[-1]}**" + (f": {title}" if title else "")
    if schema.get("deprecated"):
        heading += " (old spelling)"
    parts = [heading, description, "\n".join(f"- {fact}" for fact in facts)]
    return "\n\n".join(part for part in parts if part)


def values_of(schema: dict[str, Any]) -> dict[Any, str]:
    """The values that a key, or the elements of its list, can have, each with a few words."""
    found: dict[Any, str] = {}
    places = [schema, *schema.get("anyOf", ())]
    places += [place["items"] for place in places if isinstance(place.get("items"), dict)]
    for place in places:
        found.update(place.get("x-values") or dict.fromkeys(place.get("enum", ()), ""))
    return found


def meaning(path: Names, value: Any) -> str:
    """What Fly.io makes of a value; "" when that is what is written there."""
    table, node = table_of(node_of(path[:-1])), node_of(path)
    if not path or table is None or node is None:
        return ""
    if node.read in ("duration", "lenient-duration"):
        return _duration(path, node.unit, value)
    values = values_of(table.about(path[-1]))
    if isinstance(value, str) and values.get(value):
        return values[value]
    if node.read == "autostop" and isinstance(value, bool):
        return 'the old word for `"stop"`' if value else 'the old word for `"off"`'
    if path == ("primary_region",) and value in platform.DEPRECATED_REGIONS:
        successor = platform.DEPRECATED_REGIONS[value]
        near = f", near it is `{successor}` ({platform.REGIONS[successor]})" if successor else ""
        return f"a region that Fly.io has given up{near}"
    if path[:1] == ("processes",) and isinstance(value, str):
        words = split_words(value)
        return "the words " + ", ".join(f"`{word}`" for word in words) if len(words) > 1 else ""
    if path[:1] == ("env",) and not isinstance(value, str):
        return f'the app sees the text `"{go_text(value)}"`'
    return _size(path, value)


def _duration(path: Names, unit: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    length = parse_duration(value) if isinstance(value, str) else int(value * UNITS[unit or "ns"])
    said = format_duration(length)
    if not isinstance(value, str):
        said += " here"
    effective = length
    if path[:2] in _SERVICE_CHECKS:
        effective = platform.clamp_service_check(length, zero_allowed=path[-1] == "grace_period")
    elif path == ("kill_timeout",):
        effective = min(length, platform.MAX_KILL_TIMEOUT)
    if effective != length:
        said += f", {'lowered' if effective < length else 'raised'} to {format_duration(effective)} by Fly.io"
    return "" if said == value else said


def _size(path: Names, value: Any) -> str:
    """What a size of memory, swap or a volume comes to."""
    key = path[-1]
    if isinstance(value, bool):
        return ""
    if path[0] in ("vm", "compute", "computes") and key == "memory" and isinstance(value, (str, int)):
        return format_memory(parse_memory(str(value)))
    if key in ("memory_mb", "swap_size_mb", "max_memory_mb") and isinstance(value, int):
        return format_memory(value)
    if key == "initial_size" and isinstance(value, (str, int)):
        return f"{parse_volume_size(str(value))} GB"
    return ""
