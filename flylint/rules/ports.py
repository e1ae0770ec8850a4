"""External ports of services: their numbers, their handlers, and what is set for each handler."""

from __future__ import annotations

from flylint import platform
from flylint.app import once
from flylint.edits import Delete, Insert, Replace
from flylint.pattern import pattern
from flylint.rules import ERROR, INFO, NOBODY, PLATFORM, WARNING, Finding, Mend, rule
from flylint.rules.services import place_of, span
from flylint.unknown_keys import closest, fold
from flylint.values import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from flylint.app import App, Element, Port, Service
    from flylint.document import Path
    from flylint.project import FilePlace
    from flylint.rules import Findings

_NUMBER = pattern(r"\d+")
_RANGE_KEYS = ("start_port", "end_port")


@once
def _entries(app: App) -> list[tuple[Service, Port]]:
    """Every external port that is written in the file, with its service."""
    return [(service, port) for service in app.services for port in service.ports if not port.implied]


@once
def _tcp_entries(app: App) -> list[tuple[Service, Port]]:
    """The same without UDP, where nothing but the number counts."""
    return [(service, port) for service, port in _entries(app) if service.protocol != "udp"]


def _is_only(port: Port, number: int) -> bool:
    """Whether the entry exposes this port and no other."""
    return port.first == port.last == number


def _named(port: Port) -> str:
    """The external ports of an entry, as messages call them."""
    return f"port {port.first}" if port.first == port.last else f"ports {port.first} to {port.last}"


def knows_handlers(port: Port) -> bool:
    """Whether it is sure what the handlers are: all of them exist, or there are none."""
    if port.get("handlers") is None:
        return port.lacks("handlers")
    return all(handler in platform.HANDLERS for handler in port.handlers)


def _handlers_at(port: Port) -> Path:
    return port.at("handlers") if port.has("handlers") else port.path


def _written(handlers: list[str]) -> str:
    return "[" + ", ".join(f'"{handler}"' for handler in handlers) + "]"


def _set_handlers(port: Port, handlers: list[str], safe: bool) -> Mend:
    edit = Replace(port.at("handlers"), handlers) if port.has("handlers") else Insert(port.path, "handlers", handlers)
    return Mend(f"set `handlers = {_written(handlers)}`", edit, safe=safe)


@rule(
    "port-out-of-range", severity=ERROR, enforced_by=PLATFORM, needs=("port", "start_port", "end_port", "internal_port")
)
def port_out_of_range(app: App) -> Findings:
    """A port number is not one from 1 to 65535."""
    for element, key, least in _numbers(app):
        number = element.integer(key)
        if number is not None and not least <= number <= platform.MAX_PORT and element.has(key):
            yield Finding(
                element.at(key),
                f"{number} is not a port number",
                label=f"must be from 1 to {platform.MAX_PORT}",
                help=f"use a port from 1 to {platform.MAX_PORT}",
                notes="flyctl passes any number on",
            )


def _numbers(app: App) -> Iterator[tuple[Element, str, int]]:
    """Where ports may stand, each with the least that is not a mistake of its own."""
    for _, port in _entries(app):
        for key in ("port", *_RANGE_KEYS):
            yield port, key, 1
    for service in app.services:
        yield service, "internal_port", 0  # which is as good as missing: missing-internal-port
    for check in app.checks:
        yield check, "port", 1


@rule("port-entry-without-port", severity=ERROR, enforced_by=NOBODY, fix="unsafe", needs=("ports",))
def port_entry_without_port(app: App) -> Findings:
    """A `[[services.ports]]` entry names no external port."""
    taken: set[tuple[Path, int | None]] = {
        (service.path, number)
        for service in app.services
        for port in service.ports
        for number in (80, 443)
        if port.covers(number)
    }
    for service, port in _entries(app):
        if not all(port.lacks(key) for key in ("port", *_RANGE_KEYS)):
            continue
        usual = {("http",): 80, ("http", "tls"): 443}.get(tuple(sorted(set(port.handlers))))
        if (service.path, usual) in taken:
            usual = None
        taken.add((service.path, usual))
        yield Finding(
            port.path,
            f"an external port of {service.title} has no number",
            label="no `port`",
            help=f"add `port = {usual or '…'}`, or `start_port` and `end_port`",
            notes="flyctl counts this as a port, so it is silent; the proxy has nothing to listen on",
            fix=Mend(f"add `port = {usual}`", Insert(port.path, "port", usual), safe=False) if usual else None,
        )


