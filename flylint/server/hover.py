"""What an editor shows about the key, the value or the rule name under the mouse, as Markdown."""

from __future__ import annotations

import re

from flylint.document import loads
from flylint.fixes.toml import render
from flylint.pages import page
from flylint.rules import all_rules
from flylint.server.cursor import Cursor, Kind, Names, cursor_at, node_of, table_of, value_at
from flylint.server.meaning import LONG_UNITS, in_file, meaning, values_of
from flylint.server.text import code
from flylint.settings import rule_names

_NAME = re.compile(r"[\"']?[\w-]+[\"']?")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_RULE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
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


def hover(text: str, offset: int) -> tuple[str, int, int] | None:
    """The Markdown about an offset, and the start and end of what it is about."""
    cursor = cursor_at(text, offset)
    if cursor.kind is Kind.COMMENT:
        return _rule(text, cursor, offset)
    if cursor.kind is Kind.VALUE:
        return _value(text, cursor)
    if cursor.kind in (Kind.KEY, Kind.HEADER) and cursor.path and cursor.path[-1]:
        return _key(text, cursor, offset)
    return None


def _key(text: str, cursor: Cursor, offset: int) -> tuple[str, int, int] | None:
    """What there is to say about a key, and below it what its value comes to."""
    words = about(cursor.path)
    if not words:
        return None
    start = offset - len(cursor.word.rpartition(".")[2].lstrip())
    name = _NAME.match(text, start)
    end = name.end() if name else offset
    equals = _EQUALS.match(text, end)
    if equals and cursor.kind is Kind.KEY:
        value = cursor_at(text, equals.end())
        written = value_at(text, value)
        said = _said(text, value, written)
        words += f"\n\n---\n\n{code(written)}: {said}" if said else ""
    return words, start, end


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
    said = _said(text, cursor, written)
    whole = f"{code(written)}: {said}\n\n---\n\n{words}" if said else words
    return whole, cursor.start, cursor.start + len(written)


def _said(text: str, cursor: Cursor, written: str) -> str:
    """What a value comes to, also while its closing quote is missing; "" when that is what is written there."""
    if cursor.quote and (len(written) == 1 or not written.endswith(cursor.quote)):
        written += cursor.quote
    try:
        value = loads(f"value = {written}")["value"]
        parts = [meaning(cursor.path, value), in_file(text, cursor.start, value)]
    except (ValueError, OverflowError, RecursionError):
        return ""
    return "; ".join(part for part in parts if part)


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
            kind += f' such as `"10s"`; a plain number counts {LONG_UNITS[node.unit]}'
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
