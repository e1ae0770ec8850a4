"""What is said to whoever runs flylint, and how that ends: streams and exit statuses. The only place that prints.

Findings go to stdout and nothing else does there; everything else goes to stderr.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, TextIO

    from flylint.settings import SettingsError

OK, FINDINGS, WRONG, INTERRUPTED = 0, 1, 2, 130
"""The exit statuses: nothing at or above the threshold, findings, the run itself went wrong, stopped from outside."""


def prepare() -> None:
    """No text may break on the encoding of a terminal, and no file may be opened in place of a stream that is closed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # as `flylint >&-` has it
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 (open to the end)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def write(text: str | bytes) -> int:
    """Write to stdout; bytes as they are. A reader that has gone away (`flylint | head -1`) is no reason to fail; a full disk is one."""
    try:
        if isinstance(text, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(text)
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # the interpreter flushes once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return wrong(f"cannot write the output: {error.strerror}")
    return OK


def write_exactly(text: str | bytes) -> int:
    """Write what programs read to stdout: in UTF-8, whatever a terminal here would want."""
    if isinstance(text, str) and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
    return write(text)


def say(text: str) -> None:
    """Write a line to stderr, for people. What a terminal would obey is drawn: names and words may be those of a stranger."""
    if not text.isprintable() or "##[" in text or "::" in text:
        from flylint.output.text import unobeyed, visible

        text = unobeyed(visible(text))
    tell(text)


def tell(text: str) -> None:
    """Write a text that is known to be harmless to stderr, as it is."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        pass  # nobody is left to tell


def wrong(text: str) -> int:
    """Say why the run cannot do what it was asked for."""
    say(f"flylint: {text}")
    return WRONG


def leave(status: int) -> NoReturn:
    """End the process, with everything written and nothing cleaned up."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # there is none, or nobody reads it
    os._exit(status)


def wrong_settings(error: SettingsError) -> int:
    """Say everything that is wrong with the settings."""
    for problem in error.problems:
        wrong(str(problem))
    return WRONG


def wants_color(choice: str, stream: TextIO) -> bool:
    """Whether to colour what goes to a stream: --color, NO_COLOR, FORCE_COLOR, else whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream)


def is_terminal(stream: TextIO) -> bool:
    """Whether a stream goes to a terminal that can do more than print."""
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def width(stream: TextIO) -> int:
    """The columns of the terminal that a stream goes to, 80 where there is none."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns[:6]):
        return int(columns[:6])
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
