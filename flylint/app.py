"""The app that a fly.toml describes: a typed view of what flyctl decodes, with process groups and effective values."""

from __future__ import annotations

from flylint import platform
from flylint.decode import Problem, Table, decode
from flylint.values import parse_memory, split_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, TypeVar

    T = TypeVar("T")

    from flylint.document import Document, Path
    from flylint.project import Project


def once(function: Callable[[App], T]) -> Callable[[App], T]:
    """Let a function of an app work once for each app: for what several rules want to know and none may change."""

    def answer(app: App) -> T:
        if function not in app.answers:
            app.answers[function] = function(app)
        answer: T = app.answers[function]
        return answer

    return answer


class Element:
    """A table of the file. The getters give None for a key that is unset or that flyctl cannot read."""

    __slots__ = ("app", "table")

    def __init__(self, app: App, table: Table) -> None:
        self.app = app
        self.table = table

    @property
    def path(self) -> Path:
        return self.table.path

    def at(self, key: str) -> Path:
        """Where the key stands in the file, under whatever old name, or where it would stand."""
        return self.table.places.get(key) or (*self.table.path, key)

    def has(self, key: str) -> bool:
        """Whether the key is written, be its value readable or not."""
        return key in self.table.places

    def lacks(self, key: str) -> bool:
        """Whether the key is missing for sure: not written, not misspelt, and the file could be read as a whole."""
        return key not in self.table.places and self.app.complete and key not in self.app.meant(self.table.path)

    def get(self, key: str) -> Any:
        """The decoded value: text, number, boolean, nanoseconds of a duration, list, or None."""
        return self.table.values.get(key)

    def raw(self, key: str) -> Any:
        """The value as it is written in the file."""
        place = self.table.places.get(key)
        return self.app.document_value(place) if place else None

    def text(self, key: str) -> str:
        """The text of a key; "" where there is none, as flyctl has it."""
        value = self.table.values.get(key)
        return value if isinstance(value, str) else ""

    def integer(self, key: str) -> int | None:
        value = self.table.values.get(key)
        return value if isinstance(value, int) else None

    def flag(self, key: str) -> bool | None:
        value = self.table.values.get(key)
        return value if isinstance(value, bool) else None

    def duration(self, key: str) -> int | None:
        """Nanoseconds."""
        value = self.table.values.get(key)
        return value if isinstance(value, int) else None

    def texts(self, key: str) -> list[str]:
        value = self.table.values.get(key)
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def mapping(self, key: str) -> dict[str, Any]:
        """The decoded entries of a sub-table."""
        value = self.table.values.get(key)
        return value.values if isinstance(value, Table) else {}

    def element(self, key: str) -> Element:
        """The sub-table of a key, an empty one where there is none."""
        value = self.table.values.get(key)
        return Element(self.app, value if isinstance(value, Table) else Table(self.at(key), {}))

    def elements(self, key: str) -> list[Element]:
        """The tables of an array of tables."""
        value = self.table.values.get(key)
        return [Element(self.app, table) for table in value] if isinstance(value, list) else []

    def __bool__(self) -> bool:
        """Whether anything is written in it."""
        return bool(self.table.places or self.table.raw)


class Grouped(Element):
    """A table with `processes`.

    named_groups  the groups as written; [] when none is named
    groups        the existing groups that it applies to, sorted
    """

    __slots__ = ("groups", "named_groups")

    def __init__(self, app: App, table: Table) -> None:
        super().__init__(app, table)
        self.named_groups: list[str] = self.texts("processes")
        self.groups: list[str] = self._existing() if self.named_groups else self._unnamed()

    def _existing(self) -> list[str]:
        return sorted(self.app.group_names.intersection(self.named_groups))

    def _unnamed(self) -> list[str]:
        """The groups of an element without `processes`: the default one (AC/processgroups.go:Flatten)."""
        return [self.app.default_group]


