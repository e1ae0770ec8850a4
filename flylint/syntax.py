"""What is wrong with a text that is not TOML, said once for each broken statement, and what can be read of it.

tomli stops at the first error. So the statement around the error is explained and blanked out, and the rest is read
again, until nothing is wrong. Blanks keep every offset as it was.
"""

from __future__ import annotations

import re
from functools import partial

import tomli

from flylint.document import INTEGERS, MAX_DEPTH, Path, Repair, Span, SyntaxProblem, Value, excesses, loads
from flylint.positions import Index, tokens, unquote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_PROBLEMS = 50
MAX_WORK = 2_000_000
"""How many characters may be read again and again before the rest of a hopeless text is given up."""

_KEY = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_DOTTED = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER = re.compile(rf"(\[\[?)[ \t]*({_DOTTED})?[ \t]*(\]*)")
_HEADER_START = re.compile(r"[ \t]*\[")
_HEADER_LINE = re.compile(r"^[ \t]*\[\[?[ \t]*([A-Za-z_][^]\n]*)\]\]?[ \t]*(?:#.*)?$", re.MULTILINE)
_KEY_LINE = re.compile(rf"^[ \t]*{_DOTTED}[ \t]*=", re.MULTILINE)
_NEEDS_QUOTES = "a name with anything but A-Z, a-z, 0-9, `-` and `_` needs quotes"
_BLANKS = " \t\r\n"
"""What TOML takes for blanks and line ends: str.strip() would take more."""
_VISIBLE = re.compile(r"(?:[^\r\n]|\r(?!\n))+")


class Clash:
    """A header or key that cannot stand because of an earlier one; what that is, is known when all of the text is."""

    def __init__(self, span: Span, names: list[str], kind: str, statement: Span) -> None:
        self.span = span
        self.names = names
        self.statement = statement
        self.kind = kind  # "[", "[[" or "="


def recover(text: str) -> tuple[dict[str, Value], str, list[SyntaxProblem]]:
    """The values of the statements that can be read, the text with the other ones blanked out, and why they cannot."""
    recovery = _Recovery(text)
    values, source = recovery.read(text)
    unique = {(problem.span, problem.message): problem for problem in recovery.problems}
    return values, source, sorted(unique.values(), key=lambda problem: problem.span)


class _Recovery:
    """One reading of a broken text, with a bound on the problems it looks for and the time it takes."""

    def __init__(self, text: str) -> None:
        self.empty = _VISIBLE.sub(_blanks, text)
        self.problems: list[SyntaxProblem] = []
        self.left = MAX_PROBLEMS
        self.work = MAX_WORK

    def read(self, text: str) -> tuple[dict[str, Value], str]:
        """The values and the text without its broken statements."""
        probe = text.replace("\r\n", " \n")  # tomli counts a line end as one character, so it becomes one here
        empty = self.empty.replace("\r\n", " \n")
        source = text
        clashes: list[Clash] = []
        end = 0
        while True:
            drop: list[Span] = []
            try:
                values = loads(probe)
            except (ValueError, RecursionError) as error:
                drop.append(self._statement(error, probe, end, clashes))
            else:
                paths = list(excesses(values))
                if not paths:
                    break
                index = Index(probe)
                drop += [self._excess(index, path) for path in paths]
            drop = [self._with_body(probe, text, statement) for statement in drop]
            end = max(end, drop[-1].end)
            if _without(probe, drop, empty) == probe:
                # what tomli stumbles over lies before the statement that looks broken; all that follows goes, or all
                rest = Span(drop[0].start, len(probe))
                drop = [rest if _without(probe, [rest], empty) != probe else Span(0, len(probe))]
            probe, source = _without(probe, drop, empty), _without(source, drop, self.empty)
        if clashes:
            index, known = Index(probe), set[Span]()
            found = (_explain_clash(clash, text, index, known) for clash in clashes)
            self.problems += [problem for problem in found if problem]
        return values if source == probe else loads(source), source

    def _with_body(self, probe: str, text: str, statement: Span) -> Span:
        """The statement; if it is a header, with the keys below it, which are read as a text of their own."""
        if not probe[statement.start : statement.end].lstrip().startswith("["):
            return statement
        body = _body(probe, statement)
        self.work -= len(text)
        if self.left > 0 and self.work > 0:
            self.read(self.empty[: body.start] + text[body.start : body.end])
        return Span(statement.start, body.end)

    def _statement(self, error: Exception, text: str, start: int, clashes: list[Clash]) -> Span:
        """The statement that tomli stopped at."""
        at, reason = _place(error, text, start)
        start, end = _statement(text, start, at)
        self.work -= max(at, end)
        if self.left <= 0 or self.work <= 0:
            return Span(start, len(text))
        self.left -= 1
        found = _explain(text, start, end, at, reason)
        if isinstance(found, SyntaxProblem):
            self.problems.append(found)
        else:
            clashes.append(found)
        return Span(start, end)

    def _excess(self, index: Index, path: Path) -> Span:
        """The statement with a value that is too much."""
        span = index.places[path].value
        if self.left > 0:
            self.left -= 1
            self.problems.append(_too_much(index.text[span.start : span.end], span, len(path)))
        return index.statement_at(span.start)


