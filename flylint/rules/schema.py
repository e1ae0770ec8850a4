"""Keys and types: what flyctl's decoder ignores, refuses or takes for something else."""

from __future__ import annotations

import re

from flylint import platform
from flylint.commands import shellisms
from flylint.decode import UNIT
from flylint.edits import Delete, Insert, MoveKey, Nest, Rename, Replace, SetBrackets
from flylint.pattern import pattern
from flylint.rules import ERROR, FLYCTL, INFO, NOBODY, PLATFORM, WARNING, Finding, Mend, rule
from flylint.unknown_keys import advise, closest, slipped_names
from flylint.values import MILLISECOND, SECOND, format_duration, listed, parse_duration, quote_word, split_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.app import App
    from flylint.decode import Problem
    from flylint.document import Path
    from flylint.edits import StructuralEdit
    from flylint.rules import Findings
    from flylint.unknown_keys import Advice

_HTTP_KEYS = ("path", "method", "headers", "protocol", "tls_skip_verify", "tls_server_name")
_APP_NAME = pattern(r"[a-z0-9-]+")
_PLACEHOLDER = pattern(r"[${}<>%]|(?i:change|replace|your)[-_]")
_IGNORED = "flyctl ignores keys that it does not know, without a word"


def dotted(path: Path) -> str:
    """The path as users write it, without the indexes of arrays of tables."""
    return ".".join(part for part in path if isinstance(part, str))


def _belongs_to_another_rule(problem: Problem) -> bool:
    """Unknown keys that a rule of another topic tells more about."""
    table, key = problem.node.title, problem.path[-1]
    if table == "service-tcp-check" and key in _HTTP_KEYS:
        return True  # http-keys-in-tcp-check
    if table in ("http-service-check", "service-http-check", "service-tcp-check") and key in ("port", "type", "name"):
        return True  # service-check-port-ignored
    return is_leftover(problem)  # legacy-leftover


def is_leftover(problem: Problem) -> bool:
    """Whether an unknown key says no more than that nothing is wanted: older versions of flyctl wrote it by themselves."""
    if problem.value not in ([], {}, 0):
        return False
    table, key = problem.node.title, problem.path[-1]
    if key == "restart_limit":
        return table in ("service-http-check", "service-tcp-check")
    return (table, key) in (("experimental", "allowed_public_ports"), ("service", "script_checks"))


@rule("unknown-key", severity=WARNING, up_to=ERROR, enforced_by=NOBODY, fix="safe", needs=("unknown-key",))
def unknown_key(app: App) -> Findings:
    """A key or table that fly.toml does not have: flyctl ignores it without a word."""
    single = {problem.path for problem in app.problems_of("legacy-table")}
    for problem in app.problems_of("unknown-key"):
        if _belongs_to_another_rule(problem):
            continue
        advice = advise(app, problem)
        if advice.slipped:
            continue  # key-under-wrong-table
        guessed = advice.rename or advice.move or advice.invented
        if isinstance(problem.value, dict) and problem.path[:-1] in single and not guessed:
            yield _named_in_vain(problem)
        else:
            yield _unknown(app, problem, advice)


def _named_in_vain(problem: Problem) -> Finding:
    """The finding for `[tables.name]` where an array of tables is meant."""
    table = dotted(problem.path[:-1])
    return Finding(
        problem.path,
        f"unknown key `{problem.path[-1]}` in `[{table}]`, whose tables have no names",
        label="ignored with all that is in it",
        help=f"write `[[{table}]]` in place of `[{dotted(problem.path)}]`",
        notes=_IGNORED,
        on="key",
    )


