"""What an editor offers to write at a place: keys, tables, values, snippets, and rules in ignore comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flylint.rules import all_rules
from flylint.server.candidates import values
from flylint.server.cursor import Cursor, Kind, Names, cursor_at, names_of, node_of, statements, table_of
from flylint.server.headers import has_header, headers, is_table, pairs_follow, section_table, title_of
from flylint.server.hover import about
from flylint.server.items import Item

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

_HAS_VALUE = re.compile(r"[ \t]*[=.]")
_ENDS = re.compile(r"[ \t]*(?:[=.#\r\n]|\Z)")


def complete(text: str, offset: int) -> list[Item]:
    """What can be written at an offset."""
    cursor = cursor_at(text, offset)
    if cursor.kind is Kind.COMMENT:
        return list(_rules(text, offset, cursor))
    if cursor.kind is Kind.HEADER:
        return list(headers(text, cursor))
    if cursor.kind is Kind.KEY:
        return list(_keys(text, cursor))
    if cursor.kind is Kind.VALUE:
        return list(values(text, cursor))
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
    section = section_table(cursor)
    plain = not cursor.bracket and cursor.table == section  # neither in an inline table nor behind a dot
    if not cursor.bracket and (not _ENDS.match(text, cursor.end) or _has_headers(text, cursor, section)):
        return
    has_value = _HAS_VALUE.match(text, cursor.end) is not None
    present = _present(cursor)
    for key in table.keys:
        node, path = table.child(key), (*cursor.table, key)
        if node is None or path in present or (plain and has_header(node)) or _is_useless(title_of(table, key)):
            continue
        after = "" if has_value else "." if not cursor.bracket and is_table(node) else " = "
        rank = 0 if _is_needed(path) else 1
        detail = title_of(table, key) + ("" if rank else " (needed)")
        yield Item(key, "key", key + after, cursor.start, cursor.end, detail, about(path), rank)
    if plain and not has_value and not pairs_follow(cursor):  # else they would come into another table
        yield from headers(text, cursor)


def _has_headers(text: str, cursor: Cursor, section: Names) -> bool:
    """Whether a table on the way to a dotted key has a header, so that dots cannot make it."""
    dotted = [cursor.table[:end] for end in range(len(section) + 1, len(cursor.table) + 1)]
    return any(s.is_header and s.names[: len(path)] == path for s in statements(text) for path in dotted)


def _present(cursor: Cursor) -> set[Names]:
    """The keys that the table has already, in the text of its section or in this inline table."""
    if cursor.bracket:
        return {(*cursor.table, *names_of(sibling)) for sibling in cursor.siblings}
    base = section_table(cursor)
    return {(*base, *statement.names) for statement in cursor.section if statement.is_pair}


def _is_useless(title: str) -> bool:
    """Whether a key is there to be explained, and to be removed."""
    return title.endswith(("(no effect)", "(ended)"))


def _is_needed(path: Names) -> bool:
    if path[0] == "checks" and len(path) > 2:
        path = (path[0], "*", *path[2:])
    return path in NEEDED