def _blanks(visible: re.Match[str]) -> str:
    return " " * len(visible[0])


def _without(text: str, spans: Iterable[Span], empty: str) -> str:
    """The text with that of an empty one in some spans, which are in order."""
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        if start >= done:
            pieces += text[done:start], empty[start:end]
            done = end
    return "".join(pieces) + text[done:]


def _body(text: str, header: Span) -> Span:
    """What belongs to a broken header: all up to the next one that is not for a table in its table."""
    match = re.match(rf"\s*\[+[ \t]*({_DOTTED})?", text[header.start : header.end])
    name = match[1] if match else None
    for line in _HEADER_LINE.finditer(text, header.end):
        if not name or not line[1].startswith(name + "."):
            return Span(header.end, line.start())
    return Span(header.end, len(text))


def _place(error: Exception, text: str, start: int) -> tuple[int, str]:
    """Where tomli stopped and why. Where it does not say, the text has too much of something: what, is found here."""
    if isinstance(error, tomli.TOMLDecodeError):
        if error.msg == 'Expected "\'"':  # tomli looks for the quote in the whole text
            ends = (t.end() for t in tokens(text, start) if t[0][0] == "'" and not _closed(t[0]))
            return next(ends, error.pos), error.msg
        # behind an escape sequence that is none, which may be the end of the line
        return error.pos - error.msg.startswith("Unescaped"), error.msg
    depth = 0
    for token in tokens(text, start):
        first = token[0][0]
        if first in "[{":
            depth += 1
        elif first in "]}":
            depth -= 1
        elif first == "\n":
            depth = max(depth, 0)
        number = first not in "\"'#" and re.search(r"[0-9_]{4300}", token[0])
        if number:
            return token.start() + number.start(), "too large"
        if depth > MAX_DEPTH or (first not in "\"'#" and token[0].count(".") > MAX_DEPTH):
            return token.start(), "too deep"
    return start, "too deep"


