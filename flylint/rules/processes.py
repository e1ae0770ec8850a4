"""Process groups, the sections that name them, and the commands that they run."""

from __future__ import annotations

import re

from flylint import platform
from flylint.app import Vm
from flylint.commands import (
    SHELLS,
    WEB_SERVERS,
    find_script,
    in_foreground,
    lost_words,
    shell_for,
    shellisms,
    spoken,
    spoken_words,
)
from flylint.edits import Delete, Insert, Replace
from flylint.pattern import pattern
from flylint.rules import ERROR, FLYCTL, INFO, NOBODY, WARNING, Finding, Mend, rule
from flylint.unknown_keys import closest, fold
from flylint.values import listed, split_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flylint.app import App, Element, Grouped
    from flylint.document import Path
    from flylint.rules import Findings

_DNS_SAFE = pattern(r"[A-Za-z0-9_-]+")
_LIKELY_WEB_GROUPS = ("app", "web", "server")
_QUOTING = frozenset("'\"\\#")
_COMMANDS = ("cmd", "entrypoint", "exec")
_INITS = ("tini", "dumb-init", "catatonit", "env", "gosu", "su-exec")


# process groups and the sections that name them


@rule("service-missing-processes", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("processes",))
def service_missing_processes(app: App) -> Findings:
    """A service names no process group although the file has `[processes]`."""
    if not app.root.element("processes"):
        return
    for service in app.services:
        if not _names_no_group(service):
            continue
        likely = app.groups if len(app.groups) == 1 else [g for g in app.groups if g in _LIKELY_WEB_GROUPS]
        example = likely[0] if likely else app.groups[0]
        yield Finding(
            service.at("processes") if service.has("processes") else service.path,
            f"{service.title} names no process group, but `[processes]` defines {listed(app.groups, 'and')}",
            label="no `processes` here",
            help=f'add `processes = ["{example}"]`, with the groups that it is for',
            notes="flyctl refuses the file: once there is a `[processes]`, each service has to name its groups",
            related=[(("processes",), "the process groups are defined here")],
            fix=Mend(f"let it belong to `{likely[0]}`", _set_groups(service, likely), safe=True)
            if len(likely) == 1
            else None,
        )


@rule("unknown-process-group", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("processes",))
def unknown_process_group(app: App) -> Findings:
    """A service or `[[restart]]` names a process group that does not exist."""
    if groups_are_known(app):
        for service in app.services:
            yield from _unknown_groups(app, service, service.title, refused=True)
        for restart in app.restarts:
            yield from _unknown_groups(app, restart, "this `[[restart]]`", refused=True)


@rule("unknown-process-group-ignored", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("processes",))
def unknown_process_group_ignored(app: App) -> Findings:
    """A mount, check, `[[vm]]` or `[[metrics]]` names a process group that does not exist, and misses its Machines."""
    if groups_are_known(app):
        for mount in app.mounts:
            yield from _unknown_groups(app, mount, "this `[[mounts]]`", "its volume is not mounted")
        for check in app.checks:
            yield from _unknown_groups(app, check, check.title, "nothing is checked")
        for vm in app.vms:
            yield from _unknown_groups(app, vm, "this `[[vm]]`", "its size is not used")
        for metrics in app.metrics:
            yield from _unknown_groups(app, metrics, "this `[[metrics]]`", "nothing is scraped")


def groups_are_known(app: App) -> bool:
    """Whether the file says which groups there are; another mistake may hide them."""
    readable = app.root.get("processes") is not None or not app.root.has("processes")
    return app.complete and readable and "processes" not in app.meant(())


