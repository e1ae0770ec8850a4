"""Machines: their size and memory (`[[vm]]`), swap, dedicated hosts, and `machine_config`."""

from __future__ import annotations

import math
import re

from flylint import machine_config, platform
from flylint.app import Vm, once
from flylint.edits import Delete, Insert, Replace
from flylint.pattern import pattern
from flylint.rules import ERROR, FLYCTL, INFO, NOBODY, PLATFORM, WARNING, Finding, Mend, rule
from flylint.unknown_keys import closest, fold
from flylint.values import format_memory, listed, parse_memory, plain_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from flylint.app import App, Grouped, Guest
    from flylint.document import Path
    from flylint.edits import StructuralEdit
    from flylint.rules import Findings

GPU_KEYS = ("size", "gpu_kind", "gpus")
_SIZE = pattern(r"(shared|performance|dedicated)(?:-?cpu)?-?(\d{1,4})x?")
_NUMBER = pattern(r"\d+")
_AND_MEMORY = " and memory that goes with it"


@rule("unknown-vm-size", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("size",))
def unknown_vm_size(app: App) -> Findings:
    """A `[[vm]]` asks for a Machine size that does not exist."""
    for vm in _used(app):
        size = vm.text("size")
        if not size or size in platform.VM_PRESETS:
            continue
        kind = "performance" if size.lower().startswith(("performance", "dedicated")) else "shared"
        offered = [name for name in platform.VM_PRESETS if name.startswith(kind)]
        meant, plain = meant_size(size)
        yield Finding(
            vm.at("size"),
            f"there is no Machine size `{size}`",
            label=f"did you mean `{meant}`?" if meant else "",
            help=f"write {f'`{meant}`, one of ' if meant else ''}{listed(offered)}",
            notes="`fly config validate` calls this valid, and the deploy fails once the image is built",
            fix=use_size(vm, meant, plain),
        )


def meant_size(size: str) -> tuple[str, bool]:
    """The size that a wrong name stands for, "" when none comes near, and whether it can stand for nothing else."""
    name = size.strip().lower().replace("_", "-").replace(" ", "-")
    sizes = {other: preset for other, preset in platform.VM_PRESETS.items() if not preset.gpus}
    match = _SIZE.fullmatch(name)
    if match:
        # dedicated-cpu was the name of performance before there were Machines
        kind, count = "shared" if match[1] == "shared" else "performance", int(match[2])
        offered = sorted((preset.cpus, other) for other, preset in sizes.items() if preset.cpu_kind == kind)
        larger = next((other for cpus, other in offered if cpus >= count > 0), "")
        return larger, bool(larger) and sizes[larger].cpus == count
    if name.startswith("micro-"):
        return "shared-cpu-1x", False
    # the number of CPUs is never a slip of the pen
    meant = closest(name, [other for other in sizes if _NUMBER.findall(other) == _NUMBER.findall(name)])
    return meant or "", meant is not None


def use_size(vm: Vm, size: str, safe: bool) -> Mend | None:
    """Write another size, and with it memory that goes with it; None when that cannot be had, or without a size."""
    if not size:
        return None
    guest = vm.guest_from(size)
    memory = _fitting_memory(vm, guest) if guest else []
    if memory is None:
        return None
    return Mend(f"use `{size}`{_AND_MEMORY * bool(memory)}", Replace(vm.at("size"), size), *memory, safe=safe)


def _fitting_memory(vm: Vm, guest: Guest) -> list[StructuralEdit] | None:
    """What gives a Machine memory that Fly.io offers for its CPUs, as near to what it has as it gets without less.

    None when it has too much, or when no Machine has such CPUs.
    """
    if guest.cpus not in platform.CPU_COUNTS.get(guest.cpu_kind, ()):
        return None
    memory = _next_memory(guest)
    if memory is None:
        return None
    return [] if memory == guest.memory_mb else [_set_memory(vm, memory)]


def _next_memory(guest: Guest) -> int | None:
    """The least memory that is offered for certain for these CPUs and not less than the Machine has; None above all."""
    step = platform.DOCUMENTED_MEMORY_STEP[guest.cpu_kind]
    rounded = (guest.memory_mb + step - 1) // step * step
    memory = max(rounded, guest.cpus * platform.MIN_MEMORY_PER_CPU[guest.cpu_kind])
    return memory if memory <= guest.cpus * platform.MAX_MEMORY_PER_CPU[guest.cpu_kind] else None