@rule("invalid-port-range", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("start_port", "end_port"))
def invalid_port_range(app: App) -> Findings:
    """A range of external ports has one end only, ends before it starts, or stands beside a single port."""
    for _, port in _entries(app):
        single, start, end = port.integer("port"), port.integer("start_port"), port.integer("end_port")
        if start is not None and end is not None and start > end:
            yield Finding(
                port.at("end_port"),
                f"the range ends at {end}, before it starts at {start}",
                help="write the lower port as `start_port`",
                related=[(port.at("start_port"), "starts here")],
                fix=Mend(
                    "swap the two ends",
                    Replace(port.at("start_port"), end),
                    Replace(port.at("end_port"), start),
                    safe=single is None,
                ),
            )
            continue
        if single is not None and (start is not None or end is not None):
            key = "start_port" if start is not None else "end_port"
            yield Finding(
                port.at(key),
                f"`port` and `{key}` stand in the same entry",
                help="keep `port` for a single port, or `start_port` and `end_port` for a range",
                related=[(port.at("port"), "a single port as well")],
            )
        elif start is not None and port.lacks("end_port"):
            yield Finding(
                port.at("start_port"),
                f"the range from {start} has no end",
                help=f"add `end_port`, or write `port = {start}` for a single port",
                notes=f"flyctl takes a missing end for {platform.MAX_PORT}",
            )
        elif end is not None and port.lacks("start_port"):
            yield Finding(
                port.at("end_port"),
                f"the range up to {end} has no start",
                help=f"add `start_port`, or write `port = {end}` for a single port",
                notes="flyctl takes a missing start for 0",
            )


@rule("unknown-handler", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("handlers",))
def unknown_handler(app: App) -> Findings:
    """A port has a handler that Fly Proxy does not have."""
    for _, port in _tcp_entries(app):
        # each name once: the fix takes all that are spelled alike
        for handler, place in dict(reversed(list(_items(port, "handlers")))).items():
            if handler in platform.HANDLERS:
                continue
            meant = _meant_handlers(handler)
            mended = list(dict.fromkeys(h for old in port.handlers for h in (meant if old == handler else [old])))
            old_name = handler == "edge_http"
            yield Finding(
                place,
                "`edge_http` is an old name of the `http` handler" if old_name else f"`{handler}` is not a handler",
                label=f"must be one of {listed(platform.HANDLERS)}",
                help=f"write `handlers = {_written(mended)}`"
                if meant
                else f"use {listed(platform.HANDLERS)}, or no handler to pass TCP on as it is",
                severity=INFO if old_name else ERROR,
                # another spelling of a handler and "https" can mean one thing only
                fix=_set_handlers(port, mended, safe=fold(handler) in ("https", *map(fold, meant))) if meant else None,
            )


def _items(element: Element, key: str) -> Iterator[tuple[str, Path]]:
    """The texts of a list with their places."""
    place, written = element.at(key), element.raw(key)
    for index, item in enumerate(written if isinstance(written, list) else ()):
        if isinstance(item, str):
            yield item, (*place, index)


def _meant_handlers(handler: str) -> list[str]:
    """The handlers that a wrong one stands for; [] where that is not plain."""
    name = handler.strip().lower().replace("-", "_")
    meant = {
        "https": ["tls", "http"], "ssl": ["tls"], "edge_http": ["http"], "http2": ["http"], "h2": ["http"],
        "pgtls": ["pg_tls"], "proxy_protocol": ["proxy_proto"], "proxyproto": ["proxy_proto"], "proxy": ["proxy_proto"],
    }.get(name)  # fmt: skip
    return meant or list(filter(None, [closest(name, platform.HANDLERS)]))


