"""Services: which there are, where they forward to, and which of them get in each other's way."""

from __future__ import annotations

from flylint import platform
from flylint.app import once
from flylint.edits import Delete, Insert, Merge, MoveKey, Replace, SetBrackets
from flylint.rules import ERROR, INFO, NOBODY, WARNING, Finding, Mend, rule
from flylint.unknown_keys import closest
from flylint.values import listed, port_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from flylint.app import App, Port, Service
    from flylint.document import Path
    from flylint.edits import StructuralEdit
    from flylint.project import FilePlace
    from flylint.rules import Findings

_ONE_IS_LOST = (
    "a Machine has each external port only once: one of the two definitions is lost, with its checks and limits"
)
_UNIQUE_INTERNAL_PORT = (
    "Fly.io tells the services of a Machine apart by protocol and internal port: of two with the same pair only one "
    "survives, and checks of the other never report"
)
# what a service may say without changing anything about one that exists already
_PLAIN_KEYS = {"protocol", "internal_port", "ports", "processes"}
_STANDARD_HANDLERS = {80: {"http"}, 443: {"http", "tls"}}


def called(service: Service) -> str:
    """The service as another finding calls it."""
    return service.title if service.is_http_service or service.internal_port else "another service"


def layer(service: Service) -> str:
    """Whose ports the service takes: UDP ports are others than TCP ports."""
    return "udp" if service.protocol == "udp" else "tcp"


def is_phantom(service: Service) -> bool:
    """Whether it is a service by accident: nothing says where it listens, so its tables were meant for another one."""
    keys, raw = ("internal_port", "protocol", "ports"), service.table.raw.values()
    filled = bool(service.table.places) or any(isinstance(value, (dict, list)) for value in raw)
    return not service.is_http_service and filled and all(service.lacks(key) for key in keys)


def has_known_groups(service: Service) -> bool:
    """Whether the service says where it runs; flyctl refuses one that does not in a file with `[processes]`."""
    return not service.app.processes or bool(service.named_groups)


def span(port: Port) -> tuple[int, int] | None:
    """The first and the last external port of an entry that says both properly."""
    first, last = port.first, port.last
    return (first, last) if first is not None and last is not None and first <= last else None


def place_of(port: Port) -> Path:
    """The key that says the external port; [http_service] as a whole for its own two."""
    return port.path if port.implied else port.at("port" if port.has("port") else "start_port")


class Overlap:
    """Two entries of `[[services.ports]]` that expose a common external port or range, the second below the first."""

    __slots__ = ("first", "numbers", "other", "second", "service")

    def __init__(self, other: Service, first: Port, service: Service, second: Port, numbers: str) -> None:
        self.other = other
        self.first = first
        self.service = service
        self.second = second
        self.numbers = numbers

    @property
    def together(self) -> bool:
        """Whether the two services are on the same Machines."""
        return not set(self.service.groups).isdisjoint(self.other.groups)


@once
def overlaps(app: App) -> list[Overlap]:
    """Every entry whose external port an entry above exposes already, with the first one on each set of groups."""
    return list(_overlaps(app)) if app.root.get("services") else []  # the two ports of `[http_service]` are apart


def _overlaps(app: App) -> Iterator[Overlap]:
    singles: dict[tuple[str, int], dict[tuple[str, ...], tuple[Service, Port]]] = {}
    ranges: list[tuple[str, int, int, Service, Port]] = []
    for service in app.services:
        if not service.internal_port or not has_known_groups(service):
            continue
        kind, groups = layer(service), tuple(service.groups)
        for port in service.ports:
            extent = span(port)
            if extent is None or (extent[0] != extent[1] and len(ranges) == _MOST):
                continue
            start, end = extent
            for other, first in singles.get((kind, start), {}).values() if start == end else ():
                yield Overlap(other, first, service, port, str(start))
            for a_kind, low, high, other, first in ranges:
                low, high = max(low, start), min(high, end)
                if a_kind == kind and low <= high:
                    yield Overlap(other, first, service, port, str(low) if low == high else f"{low} to {high}")
            if start == end:
                holders = singles.setdefault((kind, start), {})
                if len(holders) < _MOST:
                    holders.setdefault(groups, (service, port))
                continue
            for (a_kind, number), holders in singles.items():
                if a_kind == kind and start <= number <= end:
                    for other, first in holders.values():
                        yield Overlap(other, first, service, port, str(number))
            ranges.append((kind, start, end, service, port))


_MOST = 50  # ranges, and sets of groups with the same port, that are compared with all others: nobody writes so many


