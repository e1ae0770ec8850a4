"""What a value comes to: what Fly.io makes of it, and what it means beside the rest of the file."""

from __future__ import annotations

from re import fullmatch
from typing import Any, NamedTuple

from flylint import platform
from flylint.app import App, Port, Service, Vm
from flylint.document import Document
from flylint.server.cursor import Names, node_of, table_of
from flylint.server.text import code
from flylint.values import (
    UNITS,
    format_duration,
    format_memory,
    go_text,
    listed,
    parse_duration,
    parse_memory,
    parse_volume_size,
    split_words,
)

LONG_UNITS = {"ns": "nanoseconds", "ms": "milliseconds", "s": "seconds"}
"""The units that a plain number can count, see `Node.unit`."""

_SERVICE_CHECKS = (("http_service", "checks"), ("services", "tcp_checks"), ("services", "http_checks"))


def values_of(schema: dict[str, Any]) -> dict[Any, str]:
    """The values that a key, or the elements of its list, can have, each with a few words."""
    found: dict[Any, str] = {}
    places = [schema, *schema.get("anyOf", ())]
    places += [place["items"] for place in places if isinstance(place.get("items"), dict)]
    for place in places:
        found.update(place.get("x-values") or dict.fromkeys(place.get("enum", ()), ""))
    return found


def meaning(path: Names, value: Any) -> str:
    """What Fly.io makes of a value; "" when that is what is written there."""
    table, node = table_of(node_of(path[:-1])), node_of(path)
    if not path or table is None or node is None:
        return ""
    if node.read in ("duration", "lenient-duration"):
        return _duration(path, node.unit, value)
    values = values_of(table.about(path[-1]))
    if isinstance(value, str) and values.get(value):
        return values[value]
    if node.read == "autostop" and isinstance(value, bool):
        return 'the old word for `"stop"`' if value else 'the old word for `"off"`'
    if path == ("primary_region",) and value in platform.DEPRECATED_REGIONS:
        successor = platform.DEPRECATED_REGIONS[value]
        near = f", near it is `{successor}` ({platform.REGIONS[successor]})" if successor else ""
        return f"a region that Fly.io has given up{near}"
    if path[:1] == ("processes",) and isinstance(value, str):
        words = split_words(value)
        return "the words " + ", ".join(map(code, words)) if len(words) > 1 else ""
    if path[:1] == ("env",) and not isinstance(value, str):
        return "the app sees the text " + code(f'"{go_text(value)}"')
    if path == ("deploy", "max_unavailable"):
        return _max_unavailable(value)
    return _size(path, value)


class Limits(NamedTuple):
    """The shortest and the longest duration of a key, in nanoseconds, and whether flyctl refuses any other."""

    shortest: int = 0
    longest: int = 2**63 - 1
    refused: bool = False


def duration_limits(path: Names) -> Limits:
    """Between which limits a duration holds as it is written."""
    key = path[-1]
    if path[:2] in _SERVICE_CHECKS:
        return Limits(0 if key == "grace_period" else platform.MIN_SERVICE_CHECK, platform.MAX_SERVICE_CHECK)
    if path[0] == "checks" and key == "interval":
        return Limits(platform.MIN_CHECK_INTERVAL, refused=True)
    if path[0] == "checks" and key == "timeout":
        return Limits(longest=platform.MAX_CHECK_TIMEOUT, refused=True)
    if key == "kill_timeout":
        return Limits(longest=platform.MAX_KILL_TIMEOUT)
    return Limits()


def _duration(path: Names, unit: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    length = parse_duration(value) if isinstance(value, str) else int(value * UNITS[unit or "ns"])
    said = format_duration(length)
    if not isinstance(value, str):
        said += " here"
    limits = duration_limits(path)
    effective = min(max(length, limits.shortest), limits.longest)
    if path[:2] in _SERVICE_CHECKS:  # which treat a grace period of zero unlike a short one
        effective = platform.clamp_service_check(length, zero_allowed=path[-1] == "grace_period")
    if effective != length:
        lowered = effective < length
        if limits.refused:
            said += f", and flyctl refuses {'more' if lowered else 'less'} than {format_duration(effective)}"
        else:
            said += f", {'lowered' if lowered else 'raised'} to {format_duration(effective)} by Fly.io"
    return "" if said == value else said


def _max_unavailable(value: Any) -> str:
    """Below 1 a share of the Machines, rounded up; from 1 on their number, whose fraction counts for nothing."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 10**6:
        return ""
    if value < 1:
        return f"{value:.0%} of the Machines of a group at once, rounded up"
    return f"{int(value)} Machine{'s' * (value >= 2)} of a group at once"


def _size(path: Names, value: Any) -> str:
    """What a size of memory, swap or a volume comes to."""
    key = path[-1]
    if isinstance(value, bool):
        return ""
    said = ""
    if key == "memory" and isinstance(value, (str, int)):
        said = format_memory(parse_memory(str(value)))
    elif key in ("memory_mb", "swap_size_mb", "max_memory_mb") and isinstance(value, int):
        said = format_memory(value)
    elif key == "initial_size" and isinstance(value, (str, int)):
        said = f"{parse_volume_size(str(value))} GB"
    return "" if said == value else said


def in_file(text: str, offset: int, value: Any) -> str:
    """What the value at an offset has to do with the rest of the file; "" where there is nothing to say."""
    document = Document(text)
    places = document.index.places
    around = (path for path, place in places.items() if place.value.start <= offset <= place.value.end)
    path = max(around, key=len, default=())
    app = App(document)
    if len(path) > 2 and path[-2] == "processes" and isinstance(value, str):
        if value in app.processes:
            return f"runs {code(app.processes[value])}" if app.processes[value] else "runs the command of the image"
        return ""
    for service in app.services:
        if path == service.at("internal_port"):
            return _route(app, service, service.ports)
        for port in service.ports:
            if not port.implied and port.path == path[:-1] and path[-1] in ("port", "start_port", "end_port"):
                return _route(app, service, [port])
    for vm in (*app.vms, Vm(app, app.deploy.element("release_command_vm").table)):
        if path and path[:-1] == vm.path and path[-1] in ("memory", "memory_mb", "cpus", "cpu_kind"):
            return _machine(vm)
    return ""


def _route(app: App, service: Service, ports: list[Port]) -> str:
    """From where outside requests come to a port of the app."""
    name = app.root.text("app")
    host = f"{name if fullmatch('[A-Za-z0-9-]+', name) else 'APP'}.fly.dev"
    sources = [_source(host, service, port) for port in ports if port.first and port.last]
    if not sources or not service.internal_port:
        return ""
    return f"{listed(sources, 'and')} lead{'s' * (len(sources) == 1)} to port {service.internal_port} of the Machine"


def _source(host: str, service: Service, port: Port) -> str:
    """How a client writes an external port."""
    numbers = str(port.first) if port.first == port.last else f"{port.first}-{port.last}"
    if "http" not in port.handlers:
        return f"{host}:{numbers}" + (" (UDP)" if service.protocol == "udp" else "")
    scheme, usual = ("https", "443") if "tls" in port.handlers else ("http", "80")
    return f"{scheme}://{host}" + ("" if numbers == usual else f":{numbers}")


def _machine(vm: Vm) -> str:
    """The Machine that an entry asks for."""
    guest = vm.guest
    if guest is None:
        return ""
    return f"a Machine with {guest.cpus} {guest.cpu_kind} CPU{'s' * (guest.cpus != 1)} and {format_memory(guest.memory_mb)}"