@rule("conflicting-handlers", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("handlers",))
def conflicting_handlers(app: App) -> Findings:
    """A port has handlers that do not go together, or the same one twice."""
    for _, port in _tcp_entries(app):
        handlers = port.handlers
        distinct = list(dict.fromkeys(handlers))
        others = [handler for handler in distinct if handler in ("tls", "http")]
        if "pg_tls" in distinct and others:
            yield Finding(
                port.at("handlers"),
                f"`pg_tls` does not go together with {listed(others, 'and')}",
                help="for PostgreSQL use `pg_tls` alone",
                notes="`pg_tls` negotiates TLS in the way of the PostgreSQL protocol, so nothing is left to do",
            )
        elif len(distinct) < len(handlers):
            twice = [handler for handler in distinct if handlers.count(handler) > 1]
            yield Finding(
                port.at("handlers"),
                f"the handlers name {listed(twice, 'and')} more than once",
                help=f"write `handlers = {_written(distinct)}`",
                fix=_set_handlers(port, distinct, safe=False),
            )


@rule("http-without-tls", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("handlers",))
def http_without_tls(app: App) -> Findings:
    """A port other than 80 speaks HTTP without TLS."""
    encrypted = any({"http", "tls"} <= set(p.handlers) for service in app.services for p in service.ports)
    for _, port in _tcp_entries(app):
        handlers = port.handlers
        if "http" not in handlers or "tls" in handlers or "pg_tls" in handlers or not knows_handlers(port):
            continue
        if span(port) in (None, (80, 80)):
            continue
        fix = None if port.covers(80) else _set_handlers(port, ["tls", *handlers], safe=_is_only(port, 443))
        if port.covers(443):
            yield Finding(
                port.at("handlers"),
                "port 443 speaks plain HTTP: browsers that open `https://` get a TLS error",
                label="no `tls`",
                help='write `handlers = ["tls", "http"]`',
                related=[(place_of(port), "the port of HTTPS")],
                fix=fix,
            )
            continue
        yield Finding(
            port.path,
            f"external {_named(port)} {'speaks' if port.first == port.last else 'speak'} plain HTTP, without TLS"
            + ("" if encrypted else ", and nothing serves HTTPS on port 443"),
            label="no `tls`",
            help=f"add `tls` to the handlers of {_named(port)}"
            if encrypted
            else 'serve port 80 with `handlers = ["http"]` and port 443 with `handlers = ["tls", "http"]`, as '
            "`[http_service]` does by itself",
            notes="a shared IPv4 address leads to plain HTTP on port 80 only",
            # somebody who serves HTTPS as well knows what the other port is for
            severity=INFO if encrypted else WARNING,
            fix=fix if encrypted else None,
        )


@rule("port-80-with-tls", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("handlers",))
def port_80_with_tls(app: App) -> Findings:
    """Port 80 expects TLS, so plain HTTP fails on it."""
    for _, port in _tcp_entries(app):
        if port.covers(80) and "tls" in port.handlers:
            rest = [handler for handler in port.handlers if handler != "tls"]
            yield Finding(
                port.at("handlers"),
                "port 80 expects TLS, so whoever opens `http://` gets an error",
                label="`tls` on the port of plain HTTP",
                help=f"write `handlers = {_written(rest or ['http'])}`, and serve TLS on port 443",
                notes="flyctl also thinks that such an app needs a dedicated IPv4 address, which costs money",
                # with `http` it is clear what the port is for; the other ports of a range may well be for TLS
                fix=_set_handlers(port, rest, safe="http" in rest) if rest and _is_only(port, 80) else None,
            )


def misses_all_handlers(port: Port) -> bool:
    """Whether it is a port of HTTP or HTTPS without any handler."""
    return (port.covers(80) or port.covers(443)) and knows_handlers(port) and not port.handlers


