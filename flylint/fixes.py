"""Structural edits turned into exact edits of the text, which leave all else as it was: comments, order, style."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import tomli

from flylint.diagnostic import Edit
from flylint.document import Document, Span
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
from flylint.positions import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from flylint.diagnostic import Fix
    from flylint.document import Path
    from flylint.edits import StructuralEdit
    from flylint.positions import Index, Section

    Change = tuple[int, int, str]  # from offset to offset, and the new text

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SHORT_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_NEEDS_ESCAPE = re.compile(r'["\\\x00-\x1f\x7f\ud800-\udfff]')


class Unfixable(Exception):
    """This text cannot be edited that way."""


def text_edits(document: Document, edits: Sequence[StructuralEdit]) -> tuple[Edit, ...]:
    """The edits of the text that do what the structural edits say, in order and without overlap.

    Raises Unfixable when that cannot be done, or when the result would not say what it should.
    """
    editor = _Editor(document)
    changes: set[Change] = set()
    for edit in edits:
        changes.update(editor.changes(edit))
    changes.update(editor.moved_to_new_tables())
    ordered: list[Change] = []
    for start, end, text in sorted(changes):
        if ordered and start < ordered[-1][1]:
            if text or ordered[-1][2]:
                raise Unfixable("the edits overlap")
            start, end = ordered[-1][0], max(ordered.pop()[1], end)  # both take text away
        ordered.append((start, end, text))
    result = tuple(Edit(document.position(start), document.position(end), text) for start, end, text in ordered)
    _verify(document, edits, apply(document.text, result))
    return result


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits that do not overlap."""
    out, done = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start.offset, edit.end.offset)):
        out += [text[done : edit.start.offset], edit.text]
        done = edit.end.offset
    return "".join(out) + text[done:]


def without_overlap(fixes: Iterable[Fix]) -> list[Fix]:
    """The fixes that can be applied together; of two that touch the same place the first."""
    taken: list[tuple[int, int]] = []  # in order, apart from each other
    chosen = []
    for fix in fixes:
        spans = [(edit.start.offset, edit.end.offset) for edit in fix.edits]
        places = [bisect_left(taken, (end + 1,)) for _, end in spans]  # of the first that begins behind
        if all(not at or taken[at - 1][1] < start for at, (start, _) in zip(places, spans, strict=True)):
            for span in spans:
                insort(taken, span)
            chosen.append(fix)
    return chosen


