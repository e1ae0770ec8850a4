"""What flyctl makes of the values of a fly.toml, and every place where it refuses, drops or converts one.

flyctl reads TOML into a map, converts old forms ("patches", internal/appconfig/patches.go), writes the map as JSON and
decodes that into structs (internal/appconfig/serde.go). The result is the same here, in one walk along the schema.
"""

from __future__ import annotations

from datetime import date, time

from flylint import schema
from flylint.values import MILLISECOND, NANOSECOND, SECOND, go_text, parse_duration, parse_integer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flylint.document import Path
    from flylint.schema import Node

REFUSALS = ("wrong-type", "invalid-duration", "invalid-choice", "wrong-case-refused")
"""The kinds of problems that make flyctl refuse the whole file."""

MOST_UNKNOWN = 2000
"""How many unknown keys are noted: guessing what each was meant to be takes time, and a hostile file has any number."""

UNIT = {"ns": NANOSECOND, "ms": MILLISECOND, "s": SECOND}


class Unset:
    """The type of UNSET: nothing that flyctl could use stands there."""


UNSET = Unset()


class Problem:
    """A place where flyctl does not take a value as it stands.

    kind      one of
              unknown-key          no such key here: ignored
              wrong-case           a known key in other case: read, but without the conversions of old forms
              wrong-case-refused   likewise, and a value is refused that is converted under the right key
              wrong-type           refused; `expected` says what would be accepted
              invalid-duration     refused; `expected` says what is wrong with it
              invalid-choice       refused; `expected` says what would be accepted
              dropped              ignored without a word because of its type
              lost                 part of an old form that its conversion leaves out; `expected` says why
              bare-duration        a number as a duration; `expected` is the unit that it is read in
              legacy-name, legacy-table, legacy-port, legacy-concurrency, legacy-processes, legacy-checks,
              legacy-headers, legacy-autostop   an old form that is converted
    node      the place in the schema: of the value, or for unknown-key of the table that has no such key
    """

    __slots__ = ("expected", "kind", "node", "path", "value")

    def __init__(self, kind: str, path: Path, value: Any, node: Node, expected: str = "") -> None:
        self.kind = kind
        self.path = path
        self.value = value
        self.node = node
        self.expected = expected

    def __repr__(self) -> str:
        return f"Problem({self.kind!r}, {self.path!r}, {self.value!r}, {self.expected!r})"


class Table:
    """A table as flyctl decodes it.

    values   what flyctl reads, by the key's right name: text, numbers, booleans, nanoseconds, lists, tables
    places   where each key stands in the file, also of keys whose value flyctl cannot read
    raw      the table as it is written
    """

    __slots__ = ("path", "places", "raw", "values")

    def __init__(self, path: Path, raw: dict[str, Any]) -> None:
        self.path = path
        self.raw = raw
        self.values: dict[str, Any] = {}
        self.places: dict[str, Path] = {}


def decode(values: dict[str, Any]) -> tuple[Table, list[Problem], set[str]]:
    """The decoded file; everything that flyctl would refuse, ignore or convert, in the order of the file; its marks.

    The marks are the names of all keys that are written in any table, today's names for old ones, and the kinds of the
    problems. Names that authors choose, as in [env], are none.
    """
    decoder = _Decoder()
    root = decoder.read(schema.root(), values, (), True)
    assert isinstance(root, Table)
    decoder.resolve_old_names(root)
    return root, decoder.problems, decoder.marks


def takes(node: Node, value: Any) -> bool:
    """Whether flyctl would read the whole of a value at this place."""
    decoder = _Decoder()
    decoder.read(node, value, (), True)
    return decoder.marks.isdisjoint((*REFUSALS, "dropped", "lost"))


def expectation(node: Node) -> str:
    """What a value must be at this place, in TOML words."""
    if node.read == "list":
        items = node.items.read if node.items else "any"
        return {"table": "an array of tables", "string": "a list of texts"}.get(items, "a list")
    if node.read == "integer" and "maximum" in node.schema:
        return f"a whole number from {node.schema['minimum']} to {node.schema['maximum']}"
    return _EXPECTED[node.read]