@rule("http-port-without-handlers", severity=WARNING, enforced_by=NOBODY, needs=("ports",))
def http_port_without_handlers(app: App) -> Findings:
    """Port 80 or 443 has no handlers, so the app itself must do TLS, and shared IPv4 addresses do not lead to it."""
    for _, port in _tcp_entries(app):
        if not misses_all_handlers(port) or port.flag("force_https"):  # force-https-without-http
            continue
        number = 443 if port.covers(443) else 80
        usual = ["http"] if number == 80 else ["tls", "http"]
        yield Finding(
            place_of(port),
            f"port {number} has no handlers: connections go to the app as they come"
            + (", so it must speak TLS itself" if number == 443 else ""),
            label="raw TCP",
            help=f"add `handlers = {_written(usual)}`, or run `fly ips allocate-v4` if raw TCP is what you want",
            notes="a shared IPv4 address cannot lead to it; a first deploy in CI then gives the app no address at all",
        )


@rule("force-https-without-http", severity=ERROR, enforced_by=PLATFORM, fix="safe", needs=("force_https",))
def force_https_without_http(app: App) -> Findings:
    """A port without the `http` handler has `force_https = true`."""
    for service, port in _tcp_entries(app):
        if not port.flag("force_https") or not knows_handlers(port) or "http" in port.handlers:
            continue
        elsewhere = any(p.flag("force_https") and p.covers(80) and "http" in p.handlers for p in service.ports)
        yield Finding(
            port.at("force_https"),
            "`force_https` works on ports with the `http` handler only",
            label=f"the handlers are {listed(port.handlers, 'and')}" if port.handlers else "this port has no handlers",
            help='move it to the entry of port 80 with `handlers = ["http"]`',
            notes="Fly.io's documentation says that such a deployment fails; flyctl does not look",
            # where port 80 has it too, it says nothing new here
            fix=Mend("delete it", Delete(port.at("force_https")), safe=elsewhere),
        )


@rule("force-https-off", severity=INFO, enforced_by=NOBODY, fix="unsafe", needs=("http_service", "services"))
def force_https_off(app: App) -> Findings:
    """The app serves plain HTTP on port 80 instead of sending browsers to HTTPS."""
    for service in app.services:
        places: list[tuple[Element, str]] = [(service, "`[http_service]`")]
        if not service.is_http_service:
            ports = [port for port in service.ports if port.covers(80) and "http" in port.handlers]
            places = [(port, "port 80") for port in ports]
        for element, name in places:
            written = element.has("force_https")
            if element.flag("force_https") is not False and not element.lacks("force_https"):
                continue
            yield Finding(
                element.at("force_https") if written else element.path,
                f"{name} answers plain HTTP instead of sending browsers to HTTPS",
                help="set `force_https = true`, unless clients reach the app over Flycast or know no HTTPS",
                notes="`fly launch` sets it; without it the default is false",
                fix=None
                if written  # somebody decided so
                else Mend("set `force_https = true`", Insert(element.path, "force_https", True), safe=False),
            )


@rule("force-https-on-flycast", severity=INFO, enforced_by=NOBODY, fix="unsafe", needs=("force_https",))
def force_https_on_flycast(app: App) -> Findings:
    """An app that is reached over Flycast redirects plain HTTP, which is all that Flycast speaks, to HTTPS."""
    redirecting = [
        element for service in app.services for element in (service, *service.ports) if element.flag("force_https")
    ]
    if not redirecting:
        return
    place = _flycast_place(app)
    if place is None and not app.says("only a flycast", "flycast only", "flycast-only", "private app"):
        return
    for element in redirecting:
        yield Finding(
            element.at("force_https"),
            "`force_https` redirects requests over Flycast to an address that does not answer",
            help="set `force_https = false` if the app is private",
            notes="a Flycast address speaks plain HTTP and has no certificate",
            related=[(place, "reached over Flycast here")] if place else (),
            fix=Mend("set it to false", Replace(element.at("force_https"), False), safe=False),
        )


def _flycast_place(app: App) -> Path | FilePlace | None:
    """What shows that the app is reached over Flycast: its own address in [env], or a script that deploys it so."""
    name = app.root.text("app")
    own = f"http://{name}.flycast"
    mention = next((key for key, value in app.env.items() if name and isinstance(value, str) and own in value), None)
    if mention or app.project is None:
        return app.root.element("env").at(mention) if mention else None
    from flylint.project.scripts import private_deploy

    return private_deploy(app.project, name, app.document.name.replace("\\", "/").rpartition("/")[2])


