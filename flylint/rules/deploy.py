"""Deploys: the strategy, how long flyctl waits, and the release command."""

from __future__ import annotations

from itertools import takewhile

from flylint import platform
from flylint.app import Vm
from flylint.commands import WEB_SERVERS, behind, spoken, spoken_words, without_options
from flylint.edits import Insert, InsertTable, Replace
from flylint.rules import ERROR, FLYCTL, INFO, NOBODY, PLATFORM, WARNING, Finding, Mend, rule
from flylint.rules.legacy import delete_keys, has_comment
from flylint.rules.machines import meant_size, use_size
from flylint.unknown_keys import closest
from flylint.values import MINUTE, format_duration, format_memory, listed, parse_duration, parse_memory, plain_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flylint.app import App, Element, Grouped
    from flylint.document import Path
    from flylint.edits import StructuralEdit
    from flylint.rules import Findings

BUILD_STEPS = [
    *(
        f"{tool} {step}"
        for tool in ("npm", "yarn", "pnpm", "bun")
        for step in (
            "install",
            "i",
            "build",
            "run build",
            *(f"run build:{what}" for what in ("prod", "production", "client")),
        )
    ),
    *("npm ci", "next build", "vite build", "pip install", "pip3 install", "uv sync", "poetry install"),
    *("bundle install", "apt-get install", "apt install", "apk add"),
    *("composer install", "go build", "cargo build", "mix assets.deploy", "mix compile"),
    *("rails assets:precompile", "rake assets:precompile"),
    *("manage.py collectstatic", "manage collectstatic", "django-admin collectstatic"),
]
HEAVY_PROGRAMS = ["npx", "npm", "yarn", "pnpm", "bun", "node", "prisma", "rails", "rake", "bundle", "java", "artisan"]
_INSTALLERS = ("yarn", "bundle")  # told nothing else, they install what the project needs
_MIGRATIONS = ("migrat", "upgrade", "db:", "db.", "database", "schema", "seed", "db push")
_DATABASE_NAMES = ("DATABASE", "DB", "SQLITE")


@rule("unknown-deploy-strategy", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("strategy",))
def unknown_deploy_strategy(app: App) -> Findings:
    """The deploy strategy is not one that flyctl knows."""
    strategy = app.deploy.text("strategy")
    if not strategy or strategy in platform.STRATEGIES:
        return
    path = app.deploy.at("strategy")
    meant = closest(strategy, platform.STRATEGIES)
    yield Finding(
        path,
        f"there is no deploy strategy `{strategy}`",
        label=f"did you mean `{meant}`?" if meant else "",
        help=f"write {f'`{meant}`, one of ' if meant else ''}{listed(platform.STRATEGIES)}",
        notes="flyctl compares the name letter by letter and refuses the file",
        fix=Mend(f"use `{meant}`", Replace(path, meant), safe=True) if meant else None,
    )


@rule("canary-with-mounts", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("strategy",))
def canary_with_mounts(app: App) -> Findings:
    """The canary strategy in an app that mounts a volume."""
    if app.strategy == "canary" and app.mounts:
        yield _with_mounts(app, app.mounts, "the canary Machine would need one of its own", "flyctl refuses the file")


@rule("bluegreen-with-mounts", severity=ERROR, enforced_by=PLATFORM, fix="safe", needs=("strategy",))
def bluegreen_with_mounts(app: App) -> Findings:
    """The bluegreen strategy in an app that mounts a volume."""
    mounts = [mount for mount in app.mounts if mount.groups]
    if app.strategy == "bluegreen" and mounts:
        why = "a green Machine would need the one that is still attached to the blue one"
        note = "`fly config validate` accepts it; the deploy fails after the build and the release command"
        yield _with_mounts(app, mounts, why, note)


