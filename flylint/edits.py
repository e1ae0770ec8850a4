"""How a file can be changed, in terms of its keys and tables. `flylint.fixes` turns these into edits of the text."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from flylint.document import Path, Span


class Raw(str):
    """A value as TOML text, for `Replace` and `Insert`."""

    __slots__ = ()


class Replace:
    """A new value at a path."""

    __slots__ = ("path", "value")

    def __init__(self, path: Path, value: Any) -> None:
        self.path = path
        self.value = value


class Rename:
    """A new name for a key or for the last name of a table."""

    __slots__ = ("key", "path")

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self.key = key


class Delete:
    """Take away a key with its value, an element of an array, or a table with everything under it."""

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path


class Insert:
    """A new key in an existing table."""

    __slots__ = ("key", "table", "value")

    def __init__(self, table: Path, key: str, value: Any) -> None:
        self.table = table
        self.key = key
        self.value = value


class InsertTable:
    """A new table `[parent.name]`, with `array` a new element `[[parent.name]]`, with some keys and a comment above."""

    __slots__ = ("array", "comment", "items", "name", "parent")

    def __init__(
        self, parent: Path, name: str, items: dict[str, Any], array: bool = False, comment: str | None = None
    ) -> None:
        self.parent = parent
        self.name = name
        self.items = items
        self.array = array
        self.comment = comment


class MoveKey:
    """A key with its value goes to another table, which is made where it does not exist."""

    __slots__ = ("key", "path", "table")

    def __init__(self, path: Path, table: Path, key: str | None = None) -> None:
        self.path = path
        self.table = table
        self.key = key


class Nest:
    """A table becomes a table of another one that takes its place: `[table]` becomes `[table.key]`."""

    __slots__ = ("key", "path")

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self.key = key


class SetBrackets:
    """`[table]` becomes `[[table]]`, or with `array=False` the only element `[[table]]` becomes `[table]`."""

    __slots__ = ("array", "path")

    def __init__(self, path: Path, array: bool) -> None:
        self.path = path
        self.array = array


class Merge:
    """An element of an array of tables becomes part of the one before: its own keys go, its sub-tables are added there."""

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path


class NameElements:
    """An array of tables becomes a table of tables: `[[table]]` is `[table.name]`, with a name for each element.

    With `value` each element comes down to the value of this key: `[[table]]` with `value = 1` is `name = 1` in `[table]`.
    """

    __slots__ = ("names", "path", "value")

    def __init__(self, path: Path, names: list[str], value: str | None = None) -> None:
        self.path = path
        self.names = names
        self.value = value


class ReplaceText:
    """Other text for a stretch of a file that cannot be read as it stands, so that it has no path."""

    __slots__ = ("span", "text")

    def __init__(self, span: Span, text: str) -> None:
        self.span = span
        self.text = text


if TYPE_CHECKING:
    StructuralEdit: TypeAlias = (
        Replace
        | Rename
        | Delete
        | Insert
        | InsertTable
        | MoveKey
        | Nest
        | SetBrackets
        | Merge
        | NameElements
        | ReplaceText
    )
