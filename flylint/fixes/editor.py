"""From structural edits to changes of the text: one method for each kind of edit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

from flylint.document import Span
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
from flylint.fixes.changes import Unfixable, joined
from flylint.fixes.items import Items
from flylint.fixes.toml import render, render_key, render_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flylint.document import Path
    from flylint.edits import StructuralEdit
    from flylint.fixes.changes import Change
    from flylint.fixes.layout import Layout
    from flylint.positions import Place


def changes(layout: Layout, edits: Sequence[StructuralEdit]) -> list[Change]:
    """What the edits change in the text, in order and without overlap. Raises Unfixable when that cannot be done."""
    editor = _Editor(layout)
    for edit in edits:
        editor.edit(edit)
    return joined(layout, editor.all_changes())


class _Editor:
    """Collects the changes of one fix."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.text = layout.text
        self.index = layout.index
        self._changes: list[Change] = []
        self._items: dict[Span, Items] = {}  # by the span of their array or inline table
        # what several edits of a fix may have a part in
        self._first_lines: list[str] = []  # above the first header, where nothing is yet
        self._new_headers: dict[Path, list[str]] = {}  # the lines of tables that have had no header
        self._moved: dict[Path, dict[str, tuple[str, str]]] = {}  # values and comments for tables that are not there
        self._tables: list[tuple[int, list[str]]] = []  # the offsets and lines of new tables
        self._renamed: list[Path] = []  # tables that go elsewhere with all of their headers

    def edit(self, edit: StructuralEdit) -> None:
        _METHODS[type(edit)](self, edit)

    def all_changes(self) -> Iterator[Change]:
        """Everything that changes; of what is inserted at one place, keys come before tables."""
        for table, moved in self._moved.items():
            self.insert_moved(table, moved)
        if self._first_lines:
            self.add_lines(max(self.layout.head_of(1), self.layout.top), [*self._first_lines, ""])
        for path, lines in self._new_headers.items():
            self.insert_header(path, lines)
        for at, lines in self._tables:
            self.add_block(at, lines)
        yield from self._changes
        for items in self._items.values():
            yield from items.changes()

    def change(self, start: int, end: int, text: str) -> None:
        self._changes.append((start, end, text))

    def items_of(self, container: Span) -> Items:
        return self._items.setdefault(container, Items(self.layout, container))

    # values

    def replace(self, edit: Replace) -> None:
        place = self.index.places.get(edit.path)
        if place is None or place.kind not in ("pair", "element"):
            raise Unfixable("there is no such value")
        old = self.value_at(edit.path)
        if isinstance(old, list) and isinstance(edit.value, list):
            self.replace_list(edit.path, place.value, old, edit.value)
        elif isinstance(old, dict) and isinstance(edit.value, dict) and self.is_plain(edit.path, place.value, old):
            self.replace_table(edit.path, place.value, old, edit.value)
        else:
            self.change(*place.value, self.rendered(edit.value, place.value))

    def replace_list(self, path: Path, container: Span, old: list[Any], new: list[Any]) -> None:
        """Other items in an array, of which those that stay keep their comments."""
        before, after = [repr(item) for item in old], [repr(item) for item in new]
        fewest = min(len(old), len(new))
        same = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), fewest)
        back = 0
        while back < fewest - same and before[-1 - back] == after[-1 - back]:
            back += 1
        items = self.items_of(container)
        fewest -= back
        for number in range(same, fewest):
            self.replace(Replace((*path, number), new[number]))
        for number in range(fewest, len(old) - back):
            items.delete(self.place((*path, number)).statement)
        for number in range(fewest, len(new) - back):
            items.insert(self.rendered(new[number], container), len(old) - back)

    def is_plain(self, path: Path, container: Span, old: dict[str, Any]) -> bool:
        """Whether each key of an inline table is one pair, which may not be so with dotted keys."""
        spans = self.index.items[container]
        return len(spans) == len(old) and all(self.place((*path, key)).kind == "pair" for key in old)

    def replace_table(self, path: Path, container: Span, old: dict[str, Any], new: dict[str, Any]) -> None:
        items = self.items_of(container)
        for key, value in old.items():
            if key not in new:
                items.delete(self.place((*path, key)).statement)
            elif repr(value) != repr(new[key]):
                self.replace(Replace((*path, key), new[key]))
        for key, value in new.items():
            if key not in old:
                items.insert(f"{render_key(key)} = {self.rendered(value, container)}")

    # names

    def rename(self, edit: Rename) -> None:
        path = edit.path
        while path and isinstance(path[-1], int):
            path = path[:-1]
        names = self.index.names(path)
        if not names:
            raise Unfixable("there is no such key")
        new = render_key(edit.key)
        for span in names:
            end, padding = self.padding(span, len(new))
            self.change(span.start, end, new + padding)

    def padding(self, name: Span, length: int) -> tuple[int, str]:
        """What follows a name in a key: the end of it, and what must stand there so that an aligned `=` stays in its column."""
        statement = self.index.statement_at(name.start)
        if self.text[statement.start] == "[":
            return name.end, ""
        parts = self.layout.parts(statement)
        section = self.layout.section_at(name.start)
        if parts.key_end == name.end and self.layout.key_width(bisect_left(self.index.statements, statement), section):
            return parts.equals, " " * max(parts.equals - name.start - length, 1)
        return name.end, ""

    # what goes

    def delete(self, edit: Delete) -> None:
        place = self.index.places.get(edit.path)
        if place is None:
            raise Unfixable("there is no such key")
        if place.kind in ("pair", "element"):
            self.delete_item(edit.path, place.statement)
            return
        for lines in self.blocks_below(edit.path):
            self.cut(lines)
        for name in self.index.names(edit.path):
            pair = self.pair_with(edit.path, name)
            if self.text[pair.start] != "[":
                self.delete_item(edit.path, pair)

    def delete_item(self, path: Path, item: Span) -> None:
        """Take away a pair or an element of an array."""
        container = self.container_of(path)
        if container is None:
            self.cut(self.lines_of(item))
        else:
            self.items_of(container).delete(item)

    def cut(self, lines: Span) -> None:
        """Take away lines, and the empty lines below where they would meet others."""
        layout, text = self.layout, self.text
        start, end = lines
        if start <= layout.top or not layout.line(layout.line_start(start - 1)):
            while end < len(text) and not layout.line(end):
                end = layout.line_end(end)
        self.change(start, end, "")

    def blocks_below(self, path: Path) -> list[Span]:
        """The lines of the headers at and below a path with the statements under them, as few spans as possible."""
        found: list[Span] = []
        for number in self.layout.below(path):
            if self.has_moved(self.layout.sections[number].path):
                continue
            start = self.layout.line_start(self.layout.sections[number].header.start)
            end = self.layout.line_end(self.layout.end_of(number))
            if found and not self.text[found[-1].end : start].strip():
                start = found.pop().start
            found.append(Span(start, end))
        return found

    # what comes

    def insert(self, edit: Insert) -> None:
        self.insert_value(edit.table, edit.key, edit.value)

    def insert_value(self, table: Path, key: str, value: Any, behind: str = "", above: str = "") -> None:
        """A new pair at the end of a table, with comments behind and above it."""
        name = render_key(key)
        place = self.index.places.get(table)
        section = self.layout.section_of(table)
        if place is not None and place.kind in ("pair", "element"):
            if self.text[place.value.start] != "{":
                raise Unfixable("this is not a table")
            self.insert_item(place.value, f"{name} = {self.rendered(value, place.value)}", above or behind)
        elif section is not None:
            self.insert_line(section, name, value, behind, above)
        elif dotted := self.last_dotted(table):
            pair, prefix = dotted
            container = self.container_of(table)
            if container is None:
                self.insert_line_below(pair, f"{prefix}.{name}", value, behind, above)
            else:
                item = f"{prefix}.{name} = {self.rendered(value, container)}"
                self.insert_item(container, item, above or behind)
        else:
            line = f"{name}{self.layout.separator}{self.rendered(value)}{behind}"
            self._new_headers.setdefault(table, []).extend(filter(None, [above, line]))

    def rendered(self, value: Any, near: Span | None = None) -> str:
        """A value with quotes as a neighbour has them, or else most texts of the file."""
        like = "" if near is None else self.text[near.start : near.end]
        return render(value, like if '"' in like or "'" in like else self.layout.quote)

    def insert_item(self, container: Span, item: str, comment: str = "") -> None:
        """A new item of an array or inline table; the comment goes above the statement that it is part of."""
        self.items_of(container).insert(item)
        if comment:
            statement = self.index.statement_at(container.start)
            self.add_lines(
                self.layout.line_start(statement.start), [self.layout.margin(statement.start) + comment.strip()]
            )

    def insert_line(self, section: int, key: str, value: Any, behind: str, above: str) -> None:
        """A new line behind the last key of a section."""
        layout = self.layout
        pairs = layout.pairs(section)
        if pairs:
            self.insert_line_below(self.index.statements[pairs[-1]], key, value, behind, above)
            return
        lines = [above] if above else []
        lines.append(layout.pair(section, key, self.rendered(value) + behind))
        header = layout.sections[section].header
        if section:
            margin = layout.margin(header.start) + layout.indentation
            self.add_lines(layout.line_end(header.end), [margin + line for line in lines])
        elif len(layout.sections) > 1:
            self._first_lines += lines
        else:
            self.add_lines(len(self.text), lines)

    def insert_line_below(self, pair: Span, key: str, value: Any, behind: str, above: str) -> None:
        layout = self.layout
        lines = [above] if above else []
        near = Span(layout.parts(pair).value, pair.end)
        lines.append(layout.pair(layout.section_at(pair.start), key, self.rendered(value, near) + behind))
        self.add_lines(layout.line_end(pair.end), [layout.margin(pair.start) + line for line in lines])

    def add_lines(self, at: int, lines: Sequence[str]) -> None:
        """New lines at the start of a line or at the end of the text, which then ends as it did before."""
        body = self.layout.newline.join(lines)
        if at > self.layout.top and self.text[at - 1] != "\n":
            self.change(at, at, self.layout.newline + body)
        else:
            self.change(at, at, body + self.layout.newline)

    def insert_header(self, path: Path, pairs: Sequence[str], array: bool = False) -> None:
        """A header for a table that only its sub-tables imply, in front of the first of them."""
        layout = self.layout
        below = layout.below(path)
        if not below or not path:
            raise Unfixable("there is no such table")
        lines = [f"[[{render_keys(path)}]]" if array else f"[{render_keys(path)}]"]
        lines += [layout.indentation + pair for pair in pairs]
        if layout.spaced and pairs:
            lines.append("")
        self.add_lines(max(layout.head_of(below[0]), layout.top), lines)

    def insert_table(self, edit: InsertTable) -> None:
        path = (*edit.parent, edit.name)
        comment = f"# {edit.comment}" if edit.comment else ""
        place = self.index.places.get(path)
        if edit.array and place is not None and place.kind == "pair":  # tables = [{ … }]
            if self.text[place.value.start] != "[":
                raise Unfixable("this is not an array")
            self.insert_item(place.value, self.rendered(edit.items, place.value), comment)
        elif self.has_headers(edit.parent):
            self.add_table(path, edit.items, edit.array, comment)
        else:
            self.insert_value(edit.parent, edit.name, [edit.items] if edit.array else edit.items, above=comment)

    def has_headers(self, table: Path) -> bool:
        """Whether a table is written with headers, and not with dotted keys or inline."""
        place = self.index.places.get(table)
        if place is None or place.kind != "implied":
            return place is None or place.kind in ("table", "tables")
        return bool(self.layout.below(table))

    def add_table(self, path: Path, items: dict[str, Any], array: bool, comment: str) -> None:
        """A table with a header: behind its like, else at the end of its parent, else at the end of the file."""
        layout, parent = self.layout, path[:-1]
        siblings = [number for number in layout.below(path) if layout.sections[number].path[:-1] == path]
        outer = layout.section_of(parent) if parent else None
        if siblings:
            margin = layout.margin(layout.sections[siblings[-1]].header.start)
            at = layout.behind(layout.end_of_subtree(siblings[-1]))
        elif outer is not None:
            margin = layout.margin(layout.sections[outer].header.start)
            margin += layout.indentation if layout.indents_tables else ""
            at = layout.behind(layout.end_of_subtree(outer))
        elif parent and layout.below(parent):
            margin = layout.margin(layout.sections[layout.below(parent)[-1]].header.start)
            at = layout.behind(layout.end_of(layout.below(parent)[-1]))
        else:
            margin, at = "", layout.line_end(len(self.text.rstrip()))
        pairs = [layout.separator.join((render_key(key), self.rendered(value))) for key, value in items.items()]
        header = f"[[{render_keys(path)}]]" if array else f"[{render_keys(path)}]"
        lines = [comment, header, *(layout.indentation + pair for pair in pairs)]
        self._tables.append((at, [margin + line for line in lines if line]))

    def add_block(self, at: int, lines: list[str]) -> None:
        """New lines with as many empty ones around them as the tables of the file have."""
        layout, text = self.layout, self.text
        rest = text[at:]
        if not rest.strip():
            at = len(text)
        above = layout.line(layout.line_start(at - 1)) if at else ""
        if layout.spaced:
            if above:
                lines = ["", *lines]
            if rest.strip() and layout.line(at):
                lines = [*lines, ""]
        self.add_lines(at, lines)

    # what goes to another place

    def move(self, edit: MoveKey) -> None:
        place = self.index.places.get(edit.path)
        if place is None or place.kind in ("element", "implied"):
            raise Unfixable("there is no such key")
        key = edit.key or str(edit.path[-1])
        if place.kind != "pair":
            self.move_headers(edit.path, (*edit.table, key))
            return
        value = Raw(self.text[place.value.start : place.value.end])
        comment = ""
        if self.container_of(edit.path) is None:
            comment = self.text[place.value.end : self.layout.line_end(place.value.end)].rstrip()
        self.delete_item(edit.path, place.statement)
        if edit.table and edit.table not in self.index.places:
            self._moved.setdefault(edit.table, {})[key] = value, comment
        else:
            self.insert_value(edit.table, key, value, comment)

    def insert_moved(self, table: Path, moved: dict[str, tuple[str, str]]) -> None:
        """A new table with what is moved to it."""
        *parent, name = table
        if self.has_headers(tuple(parent)):
            items = {key: Raw(value + comment) for key, (value, comment) in moved.items()}
            self.insert_table(InsertTable(tuple(parent), str(name), items))
            return
        comments = " ".join(comment.strip() for _, comment in moved.values() if comment)
        self.insert_value(tuple(parent), str(name), {key: Raw(value) for key, (value, _) in moved.items()}, comments)

    def move_headers(self, old: Path, new: Path) -> None:
        """Another path in all headers at and below a table."""
        self._renamed.append(old)
        for number in self.layout.below(old):
            section = self.layout.sections[number]
            names = self.index.names(old)
            name = names[bisect_left(names, section.header)]  # the first behind the start of the header
            start = self.layout.skip_blanks(section.header.start + 1 + section.array)
            self.change(start, name.end, render_keys(new))

    def has_moved(self, path: Path) -> bool:
        """Whether an edit before has moved the table that something is in."""
        return any(path[: len(table)] == table for table in self._renamed)

    def set_brackets(self, edit: SetBrackets) -> None:
        place = self.index.places.get(edit.path)
        if place is None:
            raise Unfixable("there is no such table")
        start, end = place.value
        if place.kind == "pair" and edit.array:
            self.change(start, start, "[")
            self.change(end, end, "]")
        elif place.kind == "pair":
            items = self.index.items.get(place.value, [])
            if len(items) != 1:
                raise Unfixable("there is not exactly one element")
            ((first, last),) = items
            if "#" in self.text[start:first] + self.text[last:end]:
                raise Unfixable("a comment stands between the brackets")
            self.change(start, first, "")
            self.change(last, end, "")
        elif edit.array and place.kind == "implied":
            self.insert_header(edit.path, [], array=True)
        elif edit.array:
            self.change(start, start, "[")
            self.change(end, end, "]")
        else:
            below = self.layout.below(edit.path)
            headers = [s.header for s in map(self.layout.sections.__getitem__, below) if s.path[:-1] == edit.path]
            if len(headers) != 1:
                raise Unfixable("there is not exactly one element")
            ((start, end),) = headers
            self.change(start, start + 1, "")
            self.change(end - 1, end, "")

    # arrays of tables

    def merge(self, edit: Merge) -> None:
        *outer, number = edit.path
        place, section = self.index.places.get(edit.path), self.layout.section_of(edit.path)
        if place is None or not isinstance(number, int) or not number:
            raise Unfixable("there is no element to merge it with")
        for key in self.value_at(edit.path):
            array, target = (self.index.places.get((*outer, element, key)) for element in (number, number - 1))
            if array and target and array.kind == target.kind == "pair":
                for item in self.index.items.get(array.value, ()):
                    if self.text[item.start] == "{":
                        self.items_of(target.value).insert(self.text[item.start : item.end])
        if section is None:
            self.delete_item(edit.path, place.statement)
            return
        own = [self.layout.sections[section].header, *self.statements_of(section)]
        start, end = own[0].start, own[0].end
        for statement in own[1:]:
            if self.text[end : statement.start].strip():
                self.cut(self.lines_of(Span(start, end)))
                start = statement.start
            end = statement.end
        self.cut(self.lines_of(Span(start, end)))

    def name_elements(self, edit: NameElements) -> None:
        place = self.index.places.get(edit.path)
        if place is not None and place.kind == "pair":
            self.name_items(edit, place.value)
        elif place is None or place.kind != "tables":
            raise Unfixable("there is no such array of tables")
        elif edit.value is not None:
            self.reduce_tables(edit, edit.value)
        else:
            self.name_headers(edit)

    def name_items(self, edit: NameElements, array: Span) -> None:
        """The names of the elements in an array of inline tables, which becomes an inline table as well."""
        items = self.index.items[array]
        text = self.text[array.start : array.end]
        if not items or "\n" in text or "," in self.text[items[-1].end : array.end]:
            raise Unfixable("an inline table stands on one line, without a comma at its end")
        first, last = items[0].start, items[-1].end
        for number, (item, name) in enumerate(zip(items, edit.names, strict=True)):
            value = self.index.places.get((*edit.path, number, edit.value)) if edit.value else None
            text = f"{render_key(name)} = "
            if value is not None:
                self.change(item.start, item.end, text + self.text[value.value.start : value.value.end])
            else:
                self.change(item.start, item.start, text)
        blank = " " if first == array.start + 1 else ""
        self.change(array.start, array.start + 1, "{" + blank)
        self.change(array.end - 1, array.end, (" " if last == array.end - 1 else "") + "}")

    def name_headers(self, edit: NameElements) -> None:
        """The names of the elements in all headers at and below an array of tables."""
        depth, names = len(edit.path), self.index.names(edit.path)
        for number in self.layout.below(edit.path):
            section = self.layout.sections[number]
            start, end = section.header
            last = names[bisect_left(names, section.header)]
            self.change(last.end, last.end, f".{render_key(edit.names[int(section.path[depth])])}")
            if len(section.path) == depth + 1:
                self.change(start, start + 1, "")
                self.change(end - 1, end, "")

    def reduce_tables(self, edit: NameElements, key: str) -> None:
        """The elements of an array of tables as pairs of one table."""
        for number, name in enumerate(edit.names):
            section = self.layout.section_of((*edit.path, number))
            place = self.index.places.get((*edit.path, number, key))
            if section is None or place is None or place.key.start != place.statement.start:
                raise Unfixable("not each element has a header and this key")
            header = self.layout.sections[section].header
            if number:
                self.cut(self.lines_of(header))
            else:
                self.change(header.start, header.start + 1, "")
                self.change(header.end - 1, header.end, "")
            for statement in self.statements_of(section):
                if statement.start == place.statement.start:
                    self.change(*place.key, render_key(name))
                else:
                    self.cut(self.lines_of(statement))

    def nest(self, edit: Nest) -> None:
        names = self.index.names(edit.path)
        if not names:
            raise Unfixable("there is no such table")
        for span in names:
            self.change(span.end, span.end, f".{render_key(edit.key)}")

    # text that cannot be read

    def replace_text(self, edit: ReplaceText) -> None:
        if self.layout.document.complete:
            raise Unfixable("the file can be read, so that there are better ways")
        self.change(*edit.span, edit.text)

    # places

    def lines_of(self, statement: Span) -> Span:
        """The whole lines that a statement stands on."""
        return Span(self.layout.line_start(statement.start), self.layout.line_end(statement.end))

    def statements_of(self, section: int) -> list[Span]:
        """The pairs of a section."""
        return [self.index.statements[number] for number in self.layout.pairs(section)]

    def place(self, path: Path) -> Place:
        return self.index.places[path]

    def value_at(self, path: Path) -> Any:
        value: Any = self.layout.document.values
        for part in path:
            value = value[part]
        return value

    def container_of(self, path: Path) -> Span | None:
        """The innermost array or inline table around something; None for what is a statement or has a header."""
        for length in range(len(path) - 1, 0, -1):
            place = self.index.places.get(path[:length])
            if place is not None and place.kind in ("pair", "element"):
                return place.value
        return None

    def pair_with(self, path: Path, name: Span) -> Span:
        """The pair, or the header, in which a name helps to spell a path."""
        container = self.container_of(path)
        if container is None:
            return self.index.statement_at(name.start)
        items = self.index.items[container]
        return items[bisect_right(items, (name.start, len(self.text) + 1)) - 1]

    def last_dotted(self, table: Path) -> tuple[Span, str] | None:
        """The last pair with a dotted key that spells a table, and that part of the key."""
        for name in reversed(self.index.names(table)):
            pair = self.pair_with(table, name)
            if self.text[pair.start] != "[":
                return pair, self.text[pair.start : name.end]
        return None


_METHODS: dict[type, Callable[[_Editor, Any], None]] = {
    Replace: _Editor.replace,
    Rename: _Editor.rename,
    Delete: _Editor.delete,
    Insert: _Editor.insert,
    InsertTable: _Editor.insert_table,
    MoveKey: _Editor.move,
    Nest: _Editor.nest,
    SetBrackets: _Editor.set_brackets,
    Merge: _Editor.merge,
    NameElements: _Editor.name_elements,
    ReplaceText: _Editor.replace_text,
}
