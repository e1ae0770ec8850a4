"""When health checks run: grace periods, intervals, timeouts, and how they fit the deploy."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import islice

from flylint import platform
from flylint.app import Check, once
from flylint.decode import UNIT
from flylint.edits import Insert, Replace
from flylint.pattern import pattern
from flylint.rules import ERROR, FLYCTL, INFO, NOBODY, PLATFORM, WARNING, Finding, Mend, rule
from flylint.rules.deploy import set_in_deploy
from flylint.values import MINUTE, SECOND, format_duration, parse_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.app import App
    from flylint.document import Path, Span
    from flylint.rules import Findings

_BOOT_MARGIN = 5 * SECOND
_MOST_BOOT_TIMES = 100  # that are looked at: nobody writes more, and a hostile file has any number
_AMOUNT = r"(\d{1,4}(?:\.\d{1,3})?)\s?(s|secs?|seconds?|m|mins?|minutes?)\b"
_BOOT_TIME = pattern(
    r"\b(?:boot(?:s|ing|[ -]?up)?|start(?:ing|[ -]?up)?\s+(?:takes?|needs?|time))\b"
    rf"(?:\s|takes?\b|needs?\b|time\b|in\b|is\b|can\b|may\b|up to\b|about\b|around\b|[~≈:=])*{_AMOUNT}"
    rf"|{_AMOUNT}\s+to\s+(?:boot|start|come up)\b",
    re.IGNORECASE,
)


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
    if not hinted or not any(app.every_check) or not _BOOT_TIME.search(remarks):
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
    for check in app.every_check:
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
    for check in app.every_check:
        if check.lacks("grace_period"):
            boot = _boot_time_of(check, times)
            right = format_duration(boot.grace(check)) if boot else platform.SUGGESTED_GRACE
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
    late = [check for check in app.every_check if check.groups and check.grace_period is not None]
    if wait <= 0 or not late or _unit_surprises(app, path):
        return
    check = max(late, key=lambda check: check.effective_grace_period)
    grace = check.effective_grace_period
    if grace < wait:
        return
    # a rolling deploy begins to wait after its smoke test and the machine checks; meanwhile the grace period runs
    certain = app.strategy == "bluegreen" or (grace >= wait + platform.SMOKE_TEST and not app.every_machine_check)
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
            for key in Check.DURATIONS:
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
    for check in app.every_check:
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
