"""The rules: one module per topic, one function per rule, and the registry that all else about a rule comes from."""

from __future__ import annotations

from importlib import import_module
from itertools import islice

from flylint.severity import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from flylint.document import Path, Span
    from flylint.edits import StructuralEdit
    from flylint.project import FilePlace

    Findings = Iterator["Finding"]
    Check = Callable[..., Findings]

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

# who would have caught it, had flylint not been there
FLYCTL = "flyctl"  # flyctl's local loading, validation or deploy code refuses it
PLATFORM = "platform"  # Fly.io's API refuses it
NOBODY = "nobody"

PAGES_URL = ""
"""Where the pages of the rules are published, with a slash at its end; empty as long as that is nowhere."""

TOPICS: tuple[str, ...] = (
    "syntax",
    "schema",
    "suppressions",
    "health_checks",
    "check_timing",
    "check_requests",
    "machines",
    "lifecycle",
    "regions",
    "metrics",
    "volumes",
    "deploy",
    "processes",
    "services",
    "ports",
    "concurrency",
    "autostop",
    "env",
    "build",
    "files",
    "legacy",
    "dockerfile",
    "listening",
    "routes",
    "compose",
    "project",
)


class Rule:
    """One thing that can be wrong with a fly.toml.

    name         lower case, hyphens, says the fault; stable
    up_to        the most severe that a finding of it can be; most rules have one severity
    topic        the module that it is in
    enforced_by  FLYCTL, PLATFORM or NOBODY
    fix          "safe", "unsafe" or None: the best fix that its findings may carry
    options      names and default values of its settings
    needs        what it speaks about, of `App.marks`: in a file with none of these it finds nothing and is not asked;
                 empty for a rule that any file may be a case for
    """

    __slots__ = ("aliases", "check", "enforced_by", "fix", "name", "needs", "options", "severity", "topic", "up_to")

    def __init__(
        self,
        name: str,
        check: Check,
        severity: Severity,
        enforced_by: str,
        fix: str | None,
        options: dict[str, Any],
        aliases: Sequence[str],
        up_to: Severity | None = None,
        needs: Iterable[str] = (),
    ) -> None:
        self.name = name
        self.check = check
        self.severity = severity
        self.up_to = severity if up_to is None else up_to
        self.enforced_by = enforced_by
        self.fix = fix
        self.options = options
        self.aliases = tuple(aliases)
        self.needs = frozenset(needs)
        self.topic = check.__module__.rpartition(".")[2].replace("_", "-")

    @property
    def summary(self) -> str:
        """What it finds, in one sentence: the first paragraph of its function's docstring."""
        return " ".join((self.check.__doc__ or "").strip().partition("\n\n")[0].split()).rstrip(".")

    @property
    def url(self) -> str | None:
        """The address of its page."""
        return f"{PAGES_URL}{self.name}/" if PAGES_URL else None


class Mend:
    """How a finding can be mended. `safe`: what Fly.io makes of it stays the same, or only one meaning is possible."""

    __slots__ = ("edits", "safe", "title")

    def __init__(self, title: str, *edits: StructuralEdit, safe: bool) -> None:
        self.title = title
        self.edits = edits
        self.safe = safe


MOST_RELATED = 10
"""How many other places a finding points at: nobody looks at more, and a hostile file has any number for each finding."""


class Finding:
    """What a rule says about one place; the engine looks the place up afterwards.

    path      the key that must change; () for the file as a whole
    message   what is wrong with this file: lower case, no full stop, names in backticks
    label     a few words under the underlined place
    help      what to do; notes: what Fly.io makes of it
    related   other places, each with a few words: paths, spans, or places in other files of the project; the first few count
    on        "value" or "key": what of the place is underlined
    severity  when it differs from the rule's own; never above its `up_to`
    span      the place itself, for what has no path
    """

    __slots__ = ("fix", "help", "label", "message", "notes", "on", "path", "related", "severity", "span")

    def __init__(
        self,
        path: Path,
        message: str,
        *,
        label: str = "",
        help: str | None = None,
        notes: Sequence[str] | str = (),
        related: Iterable[tuple[Path | Span | FilePlace, str]] = (),
        fix: Mend | None = None,
        on: str = "value",
        severity: Severity | None = None,
        span: Span | None = None,
    ) -> None:
        self.path = path
        self.message = message
        self.label = label
        self.help = help
        self.notes = (notes,) if isinstance(notes, str) else tuple(notes)
        self.related = tuple(islice(related, MOST_RELATED))
        self.fix = fix
        self.on = on
        self.severity = severity
        self.span = span


_registry: dict[str, Rule] = {}


def rule(
    name: str,
    *,
    severity: Severity,
    up_to: Severity | None = None,
    enforced_by: str,
    fix: str | None = None,
    options: dict[str, Any] | None = None,
    aliases: Sequence[str] = (),
    needs: Sequence[str] = (),
) -> Callable[[Check], Check]:
    """Register the decorated generator function as the rule `name`; with `options` it takes them as second argument."""

    def register(check: Check) -> Check:
        assert name not in _registry, name
        _registry[name] = Rule(name, check, severity, enforced_by, fix, options or {}, aliases, up_to, needs)
        return check

    return register


def all_rules() -> dict[str, Rule]:
    """Every rule by its name."""
    if not _registry:
        for topic in TOPICS:
            import_module(f"flylint.rules.{topic}")
    return _registry