@once
def rivals(app: App) -> dict[Path, list[Overlap]]:
    """For each service the overlaps with the first service above on the same Machines that has some of its ports."""
    found: dict[Path, list[Overlap]] = {}
    for overlap in overlaps(app):
        if overlap.together and overlap.service.path != overlap.other.path:
            earlier = found.setdefault(overlap.service.path, [])
            if not earlier or earlier[0].other.path == overlap.other.path:
                earlier.append(overlap)
    return found


@once
def twins(app: App) -> dict[Path, Service]:
    """For each service the first one above on the same Machines with the same protocol and internal port."""
    first: dict[tuple[str, int, str], Service] = {}
    found: dict[Path, Service] = {}
    for service in app.services:
        port = service.internal_port
        if port and has_known_groups(service):
            for group in service.groups:
                other = first.setdefault((layer(service), port, group), service)
                if other.path != service.path:
                    found.setdefault(service.path, other)
    return found


@rule("no-service", severity=INFO, enforced_by=NOBODY)
def no_service(app: App) -> Findings:
    """No service is defined, so the app can be reached on the private network only."""
    if app.root.lacks("http_service") and app.root.lacks("services"):
        port = app.env.get("PORT")
        yield Finding(
            (),
            "the app has no service: nothing on the internet can reach it"
            + (", although `[env]` sets `PORT`" if port is not None else ""),
            help="add `[http_service]` with its `internal_port` if the app answers HTTP; a worker or bot needs none",
            notes="without a service there are no public addresses and no automatic start or stop; the first deploy "
            "makes one Machine and a standby",
        )


@rule("service-without-ports", severity=ERROR, enforced_by=NOBODY, needs=("services",))
def service_without_ports(app: App) -> Findings:
    """A service exposes no external port, so the proxy forwards nothing to it."""
    for service in app.services:
        exposed = service.is_http_service or not (service.lacks("ports") or service.get("ports") == [])
        if exposed or not service.table.places or is_phantom(service) or service.path in twins(app):
            continue
        checked = bool(service.checks)
        yield Finding(
            service.path,
            f"{service.title} exposes no external port, so it "
            + ("does nothing but its checks" if checked else "does nothing"),
            label="no `[[services.ports]]`",
            help="add `[[services.ports]]` with a `port`"
            + (", or turn the checks into top-level `[checks]`" if checked else ", or delete the service")
            + ": Machines reach each other on the private network without a service",
            notes="flyctl prints a warning that this will be refused one day, and goes on",
            severity=WARNING if checked else ERROR,
        )


@rule("missing-internal-port", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("http_service", "services"))
def missing_internal_port(app: App) -> Findings:
    """A service does not say on which port the app listens."""
    for service in app.services:
        zero = service.internal_port == 0
        if not zero and (not service.lacks("internal_port") or is_phantom(service)):
            continue
        value, source, place = _told_port(app)
        edit = Replace(service.at("internal_port"), value) if zero else Insert(service.path, "internal_port", value)
        name = "`[http_service]`" if service.is_http_service else "this service"
        yield Finding(
            service.at("internal_port") if zero else service.path,
            f"{name} has `internal_port = 0`, which is no port" if zero else f"{name} has no `internal_port`",
            label="where does the app listen?",
            help=f"set `internal_port = {value}`, {source}"
            if value
            else "set `internal_port` to the port on which the app listens",
            notes="flyctl sends no port at all: it does not fill in the 8080 that the documentation calls the default",
            related=[(place, "the app is told to listen here")] if place else [],
            # of several services only one can have this port
            fix=Mend(f"set `internal_port = {value}`", edit, safe=len(app.services) == 1) if value else None,
        )


def _told_port(app: App) -> tuple[int, str, Path | FilePlace | None]:
    """The port that the app is told to listen on, what tells it, and where; 0 when nothing does."""
    port = app.env.get("PORT", "")
    if number := port_number(port):
        return number, "the `PORT` of `[env]`", app.root.element("env").at("PORT")
    if app.project is not None and not port:
        from flylint.project.dockerfile import image_of

        image = image_of(app)
        ports = image.exposed if image else set()
        if image and len(ports) == 1 and (number := port_number(ports.pop())):
            return number, "what the Dockerfile says with `EXPOSE`", image.all("EXPOSE")[-1].place
    return 0, "", None


@rule("phantom-service", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("services",))
def phantom_service(app: App) -> Findings:
    """A `services` table with nothing but sub-tables makes an empty service instead of adding to another one."""
    for service in app.services:
        if not is_phantom(service):
            continue
        keys = sorted(service.table.raw)
        target = app.http_service
        yield Finding(
            service.path,
            f"this makes an empty service without any port: it has only {listed(keys, 'and')}",
            label="a service of its own" + (", not a part of `[http_service]`" if target is not None else ""),
            help="move what is in it to `[http_service]`: `[http_service.concurrency]`, `[[http_service.checks]]`"
            if target is not None
            else "give it `internal_port`, `protocol` and `[[services.ports]]`, or write `[http_service]` instead",
            notes="the limits and checks in it apply to nothing",
            related=[(target.path, "the service that was meant")] if target is not None else [],
            fix=_adopt(service, target) if target is not None else None,
        )