def _unknown_groups(app: App, element: Grouped, title: str, effect: str = "", refused: bool = False) -> Findings:
    if app.group_names.issuperset(element.named_groups):
        return
    written = element.raw("processes")
    if not isinstance(written, list) or element.get("processes") is None:
        return
    defined = app.root.element("processes")
    for index, name in enumerate(written):
        if not isinstance(name, str) or name in app.groups:
            continue
        if name == platform.CONSOLE_GROUP and isinstance(element, Vm):
            continue
        path = (*element.at("processes"), index)
        meant = closest(name, app.groups)
        if meant and _digits(meant) != _digits(name):
            meant = None  # worker2 is no misspelling of worker
        message = f"{title} names the process group `{name}`, which does not exist"
        related: list[tuple[Path, str]] = []
        if not defined:
            meant = app.groups[0]
            message += f": without `[processes]` there is only `{meant}`"
            help = f"delete `processes`, or define `{name}` in `[processes]`"
        else:
            help = f"write {f'`{meant}`' if meant else listed(app.groups)}, or add `{name}` to `[processes]`"
            if meant:
                related.append((defined.at(meant), f"`{meant}` is defined here"))
            else:
                related.append((defined.path, "the process groups are defined here"))
        if refused:
            notes = "flyctl refuses the file"
        elif element.groups:
            notes = f"flyctl ignores the name without a word: where `{name}` was meant, {effect}"
        else:
            notes = f"flyctl ignores this section without a word: {effect}"
        yield Finding(
            path,
            message,
            label=f"did you mean `{meant}`?" if meant and defined else "",
            help=help,
            notes=notes,
            related=related,
            fix=Mend(
                f"write `{meant}`",
                Delete(path) if meant in written else Replace(path, meant),
                safe=bool(defined) or fold(meant) == fold(name),
            )
            if meant
            else None,
        )


def _digits(name: str) -> str:
    return "".join(c for c in name if c.isdigit())


@rule("default-group-only", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("processes",))
def default_group_only(app: App) -> Findings:
    """A mount, check, `[[metrics]]` or `[[restart]]` that names no process group applies to the default group alone."""
    if len(app.groups) < 2:
        return
    default, others = app.default_group, [group for group in app.groups if group != app.default_group]
    sections: tuple[tuple[str, str, list[Any]], ...] = (
        ("mounts", "the volume is mounted", app.mounts),
        ("checks", "the check runs", app.checks),
        ("metrics", "metrics are scraped", app.metrics),
        ("restart", "the restart policy applies", app.restarts),
    )
    for section, effect, elements in sections:
        silent = [element for element in elements if _names_no_group(element) and element.path[0] != "experimental"]
        if not silent:
            continue
        # the port of a service tells which group was meant
        ports = app.internal_ports([default])
        evident = section in ("checks", "metrics") and all(element.integer("port") in ports for element in silent)
        named_app = default == platform.DEFAULT_GROUP
        reason = "the group `app`" if named_app else "the first group in the alphabet, as none is called `app`"
        edits = [_set_groups(element, [default]) for element in silent]
        yield Finding(
            silent[0].path,
            f"{effect} only in the process group `{default}`, not in {listed(others, 'and')}",
            label="names no process group",
            help=f"add `processes` with all groups that it is for, of {listed(app.groups, 'and')}",
            notes=f"without `processes` it applies to `{default}`: {reason}",
            related=[(element.path, "the same here") for element in silent[1:]],
            severity=INFO if evident else None,
            fix=Mend(f"say that it is for `{default}`", *edits, safe=True),
        )


def _names_no_group(element: Element) -> bool:
    return element.lacks("processes") or element.get("processes") == []


def _set_groups(element: Element, groups: list[str]) -> Insert | Replace:
    if element.has("processes"):
        return Replace(element.at("processes"), groups)
    return Insert(element.path, "processes", groups)


@rule("unsuitable-process-group-name", severity=ERROR, enforced_by=NOBODY, needs=("processes",))
def unsuitable_process_group_name(app: App) -> Findings:
    """A process group has a name that flyctl uses itself, or one that cannot be part of a host name."""
    processes = app.root.element("processes")
    for group in app.processes:
        if group in platform.RESERVED_GROUPS:
            yield Finding(
                processes.at(group),
                f"`{group}` is the name of a process group that flyctl makes itself",
                on="key",
                help="choose another name",
                notes="flyctl takes the Machines of this group for its own helpers and does not update them",
            )
        elif not _DNS_SAFE.fullmatch(group):
            yield Finding(
                processes.at(group),
                f"`{group}` cannot be part of a host name",
                on="key",
                help="use letters, digits, `-` and `_`",
                notes="Machines of a group are found in the private network at `<group>.process.<app>.internal`",
                severity=INFO,
            )


