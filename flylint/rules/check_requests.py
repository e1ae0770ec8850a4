"""What health checks ask, and where: ports, paths, methods, protocols, headers."""

from __future__ import annotations

import re
from itertools import islice

from flylint import platform
from flylint.app import Check, once
from flylint.credentials import secret_in
from flylint.edits import Delete, Insert, InsertTable, MoveKey, Rename, Replace
from flylint.pattern import pattern
from flylint.rules import ERROR, INFO, MOST_RELATED, NOBODY, WARNING, Finding, Mend, rule
from flylint.unknown_keys import closest
from flylint.values import MOST_LISTED, format_duration, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.app import App, Service
    from flylint.document import Path
    from flylint.project import FilePlace
    from flylint.rules import Findings

_IDENTITY_KEYS = ("port", "type", "name")
_URL = pattern(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)
_HOST = pattern(r"(?:[a-z0-9.-]*:\d{1,5}|localhost|\d{1,3}(?:\.\d{1,3}){3})(?=[/?#]|$)", re.IGNORECASE)
_SPACE = pattern(r"\s")


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
        places = (s.at("internal_port") for group in check.groups for s in app.services_of(group) if s.internal_port)
        one = len(ports) == 1
        yield Finding(
            check.at("port"),
            f"{check.title} probes port {port}, but the app serves on {_listed_ports(ports)}",
            label="no service forwards to this port",
            help=f"set `port = {ports[0]}`"
            if one
            else "set `port` to the `internal_port` of the service that is meant",
            notes="if the app does listen there, for an administration page for instance, this is fine",
            related=((path, "the app serves here") for path in dict.fromkeys(islice(places, MOST_RELATED))),
            fix=Mend(f"set it to {ports[0]}", Replace(check.at("port"), ports[0]), safe=False) if one else None,
        )


def _is_known_port(app: App, check: Check, port: int) -> bool:
    """Whether something else in the file says that the app listens there too."""
    if str(port) in _named_ports(app) or any(str(port) in _numbers_in_commands(app)[group] for group in check.groups):
        return True
    # an HTTP check of an app that serves something else must have a port of its own
    return check.kind == "http" and not any(s.speaks_http for group in check.groups for s in app.services_of(group))


@once
def _named_ports(app: App) -> set[str]:
    """The ports of metrics and of the environment."""
    named = {value for name, value in app.env.items() if "PORT" in name.upper()}
    return named.union(str(metrics.get("port")) for metrics in app.metrics)


@once
def _numbers_in_commands(app: App) -> dict[str, set[str]]:
    """The numbers in the command of each process group."""
    return {group: set(re.split(r"\D+", app.processes.get(group, ""))) for group in app.groups}


def _listed_ports(ports: list[int]) -> str:
    return " and ".join([*map(str, sorted(ports)[:MOST_LISTED]), *["more"] * (len(ports) > MOST_LISTED)])


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
    shown = _listed_ports(ports)
    yield Finding(
        env.at(name),
        f"`{name}` is {text}, but requests and checks go to port {shown}, the `internal_port`",
        label=f"not {shown}",
        help=f"set `internal_port` and `{name}` to the same port, the one that the app listens on",
        notes="Fly.io does not set PORT by itself; when nothing listens on `internal_port`, every request is refused",
        related=((service.at("internal_port"), "requests and checks go here") for service in services),
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
    """The `path` of a check is no path: a full URL, with a host, without `/` in front, or with a space or a fragment."""
    for check in app.every_check:
        path = check.get("path")
        if check.kind != "http" or not isinstance(path, str):
            continue
        right = path.strip()
        if url := _URL.match(right):
            fault, help = "is a full URL", "write the path alone; the check goes to the app's own port anyway"
            right = right[url.end() :]
        elif host := _HOST.match(right):
            fault, help = "begins with a host", "write the path alone; the check goes to the app's own port anyway"
            right = right[host.end() :]
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
                related=((port.path, "no `http` handler") for port in service.ports),
            )


@rule("http-keys-in-tcp-check", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("checks", "tcp_checks"))
def http_keys_in_tcp_check(app: App) -> Findings:
    """A TCP check has a path or other keys of an HTTP check, which it never uses."""
    unknown = app.problems_of("unknown-key")
    for check in app.every_check:
        if check.kind != "tcp":
            continue
        if check.service:
            keys = [str(p.path[-1]) for p in unknown if p.path[:-1] == check.path and p.path[-1] in Check.HTTP_KEYS]
        else:
            keys = [key for key in Check.HTTP_KEYS if check.get(key) is not None]
        if not keys:
            continue
        keys.sort(key=Check.HTTP_KEYS.index)
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
        values = {key: value for key, value in check.table.raw.items() if key in (*Check.DURATIONS, *Check.HTTP_KEYS)}
        new = InsertTable(service.path, "http_checks", values, array=True)
        return Mend("make it an HTTP check", Delete(check.path), new, safe=False)
    return Mend("make it an HTTP check", Rename(service.at("tcp_checks"), "http_checks"), safe=False)


@rule("check-method-unusual", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("method",))
def check_method_unusual(app: App) -> Findings:
    """The `method` of a check is no HTTP method, or one that changes something each time the check runs."""
    for check in app.every_check:
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
    for check in app.every_check:
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
    for check in app.every_check:
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
    for check in app.every_check:
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
    if next(app.every_check, None) is None:
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
    for check in app.every_check:
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
    for check in app.every_check:
        headers = check.element("headers")
        for name, value in check.mapping("headers").items():
            if value and (name.lower() in platform.CREDENTIAL_HEADERS or secret_in(name, value)):
                yield Finding(
                    headers.at(name),
                    f"{check.title} sends the header `{name}` with a value that stands in the file",
                    label="a credential in plain text",
                    help="let the app answer the path of the check without a credential, and change this one",
                    notes="fly.toml is in version control, and the config of each Machine shows it to everybody in the "
                    "organization; secrets cannot be used in it",
                    on="key",
                )