class Check(Grouped):
    """A health check.

    kind      "http" or "tcp"; "" for a top-level check without a valid type
    service   the service that it belongs to; None for a top-level check
    name      of a top-level check
    """

    __slots__ = ("kind", "name", "service")

    DURATIONS = ("grace_period", "interval", "timeout")
    HTTP_KEYS = ("path", "method", "headers", "protocol", "tls_skip_verify", "tls_server_name")
    """The keys that only a check over HTTP has."""

    def __init__(self, app: App, table: Table, kind: str, service: Service | None = None, name: str = "") -> None:
        super().__init__(app, table)
        self.kind = kind
        self.service = service
        self.name = name
        if service:
            self.groups = service.groups

    @property
    def interval(self) -> int | None:
        return self.duration("interval")

    @property
    def timeout(self) -> int | None:
        return self.duration("timeout")

    @property
    def grace_period(self) -> int | None:
        return self.duration("grace_period")

    @property
    def effective_grace_period(self) -> int:
        """Nanoseconds that the platform waits before the first check: the default, clamped for service checks."""
        grace = self.grace_period
        if grace is None:
            return platform.DEFAULT_GRACE_PERIOD
        return platform.clamp_service_check(grace, zero_allowed=True) if self.service else grace

    @property
    def title(self) -> str:
        """How messages call it."""
        if self.service is None:
            return f"check `{self.name}`"
        return f"the {self.kind} check of {self.service.title}"


class Port(Element):
    """An external port of a service; the two of [http_service] are not written in the file."""

    __slots__ = ("implied",)

    def __init__(self, app: App, table: Table, implied: bool = False) -> None:
        super().__init__(app, table)
        self.implied = implied

    @property
    def handlers(self) -> list[str]:
        return self.texts("handlers")

    @property
    def first(self) -> int | None:
        port = self.integer("port")
        return port if port is not None else self.integer("start_port")

    @property
    def last(self) -> int | None:
        port = self.integer("port")
        return port if port is not None else self.integer("end_port")

    def covers(self, number: int) -> bool:
        """Whether this entry exposes the port (FG/machine_types.go:MachinePort.ContainsPort)."""
        port = self.integer("port")
        if port is not None:
            return port == number
        start, end = self.integer("start_port"), self.integer("end_port")
        return (start is not None or end is not None) and (start or 0) <= number <= (65535 if end is None else end)


class Service(Grouped):
    """[http_service] or an entry of [[services]]."""

    __slots__ = ("checks", "is_http_service", "machine_checks", "ports")

    def __init__(self, app: App, table: Table, is_http_service: bool) -> None:
        super().__init__(app, table)
        self.is_http_service = is_http_service
        if is_http_service:
            self.ports = [self._implied_port(80, ["http"]), self._implied_port(443, ["http", "tls"])]
            checks = [Check(app, t, "http", self) for t in table.values.get("checks", [])]
        else:
            self.ports = [Port(app, t) for t in table.values.get("ports", [])]
            checks = [Check(app, t, "tcp", self) for t in table.values.get("tcp_checks", [])]
            checks += [Check(app, t, "http", self) for t in table.values.get("http_checks", [])]
        self.checks: list[Check] = checks
        self.machine_checks = self.elements("machine_checks")

    def _implied_port(self, number: int, handlers: list[str]) -> Port:
        table = Table(self.table.path, {})
        table.values = {"port": number, "handlers": handlers}
        return Port(self.app, table, implied=True)

    @property
    def title(self) -> str:
        """How messages call it."""
        if self.is_http_service:
            return "`[http_service]`"
        port = self.internal_port
        return f"the service on port {port}" if port else "this service"

    @property
    def protocol(self) -> str:
        return "tcp" if self.is_http_service else self.text("protocol")

    @property
    def internal_port(self) -> int | None:
        return self.integer("internal_port")

    @property
    def speaks_http(self) -> bool:
        return self.is_http_service or any("http" in port.handlers for port in self.ports)

    @property
    def public(self) -> bool:
        """Whether it exposes any external port."""
        return bool(self.ports)

    @property
    def autostop(self) -> str:
        """ "off", "stop" or "suspend"; unset counts as off."""
        return self.text("auto_stop_machines") or "off"

    @property
    def concurrency(self) -> Element:
        return self.element("concurrency")


class Guest:
    """The Machine that a [[vm]] asks for (AC/machines.go:computeToGuest)."""

    __slots__ = ("cpu_kind", "cpus", "gpus", "memory_mb")

    def __init__(self, cpu_kind: str, cpus: int, memory_mb: int, gpus: int = 0) -> None:
        self.cpu_kind = cpu_kind
        self.cpus = cpus
        self.memory_mb = memory_mb
        self.gpus = gpus


