"""A compose file as flyctl reads it: internal/containerconfig/compose.go.

It is read as a tree of nodes, each with its place; nothing is built from it, so that references to references cannot
grow.
"""

from __future__ import annotations

from posixpath import dirname, join

from flylint.pattern import pattern
from flylint.project import FilePlace
from flylint.values import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.project import Project

MAX_SIZE = 64 * 1024
MAX_SERVICES = 100

_TEXTS = ("image", "working_dir", "user", "restart")
_TEXT_LISTS = ("volumes", "ports")
_LISTS = ("configs", "secrets")
_TOP_MAPS = ("volumes", "networks", "configs", "secrets")
_COMMANDS = ("command", "entrypoint")
_WORDS = 'write it as a list of words: `[serve, --port, "80"]`'
_NUMBER = pattern(r"[-+.]?[0-9]")  # or a text that begins like one: nothing is said about those

# what has no effect on Fly.io, and what to do instead; `restart` and `ports` stand in nearly every file
_WITHOUT_EFFECT = {
    "networks": "containers of one Machine reach each other on localhost",
    "deploy": "set this in fly.toml",
    "env_file": "write the variables in `environment`, and secrets with `fly secrets set`",
    "secrets": "use `fly secrets set`",
    "configs": "mount each file with `volumes`",
    "working_dir": "let the image set it with `WORKDIR`",
}
# what flyctl makes of the times of a healthcheck; it has no `start_period`
_TIMES = {"interval": "30s", "timeout": "10s", "start_period": ""}

Remark = tuple[str, str, FilePlace]