def _with_mounts(app: App, mounts: list[Grouped], why: str, note: str) -> Finding:
    path = app.deploy.at("strategy")
    source = mounts[0].text("source")
    return Finding(
        path,
        f"the strategy `{app.strategy}` does not work with the volume {f'`{source}`' if source else 'of `[[mounts]]`'}: "
        + why,
        label="not possible with a mounted volume",
        help="use `rolling`, which updates each Machine in place and keeps its volume",
        notes=note,
        related=((mount.path, "a volume is mounted here") for mount in mounts),
        fix=Mend("use `rolling`", Replace(path, "rolling"), safe=True),
    )


@rule("immediate-strategy", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("strategy",))
def immediate_strategy(app: App) -> Findings:
    """The immediate strategy replaces everything at once and never looks whether it works."""
    if app.strategy == "immediate":
        path = app.deploy.at("strategy")
        yield Finding(
            path,
            "`immediate` updates all Machines at once, and the deploy succeeds even if none of them starts",
            help="leave it out, and pass `--strategy immediate` to `fly deploy` when it is an emergency",
            notes="it waits neither for Machines to start nor for health checks, and all Machines are down together",
            fix=Mend("delete it, so that deploys are `rolling`", *delete_keys(app, path), safe=True),
        )


@rule("downtime-on-deploy", severity=INFO, enforced_by=NOBODY, needs=("mounts", "strategy"))
def downtime_on_deploy(app: App) -> Findings:
    """A deploy takes a service down while its only Machine is updated in place."""
    canary = app.strategy == "canary"
    if app.strategy not in ("rolling", "canary") or (canary and app.mounts):
        return
    note = "rolling and canary deploys stop a Machine before its new version boots"
    if canary and any(service.public for service in app.services):
        yield Finding(
            app.deploy.at("strategy"),
            "`canary` does not prevent downtime: once the canary passed, each Machine is still updated in place",
            help='run at least two Machines, or use `strategy = "bluegreen"` with a health check',
            notes=note,
        )
    for mount in app.mounts:
        groups = [group for group in mount.groups if any(service.public for service in app.services_of(group))]
        if groups:
            yield Finding(
                mount.path,
                f"each deploy is a downtime of `{groups[0]}` while it runs on a single Machine with its volume",
                help="run two Machines with a volume each, if the app can share its data",
                notes=[note, "with a volume, the first deploy makes one Machine for each process group"],
            )


@rule("max-unavailable-ignored", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("max_unavailable",))
def max_unavailable_ignored(app: App) -> Findings:
    """`max_unavailable` with a strategy that does not use it."""
    if app.deploy.get("max_unavailable") is not None and app.strategy in ("bluegreen", "immediate"):
        path = app.deploy.at("max_unavailable")
        yield Finding(
            path,
            f"`max_unavailable` has no effect with the strategy `{app.strategy}`",
            on="key",
            help="delete it, or use `rolling`",
            related=[(app.deploy.at("strategy"), "this strategy does not use it")],
            fix=Mend("delete it", *delete_keys(app, path), safe=True),
        )


@rule("max-unavailable-not-positive", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("max_unavailable",))
def max_unavailable_not_positive(app: App) -> Findings:
    """`max_unavailable` is zero or less, with which a deploy cannot update anything."""
    value = _max_unavailable(app)
    if value is not None and value <= 0:
        path = app.deploy.at("max_unavailable")
        yield Finding(
            path,
            f"`max_unavailable` is {value:g}: no Machine may be updated",
            help=f"write a number above 0, or delete it for the default of {platform.DEFAULT_MAX_UNAVAILABLE}",
            notes="flyctl tests only the flag `--max-unavailable`; with this value in the file, deploys crash or hang",
            fix=Mend("delete it", *delete_keys(app, path), safe=True),
        )


