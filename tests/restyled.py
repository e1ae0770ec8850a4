"""Values written as TOML in any style: headers, dotted keys or inline tables, indented, aligned, with comments."""

from __future__ import annotations

from random import Random
from typing import Any

from flylint.fixes.toml import render_key

Values = dict[str, Any]


class Style:
    """How one file is written; what a file does not settle once is drawn each time."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.indent = random.choice(["", "  ", "\t", "    "])
        self.deeper = random.choice([True, False])
        self.separator = random.choice([" = ", "=", " =  "])
        self.aligned = random.random() < 0.3
        self.quote = random.choice("\"'")
        self.spaced = random.random() < 0.7
        self.spaced_headers = random.random() < 0.2
        self.comments = random.choice([0, 0, 0.3, 0.8])
        self.headers = random.choice([0.5, 0.9, 1])  # how often a table has one
        self.number = 0

    def comment(self) -> str:
        """A comment that no other is like, or none."""
        if self.random.random() >= self.comments:
            return ""
        self.number += 1
        return f"# {self.number}: é, [x] = {{ 'y'"

    def text(self, values: Values) -> str:
        lines = [self.comment(), *self.table((), values, 0)]
        text = "".join(line.rstrip() + "\n" for line in lines if line or self.spaced)
        if self.random.random() < 0.2:
            text = text.rstrip("\n")
        return text.replace("\n", "\r\n") if self.random.random() < 0.2 else text

    def table(self, path: tuple[str, ...], values: Values, depth: int) -> list[str]:
        """The lines of a table: its pairs, then its sub-tables with their headers."""
        pairs: list[tuple[str, str]] = []
        below: list[str] = []
        margin = self.indent * (depth if self.deeper else bool(depth))
        outer = self.indent * depth if self.deeper else ""
        for key, value in values.items():
            tables = [value] if isinstance(value, dict) else value if _are_tables(value) else []
            if not tables or self.random.random() > self.headers:
                pairs += self.pair(render_key(key), value)
                continue
            names = (" . " if self.spaced_headers else ".").join(map(render_key, (*path, key)))
            header = f"[ {names} ]" if self.spaced_headers else f"[{names}]"
            for table in tables:
                below += ["", *filter(None, [outer + self.comment()])]
                below.append(f"{outer}{header if isinstance(value, dict) else f'[{header}]'}  {self.comment()}")
                below += self.table((*path, key), table, depth + 1)
        width = max((len(key) for key, _ in pairs), default=0) if self.aligned else 0
        lines: list[str] = []
        for key, value in pairs:
            lines += filter(str.strip, [margin + self.comment()])
            lines.append(f"{margin}{key.ljust(width)}{self.separator}{value} {self.comment()}")
        return lines + below

    def pair(self, key: str, value: Any) -> list[tuple[str, str]]:
        """A pair, or a table as several with dotted keys."""
        if isinstance(value, dict) and value and self.random.random() < 0.4:
            return [pair for name, item in value.items() for pair in self.pair(f"{key}.{render_key(name)}", item)]
        return [(key, self.value(value))]

    def value(self, value: Any) -> str:
        if isinstance(value, dict):
            return self.enclosed("{", [f"{render_key(key)} = {self.value(item)}" for key, item in value.items()], "}")
        if isinstance(value, list):
            return self.enclosed("[", [self.value(item) for item in value], "]")
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str):
            if self.quote == "'" and value.isprintable() and "'" not in value:
                return f"'{value}'"
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'
        return str(value)

    def enclosed(self, opening: str, items: list[str], closing: str) -> str:
        if not items:
            return opening + closing
        if self.random.random() < 0.6:
            blank = self.random.choice(["", " "])
            return opening + blank + ", ".join(items) + blank + closing
        last = self.random.choice(["", ","])
        lines = [
            f"{item}{',' if number + 1 < len(items) else last} {self.comment()}" for number, item in enumerate(items)
        ]
        return "\n    ".join([f"{opening} {self.comment()}", *lines]) + f"\n  {closing}"


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def merged(one: Values, other: Values) -> Values:
    """The keys of both; tables and lists are joined, and of other values the second holds."""
    result = dict(one)
    for key, value in other.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = merged(old, value)
        elif _are_tables(old) and _are_tables(value):
            result[key] = old + value
        else:
            result[key] = value
    return result
