"""Old spellings that still work, and keys that outlived what they were for."""

from __future__ import annotations

from flylint.credentials import secret_in
from flylint.edits import Delete, InsertTable, MoveKey, NameElements, Rename, Replace
from flylint.platform import CREDENTIAL_HEADERS
from flylint.rules import ERROR, INFO, NOBODY, WARNING, Finding, Mend, rule
from flylint.rules.schema import double_brackets, is_leftover
from flylint.values import go_text, listed, quote_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.app import App
    from flylint.decode import Problem
    from flylint.document import Path
    from flylint.edits import StructuralEdit
    from flylint.rules import Findings

_STILL_WORKS = "flyctl converts it each time it reads the file, so nothing is wrong today"


def delete_keys(app: App, *paths: Path) -> list[StructuralEdit]:
    """Delete keys, and with them each table that would be left empty, unless a comment would go with it."""
    tables = _emptied(app, *paths)
    gone = {table.path for table in tables}
    return [*tables, *(Delete(place) for place in paths if place[:1] not in gone)]


def _emptied(app: App, *paths: Path) -> list[Delete]:
    """Delete the tables that lose all of their keys with these, where no comment would go with them."""
    tables = []
    for table in dict.fromkeys(place[:1] for place in paths if len(place) == 2):
        inside = [place for place in paths if place[:1] == table]
        written = app.document_value(table)
        emptied = isinstance(written, dict) and {place[1] for place in inside} == set(written)
        if emptied and not has_comment(app, table, *inside):
            tables.append(Delete(table))
    return tables


def has_comment(app: App, *paths: Path) -> bool:
    """Whether a comment stands anywhere from the first of some places to the end of the last one's line."""
    spans = [app.document.span(place) for place in paths]
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    return "#" in app.document.text[start:end] + app.document.text[end:].partition("\n")[0]


@rule("legacy-name", severity=INFO, enforced_by=NOBODY, fix="safe", needs=("legacy-name", "machine_config"))
def legacy_name(app: App) -> Findings:
    """A key or table has an old name, or stands in an old place."""
    problems = app.problems_of("legacy-name")
    for problem in problems:
        old, new = str(problem.path[-1]), problem.expected
        if problem.path[0] == "experimental":
            yield _old_place(app, problem, [other for other in problems if _goes_with(problem, other)])
            continue
        table = app.document_value(problem.path[:-1])
        taken = isinstance(table, dict) and new in table
        yield Finding(
            problem.path,
            f"`{old}` is an old name of `{new}`",
            label=f"today `{new}`",
            help=f"move what is in it to `{new}`" if taken else f"write `{new}`",
            notes=_STILL_WORKS,
            fix=None if taken else Mend(f"rename it to `{new}`", Rename(problem.path, new), safe=True),
            on="key",
        )
    if app.experimental.text("machine_config"):
        place = app.experimental.at("machine_config")
        both = app.root.has("machine_config")
        yield Finding(
            place,
            "`machine_config` belongs to the top of the file, not to `[experimental]`",
            label="old place",
            help="keep one of the two, at the top of the file" if both else "move it to the top of the file",
            notes="flyctl still reads it here, before the one at the top; but it renews the files of containers "
            "at each deploy only for the one at the top",
            related=[(app.root.at("machine_config"), "not read")] if both else [],
            fix=None if both else Mend("move it to the top of the file", MoveKey(place, ()), safe=True),
            on="key",
        )


def _goes_with(problem: Problem, other: Problem) -> bool:
    """metrics_port and metrics_path move together: with one of them moved, flyctl would no longer read the other."""
    return other is problem or (problem.expected.startswith("metrics.") and other.expected.startswith("metrics."))


def _old_place(app: App, problem: Problem, together: list[Problem]) -> Finding:
    """The finding for a key in [experimental] that belongs elsewhere, with those that must move with it."""
    old = str(problem.path[-1])
    table, _, new = problem.expected.rpartition(".")
    where = f"`[{table}]`" if table else "the top of the file"
    names = listed([str(other.path[-1]) for other in together], "and")
    taken = (table or new) in app.root.table.raw
    if taken:
        help, note = "delete it", f"`{table or new}` is set in its own place, so flyctl does not look here"
        edits = delete_keys(app, *(other.path for other in together))
        title = f"delete {names}: not read"
    else:
        help, note = f"write `{new}` {'in' if table else 'at'} {where}", _STILL_WORKS
        destination = (table,) if table else ()
        edits = [*(MoveKey(other.path, destination, other.expected.rpartition(".")[2]) for other in together)]
        edits += _emptied(app, *(other.path for other in together))
        title = f"move {names} to {where}"
    return Finding(
        problem.path,
        f"`{old}` stands in `[experimental]`, but belongs to {where}",
        label="not read" if taken else "old place",
        help=help,
        notes=note,
        fix=Mend(title, *edits, safe=True),
        on="key",
    )


