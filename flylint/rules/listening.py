"""Where the app listens, as its command, its image and its source tell, and where Fly.io looks for it."""

from __future__ import annotations

import re

from flylint import platform
from flylint.app import once
from flylint.edits import Replace
from flylint.rules import INFO, NOBODY, WARNING, Finding, Mend, rule
from flylint.values import port_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App, Service
    from flylint.project import Project
    from flylint.project.dockerfile import Stage
    from flylint.project.listening import Known
    from flylint.rules import Findings
    from flylint.severity import Severity


@once
def _services(app: App) -> list[tuple[Service, str, int]]:
    """Each service over TCP with a port that is the only one of its process group, with that group.

    Without a project to look at, only a command in fly.toml can tell where the app listens.
    """
    alone = app.project is None or app.project.bare or bool(app.build.text("image"))
    found: dict[str, tuple[Service, str, int]] = {}
    for service in app.services:
        port = service.internal_port
        for group in service.groups:
            if not port or group in found or service.protocol == "udp" or (alone and not app.processes.get(group)):
                continue
            if app.internal_ports([group]) == [port]:
                found[group] = service, group, port
    return list(found.values())


@rule("port-does-not-match-app", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("internal_port",))
def port_does_not_match_app(app: App) -> Findings:
    """The app listens on another port than `internal_port`, as its Dockerfile, command or source shows."""
    for service, group, port in _services(app):
        from flylint.project.listening import listening

        found = listening(app, group)
        known, number, does, severity = found.port, found.number, "app listens on", WARNING
        if number is None:
            known, does, severity = _declared(app, group, port)
            number = int(known.value) if known and not _named_in_env(app, port) else None
        if known is None or number in (None, port):
            continue
        if (
            isinstance(known.place, tuple)
            and known.place[:1] == ("env",)
            and known.place[-1] in platform.PORT_VARIABLES
        ):
            continue  # port-env-mismatch
        place = service.at("internal_port")
        yield Finding(
            place,
            f"requests and checks go to port {port}, but the {does} port {number}",
            label=f"not {number}",
            help=f"write `internal_port = {number}`, or let the app listen on port {port}",
            notes=f"port {number} is {known.why}; when nothing listens on `internal_port`, no request and no check arrives",
            related=[(known.place, f"port {number}")] if known.place else [],
            fix=None
            if severity is INFO
            else Mend(f"set `internal_port = {number}`", Replace(place, number), safe=False),
            severity=severity,
        )


def _named_in_env(app: App, port: int) -> bool:
    """Whether [env] has the port somewhere, in whatever variable the app may read it from."""
    return any(re.search(rf"(?<!\d){port}(?!\d)", str(value)) for value in app.env.values())


def _declared(app: App, group: str, port: int) -> tuple[Known | None, str, Severity]:
    """The port that the Dockerfile declares when nothing shows where the app listens: PORT, or what it exposes.

    Behind a proxy or a supervisor PORT is that of the app, and not the one for requests.
    """
    from flylint.project.dockerfile import image_of
    from flylint.project.listening import Known
    from flylint.project.start import others_listen

    project, image, nothing = app.project, image_of(app), (None, "", INFO)
    if project is None or image is None or app.processes.get(group):
        return nothing
    if any(name in app.env for name in platform.PORT_VARIABLES):
        return nothing
    ports = image.exposed
    if "PORT" in image.environment:
        value, instruction = image.environment["PORT"]
        if not port_number(value) or not ports <= {value} or others_listen(project, image):
            return nothing
        return Known(value, "`ENV PORT` of the Dockerfile", instruction.place), "app listens on", WARNING
    if len(ports) != 1 or not port_number(value := ports.pop()):
        return nothing
    known = Known(value, "what `EXPOSE` says, which by itself opens no port", image.all("EXPOSE")[-1].place)
    elsewhere = others_listen(project, image) or _told_elsewhere(app, project, image, value, port)
    return known, "image exposes", INFO if elsewhere else WARNING


def _told_elsewhere(app: App, project: Project, image: Stage, exposed: str, port: int) -> bool:
    """Whether something besides EXPOSE may tell the app its port: fly.toml, the command, or a file that has `port`."""
    if app.experimental or app.root.has("machine_config") or project.in_repository:
        return True
    if any(re.search("PORT|ADDR|LISTEN|BIND", name) for name in app.env):
        return True
    commands = " ".join(i.value for name in ("ENTRYPOINT", "CMD") if (i := image.last(name)))
    if any(number != exposed for number in re.findall(r"(?<!\d)\d{2,5}(?!\d)", commands)):
        return True
    number = re.compile(rf"(?<!\d){port}(?!\d)")
    return any(number.search(text) for _, text in project.sources()) or project.partial


@rule("app-listens-on-localhost", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("internal_port",))
def app_listens_on_localhost(app: App) -> Findings:
    """The app listens on the loopback address, where neither the proxy nor health checks reach it."""
    for service, group, port in _services(app):
        from flylint.project.listening import listening

        found = listening(app, group)
        known = found.address
        if known is None or not found.on_loopback:
            continue
        in_config, sure = isinstance(known.place, tuple), not found.assumed
        if isinstance(known.place, tuple) and known.place[:1] == ("env",):
            continue  # listens-on-localhost
        yield Finding(
            known.place if isinstance(known.place, tuple) else service.at("internal_port"),
            f"the app {'listens' if sure else 'may listen'} on {known.value} only, where requests and checks for port {port} never "
            "arrive",
            label="reachable from inside the Machine only" if in_config else "nothing answers from outside",
            help="let it listen on 0.0.0.0, or on [::] for IPv6 as well: with `--host 0.0.0.0`, `--bind 0.0.0.0:…` or what "
            "your server calls it",
            notes=f"this comes from {known.why}; the proxy and checks use the private network, not localhost"
            if sure
            else f"this is so with {known.why}, unless a variable of the image or a file tells it another one",
            severity=WARNING if sure else INFO,
            related=[(service.at("internal_port"), "requests and checks go here")]
            if in_config
            else [(known.place, "listens here")]
            if known.place
            else [],
            fix=_listen_everywhere(app, group, known),
        )


def _listen_everywhere(app: App, group: str, known: Known) -> Mend | None:
    """Another address in the command of a process group; None when it does not stand there, or more than once."""
    place = app.root.element("processes").at(group)
    parts = re.split(rf"(?<![\w.:-]){re.escape(known.value)}(?![\w.-])", app.processes.get(group, ""))
    if known.place != place or len(parts) != 2:
        return None
    everywhere = {"[::1]": "[::]", "::1": "::"}.get(known.value, "0.0.0.0")
    return Mend(f"listen on {everywhere}", Replace(place, everywhere.join(parts)), safe=True)
