"""How Machines stop and start again: signals, timeouts and restart policies."""

from __future__ import annotations

from flylint import platform
from flylint.edits import Delete, Insert, InsertTable, Replace
from flylint.rules import ERROR, FLYCTL, INFO, NOBODY, PLATFORM, WARNING, Finding, Mend, rule
from flylint.unknown_keys import closest
from flylint.values import format_duration, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App, Element
    from flylint.rules import Findings

_NUMBERS = {"1": "SIGHUP", "2": "SIGINT", "3": "SIGQUIT", "9": "SIGKILL", "10": "SIGUSR1", "15": "SIGTERM"}
# Linux has them: no misspellings of those that Fly.io sends
_OTHER_SIGNALS = (
    "ABRT", "ALRM", "BUS", "CHLD", "CONT", "FPE", "ILL", "IO", "IOT", "PIPE", "POLL", "PROF", "PWR", "SEGV", "STOP",
    "SYS", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
)  # fmt: skip
_POLICIES = {"no": "never", "on-fail": "on-failure", "unless-stopped": "always"}  # of the API and of Docker


@rule("unknown-kill-signal", severity=ERROR, enforced_by=PLATFORM, fix="safe", needs=("kill_signal",))
def unknown_kill_signal(app: App) -> Findings:
    """`kill_signal` is not a signal that Fly.io sends."""
    for element in _stopping(app):
        signal = element.text("kill_signal")
        if not signal or signal in platform.KILL_SIGNALS:
            continue
        path = element.at("kill_signal")
        if signal in platform.DOCUMENTED_SIGNALS:
            yield Finding(
                path,
                f"Fly.io's API does not take `{signal}`, although the documentation lists it",
                help=f"use {listed(platform.KILL_SIGNALS[:5])}",
                severity=WARNING,
            )
            continue
        name = signal.strip().upper()
        name = _NUMBERS.get(name, name.removeprefix("SIG"))
        meant = None if name in _OTHER_SIGNALS else closest(f"SIG{name.removeprefix('SIG')}", platform.KILL_SIGNALS)
        yield Finding(
            path,
            f"`{signal}` is not a signal that Fly.io sends",
            label=f"did you mean `{meant}`?" if meant else "",
            help=f"write {f'`{meant}`' if meant else listed(platform.KILL_SIGNALS[:5])}",
            notes="flyctl passes on any text: the deploy fails when Fly.io refuses the Machine",
            fix=Mend(f"use `{meant}`", Replace(path, meant), safe=True) if meant else None,
        )


@rule("kill-signal-missing", severity=INFO, enforced_by=NOBODY, fix="unsafe")
def kill_signal_missing(app: App) -> Findings:
    """No `kill_signal` is set, and the default is not the signal that most servers shut down on."""
    if app.root.lacks("kill_signal"):
        yield Finding(
            (),
            f"no `kill_signal` is set: Machines are stopped with {platform.DEFAULT_KILL_SIGNAL}",
            help='write `kill_signal = "SIGTERM"` unless the app expects SIGINT',
            notes="most servers and job runners finish their work on SIGTERM, and some take SIGINT for an abort",
            fix=Mend('add `kill_signal = "SIGTERM"`', Insert((), "kill_signal", "SIGTERM"), safe=False),
        )


@rule("kill-signal-not-graceful", severity=WARNING, enforced_by=NOBODY, needs=("kill_signal",))
def kill_signal_not_graceful(app: App) -> Findings:
    """`kill_signal` is SIGKILL, which leaves the app no time to finish."""
    if app.root.text("kill_signal") == "SIGKILL":
        waits = app.root.has("kill_timeout")
        yield Finding(
            app.root.at("kill_signal"),
            "SIGKILL ends the app at once, in the middle of whatever it does",
            help="use `SIGTERM` or `SIGINT`, whichever the app shuts down on",
            notes="this happens at every deploy, restart and automatic stop",
            related=[(app.root.at("kill_timeout"), "there is nothing left to wait for")] if waits else (),
        )


@rule("kill-timeout-too-long", severity=ERROR, enforced_by=PLATFORM, fix="safe", needs=("kill_timeout",))
def kill_timeout_too_long(app: App) -> Findings:
    """`kill_timeout` is more than Fly.io allows."""
    longest = format_duration(platform.MAX_KILL_TIMEOUT)
    for element in _stopping(app):
        timeout, path = element.duration("kill_timeout"), element.at("kill_timeout")
        if timeout is not None and timeout > platform.MAX_KILL_TIMEOUT:
            yield Finding(
                path,
                f"a `kill_timeout` of {format_duration(timeout)} is refused: at most 5 minutes are allowed",
                help=f'write `"{longest}"` or less; work that takes longer has to survive being stopped',
                notes="flyctl does not check this: the deploy fails when Fly.io refuses the Machine",
                fix=Mend(f"use `{longest}`", Replace(path, longest), safe=True),
            )