@rule(
    "legacy-table",
    severity=INFO,
    up_to=ERROR,
    enforced_by=NOBODY,
    fix="safe",
    needs=("legacy-table", "legacy-processes", "legacy-checks"),
)
def legacy_table(app: App) -> Findings:
    """A table has an old form: single where an array of tables belongs, or an array where names belong."""
    from flylint.rules.services import is_phantom  # up there it would bring its rules before the ones of this module

    phantoms = {service.path for service in app.services if is_phantom(service)}
    lost = {problem.path[0] for problem in app.problems_of("lost")}
    for problem in app.problems_of("legacy-table", "legacy-processes", "legacy-checks"):
        path, value = problem.path, problem.value
        header = ".".join(part for part in path if isinstance(part, str))
        if problem.kind == "legacy-table":
            if path[0] != "services" or path[:1] in phantoms or path[:2] in phantoms:
                continue  # [mounts], [vm] and [metrics] are common and documented; the others are phantom-service
            help, fix = double_brackets(problem)
            if fix is None:
                continue  # unknown-key
            yield Finding(
                path,
                f"`[{header}]` is an array of tables today: `[[{header}]]`",
                label="single table",
                help=help,
                notes=_STILL_WORKS,
                fix=fix,
            )
        elif value:  # an empty list is a leftover
            checks = problem.kind == "legacy-checks"
            if not checks:
                yield from _lists_of_words(path, value)
            if path[0] in lost:
                continue  # value-ignored
            yield Finding(
                path,
                f"`[[{header}]]` is a table of names today",
                label="old form",
                help="write `[checks.name]` for each"
                if checks
                else 'write `[processes]`, with `name = "command"` for each',
                notes=_STILL_WORKS,
                fix=_named(app, path, value, checks),
            )


def _lists_of_words(path: Path, entries: list[Any]) -> Findings:
    """The commands of `[[processes]]` that are lists, of which flyctl makes texts in Go's way."""
    for index, entry in enumerate(entries):
        words = entry.get("command") if isinstance(entry, dict) else None
        if isinstance(words, list) and "name" in entry:
            texts = all(isinstance(word, str) for word in words)
            yield Finding(
                (*path, index, "command"),
                f"this command is a list, of which flyctl makes the text `{go_text(words)}`",
                label="must be text",
                help="join the words: flyctl splits the text by itself",
                notes="the Machine then looks for a program whose name begins with a bracket, and cannot start",
                fix=Mend(
                    "join the words into one text",
                    Replace((*path, index, "command"), " ".join(map(quote_word, words))),
                    safe=True,
                )
                if texts
                else None,
                severity=ERROR,
            )


def _named(app: App, path: Path, value: list[Any], checks: bool) -> Mend | None:
    """The same as tables with names; None where the names, or what else is in them, do not allow it."""
    names = [str(item["name"]) for item in value if isinstance(item, dict) and isinstance(item.get("name"), str)]
    if not all(names) or not len(value) == len(names) == len(set(names)):
        return None
    # comments behind the names go with them
    safe = not any(_has_remark(app, (*path, index, "name")) for index in range(len(names)))
    if checks:
        needless = [Delete((*path, index, "name")) for index in range(len(names))]
        return Mend("write `[checks.name]` for each", *needless, NameElements(path, names), safe=safe)
    if not all(isinstance(text, str) for item in value for text in item.values()):
        return None
    if all("command" in item for item in value):
        return Mend("write `[processes]`", NameElements(path, names, "command"), safe=safe)
    safe = not app.document.comments()  # those among the entries would be lost
    commands = {item["name"]: item.get("command", "") for item in value}
    return Mend("write `[processes]`", Delete(path), InsertTable((), "processes", commands), safe=safe)


def _has_remark(app: App, place: Path) -> bool:
    """Whether a comment stands right behind a value."""
    text, end = app.document.text, app.document.span(place).end
    return text[end : text.find("\n", end)].lstrip().startswith("#")


