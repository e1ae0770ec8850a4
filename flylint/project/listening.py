"""Where an app listens: the port and the address, from its command, its environment, its framework and its source.

Only what is plain counts. Whatever is computed, read from elsewhere or contradictory makes the port unknown.
"""

from __future__ import annotations

import re

from flylint.project import FilePlace
from flylint.project.source import arguments, in_comment, parts
from flylint.project.start import Start, command_of, script_path, start_of
from flylint.values import port_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from re import Match, Pattern

    from flylint.app import App
    from flylint.document import Path
    from flylint.project import Project
    from flylint.project.dockerfile import Stage

EVERYWHERE, LOOPBACK = "0.0.0.0", "127.0.0.1"
MAX_CALLS = 20
"""How many calls that listen are compared; an app with more is no plain case."""


class Known:
    """Something that is known about where an app listens: a value, why, and the place that says so."""

    __slots__ = ("place", "value", "why")

    def __init__(self, value: str, why: str, place: Path | FilePlace | None) -> None:
        self.value = value
        self.why = why
        self.place = place


class Listening:
    """The port and the address that an app listens on, each None when it is not certain.

    assumed   the address is a default that a variable or a file out of sight may change
    """

    __slots__ = ("address", "assumed", "port")

    def __init__(self, port: Known | None = None, address: Known | None = None) -> None:
        self.port = port
        self.address = address
        self.assumed = False

    @property
    def number(self) -> int | None:
        """The number of the port."""
        return port_number(self.port.value) if self.port else None

    @property
    def on_loopback(self) -> bool:
        """Whether it listens on the loopback address only."""
        return self.address is not None and _is_loopback(self.address.value)


def _is_loopback(address: str) -> bool:
    return address.strip("[]").lower() in ("localhost", "::1") or address.startswith("127.")


class Server:
    """How a program that answers requests is told where to listen.

    port, host, both   options for the port, for the address, and for `address:port`
    default, address   where it listens when nobody tells it; "" when that is not known
    port_names, host_names   variables that it reads
    bare   whether a bare number is the port
    """

    __slots__ = ("address", "bare", "both", "default", "host", "host_names", "port", "port_names")

    def __init__(
        self,
        default: str,
        address: str,
        *,
        port: tuple[str, ...] = (),
        host: tuple[str, ...] = (),
        both: tuple[str, ...] = (),
        port_names: tuple[str, ...] = (),
        host_names: tuple[str, ...] = (),
        bare: bool = False,
    ) -> None:
        self.default = default
        self.bare = bare
        self.address = address
        self.port = port
        self.host = host
        self.both = both
        self.port_names = port_names
        self.host_names = host_names


_PORT, _SHORT_PORT = ("--port",), ("-p", "--port")
_BIND = ("-b", "--bind")
_NODE = ("PORT",)

SERVERS = {
    "uvicorn": Server("8000", LOOPBACK, port=_PORT, host=("--host",), port_names=("UVICORN_PORT",), host_names=("UVICORN_HOST",)),
    "granian": Server("8000", LOOPBACK, port=_PORT, host=("--host",), port_names=("GRANIAN_PORT",), host_names=("GRANIAN_HOST",)),
    "gunicorn": Server("8000", LOOPBACK, both=_BIND),
    "hypercorn": Server("8000", LOOPBACK, both=_BIND),
    "daphne": Server("8000", LOOPBACK, port=_SHORT_PORT, host=_BIND),
    "waitress-serve": Server("8080", EVERYWHERE, port=_PORT, host=("--host",), both=("--listen",)),
    "flask run": Server(
        "5000", LOOPBACK, port=_SHORT_PORT, host=("-h", "--host"),
        port_names=("FLASK_RUN_PORT",), host_names=("FLASK_RUN_HOST",),
    ),
    "fastapi run": Server("8000", EVERYWHERE, port=_PORT, host=("--host",), port_names=_NODE, host_names=("HOST",)),
    "fastapi dev": Server("8000", LOOPBACK, port=_PORT, host=("--host",), port_names=_NODE, host_names=("HOST",)),
    "streamlit run": Server("8501", EVERYWHERE, port=("--server.port",), host=("--server.address",), port_names=("STREAMLIT_SERVER_PORT",)),
    "rails server": Server("3000", "", port=_SHORT_PORT, host=("-b", "--binding"), port_names=_NODE),
    "rackup": Server("9292", "", port=_SHORT_PORT, host=("-o", "--host")),
    "next start": Server("3000", EVERYWHERE, port=_SHORT_PORT, host=("-H", "--hostname"), port_names=_NODE),
    "next dev": Server("3000", EVERYWHERE, port=_SHORT_PORT, host=("-H", "--hostname"), port_names=_NODE),
    "vite preview": Server("4173", LOOPBACK, port=_PORT, host=("--host",)),
    "vite": Server("5173", LOOPBACK, port=_PORT, host=("--host",)),
    "astro preview": Server("4321", LOOPBACK, port=_PORT, host=("--host",)),
    "ng serve": Server("4200", LOOPBACK, port=_PORT, host=("--host",)),
    "serve": Server("3000", EVERYWHERE, port=("-l", "--listen", "-p", "--port"), port_names=_NODE),
    "http-server": Server("8080", EVERYWHERE, port=_SHORT_PORT, host=("-a",), port_names=_NODE),
    "remix-serve": Server("3000", EVERYWHERE, port_names=_NODE),
    "react-router-serve": Server("3000", EVERYWHERE, port_names=_NODE),
    "react-scripts start": Server("3000", EVERYWHERE, port_names=_NODE, host_names=("HOST",)),
    "json-server": Server("3000", "localhost", port=_SHORT_PORT, host=("-h", "-H", "--host")),
    "puma": Server("9292", EVERYWHERE, port=_SHORT_PORT, both=_BIND),
    "jekyll serve": Server("4000", LOOPBACK, port=("-P", "--port"), host=("-H", "--host")),
    "litestar run": Server(
        "8000", LOOPBACK, port=_SHORT_PORT, host=("-H", "--host"), port_names=("LITESTAR_PORT",), host_names=("LITESTAR_HOST",),
    ),
    "sanic": Server("8000", LOOPBACK, port=_SHORT_PORT, host=("-H", "--host")),
    "chainlit run": Server(
        "8000", LOOPBACK, port=_SHORT_PORT, host=("--host",), port_names=("CHAINLIT_PORT",), host_names=("CHAINLIT_HOST",),
    ),
    "mlflow server": Server(
        "5000", LOOPBACK, port=_SHORT_PORT, host=("-h", "--host"), port_names=("MLFLOW_PORT",), host_names=("MLFLOW_HOST",),
    ),
    "shiny run": Server("8000", LOOPBACK, port=_SHORT_PORT, host=("-h", "--host")),
    "http.server": Server("8000", EVERYWHERE, host=_BIND, bare=True),
    "mkdocs serve": Server("8000", LOOPBACK, both=("-a", "--dev-addr")),
    "hugo server": Server("1313", LOOPBACK, port=_SHORT_PORT, host=("--bind",)),
    "php -S": Server("", "", both=("-S",)),
    "pocketbase serve": Server("8090", LOOPBACK, both=("--http",)),
    "caddy file-server": Server("80", EVERYWHERE, both=("-l", "--listen")),
    "caddy respond": Server("80", EVERYWHERE, both=("-l", "--listen")),
    "thrust": Server("80", EVERYWHERE, port_names=("THRUSTER_HTTP_PORT", "HTTP_PORT")),
    "deno serve": Server("8000", EVERYWHERE, port=_PORT, host=("--host",), port_names=("DENO_SERVE_ADDRESS",)),
    "artisan serve": Server("8000", LOOPBACK, port=_PORT, host=("--host",), port_names=("SERVER_PORT",), host_names=("SERVER_HOST",)),
}  # fmt: skip
"""Programs by name, with the words that make a server of them."""

