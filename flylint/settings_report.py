"""The settings that hold for a file, written as a flylint.toml that says where each of them comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flylint.document import Document
from flylint.rules import all_rules

if TYPE_CHECKING:
    from typing import Any

    from flylint.document import Path
    from flylint.settings import Settings


def described(settings: Settings) -> list[str]:
    """The lines of a flylint.toml that says the same as these settings, defaults included."""
    origin = _Origin(settings.source)
    lines = [f"# settings file: {settings.source or 'none'}"]
    for key, value in (
        ("select", settings.select),
        ("ignore", settings.ignore),
        ("exclude", settings.exclude),
        ("project", settings.project),
    ):
        lines.append(f"{key} = {_toml(value)}  # {origin.of(key)}")
    for key, table in (
        ("per-file-ignores", settings.per_file_ignores),
        ("severity", {rule: str(severity) for rule, severity in settings.severity.items()}),
    ):
        lines += ["", f"[{key}]", *(f"{_key(name)} = {_toml(table[name])}  # {origin.of(key, name)}" for name in table)]
    for rule in all_rules().values():
        if rule.options:
            options = settings.options_of(rule)
            written = (rule.name, *rule.aliases)
            lines += ["", f"[rules.{rule.name}]"]
            lines += [f"{_key(key)} = {_toml(options[key])}  # {origin.of('rules', written, key)}" for key in options]
    return lines


class _Origin:
    """Where settings stand in a file."""

    def __init__(self, source: str | None) -> None:
        self._source = source
        if source:
            with open(source, "rb") as file:
                self._document = Document.from_bytes(file.read(), source)
            self._top: Path = ("tool", "flylint") if source.endswith("pyproject.toml") else ()

    def of(self, *path: str | tuple[str, ...]) -> str:
        """The file and line of a setting, or "default". A tuple stands for any of several names."""
        if self._source is None:
            return "default"
        value: Any = self._document.values
        found: Path = ()
        for part in (*self._top, *path):
            names = (part,) if isinstance(part, (str, int)) else part
            name = next((name for name in names if name in value), None)
            if name is None:
                return "default"
            value, found = value[name], (*found, name)
        start = self._document.span(found, "key").start
        return f"{self._source}:{self._document.position(start).line}"


def _toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(item)}" for key, item in value.items()) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (str, bool, int, float)) else str(value)


def _key(key: str) -> str:
    """A key as TOML writes it."""
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if bare else json.dumps(key, ensure_ascii=False)
