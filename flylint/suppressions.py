"""Comments that ignore findings: `# flylint: ignore[rule, rule] reason` for a line, `ignore-file[rule]` for the file.

A comment at the end of a line speaks of that line; one that stands alone speaks of the next line that is not a comment.
"""

from __future__ import annotations

import re

from flylint.diagnostic import Diagnostic, Edit, Fix
from flylint.rules import all_rules
from flylint.settings import rule_names, suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from flylint.document import Document
    from flylint.settings import Settings

UNUSED, INVALID = "unused-ignore", "invalid-ignore"

MOST_SUGGESTIONS = 20
"""Looking for a similar name takes time, which a hostile file would multiply."""

_DIRECTIVE = re.compile(r"#[ \t]*flylint:[ \t]*")
_IGNORE = re.compile(r"(ignore|ignore-file)[ \t]*\[([^\[\]]*)\]")
_WORD = "abcdefghijklmnopqrstuvwxyz-"
_NAME = re.compile(r"[^,\s][^,]*(?<!\s)")
_WRITE = "write `# flylint: ignore[rule-name] reason`, or `ignore-file[…]` for the whole file"


class Name:
    """A rule that an ignore comment names: as it is written, the rule, and where."""

    __slots__ = ("end", "rule", "start", "used", "written")

    def __init__(self, written: str, rule: str | None, start: int, end: int) -> None:
        self.written = written
        self.rule = rule
        self.start = start
        self.end = end
        self.used = False


class Ignore:
    """A comment that ignores findings.

    start, end  of the directive, from its `#` to the end of the comment
    line        the line that it speaks of; None for the whole file
    """

    __slots__ = ("end", "line", "names", "start")

    def __init__(self, start: int, end: int, line: int | None, names: list[Name]) -> None:
        self.start = start
        self.end = end
        self.line = line
        self.names = names


def apply(document: Document, diagnostics: list[Diagnostic], settings: Settings) -> list[Diagnostic]:
    """The diagnostics that no comment ignores, and what is wrong with the comments themselves."""
    ignores, wrong = read(document)
    names = {(ignore.line, name.rule): name for ignore in reversed(ignores) for name in ignore.names}
    kept = [diagnostic for diagnostic in diagnostics if not _hides(names, diagnostic)]
    own = wrong
    if document.complete:  # what stands in a broken statement cannot be found, so its ignore is no proof
        own = own + list(_unused(document, ignores, settings, of_own=False))
    own = [diagnostic for diagnostic in own if not _hides(names, diagnostic)]
    if document.complete:
        own += _unused(document, ignores, settings, of_own=True)
    return kept + list(_as_set(own, settings, document.name))


def _hides(names: dict[tuple[int | None, str | None], Name], diagnostic: Diagnostic) -> bool:
    """Whether a comment, at the line or for the file, hides a finding; that comment is of use, then."""
    name = names.get((diagnostic.start.line, diagnostic.rule)) or names.get((None, diagnostic.rule))
    if name is None:
        return False
    name.used = True
    return True


def _as_set(diagnostics: list[Diagnostic], settings: Settings, file: str) -> Iterator[Diagnostic]:
    """The findings of our own rules as the settings want them."""
    wanted = settings.wanted(file)
    for diagnostic in diagnostics:
        rule = all_rules()[diagnostic.rule]
        if rule.name in wanted:
            severity = settings.severity_of(rule)
            yield diagnostic if severity is None else diagnostic._replace(severity=severity)


def read(document: Document) -> tuple[list[Ignore], list[Diagnostic]]:
    """The ignore comments of a document, and what cannot be followed in them."""
    ignores: list[Ignore] = []
    wrong: list[Diagnostic] = []
    known = rule_names()
    targets = _targets(document.lines)
    for span, text in document.comments():
        directive = _DIRECTIVE.search(text)
        if directive is None:
            continue
        start, body = span.start + directive.start(), span.start + directive.end()
        ignore = _IGNORE.match(document.text, body, span.end)
        if ignore is None or not _NAME.search(ignore[2]):
            wrong.append(_malformed(document, start, body, span.end))
            continue
        names = []
        for match in _NAME.finditer(document.text, ignore.start(2), ignore.end(2)):
            name = Name(match[0], known.get(match[0]), match.start(), match.end())
            names.append(name)
            if name.rule is None:
                hint = suggestion(name.written, known) if len(wrong) < MOST_SUGGESTIONS else None
                wrong.append(_unknown(document, name, hint))
        line = None if ignore[1] == "ignore-file" else targets[document.position(start).line - 1]
        ignores.append(Ignore(start, span.end, line, names))
    return ignores, wrong