_ALIASES = {
    "rails s": "rails server", "vite dev": "vite", "vite serve": "vite", "nuxi preview": "", "ng s": "ng serve",
    "next": "next dev", "jekyll s": "jekyll serve", "jekyll server": "jekyll serve", "hugo serve": "hugo server",
    "mlflow ui": "mlflow server",
}  # fmt: skip

# files that may tell a server where to listen; what they say is not read
_CONFIGS = {
    "vite": ("vite.config.",), "vite preview": ("vite.config.",), "astro preview": ("astro.config.",),
    "ng serve": ("angular.json",), "streamlit run": (".streamlit",), "rails server": (), "hypercorn": ("hypercorn.toml",),
}  # fmt: skip


MOST_GROUPS = 50
"""For how many process groups it is found out: each may be another script, or another look at all sources."""


def listening(app: App, group: str) -> Listening:
    """Where the Machines of a group listen; when the image is not made of what lies here, as its command says it."""
    # with the app and not with the project, which an editor keeps while the file changes
    known: dict[str, Listening] = app.answers.setdefault(listening, {})
    if group not in known:
        project = app.project
        if project is None or project.bare or app.build.text("image"):
            known[group] = _written(app, group)
        elif len(known) >= MOST_GROUPS:
            known[group] = Listening()
        else:
            known[group] = _listening(app, project, group)
    return known[group]


def _listening(app: App, project: Project, group: str) -> Listening:
    from flylint.project.dockerfile import image_of

    start = start_of(app, group)
    image = image_of(app)
    if start is None:
        entry = image and not app.processes.get(group) and not (image.last("CMD") or image.last("ENTRYPOINT"))
        if not image or not entry:
            return Listening()
        start = Start(_usual_command(image.base), image.instruction.place)
    variables = Variables(app, start)
    words = [word.removesuffix(";") for word in start.words]
    name, rest = _server_name(words)
    if name:
        return _of_server(project, name, SERVERS[name], start, rest, variables)
    if image and words and words[0] in image.base and words[0] in ("nginx", "caddy"):
        return _of_image(project, image, words[0], start, variables)
    if image and words and words[0] in ("dotnet", "apache2-foreground"):
        return _of_image(project, image, words[0], start, variables)
    return _told(_of_program(project, words, start, variables), words, start, variables)


def _written(app: App, group: str) -> Listening:
    """What the command of a group itself says: no port that a default, a variable of the image or a file decides."""
    from flylint.project import Project

    start = command_of(app, Project.empty(), group)
    if start is None:
        return Listening()
    variables = Variables(app, start)
    if any(word.rpartition("/")[2] == "manage.py" for word in start.words[:2]):
        return _of_runserver(start.words, start, variables)
    name, rest = _server_name(start.words)
    if not name:
        return _told(Listening(), start.words, start, variables)
    known = SERVERS[name]
    server = Server("", "", port=known.port, host=known.host, both=known.both)
    address = _default(name, known, start, variables)[1]
    if any(start.option(option) is not None for option in _OTHER_OPTIONS) or any(
        variables.get(variable) for variable in _OTHER_VARIABLES.get(name, ())
    ):
        address = None
    found = _of_options(server, start, rest, variables, None, address)
    # who names the port there and not the address leaves it at the default
    found.assumed = found.address is address and not (known.port and start.option(*known.port) is not None)
    return found


# what may tell a server its address in a way that is not read
_OTHER_OPTIONS = ("-c", "-u", "-e", "--endpoint")
_OTHER_VARIABLES = {"gunicorn": ("PORT", "GUNICORN_CMD_ARGS")}


