"""Structural edits: what they do to the values, and what they leave alone in the text."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from math import isnan
from typing import TYPE_CHECKING, Any

import pytest
import tomli
from hypothesis import assume, given
from hypothesis import strategies as st

from flylint.diagnostic import Edit, Fix
from flylint.document import Document
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
    SetBrackets,
)
from flylint.fixes import apply, text_edits, without_overlap
from flylint.fixes.toml import render, render_key
from tests.strategies import documents

if TYPE_CHECKING:
    from flylint.document import Path
    from flylint.edits import StructuralEdit

FRESH = "fresh key"
"""A name that no generated document has."""


class Unfixable(Exception):
    """The text cannot be edited that way."""


def edited(text: str, *edits: StructuralEdit) -> str:
    (result,) = text_edits(Document(text), [edits])
    if result is None:
        raise Unfixable
    return apply(text, result)


# by example: (text, edits, text after them)

EXAMPLES: dict[str, tuple[str, list[StructuralEdit], str]] = {
    "replace": ("a  =  1   # one\n", [Replace(("a",), 2)], "a  =  2   # one\n"),
    "replace keeps the quotes": ("a = 'x'\n", [Replace(("a",), "y")], "a = 'y'\n"),
    "replace needs other quotes": ("a = 'x'\n", [Replace(("a",), "it's")], 'a = "it\'s"\n'),
    "replace in an array": ('a = ["x", # x\n  "y"]\n', [Replace(("a", 1), "z")], 'a = ["x", # x\n  "z"]\n'),
    "replace in an inline table": ("a = { b.c = 1 }\n", [Replace(("a", "b", "c"), True)], "a = { b.c = true }\n"),
    "replace by TOML": ("a = 1\n", [Replace(("a",), Raw("0x10"))], "a = 0x10\n"),
    "rename": ("a = 1 # a\n", [Rename(("a",), "b")], "b = 1 # a\n"),
    "rename needs quotes": ("a = 1\n", [Rename(("a",), "b c")], '"b c" = 1\n'),
    "rename a table": (
        "[ a ] # a\nx = 1\n[a.b]\n[[a . 'c']]\n[[a.c]]\n",
        [Rename(("a",), "z")],
        "[ z ] # a\nx = 1\n[z.b]\n[[z . 'c']]\n[[z.c]]\n",
    ),
    "rename in every header of an array": (
        "[[a]]\n[[a.b]]\n[[a.b]]\n[[a]]\n[[a.b]]\n",
        [Rename(("a",), "z")],
        "[[z]]\n[[z.b]]\n[[z.b]]\n[[z]]\n[[z.b]]\n",
    ),
    "rename in one element only": (
        "[[a]]\n[[a.b]]\n[[a.b]]\n[[a]]\n[[a.b]]\n",
        [Rename(("a", 0, "b"), "z")],
        "[[a]]\n[[a.z]]\n[[a.z]]\n[[a]]\n[[a.b]]\n",
    ),
    "rename dotted keys": ("a.b = 1\na.c = 2\n", [Rename(("a",), "z")], "z.b = 1\nz.c = 2\n"),
    "delete": ("a = 1\n# about b\nb = [\n  1, # one\n] # b\nc = 3\n", [Delete(("b",))], "a = 1\n# about b\nc = 3\n"),
    "delete leaves one empty line": ("a = 1\n\nb = 1\n\nc = 1\n", [Delete(("b",))], "a = 1\n\nc = 1\n"),
    "delete the first": ("a = 1\n\nb = 1\n", [Delete(("a",))], "b = 1\n"),
    "delete the last": ("a = 1\n\nb = 1\n", [Delete(("b",))], "a = 1\n"),
    "delete the last without line end": ("a = 1\n\nb = 1", [Delete(("b",))], "a = 1"),
    "delete all": ("a = 1\n", [Delete(("a",))], ""),
    "delete leaves the header": ("[a]\nb = 1\n[c]\n", [Delete(("a", "b"))], "[a]\n[c]\n"),
    "delete an element": (
        "[[a]]\nx = 1\n\n[[a]]\nx = 2\n[[a.b]]\n\n[[a]]\nx = 3\n",
        [Delete(("a", 1))],
        "[[a]]\nx = 1\n\n[[a]]\nx = 3\n",
    ),
    "delete scattered tables": ("[a.b]\n[c]\n[a.d]\nx = 1\n[e]\n", [Delete(("a",))], "[c]\n[e]\n"),
    "delete dotted keys": ("a.b = 1\nc = 2\na.d = 3\n", [Delete(("a",))], "c = 2\n"),
    "delete first item": ("a = [1, 2, 3]\n", [Delete(("a", 0))], "a = [2, 3]\n"),
    "delete middle item": ("a = [1, 2, 3]\n", [Delete(("a", 1))], "a = [1, 3]\n"),
    "delete last item": ("a = [1, 2, 3]\n", [Delete(("a", 2))], "a = [1, 2]\n"),
    "delete first and last item": ("a = [1, 2, 3]\n", [Delete(("a", 0)), Delete(("a", 2))], "a = [2]\n"),
    "delete last pair": ("a = { b = 1, c = 2 }\n", [Delete(("a", "c"))], "a = { b = 1 }\n"),
    "insert": ("a = 1\n\n[b]\nx = 1 # x\n\n[c]\n", [Insert(("b",), "y", "z")], '...x = 1 # x\ny = "z"\n\n[c]\n'),
    "insert with quotes of the file": ("a = 'x'\n", [Insert((), "b", "y")], "a = 'x'\nb = 'y'\n"),
    "insert with indentation": ("[a]\n\tx = 1\n[a.b]\n", [Insert(("a",), "y", 2)], "[a]\n\tx = 1\n\ty = 2\n[a.b]\n"),
    "insert below a bare header": ("[a]\n  x = 1\n[b]\n", [Insert(("b",), "y", 2)], "[a]\n  x = 1\n[b]\n  y = 2\n"),
    "insert at the top": (
        "# app\n\n# about a\n[a]\nx = 1\n",
        [Insert((), "y", 2)],
        "# app\n\ny = 2\n\n# about a\n[a]\nx = 1\n",
    ),
    "insert into nothing": ("", [Insert((), "a", 1)], "a = 1\n"),
    "insert with CRLF": ("[a]\r\nx = 1\r\n", [Insert(("a",), "y", 2)], "[a]\r\nx = 1\r\ny = 2\r\n"),
    "insert into an inline table": ("a = { b = 1 }\n", [Insert(("a",), "c", 2)], "a = { b = 1, c = 2 }\n"),
    "insert into an empty one": ("a = {}\n", [Insert(("a",), "c", 2)], "a = { c = 2 }\n"),
    "insert into an implied table": (
        "# b\n[a.b]\nx = 1\n",
        [Insert(("a",), "y", 2)],
        "[a]\ny = 2\n\n# b\n[a.b]\nx = 1\n",
    ),
    "insert into an element": (
        "[[a]]\nx = 1\n[[a]]\nx = 2\n",
        [Insert(("a", 0), "y", 2)],
        "[[a]]\nx = 1\ny = 2\n[[a]]\nx = 2\n",
    ),
    "replace and insert and delete": (
        "[a]\nx = 1\ny = 2\nz = 3\n",
        [Replace(("a", "x"), 5), Delete(("a", "z")), Insert(("a",), "w", 4)],
        "[a]\nx = 5\ny = 2\nw = 4\n",
    ),
    "insert a table": (
        "[a]\n  x = 1\n\n  [a.b]\n    y = 1\n\n[c]\n",
        [InsertTable(("a",), "d", {"z": 1, "w": {"v": 2}})],
        "[a]\n  x = 1\n\n  [a.b]\n    y = 1\n\n  [a.d]\n    z = 1\n    w = { v = 2 }\n\n[c]\n",
    ),
    "insert a table with a comment": (
        "[a]\nx = 1\n",
        [InsertTable((), "b", {"y": 2}, comment="about b")],
        "[a]\nx = 1\n\n# about b\n[b]\ny = 2\n",
    ),
    "insert a table into nothing": ("", [InsertTable((), "a", {"x": 1})], "[a]\n  x = 1\n"),
    "insert a table into an element": (
        "[[a]]\nx = 1\n\n[[a]]\nx = 2\n",
        [InsertTable(("a", 0), "b", {"y": 1}, array=True)],
        "[[a]]\nx = 1\n\n[[a.b]]\ny = 1\n\n[[a]]\nx = 2\n",
    ),
    "insert two tables": (
        "a = 1\n",
        [InsertTable((), "b", {"x": 1}), InsertTable((), "c", {"x": 2})],
        "a = 1\n\n[b]\n  x = 1\n\n[c]\n  x = 2\n",
    ),
    "move": (
        "[a]\nx = 1 # one\ny = 2\n[b]\n  z = 3\n",
        [MoveKey(("a", "x"), ("b",), "w")],
        "[a]\ny = 2\n[b]\n  z = 3\n  w = 1 # one\n",
    ),
    "move to the top": ("# it\nx = 1\n\n[a]\ny = 'é'\n", [MoveKey(("a", "y"), ())], "# it\nx = 1\ny = 'é'\n\n[a]\n"),
    "move to a new table in a table": (
        "[a]\nx = 1\n\n[b]\ny = 2\nz = 3\n",
        [MoveKey(("b", "y"), ("a", "c"))],
        "[a]\nx = 1\n\n[a.c]\ny = 2\n\n[b]\nz = 3\n",
    ),
    "move a dotted key": ("a.b = 1\nc = 1\n", [MoveKey(("a", "b"), ())], "c = 1\nb = 1\n"),
    "move from an inline table": ("a = { b = 'x', c = 2 }\n", [MoveKey(("a", "b"), ())], "a = { c = 2 }\nb = 'x'\n"),
    "move into an inline table": ("a = {}\nb = 1\n", [MoveKey(("b",), ("a",))], "a = { b = 1 }\n"),
    "move a table": (
        "[a]\nx = 1\n[s.b] # b\ny = 1\n[[s.b.c]]\nz = 1\n",
        [MoveKey(("s", "b"), ("a",), "d")],
        "[a]\nx = 1\n[a.d] # b\ny = 1\n[[a.d.c]]\nz = 1\n",
    ),
    "double the brackets": ("[a] # a\nx = 1\n[a.b]\n", [SetBrackets(("a",), True)], "[[a]] # a\nx = 1\n[a.b]\n"),
    "single brackets": ("[[a]]\nx = 1\n[[a.b]]\n", [SetBrackets(("a",), False)], "[a]\nx = 1\n[[a.b]]\n"),
    "brackets of an inline table": ("a = { x = 1 }\n", [SetBrackets(("a",), True)], "a = [{ x = 1 }]\n"),
    "no brackets of an inline table": ("a = [ { x = 1 }, ]\n", [SetBrackets(("a",), False)], "a = { x = 1 }\n"),
    "brackets and a new name": (
        "[a]\nx = 1\n[a.b]\n",
        [SetBrackets(("a",), True), Rename(("a",), "c")],
        "[[c]]\nx = 1\n[c.b]\n",
    ),
    "a value becomes a table": (
        "a = 'x'\nb = 1\n",
        [Delete(("a",)), InsertTable((), "a", {"y": 1})],
        "b = 1\n\n[a]\n  y = 1\n",
    ),
    # items of arrays and inline tables
    "delete neighbours": ("a = [1, 2, 3]\n", [Delete(("a", 1)), Delete(("a", 2))], "a = [1]\n"),
    "delete all items": ("a = [1, 2]\n", [Delete(("a", 0)), Delete(("a", 1))], "a = []\n"),
    "delete all pairs": ("a = { b = 1, c = 2 }\n", [Delete(("a", "b")), Delete(("a", "c"))], "a = {}\n"),
    "delete dotted pairs": ("a = { b.c = 1, b.d = 2, e = 3 }\n", [Delete(("a", "b"))], "a = { e = 3 }\n"),
    "delete a line of an array": (
        "a = [\n  1, # one\n  2, # two\n  3 # three\n]\n",
        [Delete(("a", 1))],
        "a = [\n  1, # one\n  3 # three\n]\n",
    ),
    "delete the last lines of an array": (
        "a = [\n  1, # one\n  2, # two\n  3 # three\n]\n",
        [Delete(("a", 1)), Delete(("a", 2))],
        "a = [\n  1 # one\n]\n",
    ),
    "delete all lines of an array": (
        "a = [ # first\n  1, # one\n  # last\n]\n",
        [Delete(("a", 0))],
        "a = [ # first\n  # last\n]\n",
    ),
    "delete an item beside others": (
        "a = [1, # one\n  2, 3, # three\n  4]\n",
        [Delete(("a", 2))],
        "a = [1, # one\n  2, # three\n  4]\n",
    ),
    "replace one item": (
        "a = [\n  'x', # x\n  'y', # y\n]\n",
        [Replace(("a",), ["x", "z"])],
        "a = [\n  'x', # x\n  'z', # y\n]\n",
    ),
    "replace adds an item": ("a = ['http'] # a\n", [Replace(("a",), ["tls", "http"])], "a = ['tls', 'http'] # a\n"),
    "replace adds a line": (
        "a = [\n  'x', # x\n  'y' # y\n]\n",
        [Replace(("a",), ["x", "z", "y", "w"])],
        "a = [\n  'x', # x\n  'z', # y\n  'y',\n  'w'\n]\n",
    ),
    "replace in front": (
        "a = [\n  'x', # x\n  'y', # y\n]\n",
        [Replace(("a",), ["w", "x", "y"])],
        "a = [\n  'w',\n  'x', # x\n  'y', # y\n]\n",
    ),
    "replace takes items away": ("a = [1, 2, 3, 4]\n", [Replace(("a",), [1, 4])], "a = [1, 4]\n"),
    "replace with quotes of the file": ("a = []\nb = 'x'\n", [Replace(("a",), ["y"])], "a = ['y']\nb = 'x'\n"),
    "replace pairs": (
        "a = { x = 1, y = 'b', z = 3 }\n",
        [Replace(("a",), {"x": 1, "y": "c", "w": 5})],
        "a = { x = 1, y = 'c', w = 5 }\n",
    ),
    "insert a table into an inline one": (
        "a = { x = 1 }\n",
        [InsertTable(("a",), "b", {"y": 2}, array=True, comment="guess")],
        "# guess\na = { x = 1, b = [{ y = 2 }] }\n",
    ),
    "insert a table into an array": (
        "[a]\n  b = [\n    { x = 1 }, # one\n  ]\n",
        [InsertTable(("a",), "b", {"x": 2}, array=True)],
        "[a]\n  b = [\n    { x = 1 }, # one\n    { x = 2 },\n  ]\n",
    ),
    # tables of dotted keys
    "insert into dotted keys": ("a.b = 1\nc = 2\n", [Insert(("a",), "d", 3)], "a.b = 1\na.d = 3\nc = 2\n"),
    "insert into inline dotted keys": ("x = { a.b = 1 }\n", [Insert(("x", "a"), "c", 2)], "x = { a.b = 1, a.c = 2 }\n"),
    "insert a table into dotted keys": (
        "a.b = 1\nc = 2\n",
        [InsertTable(("a",), "d", {"x": 1}, comment="about d")],
        "a.b = 1\n# about d\na.d = { x = 1 }\nc = 2\n",
    ),
    # the taste of the file
    "insert with alignment": (
        "[a]\n  xxx  = 1\n  y    = 2\n",
        [Insert(("a",), "zz", 3)],
        "[a]\n  xxx  = 1\n  y    = 2\n  zz   = 3\n",
    ),
    "rename keeps alignment": (
        "xxx  = 1\ny    = 2\n",
        [Rename(("y",), "why")],
        "xxx  = 1\nwhy  = 2\n",
    ),
    "replace keeps comments in their column": (
        "a = 1     # one\nbb = 22   # two\n",
        [Replace(("a",), 100)],
        "a = 100   # one\nbb = 22   # two\n",
    ),
    "insert without blanks": ("a=1\n[b]\nc='x'\n", [Insert(("b",), "d", "y")], "a=1\n[b]\nc='x'\nd='y'\n"),
    "insert a table without blanks": (
        "a=1\n[b]\nc='x'\n[d]\ne=1\n",
        [InsertTable((), "f", {"x": "y"}), InsertTable(("b",), "g", {"x": 1})],
        "a=1\n[b]\nc='x'\n[b.g]\nx=1\n[d]\ne=1\n[f]\nx='y'\n",
    ),
    "insert a table without final line end": (
        "[a]\nx = 1",
        [InsertTable(("a",), "b", {"y": 2})],
        "[a]\nx = 1\n\n[a.b]\ny = 2",
    ),
    "insert without final line end": (
        "[a]\nx = 1",
        [Insert(("a",), "y", 2), Insert(("a",), "z", 3)],
        "[a]\nx = 1\ny = 2\nz = 3",
    ),
    "insert a key and a table": (
        "[a]\nx = 1\n\n[c]\n",
        [InsertTable(("a",), "b", {"y": 2}), Insert(("a",), "z", 3)],
        "[a]\nx = 1\nz = 3\n\n[a.b]\ny = 2\n\n[c]\n",
    ),
    "insert a table beside its like": (
        "[a]\n\n[[a.b]]\nx = 1\n\n[a.c]\ny = 1\n\n[d]\n",
        [InsertTable(("a",), "b", {"x": 2}, array=True)],
        "[a]\n\n[[a.b]]\nx = 1\n\n[[a.b]]\nx = 2\n\n[a.c]\ny = 1\n\n[d]\n",
    ),
    "insert a table below comments": (
        "[a]\nx = 1\n# y = 2\n\n# about c\n[c]\n",
        [InsertTable(("a",), "b", {"z": 1})],
        "[a]\nx = 1\n# y = 2\n\n[a.b]\nz = 1\n\n# about c\n[c]\n",
    ),
    "delete and insert": (
        "[a]\n\nx = 1\n\n[b]\n",
        [Delete(("a", "x")), Insert(("a",), "y", 1)],
        "[a]\n\ny = 1\n\n[b]\n",
    ),
    "delete the last two": ("a = 1\n\nb = 1\n\nc = 1\n", [Delete(("b",)), Delete(("c",))], "a = 1\n"),
    # more moves
    "move two to the top": (
        "[a]\nx = 1 # x\ny = 2\n",
        [MoveKey(("a", "x"), ()), MoveKey(("a", "y"), ())],
        "x = 1 # x\ny = 2\n\n[a]\n",
    ),
    "move two to a new table": (
        "[a]\nx = 1 # x\ny = 2\nz = 3\n",
        [MoveKey(("a", "x"), ("b", "c")), MoveKey(("a", "y"), ("b", "c"))],
        "[a]\nz = 3\n\n[b.c]\nx = 1 # x\ny = 2\n",
    ),
    "move two to a new inline table": (
        "x = 1 # x\ny = 2\nb = { z = 3 }\n",
        [MoveKey(("x",), ("b", "c")), MoveKey(("y",), ("b", "c"))],
        "# x\nb = { z = 3, c = { x = 1, y = 2 } }\n",
    ),
    "move the comment above an inline table": (
        "b = 1 # b\na = {}\n",
        [MoveKey(("b",), ("a",))],
        "# b\na = { b = 1 }\n",
    ),
    "move a spaced header": (
        "[ s . b ] # b\n[[ s . b . c ]]\n[a]\n",
        [MoveKey(("s", "b"), ("a",), "d")],
        "[ a.d ] # b\n[[ a.d . c ]]\n[a]\n",
    ),
    "double the brackets of an implied table": (
        "x = 1\n\n# b\n[a.b]\ny = 1\n",
        [SetBrackets(("a",), True)],
        "x = 1\n\n[[a]]\n# b\n[a.b]\ny = 1\n",
    ),
    "insert two keys into an implied table": (
        "[a.b]\n  x = 1\n",
        [Insert(("a",), "y", 2), Insert(("a",), "z", 3)],
        "[a]\n  y = 2\n  z = 3\n\n[a.b]\n  x = 1\n",
    ),
    "replace a number by a text": ("a = 1\nb = 'x'\n", [Replace(("a",), "y")], "a = 'y'\nb = 'x'\n"),
    "delete the last two without line end": ("[a]\nx = 1\ny = 2", [Delete(("a", "x")), Delete(("a", "y"))], "[a]"),
    "merge": (
        "[[a]]\nx = 1\n\n[[a.b]]\ny = 1\n\n# two\n[[a]]\nx = 1\n\n[[a.b]]\ny = 2\n\n[[a]]\nx = 3\n",
        [Merge(("a", 1))],
        "[[a]]\nx = 1\n\n[[a.b]]\ny = 1\n\n# two\n\n[[a.b]]\ny = 2\n\n[[a]]\nx = 3\n",
    ),
    "merge inline tables": (
        "a = [{ x = 1, b = [{ y = 1 }] }, { x = 2, b = [{ y = 2 }, { y = 3 }] }]\n",
        [Merge(("a", 1))],
        "a = [{ x = 1, b = [{ y = 1 }, { y = 2 }, { y = 3 }] }]\n",
    ),
    "merge arrays of inline tables": (
        "[[a]]\nx = 1\nb = [\n  { y = 1 },\n]\n\n[[a]]\nx = 1\nb = [{ y = 2 }] # b\n",
        [Merge(("a", 1))],
        "[[a]]\nx = 1\nb = [\n  { y = 1 },\n  { y = 2 },\n]\n",
    ),
    "reduce the elements": (
        "# a\n[[a]] # one\nn = 'x' # n\nv = 1 # v\n\n# two\n[[a]]\nv = 2\nn = 'y y'\n",
        [NameElements(("a",), ["x", "y y"], "v")],
        '# a\n[a] # one\nx = 1 # v\n\n# two\n"y y" = 2\n',
    ),
    "reduce inline tables": ("a = [{ v = 1 }] # a\n", [NameElements(("a",), ["b"], "v")], "a = { b = 1 } # a\n"),
    "name the elements": (
        "[[a]] # one\nx = 1\n[a.b]\ny = 1\n[[ a ]]\n[[a.c.d]]\n",
        [NameElements(("a",), ["one", "and two"])],
        '[a.one] # one\nx = 1\n[a.one.b]\ny = 1\n[ a."and two" ]\n[[a."and two".c.d]]\n',
    ),
    "name the elements and delete in them": (
        "[[a]]\nname = 'x'\ny = 1\n",
        [Delete(("a", 0, "name")), NameElements(("a",), ["x"])],
        "[a.x]\ny = 1\n",
    ),
    "name the elements of an inline array": (
        "a = [{ x = 1 }, { x = 2 }] # a\n",
        [NameElements(("a",), ["one", "two"])],
        "a = { one = { x = 1 }, two = { x = 2 } } # a\n",
    ),
    "move a table and delete what it was in": (
        "[a]\nx = 1\n\n# about s\n[[s]] # s\ny = 1\n[s.b] # b\nz = 1\n",
        [MoveKey(("s", 0, "b"), ("a",)), Delete(("s",))],
        "[a]\nx = 1\n\n# about s\n[a.b] # b\nz = 1\n",
    ),
    "nest": ("[a] # a\nx = 1\n  [a.b]\n  y = 1\n", [Nest(("a",), "c")], "[a.c] # a\nx = 1\n  [a.c.b]\n  y = 1\n"),
    "nest dotted keys": ("a.x = 1\na.b.y = 2\n", [Nest(("a",), "c")], "a.c.x = 1\na.c.b.y = 2\n"),
    "nest an inline table": ("a = { x = 1 }\n", [Nest(("a",), "b c")], 'a."b c" = { x = 1 }\n'),
    "nest with a new key": ("[a]\nx = 1\n", [Insert(("a",), "y", 2), Nest(("a",), "b")], "[a.b]\nx = 1\ny = 2\n"),
    "rename and replace": ("a = 1\n", [Rename(("a",), "b"), Replace(("a",), 2)], "b = 2\n"),
}


@pytest.mark.parametrize(("text", "edits", "after"), EXAMPLES.values(), ids=EXAMPLES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_example(text: str, edits: list[StructuralEdit], after: str, newline: str) -> None:
    text, after = text.replace("\r", "").replace("\n", newline), after.replace("\r", "").replace("\n", newline)
    if not text:
        after = after.replace("\r", "")  # an empty file has no style yet
    got = edited(text, *edits)
    if after.startswith("..."):
        assert got.endswith(after[3:]) and got.startswith(text[: text.index(after[3:8])])
    else:
        assert got == after


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("a = 1\n", Replace(("b",), 1)),
        ("a = 1\n", Delete(("a", "b"))),
        ("a = 1\n", Insert((), "a", 2)),
        ("a = 1\n", Insert(("a",), "b", 2)),
        ("a = 1\nb = 2\n", Rename(("a",), "b")),
        ("[[a]]\n", Insert(("a",), "b", 2)),
        ("a = 1\n", Nest(("b",), "c")),
        ("[[a]]\n[[a]]\n", SetBrackets(("a",), False)),
        ("[a.b]\n[a]\n", SetBrackets(("a",), True)),
        ("a = [{}, {}]\n", SetBrackets(("a",), False)),
        ("a = [1]\n", MoveKey(("a", 0), ())),
        ("a = 1\n[b]\na = 2\n", MoveKey(("b", "a"), ())),
        ("a = 1\n", InsertTable((), "a", {})),
        ("[[a]]\nx = 1\n", Merge(("a", 0))),
        ("[[a]]\nb.c = 1\n[[a]]\nb.c = 1\n", Merge(("a", 1))),
        ("[[a]]\nb = [1]\n[[a.c]]\n[[a]]\nc = [{}]\n", Merge(("a", 1))),
        ("[[a]]\nv = 1\n[[a]]\n", NameElements(("a",), ["one", "two"], "v")),
        ("a = [\n{ v = 1 }]\n", NameElements(("a",), ["one"], "v")),
        ("[[a]]\n[[a]]\n", NameElements(("a",), ["one", "one"])),
        ("[[a]]\n[[a]]\n", NameElements(("a",), ["one"])),
        ("a = [{}, {}]\n", NameElements(("a",), ["one"])),
        ("a = [{},\n{}]\n", NameElements(("a",), ["one", "two"])),
        ("a = [{},]\n", NameElements(("a",), ["one"])),
        ("a = 1\n", Replace(("a",), Raw("1 2"))),
        ("a = 1\n", Replace(("a",), Raw("1\nb = 2"))),
    ],
)
def test_unfixable(text: str, edit: StructuralEdit) -> None:
    with pytest.raises(Unfixable):
        edited(text, edit)


# TOML of values

plain = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.floats() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(plain, st.sampled_from(["", "'x'", '"x"', "'''x'''", '"""x"""', "1"]))
def test_render(value: Any, like: str) -> None:
    assert repr(tomli.loads(f"x = {render(value, like)}")["x"]) == repr(value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_render_key(key: str) -> None:
    assert tomli.loads(f"{render_key(key)} = 1") == {key: 1}


# laws, for any document

values = st.sampled_from([0, -1.5, True, "text", 'it\'s "é"\n\\', [], ["a", 1], {}, {"x": {"y z": [1]}}])


def same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) or (isinstance(one, float) and isnan(one) and isnan(other))


def paths(value: Any, kinds: type | tuple[type, ...] = object, path: Path = ()) -> list[Path]:
    """The paths of all values of some types."""
    found = [path] if isinstance(value, kinds) else []
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += paths(child, kinds, (*path, key))
    return found


def at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: item for key, child in value.items() if (item := without_empty(child)) not in ({}, [])}
    if isinstance(value, list):
        return [item for child in value if (item := without_empty(child)) not in ({}, [])]
    return value


def check(text: str, edit: StructuralEdit, expected: Any, lost: tuple[int, int] = (0, 0)) -> None:
    """The edit gives these values, and loses no comment but those that start in a range of offsets."""
    document = Document(text)
    result = edited(text, edit)
    got = tomli.loads(result)
    assert same(got, expected), (text, result)
    before = Counter(comment for span, comment in document.comments() if not lost[0] <= span.start < lost[1])
    after = Counter(comment for _, comment in Document(result).comments())
    assert not before - after, (text, result)
    assert ("\r\n" in text) == ("\r\n" in result) or result.count("\n") == 0
    if "\r\n" in text:
        assert "\n" not in result.replace("\r\n", ""), (text, result)


@given(documents(), st.data())
def test_replace(text: str, data: st.DataObject) -> None:
    document = Document(text)
    places = [path for path, place in document.index.places.items() if place.kind in ("pair", "element")]
    assume(places)
    path, value = data.draw(st.sampled_from(places)), data.draw(values)
    expected = deepcopy(document.values)
    at(expected, path[:-1])[path[-1]] = value
    check(text, Replace(path, value), expected, document.span(path))


@given(documents(), st.data())
def test_rename(text: str, data: st.DataObject) -> None:
    document = Document(text)
    places = [path for path in paths(document.values) if path and isinstance(path[-1], str)]
    assume(places)
    path = data.draw(st.sampled_from(places))
    expected = deepcopy(document.values)
    table = at(expected, path[:-1])
    table[FRESH] = table.pop(path[-1])
    check(text, Rename(path, FRESH), expected)


@given(documents(), st.data())
def test_nest(text: str, data: st.DataObject) -> None:
    document = Document(text)
    places = [path for path in paths(document.values) if path and isinstance(path[-1], str)]
    assume(places)
    path = data.draw(st.sampled_from(places))
    expected = deepcopy(document.values)
    table = at(expected, path[:-1])
    table[path[-1]] = {FRESH: table[path[-1]]}
    check(text, Nest(path, FRESH), expected)


@given(documents(), st.data())
def test_insert(text: str, data: st.DataObject) -> None:
    document = Document(text)
    path, value = data.draw(st.sampled_from(paths(document.values, dict))), data.draw(values)
    expected = deepcopy(document.values)
    at(expected, path)[FRESH] = value
    check(text, Insert(path, FRESH, value), expected)


@given(documents(), st.data())
def test_delete(text: str, data: st.DataObject) -> None:
    document = Document(text)
    places = [path for path in paths(document.values) if path]
    assume(places)
    path = data.draw(st.sampled_from(places))
    expected = deepcopy(document.values)
    del at(expected, path[:-1])[path[-1]]
    result = edited(text, Delete(path))
    assert same(without_empty(tomli.loads(result)), without_empty(expected)), (text, result)


@given(documents(), st.data(), st.booleans())
def test_insert_table(text: str, data: st.DataObject, array: bool) -> None:
    document = Document(text)
    path = data.draw(st.sampled_from(paths(document.values, dict)))
    expected = deepcopy(document.values)
    at(expected, path)[FRESH] = [{"x": 1}] if array else {"x": 1}
    check(text, InsertTable(path, FRESH, {"x": 1}, array=array), expected)


@given(documents(), st.data())
def test_move(text: str, data: st.DataObject) -> None:
    document = Document(text)
    places = [path for path, place in document.index.places.items() if place.kind == "pair"]
    assume(places)
    path = data.draw(st.sampled_from(places))
    table = data.draw(st.sampled_from([table for table in paths(document.values, dict) if table[: len(path)] != path]))
    expected = deepcopy(document.values)
    target, outer = at(expected, table), at(expected, path[:-1])
    target[FRESH] = outer.pop(path[-1])
    result = edited(text, MoveKey(path, table, FRESH))
    assert same(without_empty(tomli.loads(result)), without_empty(expected)), (text, result)


@given(documents(), st.data())
def test_insert_element(text: str, data: st.DataObject) -> None:
    document = Document(text)
    places = [path for path, place in document.index.places.items() if place.kind == "tables"]
    assume(places)
    path = data.draw(st.sampled_from(places))
    expected = deepcopy(document.values)
    at(expected, path).append({"x": 1})
    check(text, InsertTable(path[:-1], str(path[-1]), {"x": 1}, array=True), expected)


@given(documents(), st.data())
def test_brackets(text: str, data: st.DataObject) -> None:
    document = Document(text)
    places = [path for path in paths(document.values, (dict, list)) if path]
    assume(places)
    path = data.draw(st.sampled_from(places))
    expected = deepcopy(document.values)
    value, outer = at(expected, path), at(expected, path[:-1])
    assume(isinstance(value, dict) or value)
    outer[path[-1]] = [value] if isinstance(value, dict) else value[0]
    try:
        result = edited(text, SetBrackets(path, isinstance(value, dict)))
    except Unfixable:
        return
    assert same(tomli.loads(result), expected), (text, result)


@given(documents(), st.data())
def test_several(text: str, data: st.DataObject) -> None:
    """Several edits at once are refused, or each of them shows."""
    document = Document(text)
    tables = paths(document.values, dict)
    places = [path for path, place in document.index.places.items() if place.kind == "pair"]
    assume(len(places) > 1)
    first, second = data.draw(st.lists(st.sampled_from(places), min_size=2, max_size=2, unique=True))
    assume(first[: len(second)] != second and second[: len(first)] != first)
    table = data.draw(st.sampled_from(tables))
    assume(table[: len(second)] != second and table[: len(first)] != first)
    expected = deepcopy(document.values)
    at(expected, first[:-1])[first[-1]] = "new"
    at(expected, table)[FRESH] = 1
    del at(expected, second[:-1])[second[-1]]
    edits = [Replace(first, "new"), Delete(second), Insert(table, FRESH, 1)]
    try:
        result = edited(text, *edits)  # type: ignore[arg-type]
    except Unfixable:
        return
    assert same(without_empty(tomli.loads(result)), without_empty(expected)), (text, result)


# fixes


def fix(document: Document, *changes: tuple[int, int, str]) -> Fix:
    return Fix(
        "x", True, tuple(Edit(document.position(start), document.position(end), text) for start, end, text in changes)
    )


def test_of_fixes_that_touch_the_first_wins() -> None:
    document = Document("abcdefghij")
    first, second = fix(document, (0, 2, ""), (5, 7, "x")), fix(document, (6, 8, ""))
    third, fourth = fix(document, (7, 7, "y")), fix(document, (3, 4, "z"))
    assert without_overlap([first, second, third, fourth]) == [first, fourth]
    assert without_overlap([third, third]) == [third]


def test_lines_can_be_inserted_at_one_place() -> None:
    document = Document("a = 1\nb = 2\n")
    first, second, same = fix(document, (6, 6, "x\n")), fix(document, (6, 6, "y\n")), fix(document, (6, 6, "x\n"))
    assert without_overlap([first, second, same]) == [first, second]
    amidst, block, cut = fix(document, (7, 7, "x\n")), fix(document, (6, 6, "x\ny\n")), fix(document, (0, 6, ""))
    assert without_overlap([first, block, cut]) == [first]
    assert without_overlap([amidst, first]) == [amidst, first]


def many(count: int, tail: str = "") -> tuple[Document, list[list[StructuralEdit]]]:
    """A file that is too long to try each of its fixes alone."""
    text = "".join(f"key_{number} = 1 # {'x' * 1000}\n" for number in range(count))
    return Document(text + tail), [[Rename((f"key_{number}",), f"k{number}")] for number in range(count)]


def test_many_fixes_of_a_long_file() -> None:
    document, wanted = many(300)
    results = text_edits(document, wanted)
    together = apply(document.text, [edit for edits in results for edit in edits or ()])
    assert tomli.loads(together) == {f"k{number}": 1 for number in range(300)}


def test_fixes_that_cannot_go_together_are_both_offered() -> None:
    document, wanted = many(300)
    wanted[200] = [Rename(("key_200",), "k100")]
    assert None not in text_edits(document, wanted)


def test_one_fix_among_many_that_cannot_be_done() -> None:
    document, wanted = many(300, "[a.b]\n[a]\n")
    wanted.append([SetBrackets(("a",), True)])
    results = text_edits(document, wanted)
    assert results[300] is None
    assert sum(edits is not None for edits in results) >= 225


def test_a_broken_file_is_edited_only_where_nothing_else_breaks() -> None:
    assert edited("a = 1\nb = x\n", Replace(("a",), 2)) == "a = 2\nb = x\n"
