"""The JSON that `machine_config` holds or names: how flyctl reads it, and where it stumbles.

Source: internal/config/machine.go:ParseConfig, which reads it into fly-go's MachineConfig.
"""

from __future__ import annotations

import json

from flylint import schema
from flylint.values import listed, parse_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAMES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
}
_RANGES = {
    "int32": range(-(2**31), 2**31),
    "int64": range(-(2**63), 2**63),
    "uint32": range(2**32),
    "uint64": range(2**64),
}


def fault(text: str, name: str, container: str) -> tuple[str, str, str] | None:
    """What flyctl stumbles over in the JSON that stands in `name`, with the `container` that is to run the app's image.

    Returns the key at fault other than machine_config, what is wrong, and what to do.
    """
    try:
        values = decode(text)
    except ValueError as error:
        return "", f"the JSON of `{name}` {error}", "correct the JSON"
    if not isinstance(values, (dict, type(None))):
        return "", f"the JSON of `{name}` is not an object", "write it in braces: `{…}`"
    wrong = misfit(values)
    if wrong:
        return "", f"in the JSON of `{name}`, {wrong}", "write a value of that type: flyctl reads none other"
    containers = _lower(values or {}).get("containers") or []
    if None in containers:
        return "", f"a container in `{name}` is null", "delete it: flyctl crashes at it"
    return _container_fault([_lower(item) for item in containers], name, container)


def _container_fault(items: list[dict[str, Any]], name: str, container: str) -> tuple[str, str, str] | None:
    """The same for containers that do not fit together (internal/containerconfig/parse.go:ParseContainerConfig)."""
    names = [item.get("name") or "" for item in items]
    if not items:
        return None
    if container and container not in names:
        return "container", f"`{name}` has no container `{container}`", f"name {listed(names)}"
    built = names.index(container or "app") if (container or "app") in names else 0
    for index, item in enumerate(items):
        if not item.get("image") and index != built:
            return (
                "",
                f"container `{names[index]}` in `{name}` has no `image`",
                f"give it one; only `{names[built]}` runs the image of this app",
            )
    return None


def _lower(table: dict[str, Any]) -> dict[str, Any]:
    """Go matches the keys of JSON objects without regard to case."""
    return {key.lower(): value for key, value in table.items()}


def decode(text: str) -> Any:
    """What JSON says. Raises ValueError with what is wrong with it, in words that fit behind "the JSON"."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f" in line {error.lineno}, column {error.colno}"
        raise ValueError(f"is broken{place}: {error.msg.lower()}") from None
    except (ValueError, RecursionError):
        raise ValueError("is broken") from None


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity, which Go does not read


def misfit(values: dict[str, Any] | None) -> str | None:
    """The first value that is not of the type that flyctl reads, as a sentence; None when all are."""
    found = _misfit(schema.load("machine-config.schema.json"), values, "")
    if found is None:
        return None
    path, expected, value = found
    return f"`{path}` must be {expected}, not {_described(value)}"


def _misfit(node: dict[str, Any], value: Any, path: str) -> tuple[str, str, Any] | None:
    """The path of the first value that does not fit, what should be there, and what is."""
    if value is None or not node:
        return None
    expected = _expected(node, value)
    if expected:
        return path, expected, value
    if isinstance(value, list):
        parts = ((node["items"], item, f"{path}[{number}]") for number, item in enumerate(value))
    elif isinstance(value, dict):
        keys, extra = node.get("properties", {}), node.get("additionalProperties", {})
        parts = (
            (keys.get(key) or keys.get(key.lower(), extra), item, f"{path}.{key}" if path else key)
            for key, item in value.items()
        )
    else:
        return None
    return next(filter(None, (_misfit(*part) for part in parts)), None)


def _expected(node: dict[str, Any], value: Any) -> str:
    """What should be there instead of a value; "" when it fits."""
    if "enum" in node:
        fits = any(value == choice and type(value) is type(choice) for choice in node["enum"])
        return "" if fits else "one of " + ", ".join(json.dumps(choice) for choice in node["enum"])
    if node.get("format") == "duration":
        return "" if _is_duration(value) else 'a duration such as "5s"'
    kind = _kind(value)
    if node["type"] == "integer" and kind == "integer":
        return "" if value in _RANGES[node["format"]] else "a whole number that fits"
    return "" if kind == node["type"] or (kind == "integer" and node["type"] == "number") else _NAMES[node["type"]]


def _is_duration(value: Any) -> bool:
    if not isinstance(value, str):
        return _kind(value) in ("integer", "number")
    try:
        parse_duration(value)
    except ValueError:
        return False
    return True


def _kind(value: Any) -> str:
    """The type of a value of JSON, as JSON Schema names it. Go takes no number with a fraction or an exponent for a whole one."""
    if isinstance(value, bool):
        return "boolean"
    kinds = {str: "string", int: "integer", float: "number", dict: "object", list: "array"}
    return kinds[type(value)]


def _described(value: Any) -> str:
    """A value as messages show it: a text may be a secret."""
    return json.dumps(value) if isinstance(value, (bool, int, float)) else _NAMES[_kind(value)]
