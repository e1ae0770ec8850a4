"""What is being written at a place of a text. It goes by the text alone, for a half-typed file says nothing else."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from flylint.document import MAX_DEPTH
from flylint.positions import tokens
from flylint.schema import Node, root
from flylint.schema import node as node_of_schema

Names = tuple[str, ...]
"""A path without indexes: what may stand at a place is the same in each element of an array."""

# what begins a new statement even while a bracket of an array is open: somebody is just writing that array
_HEADER = re.compile(r"[ \t]*\[\[?[ \t]*[A-Za-z_][\w.\- \t]*\]\]?[ \t]*(?:#.*)?(?:\r?\n|\Z)")
_PAIR = re.compile(r"[ \t]*(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')(?:[ \t]*\.[ \t]*[\w\"'-]+)*[ \t]*=")
_NAME = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"?|'[^'\n]*'?|[\w-]+")
_SECOND_WORD = re.compile(r"[^\s.][ \t]+(?![ \t.])")
_REST_OF_NAME = re.compile(r"[\w-]*")
_REST_OF_VALUE = re.compile(r"[\w.+:/-]*")
_OPENING = re.compile(r"\[{1,2}[ \t]*")
_REST_OF_HEADER = re.compile(r"[\w\"'-]*(?:[ \t]*\.[ \t]*[\w\"'-]+)*(?:[ \t]*\]{1,2})?")


class Kind(Enum):
    """What stands at a place."""

    COMMENT = "comment"
    HEADER = "header"
    KEY = "key"
    VALUE = "value"
    NOTHING = "nothing"


class Statement(NamedTuple):
    """A header or a pair, or what is to become one, with the comment behind it; it goes over several lines at times."""

    start: int
    end: int
    text: str

    @property
    def is_header(self) -> bool:
        return self.text.lstrip().startswith("[")

    @property
    def is_array_header(self) -> bool:
        return self.text.lstrip().startswith("[[")

    @property
    def is_pair(self) -> bool:
        return not self.is_header and not self.is_blank

    @property
    def is_blank(self) -> bool:
        """Whether it is an empty line or a comment."""
        return self.text.strip()[:1] in ("", "#")

    @property
    def names(self) -> Names:
        """The names of a header, or of the key of a pair."""
        text = self.text.lstrip()
        return _names(text.lstrip("[").partition("]")[0]) if self.is_header else names_of(text)


class Cursor(NamedTuple):
    """A place of a text.

    kind        what stands there
    table       the table whose keys are written there; for a header the names before the one that it is in
    path        what a value belongs to; table and name for a key or header
    start, end  of the word or value that is there
    word        it, as far as it is written before the place
    quote       the quote in which a value stands, "" without
    bracket     the innermost bracket that is open: "{" of an inline table, "[" of an array, "" without
    siblings    what else is written in that bracket, between its commas
    statement   the statement that it is in
    section     the statements of the same table in the text, from its header on, without this one
    """

    kind: Kind
    table: Names = ()
    path: Names = ()
    start: int = 0
    end: int = 0
    word: str = ""
    quote: str = ""
    bracket: str = ""
    siblings: tuple[str, ...] = ()
    statement: Statement = Statement(0, 0, "")
    section: tuple[Statement, ...] = ()


def _names(text: str) -> Names:
    """The names of a dotted key; behind a dot at its end comes the empty name that is to be filled in."""
    found = _NAME.findall(text)
    if text.rstrip().endswith("."):
        found.append("")
    return tuple(name.strip("\"'") for name in found)


def names_of(pair: str) -> Names:
    """The names of the key of a pair."""
    return _names(pair.partition("=")[0])


def statements(text: str) -> list[Statement]:
    """All statements of a text, broken ones and empty lines as well."""
    found: list[Statement] = []
    start, is_header, empty = 0, False, True
    brackets: list[str] = []  # those that are open
    for match in tokens(text):
        token = match[0]
        if token == "\n":
            if not brackets or is_header or (brackets[-1] == "[" and _begins_statement(text, match.end())):
                found.append(Statement(start, match.start(), text[start : match.start()]))
                start, is_header, empty = match.end(), False, True
                brackets.clear()
            continue
        if token in "[{":
            is_header = is_header or empty
            brackets.append(token)
        elif token in "]}" and brackets:
            brackets.pop()
        empty = empty and token.isspace()
    found.append(Statement(start, len(text), text[start:]))
    return found


def _begins_statement(text: str, offset: int) -> bool:
    return bool(_HEADER.match(text, offset) or _PAIR.match(text, offset))


def cursor_at(text: str, offset: int) -> Cursor:
    """What stands at an offset."""
    everything = statements(text)
    number = next(number for number, statement in enumerate(everything) if offset <= statement.end)
    statement = everything[number]
    first = next((n for n in range(number - 1, -1, -1) if everything[n].is_header), 0)
    last = next((n for n in range(number + 1, len(everything)) if everything[n].is_header), len(everything))
    section = (*everything[first:number], *everything[number + 1 : last])
    above = everything[first]
    table = above.names if above.is_header and first < number else ()
    return _in_statement(text, statement, offset, table)._replace(statement=statement, section=section)


def _in_statement(text: str, statement: Statement, offset: int, table: Names) -> Cursor:
    """The same within a statement of a table."""
    before = text[statement.start : offset]
    if statement.is_header and before.strip():
        return _in_header(text, statement, offset)
    brackets: list[tuple[str, int, Names]] = []  # those that are open, their end, and the table that was left
    inside, path, in_value, start = table, table, False, statement.start
    complete, last = False, ""  # whether a bracket has closed the value; the last token
    for match in tokens(before):
        last = token = match[0]
        at, end = statement.start + match.start(), statement.start + match.end()
        if token[0] == "#":
            return Cursor(Kind.COMMENT, table, path, at, statement.end, token)
        if in_value and token in "[{":
            brackets.append((token, end, inside))
            if len(brackets) > MAX_DEPTH:  # no real file, and each level would make the path longer
                return Cursor(Kind.NOTHING)
            start, complete = end, False
            if token == "{":
                inside, in_value = path, False
        elif token in "]}" and brackets:
            *_, inside = brackets.pop()
            path, in_value, start, complete = path[: len(inside) + 1], True, end, True
        elif token == ",":
            start, complete = end, False
            if brackets and brackets[-1][0] == "{":
                in_value = False
        elif not in_value and "=" in token and token[0] not in "\"'":
            equals = at + token.index("=")
            path, in_value, start = (*inside, *_names(text[start:equals])), True, equals + 1
        elif in_value and token == "\n":
            start = end
    bracket, opened, _ = brackets[-1] if brackets else ("", 0, ())
    siblings = _siblings(text, opened, statement.end, offset) if bracket else ()
    written = text[start:offset]
    start += len(written) - len(written.lstrip())
    word = text[start:offset]
    if complete or (in_value and re.search(r"\s", word) and word[0] not in "\"'"):
        return Cursor(Kind.NOTHING)
    if in_value:
        return _in_value(text, path, start, offset, last)._replace(bracket=bracket, siblings=siblings)
    if any(character in word for character in "]})") or _SECOND_WORD.search(word + "|"):
        return Cursor(Kind.NOTHING)
    *leading, word = [part.strip() for part in word.split(".")] if word else [""]
    inside = (*inside, *(name.strip("\"'") for name in leading))
    end = _REST_OF_NAME.match(text, offset).end()  # type: ignore[union-attr]
    start = offset - len(word)
    path = (*inside, text[start:end].strip("\"'"))
    return Cursor(Kind.KEY, inside, path, start, end, word, bracket=bracket, siblings=siblings)


def _siblings(text: str, start: int, end: int, offset: int) -> tuple[str, ...]:
    """The parts between the commas of a bracket that opens at `start`, without the one that an offset is in."""
    parts, depth, begin = [], 0, start
    for match in tokens(text, start):
        token = match[0]
        if (depth == 0 and token in ",]}") or match.start() >= end:
            parts.append((begin, match.start()))
            begin = match.end()
            if token != ",":
                break
        depth += (token in "[{") - (token in "]}")
    else:
        parts.append((begin, len(text)))
    found = []
    for first, last in parts:
        if first <= offset <= last:  # what is behind the word there is another pair that misses its comma
            first = _REST_OF_NAME.match(text, offset).end()  # type: ignore[union-attr]
            if not _PAIR.match(text, first):
                continue
        found.append(text[first:last].strip())
    return tuple(found)


def _in_value(text: str, path: Names, start: int, offset: int, last: str) -> Cursor:
    """The same in a value that begins at `start`; `last` is the last token before the place."""
    word = text[start:offset]
    if not word and text[offset : offset + 1] in ("'", '"'):  # just before it
        return _in_value(text, path, start, offset + 1, text[offset])
    quote = word[0] if word[:1] in ("'", '"') else ""
    if text.startswith(3 * quote, start) and quote:
        whole = next(tokens(text, start))
        return Cursor(Kind.VALUE, path[:-1], path, start, whole.end(), word, 3 * quote)
    if quote and last == word and len(word) > 1 and word.endswith(quote):  # behind the closing quote
        return Cursor(Kind.VALUE, path[:-1], path, start, offset, word, quote)
    if quote and last != word:
        return Cursor(Kind.NOTHING, path[:-1], path)
    end = _REST_OF_VALUE.match(text, offset).end()  # type: ignore[union-attr]
    if quote:
        closing = re.compile(f"[^{quote}\n]*{quote}").match(text, offset)
        rest = re.compile("[^\n,]*").match(closing[0]) if closing else None
        # a quote farther on, behind a comma, begins the next text: this one is not closed yet
        end = closing.end() if closing and rest and rest[0] == closing[0] else end
    return Cursor(Kind.VALUE, path[:-1], path, start, end, word, quote)


def _in_header(text: str, statement: Statement, offset: int) -> Cursor:
    """The same in a header."""
    start = statement.start + len(statement.text) - len(statement.text.lstrip())
    before = text[start:offset]
    comment = statement.text.find("#")
    if 0 <= comment < offset - statement.start:
        return Cursor(Kind.COMMENT, (), (), statement.start + comment, statement.end, before)
    if "]" in before:
        return Cursor(Kind.NOTHING)
    inside = max(offset, _OPENING.match(text, start).end())  # type: ignore[union-attr]
    name_end = _REST_OF_NAME.match(text, inside).end()  # type: ignore[union-attr]
    names = _names(text[start + 1 : name_end])
    word = before.lstrip("[").lstrip()
    end = _REST_OF_HEADER.match(text, inside).end()  # type: ignore[union-attr]
    return Cursor(Kind.HEADER, names[:-1], names, start, end, word)


def value_at(text: str, cursor: Cursor) -> str:
    """The scalar that stands at a place, as it is written; "" where there is none."""
    for match in tokens(text, cursor.start):
        token = match[0]
        return token if token[0] in "\"'" else re.split(r"[\s=]", token.strip(), maxsplit=1)[0]
    return ""


def node_of(names: Names) -> Node | None:
    """The place of the schema for a path; None when there is no such key."""
    found: Node | None = root()
    for name in names:
        found = table_of(found)
        if found is None:
            return None
        found = found.child(name) or found.extra
    return found


def table_of(node: Node | None) -> Node | None:
    """The table itself, or the table that each element of an array of tables is, or that stands for an old form."""
    if node is None or node.keys or node.extra is not None:
        return node
    if node.items is not None:
        return node.items
    return next((node_of_schema(form) for form in node.schema.get("anyOf", ()) if "$ref" in form), node)
