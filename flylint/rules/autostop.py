"""Autostop: Machines that the proxy stops and starts by load, and how many of them stay."""

from __future__ import annotations

from functools import cache

from flylint import platform
from flylint.app import once
from flylint.commands import WEB_SERVERS, spoken, spoken_words
from flylint.edits import Delete, Insert, Replace
from flylint.pattern import pattern
from flylint.rules import ERROR, INFO, NOBODY, WARNING, Finding, Mend, rule
from flylint.rules.services import called, has_known_groups, twins
from flylint.values import format_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.app import App, Service
    from flylint.document import Path
    from flylint.rules import Findings

# FG/machine_types.go:MachineAutostop; DEP/machines_deploymachinesapp.go:deployCreateMachinesForGroups takes the least
_ORDER = ("off", "stop", "suspend")
_FEW_MINUTES = "the proxy looks every few minutes, and stops a Machine of a region that has more than its load needs"


def stops(service: Service) -> bool:
    """Whether the proxy stops idle Machines on behalf of this service."""
    return service.autostop != "off"


def _known(service: Service) -> bool:
    """Whether `auto_stop_machines` is either surely missing or readable."""
    return service.lacks("auto_stop_machines") or service.get("auto_stop_machines") is not None


@once
def _never_stopped(app: App) -> set[str]:
    """The groups whose Machines are never stopped, because one of their services says so."""
    return {group for service in app.services if not stops(service) for group in service.groups}


@rule("autostop-without-autostart", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("auto_stop_machines",))
def autostop_without_autostart(app: App) -> Findings:
    """The proxy stops idle Machines but must not start them again."""
    for service in app.services:
        if stops(service) and service.flag("auto_start_machines") is False:
            place = service.at("auto_start_machines")
            yield Finding(
                place,
                "idle Machines are stopped and never started again, so requests fail after a while",
                label="never started again",
                help='set `auto_start_machines = true`, or `auto_stop_machines = "off"`',
                related=[(service.at("auto_stop_machines"), "stopped when idle")],
                fix=Mend("set `auto_start_machines = true`", Replace(place, True), safe=True),
            )


@rule("autostart-without-autostop", severity=INFO, enforced_by=NOBODY, needs=("auto_start_machines",))
def autostart_without_autostop(app: App) -> Findings:
    """The proxy starts Machines but never stops them again."""
    for service in app.services:
        if service.flag("auto_start_machines") and not stops(service) and _known(service):
            written = service.has("auto_stop_machines")
            yield Finding(
                service.at("auto_start_machines"),
                "Machines are started by load, but never stopped again",
                help='set `auto_stop_machines = "stop"` as well, or neither of the two',
                notes="that is right for an app that exits by itself when it is idle",
                related=[(service.at("auto_stop_machines"), "never stopped")] if written else [],
            )


@rule("negative-min-machines", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("min_machines_running",))
def negative_min_machines(app: App) -> Findings:
    """`min_machines_running` is negative."""
    for service in app.services:
        least = service.integer("min_machines_running")
        if least is not None and least < 0:
            place = service.at("min_machines_running")
            yield Finding(
                place,
                f"{least} Machines cannot be kept running",
                label="negative",
                help="write 0 or more",
                fix=Mend("set it to 0", Replace(place, 0), safe=True),
            )


@rule(
    "min-machines-without-autostop", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("min_machines_running",)
)
def min_machines_without_autostop(app: App) -> Findings:
    """`min_machines_running` has no effect, because nothing stops Machines."""
    for service in app.services:
        least = service.integer("min_machines_running")
        if least is None or least < 1 or stops(service) or not _known(service):
            continue
        place, off = service.at("min_machines_running"), service.has("auto_stop_machines")
        yield Finding(
            place,
            f"`min_machines_running = {least}` has no effect: "
            + ("Machines are never stopped" if off else "without `auto_stop_machines` no Machine is ever stopped"),
            label="no effect",
            help=("delete it; " if off else 'set `auto_stop_machines = "stop"`, or delete it; ')
            + "`fly scale count` sets how many Machines there are",
            notes="it only says how many Machines autostop leaves running; it creates and starts none",
            related=[(service.at("auto_stop_machines"), "no autostop")] if off else [],
            # with autostop switched off in so many words, one Machine that stays is just what happens
            severity=INFO if off and least == 1 else WARNING,
            fix=Mend("delete it", Delete(place), safe=True),
        )


@rule("min-machines-without-primary-region", severity=WARNING, enforced_by=NOBODY, needs=("min_machines_running",))
def min_machines_without_primary_region(app: App) -> Findings:
    """Machines are kept running in the primary region, but the file names none."""
    if not app.root.lacks("primary_region") and app.root.get("primary_region") != "":
        return
    for service in app.services:
        least = service.integer("min_machines_running")
        if least and least > 0 and stops(service):
            yield Finding(
                service.at("min_machines_running"),
                f"{least} Machine{'s' if least > 1 else ''} should stay running in the primary region, "
                "but there is no `primary_region`",
                help="add `primary_region` at the top of the file",
                notes="the minimum counts for the primary region only; elsewhere all Machines may be stopped",
            )