@rule("udp-port-mismatch", severity=ERROR, enforced_by=NOBODY, fix="unsafe", needs=("ports",))
def udp_port_mismatch(app: App) -> Findings:
    """A UDP service has another port outside than inside, or a range of them, but packets keep their port."""
    for service, port in _entries(app):
        internal, first, last = service.internal_port, port.first, port.last
        if service.protocol != "udp" or not internal or first is None or last is None or first == last == internal:
            continue
        single = port.integer("port")
        alone = single is not None and len(service.ports) == 1
        if single is not None:
            message = f"UDP packets to port {single} do not arrive at port {internal}"
        elif port.covers(internal):
            message = f"UDP packets to ports {first} to {last} arrive at these ports, not all at port {internal}"
        else:
            message = f"UDP packets to ports {first} to {last} do not arrive at port {internal}"
        yield Finding(
            port.at("port" if single is not None else "start_port"),
            message,
            label="not the same port",
            help=f"UDP needs the same port on both sides: write `port = {internal}`"
            + (f", or let the app listen on {single} and write `internal_port = {single}`" if alone else "")
            + (", unless the app listens on every port of the range" if single is None else ""),
            notes="Fly.io rewrites the addresses of UDP packets, but never their port",
            related=[(service.at("internal_port"), "the app listens here")],
            severity=ERROR if single is not None else WARNING,
            fix=Mend(f"set `port = {internal}`", Replace(port.at("port"), internal), safe=False) if alone else None,
        )


@rule("udp-with-handlers", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("ports",))
def udp_with_handlers(app: App) -> Findings:
    """A port of a UDP service has handlers or their options, which work on TCP only."""
    for service, port in _entries(app):
        if service.protocol != "udp":
            continue
        keys = [key for key in ("handlers", *_OPTIONS, "force_https") if port.get(key) not in (None, [], False)]
        if keys:
            yield Finding(
                port.at(keys[0]),
                f"{listed(keys, 'and')} {'do' if len(keys) > 1 else 'does'} nothing on a UDP port",
                label="works on TCP only",
                help="delete it" if len(keys) == 1 else "delete them",
                related=[(port.at(key), "this too") for key in keys[1:]] + [(service.at("protocol"), "UDP")],
                fix=Mend("delete " + listed(keys, "and"), *(Delete(port.at(key)) for key in keys), safe=True),
            )


@rule("needs-dedicated-ipv4", severity=INFO, enforced_by=NOBODY, needs=("services",))
def needs_dedicated_ipv4(app: App) -> Findings:
    """A service speaks UDP or raw TCP, which shared IPv4 addresses do not lead to."""
    if app.says("allocate-v4", "dedicated ipv4"):
        return  # the owner knows
    for service in app.services:
        if service.path in _open_databases(app):
            continue  # database-open-to-internet
        if service.protocol == "udp":
            yield Finding(
                service.at("protocol"),
                "UDP needs a dedicated IPv4 address",
                help="run `fly ips allocate-v4` once, and let the app bind to `fly-global-services`",
                notes="UDP works neither on a shared IPv4 nor on a public IPv6 address, and a deploy in CI gets none",
            )
            continue
        for port in service.ports:
            number, handlers = port.first, set(port.handlers)
            if number is None or not knows_handlers(port) or handlers & {"tls", "pg_tls", "http"}:
                continue
            if misses_all_handlers(port):
                continue  # http-port-without-handlers
            yield Finding(
                port.path,
                f"raw TCP on port {number} needs a dedicated IPv4 address",
                help="add the `tls` handler, or run `fly ips allocate-v4` once",
                notes="a shared IPv4 address leads to plain HTTP on port 80 and to TLS by its server name only",
            )
            break


