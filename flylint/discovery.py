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
        matches = sorted(
            set(_matching("/" if path.startswith("/") else "", [part for part in path.split("/") if part]))
        )
        if not matches:
            found.problems.append(f"{shown(path)}: no file matches this pattern")
        yield from map(shown, matches)
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


def _matching(folder: str, parts: list[str]) -> Iterator[str]:
    """The files that a pattern stands for, which the shell left alone; "" is the current folder.

    As in a search, folders of others and links to folders, which may go in circles or elsewhere, are left alone.
    """
    part, rest = parts[0], parts[1:]
    if not any(sign in part for sign in "*?["):
        path = os.path.join(folder, part)
        if rest and os.path.isdir(path):
            yield from _matching(path, rest)
        elif not rest and os.path.isfile(path):
            yield path
        return
    from fnmatch import fnmatchcase

    try:
        with os.scandir(folder or ".") as entries:
            listing = list(entries)
    except OSError:
        return
    deep = part == "**"
    if deep and rest[:1] == ["**"]:
        yield from _matching(folder, rest)
        return
    if deep and rest:
        yield from _matching(folder, rest)
    for entry in listing:
        path = os.path.join(folder, entry.name)
        if not deep and not fnmatchcase(entry.name, part):
            continue
        if entry.name.startswith(".") and not part.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if (deep or rest) and entry.name not in SKIPPED_FOLDERS:
                yield from _matching(path, parts if deep else rest)
        elif not rest and entry.is_file() and not _leads_out(path, folder):
            yield path


def _leads_out(path: str, folder: str) -> bool:
    """Whether a file is a link that leads out of a folder: a stranger may have put it there."""
    if not os.path.islink(path):
        return False
    root = os.path.realpath(folder or ".").rstrip(os.sep) + os.sep
    return not os.path.realpath(path).startswith(root)


def _search(folder: str, excludes: Callable[[str], bool], found: Found) -> Iterator[str]:
    """The fly.toml files of a folder and of those below it, links to folders left alone."""
    pending, root = [folder], folder
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
                if entry.is_file() and _leads_out(entry.path, root):
                    found.problems.append(
                        f"{shown(entry.path)}: a link that leads out of the folder; name the file to lint it"
                    )
                elif entry.is_file():
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