def _unknown(app: App, problem: Problem, advice: Advice) -> Finding:
    key, table = str(problem.path[-1]), dotted(problem.path[:-1])
    message = f"unknown key `{key}`{f' in `[{table}]`' if table else ''}, which flyctl ignores"
    label, help, fix, severity = "", None, None, WARNING
    notes = [_IGNORED]
    if advice.invented:
        severity = ERROR if advice.invented.sure else WARNING
        help = advice.invented.help
        if advice.invented.note:
            notes = [advice.invented.note]
    if advice.rename:
        label = f"did you mean `{advice.rename}`?"
        severity = ERROR if advice.plain else severity
        if advice.taken:
            help = help or f"delete it, or merge it into `{advice.rename}`, which is set too"
        else:
            help = help or f"write `{advice.rename}`"
            fix = _rename(app, problem, advice.rename)
    elif advice.move:
        destination, name = advice.move
        where = f"in `[{dotted(destination)}]`" if destination else "at the top of the file, above the first table"
        label = f"belongs to `[{dotted(destination)}]`" if destination else "belongs to the top of the file"
        help = help or f"write `{name}` {where}"
        fix = Mend(
            f"move it to {where.removeprefix('in ').removeprefix('at ')}",
            MoveKey(problem.path, destination, name),
            safe=True,
        )
    elif advice.tables:
        label = f"belongs to {' or '.join(f'`{t}`' for t in advice.tables)}"
        help = help or f"write it under {' or '.join(f'`{t}`' for t in advice.tables)}"
    elif advice.invented and advice.invented.delete:
        help = help or "delete it"
        fix = Mend("delete it", Delete(problem.path), safe=True)
    if fix is None and not advice.rename:
        fix = Mend("delete it: it does nothing", Delete(problem.path), safe=False)
    return Finding(
        problem.path,
        message,
        label=label or "not known to Fly.io",
        help=help or "delete it",
        notes=notes,
        fix=fix,
        on="key",
        severity=severity,
    )


def _rename(app: App, problem: Problem, name: str) -> Mend:
    """Rename the key; a table that must be an array of tables gets its brackets as well."""
    target = problem.node.child(name)
    edits: list[Any] = [Rename(problem.path, name)]
    if target is not None and target.read == "list" and isinstance(problem.value, dict):
        edits.insert(0, SetBrackets(problem.path, True))
    return Mend(f"rename it to `{name}`", *edits, safe=True)


@rule(
    "key-under-wrong-table",
    severity=WARNING,
    enforced_by=NOBODY,
    fix="safe",
    needs=("unknown-key", "env", "processes", "args", "headers"),
)
def key_under_wrong_table(app: App) -> Findings:
    """A key stands below the header of a sub-table, so it belongs to that table and not to the one that knows it."""
    for problem in app.problems_of("unknown-key"):
        if not _belongs_to_another_rule(problem):
            advice = advise(app, problem)
            if advice.slipped and advice.move:
                yield _slipped(problem.path, advice.move[0], "there it is unknown and ignored")
    refused = {problem.path for problem in app.problems_of("wrong-type")}
    for path, destination in slipped_names(app).items():
        if path not in refused:  # wrong-type
            yield _slipped(path, destination, f"there it is {_NAMED[str(path[-2])]} called `{path[-1]}`")


_NAMED = {
    "env": "an environment variable",
    "processes": "a process group",
    "args": "a build argument",
    "headers": "a header",
}


def _named_place(table: Path) -> str:
    return f"`[{dotted(table)}]`" if table else "the top of the file"


def _move_out(path: Path, destination: Path) -> tuple[str, Mend]:
    """How a key that slipped below the header of a sub-table gets where it belongs: a hint and the fix."""
    where = _named_place(destination)
    help = f"move it up, right below {where}" if destination else f"move it to {where}, above the first header"
    safe = path[:2] != ("build", "args") or path[-1] not in _BUILT_FROM
    return help, Mend(f"move it to {where}", MoveKey(path, destination), safe=safe)


_BUILT_FROM = ("builder", "builtin", "image")
"""What takes the place of the Dockerfile, and is the name of many a build argument."""


def _slipped(path: Path, destination: Path, consequence: str) -> Finding:
    key, table = str(path[-1]), dotted(path[:-1])
    where = _named_place(destination)
    help, fix = _move_out(path, destination)
    return Finding(
        path,
        f"`{key}` stands in `[{table}]`, but belongs to {where}",
        label=f"part of `[{table}]`",
        notes=f"in TOML a key belongs to the last header above it, however it is indented; {consequence}",
        help=help,
        fix=fix,
        on="key",
    )