# programs whose `--port` is that of another Machine, or not the one for requests
_OTHER_PORTS = (
    *(
        "psql",
        "pg_isready",
        "pg_dump",
        "mysql",
        "mysqladmin",
        "mysqldump",
        "redis-cli",
        "mongo",
        "mongosh",
        "curl",
        "ssh",
    ),
    *("tailscaled", "cloudflared", "ngrok", "cockroach", "manage.py"),
)
_PORT_OPTION = re.compile(r"[-_.]port(?:=|\Z)")
_PORT_LIKE = re.compile(r"(?<!\d)\d{4,5}(?!\d)|:\d")


def _told(found: Listening, words: list[str], start: Start, variables: Variables) -> Listening:
    """What `--port` and PORT in a command say about a program of which its source says `found`."""
    programs = [word.rpartition("/")[2] for word in words[:2]]
    written = start.option("--port", "-port")
    if written is not None and not any(program in _OTHER_PORTS for program in programs):
        value = variables.expand(written) if start.shell else written
        others = [word for word in words[1:] if word not in (written, f"--port={written}", f"-port={written}")]
        several = sum(bool(_PORT_OPTION.search(word)) for word in words) > 1 or any(map(_PORT_LIKE.search, others))
        if several or port_number(value) is None:
            return found
        if found.number not in (None, port_number(value)):
            return Listening()
        found.port = found.port or Known(value, f"`--port` of `{_shown(start)}`", start.place)
        host = start.option("--host", "-host")
        if host and found.address is None:
            found.address = Known(variables.expand(host) if start.shell else host, f"`{_shown(start)}`", start.place)
    elif found.port is None and "PORT" in start.environment:
        found.port = variables.get("PORT")
    return found


def _usual_command(image: str) -> list[str]:
    """What an official image starts when the Dockerfile does not say."""
    name = image.partition("@")[0].rpartition("/")[2]
    if name.startswith(("nginx", "caddy")):
        return ["caddy" if name.startswith("caddy") else "nginx"]
    return ["apache2-foreground"] if name.startswith("php") and "apache" in name else []


class Variables:
    """The environment of the app: [env] counts before what the command sets itself only where the command says so."""

    def __init__(self, app: App, start: Start) -> None:
        from flylint.project.dockerfile import image_of

        self._known: dict[str, Known] = {}
        image = image_of(app)
        if image:
            for name, (value, instruction) in image.environment.items():
                self._known[name] = Known(value, f"`ENV {name}`", instruction.place)
        env = app.root.element("env")
        for name, value in app.env.items():
            if isinstance(value, str):
                self._known[name] = Known(value, f"`{name}` in `[env]`", env.at(name))
        for name, value in start.environment.items():
            self._known[name] = Known(self.expand(value), f"`{name}` in the command", start.place)

    def get(self, name: str) -> Known | None:
        return self._known.get(name)

    def expand(self, text: str) -> str:
        from flylint.project.dockerfile import expand

        return expand(text, {name: known.value for name, known in self._known.items()})

    def mention(self, text: str) -> Known | None:
        """The variable that a text refers to, if it is a known one."""
        for name in re.findall(r"\$\{?(\w+)", text):
            if name in self._known:
                return self._known[name]
        return None


def _server_name(words: list[str]) -> tuple[str, list[str]]:
    """The server that a command starts, and its arguments."""
    names = [word.rpartition("/")[2] for word in words]
    pair = " ".join(names[:2])
    if pair in SERVERS:
        return pair, words[2:]
    if names and re.fullmatch(r"python[\d.]*|php[\d.]*|ruby|node|bun", names[0]):
        names, words = names[1:], words[1:]
        if names[:1] == ["-m"]:
            names, words = names[1:], words[1:]
        elif names[:1] and names[0] not in ("artisan", "manage.py", "rails"):
            return "", []
    flags = next((index for index, name in enumerate(names) if not name.startswith("-")), len(names))
    names, words = names[flags:], words[flags:]
    if not names:
        return "", []
    for index, word in enumerate(names[1:], 1):
        pair = f"{names[0]} {word}"
        name = _ALIASES.get(pair, pair)
        if name in SERVERS:
            return name, words[1:index] + words[index + 1 :]
        if not word.startswith("-") and not names[index - 1].startswith("-"):
            break  # between a program and its subcommand stand options and their values only
    name = _ALIASES.get(names[0], names[0])
    if name in SERVERS and not (name == "vite" and names[1:2] in (["build"], ["optimize"])):
        return name, words[1:]
    return "", []


def _of_server(
    project: Project, name: str, server: Server, start: Start, rest: list[str], variables: Variables
) -> Listening:
    if any(file.startswith(_CONFIGS.get(name, ("\0",))) for file in project.names):
        server = Server("", "", port=server.port, host=server.host, both=server.both)
    if name == "gunicorn":
        return _of_gunicorn(project, server, start, variables)
    if name == "puma" and start.option("-b", "--bind", "-p", "--port") is None:
        configured = _of_setting(project, "config/puma.rb", r"^[ \t]*port\s+([^#\n]+)", variables)
        if configured.port or "puma.rb" in project.names or project.has_file("config/puma.rb"):
            return configured
    if name == "rackup" and not variables.get("RACK_ENV") and start.option("-E", "--env") is None:
        server = Server(server.default, "localhost", port=server.port, host=server.host)
    if server.bare:
        bare = next((word for word in rest if word.isdecimal()), "")
        server = Server(bare or server.default, server.address, host=server.host)
    return _of_options(server, start, rest, variables, *_default(name, server, start, variables))


_OTHER_WAYS = ("--uds", "--fd", "--socket", "-u=", "--unix", "--config", "-c=")


