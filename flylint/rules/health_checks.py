"""Health checks: whether there are any, whether flyctl takes them, and what a deploy makes of their answers."""

from __future__ import annotations

import re

from flylint import platform
from flylint.app import Check, once
from flylint.edits import Delete, Insert, InsertTable, Replace
from flylint.pattern import pattern
from flylint.rules import ERROR, FLYCTL, INFO, NOBODY, PLATFORM, WARNING, Finding, Mend, rule
from flylint.rules.deploy import set_in_deploy
from flylint.rules.legacy import delete_keys
from flylint.unknown_keys import closest
from flylint.values import format_duration, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.app import App, Element, Service
    from flylint.document import Path
    from flylint.rules import Findings

_CHECK_LISTS = ("checks", "http_checks", "tcp_checks")
_TCP_CHECK = {"grace_period": platform.SUGGESTED_GRACE, "interval": "15s", "timeout": "5s"}
_HTTP_CHECK = {**_TCP_CHECK, "method": "GET", "path": "/"}
_GUESSED = "a guess: set the path and the times to what fits the app"

_BLUE_GREEN = pattern(r"blue[-_ /]?green", re.IGNORECASE)


# helpers


def _is_group_checked(app: App, group: str) -> bool:
    """Whether the Machines of a group get any check that the platform repeats."""
    return bool(app.checks_of(group)) or any(service.checks for service in app.services_of(group))


def _is_empty(element: Element, key: str) -> bool:
    """Whether a key is missing for sure, or set to nothing."""
    return element.lacks(key) or (element.app.complete and element.raw(key) in ([], {}))


@once
def _meant_checks(app: App) -> set[Path]:
    """The services that a key which flyctl ignores or refuses was to give a check; () for one that may be for any group."""
    meant: set[Path] = set()
    if not app.complete or not (app.checks or _is_empty(app.root, "checks")):
        meant.add(())
    for service in app.services:
        keys = _CHECK_LISTS[:1] if service.is_http_service else _CHECK_LISTS[1:]
        if not service.checks and not all(_is_empty(service, key) for key in keys):
            meant.add(service.path)
    for problem in app.problems_of("unknown-key"):
        if problem.node.title in ("", "service", "http-service") and problem.value not in ([], {}):
            below = problem.value if isinstance(problem.value, dict) else ()
            if any("check" in str(key) and key != "script_checks" for key in (problem.path[-1], *below)):
                meant.add(problem.path[:-1])
    return meant


def _was_check_meant(app: App, group: str) -> bool:
    """Whether something was to be a health check of a group but is none: another rule speaks about that key."""
    meant = _meant_checks(app)
    return bool(meant) and (() in meant or any(service.path in meant for service in app.services_of(group)))


def _public_service(app: App, group: str) -> Service | None:
    """The service of a group that a health check belongs to: one that speaks HTTP, else one over TCP, if any."""
    services = [s for s in app.services_of(group) if s.public and s.protocol != "udp"]
    return next((s for s in services if s.speaks_http), services[0] if services else None)


def _in_groups(app: App, groups: list[str]) -> str:
    """Which groups a finding is about, where there are several."""
    return "" if len(app.groups) == 1 else f" in the process group{'s' * (len(groups) > 1)} {listed(groups, 'and')}"


def _new_check(service: Service) -> Mend:
    """A check where there is none; nobody but the owner knows the right path and times."""
    http = service.speaks_http
    name = "checks" if service.is_http_service else "http_checks" if http else "tcp_checks"
    values = _HTTP_CHECK if http else _TCP_CHECK
    comment = _GUESSED if http else _GUESSED.replace("the path and the times", "the times")
    return Mend("add a health check", InsertTable(service.path, name, values, array=True, comment=comment), safe=False)


# whether there are any


@rule("no-health-check", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("http_service", "services"))
def no_health_check(app: App) -> Findings:
    """A process group serves the public, but nothing checks whether it answers."""
    if app.strategy == "bluegreen" or app.machine_checks:
        return  # blue-green: bluegreen-without-checks
    bare: dict[Path, tuple[Service, list[str]]] = {}
    for group in app.groups:
        if _is_group_checked(app, group) or _was_check_meant(app, group):
            continue
        service = _public_service(app, group)
        tested = any(s.machine_checks for s in app.services_of(group)) and app.strategy != "immediate"
        if service is not None and not tested:
            bare.setdefault(service.path, (service, []))[1].append(group)
    for service, groups in bare.values():
        table = "[[http_service.checks]]" if service.is_http_service else "[[services.http_checks]]"
        if not service.speaks_http:
            table = "[[services.tcp_checks]]"
        yield Finding(
            service.path,
            f"{service.title} has no health check{_in_groups(app, groups)}",
            label="nothing checks whether it answers",
            help=f"add `{table}`" + (" with a cheap `path` such as `/healthz`" if service.speaks_http else ""),
            notes="a Machine that starts and does not keep crashing for 10s counts as healthy: a release that answers "
            "every request with an error replaces the one before it, and gets traffic from the moment it starts",
            fix=_new_check(service),
        )