def _image(app: App) -> tuple[str, str]:
    """The image that is deployed, without the registry that Docker takes by itself, and its tag."""
    name = app.build.text("image").partition("@")[0]
    folder, _, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    folder = folder.removeprefix("index.").removeprefix("docker.io").removeprefix("/")
    return (last if folder in ("", "library") else f"{folder}/{last}"), tag


@once
def _open_databases(app: App) -> dict[Path, str]:
    """The services that let the internet reach a database, by their place, and the name of the image."""
    name = _image(app)[0].rpartition("/")[2]
    port = platform.DATABASE_PORTS.get(name)
    services = [service for service in app.services if service.public and service.internal_port == port]
    if not port or not services or app.says("flycast", "no-public-ips", "private") or _flycast_place(app):
        return {}
    return {service.path: name for service in services}


@rule("database-open-to-internet", severity=WARNING, enforced_by=NOBODY, needs=("image",))
def database_open_to_internet(app: App) -> Findings:
    """A service lets everybody in the internet reach a database."""
    databases = _open_databases(app)
    for service in app.services:
        if service.path in databases:
            name = app.root.text("app") or "<app>"
            yield Finding(
                service.path,
                f"{service.title} opens `{databases[service.path]}` to the internet",
                help=f"delete the service: other apps of the organization reach it at `{name}.internal:"
                f"{service.internal_port}` without one; for Flycast keep it and have no public address, with"
                " `fly deploy --flycast` and `fly ips release`",
                notes="such ports are scanned all the time, and an image like this one often asks for no password",
                related=[(port.path, "the public port") for port in service.ports if not port.implied],
            )


@rule("port-does-not-match-image", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("image",))
def port_does_not_match_image(app: App) -> Findings:
    """A well-known image listens on another port than `internal_port`."""
    name, tag = _image(app)
    usual = platform.IMAGE_PORTS.get(name)
    if usual is None or "fpm" in tag or _may_set_ports(app):
        return
    if any(service.internal_port == usual for service in app.services):
        return
    told = {number for value in app.env.values() for number in _NUMBER.findall(value)}
    for service in app.services:
        port = service.internal_port
        if port and str(port) not in told:
            place = service.at("internal_port")
            yield Finding(
                place,
                f"requests and checks go to port {port}, but the image `{name}` listens on port {usual}",
                label=f"not {usual}",
                help=f"write `internal_port = {usual}`",
                notes="when nothing listens on `internal_port`, no request and no check arrives",
                fix=Mend(f"set `internal_port = {usual}`", Replace(place, usual), safe=False),
            )


def _may_set_ports(app: App) -> bool:
    """Whether the file says something that may let an image listen on a port of its own."""
    return bool(
        app.files
        or any(app.processes.values())
        or any("PORT" in name.upper() for name in app.env)
        or any(app.experimental.texts(key) for key in ("cmd", "entrypoint", "exec"))
        or app.root.has("machine_config")
        or app.experimental.has("machine_config")
        or app.build.has("compose")
    )


_OPTIONS = {"http_options": "http", "tls_options": "tls", "proxy_proto_options": "proxy_proto"}


@rule(
    "options-without-handler",
    severity=WARNING,
    enforced_by=NOBODY,
    fix="safe",
    needs=("http_options", "tls_options", "proxy_proto_options"),
)
def options_without_handler(app: App) -> Findings:
    """A port has options of a handler that it does not have."""
    for _, port in _tcp_entries(app):
        for key, handler in _OPTIONS.items():
            if not port.element(key) or not knows_handlers(port) or handler in port.handlers:
                continue
            if misses_all_handlers(port):
                continue  # http-port-without-handlers
            if key == "tls_options" and "http" in port.handlers and port.covers(443):
                continue  # http-without-tls
            yield Finding(
                port.at(key),
                f"`{key}` does nothing on a port without the `{handler}` handler",
                label=f"`{handler}` is not among the handlers",
                help=f"add `{handler}` to the handlers, or delete `{key}`",
                related=[(port.at("handlers"), "the handlers")] if port.has("handlers") else [],
                on="key",
                fix=Mend(f"delete `{key}`", Delete(port.at(key)), safe=True),
            )