@rule(
    "max-unavailable-surprising",
    severity=WARNING,
    enforced_by=NOBODY,
    fix="safe",
    options={"most_machines": 20},
    needs=("max_unavailable",),
)
def max_unavailable_surprising(app: App, options: dict[str, Any]) -> Findings:
    """`max_unavailable` looks like a share or a percentage, but is a number of Machines."""
    value = _max_unavailable(app)
    if value is None or value < 1:
        return
    path = app.deploy.at("max_unavailable")
    fix = None
    count = int(value)
    machines = f"{count} Machine{'s' if count > 1 else ''}"
    if value >= options["most_machines"]:
        if value < 100:
            fix = Mend(f"use {value / 100:g}", Replace(path, value / 100), safe=False)
        message = f"`max_unavailable = {value:g}` lets {machines} be down at once, not {value:g} %"
    elif value != count:
        fix = Mend(f"use {count}", Replace(path, count), safe=False)
        message = f"`max_unavailable = {value:g}` counts as {machines}"
    elif isinstance(value, float):
        fix = Mend(f"use {count}", Replace(path, count), safe=True)
        message = f"`max_unavailable = {value}` lets {machines} be down, not all of them"
    else:
        return
    yield Finding(
        path,
        message,
        help="write a number below 1 for a share of a process group, such as 0.5, or a whole number of Machines",
        notes="from 1 upwards it is a number of Machines, cut to a whole one; below 1 it is a share, rounded up",
        fix=fix,
    )


def _max_unavailable(app: App) -> float | None:
    """The value, when the strategy uses it."""
    value = app.deploy.get("max_unavailable")
    return value if isinstance(value, (int, float)) and app.strategy in ("rolling", "canary") else None


@rule(
    "wait-timeout-too-small",
    severity=WARNING,
    enforced_by=NOBODY,
    fix="safe",
    options={"minimum": "60s"},
    needs=("wait_timeout",),
)
def wait_timeout_too_small(app: App, options: dict[str, Any]) -> Findings:
    """`wait_timeout` is so short that healthy deploys fail."""
    timeout = _written_duration(app.deploy, "wait_timeout")
    kill_timeout = _written_duration(app.root, "kill_timeout") or 0
    if timeout is None or timeout >= parse_duration(options["minimum"]) or 0 < timeout <= kill_timeout:
        return
    checks = [*app.checks, *(check for service in app.services for check in service.checks)]
    if any(check.grace_period is not None and 0 < timeout <= check.effective_grace_period for check in checks):
        return  # grace-period-exceeds-wait-timeout
    path = app.deploy.at("wait_timeout")
    notes = ["the old process has to stop, the image to arrive and the app to boot in this time"]
    if timeout == 0:
        notes.insert(0, "0 is not endless: flyctl waits two minutes for the start and not at all for the checks")
    yield Finding(
        path,
        f"a `wait_timeout` of {format_duration(timeout)} is too short for a Machine to be updated",
        help=f"give it `2m` or more, or delete it for the default of {format_duration(platform.DEFAULT_WAIT_TIMEOUT)}",
        notes=notes,
        fix=Mend("delete it", *delete_keys(app, path), safe=True),
    )


@rule("kill-timeout-exceeds-wait-timeout", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("kill_timeout",))
def kill_timeout_exceeds_wait_timeout(app: App) -> Findings:
    """A deploy stops waiting before the old process has to have stopped."""
    kill_timeout = _written_duration(app.root, "kill_timeout")
    if kill_timeout is None or kill_timeout > platform.MAX_KILL_TIMEOUT:
        return  # kill-timeout-too-long
    written = _written_duration(app.deploy, "wait_timeout")
    timeout = platform.DEFAULT_WAIT_TIMEOUT if written is None else written
    if (app.deploy.has("wait_timeout") and written is None) or not 0 < timeout <= kill_timeout:
        return
    enough = format_duration(kill_timeout + 5 * MINUTE)
    kill, wait = app.root.at("kill_timeout"), app.deploy.at("wait_timeout")
    waiting = f"`wait_timeout` of {format_duration(timeout)}" + ("" if written is not None else ", the default,")
    yield Finding(
        kill if written is None else wait,
        f"the {waiting} may pass before the old process has stopped, for which it has {format_duration(kill_timeout)}",
        help=f'set `wait_timeout = "{enough}"` in `[deploy]`, so that it covers `kill_timeout` and the boot',
        notes="a rolling deploy then fails; a bluegreen deploy leaves the old Machines behind, and the next "
        "one will not start",
        related=[(kill, "the old process may take this long")] if written is not None else (),
        fix=Mend(f"wait {enough}", set_in_deploy(app, "wait_timeout", enough), safe=True),
    )


