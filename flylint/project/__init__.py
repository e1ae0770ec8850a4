"""The files beside a fly.toml, read when a rule asks for them and within bounds.

Nothing outside the folder of the fly.toml is ever opened, no link out of it is followed, and nothing is run. When a
bound is hit, `left_out` says so and `partial` is true: what was not seen may be there all the same.
"""

from __future__ import annotations

import os
from functools import cached_property
from itertools import islice
from stat import S_ISDIR, S_ISREG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flylint.document import Position
    from flylint.project.dockerfile import Dockerfile
    from flylint.project.ignored import Patterns

MAX_ENTRIES = 10_000
"""How many files and folders are looked at in one project."""

MAX_DEPTH = 12
"""How deep folders may nest."""

MAX_FILE = 256 * 1024
"""How many bytes a file may have to be read."""

MAX_BYTES = 6 * 2**20
"""How many bytes are read of all sources together; files that are asked for by name may take as much again."""

MAX_RUN = 1000
"""How many blanks, or times the same character, may follow each other in a file to be read: nobody writes so."""

MAX_PATH = 4096
"""How many characters a path may have to be looked at, as in Linux."""

SKIPPED_FOLDERS = frozenset(
    [
        "node_modules",
        "bower_components",
        "vendor",
        "target",
        "dist",
        "build",
        "_build",
        "deps",
        "out",
        "venv",
        "env",
        "__pycache__",
        "site-packages",
        "coverage",
        "tmp",
        "log",
        "logs",
        "storage",
        "obj",
        "Pods",
    ]
)
"""Folders of other people's code and of what a build leaves behind; hidden folders are skipped as well."""