@rule("vm-memory-invalid", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("memory",))
def vm_memory_invalid(app: App) -> Findings:
    """The `memory` of a `[[vm]]` is not an amount of memory, or is zero."""
    for vm in _used(app):
        memory = vm.text("memory")
        mended = None
        if not memory:
            continue
        try:
            if parse_memory(memory) != 0:
                continue
            message = f"`{memory}` is less than 1 MB of memory"
        except ValueError:
            message = f"`{memory}` is not an amount of memory"
            mended = plain_size(memory)
        yield Finding(
            vm.at("memory"),
            message,
            help='write it as `"512mb"`, `"2gb"`, or as a number of MB',
            notes="`fly config validate` calls this valid, and the deploy fails once the image is built",
            fix=Mend(f"write `{mended}`", Replace(vm.at("memory"), mended), safe=True)
            if mended and parse_memory(mended)
            else None,
        )


@rule("vm-memory-not-offered", severity=ERROR, enforced_by=PLATFORM, fix="safe", needs=("vm", "release_command_vm"))
def vm_memory_not_offered(app: App) -> Findings:
    """A Machine has less or more memory than its CPUs allow, or an amount between two steps."""
    for vm in _sized(app):
        guest = vm.guest
        if guest is None or guest.cpus not in platform.CPU_COUNTS.get(guest.cpu_kind, ()):
            continue
        memory, kind = guest.memory_mb, guest.cpu_kind
        least, most = guest.cpus * platform.MIN_MEMORY_PER_CPU[kind], guest.cpus * platform.MAX_MEMORY_PER_CPU[kind]
        step, documented = platform.MEMORY_STEP[kind], platform.DOCUMENTED_MEMORY_STEP[kind]
        cpus = f"{guest.cpus} {kind} CPU" + ("s" if guest.cpus > 1 else "")
        key = next((key for key in ("memory_mb", "memory", "cpus", "cpu_kind") if vm.get(key)), "size")
        better = _next_memory(guest)
        if memory < least:
            message = f"{memory} MB of memory is too little for {cpus}: the minimum is {least} MB"
            help = f"set `memory` to `{format_memory(least)}` or more" + ", or ask for fewer CPUs" * (guest.cpus > 1)
        elif better is None:
            message = f"{memory} MB of memory is too much for {cpus}: the maximum is {most} MB"
            help = f"set `memory` to `{format_memory(most)}` or less, or ask for more CPUs"
        elif better != memory:
            unit, kept_by = (step, "the step") if memory % step else (documented, "the documented step")
            message = f"{memory} MB of memory is not a multiple of {unit} MB, {kept_by} for {kind} CPUs"
            help = f"write `{format_memory(better)}`"
        else:
            continue
        refused = memory % step != 0 or not least <= memory <= most
        notes = [
            "the deploy fails when Fly.io refuses the Machine: flyctl does not check these limits"
            if refused
            else f"flyctl itself names a step of {step} MB, so Fly.io may take it or refuse the Machine"
        ]
        mend = None
        if key not in ("memory_mb", "memory"):
            notes.insert(0, f"without `memory` the Machine has the {memory} MB of `{vm.size}`")
            mend = _size_instead(vm, guest, better)
        elif key == "memory" and vm.text("memory").strip().isdigit() and least <= memory * 1024 <= most:
            notes.insert(0, "a number without a unit counts MB")
            better = memory * 1024
            mend = Mend(f"use {better} MB of memory", _set_memory(vm, better), safe=False)
        if mend is None and better:
            mend = Mend(f"use {better} MB of memory", _set_memory(vm, better), safe=refused)
        severity = ERROR if refused else WARNING
        yield Finding(vm.at(key), message, help=help, notes=notes, fix=mend, severity=severity)


def _size_instead(vm: Vm, guest: Guest, memory: int | None) -> Mend | None:
    """The size of a Machine, where the file names another one; None when that size has other memory."""
    size = _size_of(guest)
    if not vm.has("size") or size not in platform.VM_PRESETS or platform.VM_PRESETS[size].memory_mb != memory:
        return None
    keys = [Delete(vm.at(key)) for key in ("cpus", "cpu_kind") if vm.has(key)]
    return Mend(f"use `{size}`, which has {memory} MB of memory", Replace(vm.at("size"), size), *keys, safe=True)