def set_in_deploy(app: App, key: str, value: str) -> StructuralEdit:
    """A value of `[deploy]`, which is made where it does not exist."""
    if app.deploy.has(key):
        return Replace(app.deploy.at(key), value)
    return Insert(("deploy",), key, value) if app.root.has("deploy") else InsertTable((), "deploy", {key: value})


def _written_duration(element: Element, key: str) -> int | None:
    """A duration with its unit; a bare number is another mistake."""
    bare = isinstance(element.raw(key), (int, float)) and key == "wait_timeout"
    return None if bare else element.duration(key)


@rule("release-command-uses-volume", severity=WARNING, enforced_by=NOBODY, needs=("release_command",))
def release_command_uses_volume(app: App) -> Findings:
    """The release command works on a volume, which its Machine does not have."""
    command = app.deploy.text("release_command")
    if not command:
        return
    migrates = any(word in command.lower() for word in _MIGRATIONS)
    for mount in app.mounts:
        destination = mount.text("destination").rstrip("/")
        if not destination:
            continue
        # the program itself may lie below a directory of the image that the volume hides
        arguments = command.strip().partition(" ")[2]
        key = next((k for k, v in app.env.items() if migrates and _is_database(k, v) and _below(v, destination)), None)
        if not key and not _below(arguments, destination):
            continue
        what = f"the database in `{key}`" if key else f"`{destination}`"
        related = [(mount.at("destination"), "the volume is mounted here")]
        if key:
            related.append((app.root.element("env").at(key), "the database is on the volume"))
        yield Finding(
            app.deploy.at("release_command"),
            f"the release command works on {what}, but it runs on a Machine without the volume",
            help="do it when the app starts, in the entrypoint or in the command of the process group",
            notes="its Machine has no volumes: the command fails, or works on a directory that is thrown away",
            related=related,
        )
        return


def _is_database(name: str, value: str) -> bool:
    upper = name.upper()
    return any(word in upper for word in _DATABASE_NAMES) or "sqlite" in value.lower() or value.endswith(".db")


def _below(text: str, directory: str) -> bool:
    """Whether a text names a directory or a path below it."""
    start = text.find(directory)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(directory) :][:1]
        # what stands before a path in a URL is a slash, in a command a space or a quote
        if not (before.isalnum() or before in ("-", "_", ".", "~")) and (not after or after in "/ ?;,&)'\""):
            return True
        start = text.find(directory, start + 1)
    return False


@rule(
    "release-command-is-build-step",
    severity=WARNING,
    enforced_by=NOBODY,
    options={"commands": BUILD_STEPS},
    needs=("release_command",),
)
def release_command_is_build_step(app: App, options: dict[str, Any]) -> Findings:
    """The release command builds or installs something, on a Machine whose files are thrown away."""
    words = spoken_words(app.deploy.text("release_command"))
    step = spoken(words, options["commands"]) or spoken(without_options(words), options["commands"])
    if not step and words and words[0] in _INSTALLERS and not without_options(words[1:]):
        step = words[0]
    if step:
        yield Finding(
            app.deploy.at("release_command"),
            f"`{step}` in the release command builds on a temporary Machine, and its files are thrown away",
            help="move the build step to the Dockerfile, or to the builder",
            notes="the app runs from the image as it was built; the release command only has time and memory to lose",
        )


