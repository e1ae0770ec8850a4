"""The laws that every fix obeys, whatever the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from flylint import engine, mend
from flylint.decode import Table, decode
from flylint.diagnostic import Diagnostic
from flylint.document import Document, Path
from flylint.fixes import apply
from flylint.settings import Settings
from flylint.severity import Severity

SETTINGS = Settings()


class Broken(AssertionError):
    """A law that does not hold: which, for the fix of which finding, and for what text."""

    def __init__(self, law: str, about: object, text: str, after: str) -> None:
        super().__init__(f"{law}: {about}\n--- before\n{text}\n--- after\n{after}")
        self.law = law


def check(text: str) -> engine.Result:
    """The findings of a text, with fixes, at every severity."""
    result = engine.check(Document(text), SETTINGS)
    assert not result.failures, result.failures[0].traceback
    return result


def mended(before: engine.Result, unsafe: bool = False) -> engine.Result:
    """What `--fix` makes of a file."""
    return mend.fix(before, SETTINGS, unsafe).result


def obey(text: str) -> None:
    """All laws hold for all fixes of a text. Raises Broken for the first that does not."""
    for broken in broken_laws(text):
        raise broken


def ignoring_ends(text: str) -> None:
    """Ignore comments for all findings leave the values alone, hide what they say, and a second run adds none."""
    before = check(text)
    ignored = mend.add_ignores(before, SETTINGS, Severity.INFO)
    after = ignored.result
    if repr(after.document.values) != repr(before.document.values):
        raise Broken("ignore comments change no value", "", text, after.document.text)
    again = mend.add_ignores(check(after.document.text), SETTINGS, Severity.INFO).result
    if again.document.text != after.document.text:
        raise Broken("a second run adds no ignore", "", after.document.text, again.document.text)
    if len(after.diagnostics) != len(before.diagnostics) - ignored.ignored or (
        before.document.complete and after.diagnostics
    ):
        raise Broken(
            "ignore comments hide all findings", [d.rule for d in after.diagnostics], text, after.document.text
        )


def broken_laws(text: str) -> Iterator[Broken]:
    """Every law that does not hold."""
    before = check(text)
    for diagnostic in before.diagnostics:
        if diagnostic.fix:
            yield from _alone(before, diagnostic)
    for unsafe in (False, True):
        yield from _together(before, unsafe)


def _alone(before: engine.Result, diagnostic: Diagnostic) -> Iterator[Broken]:
    """What one fix breaks when nothing else is changed."""
    assert diagnostic.fix
    text, edits, safe = before.document.text, diagnostic.fix.edits, diagnostic.fix.safe
    after = check(apply(text, edits))
    about = f"{'safe' if safe else 'unsafe'} fix of {diagnostic.rule} at {diagnostic.key or 'the file'}"

    def broken(law: str) -> Broken:
        return Broken(law, about, text, after.document.text)

    if len(after.document.problems) > len(before.document.problems):
        yield broken("the result parses")
        return
    if not _gone(diagnostic, before, after):
        yield broken("each fix removes the finding that offered it")
    lost = comments(before.document) - comments(after.document)
    if diagnostic.rule != "unused-ignore" and lost - Counter(_comments_that_go(before.document, diagnostic)):
        yield broken("comments survive")
    read_now = diagnostic.severity == Severity.ERROR or diagnostic.rule in READ  # what is wrong with it shows now
    if safe and not read_now and _errors(after) - _errors(before):
        yield broken("a safe fix brings no error")
    if safe and diagnostic.severity < Severity.ERROR and not _keeps_meaning(diagnostic, before, after):
        yield broken("a safe fix keeps what flyctl decodes")


def _together(before: engine.Result, unsafe: bool) -> Iterator[Broken]:
    """What all fixes together break."""
    after = mended(before, unsafe)
    about = "all fixes" if unsafe else "all safe fixes"
    if len(after.document.problems) > len(before.document.problems):
        yield Broken("the result parses", about, before.document.text, after.document.text)
    again = mended(check(after.document.text), unsafe)
    if again.document.text != after.document.text:
        yield Broken("a second run changes nothing", about, after.document.text, again.document.text)
    if not unsafe and _errors(after) - _errors(before):
        yield Broken("safe fixes bring no error", about, before.document.text, after.document.text)


READ: frozenset[str] = frozenset({"unknown-key", "key-under-wrong-table", "wrong-case-key"})
"""Rules whose safe fix gives a key its right name or place: it is read there now, and nothing else changes."""

IDLE: frozenset[str] = frozenset(
    {
        "auto-rollback-ignored",
        "check-tls-options-ignored",
        "concurrency-limit-not-positive",  # 0 counts as unset
        "duplicate-service",
        "experimental-cmd-overridden",
        "external-port-conflict",
        "ignored-build-key",
        "index-document-without-bucket",
        "legacy-leftover",
        "max-unavailable-ignored",
        "min-machines-without-autostop",
        "options-without-handler",
        "release-options-without-command",
        "removed-feature",
        "reserved-env-name",
        "restart-retries-ignored",
    }
)
"""Rules whose safe fix deletes what flyctl decodes and nothing uses."""

REPLACED: frozenset[str] = frozenset(
    {
        "check-duration-clamped",
        "legacy-name",  # moves the key
        "primary-region-in-env",  # the platform sets the variable
        "suspend-not-possible",
        "vm-memory-set-twice",
    }
)
"""Rules whose safe fix writes what flyctl or the platform makes of the value, so that only the text differs."""


ONE_MEANING: frozenset[str] = frozenset(
    {
        "app-listens-on-localhost",
        "autostop-without-autostart",
        "build-time-variable-in-env",
        "check-may-be-redirected",
        "check-path-invalid",
        "default-group-only",
        "env-not-expanded",
        "env-value-not-text",
        "grace-period-exceeds-wait-timeout",
        "grace-period-missing",
        "grace-period-too-short",
        "http-without-tls",
        "immediate-strategy",
        "kill-timeout-exceeds-wait-timeout",
        "listens-on-localhost",
        "metrics-incomplete",
        "port-80-with-tls",
        "port-env-mismatch",
        "release-command-is-server",
        "release-command-without-timeout",
        "requests-counted-without-http",
        "static-path-relative",
        "static-prefix-without-slash",
        "udp-autostop",
        "wait-timeout-too-small",
    }
)
"""Rules whose safe fix changes what is decoded, because as it stands it cannot be meant and only one other thing can."""


def _keeps_meaning(diagnostic: Diagnostic, before: engine.Result, after: engine.Result) -> bool:
    """Whether flyctl decodes the same, save what the lists above allow."""
    old, new = decoded(before.document), decoded(after.document)
    if diagnostic.rule in READ:
        return _within(_without(old, diagnostic.path), new)
    if diagnostic.rule in IDLE:
        return _within(new, old)
    return bool(old == new) or diagnostic.rule in REPLACED | ONE_MEANING


def _without(value: Any, path: Path) -> Any:
    """Decoded values without the one at a path, if there is one."""
    outer = value
    for part in path[:-1]:
        try:
            outer = outer[part]
        except (KeyError, IndexError, TypeError):
            return value  # an empty table before it is not decoded
    if isinstance(outer, dict):
        outer.pop(path[-1], None)
    return value


def _within(part: Any, whole: Any) -> bool:
    """Whether all that is in one value is in the other as well."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and _within(item, whole[key]) for key, item in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        rest = iter(whole)
        return all(any(_within(item, other) for other in rest) for item in part)
    return bool(part == whole)


