"""What the formats share: harmless text, remarks, fingerprints, ASCII JSON, and colours."""

from __future__ import annotations

import re

from flylint.diagnostic import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    from flylint.diagnostic import Diagnostic

    Segment: TypeAlias = tuple[str, str]  # a piece of text and its style in the words of rich, "" for none

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}


def visible(text: str) -> str:
    """The text on one line, with everything drawn that a terminal would obey or hide.

    A linted file may come from a stranger: escape sequences, line ends, characters that turn the direction of writing,
    invisible ones and lone surrogates are drawn as `␛` or `<U+202E>`. Logs of CI obey `##[name]` wherever it stands.
    """
    text = text.replace("##[", "# #[")
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _picture(ord(char)) for char in text)


def unobeyed(line: str) -> str:
    """A line that begins with a name, in a form that no log takes for a command such as `::error::`."""
    return f"./{line}" if line.lstrip().startswith("::") else line  # which is the same file


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<U+{code:04X}>"


def remarks(diagnostic: Diagnostic) -> Iterator[tuple[str, str]]:
    """What is said below the code: each remark with its kind, `note`, `help` or `fix`."""
    for note in diagnostic.notes:
        yield "note", note
    if diagnostic.help:
        yield "help", diagnostic.help
    if diagnostic.fix:
        yield "fix", f"{visible(diagnostic.fix.title)} ({'--fix' if diagnostic.fix.safe else '--unsafe-fixes'})"


def prose(diagnostic: Diagnostic) -> str:
    """The message and the remarks, a line each, for a place that shows no code."""
    lines = [visible(diagnostic.message)]
    for kind, text in remarks(diagnostic):
        lines += map(visible, f"{kind}: {text}".split("\n"))
    return "\n".join(lines)


def elsewhere(diagnostic: Diagnostic) -> str:
    """The places in other files that belong to a finding, for a format that has no room of its own for them."""
    places = [f"{label.file}:{label.start.line}:{label.start.column}" for label in diagnostic.related if label.file]
    return f" (see {', '.join(map(visible, dict.fromkeys(places)))})" if places else ""


def fingerprints(diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    """A name for each finding that stays the same when lines move, different for each finding of a report."""
    from hashlib import sha256

    seen: dict[tuple[str, ...], int] = {}
    for diagnostic in diagnostics:
        identity = (diagnostic.file, diagnostic.rule, diagnostic.key, diagnostic.message)
        seen[identity] = occurrence = seen.get(identity, 0) + 1
        # A path may hold bytes that are not UTF-8; they arrive as surrogates.
        yield sha256("\0".join([*identity, str(occurrence)]).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def to_json(value: object) -> str:
    """JSON on one line in pure ASCII: every terminal, encoding and parser can take it, and nothing is lost.

    Only a lone surrogate, which strict parsers refuse, is replaced by `<U+DCFF>`.
    """
    from json import dumps

    text = dumps(value, ensure_ascii=False).replace("##[", "#\\u0023[")  # which a log would obey
    return text if text.isascii() and text.isprintable() else re.sub("[^ -~]", _escape, text)


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if "\ud800" <= char <= "\udfff":
        return visible(char)
    return re.sub("(....)", r"\\u\1", char.encode("utf-16-be").hex())


def paint(segments: Iterable[Segment], color: bool) -> str:
    """The segments as one text, with the terminal's own 16 colours if wanted."""
    if not color:
        return "".join([text for text, _ in segments])
    from rich.style import Style  # only here: rich costs more than all the rest of a run

    return "".join([Style.parse(style).render(text) if style else text for text, style in segments])


def rule_tag(diagnostic: Diagnostic, url: str | None) -> list[Segment]:
    """`error[unknown-key]`, the name a link to its page if there is one."""
    style = STYLES[diagnostic.severity]
    name = (visible(diagnostic.rule), f"{style} link {url}" if url else style)
    return [(f"{diagnostic.severity}[", style), name, ("]", style)]