def _adopt(phantom: Service, target: Service) -> Mend | None:
    """Move the tables of a phantom to [http_service], if they can all stand there and none is there yet."""
    names = {
        "checks": "checks",
        "concurrency": "concurrency",
        "http_checks": "checks",
        "machine_checks": "machine_checks",
    }
    moves: list[StructuralEdit] = []
    for key, value in phantom.table.raw.items():
        name, place = names.get(key), phantom.at(key)
        if name is None or not target.lacks(name) or not isinstance(value, (dict, list)):
            return None
        if name != "concurrency" and isinstance(value, dict):
            moves.append(SetBrackets(place, True))  # single tables are fine in `[[services]]` only
        moves.append(MoveKey(place, target.path, name))
    alone = not isinstance(phantom.path[-1], int) or len(phantom.app.root.elements("services")) == 1
    return Mend("move it to `[http_service]`", *moves, Delete(("services",)), safe=True) if alone else None


@rule("missing-service-protocol", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("services",))
def missing_service_protocol(app: App) -> Findings:
    """A service does not say whether it speaks TCP or UDP."""
    for service in app.services:
        if service.is_http_service or is_phantom(service) or not service.table.places:
            continue
        empty = service.get("protocol") == ""
        if not empty and not service.lacks("protocol"):
            continue
        edit = Replace(service.at("protocol"), "tcp") if empty else Insert(service.path, "protocol", "tcp")
        yield Finding(
            service.at("protocol") if empty else service.path,
            f"{service.title} has no `protocol`",
            label='`"tcp"` or `"udp"`?',
            help='add `protocol = "tcp"`, or `"udp"` if that is what the app speaks',
            notes="flyctl sends an empty protocol, and skips the service when it chooses the IP addresses of a new app",
            fix=Mend('set `protocol = "tcp"`', edit, safe=False),
        )


@rule("invalid-service-protocol", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("protocol",))
def invalid_service_protocol(app: App) -> Findings:
    """A service has a protocol other than `tcp` and `udp`."""
    for service in app.services:
        protocol = service.text("protocol")
        if not protocol or protocol in platform.SERVICE_PROTOCOLS:
            continue
        plain = protocol.strip().lower()
        plainly = plain in platform.SERVICE_PROTOCOLS or plain in _HANDLED_PROTOCOLS
        meant = "tcp" if plain in _HANDLED_PROTOCOLS else closest(plain, platform.SERVICE_PROTOCOLS)
        yield Finding(
            service.at("protocol"),
            f"`{protocol}` is not a protocol of services",
            label='must be `"tcp"` or `"udp"`',
            help=f'write `protocol = "{meant or "tcp"}"`'
            + ("" if plain == meant else "; HTTP and TLS are `handlers` of `[[services.ports]]`"),
            fix=Mend(f'write `"{meant}"`', Replace(service.at("protocol"), meant), safe=plainly) if meant else None,
        )


_HANDLED_PROTOCOLS = ("http", "https", "h2", "h2c", "http2", "grpc", "tls", "ssl", "ws", "wss", "websocket")


@rule("external-port-conflict", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("services",))
def external_port_conflict(app: App) -> Findings:
    """The same external port is given out twice on one Machine, so one of the two definitions is lost."""
    for shared in rivals(app).values():
        yield _conflict(shared)
    twice: set[Path] = set()
    for overlap in overlaps(app):
        if overlap.service.path == overlap.other.path and overlap.second.path not in twice:
            twice.add(overlap.second.path)
            same = overlap.first.table.values == overlap.second.table.values
            yield Finding(
                place_of(overlap.second),
                f"port {overlap.numbers} stands twice in {overlap.service.title}"
                + ("" if same else ", with different settings"),
                help="delete one of the two `[[services.ports]]` entries",
                related=[(place_of(overlap.first), "stands here already")],
                severity=WARNING if same else ERROR,
                fix=Mend("delete the second entry", Delete(overlap.second.path), safe=True) if same else None,
            )


