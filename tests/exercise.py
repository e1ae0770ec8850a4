"""Everything that flylint can do with a text or a project, and what must hold whatever stands there.

Property tests and the fuzzer of fuzz/ share it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from types import MappingProxyType
from xml.etree import ElementTree

from flylint import engine
from flylint.diagnostic import Diagnostic
from flylint.document import Document
from flylint.fixes import apply
from flylint.output import FORMATS, Report, render, summary
from flylint.output.text import visible
from flylint.project import Project
from flylint.rules import all_rules
from flylint.settings import Settings, SettingsError, forget, load
from flylint.severity import Severity

Part = Callable[[engine.Result], None]

OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys, and characters that turn the direction of writing."""

LONGEST = 240
"""How long a message of the reading of a broken text may be, in characters."""


def exercise(data: bytes, parts: Sequence[Part] | None = None) -> None:
    """Check a text and print what is found in every format; then fix it, ignore its findings, edit it in an editor.

    `parts` are those of PARTS that are wanted, all of them by default.
    """
    result = checked(Document.from_bytes(data), Settings())
    check_syntax(result.document)
    for diagnostic in result.diagnostics:
        check_places(diagnostic, result.document)
    check_levels(result, Settings())
    check_formats(result)
    text = result.document.text
    if text.encode("utf-8", "surrogatepass") != data:  # what can be changed is a text that can be read
        result = checked(Document(text), Settings())
    for part in PARTS if parts is None else parts:
        part(result)


def checked(document: Document, settings: Settings) -> engine.Result:
    """The findings of a document; no rule may crash."""
    result = engine.check(document, settings)
    assert not result.failures, result.failures[0].traceback
    return result


def check_syntax(document: Document) -> None:
    """What is said about a broken text is readable and stands in it."""
    for problem in document.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(document.text), problem
        assert "``" not in problem.message + (problem.help or "") or "`" in document.text, problem
        assert len(problem.message) <= LONGEST and len(problem.help or "") <= LONGEST, problem


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


def check_levels(result: engine.Result, settings: Settings) -> None:
    """What may be left out because it is not severe enough is all that is left out."""
    for least in (Severity.WARNING, Severity.ERROR):
        found = engine.check(result.document, settings, least).diagnostics
        assert [d for d in found if d.severity >= least] == [d for d in result.diagnostics if d.severity >= least]


def check_formats(result: engine.Result, others: Mapping[str, str] = MappingProxyType({})) -> None:
    """Every format can be written, nothing in it is obeyed by a terminal, and programs can read theirs."""
    document = result.document
    report = Report(result.diagnostics, [document.name], {**others, document.name: document.text}, all_rules())
    for format in FORMATS:
        text = render(format, report)
        found = OBEYED.search(text)
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


def check_mending(result: engine.Result) -> None:
    """Fixing comes to an end, with safe and with unsafe fixes, and so does ignoring what is left."""
    from flylint import mend

    document, settings = result.document, Settings()
    for mended in (
        mend.fix(result, settings),
        mend.fix(result, settings, unsafe=True),
        mend.add_ignores(result, settings, Severity.INFO),
    ):
        text = mended.result.document.text
        assert (mend.diff(document.text, text, document.name) == "") == (text == document.text)
        assert len(mended.result.document.problems) <= len(document.problems), text


def check_ignores(result: engine.Result) -> None:
    """An ignore-file comment above the text hides all that it names, and nothing else goes or comes."""
    text = result.document.text
    if "flylint:" in text or text.startswith("\ufeff"):
        return
    before = [diagnostic.rule for diagnostic in result.diagnostics]
    names = sorted(set(before))[::2]
    if names:
        comment = f"# flylint: ignore-file[{', '.join(names)}]\n"
        after = [diagnostic.rule for diagnostic in checked(Document(comment + text), Settings()).diagnostics]
        assert sorted(after) == sorted(name for name in before if name not in names), (names, before, after)


def check_server(result: engine.Result) -> None:
    """The language server takes the text as a change, then offers, explains and completes at every kind of place."""
    if find_spec("pygls") is None:
        return
    from tests import editor

    text = result.document.text
    editor.change(text, ("utf-16", "utf-8", "utf-32")[len(text) % 3])


PARTS: tuple[Part, ...] = (check_fixes, check_mending, check_ignores, check_server)
"""What is done with a text after it has been checked and what was found has been printed."""


def exercise_project(files: dict[str, bytes]) -> None:
    """Check a fly.toml together with the files beside it, all of them hostile, and print what is found."""
    with TemporaryDirectory(dir=_FAST) as folder:
        for name, data in files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
        settings = _settings(os.path.join(folder, "flylint.toml"))
        document = Document.from_bytes(files.get("fly.toml", b""), "fly.toml")
        project = Project(folder)
        result = engine.check(document, settings, project=project)
        assert not result.failures, result.failures[0].traceback
        for diagnostic in result.diagnostics:
            check_places(diagnostic, document)
        others = {label.file for d in result.diagnostics for label in d.related if label.file}
        check_formats(result, {name: project.shown_text(name) for name in others})


def _settings(path: str) -> Settings:
    """The settings in a file; the defaults when there is none, or none that can be followed."""
    forget()
    try:
        return load(path) if os.path.exists(path) else Settings()
    except SettingsError as error:
        said = str(error)
    assert said and not OBEYED.search(visible(said)), said
    return Settings()


_FAST = "/dev/shm" if os.path.isdir("/dev/shm") else None
"""Where files live in memory."""


FILE = re.compile(rb"^=== ?([\w./-]{1,40})\n", re.MULTILINE)
"""The line in front of each file of a project."""


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a project; names that lead elsewhere, or cannot be, are left out."""
    parts = FILE.split(data)[1:]
    files: dict[str, bytes] = {}
    folders: set[str] = set()
    for name, content in zip(parts[::2], parts[1::2], strict=True):
        path = name.decode()
        above = {path[: match.start()] for match in re.finditer("/", path)}
        sound = all(part not in ("", ".", "..") for part in path.split("/"))
        if sound and path not in folders and not above & set(files):
            files[path] = content
            folders |= above
    return files
