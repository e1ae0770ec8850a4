"""A compose file as flyctl reads it: internal/containerconfig/compose.go.

It is read as a tree of nodes, each with its place; nothing is built from it, so that references to references cannot
grow.
"""

from __future__ import annotations

from flylint.project import FilePlace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_SIZE = 64 * 1024
MAX_SERVICES = 100

_TEXTS = ("image", "working_dir", "user", "restart")
_TEXT_LISTS = ("volumes", "ports")
_LISTS = ("configs", "secrets")

Remark = tuple[str, str, FilePlace]


class Compose:
    """What is wrong with a compose file (`faults`), and what flyctl leaves out of it (`ignored`)."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.faults: list[Remark] = []
        self.ignored: list[Remark] = []
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
            elif field == "environment" and not _is(node, "mapping") and not _is_null(node):
                self._fault(
                    f"`environment` of the service `{name}` is a list, which flyctl does not read",
                    "write it as a map: `NAME: value` instead of `- NAME=value`",
                    self._place(node),
                )
            elif field in _TEXT_LISTS and not _is_null(node):
                items = node.value if _is(node, "sequence") else None
                if items is None or any(not _is(item, "scalar") for item in items):
                    self._fault(
                        f"`{field}` of the service `{name}` has the long form, which flyctl does not read",
                        "write each entry as text, such as `./file:/path`",
                        self._place(node),
                    )
                elif field == "volumes":
                    self._volumes(name, items)
            elif field == "depends_on" and not _is(node, "sequence", "mapping") and not _is_null(node):
                self._fault(
                    f"`depends_on` of the service `{name}` is neither a list nor a map",
                    "write a list",
                    self._place(node),
                )
            elif field in _LISTS and not _is(node, "sequence") and not _is_null(node):
                self._fault(f"`{field}` of the service `{name}` must be a list", "write a list", self._place(node))
            elif field in ("deploy", "healthcheck") and not _is(node, "mapping") and not _is_null(node):
                self._fault(f"`{field}` of the service `{name}` must be a map", "write a map", self._place(node))
            elif field in ("command", "entrypoint") and _is(node, "scalar") and " " in _text(node).strip():
                self.ignored.append(
                    (
                        f"`{field}` of the service `{name}` is one text, which becomes the name of the program as a whole",
                        'write it as a list of words: `[serve, --port, "80"]`',
                        self._place(node),
                    )
                )
        left_out = [field for field, node in self._fields(service) if field in ("networks", "deploy") and node.value]
        if left_out:
            node = _key(service, left_out[0])
            self.ignored.append(
                (
                    f"`{left_out[0]}` of the service `{name}` has no effect on Fly.io",
                    "set this in fly.toml",
                    self._place(node),
                )
            )
        return has_build

    def _volumes(self, name: str, items: list[Any]) -> None:
        for item in items:
            parts = _text(item).split(":")
            host = parts[0] if len(parts) == 3 or (len(parts) == 2 and parts[1] not in ("ro", "rw")) else ""
            if host and "." not in host.rpartition("/")[2]:
                what = "a folder" if "/" in host else "a volume"
                self.ignored.append(
                    (
                        f"`{host}` of the service `{name}` is {what}, which flyctl leaves out",
                        "for data that must last write `[[mounts]]` in fly.toml; single files are copied",
                        self._place(item),
                    )
                )

    def _fields(self, service: Any) -> list[tuple[str, Any]]:
        return [(_text(key), value) for key, value in service.value]

    def _fault(self, message: str, help: str, place: FilePlace) -> None:
        self.faults.append((message, help, place))

    def _place(self, node: Any) -> FilePlace:
        start, end = node.start_mark, node.end_mark
        return FilePlace(self.path, start.index, end.index if end.line == start.line else start.index + 1)


def _is(node: Any, *kinds: str) -> bool:
    return node.id in kinds


def _is_null(node: Any) -> bool:
    return _is(node, "scalar") and str(node.tag).endswith(":null")


def _text(node: Any) -> str:
    return node.value if _is(node, "scalar") else ""


def _get(mapping: Any, name: str) -> Any:
    """The value of a key; None where there is none."""
    return next((value for key, value in mapping.value if _text(key) == name), None)


def _key(mapping: Any, name: str) -> Any:
    return next((key for key, _ in mapping.value if _text(key) == name), mapping)