def _size_of(guest: Guest) -> str:
    """The name of the size with these CPUs, be there such a size or not."""
    return f"shared-cpu-{guest.cpus}x" if guest.cpu_kind == "shared" else f"performance-{guest.cpus}x"


def _set_memory(vm: Vm, megabytes: int) -> Replace | Insert:
    if vm.integer("memory_mb"):
        return Replace(vm.at("memory_mb"), megabytes)
    if not vm.has("memory"):
        return Insert(vm.path, "memory", format_memory(megabytes))
    return Replace(vm.at("memory"), megabytes if isinstance(vm.raw("memory"), int) else format_memory(megabytes))


@rule("vm-cpus-not-offered", severity=ERROR, enforced_by=PLATFORM, needs=("vm", "release_command_vm"))
def vm_cpus_not_offered(app: App) -> Findings:
    """A `[[vm]]` asks for a number of CPUs that no Machine has."""
    for vm in _sized(app):
        guest = vm.guest
        counts = platform.CPU_COUNTS.get(guest.cpu_kind) if guest else None
        if guest and counts and guest.cpus not in counts:
            yield Finding(
                vm.at("cpus" if vm.get("cpus") else "cpu_kind"),
                f"no Machine has {guest.cpus} {guest.cpu_kind} CPUs",
                help=f"use one of {', '.join(map(str, counts))}",
                notes="the deploy fails when Fly.io refuses the Machine: flyctl does not check this",
            )


@rule("unknown-cpu-kind", severity=ERROR, enforced_by=PLATFORM, fix="safe", needs=("cpu_kind",))
def unknown_cpu_kind(app: App) -> Findings:
    """`cpu_kind` is neither `shared` nor `performance`."""
    for vm in _sized(app):
        kind = vm.text("cpu_kind")
        if not kind or kind in platform.CPU_COUNTS:
            continue
        name = closest(fold(kind).replace("cpu", ""), [*platform.CPU_COUNTS, "dedicated"])
        meant = "performance" if name == "dedicated" else name
        guest = vm.guest
        mend = None
        if meant:
            edits: list[StructuralEdit] | None = []
            if guest:
                guest.cpu_kind = meant
                edits = _fitting_memory(vm, guest)
            if edits is not None:
                title = f"use `{meant}`{_AND_MEMORY * bool(edits)}"
                mend = Mend(title, Replace(vm.at("cpu_kind"), meant), *edits, safe=True)
        yield Finding(
            vm.at("cpu_kind"),
            f"there is no kind of CPU called `{kind}`",
            label=f"did you mean `{meant}`?" if meant else "",
            help=f"write `{meant}`" if meant else f"write {listed(list(platform.CPU_COUNTS))}",
            notes="the deploy fails when Fly.io refuses the Machine: flyctl does not check this",
            fix=mend,
        )


@rule("vm-size-overridden", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("size",))
def vm_size_overridden(app: App) -> Findings:
    """A `[[vm]]` names a size, and its `cpus` or `cpu_kind` make a different Machine of it."""
    for vm in _sized(app):
        preset, guest = platform.VM_PRESETS.get(vm.text("size")), vm.guest
        if preset is None or guest is None or guest.cpus not in platform.CPU_COUNTS.get(guest.cpu_kind, ()):
            continue
        per_cpu = platform.MIN_MEMORY_PER_CPU[guest.cpu_kind], platform.MAX_MEMORY_PER_CPU[guest.cpu_kind]
        if not per_cpu[0] * guest.cpus <= guest.memory_mb <= per_cpu[1] * guest.cpus:
            continue  # vm-memory-not-offered speaks about it
        stated = {"cpus": preset.cpus, "cpu_kind": preset.cpu_kind}
        overriding = [key for key, value in stated.items() if vm.get(key) and vm.get(key) != value]
        if not overriding:
            continue
        mend = None
        name = _size_of(guest)
        if name in platform.VM_PRESETS:
            edits: list[Any] = [Replace(vm.at("size"), name), *(Delete(vm.at(key)) for key in stated if vm.has(key))]
            if not vm.get("memory") and not vm.get("memory_mb"):
                edits.append(Insert(vm.path, "memory", format_memory(guest.memory_mb)))
            mend = Mend(f"name the size of the Machine that runs, `{name}`", *edits, safe=False)
        yield Finding(
            vm.at("size"),
            f"size `{vm.size}` is overridden: the Machine has {guest.cpus} {guest.cpu_kind} CPU"
            + ("s" if guest.cpus > 1 else "")
            + f" and {guest.memory_mb} MB of memory",
            help="keep either `size` or `cpus` and `cpu_kind`, and set `memory` beside it",
            notes="flyctl starts from `size`, and every other key of the table then replaces its part of it",
            related=[(vm.at(key), f"replaces the {stated[key]} of the size") for key in overriding],
            fix=mend,
        )


