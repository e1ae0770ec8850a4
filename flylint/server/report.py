"""Diagnostics and the outline of a file in the words of the protocol."""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import cache

from lsprotocol import types as lsp
from pygls.uris import from_fs_path

from flylint import pages
from flylint.diagnostic import Diagnostic, Severity, dotted
from flylint.document import Document, Path
from flylint.output.text import visible
from flylint.rules import all_rules
from flylint.server.cursor import node_of
from flylint.server.files import Checked
from flylint.server.text import Text

SOURCE = "flylint"
_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.INFO: lsp.DiagnosticSeverity.Hint,
}
WITHOUT_EFFECT = frozenset(
    {
        "auto-rollback-ignored",
        "buildpacks-without-builder",
        "check-tls-options-ignored",
        "experimental-cmd-overridden",
        "file-processes-ignored",
        "http-keys-in-tcp-check",
        "ignored-build-key",
        "index-document-without-bucket",
        "key-under-wrong-table",
        "legacy-leftover",
        "machine-check-ignored",
        "max-unavailable-ignored",
        "min-machines-without-autostop",
        "options-without-handler",
        "overridden-section",
        "primary-region-in-env",
        "release-options-without-command",
        "removed-feature",
        "restart-retries-ignored",
        "service-check-port-ignored",
        "unknown-key",
        "unused-ignore",
        "value-ignored",
    }
)
"""The rules that find what nothing reads where it stands: an editor shows it faded."""

GIVEN_UP = frozenset({"builder-sunset", "deprecated-region"})
"""The rules, beside those about old spellings, that find what Fly.io keeps for a while only: it is struck out."""


def diagnostics(checked: Checked, uri: str, *, related: bool) -> list[lsp.Diagnostic]:
    """What was found in a file; `related`: with the other places that belong to it."""
    return [report(diagnostic, checked, uri, related) for diagnostic in checked.result.diagnostics]


def report(diagnostic: Diagnostic, checked: Checked, uri: str, related: bool) -> lsp.Diagnostic:
    """One diagnostic."""
    said = diagnostic.label and diagnostic.label not in diagnostic.message
    lines = [f"{diagnostic.message} ({diagnostic.label})" if said else diagnostic.message]
    lines += [f"note: {note}" for note in diagnostic.notes]
    if diagnostic.help:
        lines.append(f"help: {diagnostic.help}")
    return lsp.Diagnostic(
        range=checked.text.range(diagnostic.start.offset, diagnostic.end.offset),
        message="\n".join(map(visible, lines)),
        severity=_SEVERITIES[diagnostic.severity],
        code=diagnostic.rule,
        code_description=lsp.CodeDescription(page_uri(diagnostic.rule)),
        source=SOURCE,
        tags=_tags(diagnostic) or None,
        related_information=_related(diagnostic, checked, uri) if related and diagnostic.related else None,
    )


@cache
def page_uri(rule: str) -> str:
    """Where the page of a rule can be read: on the web, or the file that is installed with flylint."""
    return all_rules()[rule].url or str(from_fs_path(os.path.join(pages.folder(), f"{rule}.md")))


def _related(diagnostic: Diagnostic, checked: Checked, uri: str) -> list[lsp.DiagnosticRelatedInformation]:
    found = []
    for label in diagnostic.related:
        text, where = checked.text, uri
        if label.file is not None:
            text, where = checked.text_beside(label.file), str(from_fs_path(os.path.abspath(label.file)))
        place = lsp.Location(where, text.range(label.start.offset, label.end.offset))
        found.append(lsp.DiagnosticRelatedInformation(place, visible(label.message)))
    return found


def _tags(diagnostic: Diagnostic) -> list[lsp.DiagnosticTag]:
    tags = []
    if diagnostic.rule in WITHOUT_EFFECT:
        tags.append(lsp.DiagnosticTag.Unnecessary)
    node = node_of(tuple(part for part in diagnostic.path if isinstance(part, str)))
    old = all_rules()[diagnostic.rule].topic == "legacy" or diagnostic.rule in GIVEN_UP
    if old or (diagnostic.path and node is not None and node.deprecated):
        tags.append(lsp.DiagnosticTag.Deprecated)
    return tags


def symbols(document: Document, text: Text) -> list[lsp.DocumentSymbol]:
    """The tables of a file and in each the keys that are written in it."""
    index = document.index
    statements = set(index.statements)
    top: list[lsp.DocumentSymbol] = []
    tables: list[lsp.DocumentSymbol] = []
    starts = [section.header.start for section in index.sections[1:]]
    for section in index.sections[1:]:
        kind = lsp.SymbolKind.Array if section.array else lsp.SymbolKind.Namespace
        tables.append(_symbol(section.path, kind, text, section.header, section.header))
    children: list[list[lsp.DocumentSymbol]] = [[] for _ in tables]
    for path, place in index.places.items():
        if place.kind != "pair" or place.statement not in statements:
            continue
        number = bisect_right(starts, place.statement.start) - 1
        below = path[len(index.sections[number + 1].path) :]
        symbol = _symbol(below, lsp.SymbolKind.Property, text, place.statement, place.key)
        if number < 0:
            top.append(symbol)
            continue
        table = tables[number]
        children[number].append(symbol)
        table.range = lsp.Range(table.range.start, max(table.range.end, symbol.range.end))
    for table, found in zip(tables, children, strict=True):
        table.children = found or None
    return top + tables


def _symbol(
    path: Path, kind: lsp.SymbolKind, text: Text, span: tuple[int, int], name: tuple[int, int]
) -> lsp.DocumentSymbol:
    return lsp.DocumentSymbol(visible(dotted(path)) or '""', kind, text.range(*span), text.range(*name))
