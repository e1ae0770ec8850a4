"""Everything that is wrong with a settings file, each thing at its place and in the words of TOML."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

from jsonschema import Draft7Validator

from flylint.document import Document
from flylint.rules import all_rules
from flylint.schema import schema_path
from flylint.settings import ALL, SEVERITIES, SettingsProblem, rule_names, suggestion, topics

if TYPE_CHECKING:
    from typing import Any

    from jsonschema import ValidationError

    from flylint.document import Path

_TYPES = {
    "array": "an array",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a table",
    "string": "a text in quotes",
}


MOST_PROBLEMS = 50
"""How many problems of a settings file are said: to find out what each may mean takes a while."""


def problems(file: str, data: bytes, at: Path) -> list[SettingsProblem]:
    """What is wrong with the settings in `data`, which stand in the table at the path `at`."""
    document = Document.from_bytes(data, file)
    found = [_problem(document, problem.span.start, problem.message, problem.help) for problem in document.problems]
    if found:
        return found
    values: Any = document.values
    for depth, key in enumerate(at):
        if not isinstance(values, dict):
            return [_at(document, at[:depth], f"`{at[depth - 1]}` must be a table", None)]
        values = values.get(key, {})
    errors = sorted(Draft7Validator(schema()).iter_errors(values), key=lambda error: [str(part) for part in error.path])
    found = list(islice((problem for error in errors for problem in _said(document, at, error)), MOST_PROBLEMS))
    return sorted(found, key=lambda problem: (problem.line, problem.column))


def schema() -> dict[str, Any]:
    """The schema of the settings, with the names of the rules and their options in it; `flylint schema --settings`."""
    with open(schema_path("flylint.schema.json"), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    rules, names = all_rules(), rule_names()
    definitions, properties = schema["definitions"], schema["properties"]
    definitions["rule-or-topic"]["enum"] = [ALL, *sorted({*names, *topics()})]
    severities = {
        name: {"description": rules[rule].summary, "default": str(rules[rule].severity), **definitions["severity"]}
        for name, rule in names.items()
    }
    properties["severity"] = {**properties["severity"], **_closed(severities)}
    options = {
        name: {
            "description": rules[rule].summary,
            **_closed({option: _option(default) for option, default in rules[rule].options.items()}),
        }
        for name, rule in names.items()
    }
    properties["rules"] = {**properties["rules"], **_closed(options)}
    return schema


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _option(default: Any) -> dict[str, Any]:
    """What an option must be: of the type of its default, lists with texts in them."""
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    option = {"type": kinds[type(default)], "default": default}
    return {**option, "items": {"type": "string"}} if isinstance(default, list) else option


def _said(document: Document, at: Path, error: ValidationError) -> list[SettingsProblem]:
    """A violation in words."""
    below = list(error.absolute_path)
    path: Path = (*at, *below)
    value: Any = error.instance
    wanted: Any = error.validator_value
    rule: Any = error.schema
    if error.validator == "additionalProperties":
        known, kind = list(rule.get("properties", {})), _kind(below)
        return [
            _at(document, (*path, key), f"there is no {kind} `{key}`", _hint(key, known, kind), on="key")
            for key in islice((key for key in value if key not in known), MOST_PROBLEMS)
        ]
    if error.validator == "enum" and not isinstance(value, str):
        return []  # its type is wrong, which is said elsewhere
    if error.validator == "enum" and set(wanted) == set(SEVERITIES):
        off = "to turn a rule off, list it under `ignore`" if value in ("off", "none", "ignore") else None
        return [_at(document, path, f"`{value}` is no severity", off or "it is `error`, `warning` or `info`")]
    if error.validator == "enum":
        hint = suggestion(str(value), wanted) or "`flylint rules` lists them"
        return [_at(document, path, f"there is no rule or topic `{value}`", hint)]
    # what is left is a value of the wrong type
    *_, key = path
    subject = f"element {key + 1} of `{path[-2]}`" if isinstance(key, int) else f"`{key}`"
    return [_at(document, path, f"{subject} must be {_TYPES[wanted]}", None)]


def _kind(path: list[str | int]) -> str:
    """What the keys of a table of the settings are."""
    if not path:
        return "setting"
    return "rule" if len(path) == 1 else f"option of `{path[-1]}`"


def _hint(key: str, known: list[str], kind: str) -> str | None:
    """What may have been meant."""
    if kind == "setting":
        key = key.replace("_", "-")
    close = suggestion(key, known)
    if close or kind == "rule":
        return close or "`flylint rules` lists them"
    return "there are " + ", ".join(f"`{name}`" for name in known) if known else "it has none"


def _at(document: Document, path: Path, message: str, hint: str | None, on: str = "value") -> SettingsProblem:
    return _problem(document, document.span(path, on).start, message, hint)


def _problem(document: Document, offset: int, message: str, hint: str | None) -> SettingsProblem:
    position = document.position(offset)
    return SettingsProblem(document.name, position.line, position.column, message, hint)