def _of_options(
    server: Server, start: Start, rest: list[str], variables: Variables, port: Known | None, address: Known | None
) -> Listening:
    """What the options of a command say; `port` and `address` are what holds without them."""
    if any(word.startswith(_OTHER_WAYS) for word in rest):
        return Listening()
    command = f"`{_shown(start)}`"
    for option, what in ((server.both, "both"), (server.port, "port"), (server.host, "host")):
        written = start.option(*option) if option else None
        if written is None:
            continue
        value = variables.expand(written) if start.shell else written
        via = variables.mention(written)
        place = via.place if via else start.place
        why = f"{command} with {via.why}" if via else command
        if what == "host":
            address = Known(value or EVERYWHERE, why, place) if "$" not in value else None
            continue
        if value.startswith("unix:"):
            return Listening()
        host, number = _split_address(value)
        if what == "both" or host:
            address = Known(host, why, place) if host else None
        port = Known(number, why, place) if number.isdecimal() else None
    return Listening(port, address)


def _default(name: str, server: Server, start: Start, variables: Variables) -> tuple[Known | None, Known | None]:
    """Where a server listens when its command does not tell it."""
    command = _shown(start)
    port = Known(server.default, f"the default of `{name}`", start.place) if server.default else None
    address = Known(server.address, f"`{command}` without an address", start.place) if server.address else None
    for variable in reversed(server.port_names):
        known = variables.get(variable)
        if known:
            port = (
                Known(known.value, f"{known.why}, which `{name}` reads", known.place)
                if known.value.isdecimal()
                else None
            )
    for variable in server.host_names:
        known = variables.get(variable)
        if known:
            address = known
    return port, address


def _of_gunicorn(project: Project, server: Server, start: Start, variables: Variables) -> Listening:
    if start.option("-c", "--config") is not None or variables.get("GUNICORN_CMD_ARGS"):
        return Listening()
    binds = [word for index, word in enumerate(start.words) if start.words[index - 1] in _BIND]
    binds += [word.partition("=")[2] for word in start.words if word.startswith("--bind=")]
    binds += [word[2:] for word in start.words if word.startswith("-b") and len(word) > 2]
    if len(binds) > 1:
        return Listening()
    command, place = f"`{_shown(start)}`", start.place
    if not binds and "gunicorn.conf.py" in project.names:
        text = project.read("gunicorn.conf.py")
        written = re.search(r"^bind\s*=\s*[\"']([^\"'\n]*)[\"']\s*$", text, re.MULTILINE)
        if written is None:
            return Listening() if "bind" in text else _gunicorn_default(start, variables)
        host, number = _split_address(written[1])
        here = FilePlace("gunicorn.conf.py", written.start(), written.end())
        return Listening(
            Known(number, "`bind` in gunicorn.conf.py", here) if number.isdecimal() else None,
            Known(host, "`bind` in gunicorn.conf.py", here) if host else None,
        )
    if not binds:
        return _gunicorn_default(start, variables)
    value = variables.expand(binds[0]) if start.shell else binds[0]
    if "$" in value or value.startswith(("unix:", "fd:")):
        return Listening()
    host, number = _split_address(value)
    if not number.isdecimal():
        host, number = value, "8000"
    return Listening(Known(number, command, place), Known(host or EVERYWHERE, command, place))


def _gunicorn_default(start: Start, variables: Variables) -> Listening:
    """Where gunicorn listens without --bind: with PORT everywhere, else on loopback."""
    port = variables.get("PORT")
    if port:
        return Listening(Known(port.value, f"{port.why}, which gunicorn reads", port.place))
    command = f"`{_shown(start)}` without --bind"
    return Listening(Known("8000", command, start.place), Known(LOOPBACK, command, start.place))


def _shown(start: Start) -> str:
    """The program for messages, without its arguments, which may be secret."""
    words = start.words
    return (
        " ".join(word for word in words[:2] if re.fullmatch(r"[\w./-]+", word) and not word.startswith("-")) or words[0]
    )


def _split_address(value: str) -> tuple[str, str]:
    """Address and port of `127.0.0.1:80`, `:80`, `[::]:80`, `tcp://0.0.0.0:80` or `80`."""
    value = value.rpartition("//")[2]
    host, colon, port = value.rpartition(":")
    if not colon:
        return ("", value) if value.isdecimal() else (value, "")
    return host.strip("[]"), port


def _of_image(project: Project, image: Stage, program: str, start: Start, variables: Variables) -> Listening:
    """Where a web server listens whose configuration is copied into the image."""
    copied = [i for i in image.chain() if i.name in ("COPY", "ADD", "RUN")]
    name = image.base.partition("@")[0].rpartition("/")[2]
    if program == "dotnet":
        urls = variables.get("ASPNETCORE_URLS")
        if urls or variables.get("ASPNETCORE_HTTP_PORTS"):
            known = urls or variables.get("ASPNETCORE_HTTP_PORTS")
            number = known.value.rstrip("/").rpartition(":")[2] if known else ""
            return Listening(Known(number, known.why, known.place)) if known and number.isdecimal() else Listening()
        version = re.search(r"aspnet:(\d+)", image.base)
        default = ("8080" if int(version[1]) >= 8 else "80") if version else ""
        return Listening(Known(default, f"the default of `{name}`", image.instruction.place))
    files = {
        "nginx": ("/etc/nginx", "nginx.conf"),
        "caddy": ("Caddyfile",),
        "apache2-foreground": ("apache", "ports.conf"),
    }[program]
    configs = [i for i in copied if any(file in i.value for file in files)]
    if not configs:
        default = "8080" if "unprivileged" in name else "80"
        return Listening(Known(default, f"the default of `{name}`", image.instruction.place))
    if len(configs) != 1 or configs[0].name == "RUN" or "from" in configs[0].flags or len(configs[0].words) != 2:
        return Listening()
    path = configs[0].words[0].removeprefix("./")
    text = project.read(path)
    pattern = (
        r"^[ \t]*listen\s+(?:[\w.\[\]:]*:)?(\d+)\b" if program == "nginx" else r"^(?:https?://)?[\w.*]*:(\d+)\s*\{"
    )
    found = list(re.finditer(pattern, text, re.MULTILINE))
    if len({match[1] for match in found}) != 1 or ("$" in text and program == "caddy"):
        return Listening()
    return Listening(Known(found[0][1], f"`{path}`", FilePlace(path, found[0].start(1), found[0].end(1))))


