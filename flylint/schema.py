"""The JSON Schema of fly.toml (schemas/fly.schema.json): the one place that says which keys there are and of what type.

Besides the standard words it has `x-read`, the name of the way in which flyctl reads a value where that is more than
its type (decode.py), `x-unit`, the unit of a bare number in a duration, and `x-values` and `x-docs` for editors.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from os import path as os_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def schema_path(name: str = "fly.schema.json") -> str:
    """Where a schema is: inside the installed package, or in schemas/ of a checkout."""
    here = os_path.dirname(os_path.abspath(__file__))
    installed = os_path.join(here, "schemas", name)
    return installed if os_path.exists(installed) else os_path.join(os_path.dirname(here), "schemas", name)


@cache
def load(name: str = "fly.schema.json") -> dict[str, Any]:
    """A schema as it is published."""
    with open(schema_path(name), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    return schema


_READ_BY_TYPE = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean", "array": "list"}


class Node:
    """One place of the schema: what may stand there and how flyctl reads it."""

    __slots__ = ("_children", "_folded", "_properties", "extra", "items", "read", "schema", "title")

    def __init__(self, schema: dict[str, Any], title: str) -> None:
        self.schema = schema
        self.title = title
        self._properties: dict[str, dict[str, Any]] = schema.get("properties", {})
        self._children: dict[str, Node] = {}
        self._folded: dict[str, str] | None = None
        extra, items = schema.get("additionalProperties"), schema.get("items")
        self.extra: Node | None = node(extra if isinstance(extra, dict) else {}) if extra else None
        self.items: Node | None = node(items) if items else None
        kind = schema.get("x-read") or schema.get("type")
        if kind == "object":
            kind = "table" if self._properties else "map"
        self.read: str = _READ_BY_TYPE.get(kind, kind) if kind else "any"

    @property
    def keys(self) -> list[str]:
        """The keys that a table here may have, without the ones that only old files have."""
        return [key for key, value in self._properties.items() if not value.get("deprecated")]

    @property
    def unit(self) -> str:
        """What a bare number counts in a duration here: ns, ms or s."""
        return str(self.schema.get("x-unit", ""))

    @property
    def deprecated(self) -> bool:
        return bool(self.schema.get("deprecated"))

    def child(self, key: str) -> Node | None:
        """The place of a key of this table, spelt exactly; None when the table has no such key."""
        found = self._children.get(key)
        if found is None and key in self._properties:
            found = self._children[key] = node(self._properties[key])
        return found

    def about(self, key: str) -> dict[str, Any]:
        """What the schema says of a key of this table, for people: what stands here over what it refers to."""
        here = self._properties.get(key)
        if here is None:
            extra = self.schema.get("additionalProperties")
            here = extra if isinstance(extra, dict) else {}
        reference = here.get("$ref")
        return {**_definition(reference.rpartition("/")[2]).schema, **here} if reference else here

    def folded(self, key: str) -> str | None:
        """The key that equals this one but for its case, as flyctl's last decoding step finds it."""
        if self._folded is None:
            self._folded = {name.lower(): name for name in self.keys}
        return self._folded.get(key.lower())


@cache
def _definition(name: str) -> Node:
    return Node(load()["definitions"][name], name)


def node(schema: dict[str, Any]) -> Node:
    """The node of a piece of the schema; a reference gives the node of what it refers to."""
    reference = schema.get("$ref")
    return _definition(reference.rpartition("/")[2]) if reference else Node(schema, "")


@lru_cache(maxsize=1)
def root() -> Node:
    """The node of the whole file."""
    return Node(load(), "")