@rule("vm-memory-set-twice", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("memory_mb",))
def vm_memory_set_twice(app: App) -> Findings:
    """A `[[vm]]` has `memory` and `memory_mb`, of which only the second counts."""
    for vm in _sized(app):
        memory, megabytes = vm.text("memory"), vm.integer("memory_mb")
        if not memory or not megabytes:
            continue
        try:
            same = parse_memory(memory) == megabytes
        except ValueError:
            continue
        mend = Mend("delete `memory_mb`", Delete(vm.at("memory_mb")), safe=True)
        if not same:
            mend = Mend("delete `memory`, which is not used", Delete(vm.at("memory")), safe=True)
        yield Finding(
            vm.at("memory"),
            f"`memory_mb` says the same as `memory`: {megabytes} MB"
            if same
            else f"`memory = {memory}` is not used: `memory_mb` gives the Machine {megabytes} MB",
            help="keep one of the two",
            related=[(vm.at("memory_mb"), "this one counts")],
            fix=mend,
            severity=INFO if same else None,
        )


@rule("vm-memory-left-to-default", severity=INFO, enforced_by=NOBODY, needs=("vm",))
def vm_memory_left_to_default(app: App) -> Findings:
    """A `[[vm]]` does not say how much memory the Machine has."""
    for vm in _used(app):
        guest = vm.guest
        unset = all(vm.lacks(key) or vm.get(key) in ("", 0) for key in ("memory", "memory_mb"))
        if guest is None or _gpu_key(vm) or not unset:
            continue
        size = f"size `{vm.size}`" if vm.get("size") else f"the default size `{vm.size}`"
        yield Finding(
            vm.path,
            f"no `memory` is set: each deploy gives the Machine the {guest.memory_mb} MB of {size}",
            help=f'write `memory = "{format_memory(guest.memory_mb)}"`, or as much as the app needs'
            + ("" if vm.get("size") else ", and name the `size`"),
            notes="what `fly scale vm` or `fly scale memory` has set is lost at each deploy, once a `[[vm]]` is there",
        )


# of Node.js, in MB, and of Java
_HEAP = pattern(
    r"--max[-_]old[-_]space[-_]size[= ](?P<node>\d{1,9})|-Xmx(?P<java>\d{1,12})(?P<unit>[kmgt]?)", re.IGNORECASE
)
_HEAP_VARIABLES = ("OPTIONS", "OPTS", "ARGS", "FLAGS")


@rule("heap-larger-than-memory", severity=WARNING, enforced_by=NOBODY, needs=("vm",))
def heap_larger_than_memory(app: App) -> Findings:
    """A program may use more memory for its heap than its Machine has."""
    if not app.vms or app.root.has("machine_config") or app.experimental.has("machine_config"):
        return
    variables = {n: heap for n, v in app.env.items() if n.upper().endswith(_HEAP_VARIABLES) and (heap := _heap(v))}
    commands = {group: heap for group, command in app.processes.items() if (heap := _heap(command))}
    if not variables and not commands:
        return  # most files
    memory = {group: _memory_of(app, group) for group in app.groups}
    # a variable is there in all groups, and may be meant for the largest
    largest = max(app.groups, key=lambda group: memory[group])
    env, processes = app.root.element("env"), app.root.element("processes")
    places = [(env.at(name), f"`{name}`", heap, largest) for name, heap in variables.items()]
    places += [(processes.at(group), f"the command of `{group}`", heap, group) for group, heap in commands.items()]
    for place, title, heap, group in places:
        vm = app.vm_of(group)
        if vm is None or heap <= memory[group]:
            continue
        swap = " and swap" if app.root.integer("swap_size_mb") else ""
        yield Finding(
            place,
            f"{title} allows a heap of {heap} MB, but the Machine has only {memory[group]:.0f} MB of memory{swap}",
            help=f"allow at most {memory[group] * 3 // 4:.0f} MB, as a program needs more than its heap, or give `[[vm]]`"
            f" more than {heap} MB of `memory`",
            notes="the program does not tidy up in time: Linux kills it when the memory of the Machine is used up",
            related=[(vm.at("memory") if vm.has("memory") else vm.path, "the memory of the Machine")],
        )


