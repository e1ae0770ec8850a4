"""What structural edits mean for the values of a file, to hold the edited text against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flylint.document import loads
from flylint.edits import (
    Delete,
    Insert,
    InsertTable,
    Merge,
    MoveKey,
    NameElements,
    Nest,
    Raw,
    Rename,
    Replace,
    ReplaceText,
    SetBrackets,
)
from flylint.fixes.changes import Unfixable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from flylint.document import Path
    from flylint.edits import StructuralEdit

    PathEdit: TypeAlias = (
        Replace | Rename | Delete | Insert | InsertTable | MoveKey | Nest | SetBrackets | Merge | NameElements
    )

_GONE = object()
"""Stands for a key or an item that is no more: all paths stay what they are in the file."""


class Outcome:
    """The values of a file, to try edits on: each trial begins with what is in the file."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._root = {"": _copied(values)}
        self._undo: list[tuple[Any, str | int, Any]] = []

    def expect(self, edits: Iterable[StructuralEdit]) -> None:
        """Do what the edits say, all at once. Raises Unfixable when they contradict the file or each other."""
        self._restore()
        places = [(edit, *self._places(edit)) for edit in edits if not isinstance(edit, ReplaceText)]
        # what is changed where it stands comes first: it may be moved as well
        places.sort(key=lambda place: not isinstance(place[0], (Replace, SetBrackets)))
        for edit, outer, key, table in places:
            self._do(edit, outer, key, table)

    def matches(self, values: dict[str, Any]) -> bool:
        """Whether a file says what is expected."""
        return _same(self._root[""], values)

    def _restore(self) -> None:
        while self._undo:
            container, key, value = self._undo.pop()
            if isinstance(container, list) and key == len(container) - 1 and value is _GONE:
                container.pop()
            else:
                container[key] = value

    def _places(self, edit: PathEdit) -> tuple[Any, str | int, Any]:
        """What holds the value that an edit is about, its key there, and the table that something new goes to."""
        if isinstance(edit, Insert):
            return None, "", self._table(edit.table)
        if isinstance(edit, InsertTable):
            return None, "", self._table(edit.parent)
        path = edit.path
        if isinstance(edit, Rename):
            while path and isinstance(path[-1], int):
                path = path[:-1]
        if not path:
            raise Unfixable("there is no such key")
        outer = self._container(path[:-1])
        self._value(outer, path[-1])
        if isinstance(edit, Rename):
            return outer, path[-1], outer
        return outer, path[-1], self._table(edit.table) if isinstance(edit, MoveKey) else None

    def _do(self, edit: PathEdit, outer: Any, key: str | int, table: Any) -> None:
        if isinstance(edit, Replace):
            self._set(outer, key, _plain(edit.value))
        elif isinstance(edit, Delete):
            self._set(outer, key, _GONE)
        elif isinstance(edit, SetBrackets):
            value = self._value(outer, key)
            self._set(outer, key, [value] if edit.array else self._value(value, 0))
        elif isinstance(edit, Nest):
            self._set(outer, key, {edit.key: self._value(outer, key)})
        elif isinstance(edit, Merge):
            self._merge(outer, key)
        elif isinstance(edit, NameElements):
            self._name(outer, key, edit)
        elif isinstance(edit, Insert):
            self._put(table, edit.key, _plain(edit.value))
        elif isinstance(edit, InsertTable):
            items = {name: _plain(value) for name, value in edit.items.items()}
            if edit.array:
                self._append(table, edit.name, items)
            else:
                self._put(table, edit.name, items)
        else:  # Rename, MoveKey
            value = self._value(outer, key)
            self._set(outer, key, _GONE)
            self._put(table, edit.key or str(key), value)

    def _merge(self, array: Any, number: str | int) -> None:
        if not isinstance(number, int) or number < 1:
            raise Unfixable("there is no element to merge it with")
        before, table = self._value(array, number - 1), self._value(array, number)
        for name, value in table.items():
            if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
                for item in value:
                    self._append(before, name, item)
            elif isinstance(value, dict):
                self._put(before, name, value)
        self._set(array, number, _GONE)

    def _name(self, outer: Any, key: str | int, edit: NameElements) -> None:
        elements = self._value(outer, key)
        if not isinstance(elements, list) or not len(elements) == len(edit.names) == len(set(edit.names)):
            raise Unfixable("there is not one name for each element")
        values = elements if edit.value is None else [self._value(element, edit.value) for element in elements]
        self._set(outer, key, dict(zip(edit.names, values, strict=True)))

    def _container(self, path: Path) -> Any:
        found: Any = self._root[""]
        for part in path:
            found = self._value(found, part)
        return found

    def _table(self, path: Path) -> Any:
        """The table at a path, new where there is none."""
        found: Any = self._root[""]
        for part in path:
            if isinstance(found, dict) and isinstance(part, str) and found.get(part, _GONE) is _GONE:
                self._set(found, part, {})
            found = self._value(found, part)
        return found

    @staticmethod
    def _value(container: Any, key: str | int) -> Any:
        try:
            value = container[key]
        except (KeyError, IndexError, TypeError):
            value = _GONE
        if value is _GONE:
            raise Unfixable("there is no such key")
        return value

    def _set(self, container: Any, key: str | int, value: Any) -> None:
        old = container.get(key, _GONE) if isinstance(container, dict) else container[key]
        self._undo.append((container, key, old))
        container[key] = value

    def _put(self, table: Any, key: str, value: Any) -> None:
        if not isinstance(table, dict) or table.get(key, _GONE) is not _GONE:
            raise Unfixable("the key is set already")
        self._set(table, key, value)

    def _append(self, table: Any, key: str, item: Any) -> None:
        if not isinstance(table, dict):
            raise Unfixable("there is no such table")
        array = table.get(key, _GONE)
        if array is _GONE:
            self._set(table, key, [item])
        elif isinstance(array, list):
            self._undo.append((array, len(array), _GONE))
            array.append(item)
        else:
            raise Unfixable("this is not an array")


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """The value itself of TOML text; a new one each time, as it may be changed."""
    if isinstance(value, Raw):
        try:
            return loads(f"x = {value}\n")["x"]
        except (ValueError, RecursionError):
            raise Unfixable("the new value is not TOML") from None
    return _copied(value)


def _same(expected: Any, found: Any) -> bool:
    """Whether a value is the expected one, of the same type; nan equals nan.

    What is empty may be missing: a table that only its sub-tables made goes with the last of them, others stay.
    """
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(
            _same(expected[key], found[key]) if key in found else _is_empty(expected[key]) for key in expected
        ) and all(key in expected or _is_empty(value) for key, value in found.items())
    if isinstance(expected, list) and isinstance(found, list):
        expected = [item for item in expected if item is not _GONE]
        return len(expected) == len(found) and all(map(_same, expected, found))
    if expected is _GONE:
        return _is_empty(found)
    return type(expected) is type(found) and (expected == found or repr(expected) == repr(found))


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_empty, value.values()))
    return value is _GONE or (isinstance(value, list) and all(map(_is_empty, value)))