@rule("only-top-level-checks", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("checks",))
def only_top_level_checks(app: App) -> Findings:
    """Only top-level checks look after a public service: they gate deploys, but keep no traffic off a Machine."""
    if not app.checks:
        return
    seen: set[Path] = set()
    for group in app.groups:
        service, checks = _public_service(app, group), app.checks_of(group)
        if service is None or not checks or service.path in seen or _was_check_meant(app, group):
            continue
        if any(s.checks for s in app.services_of(group)):
            continue
        seen.add(service.path)
        names = listed([check.name for check in checks], "and")
        table = "http_service.checks" if service.is_http_service else "services.http_checks"
        if not service.speaks_http:
            table = "services.tcp_checks"
        yield Finding(
            service.path,
            f"{service.title} keeps getting requests while {'check' if len(checks) == 1 else 'the checks'} {names} "
            f"fail{'s' * (len(checks) == 1)}",
            label="has no check of its own",
            help=f"check the same under `[[{table}]]`",
            notes="a top-level check in `[checks]` holds up deploys; what takes a Machine out of routing is a check of "
            "the service",
            related=((check.path, "gates deploys, not routing") for check in checks),
            fix=_as_service_check(service, checks),
            # databases and the like have good reasons: their checks ask for more than whether the port is open
            severity=WARNING if service.speaks_http else INFO,
        )


def _as_service_check(service: Service, checks: list[Check]) -> Mend | None:
    """The only top-level check on the port of a service, turned into a check of that service."""
    matching = [check for check in checks if check.get("port") in (service.internal_port, None)]
    if len(matching) != 1 or matching[0].kind not in platform.CHECK_TYPES or service.internal_port is None:
        return None
    check = matching[0]
    if service.is_http_service and check.kind == "tcp":
        return None
    values: dict[str, Any] = {}
    for key in (*Check.DURATIONS, *(Check.HTTP_KEYS if check.kind == "http" else ())):
        value = check.raw(key)
        if key in Check.DURATIONS:
            nanoseconds = check.duration(key)
            if nanoseconds is None:
                continue
            runs = platform.clamp_service_check(nanoseconds, zero_allowed=key == "grace_period")
            value = value if runs == nanoseconds and isinstance(value, str) else format_duration(runs)
        elif key == "headers":
            value = dict(check.mapping(key)) or None
        if value is not None and check.get(key) is not None:
            values[key] = value
    name = "checks" if service.is_http_service else f"{check.kind}_checks"
    edits: list[Any] = [InsertTable(service.path, name, values, array=True)]
    if set(check.groups) <= set(service.groups):
        edits.append(Delete(check.path))
    return Mend(f"turn check `{check.name}` into a check of the service", *edits, safe=False)


@rule("bluegreen-without-checks", severity=ERROR, enforced_by=PLATFORM, fix="unsafe", needs=("strategy",))
def bluegreen_without_checks(app: App) -> Findings:
    """Blue-green deploys are asked for, but the app, or one of its process groups, has no health check."""
    if app.strategy != "bluegreen":
        return
    if any(app.mounts_of(group) for group in app.groups):
        return  # it cannot be used with volumes: bluegreen-with-mounts
    strategy = app.deploy.at("strategy")
    bare = [group for group in app.groups if not (_is_group_checked(app, group) or _was_check_meant(app, group))]
    services = {s.path: s for group in bare if (s := _public_service(app, group)) is not None}
    if len(bare) == len(app.groups):
        yield Finding(
            strategy,
            'a deploy with `strategy = "bluegreen"` stops, because there is no health check',
            label="needs at least one check",
            help="add a check to the service, or a top-level check `[checks.name]`; or take the strategy `rolling`",
            notes="the first deploy works; each later one builds the image, runs the release command and then gives up"
            + ("; machine checks do not count" if app.every_machine_check else ""),
            related=((path, "no check here") for path in services),
            fix=_new_check(next(iter(services.values()))) if services else None,
        )
        return
    done: set[Path] = set()
    for group in bare:
        service = _public_service(app, group)
        path = app.root.element("processes").at(group) if service is None else service.path
        if path in done:
            continue
        done.add(path)
        yield Finding(
            path,
            f"process group `{group}` has no health check: a blue-green deploy takes its new Machines as soon as they "
            "start",
            label="no health check",
            help=f'add `[checks.{group}]` with `processes = ["{group}"]`'
            if service is None
            else "add a check to its service",
            notes="the checks of the other groups say nothing about it; flyctl prints a warning and goes on",
            related=[(strategy, "waits for health checks")],
            fix=None if service is None else _new_check(service),
            severity=WARNING,
        )