@rule(
    "wrong-case-key",
    severity=WARNING,
    up_to=ERROR,
    enforced_by=FLYCTL,
    fix="safe",
    needs=("wrong-case", "wrong-case-refused"),
)
def wrong_case_key(app: App) -> Findings:
    """A key is known, but only in lower case do flyctl's conversions of old forms and defaults find it."""
    # with numbers that are nanoseconds now, and would be seconds or milliseconds in lower case
    numbers = {p.path[:length] for p in app.problems_of("bare-duration") for length in range(len(p.path) + 1)}
    for problem in app.problems_of("wrong-case", "wrong-case-refused"):
        key, right = str(problem.path[-1]), problem.expected
        refused = problem.kind == "wrong-case-refused"
        taken = right in (app.document_value(problem.path[:-1]) or {})
        lost = len(problem.path) == 1 and right in ("mounts", "vm", "metrics")
        if taken:
            note = f"`{right}` is set too and wins, so this does nothing"
        elif lost:
            note = f"flyctl finds `{right}` in lower case only, so this does nothing"
        elif refused:
            note = "in this case flyctl takes the values as they stand, and refuses one that it converts in lower case"
        else:
            note = "flyctl's last decoding step finds it in any case, its conversions of old forms do not"
        yield Finding(
            problem.path,
            f"`{key}` must be written `{right}`",
            label=f"write `{right}`",
            notes=note,
            help=f"delete it: `{right}` is set too" if taken else f"write `{right}`",
            fix=None
            if taken
            else Mend(f"rename it to `{right}`", Rename(problem.path, right), safe=problem.path not in numbers),
            on="key",
            severity=ERROR if refused else WARNING,
        )


@rule("wrong-type", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("wrong-type",))
def wrong_type(app: App) -> Findings:
    """A value has a type that flyctl does not take there, which makes the whole file unusable."""
    for problem in app.problems_of("wrong-type"):
        name = dotted(problem.path) or "the file"
        help, fix = _retype(app, problem)
        out_of_range = problem.node.read == "integer" and type(problem.value) is int
        found = str(problem.value) if out_of_range else describe(problem.value)
        yield Finding(
            problem.path,
            f"`{name}` must be {problem.expected}, not {found}",
            label=f"must be {problem.expected}",
            notes="one value of a wrong type makes the whole file invalid: flyctl neither validates nor deploys it",
            help=help or f"write {problem.expected}",
            fix=fix,
        )