@rule("invalid-tls-version", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("tls_options",))
def invalid_tls_version(app: App) -> Findings:
    """`tls_options.versions` has a version of TLS that Fly Proxy does not offer."""
    for element in _holders(app, "tls_options"):
        for version, place in _items(element, "versions"):
            if version in platform.TLS_VERSIONS:
                continue
            number = version.strip().lower().removeprefix("tls").lstrip("v_- ").replace("_", ".")
            meant = f"TLSv{number}" if f"TLSv{number}" in platform.TLS_VERSIONS else ""
            yield Finding(
                place,
                f"`{version}` is not a TLS version that Fly.io offers",
                label=f"did you mean `{meant}`?" if meant else "",
                help=f"use {listed(platform.TLS_VERSIONS)}",
                fix=Mend(f"write `{meant}`", Replace(place, meant), safe=True) if meant else None,
            )


def _holders(app: App, key: str) -> Iterator[Element]:
    """The option tables of [http_service] and of the ports of [[services]]."""
    for service in app.services:
        for element in (service, *service.ports):
            if element.has(key):
                yield element.element(key)


@rule("invalid-proxy-proto-version", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("proxy_proto_options",))
def invalid_proxy_proto_version(app: App) -> Findings:
    """`proxy_proto_options.version` is not a version of the PROXY protocol."""
    for element in _holders(app, "proxy_proto_options"):
        version = element.text("version")
        if not version or version in platform.PROXY_PROTO_VERSIONS:
            continue
        meant = "v" + version.strip().lower().removeprefix("v")
        known = meant in platform.PROXY_PROTO_VERSIONS
        yield Finding(
            element.at("version"),
            f"`{version}` is not a version of the PROXY protocol",
            label=f"did you mean `{meant}`?" if known else "",
            help='write `version = "v2"`, or delete it for version 1',
            fix=Mend(f"write `{meant}`", Replace(element.at("version"), meant), safe=True) if known else None,
        )


@rule("invalid-replay-cache", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("replay_cache",))
def invalid_replay_cache(app: App) -> Findings:
    """An entry of `replay_cache` has a lifetime, type, name or path that Fly Proxy does not take."""
    least = platform.MIN_REPLAY_CACHE_TTL
    for options in _holders(app, "http_options"):
        for entry in options.elements("replay_cache"):
            ttl, kind, prefix = entry.integer("ttl_seconds"), entry.text("type"), entry.text("path_prefix")
            if ttl is not None and ttl < least:
                yield Finding(
                    entry.at("ttl_seconds"),
                    f"a replay cache cannot last {ttl} seconds",
                    label=f"must be at least {least}",
                    help=f"write `ttl_seconds = {least}` or more",
                    fix=Mend(f"set it to {least}", Replace(entry.at("ttl_seconds"), least), safe=True),
                )
            if kind and kind not in platform.REPLAY_CACHE_TYPES:
                meant = closest(kind.strip(), platform.REPLAY_CACHE_TYPES)
                yield Finding(
                    entry.at("type"),
                    f"a replay cache cannot be keyed by `{kind}`",
                    label=f"did you mean `{meant}`?" if meant else "",
                    help=f"use {listed(platform.REPLAY_CACHE_TYPES)}",
                    fix=Mend(f"write `{meant}`", Replace(entry.at("type"), meant), safe=True) if meant else None,
                )
            if "://" in prefix or (prefix[:1] not in ("", "/") and ":" in prefix):
                yield Finding(
                    entry.at("path_prefix"),
                    "`path_prefix` takes a host with a path, or a path alone, but no scheme and no port",
                    help='write `path_prefix = "/…"` or `"example.com/…"`',
                )
            keys = ("path_prefix", "ttl_seconds", "type", "name")
            missing = [key for key in keys if entry.lacks(key) or entry.get(key) == ""]
            if missing:
                yield Finding(
                    entry.at(missing[0]) if entry.has(missing[0]) else entry.path,
                    f"this replay cache has no {listed(missing, 'and')}",
                    help=f"add {listed(missing, 'and')}",
                )