@rule(
    "negative-timeout",
    severity=WARNING,
    up_to=ERROR,
    enforced_by=NOBODY,
    needs=("kill_timeout", "release_command_timeout"),
)
def negative_timeout(app: App) -> Findings:
    """`kill_timeout` or `release_command_timeout` is negative."""
    for element in _stopping(app):
        timeout = element.duration("kill_timeout")
        if timeout is not None and timeout < 0:
            yield Finding(
                element.at("kill_timeout"),
                f"a `kill_timeout` of {format_duration(timeout)} leaves no time to stop in",
                label="negative",
                help=f'write `"{format_duration(-timeout)}"`, or delete it for the default of '
                f"{format_duration(platform.DEFAULT_KILL_TIMEOUT)}",
                notes="flyctl passes it on to Fly.io as it is",
            )
    timeout = app.deploy.duration("release_command_timeout")
    # flyctl waits as long for machine checks
    waited = app.deploy.text("release_command") or app.every_machine_check
    if timeout is not None and timeout < 0 and waited:
        yield Finding(
            app.deploy.at("release_command_timeout"),
            f"a `release_command_timeout` of {format_duration(timeout)} is over before the command has started",
            label="negative",
            help=f'write `"{format_duration(-timeout)}"`, or delete it for the default of '
            f"{format_duration(platform.DEFAULT_RELEASE_COMMAND_TIMEOUT)}",
            notes="flyctl starts the command and gives up at once, so each deploy fails",
            severity=ERROR,
        )


@rule("kill-timeout-missing", severity=INFO, enforced_by=NOBODY, needs=("processes",))
def kill_timeout_missing(app: App) -> Findings:
    """No `kill_timeout` is set in an app with workers, whose jobs are then cut off after a few seconds."""
    workers = _workers(app)
    if workers and app.root.lacks("kill_timeout"):
        yield Finding(
            app.root.element("processes").at(workers[0]),
            f"the work of {listed(workers, 'and')} is cut off {format_duration(platform.DEFAULT_KILL_TIMEOUT)}"
            " after the signal to stop",
            help="set `kill_timeout` to the time that the longest job needs, at most 5m",
            notes="without `kill_timeout` that happens at every deploy",
        )


@rule("restart-policy-invalid", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("restart",))
def restart_policy_invalid(app: App) -> Findings:
    """A `[[restart]]` has no `policy`, or one that does not exist."""
    for restart in app.restarts:
        policy, path = restart.text("policy"), restart.at("policy")
        help = f"write {listed(platform.RESTART_POLICIES)}"
        if restart.lacks("policy"):
            yield Finding(
                restart.path,
                "this `[[restart]]` has no `policy`",
                help=help,
                fix=Mend('add `policy = "on-failure"`', Insert(restart.path, "policy", "on-failure"), safe=False),
            )
        elif restart.get("policy") is not None and policy not in platform.RESTART_POLICIES:
            name = closest(policy.strip(), [*platform.RESTART_POLICIES, *_POLICIES])
            meant = _POLICIES.get(name, name) if name else None
            yield Finding(
                path,
                f"there is no restart policy `{policy}`",
                label=f"did you mean `{meant}`?" if meant else "",
                help=help,
                fix=Mend(f"use `{meant}`", Replace(path, meant), safe=True) if meant else None,
            )


@rule("restart-retries-ignored", severity=INFO, enforced_by=NOBODY, fix="safe", needs=("restart",))
def restart_retries_ignored(app: App) -> Findings:
    """A `[[restart]]` has `retries`, which only count with the policy `on-failure`."""
    for restart in app.restarts:
        if restart.integer("retries") and restart.text("policy") in ("always", "never"):
            yield Finding(
                restart.at("retries"),
                f"`retries` means nothing with the policy `{restart.text('policy')}`",
                help="delete `retries`, or use the policy `on-failure`",
                related=[(restart.at("policy"), "only `on-failure` counts retries")],
                fix=Mend("delete `retries`", Delete(restart.at("retries")), safe=True),
            )


@rule("restart-never-for-service", severity=WARNING, enforced_by=NOBODY, needs=("restart",))
def restart_never_for_service(app: App) -> Findings:
    """A process group with a service is never restarted after a crash."""
    for restart in app.restarts:
        services = [
            service
            for group in restart.groups
            if app.restart_of(group) is restart
            for service in app.services_of(group)
            if service.public
        ]
        if restart.text("policy") == "never" and services:
            starts = services[0].flag("auto_start_machines") is not False
            yield Finding(
                restart.at("policy"),
                f"after a crash nothing restarts the Machines of {services[0].title}",
                help="use `on-failure` or `always`",
                notes="a stopped Machine starts again with the next request at the earliest"
                if starts
                else "with `auto_start_machines = false` no request starts them either",
                related=[(services[0].path, "this service goes down with them")],
            )


@rule("worker-without-restart-always", severity=INFO, enforced_by=NOBODY, fix="unsafe", needs=("processes",))
def worker_without_restart_always(app: App) -> Findings:
    """A process group without a service has no restart policy, so it may stay stopped for good."""
    workers = [group for group in _workers(app) if not app.restart_of(group)]
    if workers and (app.restarts or app.root.lacks("restart")):
        yield Finding(
            app.root.element("processes").at(workers[0]),
            f"nothing starts {listed(workers, 'and')} again after it has ended without an error",
            help=f"add a `[[restart]]` with the policy `always` for {listed(workers, 'and')}",
            notes="the default `on-failure` gives up after 10 failures in 5 minutes, and without a service no request"
            " starts the Machine",
            fix=Mend(
                "restart it always",
                InsertTable((), "restart", {"policy": "always", "processes": workers}, array=True),
                safe=False,
            ),
        )


def _stopping(app: App) -> list[Element]:
    """Every table with `kill_signal` and `kill_timeout`: the file itself and its machine checks."""
    return [app.root, *app.every_machine_check]


def _workers(app: App) -> list[str]:
    """The process groups with a command and without a service."""
    return [group for group in app.groups if app.processes.get(group) and not app.services_of(group)]