@rule("empty-process-command", severity=INFO, enforced_by=NOBODY, needs=("processes",))
def empty_process_command(app: App) -> Findings:
    """Several process groups without a command all run the same, the command of the image."""
    processes = app.root.element("processes")
    empty = [group for group, command in app.processes.items() if not command.strip()]
    if len(empty) > 1:
        yield Finding(
            processes.at(empty[1]),
            f"the process groups {listed(empty, 'and')} have no command, so they all run the one of the image",
            help="write the command of each group",
            related=[(processes.at(group), "no command either") for group in empty if group != empty[1]],
        )


@rule(
    "server-without-service", severity=INFO, enforced_by=NOBODY, options={"servers": WEB_SERVERS}, needs=("processes",)
)
def server_without_service(app: App, options: dict[str, Any]) -> Findings:
    """A process group starts a web server, but no service sends requests to it."""
    if len(app.groups) < 2 or not app.services or not app.complete:
        return
    for group, command in app.processes.items():
        server = spoken(spoken_words(command), options["servers"])
        if server and not app.services_of(group):
            yield Finding(
                app.root.element("processes").at(group),
                f"the process group `{group}` starts `{server}`, but no service belongs to it",
                help=f'add `"{group}"` to the `processes` of a service',
                notes="Fly Proxy sends it no requests; it can be reached through the private network only",
            )


# commands


def _commands(app: App) -> Iterator[tuple[Path, str, str]]:
    """Where a command stands, how messages call it, and the command."""
    if app.deploy.text("release_command"):
        yield app.deploy.at("release_command"), "the release command", app.deploy.text("release_command")
    processes = app.root.element("processes")
    for group, command in app.processes.items():
        yield processes.at(group), f"the command of `{group}`", command


def _all_commands(app: App) -> Iterator[tuple[Path, str, str]]:
    yield from _commands(app)
    if app.root.text("console_command"):
        yield app.root.at("console_command"), "the console command", app.root.text("console_command")


@rule(
    "unclosed-quote-in-command",
    severity=ERROR,
    enforced_by=FLYCTL,
    needs=("processes", "release_command", "console_command"),
)
def unclosed_quote_in_command(app: App) -> Findings:
    """A command cannot be split into words: a quote is not closed, or it ends with a backslash."""
    for path, title, command in _all_commands(app):
        try:
            split_words(command)
        except ValueError as error:
            yield Finding(
                path,
                f"{title} cannot be split into words: {error}",
                help="close the quote, or put a backslash before one that is meant as it stands",
                notes="flyctl splits commands by the rules of a shell, and refuses the file",
            )


@rule(
    "shell-syntax-without-shell",
    severity=ERROR,
    enforced_by=NOBODY,
    fix="safe",
    options={"shells": list(SHELLS)},
    needs=("processes", "release_command"),
)
def shell_syntax_without_shell(app: App, options: dict[str, Any]) -> Findings:
    """A command uses `&&`, pipes, variables or other shell language, but no shell reads it."""
    if _runs_in_shell(app, options["shells"]):
        return
    builder = bool(app.build.text("builder"))
    for path, title, command in _commands(app):
        found = shellisms(command, options["shells"])
        if not found:
            continue
        what = listed([piece.text for piece in found], "and")
        sure = any(piece.sure for piece in found) and not builder
        notes = ["flyctl splits the command into words and the first one is started with the others as its arguments"]
        if builder:
            notes.append("images that a builder makes have a launcher, which may expand variables")
        script, shell = in_foreground(command), shell_for(command)
        fix, help = None, f"wrap it in a shell: `{shell} -c '…'` (the image has to contain `{shell}`)"
        if not shellisms(script, options["shells"]):
            help = "delete the `&`: a Machine stops when its command does not stay in the foreground"
            fix = Mend("delete the `&`", Replace(path, script), safe=sure and _starts_commands(app)) if script else None
        elif "'" not in script:
            # not every image has bash
            safe = sure and shell == "sh" and _starts_commands(app)
            fix = Mend(f"wrap it in `{shell} -c`", Replace(path, f"{shell} -c '{script}'"), safe=safe)
        yield Finding(
            path,
            f"{title} needs a shell for {what}, but none runs it",
            help=help,
            notes=notes,
            severity=None if sure else WARNING,
            fix=fix,
        )