@rule("bluegreen-polls-slowly", severity=INFO, enforced_by=NOBODY, fix="unsafe", needs=("strategy",))
def bluegreen_polls_slowly(app: App) -> Findings:
    """A blue-green deploy looks at its new Machines only as often as their checks run, which is seldom."""
    if app.strategy != "bluegreen":
        return
    seen: set[Path] = set()
    for group in app.groups:
        checks = app.checks_of(group) + [check for service in app.services_of(group) for check in service.checks]
        if not checks or any(not check.lacks("interval") and check.interval is None for check in checks):
            continue
        check = min(checks, key=lambda check: check.interval or platform.BLUEGREEN_POLL)
        pause = min(check.interval or platform.BLUEGREEN_POLL, platform.BLUEGREEN_POLL)
        if pause <= platform.SLOW_BLUEGREEN_POLL or check.path in seen:
            continue
        seen.add(check.path)
        unset = check.interval is None
        change = Insert(check.path, "interval", "10s") if unset else Replace(check.at("interval"), "10s")
        yield Finding(
            check.path if unset else check.at("interval"),
            f"a blue-green deploy only looks at its Machines every {format_duration(pause)}{_in_groups(app, [group])}",
            help='set `interval` to something between 5s and 15s, such as "10s"',
            notes="while it waits for the new Machines, flyctl asks once in the shortest `interval` of their checks, "
            f"and every {format_duration(platform.BLUEGREEN_POLL)} when none is set",
            fix=Mend('set `interval = "10s"`', change, safe=False),
        )


# what is left when a release fails

_ROLLBACK = 'what undoes a failed release is `strategy = "bluegreen"` in `[deploy]` together with a health check'


@rule("auto-rollback-ignored", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("auto_rollback",))
def auto_rollback_ignored(app: App) -> Findings:
    """`experimental.auto_rollback` is set, which flyctl reads nowhere."""
    value = app.experimental.flag("auto_rollback")
    if value is None:
        return
    path = app.experimental.at("auto_rollback")
    if app.strategy == "bluegreen":
        help = 'delete it: `strategy = "bluegreen"` undoes a failed release, with or without it'
    else:
        help = f"delete it; {_ROLLBACK}"
    yield Finding(
        path,
        "`auto_rollback = false` switches nothing off: flyctl never rolls back because of this key"
        if value is False
        else "`auto_rollback = true` rolls nothing back: flyctl reads it nowhere",
        label="read nowhere",
        help=help,
        notes="when a rolling or canary deploy fails, the Machines that have the new release keep it",
        fix=Mend("delete it", *delete_keys(app, path), safe=True),
        on="key",
        # every generated file of some years has `true`
        severity=INFO if value else WARNING,
    )


@rule("no-rollback", severity=INFO, enforced_by=NOBODY, fix="unsafe", needs=("http_service", "services"))
def no_rollback(app: App) -> Findings:
    """Nothing undoes a release that fails, because the deploy strategy is not blue-green."""
    deploy = app.root.has("deploy")
    if not (app.deploy if deploy else app.root).lacks("strategy" if deploy else "deploy"):
        return
    if app.mounts or not any(service.public for service in app.services):
        return  # blue-green cannot be used with volumes
    meant = _BLUE_GREEN.search(app.document.text)
    invented = any("rollback" in str(problem.path[-1]) for problem in app.problems_of("unknown-key"))
    if not meant and (invented or app.experimental.has("auto_rollback")):
        return  # whoever reports that key says the same
    change = set_in_deploy(app, "strategy", "bluegreen")
    checked = any(_is_group_checked(app, group) for group in app.groups)
    yield Finding(
        ("deploy",) if deploy else (),
        "the file speaks of blue-green deploys, but `strategy` in `[deploy]` is not set, so they are rolling ones"
        if meant
        else "nothing undoes a release that fails: `strategy` in `[deploy]` is not set, so deploys are rolling ones",
        help='set `strategy = "bluegreen"` in `[deploy]`' + ("" if checked else ", and add a health check"),
        notes="a rolling deploy updates the Machines in place and stops at the first that fails, which keeps the new "
        "release; blue-green starts new Machines beside the old ones, and so needs twice the capacity for a while",
        fix=Mend('set `strategy = "bluegreen"`', change, safe=False) if meant and checked else None,
    )