def describe(value: Any) -> str:
    """What a value is, in TOML words and without the value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int):
        return "a whole number"
    if isinstance(value, float):
        return "a fraction" if value == value and abs(value) != float("inf") else "`nan` or `inf`"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "an array of tables" if value and all(isinstance(item, dict) for item in value) else "a list"
    return "a date or time"


def _retype(app: App, problem: Problem) -> tuple[str | None, Mend | None]:
    """How to say the same with the right type: a hint and a fix, each None where there is none."""
    value, path, read = problem.value, problem.path, problem.node.read
    name = str(path[-1]) if path else ""
    header = dotted(path)
    destination = slipped_names(app).get(path)
    if destination is not None:
        help, fix = _move_out(path, destination)
        return f"`{name}` belongs to {_named_place(destination)}: {help}", fix
    if isinstance(value, str):
        return _retype_text(problem, value, name)
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        if read == "string" and len(value) == 1:
            return "take the brackets away", _replace(path, value[0], "take the brackets away")
        if read == "string" and (name in _COMMANDS or path[0] == "processes"):
            text = " ".join(map(quote_word, value))
            return "join the words: flyctl splits the text by itself", _replace(
                path, text, "join the words into one text"
            )
        if read == "map" and all("=" in item for item in value):
            table = dict(item.split("=", 1) for item in value)
            return "write a table of texts", Mend("write it as a table", Replace(path, table), safe=True)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if path[-2:] == ("proxy_proto_options", "version") and f"v{value}" in platform.PROXY_PROTO_VERSIONS:
            return f'write "v{value}"', _replace(path, f"v{value}", f'write "v{value}"')
        if read == "string" and name == "kill_signal":
            return 'write the name of the signal, such as "SIGTERM"', None
        if read == "string" and name in ("memory", "auto_extend_size_increment", "auto_extend_size_limit"):
            unit = "mb" if name == "memory" else "gb"
            whole = f"{value:g}{unit}"
            return f'write a size with a unit: "{whole}"', _replace(path, whole, f'write "{whole}"')
    if isinstance(value, (int, float, bool)) and read == "string":
        return "put it in quotes", _quote(app, path)
    if (
        read == "list"
        and problem.node.items is not None
        and problem.node.items.read == "table"
        and isinstance(value, dict)
    ):
        return double_brackets(problem)
    if (
        read in ("table", "concurrency")
        and isinstance(value, list)
        and value
        and all(isinstance(v, dict) for v in value)
    ):
        if len(value) == 1:
            return f"single brackets: `[{header}]`", Mend("take single brackets", SetBrackets(path, False), safe=True)
        more = "; for several services use `[[services]]`" if name == "http_service" else ""
        return f"there can be only one: `[{header}]`{more}", None
    if read == "map" and name == "headers" and isinstance(value, list):
        pairs = {i["name"]: i["value"] for i in value if isinstance(i, dict) and "name" in i and "value" in i}
        if len(pairs) == len(value) and all(isinstance(part, str) for pair in pairs.items() for part in pair):
            return "write a table of texts", Mend("write it as a table", Replace(path, pairs), safe=True)
    if read == "checks":
        return "give each check a name: `[checks.alive]`", _named_check(problem) if isinstance(value, dict) else None
    if problem.node.title == "top-level-check" and isinstance(path[-1], int):
        return None, _name_for_check(app, problem) if isinstance(value, dict) else None
    if problem.node.title == "top-level-check" and name in problem.node.keys:
        return "move it below the header of the check that it belongs to: `[checks.name]`", None
    return None, None


_COMMANDS = ("release_command", "seed_command", "console_command")


def double_brackets(problem: Problem) -> tuple[str, Mend | None]:
    """How a table with single brackets becomes an array of tables: a hint and a fix, None where that mends nothing."""
    header = ".".join(part for part in problem.path if isinstance(part, str))
    items, value = problem.node.items, problem.value
    assert items is not None
    names = [key for key, item in value.items() if isinstance(item, dict) and items.child(key) is None]
    if names and len(names) == len(value):
        return f"these have no names: write `[[{header}]]` in place of `[{header}.{names[0]}]`", None
    more = f"; there are no names in it, such as {listed(names)}" if names else ""
    return f"double the brackets: `[[{header}]]`{more}", Mend(
        "double the brackets", SetBrackets(problem.path, True), safe=True
    )


def _named_check(problem: Problem) -> Mend:
    """The check that stands in `[checks]` itself, with a name."""
    edits = [*_type_of_check(problem), Nest(problem.path, "default")]
    return Mend("call it `[checks.default]`", *edits, safe=True)


def _name_for_check(app: App, problem: Problem) -> Mend:
    """A name for an element of `[[checks]]`."""
    name, taken = f"check{int(problem.path[-1]) + 1}", app.root.element("checks").table.places
    while name in taken:
        name += "_"
    place = (*problem.path, "name")
    change: Any = Replace(place, name) if "name" in problem.value else Insert(problem.path, "name", name)
    return Mend(f"call it `{name}`", change, *_type_of_check(problem), safe=True)


def _type_of_check(problem: Problem) -> list[StructuralEdit]:
    """The `type` that a check lacks, without which flyctl refuses it as well."""
    if "type" in problem.value:
        return []
    kind = "http" if any(key in problem.value for key in _HTTP_KEYS) else "tcp"
    return [Insert(problem.path, "type", kind)]


_LISTS_OF_NAMES = ("handlers", "processes", "versions", "alpn")


def _retype_text(problem: Problem, value: str, name: str) -> tuple[str | None, Mend | None]:
    path, read, stripped = problem.path, problem.node.read, value.strip()
    if read in ("integer", "port"):
        number = stripped[:-1].strip() if name == "auto_extend_size_threshold" and stripped.endswith("%") else stripped
        if name == "swap_size_mb":
            number = re.sub(r"(?i)\s*mi?b?$", "", number)
        if name in ("idle_timeout", "headers_read_timeout"):
            try:
                seconds = parse_duration(stripped)
            except ValueError:
                seconds = -1
            if seconds > 0 and seconds % SECOND == 0:
                number = str(seconds // SECOND)
        if re.fullmatch(r"[0-9]{1,18}", number):
            return f"write {int(number)}, without quotes", _replace(
                path, int(number), f"write {int(number)} without quotes"
            )
        return "write a whole number, without quotes", None
    if read == "number":
        percent = re.fullmatch(r"([0-9]{1,3})\s*%", stripped)
        if percent:
            share = int(percent[1]) / 100
            return f"write the share as a number: {share:g}", _replace(path, share, f"write {share:g}")
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", stripped):
            number_value = float(stripped) if "." in stripped else int(stripped)
            return "write it without quotes", _replace(path, number_value, "take the quotes away")
    if read == "boolean" and stripped.lower() in ("true", "false"):
        return "write it without quotes", _replace(path, stripped.lower() == "true", "take the quotes away")
    if read == "boolean" and stripped.lower() in ("yes", "no", "on", "off"):
        return "write true or false", _replace(path, stripped.lower() in ("yes", "on"), "write true or false")
    if read in ("list", "words") and name not in (
        "checks",
        "machine_checks",
        "files",
        "statics",
        "restart",
        "replay_cache",
    ):
        names = [part for part in re.split(r"[\s,]+", stripped) if part]
        if name in _LISTS_OF_NAMES and len(names) > 1:
            return "write a list with each of them in quotes", _replace(path, names, "write them as a list")
        if name in ("command", "entrypoint"):
            return "write a list of its words", _split(path, value)
        return "put it in brackets", _replace(path, [value], "put it in brackets")
    return None, None


def _split(path: Path, command: str) -> Mend | None:
    """The words of a command as a list; None where it has none."""
    if shellisms(command):
        return Mend("wrap it in `sh -c`", Replace(path, ["sh", "-c", command]), safe=False)
    try:
        words = split_words(command)
    except ValueError:
        return None
    return _replace(path, words, "write its words as a list") if words else None


def _replace(path: Path, value: Any, title: str) -> Mend:
    return Mend(title, Replace(path, value), safe=True)


def _quote(app: App, path: Path) -> Mend:
    """Quotes around the value as it is spelt: 1.10 must not become 1.1."""
    span = app.document.span(path)
    return _replace(path, app.document.text[span.start : span.end], "put it in quotes")


@rule("invalid-duration", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("invalid-duration",))
def invalid_duration(app: App) -> Findings:
    """A duration in quotes that flyctl cannot read, which makes the whole file unusable."""
    for problem in app.problems_of("invalid-duration"):
        name = dotted(problem.path)
        help, fix = _respell_duration(problem)
        yield Finding(
            problem.path,
            f"the duration `{problem.value}` of `{name}` {problem.expected}",
            label="not a duration",
            notes="flyctl refuses the whole file; units are `ms`, `s`, `m` and `h`, and can be combined: `1m30s`",
            help=help,
            fix=fix,
        )


_LONG_UNITS = (
    (("milliseconds", "millisecond", "millis", "msec", "msecs"), "ms"),
    (("seconds", "second", "secs", "sec"), "s"),
    (("minutes", "minute", "mins", "min"), "m"),
    (("hours", "hour", "hrs", "hr"), "h"),
)


def _respell_duration(problem: Problem) -> tuple[str, Mend | None]:
    text = problem.value.strip().lower()
    compact = "".join(text.split())
    try:
        parse_duration(compact)
        return f'write "{compact}"', _replace(problem.path, compact, f'write "{compact}"')
    except ValueError:
        pass
    spelt = re.fullmatch(r"([0-9]{1,9})\s*([a-z]*)", text)
    if spelt is None:
        return 'write a number with a unit, such as "10s"', None
    number, unit = int(spelt[1]), spelt[2]
    if not unit:
        right = _meant(number, problem.node.unit == "ms" or problem.node.title.endswith("check"))
        return f'add the unit: "{right}"', Mend(f'write "{right}"', Replace(problem.path, right), safe=False)
    if unit in ("d", "day", "days"):
        right = f"{24 * number}h"
    else:
        short = next((short for longs, short in _LONG_UNITS if unit in longs or unit == short), None)
        if short is None:
            return 'write a number with a unit, such as "10s"', None
        right = f"{number}{short}"
    return f'write "{right}"', _replace(problem.path, right, f'write "{right}"')


def _meant(number: float, may_be_milliseconds: bool) -> str:
    """The duration that a bare number probably means: seconds, or milliseconds where it is too large for seconds."""
    unit = MILLISECOND if may_be_milliseconds and number >= 1000 else SECOND
    return format_duration(int(number * unit))


@rule("duration-without-unit", severity=WARNING, up_to=ERROR, enforced_by=NOBODY, fix="safe", needs=("bare-duration",))
def duration_without_unit(app: App) -> Findings:
    """A duration is a bare number, whose unit depends on where it stands: nanoseconds, milliseconds or seconds."""
    for problem in app.problems_of("bare-duration"):
        number, unit = problem.value, problem.expected
        if number == 0:
            continue  # the same in every unit
        reads = format_duration(int(number) * UNIT[unit])
        unit_name = {"ns": "nanoseconds", "ms": "milliseconds", "s": "seconds"}[unit]
        if unit == "s":
            meant = reads
        elif unit == "ms":
            meant = reads if number >= 1000 else _meant(number, False)
        else:
            meant = reads if number >= SECOND else _meant(number, "check" in dotted(problem.path))
        where = dotted(problem.path)
        notes = [f"a bare number is read as {unit_name} here"]
        refused = where.startswith("checks.") and where.endswith(".interval") and meant != reads
        if refused:
            notes.append(f"flyctl refuses an interval below {format_duration(platform.MIN_CHECK_INTERVAL)}")
        severity = INFO if meant == reads else ERROR if unit == "ns" or refused else WARNING
        if unit == "ns" and "check" in where:
            notes.append("in `[[services]]` and `[checks]` it would be milliseconds, for `kill_timeout` seconds")
        if number != int(number):
            notes.append("the fraction is cut off")
        yield Finding(
            problem.path,
            f"`{where} = {number}` has no unit and means {reads}",
            label=f"read as {reads}",
            help=f'write the unit: "{meant}"',
            notes=notes,
            fix=Mend(f'write "{meant}"', Replace(problem.path, meant), safe=meant == reads),
            severity=severity,
        )


@rule("invalid-choice", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("invalid-choice",))
def invalid_choice(app: App) -> Findings:
    """`auto_stop_machines` or `persist_rootfs` has a value that makes the whole file unusable."""
    for problem in app.problems_of("invalid-choice"):
        name, value = dotted(problem.path), problem.value
        choices = ("off", "stop", "suspend") if problem.node.read == "autostop" else ("never", "restart", "always")
        right = None
        if isinstance(value, str):
            known = {
                "true": "stop",
                "on": "stop",
                "yes": "stop",
                "suspended": "suspend",
                "stopped": "stop",
                "false": "off",
                "no": "off",
                "none": "off",
            }
            right = (known.get(value.lower()) if problem.node.read == "autostop" else None) or closest(value, choices)
        shown = f'"{value}"' if isinstance(value, str) else describe(value)
        yield Finding(
            problem.path,
            f"`{name}` cannot be {shown}: it takes {problem.expected}",
            label=f"takes {problem.expected}",
            notes="flyctl refuses the whole file",
            help=f'write "{right}"' if right else f"write {problem.expected}",
            fix=_replace(problem.path, right, f'write "{right}"') if right else None,
        )


@rule("value-ignored", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("dropped", "lost"))
def value_ignored(app: App) -> Findings:
    """A duration, or an entry of `[[processes]]` or `[[checks]]`, has a form that flyctl drops without a word."""
    for problem in app.problems_of("lost"):
        yield _lost(app, problem)
    for problem in app.problems_of("dropped"):
        yield Finding(
            problem.path,
            f"`{dotted(problem.path)}` is {describe(problem.value)}, which flyctl drops without a word",
            label="ignored",
            help='write a duration in quotes, such as "10s"',
            notes="the default of Fly.io holds instead",
            fix=Mend("delete it: it does nothing", Delete(problem.path), safe=True),
        )


def _lost(app: App, problem: Problem) -> Finding:
    table = str(problem.path[0])
    what = f"`{problem.path[-1]}`" if len(problem.path) > 2 else "this entry"
    nothing = table == "processes" and not app.processes
    return Finding(
        problem.path,
        f"{what} of `{table}` {problem.expected}, so flyctl drops it without a word",
        label="ignored",
        help="write `[checks.name]` for each, with a name of its own"
        if table == "checks"
        else 'write `[processes]`, with `name = "command"` for each',
        notes="nothing is left of `processes`: there is one group, `app`, which runs the command of the image"
        if nothing
        else (),
        on="key",
    )


@rule("missing-app-name", severity=WARNING, enforced_by=NOBODY)
def missing_app_name(app: App) -> Findings:
    """The file does not say which app it belongs to, so each command needs `--app`."""
    if app.root.lacks("app") or app.root.get("app") == "":
        yield Finding(
            app.root.at("app") if app.root.has("app") else (),
            "the file does not name its app",
            help='write `app = "…"` as the first line, unless `--app` or FLY_APP always says it',
            notes="without a name, commands outside of a terminal stop and ask for `--app`",
        )


@rule("invalid-app-name", severity=ERROR, enforced_by=PLATFORM, needs=("app",))
def invalid_app_name(app: App) -> Findings:
    """The app has a name that no app on Fly.io can have."""
    name = app.root.text("app")
    if name and not _APP_NAME.fullmatch(name):
        template = bool(_PLACEHOLDER.search(name))
        meant = "" if template else re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        yield Finding(
            app.root.at("app"),
            f"`{name}` cannot be the name of an app: it has to be of lower-case letters, digits and dashes",
            label="not only lower-case letters, digits and dashes",
            help=f"write the name that `fly apps list` shows{f', such as `{meant}`' if meant else ''}",
            notes="Fly.io refuses to create an app with such a name, so no app has it",
            severity=WARNING if template else ERROR,  # something may fill it in before flyctl reads it
        )
