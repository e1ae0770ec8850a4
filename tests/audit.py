"""What a piece of work does to the world: the files that it opens, and whether it uses the network or starts programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "pty.", "ftplib.", "urllib.", "http.client.")  # fmt: skip
_CHANGES = ("os.remove", "os.rename", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "shutil.")  # fmt: skip


class Seen:
    """What was seen: paths that were read or listed, paths that were written or changed, and deeds that nobody allowed."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.written: set[str] = set()
        self.forbidden: list[str] = []

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, (str, bytes)):
                writes = any(sign in (mode or "") for sign in "wax+") or flags & (os.O_WRONLY | os.O_RDWR)
                (self.written if writes else self.read).add(_real(path))
        elif event in ("os.listdir", "os.scandir") and isinstance(arguments[0], (str, bytes)):
            self.read.add(_real(arguments[0]))
        elif event.startswith(_FORBIDDEN):
            self.forbidden.append(f"{event}{arguments!r}")
        elif event.startswith(_CHANGES):
            self.written.update(_real(argument) for argument in arguments if isinstance(argument, (str, bytes)))


def _real(path: str | bytes) -> str:
    return os.path.realpath(os.fsdecode(path))


_watching: list[Seen] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching:
        watching = _watching.pop()  # what is done for the note itself does not count
        try:
            watching.note(event, arguments)
        finally:
            _watching.append(watching)


_installed: list[bool] = []


@contextmanager
def watched() -> Iterator[Seen]:
    """What happens until the end of the block."""
    if not _installed:
        sys.addaudithook(_hook)  # for ever: there is no way to take it off again
        _installed.append(True)
    seen = Seen()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.clear()


def code(path: str) -> bool:
    """Whether a file belongs to Python or to the packages that flylint is made of, which are read as they are imported."""
    folders = {os.path.realpath(folder) for folder in (sys.prefix, sys.base_prefix, *filter(None, sys.path)) if folder}
    return any(
        path.startswith(folder + os.sep) or path == folder for folder in folders - {os.path.realpath(os.getcwd())}
    )