def _statement(text: str, start: int, at: int) -> tuple[int, int]:
    """The statement around an error; all before it, from a `start` between two statements on, is known to be right.

    Where a bracket or quote is not closed, the next line that looks like a header or a new key ends the statement.
    """
    if text.startswith("\ufeff", start):
        return start, start + 1
    brackets: list[str] = []
    for token in tokens(text, start):
        first = token[0][0]
        if first == "\n":
            if not brackets or _HEADER_START.match(text, start):  # no header goes on in the next line
                if token.start() >= at:
                    return start, token.start()
                start = token.end()
                brackets.clear()
            elif text.find("\n", token.end()) >= at or text.find("\n", token.end()) < 0:
                line = token.end()
                if brackets[-1] == "[" and _KEY_LINE.match(text, line):
                    return start, line
                if _HEADER_LINE.match(text, line):
                    return start, _unclosed(text, start, at, line)
        elif first in "[{":
            brackets.append(first)
        elif first in "]}" and brackets:
            brackets.pop()
        elif token[0][:3] in ('"""', "'''") and (len(token[0]) < 6 or token[0][-3:] != token[0][:3]):
            lines = (pattern.search(text, token.start() + 3) for pattern in (_HEADER_LINE, _KEY_LINE))
            return start, min((line.start() for line in lines if line), default=len(text))
    return start, _unclosed(text, start, at, len(text)) if brackets else len(text)


def _unclosed(text: str, start: int, at: int, end: int) -> int:
    """The end of a statement with an open bracket: the line of the error, if that looks like a new key, else `end`."""
    line = text.rfind("\n", 0, at) + 1
    return line if start < line < end and _KEY_LINE.match(text, line) else end


def _too_much(value: str, span: Span, depth: int) -> SyntaxProblem:
    if depth >= MAX_DEPTH:
        return _too_deep(span)
    return SyntaxProblem(
        span,
        f"`{_short(value)}` is too large",
        f"the numbers that flyctl can read end at {INTEGERS[-1]} and {INTEGERS[0]}"
        if re.fullmatch(r"[+-]?(0[xob])?[0-9A-Fa-f_]+", value)
        else "no number that flyctl can read is as large",
    )


def _too_deep(span: Span) -> SyntaxProblem:
    return SyntaxProblem(
        span, f"tables and arrays are nested more than {MAX_DEPTH} deep here", "no setting of fly.toml is as deep"
    )


def _short(text: str) -> str:
    """The text as a message can show it."""
    from flylint.credentials import obscured

    text = obscured(_first_line(text.strip(_BLANKS))[:200])
    return text if len(text) <= 40 else text[:39] + "…"


def _shown(name: str, text: str) -> str:
    """A piece of the value of a key as a message can show it, without giving a secret away."""
    from flylint.credentials import obscured

    lead = f"{name} = "
    return _short(obscured(lead + _first_line(text.strip(_BLANKS))[:200])[len(lead) :])


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0].rstrip(_BLANKS)


def _explain(text: str, start: int, end: int, at: int, reason: str) -> SyntaxProblem | Clash:
    """What is wrong with the statement from `start` to `end`, where tomli stopped `at` a place for a `reason`."""
    while start < end and text[start] in " \t":
        start += 1
    at = max(start, min(at, end))
    end = start + len(text[start:end].rstrip(_BLANKS))
    if reason == "too deep":
        return _too_deep(Span(at, at + 1))
    if reason == "too large":
        return _too_much(text[at:end], Span(at, end), 0)
    unseen = _unseen(text, at)
    if unseen:
        return unseen
    if text[start : start + 1] == "[":
        return _explain_header(text, start, end, at, reason)
    return _explain_pair(text, start, end, at, reason)


def _unseen(text: str, at: int) -> SyntaxProblem | None:
    """What is wrong where nobody sees anything: with a control character, or another one that is not drawn."""
    character = text[at : at + 1]
    if not character or character in " \t\n" or (character.isprintable() and not character.isspace()):
        return None
    here = partial(SyntaxProblem, Span(at, at + 1))
    if character == "\r" or character < " " or character == "\x7f":
        return here(
            f"the control character U+{ord(character):04X} cannot stand in a TOML file",
            f"delete it, or write `\\u{ord(character):04x}` for it in a text in double quotes",
        )
    if character == "\ufeff" and at == 0:
        return here(
            "the file starts with a byte order mark, which flyctl cannot read",
            "save it as UTF-8 without one (BOM)",
            repair=Repair("take it away", Span(at, at + 1)),
        )
    blank = character.isspace()
    return here(
        f"the invisible character U+{ord(character):04X} cannot stand outside of a text in quotes",
        "write a plain blank instead" if blank else "delete it",
        repair=Repair("write a plain blank" if blank else "take it away", Span(at, at + 1), " " * blank),
    )


