"""Many files on all processors: each worker is a copy of this process that lints its share and sends back what came of it.

Only where the system can copy a process. A few files are linted here: starting workers would take longer than that.
"""

from __future__ import annotations

import os
import sys

from flylint.lint import PLEASE_REPORT, Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from flylint.lint import Linter

SHARE = 40
"""How many files a worker must get to be worth starting it."""

MOST_WORKERS = 16


def lint(linter: Linter, paths: Sequence[str]) -> Iterator[Outcome]:
    """What came of each file, in the order of the paths."""
    number = min(_processors(), len(paths) // SHARE, MOST_WORKERS)
    if number < 2 or not _can_fork():
        yield from map(linter.lint, paths)
    else:
        yield from _lint_apart(linter, paths, number)


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _can_fork() -> bool:
    """Whether copies of this process are sound: the libraries of macOS do not stand it, nor do other threads."""
    threading = sys.modules.get("threading")
    return hasattr(os, "fork") and sys.platform != "darwin" and (threading is None or threading.active_count() == 1)


def _lint_apart(linter: Linter, paths: Sequence[str], number: int) -> Iterator[Outcome]:
    """The same with some workers, each of which gets every so manieth file, so that all are done at the same time."""
    from pickle import UnpicklingError, load
    from signal import SIGKILL

    sys.stdout.flush()  # what waits there would be written by every copy
    sys.stderr.flush()
    workers: list[int] = []
    sources: list[BinaryIO | None] = []
    left = len(paths)
    try:
        for index in range(number):
            source, target = os.pipe()
            sources.append(open(source, "rb"))  # noqa: SIM115
            worker = os.fork()
            if not worker:
                _work(linter, paths[index::number], target, sources)
            os.close(target)
            workers.append(worker)
        for index, path in enumerate(paths):
            file = sources[index % number]
            try:
                yield load(file) if file else linter.lint(path)
            except (EOFError, UnpicklingError):
                # this file has ended the worker; what else it had to do is done here
                sources[index % number] = None
                name = linter.name_of(path)
                yield Outcome(name, [f"flylint itself failed on {name} (its process has ended); {PLEASE_REPORT}"])
            left -= 1
    finally:
        for file in sources:
            if file:
                file.close()  # a worker that still has something to say ends at that
        for worker in workers:
            if left:  # interrupted: it may have much to do
                os.kill(worker, SIGKILL)
            os.waitpid(worker, 0)


def _work(linter: Linter, paths: Sequence[str], target: int, sources: Sequence[BinaryIO | None]) -> None:
    """What a worker does, and nothing after it: no cleaning up that belongs to the process that it is a copy of."""
    from pickle import dump

    try:
        for source in sources:
            if source:
                source.close()  # else nobody would notice that the reader has gone
        with open(target, "wb") as file:
            for path in paths:
                dump(linter.lint(path), file)
                file.flush()
    finally:
        os._exit(0)
