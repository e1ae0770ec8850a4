"""Files that are written in one step: whoever reads one, and whatever happens, finds all of the old or of the new."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def replace(target: str, temporary: str, descriptor: int, data: bytes, ready: Callable[[], None]) -> None:
    """Write to a new file, and let it take the place of another one once it is `ready`.

    Raises what that raises and OSError, and then the new file is gone and the other one as it was.
    """
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        ready()
        os.replace(temporary, target)
    except BaseException:  # an interruption as well
        try:
            os.unlink(temporary)
        except OSError:
            pass  # nothing can be done about it, and the first failure is the one to report
        raise


@contextmanager
def clearing_up() -> Iterator[None]:
    """Let a signal to end raise SystemExit, so that what has to be cleared up is; only the main thread can have that."""
    if current_thread() is not main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] != signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, before[number] or signal.SIG_DFL)


def _stop(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)