@rule(
    "release-command-is-server",
    severity=WARNING,
    enforced_by=NOBODY,
    fix="safe",
    options={"commands": WEB_SERVERS},
    needs=("release_command",),
)
def release_command_is_server(app: App, options: dict[str, Any]) -> Findings:
    """The release command starts a server, which never ends."""
    command = app.deploy.text("release_command").strip()
    if not command:
        return
    path = app.deploy.at("release_command")
    same = next((group for group, text in app.processes.items() if text.strip() == command), None)
    words = spoken_words(command)
    server = spoken(words, options["commands"])
    if server and any(word in argument for argument in _arguments(words, server) for word in _MIGRATIONS):
        server = None  # the program of the server may do other things as well
    if not same and not server:
        return
    timeout = app.deploy.duration("release_command_timeout")
    limit = platform.DEFAULT_RELEASE_COMMAND_TIMEOUT if timeout is None else timeout
    waiting = f", for {format_duration(limit)} at most, and fails" if limit else " for ever"
    yield Finding(
        path,
        f"the release command is the command of the process group `{same}`, which does not end"
        if same
        else f"`{server}` in the release command starts a server, which does not end",
        help="use a command that ends, such as a migration; the server belongs to the image or to `[processes]`",
        notes=f"the deploy waits for it to end{waiting}",
        related=[(app.root.element("processes").at(same), "the same command")] if same else (),
        fix=Mend("delete it", *delete_keys(app, path), safe=True) if same else None,
    )


def _arguments(words: list[str], phrase: str) -> Iterator[str]:
    """The words behind a phrase, up to the next command of a script."""
    return takewhile(lambda word: word not in ("&&", "||", "|", "&", ";"), behind(words, phrase) or ())


@rule(
    "release-command-without-timeout",
    severity=WARNING,
    enforced_by=NOBODY,
    fix="safe",
    needs=("release_command_timeout",),
)
def release_command_without_timeout(app: App) -> Findings:
    """A `release_command_timeout` of zero: a hanging release command blocks the deploy for ever."""
    path = app.deploy.at("release_command_timeout")
    if app.deploy.duration("release_command_timeout") == 0 and app.deploy.text("release_command"):
        default = format_duration(platform.DEFAULT_RELEASE_COMMAND_TIMEOUT)
        yield Finding(
            path,
            "a `release_command_timeout` of 0 means no limit: a release command that hangs blocks the deploy for ever",
            help=f"set the longest time that it may take, such as `15m`, or delete it for the default of {default}",
            fix=Mend("delete it", *delete_keys(app, path), safe=True),
        )


@rule(
    "release-options-without-command",
    severity=INFO,
    enforced_by=NOBODY,
    fix="safe",
    needs=("release_command_timeout", "release_command_vm"),
)
def release_options_without_command(app: App) -> Findings:
    """Settings of a release command that is not there."""
    deploy = app.deploy
    if not (deploy.lacks("release_command") or deploy.get("release_command") == "") or deploy.has("seed_command"):
        return
    keys = ["release_command_vm"]
    # flyctl also waits this long for the Machines of machine_checks
    if not app.machine_checks and not any(service.machine_checks for service in app.services):
        keys.append("release_command_timeout")
    for key in keys:
        if deploy.get(key) is not None:
            path = deploy.at(key)
            below = [(*path, name) for name in deploy.element(key).table.raw]
            yield Finding(
                path,
                f"`{key}` has no effect without a `release_command`",
                on="key",
                help="delete it, or add the command",
                fix=None
                if below and has_comment(app, path, *below)
                else Mend("delete it", *delete_keys(app, path), safe=True),
            )