def _gone(diagnostic: Diagnostic, before: engine.Result, after: engine.Result) -> bool:
    """Whether a finding is no more: at its place, or one of its rule less where places have shifted."""
    same = [d for d in after.diagnostics if d.rule == diagnostic.rule]
    return len(same) < sum(d.rule == diagnostic.rule for d in before.diagnostics) or all(
        d.key != diagnostic.key for d in same
    )


def _errors(result: engine.Result) -> Counter[str]:
    return Counter(d.rule for d in result.diagnostics if d.severity == Severity.ERROR)


def comments(document: Document) -> Counter[str]:
    """The comments of a document and how often each is there."""
    return Counter(text for _, text in document.comments())


def _comments_that_go(document: Document, diagnostic: Diagnostic) -> Iterator[str]:
    """The comments that a fix may take away: their line goes as well, or the value or table that they stand in."""
    text, edits = document.text, diagnostic.fix.edits if diagnostic.fix else ()
    for span, comment in document.comments():
        for edit in edits:
            if edit.start.offset <= span.start < edit.end.offset:
                line = text.rfind("\n", 0, span.start) + 1
                code = text[line : span.start]
                first = line + len(code) - len(code.lstrip())
                gone = text[edit.start.offset : span.start].strip()
                if gone and (edit.start.offset <= first or gone[-1] in "{["):
                    yield comment


def decoded(document: Document) -> Any:
    """What flyctl decodes, without the keys that it ignores."""
    values = _plain(decode(document.values)[0])
    for check in values.get("checks", {}).values():
        check.pop("name", None)  # of an element of [[checks]]: the name that it goes by, and no key of its own
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, Table):
        return {key: _plain(item) for key, item in value.values.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