def insertions(document: Document, rules: dict[int | None, list[str]], reason: str = "") -> list[Edit]:
    """The edits that ignore rules, each list at its line or, with None, in the whole file; `reason` follows them."""
    existing = {ignore.line: ignore.names[-1].end for ignore in reversed(read(document)[0])}
    open_ends = _inside_strings(document)
    with_comment = {document.position(span.start).line for span, _ in document.comments()}
    newline = "\r\n" if "\r\n" in document.text else "\n"
    lines = document.lines
    top = len("\ufeff") if document.text.startswith("\ufeff") else 0  # it must stay in front
    tail = f" {reason}" if reason else ""
    edits = []
    whole_file = list(rules.get(None, ()))
    for line, names in rules.items():
        if line is None:
            continue
        start = max(document.line_starts[line - 1], top)
        text = lines[line - 1].removeprefix("\ufeff")
        end = start + len(text)
        listed = ", ".join(names)
        if line in existing:
            edits.append(_edit(document, existing[line], existing[line], f", {listed}"))
        elif not text.strip() or text.lstrip().startswith("#") or line - 1 in open_ends:
            # no comment can speak of an empty line, of one that is only a comment, or of one in the midst of a text
            whole_file += names
        elif line in with_comment or line in open_ends:
            margin = text[: len(text) - len(text.lstrip())]
            edits.append(_edit(document, start, start, f"{margin}# flylint: ignore[{listed}]{tail}{newline}"))
        else:
            edits.append(_edit(document, end, end, f"  # flylint: ignore[{listed}]{tail}"))
    listed = ", ".join(dict.fromkeys(whole_file))
    if None in existing and listed:
        edits.append(_edit(document, existing[None], existing[None], f", {listed}"))
    elif listed:
        edits.append(_edit(document, top, top, f"# flylint: ignore-file[{listed}]{tail}{newline}"))
    return edits


def _inside_strings(document: Document) -> set[int]:
    """The lines that end inside a string."""
    from flylint.positions import tokens

    return {
        line
        for token in tokens(document.text)
        if token[0][0] in "\"'" and "\n" in token[0]
        for line in range(document.position(token.start()).line, document.position(token.end()).line)
    }


def _targets(lines: list[str]) -> list[int]:
    """The line that a comment on each line speaks of: its own, or the next one that is not only a comment."""
    targets = list(range(1, len(lines) + 1))
    following = len(lines) + 1
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].lstrip().startswith("#"):
            targets[index] = following
        following = targets[index]
    return targets


def _diagnostic(document: Document, rule: str, start: int, end: int, message: str, label: str) -> Diagnostic:
    places = document.position(start), document.position(end)
    return Diagnostic(document.name, rule, all_rules()[rule].severity, message, (), "", *places, label)


def _malformed(document: Document, start: int, body: int, end: int) -> Diagnostic:
    """What is wrong with a comment that begins like an ignore."""
    text = document.text[body:end].rstrip()
    word = text[: len(text) - len(text.lstrip(_WORD))]
    if not text:
        message, label = "this flylint comment says nothing", "`ignore[…]` is missing"
    elif word not in ("ignore", "ignore-file"):
        hint = suggestion(word, ("ignore", "ignore-file")) or ""
        message, label = f"`{word or text}` is nothing that a flylint comment can say", hint
    elif text[len(word) :].lstrip().startswith("[") and "]" not in text:
        message, label = "the bracket of this ignore is not closed", "`]` is missing"
    else:
        message, label = "this ignore names no rule, so it hides nothing", "name the rule in brackets"
    return _diagnostic(document, INVALID, start, end, message, label)._replace(help=_WRITE)


def _unknown(document: Document, name: Name, hint: str | None) -> Diagnostic:
    """The finding that an ignore names a rule that does not exist."""
    message = f"there is no rule `{name.written}`, so this ignore hides nothing"
    found = _diagnostic(document, INVALID, name.start, name.end, message, hint or "no such rule")
    if hint is None:
        return found._replace(help="`flylint rules` lists the rules")
    meant = hint.split("`")[1]
    return found._replace(fix=Fix(f"name `{meant}` instead", False, (_edit(document, name.start, name.end, meant),)))


def _unused(document: Document, ignores: list[Ignore], settings: Settings, of_own: bool) -> Iterator[Diagnostic]:
    """A finding for each ignore that hides nothing although its rule is on; `of_own`: for ignores of our own rules."""
    wanted = settings.wanted(document.name)
    for ignore in ignores:
        idle = [
            (index, name)
            for index, name in enumerate(ignore.names)
            if name.rule and not name.used and (name.rule in (UNUSED, INVALID)) is of_own and name.rule in wanted
        ]
        where = "in this file" if ignore.line is None else "here"
        if len(idle) == len(ignore.names):
            listed = ", ".join(f"`{name.written}`" for _, name in idle)
            message = f"this ignore hides nothing: {listed} {'is' if len(idle) == 1 else 'are'} not found {where}"
            found = _diagnostic(document, UNUSED, ignore.start, ignore.end, message, "hides nothing")
            yield found._replace(fix=Fix("delete the comment", True, (_deletion(document, ignore),)))
            continue
        for index, name in idle:
            message = f"`{name.written}` is not found {where}, so there is nothing to ignore"
            found = _diagnostic(document, UNUSED, name.start, name.end, message, "hides nothing")
            edit = _edit(document, *_with_comma(ignore.names, index), "")
            yield found._replace(fix=Fix(f"take `{name.written}` out of the ignore", True, (edit,)))


def _edit(document: Document, start: int, end: int, text: str) -> Edit:
    return Edit(document.position(start), document.position(end), text)


def _with_comma(names: list[Name], index: int) -> tuple[int, int]:
    """From where to where to delete a name: with the comma between it and its neighbour."""
    if index:
        return names[index - 1].end, names[index].end
    return names[0].start, names[1].start


def _deletion(document: Document, ignore: Ignore) -> Edit:
    """The edit that deletes an ignore comment: the whole line when nothing else stands there."""
    text, start, end = document.text, ignore.start, ignore.end
    while start and text[start - 1] in " \t":
        start -= 1
    if start == 0 or text[start - 1] == "\n":
        end = text.find("\n", end) + 1 or len(text)
    return _edit(document, start, end, "")
