"""SARIF 2.1.0, the form that code scanning services and many editors read."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from urllib.parse import quote_from_bytes

from flylint import __version__
from flylint.diagnostic import Severity
from flylint.output.text import fingerprints, prose, to_json, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.diagnostic import Diagnostic, Edit, Fix, Label
    from flylint.output import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Report, color: bool, width: int) -> str:
    """The whole report as one run, a line for each result; of the rules, those that found something."""
    names = dict.fromkeys(diagnostic.rule for diagnostic in report.diagnostics)
    indexes = {name: index for index, name in enumerate(names)}
    driver = {"name": "flylint", "semanticVersion": __version__, "rules": [_rule(name, report) for name in names]}
    results = ",".join(
        f"\n  {to_json(_result(diagnostic, indexes[diagnostic.rule], fingerprint))}"
        for diagnostic, fingerprint in zip(report.diagnostics, fingerprints(report.diagnostics), strict=True)
    )
    return (
        f'{{"$schema": "{SCHEMA}", "version": "2.1.0",\n'
        f' "runs": [{{"tool": {to_json({"driver": driver})},\n'
        f' "columnKind": "unicodeCodePoints",\n'
        f' "results": [{results}]}}]}}\n'
    )


def _rule(name: str, report: Report) -> dict[str, Any]:
    descriptor: dict[str, Any] = {"id": name, "name": name.title().replace("-", "")}
    if name not in report.rules:
        return descriptor
    rule, url = report.rules[name], report.url(name)
    more = f"See {url}" if url else f"Run `flylint explain {name}` to read more"
    descriptor |= {
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": f"{rule.summary}\n\n{more}", "markdown": _page(name)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [rule.topic], "enforcedBy": rule.enforced_by, "fix": rule.fix},
    }
    if url:
        descriptor["helpUri"] = url
    return descriptor


def _page(rule: str) -> str:
    """The page of a rule without its title, and without links to other pages, which lead nowhere elsewhere."""
    from flylint.pages import page

    text = page(rule).partition("\n\n")[2]
    return re.sub(r"\[([^\]\n]+)\]\([\w-]+\.md\)", r"\1", text)


def _result(diagnostic: Diagnostic, index: int, fingerprint: str) -> dict[str, Any]:
    artifact = _artifact(diagnostic.file)
    result: dict[str, Any] = {
        "ruleId": diagnostic.rule,
        "ruleIndex": index,
        "level": LEVELS[diagnostic.severity],
        "message": _message(prose(diagnostic)),
        "locations": [_location(diagnostic, artifact, diagnostic.key)],
        "partialFingerprints": {"flylint/v1": fingerprint},
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            _related(number, label, artifact) for number, label in enumerate(diagnostic.related, 1)
        ]
    if diagnostic.fix:
        result["fixes"] = [_fix(diagnostic.fix, artifact)]
    return result


def _message(text: str) -> dict[str, str]:
    # Readers make a link of `[text](address)`; text from a linted file must not become one.
    return {"text": text.replace("](", "] (")}


@lru_cache(256)
def _artifact(path: str) -> dict[str, str]:
    slashed = path.replace(os.sep, "/")
    try:
        name = os.fsencode(slashed)
    except UnicodeEncodeError:  # no name that a file could have
        name = visible(slashed).encode()
    if os.path.isabs(path):
        return {"uri": "file:///" + quote_from_bytes(name.lstrip(b"/"), safe="/:")}
    return {"uri": quote_from_bytes(name), "uriBaseId": "%SRCROOT%"}


def _location(place: Diagnostic | Label, artifact: dict[str, str], key: str) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact, "region": _region(place)}}
    if key:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(key)}]
    return location


def _related(number: int, label: Label, artifact: dict[str, str]) -> dict[str, Any]:
    location = {"id": number, **_location(label, _artifact(label.file) if label.file else artifact, label.key)}
    if label.message:
        location["message"] = _message(visible(label.message))
    return location


def _fix(fix: Fix, artifact: dict[str, str]) -> dict[str, Any]:
    replacements = [{"deletedRegion": _region(edit), "insertedContent": {"text": edit.text}} for edit in fix.edits]
    return {
        "description": _message(visible(fix.title)),
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
        "properties": {"safe": fix.safe},
    }


def _region(place: Diagnostic | Label | Edit) -> dict[str, int]:
    return {
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    }