def _memory_of(app: App, group: str) -> float:
    """The MB that the programs of a group can use, swap included; without limit where it is not known."""
    vm = app.vm_of(group)
    guest = vm.guest if vm is not None else None
    return guest.memory_mb + max(app.root.integer("swap_size_mb") or 0, 0) if guest else math.inf


def _heap(text: str) -> int:
    """The MB that a program may use for its heap by the last option that says so; 0 when none does."""
    if "space" not in text and "Xmx" not in text:
        return 0  # most texts
    heap = 0
    for match in _HEAP.finditer(text):
        unit = "bkmgt".index((match["unit"] or "b").lower())
        heap = int(match["node"]) if match["node"] else int(match["java"]) * 1024**unit // 2**20
    return heap


@rule("gpu-not-available", severity=ERROR, enforced_by=PLATFORM, needs=("size", "gpu_kind", "gpus"))
def gpu_not_available(app: App) -> Findings:
    """A `[[vm]]` asks for a GPU, which Fly.io no longer has."""
    for vm in _used_or_released(app):
        key = _gpu_key(vm)
        if not key:
            continue
        yield Finding(
            vm.at(key),
            "Fly.io has no GPUs any more: Machines with a GPU are refused",
            help="remove " + listed([k for k in GPU_KEYS[1:] if vm.has(k)], "and") + " and use a performance size"
            if any(vm.has(k) for k in GPU_KEYS[1:])
            else "use a performance size such as `performance-8x`",
            notes="the service ended on 2026-07-31; flyctl still accepts the keys",
            related=[(vm.at(k), "asks for a GPU too") for k in GPU_KEYS[1:] if k != key and vm.get(k)],
        )


@rule("overridden-section", severity=WARNING, enforced_by=NOBODY, needs=("vm", "restart", "metrics"))
def overridden_section(app: App) -> Findings:
    """A `[[vm]]`, `[[restart]]` or `[[metrics]]` is not used, because another one stands for the same process group."""
    if max(len(app.vms), len(app.restarts), len(app.metrics)) < 2:
        return
    losers: dict[Path, tuple[str, list[str], Grouped]] = {}

    def clash(name: str, candidates: Sequence[Grouped], winner: int, group: str) -> None:
        for index, loser in enumerate(candidates):
            if index != winner % len(candidates):
                losers.setdefault(loser.path, (name, [], candidates[winner]))[1].append(group)

    for group in app.groups:
        clash("vm", app.vms_naming(group), -1, group)
        clash("restart", app.restarts_of(group), -1, group)
        clash("metrics", app.metrics_of(group), 0, group)
    clash("vm", [vm for vm in app.vms if vm.raw("processes") in (None, [])], 0, "")
    for path, (name, groups, winner) in losers.items():
        named = bool(groups[0] and app.processes)
        where = f" in group{'s' if len(groups) > 1 else ''} {listed(groups, 'and')}" if named else ""
        yield Finding(
            path,
            f"this `[[{name}]]` is not used{where}",
            help=f"keep one `[[{name}]]` for each process group, and name the groups in its `processes`",
            related=[(winner.path, "this one is used instead")],
        )


@rule(
    "swap-size-out-of-range",
    severity=ERROR,
    enforced_by=PLATFORM,
    options={"maximum-mb": 65536, "times-memory": 10},
    needs=("swap_size_mb",),
)
def swap_size_out_of_range(app: App, options: dict[str, Any]) -> Findings:
    """`swap_size_mb` is negative, or far more than a Machine can use."""
    swap = app.root.integer("swap_size_mb")
    if not swap:
        return
    path = app.root.at("swap_size_mb")
    if swap < 0:
        yield Finding(
            path, f"there cannot be {swap} MB of swap space", help="write `512`, or delete the key for no swap"
        )
        return
    guests = [(guest.memory_mb, vm) for vm in _used(app) if (guest := vm.guest) and guest.memory_mb > 0]
    memory, vm = max(guests, key=lambda guest: guest[0], default=(0, None))
    by_memory = vm is not None and memory * options["times-memory"] < options["maximum-mb"]
    if swap > (memory * options["times-memory"] if by_memory else options["maximum-mb"]):
        yield Finding(
            path,
            f"{swap} MB of swap space is far too much" + f" for a Machine with {memory} MB of memory" * by_memory,
            help="use less swap, about as much as there is memory, or more `memory` in `[[vm]]`",
            notes="swap takes its space from the root disk of the Machine, and a Machine with swap cannot be suspended",
            related=[(vm.path, "the memory is set here")] if vm and by_memory else (),
            severity=WARNING,
        )


