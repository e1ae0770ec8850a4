"""What a key that flyctl does not know was probably meant to be."""

from __future__ import annotations

from functools import cache, lru_cache

from flylint import schema
from flylint.app import once
from flylint.decode import takes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flylint.app import App, Element
    from flylint.decode import Problem
    from flylint.document import Path
    from flylint.invented_keys import Invented
    from flylint.schema import Node


class Advice:
    """What was meant by an unknown key.

    rename   another key of the same table
    plain    the spelling alone shows it: nothing else can have been meant
    taken    that key is in the table already
    move     (table, key): a key of an enclosing table, below whose sub-table it slipped, or of another table; there
             flyctl takes the value as it stands
    slipped  it slipped below the header of a sub-table
    tables   the tables that have such a key, as users write them
    invented the entry of the table of invented keys
    """

    __slots__ = ("invented", "move", "plain", "rename", "slipped", "tables", "taken")

    def __init__(self) -> None:
        self.rename: str | None = None
        self.plain = False
        self.taken = False
        self.move: tuple[Path, str] | None = None
        self.slipped = False
        self.tables: list[str] = []
        self.invented: Invented | None = None


def advise(app: App, problem: Problem) -> Advice:
    """Everything that can be guessed about an unknown key, once for all that want to know."""
    known: dict[Problem, Advice] = app.answers.setdefault(advise, {})
    if problem not in known:
        known[problem] = _advise(app, problem)
    return known[problem]


def _advise(app: App, problem: Problem) -> Advice:
    from flylint.invented_keys import INVENTED

    advice = Advice()
    *parents, key = problem.path
    table, name = tuple(parents), str(key)
    invented = INVENTED.get((problem.node.title, name.lower().replace("-", "_"))) or INVENTED.get(
        (problem.node.title, name)
    )
    written = app.document_value(table) or {}
    if invented is not None:
        advice.invented, advice.rename, advice.move = invented, invented.rename, invented.move
        if advice.move and not _fits(app, *advice.move, problem.value):
            advice.move = None
    else:
        advice.rename = closest(name, problem.node.keys)
        advice.plain = advice.rename is not None
        if advice.rename is None:
            advice.move = _enclosing(app, table, name, problem.value)
            advice.slipped = advice.move is not None
        if advice.rename is None and advice.move is None:
            advice.tables = _tables_with(name)
            if len(advice.tables) == 1 and "[[" not in advice.tables[0]:
                path = tuple(advice.tables[0].strip("[]").split("."))
                if _is_table_or_absent(app, path) and _fits(app, path, name, problem.value):
                    advice.move = (path, name)
    advice.taken = advice.rename is not None and advice.rename in written
    return advice


def meant_keys(app: App) -> dict[Path, set[str]]:
    """For each table the keys that its unknown keys, and unknown keys elsewhere that belong to it, were meant to be."""
    meant: dict[Path, set[str]] = {}
    for problem in app.problems_of("unknown-key"):
        advice = advise(app, problem)
        if advice.rename:
            meant.setdefault(problem.path[:-1], set()).add(advice.rename)
        elif advice.move:
            meant.setdefault(advice.move[0], set()).add(advice.move[1])
    for place, table in slipped_names(app).items():
        meant.setdefault(table, set()).add(str(place[-1]))
    return meant


@once
def slipped_names(app: App) -> dict[Path, Path]:
    """The keys that slipped below the header of a table of free names, such as `[env]`, and the table that each belongs to."""
    found: dict[Path, Path] = {}
    for element in _free_tables(app):
        places = element.table.places
        known = _names_around(_shape(element.path)) if places else ()
        for name in [name for name in places if name in known]:
            if name in _FREE_NAMES and (name, *element.path) != ("app", "env"):
                continue
            place = places[name]
            move = _enclosing(app, element.path, name, element.raw(name))
            if move and place[:-1] == element.path and _has_header(app, element.path) and not _is_declared(app, place):
                found[place] = move[0]
    return found


_FREE_NAMES = ("app", "container")
"""Keys of the top that process groups, variables and the like are called as well."""


def _free_tables(app: App) -> Iterator[Element]:
    """The tables whose names authors choose."""
    for holder, key in ((app.root, "env"), (app.root, "processes"), (app.build, "args")):
        if holder.has(key):
            yield holder.element(key)
    for check in app.every_check:
        if check.has("headers"):
            yield check.element("headers")
    for service in app.services:
        for public in [service] if service.is_http_service else service.ports:
            if public.has("http_options"):
                yield public.element("http_options").element("response").element("headers")