_EXPECTED = {
    "string": "text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false without quotes",
    "table": "a table",
    "map": "a table",
    "any": "a value",
    "text": "text in quotes",
    "duration": 'a duration in quotes such as "10s"',
    "lenient-duration": 'a duration in quotes such as "10s"',
    "port": "a port number",
    "tables": "an array of tables",
    "env": "a table",
    "processes": "a table",
    "checks": "a table of named checks",
    "headers": "a table of texts",
    "concurrency": "a table",
    "words": "a list of texts",
    "autostop": '"off", "stop" or "suspend"',
    "persist-rootfs": '"never", "restart" or "always"',
}


class _Decoder:
    """One walk over one file. `patched` is false below a key in wrong case, where flyctl converts no old form."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.marks: set[str] = set()
        self._unknown = 0

    def read(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        return _READERS[node.read](self, node, value, path, patched)

    def report(self, kind: str, path: Path, value: Any, node: Node, expected: str = "") -> Unset:
        self.problems.append(Problem(kind, path, value, node, expected))
        self.marks.add(kind)
        return UNSET

    def refuse(self, node: Node, value: Any, path: Path, expected: str = "") -> Unset:
        return self.report("wrong-type", path, value, node, expected or expectation(node))

    # plain JSON decoding

    def read_string(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        if isinstance(value, str):
            return value
        # dates and times become JSON texts, so they pass for text
        return str(value) if isinstance(value, (date, time)) else self.refuse(node, value, path)

    def read_integer(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        number = _whole(value)
        if number is None:
            return self.refuse(node, value, path)
        low, high = node.schema.get("minimum", -(2**63)), node.schema.get("maximum", 2**63 - 1)
        return number if low <= number <= high else self.refuse(node, value, path)

    def read_number(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        return value if _is_number(value) and _is_finite(value) else self.refuse(node, value, path)

    def read_boolean(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        return value if isinstance(value, bool) else self.refuse(node, value, path)

    def read_any(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        return value if self.is_json(node, value, path) else UNSET

    def is_json(self, node: Node, value: Any, path: Path) -> bool:
        """nan and inf cannot be written as JSON: flyctl refuses them wherever they stand, even below unknown keys."""
        if isinstance(value, float) and not _is_finite(value):
            self.refuse(node, value, path, "a finite number")
            return False
        if isinstance(value, dict):
            items = list(value.items())
        elif isinstance(value, list):
            items = list(enumerate(value))
        else:
            return True
        return all([self.is_json(node, item, (*path, key)) for key, item in items])  # a list: report every one

    def read_list(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        if not isinstance(value, list):
            return self.refuse(node, value, path)
        assert node.items is not None
        items = (self.read(node.items, item, (*path, index), patched) for index, item in enumerate(value))
        return [item for item in items if item is not UNSET]

    def read_table(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        if not isinstance(value, dict):
            return self.refuse(node, value, path)
        table = Table(path, value)
        for key, item in value.items():
            name, place = key, (*path, key)
            child = node.child(key)
            if child is None:
                folded = node.folded(key)
                if folded is None:
                    self._unknown += 1
                    if self._unknown <= MOST_UNKNOWN:
                        self.report("unknown-key", place, item, node)
                    self.is_json(node, item, place)
                    continue
                child, name = node.child(folded), folded
                assert child is not None
                decoded = self.read_in_wrong_case(child, item, place, node, folded, patched)
                # the exact spelling is decoded last and wins; three tables flyctl writes itself after its conversions
                if folded in value or (not path and folded in ("mounts", "vm", "metrics")):
                    continue
            else:
                decoded = self.read(child, item, place, patched)
            table.places[name] = place
            if decoded is not UNSET:
                table.values[name] = decoded
        self.marks.update(table.places)
        return table

    def read_in_wrong_case(self, node: Node, value: Any, path: Path, table: Node, name: str, patched: bool) -> Any:
        """A value whose key is known but for its case; what is refused for that reason alone is a problem of the key."""
        outer, self.problems = self.problems, []
        decoded = self.read(node, value, path, False)
        strict, self.problems = self.problems, []
        kind = "wrong-case"
        if patched and any(problem.kind in REFUSALS for problem in strict):
            self.read(node, value, path, True)
            if not any(problem.kind in REFUSALS for problem in self.problems):
                kind, strict = "wrong-case-refused", [p for p in strict if p.kind not in REFUSALS]
        self.problems = outer
        self.report(kind, path, value, table, name)
        self.problems += strict
        return decoded

    def read_map(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        if not isinstance(value, dict):
            return self.refuse(node, value, path)
        assert node.extra is not None
        table = Table(path, value)
        for key, item in value.items():
            place = table.places[key] = (*path, key)
            decoded = self.read(node.extra, item, place, patched)
            if decoded is not UNSET:
                table.values[key] = decoded
        return table

    # values that flyctl reads in its own way

    def read_duration(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # FG/duration.go: text with a unit, or a number of nanoseconds
        if isinstance(value, str):
            try:
                return parse_duration(value)
            except ValueError as error:
                return self.report("invalid-duration", path, value, node, str(error))
        if not _is_number(value) or not _is_finite(value):
            return self.refuse(node, value, path)
        self.report("bare-duration", path, value, node, "ns")
        return int(value)

    def read_lenient_duration(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # AC/patches.go:_castDuration: a number gets a unit, empty text is unset, any other type is dropped
        if not patched:
            return self.read_duration(node, value, path, patched)
        if value == "":
            return UNSET
        if isinstance(value, str):
            return self.read_duration(node, value, path, patched)
        if not _is_number(value) or not _is_finite(value):
            return self.report("dropped", path, value, node, expectation(node))
        self.report("bare-duration", path, value, node, node.unit)
        return (int(value) * UNIT[node.unit] + 2**63) % 2**64 - 2**63

    def read_text(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        return go_text(value) if patched else self.read_string(node, value, path, patched)

    def read_port(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # AC/patches.go:castToInt
        if not patched:
            return self.read_integer(node, value, path, patched)
        if isinstance(value, str):
            try:
                number = parse_integer(value)
            except ValueError:
                return self.refuse(node, value, path)
            self.report("legacy-port", path, value, node)
            return number
        if not _is_number(value):
            return self.refuse(node, value, path)
        return int(value) if _is_finite(value) else 0

    def read_autostop(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # FG/machine_types.go:MachineAutostop.UnmarshalJSON
        if isinstance(value, bool):
            self.report("legacy-autostop", path, value, node)
            return "stop" if value else "off"
        if value in ("off", "stop", "suspend"):
            return value
        return self.report("invalid-choice", path, value, node, expectation(node))

    def read_persist_rootfs(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # FG/machine_types.go:MachinePersistRootfs.UnmarshalJSON
        if value in ("", "none", "never", "restart", "always"):
            return "" if value == "none" else value
        number = _whole(value)
        if number in (0, 1, 2, 3):
            return ("", "never", "restart", "always")[number]
        return self.report("invalid-choice", path, value, node, expectation(node))

    def read_words(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # AC/patches.go:stringOrSliceToSlice: text becomes a list of one; it is not split
        if not patched:
            return self.read_list(node, value, path, patched)
        if isinstance(value, str):
            return [value]
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        return self.refuse(node, value, path)

    # tables with old forms

    def read_tables(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # AC/patches.go:ensureArrayOfMap: a single table is taken for a list of one
        if not patched:
            return self.read_list(node, value, path, patched)
        assert node.items is not None
        if isinstance(value, dict):
            self.report("legacy-table", path, value, node)
            items = [(path, value)]
        elif isinstance(value, list):
            items = [((*path, index), item) for index, item in enumerate(value)]
        else:
            return self.refuse(node, value, path)
        tables = [self.read(node.items, item, place, patched) for place, item in items if not _drops(node, item)]
        return [table for table in tables if table is not UNSET]

    def read_env(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # AC/patches.go:_patchEnv: lists of tables are merged, values become text
        if not patched or isinstance(value, dict):
            return self.read_map(node, value, path, patched)
        if not isinstance(value, list):
            return self.refuse(node, value, path)
        merged = Table(path, {})
        for index, item in enumerate(value):
            part = self.read_env(node, item, (*path, index), patched)
            if isinstance(part, Table):
                merged.raw.update(part.raw)
                merged.places.update(part.places)
                merged.values.update(part.values)
        return merged

    def read_processes(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # AC/patches.go:patchProcesses: [[processes]] with name and command; other items are skipped
        if not patched or not isinstance(value, list):
            return self.read_map(node, value, path, patched)
        self.report("legacy-processes", path, value, node)
        merged = Table(path, {})
        entries: dict[str, Path] = {}
        for index, item in enumerate(value):
            place = (*path, index)
            if not isinstance(item, dict):
                self.report("lost", place, item, node, "is no table with `name` and `command`")
                continue
            if "name" not in item:
                self.report("lost", place, item, node, "has no `name`")
                continue
            for key in item:
                if key not in ("name", "command"):
                    self.report("lost", (*place, key), item[key], node, "is neither `name` nor `command`")
            name = go_text(item["name"])
            if name in entries:
                self.report("lost", entries[name], item, node, f"has the same name as a later one, `{name}`")
            entries[name] = place
            merged.raw[name] = merged.values[name] = go_text(item.get("command", ""))
            merged.places[name] = (*place, "command") if "command" in item else place
        return merged

    def read_checks(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # AC/patches.go:patchTopLevelChecks: [[checks]] with name
        assert node.extra is not None
        if isinstance(value, dict) and patched:
            strays = [key for key, item in value.items() if not isinstance(item, dict)]
            named = any(isinstance(item, dict) and key != "headers" for key, item in value.items())
            if strays and not named and any(key in node.extra.keys for key in strays):
                return self.refuse(node, value, path)  # one check without a name
            if strays:
                return self.refuse(node.extra, value[strays[0]], (*path, strays[0]))
        if not patched or not isinstance(value, list):
            for key, item in value.items() if isinstance(value, dict) else ():
                if isinstance(item, dict) and "name" in item:  # a key of the other form
                    self.report("unknown-key", (*path, key, "name"), item["name"], node.extra)
            return self.read_map(node, value, path, patched)
        self.report("legacy-checks", path, value, node)
        merged = Table(path, {})
        for index, item in enumerate(value):
            place = (*path, index)
            if not isinstance(item, dict):
                self.refuse(node.extra, item, place)
            elif not isinstance(item.get("name"), str):
                self.refuse(node.extra, item, place, "a table with a `name`")
            else:
                name = item["name"]
                if name in merged.places:
                    self.report("lost", merged.places[name], item, node, f"has the same name as a later one, `{name}`")
                check = self.read(node.extra, item, place, patched)
                merged.raw[name], merged.places[name], merged.values[name] = item, place, check
        return merged

    def read_headers(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # AC/patches.go:_patchCheckHeaders: [{name, value}] becomes a table, values become text
        if not patched or not isinstance(value, list):
            return self.read_map(node, value, path, patched)
        merged = Table(path, {})
        for index, item in enumerate(value):
            place = (*path, index)
            if not isinstance(item, dict) or "name" not in item:
                return self.refuse(node, item, place, "a table with `name` and `value`")
            name = go_text(item["name"])
            merged.raw[name] = merged.values[name] = go_text(item.get("value", ""))
            merged.places[name] = (*place, "value") if "value" in item else place
        if value:
            self.report("legacy-headers", path, value, node)
        return merged

    def read_concurrency(self, node: Node, value: Any, path: Path, patched: bool) -> Any:
        # AC/patches.go:_patchService: "soft,hard"
        if patched and isinstance(value, str):
            soft, _, hard = value.partition(",")
            try:
                limits = {"type": "requests", "soft_limit": parse_integer(soft), "hard_limit": parse_integer(hard)}
            except ValueError:
                return self.refuse(node, value, path)
            self.report("legacy-concurrency", path, value, node)
            table = Table(path, limits)
            table.values = limits
            table.places = dict.fromkeys(limits, path)
            self.marks.update(limits)
            return table
        return self.read_table(schema.node({"$ref": "#/definitions/concurrency"}), value, path, patched)

    def resolve_old_names(self, root: Table) -> None:
        """Old names of keys and tables (AC/patches.go: the patches of compute, mounts, metrics, experimental, build)."""
        for new, olds in (("mounts", ("mount",)), ("vm", ("compute", "computes")), ("metrics", ("metric",))):
            for old in reversed(olds):
                if old in root.places:
                    self.renamed(root.places[old], root.raw[old], new)
                    if old in root.values:
                        root.values[new] = root.values.pop(old) + root.values.get(new, [])
                    root.places.setdefault(new, root.places[old])
        build = root.values.get("build")
        if build and "build_target" in build.places:
            self.renamed(build.places["build_target"], build.raw["build_target"], "build-target")
            if "build-target" in build.places:
                self.forget(build.places["build-target"])
            build.places["build-target"] = build.places["build_target"]
            if "build_target" in build.values:
                build.values["build-target"] = build.values.pop("build_target")
        experimental = root.values.get("experimental")
        if experimental:
            self.resolve_experimental(root, experimental)

    def resolve_experimental(self, root: Table, experimental: Table) -> None:
        places = experimental.places
        if "kill_timeout" in places:
            self.renamed(places["kill_timeout"], experimental.raw["kill_timeout"], "kill_timeout")
            if "kill_timeout" not in root.places:
                root.places["kill_timeout"] = places["kill_timeout"]
                if "kill_timeout" in experimental.values:
                    root.values["kill_timeout"] = experimental.values["kill_timeout"]
            else:
                self.forget(places["kill_timeout"])
        ports = [key for key in ("metrics_port", "metrics_path") if key in places]
        if ports:
            metrics = Table(experimental.path, {})
            for key in ports:
                self.renamed(places[key], experimental.raw[key], "metrics." + key.removeprefix("metrics_"))
                metrics.places[key.removeprefix("metrics_")] = places[key]
                if key in experimental.values:
                    metrics.values[key.removeprefix("metrics_")] = experimental.values[key]
                if "metrics" in root.raw:
                    self.forget(places[key])
            if "metrics" not in root.raw:
                root.values["metrics"] = [*root.values.get("metrics", []), metrics]
                root.places.setdefault("metrics", experimental.path)
                self.marks.update(("metrics", *metrics.places))

    def renamed(self, place: Path, value: Any, to: str) -> None:
        self.report("legacy-name", place, value, schema.root(), to)
        self.marks.add(to)

    def forget(self, place: Path) -> None:
        """The key is not read after all, so its type does not matter."""
        refusals = ("wrong-type", "invalid-duration", "bare-duration", "dropped")
        self.problems = [p for p in self.problems if p.path != place or p.kind not in refusals]


_READERS: dict[str, Callable[[_Decoder, Node, Any, Path, bool], Any]] = {
    name: getattr(_Decoder, "read_" + name.replace("-", "_")) for name in (*_EXPECTED, "list")
}


def _drops(node: Node, item: Any) -> bool:
    """flyctl drops a service that is empty once its empty lists of checks are gone (AC/patches.go:patchServices)."""
    if not isinstance(item, dict) or node.items is None or node.items.title != "service":
        return False
    return all(key in ("tcp_checks", "http_checks") and value == [] for key, value in item.items())


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_finite(value: float) -> bool:
    return value == value and value not in (float("inf"), float("-inf"))


def _whole(value: Any) -> int | None:
    """The integer that the value is once written as JSON: whole floats pass (below 1e21, Go's own limit)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float) and (not _is_finite(value) or value != int(value) or abs(value) >= 1e21):
        return None
    return int(value)
