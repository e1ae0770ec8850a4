"""Everything that flylint can do with a text, and what must hold whatever the text is.

Property tests and the fuzzer of fuzz/ share it.
"""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from xml.etree import ElementTree

from flylint import engine
from flylint.diagnostic import Diagnostic
from flylint.document import Document
from flylint.fixes import apply
from flylint.output import FORMATS, Report, render, summary
from flylint.rules import all_rules
from flylint.settings import Settings
from flylint.severity import Severity

HAS_SERVER = find_spec("pygls") is not None
HAS_MEND = find_spec("flylint.mend") is not None

_OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys, and characters that turn the direction of writing."""


def exercise(data: bytes) -> None:
    """Check the text, print it in every format, fix it, ignore its findings, and edit it in the language server."""
    settings = Settings()
    result = checked(Document.from_bytes(data), settings)
    for diagnostic in result.diagnostics:
        check_places(diagnostic, result.document)
    check_formats(result)
    check_fixes(result)
    if HAS_MEND:
        check_mending(result, settings)
    check_ignores(result.document.text, settings)
    if HAS_SERVER:
        check_server(result)


def checked(document: Document, settings: Settings) -> engine.Result:
    """The findings of a document; no rule may crash."""
    result = engine.check(document, settings)
    assert not result.failures, result.failures[0].traceback
    return result


def check_places(diagnostic: Diagnostic, document: Document) -> None:
    """Every place is in the text, and its line and column are those of its offset."""
    places = [diagnostic.start, diagnostic.end]
    for label in diagnostic.related:
        if label.file is None:
            places += label.start, label.end
    for edit in diagnostic.fix.edits if diagnostic.fix else ():
        places += edit.start, edit.end
    for start, end in zip(places[::2], places[1::2], strict=True):
        assert 0 <= start.offset <= end.offset <= len(document.text), (diagnostic, start, end)
        assert start == document.position(start.offset) and end == document.position(end.offset), diagnostic


def check_formats(result: engine.Result) -> None:
    """Every format can be written, nothing in it is obeyed by a terminal, and programs can read theirs."""
    document = result.document
    report = Report(result.diagnostics, [document.name], {document.name: document.text}, all_rules())
    for format in FORMATS:
        text = render(format, report)
        found = _OBEYED.search(text)
        assert not found, (format, found, text)
        if format in ("json", "sarif", "gitlab"):
            json.loads(text)
        elif format == "junit":
            ElementTree.fromstring(text)
        elif format == "concise":
            assert text.count("\n") == len(result.diagnostics)
        elif format == "github":
            commands = [line for line in text.splitlines() if line.lstrip().startswith("::")]
            assert all(re.match(r"::(error|warning|notice) file=", command) for command in commands), commands
    render("full", report, color=True, width=20)
    assert summary(report)


def check_fixes(result: engine.Result) -> None:
    """A fix leaves a text that can be read at least as well as the one before."""
    before = len(result.document.problems)
    for diagnostic in result.diagnostics:
        if diagnostic.fix:
            text = apply(result.document.text, diagnostic.fix.edits)
            assert len(Document(text).problems) <= before, (diagnostic, text)


def check_mending(result: engine.Result, settings: Settings) -> None:
    """Fixing comes to an end, with safe and with unsafe fixes, and so does ignoring what is left."""
    from flylint import mend

    for mended in (
        mend.fix(result, settings),
        mend.fix(result, settings, unsafe=True),
        mend.add_ignores(result, settings, Severity.INFO),
    ):
        mend.diff(result.document.text, mended.result.document.text, result.document.name)
        assert len(mended.result.document.problems) <= len(result.document.problems), mended.result.document.text


def check_ignores(text: str, settings: Settings) -> None:
    """An ignore-file comment above the text hides all that it names, and nothing else goes or comes."""
    if "flylint:" in text or text.startswith("\ufeff"):
        return
    before = [diagnostic.rule for diagnostic in checked(Document(text), settings).diagnostics]
    names = sorted(set(before))[::2]
    if names:
        comment = f"# flylint: ignore-file[{', '.join(names)}]\n"
        after = [diagnostic.rule for diagnostic in checked(Document(comment + text), settings).diagnostics]
        assert after == [name for name in before if name not in names]


def check_server(result: engine.Result) -> None:
    """The language server draws, explains and completes at every kind of place."""
    from lsprotocol import types as lsp

    from flylint.server import actions, completion, hover, report
    from flylint.server.files import Checked
    from flylint.server.text import Text

    text = result.document.text
    for encoding in ("utf-16", "utf-8"):
        checked = Checked(Text(text, encoding), result.document, Settings(), "", None)
        report.diagnostics(checked, "file:///fly.toml", related=True)
        report.symbols(result.document, checked.text)
    whole = lsp.CodeActionParams(
        lsp.TextDocumentIdentifier("file:///fly.toml"), checked.text.range(0, len(text)), lsp.CodeActionContext([])
    )
    list(actions.actions(checked, whole, pages=True))
    for offset in {0, len(text) // 3, len(text) // 2, len(text)}:
        assert checked.text.offset(checked.text.range(offset, offset).start) == offset or "\r" in text
        hover.hover(text, offset)
        completion.complete(text, offset)