# programs of the project's own, and what their source says

_ENTRY = (".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".py", ".rb")
_INTERPRETERS = re.compile(r"node|nodejs|bun|deno|tsx|ts-node|nodemon|python[\d.]*|ruby|uv")
_ENV_REFERENCE = re.compile(
    r"(?:process\.env|Bun\.env|import\.meta\.env)\s*(?:\.\s*(?P<a>\w+)|\[\s*[\"'](?P<b>\w+)[\"']\s*\])"
    r"|(?:os\.environ(?:\.get)?|os\.getenv|getenv|os\.Getenv|os\.LookupEnv|ENV(?:\.fetch)?|env::var|env::var_os|std::env::var"
    r"|System\.get_env|System\.fetch_env!|System\.getenv|Deno\.env\.get|env|config)\s*[\[(]\s*[\"'](?P<c>[A-Z]\w*)[\"']"
    r"|\benv!?\.(?P<d>[A-Z][A-Z0-9_]+)"
)
_NUMBER = re.compile(r"(?<![\w.:])[\"']?:?(\d{2,5})[\"']?(?![\w.])")
_KEYWORD = re.compile(r"\s*([\"']?)(\w+)\1\s*[:=](?!=|:)\s*(.*)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_$][\w$]*\Z")


def _of_program(project: Project, words: list[str], start: Start, variables: Variables) -> Listening:
    program = words[0].rpartition("/")[2] if words else ""
    if program == "manage.py" or (words[1:2] and words[1].rpartition("/")[2] == "manage.py"):
        return _of_runserver(words, start, variables)
    if _INTERPRETERS.fullmatch(program):
        file = _entry(words)
        built = _of_built(project, file, start, variables)
        if built is not None:
            return built
        path = _source_of(project, file) if file else None
        if path and path.endswith(".rb"):
            return _of_sinatra(project, path, start, variables)
        return _of_sources(project, [path] if path else None, file.endswith(".py"), variables) if file else Listening()
    if program == "java":
        return _of_java(project, words, start, variables)
    if "mix.exs" in project.names:
        return _of_phoenix(project, variables)
    if "Cargo.toml" in project.names and re.search(
        r"^rocket\s*=|^\[dependencies\.rocket\]", project.read("Cargo.toml"), re.MULTILINE
    ):
        return _of_rocket(project, start, variables)
    if any(name in project.names for name in ("go.mod", "Cargo.toml")):
        endings = (".go",) if "go.mod" in project.names else (".rs",)
        return _of_sources(project, None, False, variables, endings)
    return Listening()


_WITH_VALUE = ("-r", "--require", "--import", "--loader", "--experimental-loader", "--env-file", "-W", "-X", "-m")


def _entry(words: list[str]) -> str:
    """The file that an interpreter is given; "" when there is none."""
    for index, word in enumerate(words[1:], 1):
        if word.endswith(_ENTRY):
            return word
        plain = not word.startswith("-") and words[index - 1] not in _WITH_VALUE
        if plain and ("/" in word or word == "build"):
            return word
    return ""


class Built:
    """What a framework builds and how that is told where to listen.

    file       the file that is started, as a pattern
    package    what the project depends on then, "" for anything
    """

    __slots__ = ("address", "file", "host_names", "package", "port", "port_names", "title")

    def __init__(
        self,
        file: str,
        package: str,
        title: str,
        port: str,
        address: str,
        port_names: tuple[str, ...],
        host_names: tuple[str, ...],
    ) -> None:
        self.file = file
        self.package = package
        self.title = title
        self.port = port
        self.address = address
        self.port_names = port_names
        self.host_names = host_names


BUILT = (
    Built(r"\.output/server/index\.mjs", "", "the server of Nuxt", "3000", "", ("NITRO_PORT", "PORT"), ()),
    Built(r"(?:.*/)?server\.js", "next", "the server of Next.js", "3000", "", _NODE, ()),
    Built(r"build(?:/index\.js)?/?", "@sveltejs/adapter-node", "the server of SvelteKit", "3000", "", _NODE, ("HOST",)),
    Built(r"dist/server/entry\.mjs", "astro", "the server of Astro", "4321", "localhost", _NODE, ("HOST",)),
)


def _of_built(project: Project, file: str, start: Start, variables: Variables) -> Listening | None:
    """What a framework has built listens as the framework has it; None when it is no such file."""
    for built in BUILT:
        own = built.package and built.package not in project.node_packages
        if (
            own
            or not re.fullmatch(rf"(?:\./|/app/)?{built.file}", file)
            or (file.endswith(".js") and project.has_file(file))
        ):
            continue
        if built.package == "astro" and any(
            re.search(r"\bhost\b", project.read(name)) for name in project.names if name.startswith("astro.config.")
        ):
            return Listening()
        port = next((known for name in built.port_names if (known := variables.get(name))), None)
        host = next((known for name in built.host_names if (known := variables.get(name))), None)
        if port:
            port = Known(port.value, f"{port.why}, which {built.title} reads", port.place)
        else:
            port = Known(built.port, f"the default of {built.title}", start.place)
        if host is None and built.address:
            host = Known(built.address, f"the default of {built.title}", start.place)
        return Listening(port, host)
    return None


def _of_sinatra(project: Project, path: str, start: Start, variables: Variables) -> Listening:
    """A classic app of Sinatra, which is a server of its own."""
    text = project.read(path)
    if not re.search(r"^require [\"']sinatra(?:/reloader)?[\"']", text, re.MULTILINE):
        return Listening()
    why = "the default of Sinatra"
    port = variables.get("PORT") or Known("4567", why, start.place)
    mode = variables.get("APP_ENV") or variables.get("RACK_ENV")
    address = None if mode and mode.value != "development" else Known("localhost", f"{why} in development", start.place)
    for setting in re.finditer(r"^[ \t]*set :(port|bind),\s*([^#\n]+)", text, re.MULTILINE):
        place = FilePlace(path, setting.start(), setting.end())
        if setting[1] == "port":
            _, number, _ = _evaluate(setting[2], text, variables)
            port = Known(number, f"`{path}`", place)
        else:
            address = Known(_text_of(setting[2], text, variables), f"`{path}`", place)
    written = start.option("-p"), start.option("-o")
    port = Known(written[0], f"`{_shown(start)}`", start.place) if written[0] else port
    return Listening(port, Known(written[1], f"`{_shown(start)}`", start.place) if written[1] else address)


def _of_java(project: Project, words: list[str], start: Start, variables: Variables) -> Listening:
    """A jar: told by an argument or a variable, else by the settings or the default of Spring Boot."""
    option = next((word.rpartition("=")[2] for word in words if re.match(r"(?:-D|--)server\.port=", word)), "")
    if option:
        return Listening(Known(variables.expand(option) if start.shell else option, f"`{_shown(start)}`", start.place))
    variable = variables.get("SERVER_PORT")
    if variable:
        return Listening(variable)
    folder = "src/main/resources"
    for name in project.listing(folder):
        if name.startswith("application-") and "port" in project.read(f"{folder}/{name}"):
            return Listening()  # a profile decides
    written = [name for name in project.listing(folder) if re.fullmatch(r"application\.(?:properties|ya?ml)", name)]
    for name in written:
        pattern = r"^server\.port\s*[=:]\s*([^#\n]+)"
        if not name.endswith(".properties"):
            pattern = r"^server:[ \t]*\n(?:[ \t][^\n]*\n|\n){0,20}?[ \t]+port:[ \t]*([^#\n]+)"
        if re.search(pattern, project.read(f"{folder}/{name}"), re.MULTILINE):
            return _of_setting(project, f"{folder}/{name}", pattern, variables) if len(written) == 1 else Listening()
    build = "".join(
        project.read(name) for name in ("pom.xml", "build.gradle", "build.gradle.kts") if name in project.names
    )
    if re.search(r"spring-boot-starter-web(?:flux)?\b", build):
        return Listening(Known("8080", "the default of Spring Boot", start.place))
    return Listening()


def _of_phoenix(project: Project, variables: Variables) -> Listening:
    """A release of Phoenix, as its configuration at run time says."""
    path = "config/runtime.exs"
    found = _of_setting(project, path, r"\bport\s*[:=]\s*([^\n]+PORT[^\n]+)", variables)
    addresses = list(re.finditer(r"\bip:\s*\{([^}\n]*)\}", project.read(path)))
    if len(addresses) == 1 and re.sub(r"\s", "", addresses[0][1]) == "127,0,0,1":
        found.address = Known(LOOPBACK, f"`{path}`", FilePlace(path, addresses[0].start(), addresses[0].end()))
    return found


def _of_rocket(project: Project, start: Start, variables: Variables) -> Listening:
    """An app of Rocket that leaves it to variables and defaults where it listens."""
    if "Rocket.toml" in project.names or any(
        re.search(r"rocket::custom|\bfigment\b|\.configure\(", text) for _, text in project.sources(".rs")
    ):
        return Listening()
    return Listening(
        variables.get("ROCKET_PORT") or Known("8000", "the default of Rocket", start.place),
        variables.get("ROCKET_ADDRESS") or Known(LOOPBACK, "the default of Rocket", start.place),
    )


def _of_setting(project: Project, path: str, pattern: str, variables: Variables) -> Listening:
    """The port that a configuration file sets, once."""
    text = project.read(path)
    found = list(re.finditer(pattern, text, re.MULTILINE))
    if len(found) != 1:
        return Listening()
    spring = re.fullmatch(r"\$\{(\w+):(\d+)\}", found[0][1].strip())
    if spring:
        known = variables.get(spring[1])
        number, via = (known.value if known else spring[2]), known
    else:
        _, number, via = _evaluate(found[0][1].strip().rstrip(","), text, variables)
    place = FilePlace(path, found[0].start(1), found[0].end(1))
    return Listening(Known(number, f"`{path}`" + (f" with {via.why}" if via else ""), place) if number else None)


def _of_runserver(words: list[str], start: Start, variables: Variables) -> Listening:
    """Django's development server."""
    if "runserver" not in words:
        return Listening()
    rest = [word for word in words[words.index("runserver") + 1 :] if not word.startswith("-")]
    why = "`manage.py runserver`"
    if not rest:
        return Listening(
            Known("8000", f"the default of {why}", start.place),
            Known(LOOPBACK, f"{why} without an address", start.place),
        )
    host, port = _split_address(variables.expand(rest[0]) if start.shell else rest[0])
    if not port.isdecimal():
        return Listening()
    return Listening(Known(port, why, start.place), Known(host or LOOPBACK, why, start.place))


def _source_of(project: Project, file: str) -> str | None:
    """The source of the file that a command starts: itself, or what it is compiled from."""
    path = script_path(project, file)
    if path:
        return path
    stem = re.sub(r"\.[cm]?[jt]sx?$", "", file.removeprefix("./").lstrip("/"))
    for folder in ("dist/", "build/", "out/", "lib/"):
        if folder in stem:
            tail = stem.split(folder, 1)[1]
            for base in ("src/", "", "source/"):
                for ending in (".ts", ".tsx", ".mts", ".js"):
                    if project.has_file(f"{base}{tail.removeprefix('src/')}{ending}"):
                        return f"{base}{tail.removeprefix('src/')}{ending}"
    return None


class Call:
    """How the source of an app says that it listens.

    default, address   where it listens when the call does not say
    read, read_host    variables that it reads then
    requires, unless   what a file must contain, and what it must not
    options            whether port and address only ever have names
    """

    __slots__ = ("address", "default", "options", "pattern", "read", "read_host", "requires", "unless")

    def __init__(
        self,
        pattern: str,
        default: str = "",
        address: str = "",
        read: tuple[str, ...] = (),
        requires: str = "",
        *,
        read_host: tuple[str, ...] = (),
        unless: str = "\0",
        options: bool = False,
    ) -> None:
        self.pattern: Pattern[str] = re.compile(pattern, re.MULTILINE)
        self.read_host = read_host
        self.unless = unless
        self.options = options
        self.default = default
        self.address = address
        self.read = read
        self.requires = requires


def _calls(ending: str) -> tuple[Call, ...]:
    """The calls that make an app listen, in the language of a file."""
    if ending == ".py":
        return (
            Call(r"\buvicorn\.run\(", "8000", LOOPBACK),
            Call(r"\bweb\.run_app\(", "8080", EVERYWHERE),
            Call(r"(?<![\w.])serve\((?=[^)]*(?:port|host|listen)\s*=)", "8080", EVERYWHERE, requires="waitress"),
            Call(
                r"\b(?:app|application|server|socketio)\.run\(", "5000", LOOPBACK, requires="lask", unless="import dash"
            ),
            Call(r"\bapp\.run(?:_server)?\(", "8050", LOOPBACK, ("PORT",), "import dash", read_host=("HOST",)),
            Call(r"\b(?:HTTPServer|TCPServer|ThreadingHTTPServer)\(\s*\("),
            Call(r"\.launch\(", "7860", LOOPBACK, ("GRADIO_SERVER_PORT",), "gradio", read_host=("GRADIO_SERVER_NAME",)),
        )
    if ending == ".go":
        return (
            Call(r"\bListenAndServe\("),
            Call(r"\b(?:r|router|engine|g|app|server)\.Run\(", "8080", EVERYWHERE, ("PORT",), requires="gin-gonic"),
            Call(r"\be(?:cho)?\.(?:Logger\.Fatal\(e\.)?Start\(", requires="echo"),
            Call(r"\bapp\.Listen\(", requires="fiber"),
            Call(r"\bAddr:(?=\s*)"),
            Call(r"\bnet\.Listen\(\s*\"tcp\d?\"\s*,\s*"),
        )
    if ending == ".rs":
        return (
            Call(r"\bTcpListener::bind\("),
            Call(r"\.bind\("),
            Call(r"\bSocketAddr::from\("),
        )
    return (
        Call(r"\b(?:app|server|fastify|httpServer|http|api|router|instance|express|io|f)\.listen\("),
        Call(r"\)\.listen\("),
        Call(r"(?<![\w.])serve\(", "3000", EVERYWHERE, requires="@hono/node-server", options=True),
        Call(r"\bBun\.serve\(", "3000", EVERYWHERE, ("BUN_PORT", "PORT", "NODE_PORT"), options=True),
        Call(r"^export default \{(?=[^}]*\bfetch\b)", "3000", EVERYWHERE, ("BUN_PORT", "PORT", "NODE_PORT")),
        Call(r"\bDeno\.serve\(", "8000", EVERYWHERE, ("DENO_SERVE_ADDRESS",), options=True),
    )


def _of_sources(
    project: Project,
    paths: list[str] | None,
    python: bool,
    variables: Variables,
    endings: tuple[str, ...] = (".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx"),
) -> Listening:
    """What the one call in the source that makes the app listen says."""
    found = []
    if paths:
        sources: Iterable[tuple[str, str]] = [(path, project.read(path)) for path in paths]
    elif python:
        return Listening()
    else:
        sources = project.sources(*endings)
    for path, text in sources:
        if re.search(r"(?:^|/)(?:tests?|__tests__|examples?|e2e|scripts?)/|[._]test\.|\.spec\.|_test\.go$", path):
            continue
        for call in _calls(path[path.rfind(".") :]):
            if call.requires not in text or call.unless in text:
                continue
            for match in call.pattern.finditer(text):
                if in_comment(text, match.start()):
                    continue
                found.append(_of_call(path, text, call, match, variables))
                if len(found) > MAX_CALLS:
                    return Listening()
    if project.partial or not found or len({each.number for each in found}) != 1:
        return Listening()
    if len(found) > 1 and not paths and found[0].number is None:
        return Listening()
    addresses = {each.address.value: each.address for each in found if each.address}
    return Listening(found[0].port, addresses.popitem()[1] if len(addresses) == 1 else None)


def _of_call(path: str, text: str, call: Call, match: Match[str], variables: Variables) -> Listening:
    written = arguments(text, match.end())
    line_end = text.find("\n", match.end())
    end = min(match.end() + len(written) + 1, line_end if line_end >= 0 else len(text))
    place = FilePlace(path, match.start(), end)
    pieces = parts(written)
    first = pieces[0].strip() if pieces else ""
    if first.startswith("{") and first.endswith("}"):  # options by name; what follows is called later
        pieces = parts(first[1:-1])
    named = {}
    for part in pieces:
        keyword = _KEYWORD.match(part)
        if keyword:
            named[keyword[2]] = keyword[3]
        elif re.fullmatch(r"\s*(?:port|host|hostname)\s*", part):
            named[part.strip()] = part.strip()  # { port } stands for { port: port }
    port_text = named.get("port") or named.get("server_port")
    host_text = named.get("host") or named.get("hostname") or named.get("server_name") or named.get("address")
    rust_pair = re.match(r"\s*(?:\(\s*)?(?:\[([\d, ]+)\]|\"([^\"]*)\"|\(\s*\"([^\"]*)\")\s*,\s*([^)]+)", written)
    if path.endswith(".rs") and rust_pair:
        host_text = (
            '"' + (rust_pair[2] or rust_pair[3] or (rust_pair[1] or "").replace(", ", ".").replace(",", ".")) + '"'
        )
        port_text = rust_pair[4]
    elif path.endswith(".py") and "Server(" in match[0]:
        host_text, port_text = (pieces[0], pieces[1]) if len(pieces) > 1 else (None, None)
        if host_text is None:
            return Listening()
    positional = [part for part in pieces if not _KEYWORD.match(part)]
    spread = "**" in written or "..." in written
    if call.options and not named and re.match(r"\w*(?:opt|conf)", first, re.IGNORECASE):
        return Listening()
    if port_text is None and not named and positional and not path.endswith(".py") and not call.options:
        port_text = positional[0]
        second = positional[1].strip() if len(positional) > 1 else ""
        if not path.endswith((".go", ".rs")) and re.match(r"[\"'`]|\w+$|(?:process|Bun)\.env\b", second):
            host_text = second
    result = Listening()
    if spread:
        return result
    if port_text is not None:
        host, number, via = _evaluate(port_text, text, variables)
        if number:
            via_why = f" with {via.why}" if via else ""
            result.port = Known(number, f"`{path}`{via_why}", place)
        if host and host_text is None:
            result.address = Known(host, f"`{path}`", place)
    elif call.default:
        known = next((known for name in call.read if (known := variables.get(name))), None)
        result.port = known or Known(call.default, f"the default of `{match[0].strip('(. ')}()`", place)
    if host_text is not None:
        address = _text_of(host_text, text, variables)
        if address:
            result.address = Known(address, f"`{path}`", place)
    elif call.address and result.address is None:
        known = next((known for name in call.read_host if (known := variables.get(name))), None)
        result.address = known or Known(call.address, f"the default of `{match[0].strip('(. ')}()`", place)
    elif (
        port_text is not None
        and named
        and re.search(r"[\"']fastify[\"']", text)
        and path.endswith((".js", ".ts", ".mjs", ".cjs"))
    ):
        result.address = Known("localhost", "the default of Fastify's `listen()`", place)
    return result


def _text_of(expression: str, text: str, variables: Variables, depth: int = 0) -> str:
    """The text that an expression in a source file stands for; "" for what is not plain."""
    expression = expression.strip()
    literal = re.fullmatch(r"[\"'`]([\w.:\[\]]*)[\"'`]", expression)
    if literal:
        return literal[1]
    if _NAME.match(expression):
        values = re.findall(
            rf"(?:^|[\s;({{,]){re.escape(expression)}[ \t]{{0,20}}(?::\s*[\w<>|& ]{{1,60}})?:?=(?!=)\s*([^\n;]{{1,500}})",
            text,
        )
        return _text_of(values[0].rstrip(", "), text, variables, depth + 1) if len(values) == 1 and depth < 3 else ""
    names = [next(filter(None, match.groups())) for match in _ENV_REFERENCE.finditer(expression)]
    known = next((known for name in names if (known := variables.get(name))), None)
    others = re.findall(r"[\"'`]([\w.:\[\]]+)[\"'`]", _ENV_REFERENCE.sub(" ", expression))
    return known.value if known else others[0] if len(names) == 1 and len(others) == 1 else ""


def _evaluate(expression: str, text: str, variables: Variables, depth: int = 0) -> tuple[str, str, Known | None]:
    """Address, port and the variable that decides, of an expression in a source file; "" for what is not plain."""
    expression = expression.strip().removeprefix("&")
    while cast := re.match(
        r"(?:parseInt|Number|int|str|String|Integer|toInteger)\s*\((.*)\)\s*\Z|\+(?=process)(.*)", expression, re.DOTALL
    ):
        expression = (cast[1] if cast[1] is not None else cast[2]).strip()
        expression = re.sub(r",\s*10\s*\Z", "", expression)
    address = re.fullmatch(r"&?[\"'`]([\w.\[\]:-]*):(\d{2,5})[\"'`]", expression)
    if address:
        return address[1].strip("[]"), address[2], None
    if _NAME.match(expression):
        if depth > 3:
            return "", "", None
        name = re.escape(expression)
        values = re.findall(
            rf"(?:^|[\s;({{,]){name}[ \t]{{0,20}}(?::\s*[\w<>|& ]{{1,60}})?:?=(?!=)\s*([^\n;]{{1,500}})", text
        )
        if not values or len(values) > 3:
            return "", "", None
        joined = " ".join(value.rstrip(", {") for value in values)
        return _evaluate(joined, text, variables, depth + 1)
    expression = re.sub(r"\[\s*\d+(?:\s*,\s*\d+)+\s*\]", " ", expression)  # an address
    names = [next(filter(None, match.groups())) for match in _ENV_REFERENCE.finditer(expression)]
    numbers = {number for number in _NUMBER.findall(_ENV_REFERENCE.sub(" ", expression)) if number != "10"}
    host = re.search(r"[\"'`](\[?[\w.]*:*[\w.]*\]?):(?=[\"'`$%{])", expression)
    around = host[1] if host else ""
    for name in names:
        known = variables.get(name)
        if known:
            return around, known.value if known.value.isdecimal() else "", known
    if len(numbers) == 1:
        rest = _ENV_REFERENCE.sub(" ", expression)
        if not names and re.search(
            r"[A-Za-z_]\w*\s*[.(\[]",
            re.sub(r"[\"'`][^\"'`]*[\"'`]", "", rest).replace("fmt.Sprintf(", "").replace("SocketAddr::from(", ""),
        ):
            return "", "", None  # a function or an object has a say in it
        return around, numbers.pop(), None
    inner = re.search(r"\$?\{(\w+)\}|[\"'`]\s*\+\s*(\w+)|,\s*(\w+)\s*\)?\s*\Z", expression)
    if inner and not names and not numbers and depth <= 3:
        _, number, via = _evaluate(inner[1] or inner[2] or inner[3], text, variables, depth + 1)
        return around, number, via
    return "", "", None