# what flyctl needs to know about a top-level check


@rule("check-type-invalid", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("checks",))
def check_type_invalid(app: App) -> Findings:
    """A top-level check has no `type`, or one that is neither `http` nor `tcp`."""
    for check in app.checks:
        kind = check.get("type")
        http = any(check.has(key) for key in Check.HTTP_KEYS)
        if kind in platform.CHECK_TYPES:
            continue
        if check.lacks("type"):
            right = "http" if http else "tcp"
            yield Finding(
                check.path,
                f"{check.title} does not say whether it is an `http` or a `tcp` check",
                label="no `type`",
                help=f'add `type = "{right}"`' + ("" if http else ', or `type = "http"` with a `path`'),
                notes="flyctl refuses the file",
                fix=Mend(f'add `type = "{right}"`', Insert(check.path, "type", right), safe=True),
            )
        elif isinstance(kind, str):
            folded = kind.strip().lower()
            if folded == "https":
                right = "http" if http else ""
            else:
                right = closest(folded, platform.CHECK_TYPES) or ""
            path = check.at("type")
            edits: list[Any] = [Replace(path, right)]
            if folded == "https" and check.lacks("protocol"):
                edits.append(Insert(check.path, "protocol", "https"))
            yield Finding(
                path,
                f"`{kind}` is no type of check" if kind else f"the `type` of {check.title} is empty",
                label='must be "http" or "tcp"',
                help=f'write `type = "{right}"`' if right else 'write `type = "http"` or `type = "tcp"`',
                notes="flyctl refuses the file"
                + ("; HTTPS is an http check with `protocol`" if folded == "https" else ""),
                fix=Mend(f'write "{right}"', *edits, safe=len(edits) == 1) if right else None,
            )


@rule("check-port-missing", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("checks",))
def check_port_missing(app: App) -> Findings:
    """A top-level check has no `port`, and its process group has no `[http_service]` to take it from."""
    if app.root.has("http_service") and app.http_service is None:
        return  # it cannot be read, which is reported
    for check in app.checks:
        borrowing = [] if app.http_service is None else app.http_service.groups
        groups = [group for group in check.groups if group not in borrowing]
        if not groups or not check.lacks("port"):
            continue
        ports, fix = app.internal_ports(check.groups), None
        if len(ports) == 1:
            fix = Mend(f"add `port = {ports[0]}`", Insert(check.path, "port", ports[0]), safe=True)
        yield Finding(
            check.path,
            f"{check.title} has no `port`, and there is no `[http_service]` to take it from{_in_groups(app, groups)}",
            label="no `port`",
            help=f"add `port = {ports[0]}`" if len(ports) == 1 else "add `port`, the one that the app listens on",
            notes="`fly config validate` lets this pass; the deploy fails after the build",
            fix=fix,
        )


# commands that a deploy runs against a new Machine


@rule("machine-check-without-command", severity=ERROR, enforced_by=PLATFORM, needs=("machine_checks",))
def machine_check_without_command(app: App) -> Findings:
    """A machine check has no `command`, so the deploy fails when it is to run."""
    if app.strategy in platform.STRATEGIES_WITHOUT_MACHINE_CHECKS:
        return  # machine-check-ignored
    for check in app.every_machine_check:
        if check.lacks("command") or check.get("command") == []:
            yield Finding(
                check.at("command") if check.has("command") else check.path,
                "this machine check has no `command`",
                label="nothing to run",
                help='add `command = ["…"]`, or delete the machine check',
                notes="flyctl finds out after it has updated the first Machine, and stops the deploy there",
            )


@rule("machine-check-ignored", severity=WARNING, enforced_by=NOBODY, needs=("machine_checks",))
def machine_check_ignored(app: App) -> Findings:
    """There are machine checks, but the deploy strategy runs none."""
    checks = app.every_machine_check
    if checks and app.strategy in platform.STRATEGIES_WITHOUT_MACHINE_CHECKS:
        strategy = app.deploy.at("strategy")
        yield Finding(
            checks[0].path,
            f'machine checks do not run with `strategy = "{app.strategy}"`',
            label="never runs" if len(checks) == 1 else f"never run: this and {len(checks) - 1} more",
            help="take the strategy `rolling` or `canary`, or delete the machine checks",
            notes="only these two start test Machines; the others skip machine checks without a word",
            related=[(strategy, "runs no machine checks")],
        )
