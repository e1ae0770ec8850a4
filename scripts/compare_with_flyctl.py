"""Which keys does schemas/fly.schema.json lack, have too many, or type differently from flyctl's own structs?

    python scripts/compare_with_flyctl.py PATH_TO_FLYCTL PATH_TO_FLY_GO

The two are checkouts of superfly/flyctl and superfly/fly-go. Prints one line for each difference and exits with 1 if
there is any; prints nothing and exits with 0 when the schema is up to date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from flylint import schema
from flylint.schema import Node

STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.M | re.S)
NAMED = re.compile(r"^type (\w+) (string|int|bool|map\[string\]\w+)$", re.M)
FIELD = re.compile(r"^\s*(?:(?P<name>\w+)\s+)?(?P<type>[\w.*\[\]{}]+(?: \{\})?)\s*(?:`(?P<tag>[^`]*)`)?\s*(?://.*)?$")
JSON_NAME = re.compile(r'json:"([^",]*)(,inline)?')

# how flylint reads a value of a Go type; old forms that flyctl converts first have readers of their own
READERS = {
    "string": {"string", "text"},
    "int": {"integer", "port"},
    "uint32": {"integer"},
    "float64": {"number"},
    "bool": {"boolean"},
    "fly.Duration": {"duration", "lenient-duration"},
    "fly.MachineAutostop": {"autostop"},
    "fly.MachinePersistRootfs": {"persist-rootfs"},
    "any": {"any"},
}
LISTS = {"list", "tables", "words"}
MAPS = {"map", "env", "processes", "checks", "headers"}
TABLES = {"table", "concurrency"}


class Structs:
    """The structs of both packages, by name; those of fly-go as `fly.Name`."""

    def __init__(self, flyctl: Path, fly_go: Path) -> None:
        self.fields: dict[str, list[tuple[str, str]]] = {}
        self.named: dict[str, str] = {}
        for folder, prefix in ((flyctl / "internal" / "appconfig", ""), (fly_go, "fly.")):
            for file in sorted(folder.glob("*.go")):
                if not file.name.endswith("_test.go"):
                    self._read(file.read_text("utf-8"), prefix)

    def _read(self, text: str, prefix: str) -> None:
        for name, underlying in NAMED.findall(text):
            self.named[prefix + name] = underlying
        for name, body in STRUCT.findall(text):
            fields = []
            for line in body.splitlines():
                field = FIELD.match(line)
                tag = JSON_NAME.search(field["tag"] or "") if field else None
                if not field or (tag and tag[1] == "-") or (field["name"] and not tag):
                    continue
                go_type = self._qualify(field["type"], prefix)
                fields.append(("" if not field["name"] or (tag and tag[2]) else str(tag and tag[1]), go_type))
            self.fields[prefix + name] = fields

    @staticmethod
    def _qualify(go_type: str, prefix: str) -> str:
        """Types of fly-go are named without their package inside of it."""
        if not prefix:
            return go_type
        return re.sub(r"(?<![\w.])([A-Z]\w*)", r"fly.\1", go_type)

    def keys(self, struct: str) -> dict[str, str]:
        """The JSON keys of a struct with their types, those of embedded structs included."""
        found: dict[str, str] = {}
        for name, go_type in self.fields[struct]:
            if name:
                found[name] = go_type
            else:
                found.update(self.keys(go_type.lstrip("*")))
        return found


def compare(structs: Structs, go_type: str, node: Node, path: str) -> list[str]:
    """The differences at one place and below."""
    go_type = go_type.lstrip("*")
    go_type = structs.named.get(go_type, go_type) if go_type not in READERS else go_type
    if go_type in ("interface{}", "any"):
        go_type = "any"
    if go_type in READERS:
        return [] if node.read in READERS[go_type] else [f"type   {path}: flyctl has {go_type}, the schema {node.read}"]
    if go_type.startswith("[]"):
        if node.read not in LISTS or node.items is None:
            return [f"type   {path}: flyctl has {go_type}, the schema {node.read}"]
        return compare(structs, go_type[2:], node.items, path + "[]")
    if go_type.startswith("map[string]"):
        if node.read not in MAPS or node.extra is None:
            return [f"type   {path}: flyctl has {go_type}, the schema {node.read}"]
        return compare(structs, go_type[len("map[string]") :], node.extra, path + ".*")
    if node.read == "concurrency":
        node = schema.node({"$ref": "#/definitions/concurrency"})
    if node.read not in TABLES:
        return [f"type   {path}: flyctl has {go_type}, the schema {node.read}"]
    differences = []
    keys = structs.keys(go_type)
    for key, key_type in keys.items():
        child, below = node.child(key), f"{path}.{key}".lstrip(".")
        if child is None:
            differences.append(f"lacks  {below} ({key_type})")
        else:
            differences += compare(structs, key_type, child, below)
    differences += [f"extra  {path}.{key}".replace(" .", " ") for key in node.keys if key not in keys]
    return differences


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    differences = compare(Structs(Path(sys.argv[1]), Path(sys.argv[2])), "Config", schema.root(), "")
    for line in differences:
        print(line)
    return 1 if differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
