"""Which files to lint: those named, those in folders, and never one that the settings exclude."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STDIN = "-"
"""The path that stands for standard input."""

SKIPPED_FOLDERS = frozenset({"node_modules", "venv", "__pycache__"})
"""Folders that hold other people's projects; hidden folders are skipped as well."""


class Found:
    """What a search found.

    files     paths as they are shown to the user and can be opened
    excluded  how many files and folders the settings kept out
    problems  paths that gave nothing, each with the reason
    """

    __slots__ = ("excluded", "files", "problems")

    def __init__(self) -> None:
        self.files: list[str] = []
        self.excluded = 0
        self.problems: list[str] = []


def is_config_name(name: str) -> bool:
    """Whether a file of this name is a fly.toml: `fly.toml`, `fly.*.toml` or `fly-*.toml`."""
    return name == "fly.toml" or (name.startswith(("fly.", "fly-")) and name.endswith(".toml") and len(name) > 8)


def discover(paths: Iterable[str], excludes: Callable[[str], bool]) -> Found:
    """The files to lint, each once: named ones whatever their name, folders and patterns searched, in a stable order.

    `excludes` judges files and the folders on the way, also those that were named: pre-commit names every file. A run
    that names only excluded files has nothing to do; a search that may look at nothing has a problem, for whoever asks
    for one expects files, and settings that exclude them all are a mistake.
    """
    found = Found()
    seen: set[str] = set()
    searched = False
    for path in paths:
        searched = searched or not _is_named(path)
        for candidate in _candidates(path, excludes, found):
            identity = candidate if candidate == STDIN else os.path.abspath(candidate)
            if identity in seen:
                continue
            seen.add(identity)
            if excludes(candidate):
                found.excluded += 1
            else:
                found.files.append(candidate)
    if searched and found.excluded and not (found.files or found.problems):
        found.problems.append("nothing to check: the settings exclude everything that was found")
    return found


def _is_named(path: str) -> bool:
    """Whether a path of the command line is that of a file, and not of a folder or a pattern to search."""
    return path == STDIN or (os.path.lexists(path) and not os.path.isdir(path))


def _candidates(path: str, excludes: Callable[[str], bool], found: Found) -> Iterator[str]:
    """The files that a path of the command line stands for, excluded ones among them."""
    if path == STDIN:
        yield path
    elif os.path.isdir(path):
        before = (len(found.problems), found.excluded)
        nothing = True
        for file in _search(path, excludes, found):
            nothing = False
            yield file
        if nothing and before == (len(found.problems), found.excluded):
            found.problems.append(
                f"{shown(path)}: no fly.toml, fly.*.toml or fly-*.toml in this folder or below{_near_miss(path)}"
            )
    elif os.path.lexists(path):
        yield shown(path)
    elif any(sign in path for sign in "*?["):
        from glob import glob  # for patterns that the shell left alone

        matches = sorted(glob(path, recursive=True))
        if not matches:
            found.problems.append(f"{shown(path)}: no file matches this pattern")
        for match in matches:
            if not os.path.isdir(match):
                yield shown(match)
    else:
        found.problems.append(f"{shown(path)}: no such file or folder")


def _near_miss(folder: str) -> str:
    """What to say about a file of a folder that is nearly a fly.toml; "" without one."""
    for name in sorted(os.listdir(folder)):
        if name in ("fly.json", "fly.yaml"):
            return f"; {name} is not TOML, and flylint reads nothing else"
        plain = name.lower().lstrip(".")
        if plain in ("fly.toml", "fly.yml", "fly.tml", "flytoml") or plain.startswith("fly.toml."):
            return f"; {name} is a name that flyctl does not look for: rename it, or name it on the command line"
    return ""


def _search(folder: str, excludes: Callable[[str], bool], found: Found) -> Iterator[str]:
    """The fly.toml files of a folder and of those below it, links to folders left alone."""
    pending = [folder]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as entries:
                listing = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            found.problems.append(f"{shown(folder)}: {reason(error)}")
            continue
        below = []
        for entry in listing:
            name = entry.name
            if is_config_name(name):
                if entry.is_file():
                    yield shown(entry.path)
            elif not name.startswith(".") and name not in SKIPPED_FOLDERS and entry.is_dir(follow_symlinks=False):
                if excludes(entry.path):
                    found.excluded += 1
                else:
                    below.append(entry.path)
        pending += reversed(below)


def shown(path: str) -> str:
    """The path as the user sees it: as it was given, without a leading `./`, with forward slashes."""
    if os.sep != "/":
        path = path.replace(os.sep, "/")
    while path.startswith("./") and len(path) > 2:
        path = path[2:].lstrip("/")
    return path


def reason(error: OSError) -> str:
    """Why the system refused, in the words of its message: `permission denied`."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
