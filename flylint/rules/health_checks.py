"""Health checks: whether there are any, what they ask, where, when, and what a deploy makes of their answers."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import islice

from flylint import platform
from flylint.app import once
from flylint.decode import UNIT
from flylint.edits import Delete, Insert, InsertTable, MoveKey, Rename, Replace
from flylint.pattern import pattern
from flylint.rules import ERROR, FLYCTL, INFO, NOBODY, PLATFORM, WARNING, Finding, Mend, rule
from flylint.rules.deploy import set_in_deploy
from flylint.rules.legacy import delete_keys
from flylint.unknown_keys import closest
from flylint.values import MINUTE, SECOND, format_duration, listed, parse_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flylint.app import App, Check, Element, Service
    from flylint.document import Path, Span
    from flylint.project import FilePlace
    from flylint.rules import Findings

_HTTP_KEYS = ("path", "method", "headers", "protocol", "tls_skip_verify", "tls_server_name")
_IDENTITY_KEYS = ("port", "type", "name")
_CHECK_LISTS = ("checks", "http_checks", "tcp_checks")
_DURATIONS = ("grace_period", "interval", "timeout")

_SUGGESTED_GRACE = "10s"
_BOOT_MARGIN = 5 * SECOND
_MOST_BOOT_TIMES = 100  # that are looked at: nobody writes more, and a hostile file has any number
_TCP_CHECK = {"grace_period": _SUGGESTED_GRACE, "interval": "15s", "timeout": "5s"}
_HTTP_CHECK = {**_TCP_CHECK, "method": "GET", "path": "/"}
_GUESSED = "a guess: set the path and the times to what fits the app"

_BLUE_GREEN = pattern(r"blue[-_ /]?green", re.IGNORECASE)
_URL = pattern(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)
_SPACE = pattern(r"\s")
_AMOUNT = r"(\d{1,4}(?:\.\d{1,3})?)\s?(s|secs?|seconds?|m|mins?|minutes?)\b"
_BOOT_TIME = pattern(
    r"\b(?:boot(?:s|ing|[ -]?up)?|start(?:ing|[ -]?up)?\s+(?:takes?|needs?|time))\b"
    rf"(?:\s|takes?\b|needs?\b|time\b|in\b|is\b|can\b|may\b|up to\b|about\b|around\b|[~≈:=])*{_AMOUNT}"
    rf"|{_AMOUNT}\s+to\s+(?:boot|start|come up)\b",
    re.IGNORECASE,
)


# helpers


def _every_check(app: App) -> Iterator[Check]:
    """The checks of all services, then the top-level ones."""
    for service in app.services:
        yield from service.checks
    yield from app.checks


def _is_group_checked(app: App, group: str) -> bool:
    """Whether the Machines of a group get any check that the platform repeats."""
    return bool(app.checks_of(group)) or any(service.checks for service in app.services_of(group))


def _is_empty(element: Element, key: str) -> bool:
    """Whether a key is missing for sure, or set to nothing."""
    return element.lacks(key) or (element.app.complete and element.raw(key) in ([], {}))


@once
def _checks_were_meant(app: App) -> bool:
    """Whether a key that flyctl ignores or refuses was to be a health check: another rule speaks about that key."""
    if not app.complete or not (app.checks or _is_empty(app.root, "checks")):
        return True
    keys = [
        (service, key)
        for service in app.services
        for key in (_CHECK_LISTS[:1] if service.is_http_service else _CHECK_LISTS[1:])
    ]
    if any(not service.checks and not _is_empty(service, key) for service, key in keys):
        return True
    for problem in app.problems_of("unknown-key"):
        if problem.node.title in ("", "service", "http-service") and problem.value not in ([], {}):
            below = problem.value if isinstance(problem.value, dict) else ()
            if any("check" in str(key) for key in (problem.path[-1], *below)):
                return True
    return False


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


def _unit_surprises(app: App, path: Path) -> bool:
    """Whether a duration is a bare number in a unit that its author hardly knew: see `duration-without-unit`."""
    for problem in app.problems_of("bare-duration"):
        if problem.path == path:
            # from one second on it is taken for a number that was written in its unit on purpose
            nanoseconds: float = abs(problem.value) * UNIT[problem.expected]
            return 0 < nanoseconds < SECOND
    return False


class _BootTime:
    """The time that the app needs to boot, as a comment says: in nanoseconds, where, and the line that it is about."""

    __slots__ = ("line", "nanoseconds", "span")

    def __init__(self, line: int, nanoseconds: int, span: Span) -> None:
        self.line = line
        self.nanoseconds = nanoseconds
        self.span = span

    def grace(self, check: Check) -> int:
        """The grace period that covers it."""
        grace = -(-self.nanoseconds // SECOND) * SECOND + _BOOT_MARGIN
        return min(grace, platform.MAX_SERVICE_CHECK) if check.service else grace


@once
def _boot_times(app: App) -> list[_BootTime]:
    """The boot times that comments tell, in the order of the file; a comment on a line of its own is about what follows."""
    document = app.document
    # the search is slow, and few files have one of these words outside of their keys
    remarks = "\n".join([line.partition("#")[2] for line in document.text.split("\n") if "#" in line])
    hinted = any(word in remarks.lower() for word in ("boot", "start", "come up"))
    if not hinted or not any(_every_check(app)) or not _BOOT_TIME.search(remarks):
        return []
    told = ((span, match) for span, comment in document.comments() if (match := _BOOT_TIME.search(comment)))
    lines, found = document.lines, []
    below: dict[int, int] = {}  # from the line of a comment that stands alone to the first line that is none
    for span, match in reversed(list(islice(told, _MOST_BOOT_TIMES))):
        line = start = document.position(span.start).line
        while line <= len(lines) and lines[line - 1].lstrip().startswith("#"):
            line = below.get(line, line + 1)
        below[start] = line
        number, unit = match[1] or match[3], match[2] or match[4]
        found.append(_BootTime(line, int(float(number) * (SECOND if unit[0] in "sS" else MINUTE)), span))
    return found[::-1]


def _boot_time_of(check: Check, times: list[_BootTime]) -> _BootTime | None:
    """The one that is about a check."""
    if not times:
        return None
    document = check.app.document
    places = [document.span(check.path), *(document.span((*check.path, key)) for key in check.table.raw)]
    first = document.position(min(place.start for place in places)).line
    last = document.position(max(place.end for place in places)).line
    following = bisect_left(times, first, key=lambda time: time.line)
    return times[following] if following < len(times) and times[following].line <= last else None


def _machine_checks(app: App) -> list[Element]:
    return [check for service in app.services for check in service.machine_checks] + app.machine_checks


# whether there are any


@rule("no-health-check", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("http_service", "services"))
def no_health_check(app: App) -> Findings:
    """A process group serves the public, but nothing checks whether it answers."""
    if app.strategy == "bluegreen" or app.machine_checks:
        return  # blue-green: bluegreen-without-checks
    bare: dict[Path, tuple[Service, list[str]]] = {}
    for group in app.groups:
        if _is_group_checked(app, group):
            continue
        service = _public_service(app, group)
        tested = any(s.machine_checks for s in app.services_of(group)) and app.strategy != "immediate"
        if service and not tested:
            bare.setdefault(service.path, (service, []))[1].append(group)
    if not bare or _checks_were_meant(app):
        return
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
    if not app.checks or _checks_were_meant(app):
        return
    seen: set[Path] = set()
    for group in app.groups:
        service, checks = _public_service(app, group), app.checks_of(group)
        if service is None or not checks or service.path in seen or any(s.checks for s in app.services_of(group)):
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
            related=[(check.path, "gates deploys, not routing") for check in checks],
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
    for key in (*_DURATIONS, *(_HTTP_KEYS if check.kind == "http" else ())):
        value = check.raw(key)
        if key in _DURATIONS:
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
    if app.strategy != "bluegreen" or _checks_were_meant(app):
        return
    if any(app.mounts_of(group) for group in app.groups):
        return  # it cannot be used with volumes: bluegreen-with-mounts
    strategy = app.deploy.at("strategy")
    bare = [group for group in app.groups if not _is_group_checked(app, group)]
    services = {s.path: s for group in bare if (s := _public_service(app, group))}
    if len(bare) == len(app.groups):
        yield Finding(
            strategy,
            'a deploy with `strategy = "bluegreen"` stops, because there is no health check',
            label="needs at least one check",
            help="add a check to the service, or a top-level check `[checks.name]`; or take the strategy `rolling`",
            notes="the first deploy works; each later one builds the image, runs the release command and then gives up"
            + ("; machine checks do not count" if _machine_checks(app) else ""),
            related=[(path, "no check here") for path in services],
            fix=_new_check(next(iter(services.values()))) if services else None,
        )
        return
    done: set[Path] = set()
    for group in bare:
        service = _public_service(app, group)
        path = service.path if service else app.root.element("processes").at(group)
        if path in done:
            continue
        done.add(path)
        yield Finding(
            path,
            f"process group `{group}` has no health check: a blue-green deploy takes its new Machines as soon as they "
            "start",
            label="no health check",
            help="add a check to its service" if service else f'add `[checks.{group}]` with `processes = ["{group}"]`',
            notes="the checks of the other groups say nothing about it; flyctl prints a warning and goes on",
            related=[(strategy, "waits for health checks")],
            fix=_new_check(service) if service else None,
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


# when they run


@rule(
    "grace-period-too-short",
    severity=WARNING,
    enforced_by=NOBODY,
    fix="safe",
    options={"minimum": "5s"},
    needs=("grace_period",),
)
def grace_period_too_short(app: App, options: dict[str, Any]) -> Findings:
    """A check starts sooner after the Machine than most apps are up, or than a comment says that this one is."""
    minimum, times = parse_duration(options["minimum"]), _boot_times(app)
    for check in _every_check(app):
        grace, path, boot = check.grace_period, check.at("grace_period"), _boot_time_of(check, times)
        if grace is None or _unit_surprises(app, path):
            continue
        right = boot.grace(check) if boot else max(10 * SECOND, minimum)
        if check.effective_grace_period >= min(boot.nanoseconds, right) if boot else grace >= minimum:
            continue
        runs, interval = check.effective_grace_period, check.interval or platform.DEFAULT_CHECK_INTERVAL
        if check.service:
            interval = platform.clamp_service_check(interval)
        when = f"{format_duration(runs)} after the Machine" if runs > 0 else "together with the Machine"
        notes = [
            f"while the app boots each check fails, and the next one comes {format_duration(interval)} later; "
            "a deploy waits for it, Machine by Machine"
        ]
        if runs != grace:
            notes.append(f"Fly.io raises the {format_duration(grace)} to {format_duration(runs)} in a service check")
        label = f"shorter than {format_duration(boot.nanoseconds if boot else minimum)}"
        written = format_duration(right)
        yield Finding(
            path,
            f"{check.title} starts {when}, before {'the app has' if boot else 'most apps have'} booted",
            label="negative" if grace < 0 else label,
            help=f'set `grace_period` a little above the time that the app needs to boot, such as "{written}"',
            notes=notes,
            related=[(boot.span, "the app needs this long")] if boot else (),
            fix=Mend(f'set it to "{written}"', Replace(path, written), safe=boot is not None),
        )


@rule(
    "grace-period-missing", severity=INFO, enforced_by=NOBODY, fix="safe", needs=("checks", "http_checks", "tcp_checks")
)
def grace_period_missing(app: App) -> Findings:
    """A check has no `grace_period`, so its first probe comes while most apps still boot."""
    times = _boot_times(app)
    for check in _every_check(app):
        if check.lacks("grace_period"):
            boot = _boot_time_of(check, times)
            right = format_duration(boot.grace(check)) if boot else _SUGGESTED_GRACE
            first = format_duration(platform.DEFAULT_GRACE_PERIOD)
            later = format_duration(check.interval or platform.DEFAULT_CHECK_INTERVAL)
            yield Finding(
                check.path,
                f"{check.title} has no `grace_period`: it first runs about {first} after the start of the Machine, "
                f"and again {later} later",
                label="no `grace_period`",
                help=f'add `grace_period = "{right}"`, or a little more than the app needs to boot',
                related=[(boot.span, "the app needs this long")] if boot else (),
                fix=Mend(
                    f'add `grace_period = "{right}"`', Insert(check.path, "grace_period", right), safe=boot is not None
                ),
            )


@rule("grace-period-exceeds-wait-timeout", severity=ERROR, enforced_by=PLATFORM, fix="safe", needs=("grace_period",))
def grace_period_exceeds_wait_timeout(app: App) -> Findings:
    """A check does not even start before the deploy stops waiting for it."""
    if app.strategy == "immediate":
        return  # it waits for nothing
    path = app.deploy.at("wait_timeout")
    wait = app.deploy.duration("wait_timeout")
    if wait is None and not (app.deploy.lacks("wait_timeout") and (app.root.lacks("deploy") or app.root.has("deploy"))):
        return
    written = wait is not None
    wait = platform.DEFAULT_WAIT_TIMEOUT if wait is None else wait
    late = [check for check in _every_check(app) if check.groups and check.grace_period is not None]
    if wait <= 0 or not late or _unit_surprises(app, path):
        return
    check = max(late, key=lambda check: check.effective_grace_period)
    grace = check.effective_grace_period
    if grace < wait:
        return
    # a rolling deploy begins to wait after its smoke test and the machine checks; meanwhile the grace period runs
    certain = app.strategy == "bluegreen" or (grace >= wait + platform.SMOKE_TEST and not _machine_checks(app))
    interval = max(check.interval or platform.DEFAULT_CHECK_INTERVAL, 0)
    right = format_duration(grace + interval + 30 * SECOND)
    grace_path = check.at("grace_period")
    waits = f"{'' if written else 'default '}`wait_timeout` of {format_duration(wait)}"
    yield Finding(
        path if written else grace_path,
        f"{check.title} first runs {format_duration(grace)} after the start of a Machine, "
        f"{'when' if certain else 'about when'} the {waits} is over",
        label=f"shorter than a grace period of {format_duration(grace)}" if written else f"not below {waits}",
        help=f'raise `deploy.wait_timeout`, to "{right}" for instance, or lower `grace_period`',
        notes="the deploy gives up although the app is fine, and a rolling one stops half-way"
        if app.strategy != "bluegreen"
        else "the deploy gives up and destroys the new Machines although the app is fine",
        related=[(grace_path, "the first check comes after this")] if written else (),
        fix=Mend(f'set `wait_timeout = "{right}"`', set_in_deploy(app, "wait_timeout", right), safe=True),
        severity=ERROR if certain else WARNING,
    )


@rule(
    "check-duration-clamped",
    severity=WARNING,
    enforced_by=NOBODY,
    fix="safe",
    needs=("grace_period", "interval", "timeout"),
)
def check_duration_clamped(app: App) -> Findings:
    """A duration of a service check is outside of what Fly.io runs, and is raised or lowered."""
    for service in app.services:
        for check in service.checks:
            for key in _DURATIONS:
                value, path = check.duration(key), check.at(key)
                if value is None or (key == "grace_period" and value <= platform.MAX_SERVICE_CHECK):
                    continue  # grace-period-too-short
                runs = platform.clamp_service_check(value)
                if runs == value or _unit_surprises(app, path):
                    continue
                right = format_duration(runs)
                advice = "; a top-level check in `[checks]` may wait longer" if key == "grace_period" else ""
                yield Finding(
                    path,
                    f"the `{key}` of {check.title} is {format_duration(value)}, but Fly.io runs it with {right}",
                    label=f"runs as {right}",
                    help=f'write "{right}"{advice}',
                    notes="in the checks of a service all durations are kept between 1s and 1m",
                    fix=Mend(f'write "{right}"', Replace(path, right), safe=True),
                )


@rule("check-duration-out-of-range", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("interval", "timeout"))
def check_duration_out_of_range(app: App) -> Findings:
    """A top-level check runs more often than every 2 seconds, or may take more than 60 seconds."""
    for check in app.checks:
        interval, timeout = check.interval, check.timeout
        if interval is not None and interval < platform.MIN_CHECK_INTERVAL:
            if _unit_surprises(app, check.at("interval")):
                continue  # duration-without-unit
            yield _out_of_range(app, check, "interval", interval, platform.MIN_CHECK_INTERVAL, "at least")
        if timeout is not None and timeout > platform.MAX_CHECK_TIMEOUT:
            yield _out_of_range(app, check, "timeout", timeout, platform.MAX_CHECK_TIMEOUT, "at most")
        elif timeout is not None and timeout <= 0:
            yield Finding(
                check.at("timeout"),
                f"the `timeout` of {check.title} is {format_duration(timeout)}, which leaves no time for an answer",
                help='write a positive duration, such as "5s"',
                fix=Mend('write "5s"', Replace(check.at("timeout"), "5s"), safe=False),
                severity=WARNING,
            )


def _out_of_range(app: App, check: Check, key: str, value: int, limit: int, bound: str) -> Finding:
    path, right = check.at(key), format_duration(limit)
    return Finding(
        path,
        f"the `{key}` of {check.title} is {format_duration(value)}, but must be {bound} {right}",
        label=f"must be {bound} {right}",
        help=f'write "{right}" or {"more" if bound == "at least" else "less"}, with its unit',
        notes="flyctl refuses the file",
        fix=Mend(f'write "{right}"', Replace(path, right), safe=True),
    )


@rule("check-timeout-not-below-interval", severity=INFO, enforced_by=NOBODY, needs=("timeout",))
def check_timeout_not_below_interval(app: App) -> Findings:
    """A check may still wait for an answer when the next one is due."""
    for check in _every_check(app):
        interval, timeout = check.interval, check.timeout
        if interval is None or timeout is None or not 0 < interval <= timeout:
            continue
        if not _unit_surprises(app, check.at("interval")) and not _unit_surprises(app, check.at("timeout")):
            yield Finding(
                check.at("timeout"),
                f"{check.title} may take {format_duration(timeout)}, but comes again every {format_duration(interval)}",
                help="keep `timeout` well below `interval`",
                related=[(check.at("interval"), "the next check comes after this")],
            )


# what flyctl needs to know about a top-level check


@rule("check-type-invalid", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("checks",))
def check_type_invalid(app: App) -> Findings:
    """A top-level check has no `type`, or one that is neither `http` nor `tcp`."""
    for check in app.checks:
        kind = check.get("type")
        http = any(check.has(key) for key in _HTTP_KEYS)
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
        borrowing = app.http_service.groups if app.http_service else []
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


# where they knock


@rule("check-port-mismatch", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("checks",))
def check_port_mismatch(app: App) -> Findings:
    """A top-level check probes a port that no service of its process group forwards to."""
    seen: set[tuple[int, tuple[str, ...]]] = set()
    for check in app.checks:
        port, ports = check.integer("port"), app.internal_ports(check.groups)
        if not port or not 0 < port < 65536 or not ports or port in ports or _is_known_port(app, check, port):
            continue
        if (port, tuple(check.groups)) in seen:
            continue
        seen.add((port, tuple(check.groups)))
        services = [s for group in check.groups for s in app.services_of(group) if s.internal_port]
        one = len(ports) == 1
        yield Finding(
            check.at("port"),
            f"{check.title} probes port {port}, but the app serves on {' and '.join(map(str, sorted(ports)))}",
            label="no service forwards to this port",
            help=f"set `port = {ports[0]}`"
            if one
            else "set `port` to the `internal_port` of the service that is meant",
            notes="if the app does listen there, for an administration page for instance, this is fine",
            related=[(path, "the app serves here") for path in dict.fromkeys(s.at("internal_port") for s in services)],
            fix=Mend(f"set it to {ports[0]}", Replace(check.at("port"), ports[0]), safe=False) if one else None,
        )


def _is_known_port(app: App, check: Check, port: int) -> bool:
    """Whether something else in the file says that the app listens there too."""
    if any(port == metrics.get("port") for metrics in app.metrics):
        return True
    text = str(port)
    if any("PORT" in name.upper() and value == text for name, value in app.env.items()):
        return True
    if any(text in re.split(r"\D+", app.processes.get(group, "")) for group in check.groups):
        return True
    # an HTTP check of an app that serves something else must have a port of its own
    return check.kind == "http" and not any(s.speaks_http for group in check.groups for s in app.services_of(group))


@rule("service-check-port-ignored", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("unknown-key",))
def service_check_port_ignored(app: App) -> Findings:
    """The check of a service has a `port`, `type` or `name`, which exist in top-level checks only."""
    checks = {check.path: (check, service) for service in app.services for check in service.checks}
    for problem in app.problems_of("unknown-key"):
        if problem.path[:-1] not in checks or problem.path[-1] not in _IDENTITY_KEYS:
            continue
        check, service = checks[problem.path[:-1]]
        key, value, port = problem.path[-1], problem.value, service.internal_port
        probes = f"port {port}" if port else "the `internal_port` of the service"
        message = f"`{key}` does nothing here: {check.title} probes {probes} in any case"
        help, fix = "delete it", Mend("delete it", Delete(problem.path), safe=True)
        if key == "port" and service.lacks("internal_port") and _is_port(value):
            message = f"`port` does nothing in the check of a service, and {service.title} has no `internal_port`"
            help = f"set `internal_port = {value}` in the service, if this is where the app listens"
            move = MoveKey(problem.path, service.path, "internal_port")
            fix = Mend("make it the `internal_port` of the service", move, safe=False)
        elif key == "port" and _is_port(value) and str(value) != str(port):
            message = f"{check.title} does not probe port {value}, but {probes}"
            help = "delete it; to check another port, write a top-level check `[checks.name]`"
            fix = Mend("delete it: it does nothing", Delete(problem.path), safe=False)
        elif key == "type" and value in platform.CHECK_TYPES and value != check.kind:
            message = f'`type = "{value}"` changes nothing: {check.title} stays what it is'
            help = f"delete it; `[[services.{value}_checks]]` are {value} checks"
        elif key != "port":
            message = f"`{key}` does nothing in the check of a service"
        yield Finding(
            problem.path,
            message,
            label="ignored",
            help=help,
            notes="only top-level checks in `[checks]` have a name, a type and a port of their own",
            related=[(service.at("internal_port"), "this port is probed")] if key == "port" and port else (),
            fix=fix,
            on="key",
        )


def _is_port(value: Any) -> bool:
    """Whether it is the number of a port, written as a number or as text."""
    text = str(value)
    return text.isascii() and text.isdecimal() and len(text) <= 5 and 0 < int(text) < 65536


@rule("port-env-mismatch", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("env",))
def port_env_mismatch(app: App) -> Findings:
    """The environment tells the app to listen on a port that no service forwards to."""
    name = next((name for name in platform.PORT_VARIABLES if name in app.env), None)
    ports = app.internal_ports(app.groups) if name else []
    if name is None or not ports:
        return
    text = str(app.env[name]).strip()
    if not _is_port(text) or int(text) in ports:
        return
    commands = " ".join(app.processes.values())
    if any(str(port) in re.split(r"\D+", commands) for port in ports):
        return  # the command names the port itself
    env, services = app.root.element("env"), [s for s in app.services if s.internal_port]
    fix = None
    if len(services) == 1:
        # the app obeys its environment, unless its files say something else
        plain = name == "PORT" and len(app.services) == 1 and not _listens_elsewhere(app, services[0], int(text))
        fix = Mend(f"set `internal_port = {text}`", Replace(services[0].at("internal_port"), int(text)), safe=plain)
    shown = " and ".join(map(str, sorted(ports)))
    yield Finding(
        env.at(name),
        f"`{name}` is {text}, but requests and checks go to port {shown}, the `internal_port`",
        label=f"not {shown}",
        help=f"set `internal_port` and `{name}` to the same port, the one that the app listens on",
        notes="Fly.io does not set PORT by itself; when nothing listens on `internal_port`, every request is refused",
        related=[(service.at("internal_port"), "requests and checks go here") for service in services],
        fix=fix,
    )


def _listens_elsewhere(app: App, service: Service, port: int) -> bool:
    """Whether the files beside fly.toml show that the app listens on another port than this one."""
    if app.project is None:
        return False
    from flylint.project.dockerfile import image_of
    from flylint.project.listening import listening

    image = image_of(app)
    if image and str(service.internal_port) in image.exposed:
        return True
    return any(listening(app, group).number not in (None, port) for group in service.groups)


# what they ask


@rule("check-path-invalid", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("path",))
def check_path_invalid(app: App) -> Findings:
    """The `path` of a check is no path: a full URL, without `/` in front, or with a space or a fragment."""
    for check in _every_check(app):
        path = check.get("path")
        if check.kind != "http" or not isinstance(path, str):
            continue
        right = path.strip()
        if url := _URL.match(right):
            fault, help = "is a full URL", "write the path alone; the check goes to the app's own port anyway"
            right = right[url.end() :]
        elif not right:
            fault, help = "is empty", "write the path to request, such as `/healthz`"
        elif not right.startswith("/"):
            fault, help = "does not begin with `/`", "begin it with `/`"
        elif "#" in right:
            fault, help = "has a fragment", "end it before the `#`: a fragment belongs to a browser, not to a request"
        elif _SPACE.search(path):
            fault, help = "has a space in it", "take the space away, or write it as `%20`"
        else:
            continue
        right = _SPACE.sub("%20", right.partition("#")[0])
        right = right if right.startswith("/") else "/" + right
        yield Finding(
            check.at("path"),
            f"the `path` of {check.title} {fault}",
            label=fault,
            help=help,
            notes="it is sent to the app as it stands; an answer other than 2xx fails the check",
            fix=Mend("write it as a path", Replace(check.at("path"), right), safe=not re.search(r"[\s#]", path)),
        )


@rule("http-check-without-http", severity=WARNING, enforced_by=NOBODY, needs=("http_checks",))
def http_check_without_http(app: App) -> Findings:
    """An HTTP check stands in a service that passes everything but HTTP."""
    for service in app.services:
        if not service.ports or service.speaks_http or service.protocol == "udp" or not service.internal_port:
            continue
        if any(port.covers(number) for port in service.ports for number in platform.HTTP_PORTS):
            continue  # raw TCP that carries HTTP
        reason = "no port of it has the `http` handler"
        if any("pg_tls" in port.handlers for port in service.ports):
            reason = "the service speaks PostgreSQL"
        for check in service.checks:
            # `https` says that the app ends TLS by itself
            if check.kind != "http" or check.text("protocol") == "https":
                continue
            yield Finding(
                check.path,
                f"{check.title} asks for HTTP, but {reason}",
                label="asks for HTTP",
                help="if the app does not answer HTTP on this port, write `[[services.tcp_checks]]`",
                notes="the check passes only if the app itself answers HTTP on `internal_port`",
                related=[(port.path, "no `http` handler") for port in service.ports],
            )


@rule("http-keys-in-tcp-check", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("checks", "tcp_checks"))
def http_keys_in_tcp_check(app: App) -> Findings:
    """A TCP check has a path or other keys of an HTTP check, which it never uses."""
    unknown = app.problems_of("unknown-key")
    for check in _every_check(app):
        if check.kind != "tcp":
            continue
        if check.service:
            keys = [str(p.path[-1]) for p in unknown if p.path[:-1] == check.path and p.path[-1] in _HTTP_KEYS]
        else:
            keys = [key for key in _HTTP_KEYS if check.get(key) is not None]
        if not keys:
            continue
        keys.sort(key=_HTTP_KEYS.index)
        yield Finding(
            check.at(keys[0]),
            f"{listed(keys, 'and')} {'does' if len(keys) == 1 else 'do'} nothing in a TCP check, which only connects",
            label="for HTTP checks only",
            help="write `[[services.http_checks]]` instead" if check.service else 'write `type = "http"`',
            notes="a TCP check passes as soon as the port accepts a connection",
            related=[(check.at(key), "for HTTP checks only") for key in keys[1:]],
            fix=_as_http_check(check, keys),
            on="key",
        )


def _as_http_check(check: Check, keys: list[str]) -> Mend | None:
    """A TCP check with keys of an HTTP check, as the HTTP check that was meant."""
    if "path" not in keys:
        return Mend("delete what a TCP check does not use", *(Delete(check.at(key)) for key in keys), safe=False)
    if check.service is None:
        return Mend("make it an HTTP check", Replace(check.at("type"), "http"), safe=False)
    service = check.service
    if sum(other.kind == "tcp" for other in service.checks) > 1 or service.has("http_checks"):
        values = {key: value for key, value in check.table.raw.items() if key in (*_DURATIONS, *_HTTP_KEYS)}
        new = InsertTable(service.path, "http_checks", values, array=True)
        return Mend("make it an HTTP check", Delete(check.path), new, safe=False)
    return Mend("make it an HTTP check", Rename(service.at("tcp_checks"), "http_checks"), safe=False)


@rule("check-method-unusual", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("method",))
def check_method_unusual(app: App) -> Findings:
    """The `method` of a check is no HTTP method, or one that changes something each time the check runs."""
    for check in _every_check(app):
        method = check.text("method").strip().upper()
        if check.kind != "http" or method in ("", *platform.READING_METHODS):
            continue
        if method in platform.CHANGING_METHODS:
            interval = format_duration(check.interval or platform.DEFAULT_CHECK_INTERVAL)
            message, label = f"{check.title} sends {method} every {interval}", "may change something"
            note = "a check runs on every Machine, all day, and must not change anything"
        else:
            message, label = f"{check.title} has a `method` that no app answers", "unknown method"
            note = "apps answer an unknown method with 4xx, so the check never passes"
        yield Finding(
            check.at("method"),
            message,
            label=label,
            help="write `GET` or `HEAD`",
            notes=note,
            fix=Mend('write "GET"', Replace(check.at("method"), "GET"), safe=False),
        )


@rule("check-protocol-invalid", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("protocol",))
def check_protocol_invalid(app: App) -> Findings:
    """The `protocol` of an HTTP check is neither `http` nor `https`."""
    for check in _every_check(app):
        protocol = check.text("protocol")
        if check.kind == "tcp" or protocol in ("", *platform.CHECK_PROTOCOLS):
            continue
        folded = protocol.strip().lower().removesuffix("://")
        meant = folded if folded in platform.CHECK_PROTOCOLS else closest(folded, platform.CHECK_PROTOCOLS)
        right = meant or "http"
        yield Finding(
            check.at("protocol"),
            f"`{protocol}` is no protocol of a check",
            label='must be "http" or "https"',
            help=f'write "{right}"' + ("; for a check of the port alone take a TCP check" if folded == "tcp" else ""),
            notes='"http" is right for nearly all apps: HTTPS ends at the proxy, and checks go to the app directly',
            fix=Mend(f'write "{right}"', Replace(check.at("protocol"), right), safe=meant is not None),
        )


@rule(
    "check-tls-options-ignored",
    severity=INFO,
    enforced_by=NOBODY,
    fix="safe",
    needs=("tls_skip_verify", "tls_server_name"),
)
def check_tls_options_ignored(app: App) -> Findings:
    """A check over plain HTTP has options for TLS."""
    for check in _every_check(app):
        # generated files have `tls_skip_verify = false`, which asks for nothing
        keys = [key for key in ("tls_skip_verify", "tls_server_name") if check.get(key)]
        if check.kind != "http" or not keys or check.text("protocol") not in ("", "http"):
            continue
        if not check.has("protocol") and not check.lacks("protocol"):
            continue
        yield Finding(
            check.at(keys[0]),
            f"{listed(keys, 'and')} {'does' if len(keys) == 1 else 'do'} nothing: {check.title} uses plain HTTP",
            label="for HTTPS only",
            help='delete it, or set `protocol = "https"` if the app itself speaks TLS',
            related=[(check.at(key), "for HTTPS only") for key in keys[1:]],
            fix=Mend("delete what plain HTTP does not use", *(Delete(check.at(key)) for key in keys), safe=True),
            on="key",
        )


@rule("https-check-unverifiable", severity=WARNING, enforced_by=NOBODY, needs=("protocol",))
def https_check_unverifiable(app: App) -> Findings:
    """A check uses HTTPS, but nothing says for which name the certificate is."""
    for check in _every_check(app):
        if check.kind != "http" or check.text("protocol") != "https" or check.flag("tls_skip_verify"):
            continue
        if not check.lacks("tls_server_name") and check.get("tls_server_name") != "":
            continue
        if check.service and not check.service.internal_port:
            continue  # it reaches nothing anyway
        yield Finding(
            check.at("protocol"),
            f"{check.title} uses HTTPS, but does not say for which name the certificate of the app is",
            label="HTTPS to the app itself",
            help='write `protocol = "http"` unless the app itself speaks TLS; if it does, add `tls_server_name`, or '
            "`tls_skip_verify = true` for a self-signed certificate",
            notes="a check goes to the Machine's private address, past the proxy that ends HTTPS for visitors, and no "
            "certificate is for that address",
        )


@rule(
    "check-may-be-redirected",
    severity=INFO,
    enforced_by=NOBODY,
    fix="safe",
    needs=("checks", "http_checks", "tcp_checks"),
)
def check_may_be_redirected(app: App) -> Findings:
    """The app redirects plain HTTP, as its environment or its source says, and a check asks over plain HTTP."""
    if next(_every_check(app), None) is None:
        return  # before the files of the project are looked at
    forces = next(
        (
            name
            for name in platform.FORCE_HTTPS_VARIABLES
            if str(app.env.get(name, "")).lower() in ("true", "1", "yes", "on")
        ),
        None,
    )
    project = app.project
    if project is not None and (project.bare or app.build.text("image")):
        project = None
    if forces is None and project is None:
        return
    for check in _every_check(app):
        headers = {name.lower() for name in check.mapping("headers")}
        if check.kind != "http" or check.text("protocol") not in ("", "http") or "x-forwarded-proto" in headers:
            continue
        if check.has("headers") and not headers:
            continue
        if forces is not None:
            what = f"`{forces}`"
            place: Path | FilePlace = app.root.element("env").at(forces)
        else:
            from flylint.project.frameworks import redirects_to_https

            found = redirects_to_https(project, check.text("path")) if project else None
            if found is None:
                continue
            what, place = found
        add: Any = Insert(check.path, "headers", {"X-Forwarded-Proto": "https"})
        if headers:
            add = Insert(check.at("headers"), "X-Forwarded-Proto", "https")
        yield Finding(
            check.at("path") if check.has("path") else check.path,
            f"{what} may answer {check.title} with a redirect to HTTPS, which fails it",
            help='add `headers = { X-Forwarded-Proto = "https" }` to the check, or except its path from the redirect',
            notes="checks come over plain HTTP, expect 2xx and do not follow redirects",
            related=[(place, "redirects plain HTTP")],
            fix=Mend("add the header X-Forwarded-Proto", add, safe=True),
        )


@rule("check-on-udp-service", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("http_checks", "tcp_checks"))
def check_on_udp_service(app: App) -> Findings:
    """A UDP service has a health check, but checks speak TCP only."""
    over_tcp = {(s.internal_port, group) for s in app.services if s.protocol != "udp" for group in s.groups}
    for service in app.services:
        if service.protocol != "udp" or any((service.internal_port, group) in over_tcp for group in service.groups):
            continue  # the app listens on that port over TCP too
        for check in service.checks:
            yield Finding(
                check.path,
                f"{check.title} connects over TCP, but the service is for UDP",
                label="connects over TCP",
                help="check a port where the app listens on TCP, with a top-level check `[checks.name]`",
                notes="Fly.io has no check for UDP; this one fails unless the app listens there over TCP as well",
                related=[(service.at("protocol"), "UDP")],
                fix=Mend("delete the check", Delete(check.path), safe=False),
            )


@rule("secret-in-check-header", severity=WARNING, enforced_by=NOBODY, needs=("headers",))
def secret_in_check_header(app: App) -> Findings:
    """A header of a check carries a credential in plain text."""
    for check in _every_check(app):
        headers = check.element("headers")
        for name, value in check.mapping("headers").items():
            if value and name.lower() in platform.CREDENTIAL_HEADERS:
                yield Finding(
                    headers.at(name),
                    f"{check.title} sends the header `{name}` with a value that stands in the file",
                    label="a credential in plain text",
                    help="let the app answer the path of the check without a credential, and change this one",
                    notes="fly.toml is in version control, and the config of each Machine shows it to everybody in the "
                    "organization; secrets cannot be used in it",
                    on="key",
                )


# commands that a deploy runs against a new Machine


@rule("machine-check-without-command", severity=ERROR, enforced_by=PLATFORM, needs=("machine_checks",))
def machine_check_without_command(app: App) -> Findings:
    """A machine check has no `command`, so the deploy fails when it is to run."""
    if app.strategy in platform.STRATEGIES_WITHOUT_MACHINE_CHECKS:
        return  # machine-check-ignored
    for check in _machine_checks(app):
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
    checks = _machine_checks(app)
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