def _starts_commands(app: App) -> bool:
    """Whether the entrypoint, as far as it is known, starts the command that it gets."""
    words: list[str] | None = app.experimental.texts("entrypoint")
    if not words and app.project is not None:
        from flylint.project.dockerfile import image_of

        image = image_of(app)
        entrypoint = image.last("ENTRYPOINT") if image else None
        words = entrypoint.exec_form if entrypoint else []
    if words is None:
        return False  # the shell form takes no command
    program = words[0].rpartition("/")[2] if words else ""
    return not words or program in _INITS or program.endswith(".sh") or "entrypoint" in program


@rule(
    "unquoted-shell-script",
    severity=ERROR,
    enforced_by=NOBODY,
    fix="safe",
    options={"shells": list(SHELLS)},
    needs=("processes", "release_command", "console_command"),
)
def unquoted_shell_script(app: App, options: dict[str, Any]) -> Findings:
    """`sh -c` gets a script of several words without quotes around it, and runs the first word only."""
    for path, title, command in _all_commands(app):
        lost = lost_words(command, options["shells"])
        if lost is None or shellisms(command, options["shells"]):
            continue
        start, (script, *rest) = lost
        quoted = " " in script
        count = "the word behind it is" if len(rest) == 1 else f"the {len(rest)} words behind it are"
        mended = f"{' '.join(start)} '{' '.join([script, *rest])}'"
        yield Finding(
            path,
            f"in {title}, `-c` runs only {'its quoted script' if quoted else f'`{script}`'}: {count} not part of it",
            help="put quotes around everything behind `-c`: `sh -c 'npm run start'`",
            notes="a shell takes one word as its script; further words become `$0`, `$1` and so on",
            severity=WARNING if quoted else None,
            fix=Mend("put quotes around the script", Replace(path, mended), safe=True)
            if not _QUOTING & set(command)
            else None,
        )


def _runs_in_shell(app: App, shells: list[str]) -> bool:
    """Whether experimental.entrypoint or exec is a shell that may take the command as its script."""
    words = app.experimental.texts("entrypoint") + app.experimental.texts("exec")
    return any(word.rpartition("/")[2] in shells for word in words)


_SCHEDULE_FIELD = pattern(r"(?:[*\d]|MON|TUE|WED|THU|FRI|SAT|SUN)[\w*,/-]*", re.IGNORECASE)
_SCHEDULE_NAMES = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually", "@reboot")


@rule("schedule-as-command", severity=ERROR, enforced_by=NOBODY, needs=("processes", "release_command"))
def schedule_as_command(app: App) -> Findings:
    """A command is a line of a crontab: it begins with the schedule, which is taken for the program."""
    for path, title, command in _commands(app):
        first = command.split(maxsplit=1)[0] if command.strip() else ""
        if not first.startswith(("*", "@")) and not first[:1].isdecimal():
            continue  # nearly all commands
        try:
            words = split_words(command)
        except ValueError:
            continue
        fields = words[:5]
        is_schedule = any("*" in field for field in fields) and all(map(_SCHEDULE_FIELD.fullmatch, fields))
        if (is_schedule and len(words) > 5) or (words[0] in _SCHEDULE_NAMES and len(words) > 1):
            yield Finding(
                path,
                f"{title} begins with a schedule, so the Machine looks for a program called `{words[0]}` and does not"
                " start",
                help="let a scheduler such as `supercronic /app/crontab` run in this group and write the line into its"
                " file, or use `fly machine run --schedule`",
                notes="flyctl splits the command into words, and the first one is started: no cron reads it",
                # another program may understand it
                severity=None if _starts_commands(app) else WARNING,
            )


# programs that go to the background unless one of their options keeps them from it, and how to start them
_DAEMONS: dict[str, tuple[re.Pattern[str], str]] = {
    "cron": (pattern(r"(?:^| )-\w*f"), "cron -f"),
    "crond": (pattern(r"(?:^| )-\w*[fnxd]"), "crond -f"),
    "pm2 start": (pattern(r"--no-daemon|--attach"), "pm2-runtime start"),
    "nginx": (pattern(r"daemon off|(?:^| )-[cptvVhs]"), "nginx -g 'daemon off;'"),
}
# programs that stay in the foreground unless an option sends them away
_DAEMON_OPTIONS = {
    "gunicorn": ("--daemon", "-D"),
    "php-fpm": ("--daemonize", "-D"),
    "mongod": ("--fork",),
}
_SYSTEM = ("/usr/", "/bin/", "/sbin/")
_STARTERS = ("exec", "tini", "dumb-init", "catatonit", "npx", "poetry run", "uv run", "pipenv run")