def _shape(table: Path) -> Path:
    """The path of a table without what differs between tables of a kind: the number of an element, the name of a check."""
    named = table[:1] == ("checks",)
    return tuple(
        "*" if named and depth == 1 else 0 if isinstance(part, int) else part for depth, part in enumerate(table)
    )


@cache
def _names_around(shape: Path) -> frozenset[str]:
    """The keys of all tables around one of this shape."""
    nodes = [_node_at(shape[:length]) for length in range(len(shape))]
    return frozenset(key for node in nodes if node is not None and node.read == "table" for key in node.keys)


def _has_header(app: App, path: Path) -> bool:
    """Whether a table is written with a header of its own, below which keys can slip."""
    place = app.document.index.places.get(path)
    return place is not None and place.kind == "table"


def _is_declared(app: App, place: Path) -> bool:
    """Whether it is a build argument that the Dockerfile knows."""
    if place[:2] != ("build", "args") or app.project is None:
        return False
    from flylint.project.dockerfile import dockerfile_of

    dockerfile = dockerfile_of(app)
    return dockerfile is not None and place[-1] in dockerfile.declared


def closest(name: str, known: list[str] | tuple[str, ...]) -> str | None:
    """The known name that this is plainly a misspelling of, by case, separators or few letters; None without one."""
    folded = fold(name)
    # one slip in short names; two only where enough letters are left to recognise the word
    limit = 0 if len(folded) < 2 else 1 if len(folded) < 7 else 2
    similar = [(other, k) for k in known if abs(len(other := fold(k)) - len(folded)) <= limit]
    same = [k for other, k in similar if other == folded]
    if same:
        return same[0]
    near = sorted((d, k) for other, k in similar if (d := _distance(folded, other, limit)) <= limit and d < len(k) - 1)
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return None
    return near[0][1]


@lru_cache(2000)  # all names of the schema, and some of a file
def fold(name: str) -> str:
    """The name without what people mix up most: case and separators."""
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def _distance(a: str, b: str, limit: int) -> int:
    """The number of letters to add, drop, change or swap (optimal string alignment); limit + 1 for all above it."""
    if len(set(a).symmetric_difference(b)) > 2 * limit:
        return limit + 1  # one change takes at most one letter away and adds one
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _enclosing(app: App, table: Path, name: str, value: Any) -> tuple[Path, str] | None:
    """The enclosing table that has this key and does not set it yet: the key slipped below a sub-table's header."""
    for length in range(len(table) - 1, -1, -1):
        outer = table[:length]
        node = _node_at(outer)
        if node is not None and node.read == "table" and node.child(name) is not None and name in node.keys:
            written = app.document_value(outer)
            return (outer, name) if isinstance(written, dict) and _fits(app, outer, name, value) else None
    return None


def _fits(app: App, table: Path, name: str, value: Any) -> bool:
    """Whether a table does not have a key yet, and flyctl would take the value there."""
    node = _node_at((*table, name))
    return app.document_value((*table, name)) is None and node is not None and takes(node, value)


def _node_at(path: Path) -> Node | None:
    """The place of the schema that a path of the file leads to."""
    node: Node | None = schema.root()
    for part in path:
        if node is None:
            return None
        if isinstance(part, int):
            node = node.items
            continue
        if node.items is not None and node.read == "tables":
            node = node.items  # a single table where an array of tables is meant
        node = node.child(part) or node.extra
    return node


def _is_table_or_absent(app: App, path: Path) -> bool:
    value = app.document_value(path)
    return value is None or isinstance(value, dict)


def _tables_with(name: str) -> list[str]:
    """The tables of fly.toml that have a key of this name, as users write them; [] for names that many tables have."""
    found = _tables_by_key().get(name, [])
    return found if len(found) <= 2 else []


@cache
def _tables_by_key() -> dict[str, list[str]]:
    """For each key below the top level the tables that have it, as users write them."""
    tables: dict[str, list[str]] = {}

    def visit(node: Node, path: str, many: bool) -> None:
        for key in node.keys:
            if path:
                tables.setdefault(key, []).append(f"[[{path}]]" if many else f"[{path}]")
            child = node.child(key)
            if child is None or child.title in ("release-command-vm", "attached"):
                continue
            below = f"{path}.{key}" if path else key
            if child.read == "table":
                visit(child, below, False)
            elif child.read in ("tables", "list") and child.items is not None and child.items.read == "table":
                visit(child.items, below, True)

    visit(schema.root(), "", False)
    return tables