def _explain_header(text: str, start: int, end: int, at: int, reason: str) -> SyntaxProblem | Clash:
    match = _HEADER.match(text, start, end)
    assert match  # the statement starts with a bracket
    opening, name, closing = match.groups()
    shown, rest = text[start : match.end()].strip(_BLANKS), text[match.end() : end].strip(_BLANKS)
    span = Span(start, start + len(shown))
    what = "the header of an array of tables" if opening == "[[" else "a table header"
    if name and reason.startswith("Cannot"):
        return Clash(span, _names(name), opening, Span(start, end))
    if name and (not rest or rest[0] == "#" or closing):
        if len(closing) < len(opening):
            closed = opening + name + "]" * len(opening)
            return SyntaxProblem(
                span,
                f"`{_short(shown)}` is not closed: {what} ends with `{']' * len(opening)}`",
                f"write `{_short(closed)}`",
                repair=Repair(f"write `{_short(closed)}`", span, closed),
            )
        if len(closing) > len(opening):
            return SyntaxProblem(
                span,
                f"`{_short(shown)}` closes more brackets than it opens",
                f"write `[{_short(name)}]` for a table, `[[{_short(name)}]]` for an element of an array of tables",
            )
        return SyntaxProblem(
            Span(end - len(rest), end),
            f"`{_short(rest)}` stands behind the header `{_short(shown)}`",
            "only a comment can stand there: put it on a line of its own",
        )
    whole = Span(start, start + len(_first_line(text[start:end])))
    inside = text[whole.start : whole.end].split("#")[0].strip("[] \t\r")
    if not inside or re.search(r"^\.|\.\s*\.|\.$", inside):
        return SyntaxProblem(
            whole, f"`{_short(text[start:end])}` lacks a name", "a header is one or more names with dots between them"
        )
    return SyntaxProblem(
        whole,
        f"`{_short(text[start:end])}` is not {what}",
        f"{_NEEDS_QUOTES}: `{opening}{_quoted(_short(inside))}{']' * len(opening)}`",
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _names(key: str) -> list[str]:
    return [unquote(name) for name in re.findall(_KEY, key)]


def _explain_pair(text: str, start: int, end: int, at: int, reason: str) -> SyntaxProblem | Clash:
    key = re.compile(_DOTTED).match(text, start, end)
    line = _first_line(text[start:end])
    whole = Span(start, start + len(line))
    if not key:
        return _explain_start(text[start], line, whole)
    name = _short(key[0])
    after = re.compile(r"[ \t]*").match(text, key.end(), end)
    equals = after.end() if after else end
    mark = text[equals : min(equals + 1, end)]
    if mark != "=":
        return _explain_no_equals(key[0], mark, line, whole, Span(equals, equals + 1))
    value = equals + 1
    while value < end and text[value] in " \t":
        value += 1
    if value >= end or text[value] in "\n#":
        return SyntaxProblem(
            Span(start, equals + 1), f"the value of `{name}` is missing", "write one behind the `=`, or delete the line"
        )
    if reason.startswith("Cannot") and (text[at:end].strip()[:1] in ("", "#") or text[value] not in "[{"):
        return Clash(Span(key.start(), key.end()), _names(key[0]), "=", Span(start, end))
    if reason.startswith(("Cannot", "Duplicate")):
        return _explain_inline_clash(text, name, value, at)
    return _explain_value(text, name, value, end, at, reason)


def _explain_start(first: str, line: str, whole: Span) -> SyntaxProblem:
    """A line that does not start with a key."""
    here = partial(SyntaxProblem, Span(whole.start, whole.start + 1))
    if first == "=":
        return here("the key before `=` is missing", "write `key = value`")
    if first == "{":
        return here("a line cannot start with `{`", "fly.toml is TOML, not JSON: write `key = value` on each line")
    if first in "]})":
        return here(f"`{first}` closes nothing", "delete it, or open its bracket")
    if first in "/;%*":
        slashes = Span(whole.start, whole.start + 2)
        repair = Repair("make it a comment", slashes, "#") if line.startswith("//") else None
        return SyntaxProblem(whole, f"`{_short(line)}` is not TOML", "a comment starts with `#`", repair=repair)
    if first in "\"'":
        return SyntaxProblem(whole, f"the key `{_short(line)}` is not closed", f"its last `{first}` is missing")
    key = line.split("=")[0].strip(_BLANKS)
    return SyntaxProblem(
        Span(whole.start, whole.start + len(key)),
        f"`{_short(key)}` is not a key",
        f"{_NEEDS_QUOTES}: `{_quoted(_short(key))} = …`"
        if "=" in line
        else "a line is `key = value`, a `[table]` or a `# comment`",
    )


def _explain_no_equals(key: str, mark: str, line: str, whole: Span, at: Span) -> SyntaxProblem:
    """A key that is followed by something else than `=`."""
    if mark == ":":
        repair = Repair("write `=`", at, "=" if line[len(key) : len(key) + 1] in " \t" else " =")
        return SyntaxProblem(at, f"`:` stands between `{_short(key)}` and its value", "write `=`", repair=repair)
    if mark in ("", "#", "\n"):
        return SyntaxProblem(
            Span(whole.start, whole.start + len(key)),
            f"`{_short(key)}` has no value",
            "a line is `key = value`, a `[table]` or a `# comment`",
        )
    words, equals, _ = line.partition("=")
    words = words.strip(_BLANKS)
    if key == "export" and equals:
        return SyntaxProblem(whole, f"`{_short(line)}` is shell, not TOML", "write `key = value`")
    if not equals:
        return SyntaxProblem(
            whole, f"`{_short(line)}` is not TOML", "a line is `key = value`, a `[table]` or a `# comment`"
        )
    return SyntaxProblem(
        Span(whole.start, whole.start + len(words)),
        f"`{_short(words)}` is not a key",
        f"{_NEEDS_QUOTES}: `{_quoted(_short(words))} = …`",
    )


def _explain_inline_clash(text: str, name: str, value: int, at: int) -> SyntaxProblem:
    pairs = list(re.finditer(rf"{_DOTTED}(?=[ \t]*=)", text[value:at]))
    if not pairs:  # the key before the value is what clashes
        return SyntaxProblem(Span(value, value + 1), f"`{name}` cannot be extended", "write all of it in one place")
    last = pairs[-1]
    first = next((pair for pair in pairs[:-1] if pair[0] == last[0]), None)
    return SyntaxProblem(
        Span(value + last.start(), value + last.end()),
        f"`{_short(last[0])}` is set twice in the inline table of `{name}`",
        "keep one of the two",
        [(Span(value + first.start(), value + first.end()), "it is set here first")] if first else [],
    )


def _explain_value(text: str, name: str, value: int, end: int, at: int, reason: str) -> SyntaxProblem:
    """What is wrong with the value of the key `name`."""
    opening = _string_at(text, value, at)
    if (opening is not None and text[opening:at].lstrip("\"'") != "") or reason.startswith(
        ("Illegal", "Untermin", 'Expected "', "Unescaped", "Invalid hex", "Escaped")
    ):
        return _explain_string(text, name, value if opening is None else opening, end, at, reason)
    if reason.startswith("Invalid date"):
        date = _word(text, at, at, end)
        return SyntaxProblem(date, f"`{_short(text[date.start : date.end])}` is not a date", "a text needs quotes")
    here = Span(at, min(at + 1, max(end, at)))
    mark = text[at : min(at + 1, end)]
    if reason.startswith("Expected '='"):
        if mark == ":":
            return SyntaxProblem(here, "`:` stands between a key and its value", "write `=`")
        return SyntaxProblem(here, f"a key in the inline table of `{name}` has no value", "write `{ key = value }`")
    if reason.startswith("Invalid initial"):
        return SyntaxProblem(here, f"a key is missing in the inline table of `{name}`", "write `{ key = value }`")
    if mark and mark in ",;" and reason.startswith("Expected newline") and not text[at + 1 : end].strip():
        repair = Repair(f"delete `{mark}`", here)
        return SyntaxProblem(
            here, f"`{mark}` stands behind the value of `{name}`", "a line does not end with it", repair=repair
        )
    start = at
    while start > value and text[start - 1] not in " \t\n,[]{}=\"'":
        start -= 1
    word = _word(text, start, at, end)
    ended = word.start == word.end  # a bracket is open and nothing follows
    closed_by_another = reason.startswith("Unclosed") and mark and mark in "]}"
    if not closed_by_another and (start < at or (reason.startswith("Invalid value") and not ended)):
        return _explain_word(text, name, value, end, word)
    if reason.startswith("Unclosed") or ended:
        array = "array" in reason or (ended and text[value] == "[")
        what, closing = ("array", "]") if array else ("inline table", "}")
        if at >= end or mark in "]}":
            return SyntaxProblem(
                Span(value, value + 1),
                f"the {what} of `{name}` is not closed",
                f"its `{closing}` is missing" if at >= end else f"it ends with `{closing}`, not with `{mark}`",
            )
        return SyntaxProblem(
            here,
            f"a `,` is missing in the {what} of `{name}`",
            f"write one before `{_shown(name, text[at:end]).rstrip(']} ')}`",
        )
    rest = _shown(name, text[at:end])
    return SyntaxProblem(
        Span(at, at + len(_first_line(text[at:end]))),
        f"`{rest}` stands behind the value of `{name}`",
        'a quote in a text in double quotes is written `\\"'
        if text[at - 1] == '"' and mark.isalnum()
        else "only a comment can stand there: put it on a line of its own",
    )


def _string_at(text: str, start: int, at: int) -> int | None:
    """Where the string that the place is in starts."""
    for token in tokens(text, start):
        if token.start() >= at:
            break
        if token[0][0] in "\"'" and (at < token.end() or (at == token.end() and not _closed(token[0]))):
            return token.start()
    return None


def _closed(string: str) -> bool:
    quote = string[:3] if string[:3] in ('"""', "'''") else string[0]
    return len(string) >= 2 * len(quote) and string.endswith(quote)


def _explain_string(text: str, name: str, start: int, end: int, at: int, reason: str) -> SyntaxProblem:
    slash = text.rfind("\\", start, at)
    if slash >= 0 and reason.startswith(("Unescaped", "Invalid hex", "Escaped")):
        escape = text[slash : max(at, slash + 2)].rstrip("\n")
        return SyntaxProblem(
            Span(slash, slash + len(escape)),
            f"`{escape}` in the text of `{name}` is not an escape sequence",
            "write `\\\\` for a backslash, or put the text in single quotes",
        )
    quote = text[start : start + 3] if text[start : start + 3] in ('"""', "'''") else text[start]
    line = _first_line(text[start:end])
    return SyntaxProblem(
        Span(start, start + len(line)),
        f"the text of `{name}` is not closed",
        f"its last `{quote}` is missing" if len(quote) == 3 else f"end it with `{quote}` on the same line",
    )


def _word(text: str, start: int, at: int, end: int) -> Span:
    """The run of characters from `start` on that would have to be quoted together."""
    match = re.compile(r"[^\s,\]}\[{#\"']*").match(text, start, max(end, at))
    return Span(start, max(match.end() if match else at, min(at + 1, end)))


def _explain_word(text: str, name: str, value: int, end: int, word: Span) -> SyntaxProblem:
    """A bare word or number where a value should be."""
    bare, shown = text[word.start : word.end], _shown(name, text[word.start : word.end])
    problem = partial(SyntaxProblem, word)
    if bare[0] in "“”‘’„«»`":
        return problem(f"`{bare[0]}` is not a quote of TOML", "write `\"` or `'`")
    if bare.lower() in ("true", "yes", "on", "false", "no", "off"):
        boolean = "true" if bare.lower() in ("true", "yes", "on") else "false"
        return problem(
            f"`{bare}` is not a value of TOML",
            f'write `{boolean}`, or `"{bare}"` for a text',
            repair=Repair(f"write `{boolean}`", word, boolean),
        )
    if bare.lower() in ("null", "none", "nil", "undefined"):
        return problem(f"`{bare}` is not a value of TOML", "TOML has no such value: leave the key out")
    if re.match(r"[0-9]{4}-[0-9]", bare):
        return problem(f"`{shown}` is not a date", f'write the year, month and day of one, or `"{shown}"` for a text')
    if re.fullmatch(r"[+-]?0[0-9_]+", bare):
        return problem(
            f"the number `{shown}` starts with 0", f'write `{shown.replace("0", "", 1)}`, or `"{shown}"` for a text'
        )
    if re.fullmatch(r"[+-]?(\.[0-9]+|[0-9]+\.)", bare):
        return problem(f"`{shown}` is not a number", "digits have to stand on both sides of the point")
    if bare[0] in ",]}":
        return problem(f"a value is missing before `{bare[0]}` in the value of `{name}`")
    if bare[0] == "=":
        return problem(f"`=` stands twice behind `{name}`", "write `key = value`")
    rest = text[word.start : end].split("\n")[0]
    whole = re.split(r"\s+#", rest)[0].strip() if word.start == value else bare
    if '"' in whole or "'" in whole:
        whole = bare
    span = Span(word.start, word.start + len(whole))
    return SyntaxProblem(
        span,
        f"text values need quotes: `{name} = {_quoted(_shown(name, whole))}`"
        if word.start == value
        else f"text values need quotes: `{_quoted(_shown(name, whole))}`",
        "only numbers, dates, `true` and `false` stand without quotes",
        repair=Repair("put it in quotes", span, _quoted(whole)),
    )


def _joined(clash: Clash, text: str, index: Index, path: Path) -> Repair | None:
    """The keys of a table that is defined again, moved below those of the first; all of it goes if nothing is new."""
    start, keys = _lines(text, clash.statement)
    end = keys + len(text[keys : _body(text, clash.statement).end].rstrip())
    while end > keys and text[text.rfind("\n", 0, end) + 1 : end].lstrip().startswith("#"):  # of the next header
        end = max(keys, keys + len(text[keys : text.rfind("\n", 0, end) + 1].rstrip()))
    end = text.find("\n", end - 1) + 1 or len(text)
    added = text[keys:end]
    number = next(number for number, section in enumerate(index.sections) if section.path == path)
    limit = index.sections[number + 1].header.start if number + 1 < len(index.sections) else len(text)
    last = [span for span in index.statements if index.sections[number].header.start <= span.start < limit][-1]
    at = text.find("\n", last.end) + 1
    if _HEADER_LINE.search(added) or not 0 < at <= start:
        return None
    if _values(added) == _values(text[index.sections[number].header.end : at]) and "#" not in added:
        return Repair("delete the second one", Span(start, end), safe=True)
    between = text[at:start]
    if not text[end:].split("\n")[0].strip():
        between = between.rstrip()  # an empty line follows, or nothing
    newline = "\r\n" if "\r\n" in text else "\n"
    parts = [part if part.endswith("\n") else part + newline for part in (added, between) if part]
    return Repair("move its keys to the first one", Span(at, end), "".join(parts))


def _values(text: str) -> str:
    """What some statements set, in any order; the text itself where it cannot be read."""
    try:
        return repr(sorted(loads(text).items(), key=lambda pair: pair[0]))
    except (ValueError, RecursionError):
        return text


def _value(pair: str) -> str:
    """What a statement `key = value` sets, whatever its key is."""
    key = re.match(_DOTTED, pair)
    return _values("x" + pair[key.end() if key else 0 :])


def _lines(text: str, statement: Span) -> Span:
    """All of the lines of a statement, or what of them is not a comment or another statement."""
    start, end = statement
    line, after = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    after = len(text) if after < 0 else after + 1
    if text[line:start].strip() or text[end:after].strip():
        return Span(start, end + len(text[end:after]) - len(text[end:after].lstrip(" \t")))
    return Span(line, after)


def _explain_clash(clash: Clash, text: str, index: Index, known: set[Span]) -> SyntaxProblem | None:
    """What a header or key collides with. None when that has been said of another header already."""
    section = next(section for section in reversed(index.sections) if section.header.start <= clash.span.start)
    path: Path = section.path if clash.kind == "=" else ()
    lead = len(path)
    other = table = None
    for name in clash.names:
        path = (*path, name)
        other, table = index.places.get(path), other
        if other is None or (other.kind == "pair" and len(path) - lead < len(clash.names)):
            break
        if other.kind == "tables" and len(path) - lead < len(clash.names):
            above = (s.path for s in reversed(index.sections) if s.header.start < clash.span.start)
            path = next((element for element in above if element[:-1] == path), path)
    dotted = ".".join(name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name) for name in clash.names)
    header = f"[[{dotted}]]" if clash.kind == "[[" else f"[{dotted}]"
    if other is None:
        what = _short(dotted if clash.kind == "=" else header)
        return SyntaxProblem(
            clash.span,
            f"`{what}` cannot extend a table that is defined elsewhere",
            "write all of the table in one place",
            [(table.value, "it is defined here first")] if table else [],
        )
    first = index.text[other.statement.start : other.statement.end]
    shown = _short(first)
    problem = partial(SyntaxProblem, clash.span)
    if other.kind == "pair":
        related = [(other.key, "it is set here first")]
        if clash.kind == "=" and len(clash.names) == len(path) - lead:
            same = _value(text[clash.statement.start : clash.statement.end]) == _value(first)
            second = Repair("delete the second one", _lines(text, clash.statement), safe=same)
            return problem(f"`{_short(dotted)}` is set twice", "keep one of the two", related, second)
        if other.value in known:
            return None
        known.add(other.value)
        value = index.text[other.value.start : other.value.end]
        if re.fullmatch(r"\[\s*\]", value):
            return problem(
                f"`{shown}` cannot be extended by `{_short(header)}`",
                "delete the line with the empty array",
                related,
                Repair("delete the empty array", _lines(text, other.statement), safe=True),
            )
        by = f"`{_short(dotted)}`" if clash.kind == "=" else f"`{_short(header)}`"
        return problem(f"`{shown}` cannot be extended by {by}", "write all of it in one place", related)
    related = [(other.value, "it is defined here first")]
    if clash.kind == "[" and other.kind == "table":
        repair = _joined(clash, text, index, path)
        return problem(
            f"table `{_short(header)}` is defined twice", "move the keys of both under one header", related, repair
        )
    if clash.kind == "[" and other.kind == "tables":
        double = Repair("double the brackets", clash.span, f"[{header}]")
        return problem(f"`{_short(header)}` is an array of tables", f"write `[{_short(header)}]`", related, double)
    if clash.kind == "[":
        return problem(f"table `{_short(header)}` is defined twice", "write all its keys in one place", related)
    if clash.kind == "[[":
        return problem(
            f"`{_short(header)}` is a table already",
            f"write `[{_short(dotted)}]` once, or `[[{_short(dotted)}]]` each time",
            related,
        )
    return problem(f"`{_short(dotted)}` is a table already", "write all of it in one place", related)