@rule("program-in-background", severity=WARNING, enforced_by=NOBODY, needs=("processes",))
def program_in_background(app: App) -> Findings:
    """The command of a process group starts a program that goes to the background, and the Machine stops at once."""
    for group, command in app.processes.items():
        program, rest = _started(command)
        remedy, sure = "", True
        options = [option for option in _DAEMON_OPTIONS.get(program, ()) if option in rest]
        if options:
            remedy = f"delete `{options[0]}`"
        for phrase, (stays, better) in _DAEMONS.items():
            name, _, step = phrase.partition(" ")
            if program == name and (not step or rest[:1] == [step]) and not stays.search(" ".join(rest)):
                remedy = f"keep it in the foreground: `{better}`"
                # a single word may be one that the entrypoint understands, and a configuration may say the same
                sure = program != "nginx" and (program != "cron" or command.strip() != "cron")
        if remedy:
            yield Finding(
                app.root.element("processes").at(group),
                f"`{program}` goes to the background, so the Machines of `{group}` stop as soon as they have started",
                help=remedy,
                notes="a Machine stops when the program that it started ends, whatever still runs in the background",
                severity=None if sure else INFO,
            )


def _started(command: str) -> tuple[str, list[str]]:
    """The one program that a command starts, also by way of a shell, and the words behind it; "" for several ones."""
    try:
        words = split_words(command)
        script = find_script(words)
        if script:
            text = words[script.index] if script.index < len(words) else ""
            words = [] if any(sign in text for sign in "&|;\n") else split_words(text)
    except ValueError:
        return "", []
    for starter in _STARTERS:
        count = len(starter.split())
        if words[:count] == starter.split():
            words = words[count:]
            words = words[1:] if words[:1] == ["--"] else words
    if not words or any(sign in words for sign in ("&&", "||", "|", ";", "&")):
        return "", []
    folder, _, name = words[0].rpartition("/")
    return ("" if folder and not words[0].startswith(_SYSTEM) else name), words[1:]


@rule("experimental-cmd-overridden", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("cmd",))
def experimental_cmd_overridden(app: App) -> Findings:
    """`experimental.cmd` has no effect in a process group that has a command of its own."""
    groups = [group for group in app.groups if app.command(group)]
    if not groups or not app.experimental.texts("cmd"):
        return
    path = app.experimental.at("cmd")
    everywhere = len(groups) == len(app.groups)
    processes = app.root.element("processes")
    yield Finding(
        path,
        f"`experimental.cmd` has no effect in {listed(groups, 'and')}: the command in `[processes]` is used",
        on="key",
        help="delete it, or empty the command in `[processes]`",
        related=[(processes.at(group), "this command is used") for group in groups],
        fix=Mend("delete it", Delete(path), safe=True) if everywhere else None,
    )


@rule(
    "experimental-command-not-split",
    severity=ERROR,
    enforced_by=NOBODY,
    fix="safe",
    needs=("cmd", "entrypoint", "exec"),
)
def experimental_command_not_split(app: App) -> Findings:
    """`cmd`, `entrypoint` or `exec` is one text with several words, which flyctl does not split."""
    for key in _COMMANDS:
        written, texts = app.experimental.raw(key), app.experimental.texts(key)
        if len(texts) != 1 or not re.search(r"\s", texts[0].strip()):
            continue
        if key == "cmd" and _runs_in_shell(app, list(SHELLS)):
            continue  # then one text is what the shell wants
        path = app.experimental.at(key)
        try:
            words = split_words(texts[0])
        except ValueError:
            words = []
        # in a list, it could be a program with a blank in its name, or what the image's own entrypoint asks for
        sure = isinstance(written, str) or (key != "cmd" and any(word.startswith("-") for word in words))
        yield Finding(
            path,
            f"`{key}` is one text with several words, and flyctl does not split it",
            help='write a list with one text for each word, such as `["./run", "--port", "8080"]`',
            notes="the Machine looks for a program whose name is the whole text, blanks included, and does not start",
            severity=None if sure else WARNING,
            fix=Mend("write a list of words", Replace(path, words), safe=sure) if words else None,
        )