@rule("conflicting-autostop", severity=WARNING, enforced_by=NOBODY, needs=("auto_stop_machines",))
def conflicting_autostop(app: App) -> Findings:
    """Services of the same Machines disagree about `auto_stop_machines`, and the most cautious one decides."""
    if len(app.services) < 2:
        return
    others = twins(app)
    told: set[tuple[Any, ...]] = set()
    candidates = [s for s in app.services if _known(s) and has_known_groups(s) and not s.lacks("internal_port")]
    # of two definitions of the same service only one remains, so they cannot disagree
    candidates = [service for service in candidates if service.path not in others]
    by_group: dict[str, list[Service]] = {}
    for service in candidates:
        for group in service.groups:
            by_group.setdefault(group, []).append(service)
    for services in by_group.values():
        if len({service.autostop for service in services}) < 2:
            continue
        winner = min(services, key=lambda service: _ORDER.index(service.autostop))
        loser = max(services, key=lambda service: _ORDER.index(service.autostop))
        if loser.path in told:
            continue
        told.add(loser.path)
        unset = not winner.has("auto_stop_machines")
        where = winner.path if unset else winner.at("auto_stop_machines")
        done = {"off": "never stopped", "stop": "stopped, not suspended"}[winner.autostop]
        yield Finding(
            loser.at("auto_stop_machines"),
            f"`auto_stop_machines` has no effect here: {called(winner)} "
            + ("does not set it" if unset else f'says "{winner.autostop}"')
            + f", so the Machines are {done}",
            label=f"overruled by {called(winner)}",
            help=f'set `auto_stop_machines = "{loser.autostop}"` on every service of the group, or '
            f'`"{winner.autostop}"` here',
            notes="a Machine has one behaviour: the most cautious of its services, off before stop before suspend",
            related=[(where, "unset counts as off" if unset else "this decides")],
        )


@rule("udp-autostop", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("auto_stop_machines",))
def udp_autostop(app: App) -> Findings:
    """Machines with a UDP service are stopped when idle, but UDP packets do not start them again."""
    awake = _never_stopped(app)
    for service in app.services:
        if service.protocol != "udp" or not stops(service) or not set(service.groups) - awake:
            continue
        place = service.at("auto_stop_machines")
        alone = all(other.protocol == "udp" for group in service.groups for other in app.services_of(group))
        yield Finding(
            place,
            "UDP packets do not wake the Machines that this stops",
            help='set `auto_stop_machines = "off"`',
            notes="only TCP connections and HTTP requests start a stopped Machine",
            related=[(service.at("protocol"), "UDP")],
            # where TCP wakes the Machines as well, somebody may count on that
            fix=Mend('set `auto_stop_machines = "off"`', Replace(place, "off"), safe=alone),
        )


# words for programs that work without being asked, as a word of a command or of the name of a group
WORKERS = (
    "sidekiq", "celery", "bullmq", "cron", "crond", "supercronic", "rq", "rqworker", "arq", "dramatiq", "huey",
    "resque", "oban", "delayed_job", "good_job", "solid_queue", "que", "qcluster", "worker", "workers", "bot",
    "consumer", "scheduler", "jobs", "queue:work", "queue:listen", "schedule:work", "jobs:work",
)  # fmt: skip
_WORD = pattern(r"[a-z0-9_]+")
_PART = pattern(r"[a-z0-9]+")
_ANSWERING = frozenset(
    ("api", "http", "server", "web", "webhook")
)  # beside these, a word tells what requests are about


@rule(
    "autostop-on-worker",
    severity=WARNING,
    enforced_by=NOBODY,
    options={"words": list(WORKERS)},
    needs=("auto_stop_machines",),
)
def autostop_on_worker(app: App, options: dict[str, Any]) -> Findings:
    """Machines of a background worker are stopped when no requests come in, however busy they are."""
    words = _lower(tuple(options["words"]))
    awake = _never_stopped(app)
    known: dict[str, str | None] = {}
    for service in app.services:
        if not stops(service):
            continue
        for group in service.groups:
            if group not in known:
                known[group] = _worker(group.lower(), app.processes.get(group, ""), words)
            word = known[group]
            if word is None or group in awake:
                continue
            others = [other for other in service.groups if other != group]
            alone = not others
            yield Finding(
                service.at("auto_stop_machines"),
                f"`{group}` looks like a background worker"
                + (f" (`{word}`)" if word != group.lower() else "")
                + ", but is stopped when no requests come in",
                help="take the group out of `processes` of this service: a group without services is never stopped"
                if not alone
                else 'set `auto_stop_machines = "off"`, or give the worker a process group without services',
                notes=_FEW_MINUTES + "; work that no request asked for does not count",
                related=[(app.root.element("processes").at(group), "the worker")] if group in app.processes else [],
            )
            break