def render(value: Any, like: str = "") -> str:
    """A value as TOML; text gets the quotes that `like`, an older value, has."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if like.startswith("'") and not re.search(r"['\x00-\x1f\x7f\ud800-\udfff]", value):
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


def uncommented(value: str) -> str:
    """TOML text of a value without the comment behind it."""
    return value[: len(mask(value).rstrip())]


class _Editor:
    """Finds the changes of the text of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self.index: Index = document.index
        self.starts = {span.start for span in self.index.statements}  # of what is not inside of a value
        self.newline = "\r\n" if "\r\n" in document.text else "\n"
        self.moved: dict[Path, dict[str, Raw]] = {}  # the keys that move to a table that is not there yet
        self.renamed: list[Path] = []  # the tables that move with all of their headers
        self._handlers: dict[type, Callable[[Any], Iterable[Change]]] = {
            Replace: self.replace,
            Rename: self.rename,
            Delete: self.delete,
            Insert: self.insert,
            InsertTable: self.insert_table,
            MoveKey: self.move,
            Nest: self.nest,
            SetBrackets: self.set_brackets,
            Merge: self.merge,
            NameElements: self.name_elements,
            ReplaceText: self.replace_text,
        }

    def changes(self, edit: StructuralEdit) -> Iterable[Change]:
        return self._handlers[type(edit)](edit)

    # one method for each kind of edit

    def replace(self, edit: Replace) -> Iterable[Change]:
        place = self.index.places.get(edit.path)
        if place is None or place.kind not in ("pair", "element"):
            raise Unfixable("there is no such value")
        start, end = place.value
        yield start, end, render(edit.value, self.text[start:end])

    def rename(self, edit: Rename) -> Iterable[Change]:
        path = edit.path
        while path and isinstance(path[-1], int):
            path = path[:-1]
        if path not in self.index.mentions:
            raise Unfixable("there is no such key")
        for span in self.index.mentions[path]:
            yield span.start, span.end, render_key(edit.key)

    def delete(self, edit: Delete) -> Iterable[Change]:
        place = self.index.places.get(edit.path)
        if place is None:
            raise Unfixable("there is no such key")
        if place.kind in ("pair", "element"):
            if place.kind == "pair" and place.statement.start in self.starts:
                return [self.cut(self.lines_of(place.statement))]
            return [self.cut_item(place.statement)]
        inside = self.sections_below(edit.path)
        pairs = [
            self.cut(self.lines_of(other.statement))
            for path, other in self.index.places.items()
            if other.kind == "pair"
            and path[: len(edit.path)] == edit.path
            and not self.has_moved(path)
            and other.statement.start in self.starts
            and not any(start <= other.statement.start < end for start, end in inside)
        ]
        return [self.cut(span) for span in inside] + pairs

    def insert(self, edit: Insert) -> Iterable[Change]:
        key = render_key(edit.key)
        place = self.index.places.get(edit.table)
        if place is not None and place.kind in ("pair", "element"):
            return [self.insert_inline(place.value, f"{key} = {render(edit.value)}")]
        section = self.section_of(edit.table)
        if section is None:
            return [self.insert_header(edit.table, f"{key} = {render(edit.value)}")]
        return [self.add_line(section, lambda like: f"{key} = {render(edit.value, like)}")]

    def insert_table(self, edit: InsertTable) -> Iterable[Change]:
        place = self.index.places.get(edit.parent)
        if place is not None and place.kind in ("pair", "element"):
            items = {
                key: Raw(uncommented(value)) if isinstance(value, Raw) else value for key, value in edit.items.items()
            }
            value = [items] if edit.array else items
            return [self.insert_inline(place.value, f"{render_key(edit.name)} = {render(value)}")]
        names = ".".join(render_key(part) for part in (*edit.parent, edit.name) if isinstance(part, str))
        nested = any(isinstance(part, str) for part in edit.parent)
        outer = self.section_of(edit.parent) if nested else None
        unit = self.indentation()
        margin = self.margin(outer.header.start) + (unit if self.indents_tables() else "") if outer else ""
        lines = [margin + ("[[{}]]" if edit.array else "[{}]").format(names)]
        if edit.comment:
            lines.insert(0, f"{margin}# {edit.comment}")
        lines += [f"{margin}{unit}{render_key(key)} = {render(value)}" for key, value in edit.items.items()]
        at = self.end_of_subtree(outer) if outer else len(self.text.rstrip())
        at = self.line_end(at) if at else 0
        before = "" if not at else self.newline if self.text[at - 1] == "\n" else 2 * self.newline
        after = self.newline if at < len(self.text) and self.text[at:].strip() else ""
        if at < len(self.text) and not self.text[at:].strip():
            at = len(self.text)  # at the end of a file that has empty lines there already
            before = self.newline if self.text[:at].rstrip(" \t").endswith("\n") else 2 * self.newline
            before = "" if re.search(r"\n[ \t]*\r?\n\Z", self.text) else before
        elif after and re.match(r"[ \t]*\r?\n", self.text[at:]):
            after = ""
        return [(at, at, before + self.newline.join(lines) + self.newline + after)]

    def move(self, edit: MoveKey) -> Iterable[Change]:
        place = self.index.places.get(edit.path)
        if place is None or place.kind in ("element", "implied"):
            raise Unfixable("there is no such key")
        key = edit.key or str(edit.path[-1])
        if place.kind != "pair":
            return self.move_headers(edit.path, (*edit.table, key))
        value = Raw(self.text[place.value.start : place.value.end])
        if place.statement.start in self.starts:
            comment = self.text[place.value.end : self.line_end(place.value.end)].rstrip()
            value = Raw(value + comment)
        target = self.index.places.get(edit.table)
        gone = self.delete(Delete(edit.path))
        if edit.table and target is None and self.section_of(edit.table) is None:
            self.moved.setdefault(edit.table, {})[key] = value
            return gone
        if target is not None and target.kind in ("pair", "element"):
            value = Raw(self.text[place.value.start : place.value.end])
        return [*gone, *self.insert(Insert(edit.table, key, value))]

    def moved_to_new_tables(self) -> Iterable[Change]:
        """The tables that the moved keys need."""
        for (*parent, name), items in self.moved.items():
            yield from self.insert_table(InsertTable(tuple(parent), str(name), items))

    def has_moved(self, path: Path) -> bool:
        """Whether an edit before has moved the table that something is in."""
        return any(path[: len(table)] == table for table in self.renamed)

    def move_headers(self, old: Path, new: Path) -> Iterable[Change]:
        """Another path in all headers at and below a table."""
        self.renamed.append(old)
        names = ".".join(render_key(part) for part in new if isinstance(part, str))
        for section in self.index.sections[1:]:
            if section.path[: len(old)] == old:
                start, end = section.header.start + 1 + section.array, section.header.end
                name = next(span for span in self.index.mentions[old] if start <= span.start < end)
                yield start, name.end, names

    def nest(self, edit: Nest) -> Iterable[Change]:
        if edit.path not in self.index.mentions:
            raise Unfixable("there is no such table")
        for span in self.index.mentions[edit.path]:
            yield span.end, span.end, f".{render_key(edit.key)}"

    def set_brackets(self, edit: SetBrackets) -> Iterable[Change]:
        place = self.index.places.get(edit.path)
        if place is None:
            raise Unfixable("there is no such table")
        start, end = place.value
        if place.kind == "pair" and edit.array:
            return [(start, start, "["), (end, end, "]")]
        if place.kind == "pair":
            only = self.index.places.get((*edit.path, 0))
            if only is None or (*edit.path, 1) in self.index.places:
                raise Unfixable("there is not exactly one element")
            return [(start, only.value.start, ""), (only.value.end, end, "")]
        if edit.array:
            if place.kind != "table":
                raise Unfixable("the table has no header")
            return [(start, start, "["), (end, end, "]")]
        headers = [s.header for s in self.index.sections if s.array and s.path[:-1] == edit.path]
        if len(headers) != 1:
            raise Unfixable("there is not exactly one element")
        ((start, end),) = headers
        return [(start, start + 1, ""), (end - 1, end, "")]

    def merge(self, edit: Merge) -> Iterable[Change]:
        place, section = self.index.places.get(edit.path), self.section_of(edit.path)
        if place is None or not isinstance(edit.path[-1], int) or not edit.path[-1]:
            raise Unfixable("there is no element to merge it with")
        for path, other in self.index.places.items():
            if path[:-1] == edit.path and other.kind == "pair":
                yield from self.append_items(other.value, (*edit.path[:-1], edit.path[-1] - 1, path[-1]))
        if section is None:
            yield self.cut_item(place.statement)
            return
        runs: list[Span] = []
        for statement in (section.header, *self.pairs_of(section)):
            start, end = self.lines_of(statement)
            if runs and not self.text[runs[-1].end : start].strip():
                start = runs.pop().start
            runs.append(Span(start, end))
        yield from (self.cut(run) for run in runs)

    def append_items(self, array: Span, path: Path) -> Iterable[Change]:
        """The tables of an array as further elements of another one, if it is there."""
        place = self.index.places.get(path)
        items, target = (self.inside(span) for span in (array, place.value if place else array))
        if place is None or place.kind != "pair" or not self.text[items.start : items.end].startswith("{"):
            return
        text = self.text[items.start : items.end]
        yield target.end, target.end, f", {text}" if target.start < target.end else text

    def inside(self, array: Span) -> Span:
        """What stands between two brackets, without the white space around it and without a comma at its end."""
        body = self.index.masked[array.start + 1 : array.end - 1].rstrip().removesuffix(",").rstrip()
        start = array.start + 1 + len(body) - len(body.lstrip())
        return Span(start, max(array.start + 1 + len(body), start))

    def name_elements(self, edit: NameElements) -> Iterable[Change]:
        if edit.value is not None:
            return self.reduce_elements(edit, edit.value)
        place = self.index.places.get(edit.path)
        if (*edit.path, len(edit.names)) in self.index.places:
            raise Unfixable("there is not a name for each element")
        if place is not None and place.kind == "pair":
            return self.named_items(edit, place.value)
        if place is None or place.kind != "tables":
            raise Unfixable("there is no such array of tables")
        return self.named_headers(edit)

    def named_items(self, edit: NameElements, array: Span) -> Iterable[Change]:
        """The names of the elements in an array of inline tables, which becomes an inline table as well."""
        body = self.index.masked[array.start + 1 : array.end - 1].rstrip()
        if "\n" in self.text[array.start : array.end] or body.endswith(","):
            raise Unfixable("an inline table stands on one line, without a comma at its end")
        yield array.start, array.start + 1, "{"
        for number, name in enumerate(edit.names):
            element = self.index.places.get((*edit.path, number))
            if element is None:
                raise Unfixable("there is not an element for each name")
            yield element.value.start, element.value.start, f"{render_key(name)} = "
        yield array.end - 1, array.end, "}"

    def named_headers(self, edit: NameElements) -> Iterable[Change]:
        """The names of the elements in all headers at and below an array of tables."""
        depth = len(edit.path)
        for section in self.index.sections[1:]:
            if section.path[:depth] != edit.path or len(section.path) == depth:
                continue
            start, end = section.header
            last = next(span for span in self.index.mentions[edit.path] if start <= span.start < end)
            yield last.end, last.end, f".{render_key(edit.names[int(section.path[depth])])}"
            if len(section.path) == depth + 1:
                yield start, start + 1, ""
                yield end - 1, end, ""

    def reduce_elements(self, edit: NameElements, key: str) -> Iterable[Change]:
        """The elements of an array of tables as pairs of one table."""
        array = self.index.places.get(edit.path)
        if array is not None and array.kind == "pair":
            places = [self.index.places.get((*edit.path, number, key)) for number in range(len(edit.names))]
            values = [Raw(self.text[slice(*place.value)]) for place in places if place]
            if "\n" in self.text[slice(*array.value)]:
                raise Unfixable("an inline table stands on one line")
            yield *array.value, render(dict(zip(edit.names, values, strict=False)))
            return
        for number, name in enumerate(edit.names):
            section = self.section_of((*edit.path, number))
            place = self.index.places.get((*edit.path, number, key))
            if section is None or place is None or place.key.start != place.statement.start:
                raise Unfixable("not each element has a header and this key")
            start, end = section.header
            if number:
                yield self.cut(self.lines_of(section.header))
            else:
                yield start, start + 1, ""
                yield end - 1, end, ""
            for statement in self.pairs_of(section):
                if statement.start == place.statement.start:
                    yield *place.key, render_key(name)
                else:
                    yield self.cut(self.lines_of(statement))

    def replace_text(self, edit: ReplaceText) -> Iterable[Change]:
        if self.document.complete:
            raise Unfixable("the file can be read, so that there are better ways")
        yield *edit.span, edit.text

    # lines and places

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Behind the line end of the line that the offset is in."""
        at = self.text.find("\n", offset)
        return len(self.text) if at < 0 else at + 1

    def margin(self, offset: int) -> str:
        """The white space at the start of a line."""
        line = self.text[self.line_start(offset) : offset]
        return line if not line.strip() else line[: len(line) - len(line.lstrip())]

    def lines_of(self, statement: Span) -> Span:
        """The whole lines that a statement stands on."""
        return Span(self.line_start(statement.start), self.line_end(statement.end))

    def cut(self, lines: Span) -> Change:
        """Take away lines, and the empty lines below where they would meet others or the end of the file."""
        start, end = lines
        if not start or not self.text[self.line_start(start - 1) : start].strip():
            while end < len(self.text) and not self.text[end : self.line_end(end)].strip():
                end = self.line_end(end)
        if end == len(self.text):
            body = len(self.text[:start].rstrip())
            start = self.line_end(body) if body and self.text.endswith("\n") else body
        return start, end, ""

    def cut_item(self, item: Span) -> Change:
        """Take away an element of an array or a pair of an inline table together with one comma."""
        masked = self.index.masked
        start, end = item
        following = end + len(masked[end:]) - len(masked[end:].lstrip())
        if masked[following : following + 1] == ",":
            end = following + 1
            end += len(self.text[end:]) - len(self.text[end:].lstrip(" \t"))
            whole_lines = not self.text[self.line_start(start) : start].strip() and self.text[end : end + 2].startswith(
                ("\n", "\r\n")
            )
            return (self.line_start(start), self.line_end(end), "") if whole_lines else (start, end, "")
        comma = len(masked[:start].rstrip()) - 1
        if masked[comma] == ",":
            return comma, end, ""
        if masked[comma] == "{" and not self.text[comma + 1 : following].strip(" \t"):
            return comma + 1, following, ""  # what is left is {}
        return start, end, ""

    def sections_below(self, path: Path) -> list[Span]:
        """The lines of the headers at and below a path with the statements under them, as few spans as possible."""
        found: list[Span] = []
        for section in self.index.sections[1:]:
            if section.path[: len(path)] != path or self.has_moved(section.path):
                continue
            last = [section.header, *self.pairs_of(section)][-1]
            start, end = self.line_start(section.header.start), self.line_end(last.end)
            if found and not self.text[found[-1].end : start].strip():
                start = found.pop().start
            found.append(Span(start, end))
        return found

    def head_of(self, section: Section) -> int:
        """The start of the comment lines right above a header, which belong to it, or else of its own line."""
        at = self.line_start(section.header.start)
        while at:
            above = self.line_start(at - 1)
            if not self.text[above:at].lstrip().startswith("#"):
                break
            at = above
        return at

    def section_of(self, path: Path) -> Section | None:
        """The section whose keys go to a table; None when the table has no header."""
        return next((section for section in self.index.sections if section.path == path), None)

    def pairs_of(self, section: Section) -> list[Span]:
        """The statements of a section."""
        number = self.index.sections.index(section)
        start = section.header.end
        end = self.index.sections[number + 1].header.start if number + 1 < len(self.index.sections) else len(self.text)
        return [span for span in self.index.statements if start <= span.start < end and span != section.header]

    def end_of_subtree(self, section: Section) -> int:
        """The end of the last statement of a table and of the sub-tables that follow it."""
        sections = self.index.sections
        number = sections.index(section)
        while number + 1 < len(sections) and sections[number + 1].path[: len(section.path)] == section.path:
            number += 1
        pairs = self.pairs_of(sections[number])
        return pairs[-1].end if pairs else sections[number].header.end

    def indentation(self) -> str:
        """What the keys of this file are indented by below their header; two blanks where nothing shows it."""
        for section in self.index.sections[1:]:
            for pair in self.pairs_of(section)[:1]:
                margin, outer = self.margin(pair.start), self.margin(section.header.start)
                return margin.removeprefix(outer)
        return "  "

    def indents_tables(self) -> bool:
        """Whether headers of sub-tables are indented; where there are none, keys show the taste of the file."""
        outer = {section.path for section in self.index.sections}
        for section in self.index.sections:
            parent = section.path[:-2] if section.array else section.path[:-1]
            if parent and parent in outer:
                return bool(self.margin(section.header.start))
        return bool(self.indentation())

    def add_line(self, section: Section, line: Callable[[str], str]) -> Change:
        """A new line behind the last key of a section."""
        pairs = self.pairs_of(section)
        if pairs:
            margin, at = self.margin(pairs[-1].start), self.line_end(pairs[-1].end)
            like = self.text[pairs[-1].start : pairs[-1].end].partition("=")[2].strip()
        elif section.path:
            margin = self.margin(section.header.start) + self.indentation()
            at, like = self.line_end(section.header.end), ""
        else:
            margin, like = "", ""
            first = self.index.sections[1] if len(self.index.sections) > 1 else None
            at = self.head_of(first) if first else len(self.text)
            if first:
                return at, at, line("") + 2 * self.newline
        before = "" if not at or self.text[at - 1] == "\n" else self.newline
        return at, at, before + margin + line(like) + (self.newline if not before or at < len(self.text) else "")

    def insert_inline(self, table: Span, pair: str) -> Change:
        """A new pair at the end of an inline table."""
        body = self.index.masked[table.start + 1 : table.end - 1]
        if not self.text[table.start : table.end].startswith("{"):
            raise Unfixable("this is not a table")
        if not body.strip():
            return table.start, table.end, f"{{ {pair} }}"
        at = table.start + 1 + len(body.rstrip())
        return at, at, f", {pair}"

    def insert_header(self, path: Path, line: str) -> Change:
        """A header for a table that only its sub-tables imply, in front of the first of them."""
        below = [s for s in self.index.sections[1:] if s.path[: len(path)] == path]
        if not below:
            raise Unfixable("there is no such table")
        names = ".".join(render_key(part) for part in path if isinstance(part, str))
        at, margin = self.head_of(below[0]), ""
        text = f"{margin}[{names}]{self.newline}{margin}{self.indentation()}{line}{self.newline}{self.newline}"
        return at, at, text


def _verify(document: Document, edits: Sequence[StructuralEdit], result: str) -> None:
    """Hold the values of the new text against what the edits mean for the values of the old one."""
    if not document.complete:
        repairs = any(isinstance(edit, ReplaceText) for edit in edits)
        if len(Document(result).problems) > len(document.problems) - repairs:
            raise Unfixable("the result would not be TOML")
        return
    try:
        values = tomli.loads(result)
    except (ValueError, RecursionError):
        raise Unfixable("the result would not be TOML") from None
    if repr(_sorted(values)) != repr(_sorted(_edited(document.values, edits))):
        raise Unfixable("the result would not say what it should")


def _sorted(value: Any) -> Any:
    """The same for tables whose keys stand in another order; compared by repr, in which nan equals nan and 1 not True.

    What is empty is left out: a table that only its sub-tables made goes with the last of them, others stay.
    """
    if isinstance(value, dict):
        return {key: item for key in sorted(value) if (item := _sorted(value[key])) not in ({}, [])}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


_GONE = object()


def _edited(values: dict[str, Any], edits: Sequence[StructuralEdit]) -> dict[str, Any]:
    """What the values become by the edits. Raises Unfixable when a key would be overwritten."""
    copy = {"": deepcopy(values)}
    steps: list[Callable[[], None]] = []

    def container(path: Path) -> Any:
        found: Any = copy[""]
        for part in path:
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                raise Unfixable("there is no such key") from None
        return found

    def put(table: Any, key: str, value: Any) -> None:
        if not isinstance(table, dict) or table.get(key, _GONE) is not _GONE:
            raise Unfixable("the key is set already")
        table[key] = value

    def made(path: Path) -> Any:
        found: Any = copy[""]
        for part in path:
            if isinstance(part, str) and isinstance(found, dict) and part not in found:
                found[part] = {}
            found = container_of(found, part)
        return found

    def merge(before: dict[str, Any], table: dict[str, Any]) -> None:
        for key, value in table.items():
            if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
                before.setdefault(key, []).extend(value)
            elif isinstance(value, dict):
                put(before, key, value)

    def container_of(found: Any, part: str | int) -> Any:
        try:
            return found[part]
        except (KeyError, IndexError, TypeError):
            raise Unfixable("there is no such table") from None

    for edit in edits:
        if isinstance(edit, Insert):
            table = made(edit.table)
            steps.append(lambda t=table, e=edit: put(t, e.key, _plain(e.value)))  # type: ignore[misc]
            continue
        if isinstance(edit, InsertTable):
            table = made(edit.parent)
            items = {key: _plain(value) for key, value in edit.items.items()}
            if edit.array:
                steps.append(lambda t=table, e=edit, i=items: t.setdefault(e.name, []).append(i))  # type: ignore[misc]
            else:
                steps.append(lambda t=table, e=edit, i=items: put(t, e.name, i))  # type: ignore[misc]
            continue
        if isinstance(edit, ReplaceText):
            continue
        path = edit.path
        if isinstance(edit, Rename):
            while path and isinstance(path[-1], int):
                path = path[:-1]
        outer, key, old = container(path[:-1]), path[-1], container(path)
        if isinstance(edit, Merge):
            if not isinstance(old, dict) or not isinstance(key, int) or key < 1:
                raise Unfixable("there is no element to merge it with")
            steps.append(lambda o=outer, k=key: merge(o[k - 1], o[k]))  # type: ignore[misc]
            steps.append(lambda o=outer, k=key: o.__setitem__(k, _GONE))  # type: ignore[misc]
            continue
        if isinstance(edit, NameElements):
            if not isinstance(old, list) or not len(old) == len(edit.names) == len(set(edit.names)):
                raise Unfixable("there is not one name for each element")
            elements = old if edit.value is None else [container((*path, n, edit.value)) for n in range(len(old))]
            named = dict(zip(edit.names, elements, strict=True))
            steps.append(lambda o=outer, k=key, n=named: o.__setitem__(k, n))  # type: ignore[misc]
            continue
        if isinstance(edit, Replace):
            new = _plain(edit.value)
            steps.append(lambda o=outer, k=key, n=new: o.__setitem__(k, n))  # type: ignore[misc]
        elif isinstance(edit, Nest):
            nested = {edit.key: old}
            steps.append(lambda o=outer, k=key, n=nested: o.__setitem__(k, n))  # type: ignore[misc]
        elif isinstance(edit, SetBrackets):
            changed = [old] if edit.array else old[0]
            steps.append(lambda o=outer, k=key, n=changed: o.__setitem__(k, n))  # type: ignore[misc]
        elif isinstance(edit, Delete):
            steps.append(lambda o=outer, k=key: o.__setitem__(k, _GONE))  # type: ignore[misc]
        else:
            table = outer if isinstance(edit, Rename) else made(edit.table)
            name = edit.key or str(key)

            def relocate(o: Any = outer, k: Any = key, t: Any = table, n: str = name) -> None:
                moved, o[k] = o[k], _GONE
                put(t, n, moved)

            steps.append(relocate)
    for step in steps:
        step()
    _purge(copy)
    return copy[""]


def _plain(value: Any) -> Any:
    """The value itself of TOML text."""
    return tomli.loads(f"x = {value}\n")["x"] if isinstance(value, Raw) else value


def _purge(value: Any) -> None:
    """Take out what was deleted."""
    if isinstance(value, dict):
        for key in [key for key, item in value.items() if item is _GONE]:
            del value[key]
        for item in value.values():
            _purge(item)
    elif isinstance(value, list):
        value[:] = [item for item in value if item is not _GONE]
        for item in value:
            _purge(item)