@rule(
    "legacy-value",
    severity=INFO,
    enforced_by=NOBODY,
    fix="safe",
    needs=("legacy-port", "legacy-concurrency", "legacy-headers", "legacy-autostop"),
)
def legacy_value(app: App) -> Findings:
    """A value has an old form: a quoted port, `"soft,hard"`, a list of headers, a boolean for `auto_stop_machines`."""
    for problem in app.problems_of("legacy-port", "legacy-concurrency", "legacy-headers", "legacy-autostop"):
        path, value = problem.path, problem.value
        name = str(path[-1])
        new: Any
        if problem.kind == "legacy-port":
            new = int(value)
            message, help = f"`{name}` is a number in quotes", f"write {new}, without quotes"
        elif problem.kind == "legacy-concurrency":
            soft, _, hard = value.partition(",")
            new = {"type": "requests", "soft_limit": int(soft), "hard_limit": int(hard)}
            message = f'`concurrency = "{value}"` is an old form of soft limit {int(soft)} and hard limit {int(hard)}'
            help = "write a table with `type`, `soft_limit` and `hard_limit`"
        elif problem.kind == "legacy-headers":
            new = {go_text(item["name"]): go_text(item.get("value", "")) for item in value}
            message, help = "`headers` is a list of names and values", "write a table: each header is a key"
        else:
            new = "stop" if value else "off"
            message = f'`{name} = {str(value).lower()}` is an old form of "{new}"'
            help = f'write "{new}"; "suspend" exists as well'
        headers = new.items() if problem.kind == "legacy-headers" else ()
        secret = any(secret_in(name, text) or name.lower() in CREDENTIAL_HEADERS for name, text in headers)
        yield Finding(
            path,
            message,
            label="old form",
            help=help,
            notes=_STILL_WORKS,
            fix=None if secret else Mend("write it in today's form", Replace(path, new), safe=True),
            on="key" if secret else "value",
        )


_REMOVED = {
    "enable_consul": ("flyctl reads it nowhere", "run `fly consul attach` once, which sets the secret FLY_CONSUL_URL"),
    "enable_etcd": ("flyctl reads it nowhere", "nothing replaces it: run etcd as an app of its own"),
    "lazy_load_images": (
        "Fly.io removed the feature in May 2025, and flyctl only warns about the key",
        "nothing replaces it: smaller images start faster",
    ),
}


@rule(
    "removed-feature",
    severity=WARNING,
    enforced_by=NOBODY,
    fix="safe",
    needs=("enable_consul", "enable_etcd", "lazy_load_images"),
)
def removed_feature(app: App) -> Findings:
    """A key of `[experimental]` switches on something that Fly.io no longer has."""
    for key, (note, instead) in _REMOVED.items():
        value = app.experimental.flag(key)
        if value is not None:
            place = app.experimental.at(key)
            yield Finding(
                place,
                f"`{key}` has no effect any more",
                label="does nothing",
                help=f"delete it; {instead}" if value else "delete it",
                notes=note,
                fix=Mend("delete it", *delete_keys(app, place), safe=True),
                on="key",
                severity=WARNING if value else INFO,
            )


@rule("legacy-leftover", severity=INFO, enforced_by=NOBODY, fix="safe", needs=("unknown-key", "processes"))
def legacy_leftover(app: App) -> Findings:
    """Keys that older versions of flyctl wrote into every file, and that nothing reads any more."""
    places = [problem.path for problem in app.problems_of("unknown-key") if is_leftover(problem)]
    if app.root.raw("processes") == []:
        places.append(app.root.at("processes"))
    if not places:
        return
    places.sort(key=lambda path: path != ("experimental", "allowed_public_ports"))
    names = list(dict.fromkeys(str(path[-1]) for path in places))
    help = "delete it" if len(places) == 1 else "delete them"
    if "restart_limit" in names:
        help += "; a failing check never restarts a Machine: let the process exit, then `[[restart]]` decides"
    first, *others = places
    yield Finding(
        first,
        f"{listed(names, 'and')} {'is a leftover' if len(names) == 1 else 'are leftovers'} that nothing reads",
        label="does nothing",
        help=help,
        notes="older versions of flyctl wrote such keys for the Nomad platform, which no longer exists",
        related=((path, "does nothing") for path in others),
        fix=Mend(f"delete {listed(names, 'and')}", *delete_keys(app, *places), safe=True),
        on="key",
    )