@cache
def _lower(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(str.lower, words))


def _worker(group: str, command: str, words: frozenset[str]) -> str | None:
    """The word that makes a process group a background worker: of its name, or of its program or what that is to run."""
    # options say little about what a program does
    told = [word for word in spoken_words(command.lower())[:8] if not word.startswith("-")]
    whole: str | None = next((word for word in (*_WORD.findall(group), *told) if word in words), None)
    if whole or spoken(told, WEB_SERVERS):
        return whole
    for word in (group, *told):
        parts = _PART.findall(word)
        if _ANSWERING.isdisjoint(parts):
            part: str | None = next((part for part in parts if part in words), None)
            if part:
                return part
    return None


@rule("scale-to-zero", severity=INFO, enforced_by=NOBODY, fix="unsafe", needs=("auto_stop_machines",))
def scale_to_zero(app: App) -> Findings:
    """All Machines may be stopped, so the first request waits for one to start."""
    awake = _never_stopped(app)
    for service in app.services:
        least = service.integer("min_machines_running")
        unset = service.lacks("min_machines_running")
        if not stops(service) or not set(service.groups) - awake or service.flag("auto_start_machines") is False:
            continue
        if not service.public or service.protocol == "udp" or not (unset or least == 0):
            continue
        place = service.at("auto_stop_machines" if unset else "min_machines_running")
        edit = Insert(service.path, "min_machines_running", 1) if unset else Replace(place, 1)
        yield Finding(
            place,
            "all Machines may be "
            + ("suspended" if service.autostop == "suspend" else "stopped")
            + ": the first request waits for a start, and nothing runs in the background meanwhile",
            help="set `min_machines_running = 1` if that matters; it keeps a Machine of the primary region running",
            fix=Mend("set `min_machines_running = 1`", edit, safe=False),
        )


@rule("suspend-not-possible", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("auto_stop_machines",))
def suspend_not_possible(app: App) -> Findings:
    """Machines should be suspended when idle, but have too much memory, swap or a GPU for that."""
    for service in app.services:
        if service.autostop != "suspend":
            continue
        reasons = [(group, _obstacle(app, group)) for group in service.groups]
        group, obstacle = next(((group, found) for group, found in reasons if found), ("", None))
        if obstacle is None:
            continue
        reason, where, remark = obstacle
        place = service.at("auto_stop_machines")
        yield Finding(
            place,
            f"the Machines of `{group}` are stopped instead of suspended, because {reason}"
            if app.processes
            else f"Machines are stopped instead of suspended, because {reason}",
            help='write `auto_stop_machines = "stop"`, or take away what stands in the way',
            notes="suspend is for Machines of at most 2 GB without swap",
            related=[(where, remark)],
            # it is what happens anyway, unless the Machines of another group can be suspended
            fix=Mend('write `"stop"`', Replace(place, "stop"), safe=all(found for _, found in reasons)),
        )


def _obstacle(app: App, group: str) -> tuple[str, Path, str] | None:
    """Why the Machines of a group cannot be suspended, the place that says so, and a remark about it."""
    swap, vm = app.root.integer("swap_size_mb"), app.vm_of(group)
    if swap and swap > 0:
        return "there is swap", app.root.at("swap_size_mb"), f"{swap} MB of swap"
    guest = vm.guest if vm else None
    if vm is None or guest is None:
        return None
    if guest.gpus:
        return "the Machine has a GPU", vm.path, "a GPU"
    if guest.memory_mb <= platform.MAX_SUSPEND_MEMORY_MB:
        return None
    key = next((key for key in ("memory_mb", "memory", "size") if vm.has(key)), "")
    most = format_memory(platform.MAX_SUSPEND_MEMORY_MB)
    reason = f"the Machine has {format_memory(guest.memory_mb)} of memory"
    return reason, vm.at(key) if key else vm.path, f"more than {most}"


@rule("suspend-keeps-dead-connections", severity=INFO, enforced_by=NOBODY, needs=("auto_stop_machines",))
def suspend_keeps_dead_connections(app: App) -> Findings:
    """A Machine that was suspended believes in connections that have long been closed."""
    for service in app.services:
        if service.autostop == "suspend":
            yield Finding(
                service.at("auto_stop_machines"),
                "after a suspend the app still holds connections that the other side has closed",
                help='let database pools and clients test and renew their connections, or use `"stop"`',
                notes="the clock is behind as well until it is set by NTP",
            )
