"""What flylint reports: plain immutable values, made only when there is something to report."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flylint.severity import Severity as Severity

if TYPE_CHECKING:
    from flylint.document import Path, Position


class Label(NamedTuple):
    """A place in a file with a short text about it.

    `file` is None for the linted file itself, else the path of another file of the project as shown to the user.
    """

    start: Position
    end: Position
    message: str
    key: str = ""
    file: str | None = None


class Edit(NamedTuple):
    """Replace the text between two positions by `text`."""

    start: Position
    end: Position
    text: str


class Fix(NamedTuple):
    """Edits that mend a finding. `safe`: what Fly.io makes of the file stays the same, or only one meaning is possible.

    Where nobody asks for the edits there are none: it may be that the text cannot be edited that way.
    """

    title: str
    safe: bool
    edits: tuple[Edit, ...]


class Diagnostic(NamedTuple):
    """One finding at its place in a file. `key` is the dotted path of `path`, "" for the file as a whole."""

    file: str
    rule: str
    severity: Severity
    message: str
    path: Path
    key: str
    start: Position
    end: Position
    label: str = ""
    notes: tuple[str, ...] = ()
    help: str | None = None
    related: tuple[Label, ...] = ()
    fix: Fix | None = None


def dotted(path: Path) -> str:
    """The path as users write it: `http_service.checks[0].grace_period`; keys that need quotes in TOML stay bare."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out