class Vm(Grouped):
    """An entry of [[vm]], or [deploy.release_command_vm]."""

    __slots__ = ()

    def _unnamed(self) -> list[str]:
        """All groups (AC/processgroups.go:ComputeForGroup)."""
        return self.app.groups

    @property
    def size(self) -> str:
        """The preset that it starts from."""
        return self.text("size") or (platform.DEFAULT_GPU_SIZE if self.text("gpu_kind") else platform.DEFAULT_SIZE)

    @property
    def guest(self) -> Guest | None:
        """The Machine; None when the size or the memory is not one that flyctl understands."""
        return self.guest_from(self.size)

    def guest_from(self, size: str) -> Guest | None:
        """The Machine that the other keys make of a size; None as for `guest`."""
        preset = platform.VM_PRESETS.get(size)
        if preset is None:
            return None
        memory = preset.memory_mb
        if self.text("memory"):
            try:
                memory = parse_memory(self.text("memory"))
            except ValueError:
                return None
            if memory == 0:
                return None
        return Guest(
            self.text("cpu_kind") or preset.cpu_kind,
            self.integer("cpus") or preset.cpus,
            self.integer("memory_mb") or memory,
            self.integer("gpus") or preset.gpus,
        )


class App:
    """The whole file.

    complete   the file has no syntax error, so what is not there is really missing
    groups     names of the process groups, sorted, as flyctl has them; ["app"] without [processes]
    project    the files beside it; None when nobody may look at them
    marks      what kinds of keys and of problems it has, by which rules are asked or not: see `flylint.decode.decode`
    answers    what functions with `once` have found out about it
    """

    def __init__(self, document: Document, project: Project | None = None) -> None:
        self.document = document
        self.project = project
        self.complete: bool = document.complete
        table, self.problems, self.marks = decode(document.values)
        self._meant: dict[Path, set[str]] | None = None
        self._by_group: dict[str, dict[str, list[Any]]] = {}
        self._ports: dict[tuple[str, ...], list[int]] = {}
        self._remarks: str | None = None
        self.answers: dict[Callable[..., Any], Any] = {}
        self.root = root = Element(self, table)
        self.processes: dict[str, str] = root.mapping("processes")
        # also those whose command cannot be read
        self.groups: list[str] = sorted(root.element("processes").table.places) or [platform.DEFAULT_GROUP]
        self.group_names = frozenset(self.groups)
        self.default_group = platform.DEFAULT_GROUP if platform.DEFAULT_GROUP in self.groups else self.groups[0]
        self.env: dict[str, str] = root.mapping("env")
        self.build = root.element("build")
        self.deploy = root.element("deploy")
        self.experimental = root.element("experimental")
        values = table.values
        http_service = values.get("http_service")
        # an empty table is a service too: AC/service.go:AllServices only asks whether it is there
        self.http_service = None if http_service is None else Service(self, http_service, True)
        self.services: list[Service] = [] if self.http_service is None else [self.http_service]
        self.services += [Service(self, t, False) for t in values.get("services", [])]
        self.checks: list[Check] = []
        if "checks" in values:
            for name, t in values["checks"].values.items():
                self.checks.append(Check(self, t, str(t.values.get("type", "")), name=name))
        self.mounts = self._grouped("mounts")
        self.metrics = self._grouped("metrics")
        self.restarts = self._grouped("restart")
        self.files = self._grouped("files")
        self.statics = root.elements("statics")
        self.machine_checks = root.elements("machine_checks")
        self.vms = [Vm(self, t) for t in values.get("vm", [])]
        self.general_vm: Vm | None = next((vm for vm in self.vms if not vm.named_groups), None)

    def release(self) -> None:
        """Let go of everything, when nobody asks any more.

        Elements know the app, and checks their service: what is tied in circles waits for the garbage collector, which
        costs a fifth of the time of a run over many files.
        """
        for service in self.services:
            service.checks.clear()
        vars(self).clear()

    def _grouped(self, key: str) -> list[Grouped]:
        return [Grouped(self, table) for table in self.root.get(key) or []]

    def document_value(self, path: Path) -> Any:
        """The value that is written at a place of the file, None when there is nothing."""
        value: Any = self.document.values
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def says(self, *phrases: str) -> bool:
        """Whether a comment of the file contains one of these phrases (in lower case): a reminder of it is needless then.

        Ignore comments do not count: what they name would keep silent by itself, and they would hide nothing.
        """
        if self._remarks is None:
            text = self.document.text.lower()
            if not any(phrase in text for phrase in phrases):
                return False
            remarks = (comment for _, comment in self.document.comments() if "flylint:" not in comment)
            self._remarks = "\n".join(remarks).lower()
        return any(phrase in self._remarks for phrase in phrases)

    def problems_of(self, *kinds: str) -> list[Problem]:
        """The places that decoding stumbled over, of some kinds."""
        return [problem for problem in self.problems if problem.kind in kinds]

    def meant(self, path: Path) -> set[str]:
        """The keys of a table that its misspelt and invented keys were probably meant to be."""
        if self._meant is None:
            from flylint.unknown_keys import meant_keys

            self._meant = meant_keys(self)
        return self._meant.get(path, set())

    def _of(self, kind: str, group: str) -> list[Any]:
        """The elements of a kind that apply to a group. There may be many of both, so they are sorted once."""
        if kind not in self._by_group:
            kinds: dict[str, Sequence[Grouped]] = {
                "services": self.services,
                "checks": self.checks,
                "mounts": self.mounts,
                "restarts": self.restarts,
                "metrics": self.metrics,
                "vms": [vm for vm in self.vms if vm.named_groups],
            }
            index: dict[str, list[Grouped]] = {}
            for element in kinds[kind]:
                for name in element.groups:
                    index.setdefault(name, []).append(element)
            self._by_group[kind] = index
        return self._by_group[kind].get(group, [])

    @property
    def every_check(self) -> Iterator[Check]:
        """The checks of all services, then the top-level ones."""
        for service in self.services:
            yield from service.checks
        yield from self.checks

    @property
    def every_machine_check(self) -> list[Element]:
        """The commands that a deploy runs against a new Machine: those of all services, then the top-level ones."""
        return [check for service in self.services for check in service.machine_checks] + self.machine_checks

    def services_of(self, group: str) -> list[Service]:
        return self._of("services", group)

    def checks_of(self, group: str) -> list[Check]:
        """The top-level checks of a group."""
        return self._of("checks", group)

    def mounts_of(self, group: str) -> list[Grouped]:
        return self._of("mounts", group)

    def metrics_of(self, group: str) -> list[Grouped]:
        return self._of("metrics", group)

    def restarts_of(self, group: str) -> list[Grouped]:
        return self._of("restarts", group)

    def vms_naming(self, group: str) -> list[Vm]:
        """The [[vm]]s that name a group."""
        return self._of("vms", group)

    def vm_of(self, group: str) -> Vm | None:
        """The [[vm]] of a group: the last that names it, else the first that names none.

        Source: AC/processgroups.go:ComputeForGroup.
        """
        naming = self.vms_naming(group)
        return naming[-1] if naming else self.general_vm

    @property
    def used_vms(self) -> list[Vm]:
        """The [[vm]] of all groups: flyctl never looks at another one."""
        used = {self.vm_of(group) for group in self.groups}
        return [vm for vm in self.vms if vm in used]

    def restart_of(self, group: str) -> Grouped | None:
        """The [[restart]] of a group: the last that applies to it (AC/machines.go:updateMachineConfig)."""
        restarts = self.restarts_of(group)
        return restarts[-1] if restarts else None

    def internal_ports(self, groups: list[str]) -> list[int]:
        """The ports that the services of these groups forward to."""
        known = self._ports.get(tuple(groups))
        if known is None:
            if len(groups) == 1:
                services = self.services_of(groups[0])
            else:
                wanted = frozenset(groups)
                services = [service for service in self.services if not wanted.isdisjoint(service.groups)]
            known = list(dict.fromkeys(service.internal_port for service in services if service.internal_port))
            self._ports[tuple(groups)] = known
        return known

    def command(self, group: str) -> list[str]:
        """The words of a group's command; [] when it has none or it cannot be split."""
        try:
            return split_words(self.processes.get(group, ""))
        except ValueError:
            return []

    @property
    def strategy(self) -> str:
        """The deploy strategy; rolling unless another is written. In a wrong spelling it is the one that was meant."""
        written = self.deploy.text("strategy") or "rolling"
        if written in platform.STRATEGIES:
            return written
        from flylint.unknown_keys import closest

        return closest(written, platform.STRATEGIES) or written