def _conflict(shared: list[Overlap]) -> Finding:
    service, other = shared[0].service, shared[0].other
    numbers = list(dict.fromkeys(overlap.numbers for overlap in shared))
    ports = "port " + numbers[0] if len(numbers) == 1 else "ports " + " and ".join(numbers[:2])
    ports += f" and {len(numbers) - 2} more" if len(numbers) > 2 else ""
    lead, are = ("leads", "is") if len(numbers) == 1 else ("lead", "are")
    if service.internal_port == other.internal_port:
        message = f"{ports} and the app's port {service.internal_port} belong to {called(other)} already"
        if not other.is_http_service:
            message = f"{ports} {are} defined by two services, both for the app's port {service.internal_port}"
    else:
        message = f"{ports} {lead} to {service.internal_port} here, but to {other.internal_port} in {called(other)}"
    redundant = _adds_nothing(service, other)
    return Finding(
        place_of(shared[0].second),
        message,
        label="taken already",
        help="delete this `[[services]]` entry"
        + ("" if redundant else "; what it adds, such as checks and limits, belongs to `[http_service]`")
        + ", or give it another external port"
        if other.is_http_service
        else "give each service external ports of its own, or keep one of the two",
        notes=[_ONE_IS_LOST]
        + (["`[http_service]` is itself a service on the ports 80 and 443"] if other.is_http_service else []),
        related=[(place_of(shared[0].first), "taken here")],
        # with one target the app is reached all the same; with two, one of them never is
        severity=WARNING if service.internal_port == other.internal_port else ERROR,
        fix=Mend("delete this service, which adds nothing", _deletion(service), safe=True) if redundant else None,
    )


def _deletion(service: Service) -> Delete:
    """Take the service away, and the array with its last one."""
    last = service.path[-1] == 0 and len(service.app.root.elements("services")) == 1
    return Delete(service.path[:-1] if last else service.path)


def _adds_nothing(service: Service, other: Service) -> bool:
    """Whether a service says only what [http_service] says anyway."""
    same_target = service.internal_port == other.internal_port and set(service.groups) == set(other.groups)
    if not other.is_http_service or not same_target:
        return False
    redirects = bool(other.flag("force_https"))
    return set(service.table.raw) <= _PLAIN_KEYS and all(
        set(port.table.raw) <= {"port", "handlers", "force_https"}
        and _STANDARD_HANDLERS.get(port.first or 0) == set(port.handlers)
        and (not port.flag("force_https") or (redirects and port.first == 80))
        for port in service.ports
    )


@rule("duplicate-service", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("services",))
def duplicate_service(app: App) -> Findings:
    """Two services of the same Machines have the same protocol and internal port, so only one of them survives."""
    others, conflicts = twins(app), rivals(app)
    for service in app.services:
        other = others.get(service.path)
        if other is None or service.path in conflicts:
            continue
        empty = set(service.table.raw) <= _PLAIN_KEYS - {"ports"} and set(service.groups) <= set(other.groups)
        yield Finding(
            service.at("internal_port"),
            f"this service is a duplicate: it leads to the same {layer(service)} port {service.internal_port} as "
            + (called(other) if other.is_http_service else "the one above"),
            label="the same port",
            help="delete it"
            if empty
            else "merge them: one service can have several `[[services.ports]]` and checks of both kinds",
            notes=_UNIQUE_INTERNAL_PORT,
            related=[(other.at("internal_port"), "defined here")],
            fix=Mend("delete it: it says nothing new", _deletion(service), safe=True)
            if empty
            else _merging(service, other),
        )


def _merging(service: Service, other: Service) -> Mend | None:
    """Give the ports of a service to the one above, if it has nothing else of its own."""
    adjacent = service.path[-1:] != ("services",) and service.path[:-1] == other.path[:-1]
    if not adjacent or int(service.path[-1]) != int(other.path[-1]) + 1 or not set(service.table.raw) <= _PLAIN_KEYS:
        return None
    if service.protocol != other.protocol or set(service.groups) != set(other.groups):
        return None
    # what the other one says beyond that may be lost today
    return Mend("merge it with the one above", Merge(service.path), safe=set(other.table.raw) <= _PLAIN_KEYS)


@rule("external-port-shared-by-groups", severity=WARNING, enforced_by=NOBODY, needs=("services",))
def external_port_shared_by_groups(app: App) -> Findings:
    """Services of different process groups expose the same external port, so requests reach either group."""
    told: set[Path] = set()
    for overlap in overlaps(app):
        service, other = overlap.service, overlap.other
        if overlap.together or not service.groups or not other.groups or service.path in told:
            continue
        told.add(service.path)
        here, there = listed(service.groups, "and"), listed(other.groups, "and")
        yield Finding(
            place_of(overlap.second),
            f"port {overlap.numbers} leads to {here} here and to {there} above: requests go to either at random",
            label=f"leads to {here}",
            help="give each process group external ports of its own, or route inside one group",
            notes="Fly Proxy knows no process groups: it spreads a port over all Machines that have a service on it",
            related=[(place_of(overlap.first), f"leads to {there}")],
        )