@rule("release-command-vm-invalid", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("release_command_vm",))
def release_command_vm_invalid(app: App) -> Findings:
    """`[deploy.release_command_vm]` asks for a size or an amount of memory that does not exist."""
    vm = _release_vm(app)
    if vm is None:
        return
    note = "`fly config validate` calls this valid; once the image is built, flyctl crashes over it"
    size, memory = vm.text("size"), vm.text("memory")
    if size and size not in platform.VM_PRESETS:
        meant, plain = meant_size(size)
        yield Finding(
            vm.at("size"),
            f"there is no Machine size `{size}` for the release command",
            label=f"did you mean `{meant}`?" if meant else "",
            help=f"write {f'`{meant}`, one of ' if meant else ''}{listed([name for name, preset in platform.VM_PRESETS.items() if not preset.gpus])}",
            notes=note,
            fix=use_size(vm, meant, plain),
        )
    if not memory:
        return
    try:
        megabytes = parse_memory(memory)
    except ValueError:
        megabytes = 0
    if megabytes == 0:
        mended = plain_size(memory)
        yield Finding(
            vm.at("memory"),
            f"`{memory}` is not an amount of memory for the release command",
            help='write it as `"512mb"` or `"2gb"`',
            notes=note,
            fix=Mend(f"write `{mended}`", Replace(vm.at("memory"), mended), safe=True)
            if mended and parse_memory(mended)
            else None,
        )


@rule(
    "release-command-memory-low",
    severity=INFO,
    enforced_by=NOBODY,
    options={"minimum": "512mb", "programs": HEAVY_PROGRAMS},
    needs=("release_command",),
)
def release_command_memory_low(app: App, options: dict[str, Any]) -> Findings:
    """The release command runs with less memory than the app, or with little for its runtime."""
    command = app.deploy.text("release_command")
    app_vm = app.vm_of(app.default_group)
    app_guest = app_vm.guest if app_vm else None
    release_vm = _release_vm(app)
    if not command:
        return
    if release_vm:
        guest = release_vm.guest
        key = next((key for key in ("memory_mb", "memory", "size") if release_vm.get(key)), None)
        path: Path = release_vm.at(key) if key else release_vm.path
    else:
        guest, path = app_guest, app.deploy.at("release_command")
    if guest is None:
        return
    heavy = spoken(spoken_words(command), options["programs"])
    minimum = parse_memory(options["minimum"]) if heavy else 0
    if release_vm and app_vm and app_guest and guest.memory_mb < app_guest.memory_mb:
        message = f"the release command gets {guest.memory_mb} MB of memory, the app {app_guest.memory_mb} MB"
        related = [(app_vm.path, "the app's Machine")]
        enough = max(app_guest.memory_mb, minimum)
    elif guest.memory_mb < minimum:
        message = f"{guest.memory_mb} MB of memory is little for `{heavy}` in the release command"
        related = [(app_vm.path, "the release command gets a Machine like this")] if app_vm and not release_vm else []
        enough = minimum
    else:
        return
    yield Finding(
        path,
        message,
        help=f'set `memory = "{format_memory(enough)}"` or more in `[deploy.release_command_vm]`',
        notes=[
            "without `[deploy.release_command_vm]` it runs on a Machine like the largest of the default process group",
            "when memory runs out, the command is killed with exit code 137 and the deploy fails",
        ],
        related=related,
    )


def _release_vm(app: App) -> Vm | None:
    """The table [deploy.release_command_vm], where flyctl can read it."""
    return Vm(app, app.deploy.element("release_command_vm").table) if app.deploy.get("release_command_vm") else None


@rule("seed-command-only-on-launch", severity=INFO, enforced_by=NOBODY, needs=("seed_command",))
def seed_command_only_on_launch(app: App) -> Findings:
    """`seed_command` is run by `fly launch` alone."""
    if app.deploy.text("seed_command"):
        yield Finding(
            app.deploy.at("seed_command"),
            "`seed_command` runs once, when `fly launch` makes the app: `fly deploy` does not read it",
            on="key",
            help="put what each deploy needs into `release_command`",
        )