@rule("host-dedication-with-volume", severity=WARNING, enforced_by=NOBODY, needs=("host_dedication_id",))
def host_dedication_with_volume(app: App) -> Findings:
    """A host dedication is set for Machines that have a volume, which cannot move to another host."""
    for element, groups in [(app.root, app.groups), *((vm, vm.groups) for vm in _used(app))]:
        if not element.text("host_dedication_id"):
            continue
        mounts = [mount for group in groups for mount in app.mounts_of(group)]
        if mounts:
            yield Finding(
                element.at("host_dedication_id"),
                "Machines with a volume cannot move to a dedicated host",
                help="fork each volume first, with `fly volume fork --host-dedication-id`",
                notes="a deploy replaces Machines that are not on that host, and fails where one has a volume",
                related=[(mounts[0].path, "the volume")],
            )


@rule("machine-config-invalid", severity=ERROR, enforced_by=FLYCTL, needs=("machine_config",))
def machine_config_invalid(app: App) -> Findings:
    """`machine_config` is neither JSON nor the name of a JSON file that exists, or has values that flyctl cannot read."""
    element = app.experimental if app.experimental.text("machine_config") else app.root
    config = element.text("machine_config")
    if not config or app.build.has("compose"):  # with a Compose file flyctl does not look at machine_config
        return
    path, container = element.at("machine_config"), app.root.text("container")
    at_deploy = "`fly config validate` calls this valid, and the deploy fails once the image is built"
    name = "machine_config"
    if not config.startswith("{"):
        if not config.endswith(".json"):
            yield Finding(
                path,
                "`machine_config` is neither JSON nor the name of a JSON file",
                help="begin the text with `{`, or name a file that ends in `.json`",
                notes=at_deploy,
            )
            return
        project = app.project
        if project is None or project.bare:
            return
        name = config
        below = project.from_above(name) if project.in_repository and not project.has_file(name) else ""
        if below and project.has_file(below):
            name = below  # right when it is deployed from further up
        elif project.has_file(name) is False:
            what = "is a folder" if project.has(name) else "does not exist"
            yield Finding(
                path,
                f"the file `{name}` {what}, so the deploy fails",
                label=what,
                help="write the path of a JSON file, relative to the folder that `fly deploy` runs in",
                notes=at_deploy,
                # deployed from the root of the repository, the path is relative to that
                severity=INFO if project.in_repository else None,
            )
            return
        config = project.read(name)
        if not config:
            return
    fault = machine_config.fault(config, name, container)
    if fault:
        key, message, help = fault
        related = [(path, "the containers are here")] if key else []
        yield Finding(app.root.at(key) if key else path, message, help=help, notes=at_deploy, related=related)


@once
def _used(app: App) -> list[Vm]:
    """The tables that decide about some Machine of a group."""
    return app.used_vms


@once
def _used_or_released(app: App) -> list[Vm]:
    """The tables that decide about some Machine, be it only the one of the release command."""
    release_vm = app.deploy.element("release_command_vm")
    released = bool(app.deploy.text("release_command") and release_vm)
    return [*_used(app), Vm(app, release_vm.table)] if released else _used(app)


@once
def _sized(app: App) -> list[Vm]:
    """The tables whose CPUs and memory matter: a Machine with a GPU is refused as a whole."""
    return [vm for vm in _used_or_released(app) if not _gpu_key(vm)]


def _gpu_key(vm: Vm) -> str:
    """The key that asks for a GPU, "" when none does."""
    if vm.text("size") in platform.GPU_SIZES:
        return "size"
    return "gpu_kind" if vm.get("gpu_kind") else "gpus" if vm.get("gpus") else ""
