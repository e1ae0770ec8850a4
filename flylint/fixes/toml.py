"""Keys and values as TOML text."""

from __future__ import annotations

import re
from typing import Any

from flylint.edits import Raw

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SHORT_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_NEEDS_ESCAPE = re.compile(r'["\\\x00-\x1f\x7f\ud800-\udfff]')
_NOT_LITERAL = re.compile(r"['\x00-\x1f\x7f\ud800-\udfff]")
_QUOTE = re.compile(r"[\"']")


def render(value: Any, like: str = "") -> str:
    """A value as TOML; text gets the kind of quotes that comes first in `like`, an older value."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        quote = _QUOTE.search(like)
        if quote and quote[0] == "'" and not _NOT_LITERAL.search(value):
            return f"'{value}'"
        return '"' + _NEEDS_ESCAPE.sub(lambda c: _SHORT_ESCAPES.get(c[0], f"\\u{ord(c[0]):04X}"), value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(render(item, like) for item in value) + "]"
    if isinstance(value, dict):
        pairs = ", ".join(f"{render_key(key)} = {render(item, like)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return repr(value) if isinstance(value, float) else str(value)


def render_key(key: str) -> str:
    """A key, in quotes only where it needs them."""
    return key if _BARE_KEY.fullmatch(key) else render(key)


def render_keys(path: tuple[str | int, ...]) -> str:
    """The names of a path with dots between them, as in a header."""
    return ".".join(render_key(part) for part in path if isinstance(part, str))