SOURCES = (
    *(".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".rb", ".ru", ".ex", ".exs", ".heex", ".go"),
    *(
        ".rs",
        ".php",
        ".java",
        ".kt",
        ".kts",
        ".scala",
        ".groovy",
        ".clj",
        ".cs",
        ".fs",
        ".cr",
        ".gleam",
        ".swift",
        ".hs",
    ),
    *(".dart", ".lua", ".pl", ".pm", ".c", ".cc", ".cpp", ".h", ".zig", ".nim", ".ml", ".erl", ".vue", ".svelte"),
    *(".astro", ".sh", ".yml", ".yaml", ".json", ".toml", ".conf", ".template", ".properties", ".xml", ".html", ".erb"),
    *(".rake", ".gradle", ".graphql", ".proto", ".tmpl", ".gotmpl", ".jinja", ".j2", ".ini", ".cfg", ".mod"),
    *("Dockerfile", "Caddyfile", "Gemfile", "Pipfile", "Procfile"),
)
"""How the names of files end that can have a part in what the app does."""

_DATA = (".json", ".yml", ".yaml", ".xml", ".html", ".toml")
"""What may be long without being code that matters."""

_NO_SOURCES = ("package-lock.json", "pnpm-lock.yaml", "composer.lock", "Cargo.lock", "tsconfig.json", "deno.lock")


class FilePlace:
    """A place in another file of the project, from offset `start` to `end` of its text."""

    __slots__ = ("end", "file", "start")

    def __init__(self, file: str, start: int, end: int) -> None:
        self.file = file
        self.start = start
        self.end = end


class Project:
    """The folder of a fly.toml. All paths are relative to it and have forward slashes.

    shown     how the user knows the folder: what goes in front of a path in messages
    left_out  what was not looked at, each in a few words
    partial   a bound was hit while walking or reading, so that nothing can be said to be absent
    """

    def __init__(self, folder: str, shown: str = "") -> None:
        self.folder = os.path.abspath(folder or ".")
        self.shown = shown
        self.left_out: dict[str, None] = {}
        self.partial = False
        self._texts: dict[str, str] = {}
        self._bytes = 0
        self._remembered: dict[Any, Any] = {}

    @classmethod
    def beside(cls, file: str) -> Project:
        """The project of a fly.toml."""
        shown = os.path.dirname(file).replace(os.sep, "/")
        return cls(os.path.dirname(os.path.abspath(file)), f"{shown.rstrip('/')}/" if shown else "")

    @classmethod
    def empty(cls) -> Project:
        """A project without files."""
        return cls(os.devnull)

    # single files

    @cached_property
    def _real(self) -> str:
        """The folder without links on the way."""
        return os.path.realpath(self.folder)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names in the folder itself."""
        try:
            return frozenset(os.listdir(self.folder))
        except OSError:
            return frozenset()

    @cached_property
    def bare(self) -> bool:
        """Whether no file but configurations of Fly.io stands beside it: then this is not the folder of the project."""
        if self.names & {".dockerignore", ".github", ".gitlab-ci.yml", ".circleci"}:
            return False
        return not any(
            os.path.isfile(os.path.join(self.folder, name))
            for name in self.names
            if not name.startswith((".", "fly.", "fly-", "flylint.toml"))
        )

    @cached_property
    def in_repository(self) -> bool:
        """Whether the folder is only a part of a repository, whose root is further up."""
        if ".git" in self.names:
            return False
        folder, parent = self.folder, os.path.dirname(self.folder)
        while folder != parent:
            folder, parent = parent, os.path.dirname(parent)
            if os.path.lexists(os.path.join(folder, ".git")):
                return True
        return False

    def inside(self, path: str) -> str | None:
        """The plain form of a path; None when it leads out of the folder, also over a link, and when it is too long."""
        if len(path) > MAX_PATH:
            return None
        plain = os.path.normpath(path.replace("\\", "/")).replace(os.sep, "/")
        if (
            "\0" in path
            or os.path.isabs(path)
            or path.startswith("/")
            or plain.split("/", 1)[0] in ("..", "")
            or ":" in plain[:2]
        ):
            return None
        real = os.path.realpath(os.path.join(self._real, plain))
        return plain if real == self._real or real.startswith(os.path.join(self._real, "")) else None

    def from_above(self, path: str) -> str:
        """The path as seen from this folder, when it is written as seen from a folder further up; "" when it is not."""
        parts = [part for part in path.split("/") if part not in ("", ".")]
        above = self._real.replace(os.sep, "/").split("/")
        for index in range(min(len(parts) - 1, len(above)), 0, -1):
            if parts[:index] == above[-index:]:
                return "/".join(parts[index:])
        return ""

    def _refuse(self, path: str) -> None:
        """Note that a path is not `inside`."""
        long = len(path) > MAX_PATH
        self.left_out.setdefault("a path that is too long" if long else f"`{path}`, which is outside of the folder")

    def _mode(self, path: str) -> int | None:
        """The kind of what is at a path: 0 for nothing, None when it is out of bounds."""
        plain = self.inside(path)
        if plain is None:
            self._refuse(path)
            return None
        try:
            return os.stat(os.path.join(self.folder, plain)).st_mode
        except (OSError, ValueError):
            return 0

    def has_file(self, path: str) -> bool | None:
        """Whether there is such a file; None when it is outside of the folder, where nobody looks."""
        mode = self._mode(path)
        return None if mode is None else S_ISREG(mode)

    def has(self, path: str) -> bool | None:
        """Whether there is such a file or folder; None when it is outside of the folder."""
        mode = self._mode(path)
        return None if mode is None else S_ISREG(mode) or S_ISDIR(mode)

    def read(self, path: str) -> str:
        """The text of a file; "" where there is none, or more of it than a file may have."""
        if path not in self._texts:
            if self.inside(path) is None:
                self._refuse(path)
            else:
                self._texts[path] = self._read(path)
        return self._texts.get(path, "")

    def _read(self, path: str) -> str:
        """The text of a file that is known to be inside the folder."""
        if self._bytes > 2 * MAX_BYTES:
            self._stop_reading()
            return ""
        full = os.path.join(self.folder, path)
        try:
            if not S_ISREG(os.stat(full).st_mode):
                return ""
            with open(full, "rb") as file:
                data = file.read(MAX_FILE + 1)
        except (OSError, ValueError):
            return ""
        self._bytes += len(data)
        text = data.decode("utf-8", "replace")
        why = f"is larger than {MAX_FILE // 1024} KiB" if len(data) > MAX_FILE else ""
        if not why and _has_long_run(text):
            why = f"repeats one character more than {MAX_RUN // 2} times"
        if why and not path.endswith(_DATA):
            self.partial = True
            self.left_out.setdefault(f"`{path}`, which {why}")
        return "" if why else text

    def _stop_reading(self) -> None:
        self.partial = True
        self.left_out.setdefault(f"files beyond the first {MAX_BYTES // 2**20} MiB")

    def positions(self, place: FilePlace) -> tuple[Position, Position]:
        """Where a place in a file begins and ends."""
        from flylint.document import Position

        text, found = self.read(place.file), []
        for offset in (place.start, place.end):
            offset = min(max(offset, 0), len(text))
            line_start = text.rfind("\n", 0, offset) + 1
            found.append(Position(text.count("\n", 0, line_start) + 1, offset - line_start + 1, offset))
        return found[0], found[1]

    def shown_text(self, shown: str) -> str:
        """The text of a file by the path that the user knows, for showing it: dots in place of what looks like a secret.

        A variable is known by its capitals, and its whole line is looked at: in code anything may be called `token`.
        """
        from re import compile

        from flylint.credentials import obscured, without_credentials

        variable = compile(r"\b[A-Z][A-Z0-9_]{2,}[\"']?[ \t]*[=:]")
        lines = self.read(shown.removeprefix(self.shown)).split("\n")
        return "\n".join(obscured(line) if variable.search(line) else without_credentials(line) for line in lines)

    def listing(self, folder: str) -> list[str]:
        """The names of the files in a folder, a few hundred at most."""
        if self.inside(folder) is None:
            return []
        try:
            return sorted(os.listdir(os.path.join(self.folder, folder))[:300])
        except OSError:
            return []

    # the whole folder

    @cached_property
    def files(self) -> list[str]:
        """The files of the folder and of those below it, near ones first, without what a build does not see."""
        from flylint.project.ignored import Patterns

        ignored: list[Patterns] = []
        if ".gitignore" in self.names:
            ignored.append(Patterns(self.read(".gitignore"), git=True))
        if ".dockerignore" in self.names:
            ignored.append(self.dockerignore)
        found: list[str] = []
        pending, seen = [""], 0
        for folder in pending:  # grows on the way: near folders come before far ones
            if folder.count("/") > MAX_DEPTH:
                self.partial = True
                self.left_out.setdefault(f"folders more than {MAX_DEPTH} levels down")
                break
            try:
                with os.scandir(os.path.join(self.folder, folder)) as entries:
                    listing = list(islice(entries, MAX_ENTRIES - seen + 1))
            except OSError:
                continue
            seen += len(listing)
            for entry in sorted(listing, key=lambda entry: entry.name):
                path = folder + entry.name
                if entry.is_file(follow_symlinks=False):
                    found.append(path)
                elif (
                    entry.is_dir(follow_symlinks=False)
                    and not entry.name.startswith(".")
                    and entry.name not in SKIPPED_FOLDERS
                    and not any(patterns.hides(path, folder=True) for patterns in ignored)
                ):
                    pending.append(path + "/")
            if seen > MAX_ENTRIES:
                self.partial = True
                self.left_out.setdefault(f"all but the first {MAX_ENTRIES} files and folders")
                break
        if ignored:
            found = [path for path in found if not any(patterns.hides(path) for patterns in ignored)]
        return sorted(found, key=lambda path: (path.count("/"), path))

    def named(self, *endings: str) -> list[str]:
        """The files whose path ends with one of these."""
        return [path for path in self.files if path.endswith(endings)]

    def sources(self, *endings: str) -> Iterator[tuple[str, str]]:
        """Path and text of the source files, or of those whose name ends with one of `endings`."""
        for path in self.files:
            name = path.rpartition("/")[2]
            if not path.endswith(endings or SOURCES) or name in _NO_SOURCES or name.startswith(("fly.", "fly-")):
                continue
            if self._bytes > MAX_BYTES and path not in self._texts:
                self._stop_reading()
                return
            if path not in self._texts:
                self._texts[path] = self._read(path)  # no link leads here: `files` follows none
            if self._texts[path]:
                yield path, self._texts[path]

    # what several rules ask for

    def remember(self, key: Any, make: Any) -> Any:
        """What `make` returns, worked out once."""
        if key not in self._remembered:
            self._remembered[key] = make()
        return self._remembered[key]

    @property
    def dockerignore(self) -> Patterns:
        """What .dockerignore keeps out of the build."""
        from flylint.project.ignored import Patterns

        patterns: Patterns = self.remember(".dockerignore", lambda: Patterns(self.read(".dockerignore")))
        return patterns

    def dockerfile(self, path: str) -> Dockerfile:
        """A Dockerfile, taken apart."""
        from flylint.project.dockerfile import Dockerfile

        parsed: Dockerfile = self.remember(("dockerfile", path), lambda: Dockerfile(path, self.read(path)))
        return parsed

    def json(self, path: str) -> dict[str, Any]:
        """The object in a JSON file; {} where there is none."""
        return self.remember(("json", path), lambda: _json(self.read(path)))  # type: ignore[no-any-return]

    @property
    def package(self) -> dict[str, Any]:
        """The package.json of the folder."""
        return self.json("package.json") if "package.json" in self.names else {}

    @property
    def node_packages(self) -> set[str]:
        """The names of the packages that the package.json of the folder depends on."""
        return self.dependencies("package.json") if "package.json" in self.names else set()

    def dependencies(self, path: str) -> set[str]:
        """The names of the packages that a package.json depends on."""
        names: set[str] = set()
        for key in ("dependencies", "devDependencies", "optionalDependencies"):
            value = self.json(path).get(key)
            names.update(value if isinstance(value, dict) else ())
        return names


def _has_long_run(text: str) -> bool:
    """Whether blanks, or one character, follow each other so often that patterns take too long."""
    half = MAX_RUN // 2  # every longer run has such a piece in it
    pieces = (text[start : start + half] for start in range(0, len(text) - half + 1, half))
    return any(piece.isspace() or piece == piece[0] * half for piece in pieces)


def _json(text: str) -> dict[str, Any]:
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