class Compose:
    """What is wrong with a compose file.

    faults   what flyctl cannot read
    ignored  what it leaves out, or takes for something else
    changed  what it has its own values for
    hosts    what the volumes of a service name of the host: the service, the path, and its place
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.faults: list[Remark] = []
        self.ignored: list[Remark] = []
        self.changed: list[Remark] = []
        self.hosts: list[Remark] = []
        if len(text) <= MAX_SIZE:
            self._read(text)

    def _read(self, text: str) -> None:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            root = yaml.compose(text, Loader=loader)
        except yaml.MarkedYAMLError as error:
            at = getattr(error.problem_mark, "index", 0) or 0
            self._fault(f"`{self.path}` is not YAML: {error.problem}", "mend it", FilePlace(self.path, at, at))
            return
        except (yaml.YAMLError, RecursionError, ValueError):
            self._fault(f"`{self.path}` is not YAML", "mend it", FilePlace(self.path, 0, 0))
            return
        if root is None or not _is(root, "mapping"):
            self._fault(f"`{self.path}` has no services", "add `services`", FilePlace(self.path, 0, 0))
            return
        for key, node in self._fields(root):
            if key in _TOP_MAPS and not _is(node, "mapping") and not _is_null(node):
                self._fault(
                    f"`{key}` of `{self.path}` must be a map", "write a map, `name:` for each", self._place(node)
                )
            elif key == "version" and not _is(node, "scalar"):
                self._fault(f"`version` of `{self.path}` must be text", "delete it", self._place(node))
        services = _get(root, "services")
        if services is None or not _is(services, "mapping") or not services.value:
            self._fault(f"`{self.path}` has no services", "add `services`", self._place(services or root))
            return
        built = []
        for key, service in services.value[:MAX_SERVICES]:
            if not _is(service, "mapping"):
                self._fault(
                    f"the service `{_text(key)}` of `{self.path}` is not a table", "write its image", self._place(key)
                )
                continue
            if self._service(_text(key), key, service):
                built.append((_text(key), _key(service, "build")))
        if len(built) > 1:
            names = " and ".join(f"`{name}`" for name, _ in built)
            self._fault(
                f"only one service of `{self.path}` can have `build`, and {names} have it",
                "name an image for the others",
                self._place(built[1][1]),
            )

    def _service(self, name: str, key: Any, service: Any) -> bool:
        """Look at one service; whether it has `build`."""
        build, image = _get(service, "build"), _get(service, "image")
        has_build = build is not None and not _is_null(build)
        if not has_build and (image is None or not _text(image)) and _get(service, "<<") is None:
            self._fault(f"the service `{name}` has neither `image` nor `build`", "add one of them", self._place(key))
        for field, node in self._fields(service):
            if field in _TEXTS and not _is(node, "scalar"):
                self._fault(f"`{field}` of the service `{name}` must be text", "write it as text", self._place(node))
            elif field in _COMMANDS and _is(node, "scalar") and " " in _text(node).strip():
                self._ignore(
                    f"`{field}` of the service `{name}` is one text, which becomes the name of the program as a whole",
                    _WORDS,
                    node,
                )
            elif field in _COMMANDS:
                self._words(name, field, node)
            elif _is_null(node):
                continue
            elif field == "environment":
                self._environment(name, node)
            elif field in _TEXT_LISTS:
                items = node.value if _is(node, "sequence") else None
                if items is None or any(not _is(item, "scalar") for item in items):
                    self._fault(
                        f"`{field}` of the service `{name}` has the long form, which flyctl does not read",
                        "write each entry as text, such as `./file:/path`",
                        self._place(node),
                    )
                elif field == "volumes":
                    self._volumes(name, items)
            elif field == "depends_on" and not _is(node, "sequence", "mapping"):
                self._fault(
                    f"`depends_on` of the service `{name}` is neither a list nor a map",
                    "write a list",
                    self._place(node),
                )
            elif field in _LISTS and not _is(node, "sequence"):
                self._fault(f"`{field}` of the service `{name}` must be a list", "write a list", self._place(node))
            elif field in ("deploy", "healthcheck") and not _is(node, "mapping"):
                self._fault(f"`{field}` of the service `{name}` must be a map", "write a map", self._place(node))
            elif field == "healthcheck":
                self._healthcheck(name, node)
            elif field in _WITHOUT_EFFECT and node.value:
                self._ignore(
                    f"`{field}` of the service `{name}` has no effect on Fly.io",
                    _WITHOUT_EFFECT[field],
                    _key(service, field),
                )
        return has_build

    def _environment(self, name: str, node: Any) -> None:
        if not _is(node, "mapping"):
            self._fault(
                f"`environment` of the service `{name}` is a list, which flyctl does not read",
                "write it as a map: `NAME: value` instead of `- NAME=value`",
                self._place(node),
            )
            return
        wrong = next(
            ((key, value) for key, value in self._fields(node) if key != "<<" and not _is(value, "scalar")), None
        )
        if wrong:
            self._fault(
                f"`{wrong[0]}` in `environment` of the service `{name}` must be text",
                "write it as text",
                self._place(wrong[1]),
            )

    def _healthcheck(self, name: str, node: Any) -> None:
        changed = []
        for field, value in self._fields(node):
            if field == "test":
                words = value.value if _is(value, "sequence") else []
                shell = _text(words[0]) == "CMD-SHELL" if words else _is(value, "scalar")
                if shell and " " in _text(words[1] if words[1:] else value).strip():
                    self._ignore(
                        f"`test` of the service `{name}` is for a shell, which flyctl does not start: the text becomes the"
                        " name of a program as a whole",
                        'write `[CMD, sh, -c, "…"]`',
                        value,
                    )
                self._words(name, field, value)
            elif field in _TIMES and not _is(value, "scalar"):
                self._fault(f"`{field}` of the service `{name}` must be text", "write it as text", self._place(value))
            elif field in _TIMES and _text(value) not in ("", _TIMES[field]):
                changed.append(field)
            elif field == "retries" and not _is_number(value):
                self._fault(
                    f"`retries` of the service `{name}` must be a number", "write it without quotes", self._place(value)
                )
        if changed:
            self.changed.append(
                (
                    f"{listed(changed, 'and')} of the service `{name}` {'do' if changed[1:] else 'does'} not count: flyctl"
                    " makes 30 s of any `interval` and 10 s of any `timeout`, and knows no `start_period`",
                    "choose `retries` so that they give the service enough time to start",
                    self._place(_key(node, changed[0])),
                )
            )

    def _words(self, name: str, field: str, node: Any) -> None:
        """Find the first item of a command that flyctl drops."""
        dropped = next((item for item in node.value if not _is_string(item)), None) if _is(node, "sequence") else None
        if dropped is not None:
            what = f"`{_text(dropped)}`" if _text(dropped) else "an item"
            self._ignore(
                f"{what} in `{field}` of the service `{name}` is not text, and flyctl leaves it out", _WORDS, dropped
            )

    def _volumes(self, name: str, items: list[Any]) -> None:
        for item in items:
            parts = _text(item).split(":")
            host = parts[0] if len(parts) == 3 or (len(parts) == 2 and parts[1] not in ("ro", "rw")) else ""
            if host:
                self.hosts.append((name, host, self._place(item)))

    def _fields(self, service: Any) -> list[tuple[str, Any]]:
        return [(_text(key), value) for key, value in service.value]

    def _fault(self, message: str, help: str, place: FilePlace) -> None:
        self.faults.append((message, help, place))

    def _ignore(self, message: str, help: str, node: Any) -> None:
        self.ignored.append((message, help, self._place(node)))

    def _place(self, node: Any) -> FilePlace:
        start, end = node.start_mark, node.end_mark
        return FilePlace(self.path, start.index, end.index if end.line == start.line else start.index + 1)


def no_file(project: Project, compose: str, host: str) -> str:
    """What the source of a volume is instead of a file that flyctl can copy; "" for a file, and for what may be one."""
    path = join(dirname(compose), host)
    if project.has_file(path):
        return ""
    if "/" not in host and not host.startswith((".", "~")):
        return "a volume"
    if project.has(path):
        return "a folder"
    last = host.rpartition("/")[2]
    return "" if "." in last and last.strip(".") else "no file"


def _is(node: Any, *kinds: str) -> bool:
    return node.id in kinds


def _is_null(node: Any) -> bool:
    return _is(node, "scalar") and str(node.tag).endswith(":null")


def _is_number(node: Any) -> bool:
    """Whether it is written like a number, or is nothing."""
    return _is_null(node) or (_is(node, "scalar") and not node.style and bool(_NUMBER.match(node.value)))


def _is_string(node: Any) -> bool:
    """Whether flyctl reads it as text: YAML 1.2 as Go's yaml.v3 has it, where `yes` and `1:30` are text."""
    kind = str(node.tag).rpartition(":")[2]
    if kind == "bool":
        return _text(node).lower() not in ("true", "false")
    return _is(node, "scalar") and (kind == "str" or (":" in _text(node) and kind in ("int", "float")))


def _text(node: Any) -> str:
    return node.value if _is(node, "scalar") else ""


def _get(mapping: Any, name: str) -> Any:
    """The value of a key; None where there is none."""
    return next((value for key, value in mapping.value if _text(key) == name), None)


def _key(mapping: Any, name: str) -> Any:
    return next((key for key, _ in mapping.value if _text(key) == name), mapping)
