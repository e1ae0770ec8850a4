"""Ignore comments."""

from __future__ import annotations

import pytest

from flylint import engine, suppressions
from flylint.diagnostic import Diagnostic
from flylint.document import Document
from flylint.fixes import apply
from flylint.settings import Settings

HEAD = 'app = "my-app"\nprimary_region = "fra"\n'


def lint(text: str, **settings: object) -> list[Diagnostic]:
    result = engine.check(Document(HEAD + text), Settings({"select": ["schema", "syntax", "suppressions"], **settings}))
    assert not result.failures, result.failures[0].traceback
    return result.diagnostics


def found(text: str, **settings: object) -> list[tuple[int, str]]:
    """The line, counted from the end of the head, and the rule of each finding."""
    return [(diagnostic.start.line - 2, diagnostic.rule) for diagnostic in lint(text, **settings)]


def mended(text: str) -> str:
    """The text after the fixes of our own rules, one after the other."""
    for _ in range(10):
        fixes = [d.fix for d in lint(text) if d.rule in ("unused-ignore", "invalid-ignore") and d.fix]
        if not fixes:
            return text
        text = apply(HEAD + text, fixes[0].edits).removeprefix(HEAD)
    raise AssertionError("fixing does not come to an end")


def test_the_file_without_comments_has_a_finding() -> None:
    assert found("tier = 3\n") == [(1, "unknown-key")]


@pytest.mark.parametrize(
    "text",
    [
        "tier = 3 # flylint: ignore[unknown-key]\n",
        "tier = 3 # flylint: ignore[unknown-key] read by our script\n",
        "tier = 3 #flylint:ignore[ unknown-key ]\n",
        "tier = 3 # what a tier # flylint: ignore[unknown-key]\n",
        "# flylint: ignore[unknown-key] why\ntier = 3\n",
        "  # flylint: ignore[unknown-key] why\n  tier = 3\n",
        "# flylint: ignore[unknown-key]\n# another comment\n\t# and one more\ntier = 3\n",
        "# about tiers\n# flylint: ignore[unknown-key]\ntier = 3\n",
        "tier = 3\n# flylint: ignore-file[unknown-key]\n",
        "tier = 3 # flylint: ignore[unknown-key]",
        "tier = 3 # flylint: ignore[unknown-key]\r\nswap_size_mb = 1\r\n",
        "tier = [ # flylint: ignore[unknown-key]\n  1,\n  2,\n]\n",
        "# flylint: ignore[unknown-key]\ntier = '''\n# flylint: ignore\n'''\n",
        "# flylint: ignore[unknown-key]\n[tier]\na = 1\n",
    ],
)
def test_a_comment_hides_a_finding(text: str) -> None:
    assert found(text) == []


def test_two_comments_for_one_line() -> None:
    text = "# flylint: ignore[unknown-key]\ntier = 3\n"
    text += "# flylint: ignore[wrong-type]\nbuild = 3 # flylint: ignore[unknown-key]\n"
    assert found(text) == [(4, "unused-ignore")]


def test_several_names() -> None:
    text = "deploy = { tier = 1, strategy = 3 } # flylint: ignore[unknown-key, wrong-type] why\n"
    assert found(text) == []
    assert found(text.partition("#")[0] + "\n") != []


@pytest.mark.parametrize(
    "text",
    [
        "# flylint: ignore[unknown-key]\n\ntier = 3\n",  # a blank line between them
        "tier = 3\n# flylint: ignore[unknown-key]\n",
        "tier = 3 # flylint: ignore[wrong-type]\n",
    ],
)
def test_a_comment_that_speaks_of_something_else(text: str) -> None:
    assert sorted(rule for _, rule in found(text)) == ["unknown-key", "unused-ignore"]


def test_comments_in_strings_are_none() -> None:
    assert found('tier = "# flylint: ignore[unknown-key]"\n') == [(1, "unknown-key")]


def test_other_comments_may_speak_of_us() -> None:
    assert found("# checked by flylint: see the README\n# flylint\n") == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# flylint: ignore", "this ignore names no rule, so it hides nothing"),
        ("# flylint:ignore", "this ignore names no rule, so it hides nothing"),
        ("# flylint: ignore unknown-key", "this ignore names no rule, so it hides nothing"),
        ("# flylint: ignore[]", "this ignore names no rule, so it hides nothing"),
        ("# flylint: ignore-file[ , ]", "this ignore names no rule, so it hides nothing"),
        ("# flylint: ignore[unknown-key", "the bracket of this ignore is not closed"),
        ("# flylint: ignroe[unknown-key]", "`ignroe` is nothing that a flylint comment can say"),
        ("# flylint: disable=unknown-key", "`disable` is nothing that a flylint comment can say"),
        ("# flylint:", "this flylint comment says nothing"),
    ],
)
def test_a_comment_that_cannot_be_followed(comment: str, message: str) -> None:
    wrong, unhidden = sorted(lint(f"tier = 3 {comment}\n"), key=lambda diagnostic: diagnostic.rule)
    assert (wrong.rule, wrong.message) == ("invalid-ignore", message)
    assert wrong.help
    assert HEAD.count("\n") + 1 == wrong.start.line
    assert f"tier = 3 {comment}"[wrong.start.column - 1 : wrong.end.column - 1] == comment
    assert unhidden.rule == "unknown-key"


def test_an_unknown_rule() -> None:
    (wrong,) = lint("tier = 3 # flylint: ignore[wrong-tipe, unknown-key]\n")
    assert (wrong.rule, wrong.label) == ("invalid-ignore", "did you mean `wrong-type`?")
    assert wrong.start.column == len("tier = 3 # flylint: ignore[") + 1
    assert wrong.fix is not None
    assert not wrong.fix.safe
    (wrong,) = lint("tier = 3 # flylint: ignore[qqqq, unknown-key]\n")
    assert (wrong.fix, wrong.help) == (None, "`flylint rules` lists the rules")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("swap_size_mb = 512 # flylint: ignore[unknown-key] why\n", "swap_size_mb = 512\n"),
        ("swap_size_mb = 512 # MB # flylint: ignore[unknown-key] why\n", "swap_size_mb = 512 # MB\n"),
        ("  # flylint: ignore[unknown-key] why\nswap_size_mb = 512\n", "swap_size_mb = 512\n"),
        ("# flylint: ignore[unknown-key]\r\nswap_size_mb = 512\r\n", "swap_size_mb = 512\r\n"),
        ("swap_size_mb = 512 # flylint: ignore[unknown-key]\r\n", "swap_size_mb = 512\r\n"),
        ("swap_size_mb = 512\n# flylint: ignore-file[unknown-key]", "swap_size_mb = 512\n"),
        ("swap_size_mb = 512 # flylint: ignore[unknown-key, wrong-type]\n", "swap_size_mb = 512\n"),
        (
            "tier = 3 # flylint: ignore[unknown-key, wrong-type] why\n",
            "tier = 3 # flylint: ignore[unknown-key] why\n",
        ),
        (
            "tier = 3 # flylint: ignore[wrong-type, unknown-key] why\n",
            "tier = 3 # flylint: ignore[unknown-key] why\n",
        ),
        (
            "tier = 3 # flylint: ignore[wrong-type,unknown-key , invalid-choice]\n",
            "tier = 3 # flylint: ignore[unknown-key]\n",
        ),
        ("tier = 3 # flylint: ignore[unknown-kez]\n", "tier = 3 # flylint: ignore[unknown-key]\n"),
    ],
)
def test_what_the_fixes_make_of_it(before: str, after: str) -> None:
    assert mended(before) == after


def test_an_ignore_of_a_rule_that_is_off_is_not_unused() -> None:
    text = "swap_size_mb = 512 # flylint: ignore[unknown-key]\n"
    assert found(text) == [(1, "unused-ignore")]
    assert found(text, ignore=["unknown-key"]) == []


def test_our_own_rules_can_be_turned_off_and_changed() -> None:
    text = "swap_size_mb = 512 # flylint: ignore[unknown-key]\n"
    assert found(text, ignore=["unused-ignore"]) == []
    (changed,) = lint(text, severity={"unused-ignore": "error"})
    assert str(changed.severity) == "error"


def test_our_own_rules_can_be_ignored() -> None:
    assert found("tier = 3 # flylint: ignore[unknown-key, wrong-type, unused-ignore]\n") == []
    assert found("swap_size_mb = 512 # flylint: ignore[unknown-key]\n# flylint: ignore-file[unused-ignore]\n") == []
    assert found("# flylint: ignore-file[invalid-ignore]\nswap_size_mb = 512 # flylint: ignore\n") == []
    assert found("swap_size_mb = 512 # flylint: ignore[unused-ignore]\n") == [(1, "unused-ignore")]


def test_nothing_is_unused_in_a_file_that_cannot_be_read_as_a_whole() -> None:
    rules = [rule for _, rule in found("tier = = 3 # flylint: ignore[unknown-key]\n")]
    assert rules == ["syntax-error"]


def test_an_old_name_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        suppressions, "rule_names", lambda: {"unknown-key": "unknown-key", "strange-key": "unknown-key"}
    )
    assert found("tier = 3 # flylint: ignore[strange-key]\n") == []


def test_many_comments_take_no_more_than_their_share() -> None:
    """Each comment is looked at once: neither lines nor other comments are searched for each of them."""
    count = 3000
    ignores = [f"# flylint: ignore[no-rule-{number}]" for number in range(count)]
    assert len(found("\n".join(ignores) + "\ntier = 3 # flylint: ignore[unknown-key]\n")) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|a = 1\n", "a = 1  # flylint: ignore[rule] reason\n"),
        ("|a = 1", "a = 1  # flylint: ignore[rule] reason"),
        ("|a = 1\r\nb = 2\r\n", "a = 1  # flylint: ignore[rule] reason\r\nb = 2\r\n"),
        ("  |a = 1 # why\n", "  # flylint: ignore[rule] reason\n  a = 1 # why\n"),
        ('|a = """\nx"""\n', '# flylint: ignore[rule] reason\na = """\nx"""\n'),
        ('a = """\n|x"""\n', '# flylint: ignore-file[rule] reason\na = """\nx"""\n'),
        ("|a = 1 # flylint: ignore[other] x\n", "a = 1 # flylint: ignore[other, rule] x\n"),
        ("# flylint: ignore[other] x\n|a = 1\n", "# flylint: ignore[other, rule] x\na = 1\n"),
        ("|", "# flylint: ignore-file[rule] reason\n"),
        ("|# x\n", "# flylint: ignore-file[rule] reason\n# x\n"),
        ("\ufeff|\n", "\ufeff# flylint: ignore-file[rule] reason\n\n"),
        ("a = [\r\n  |1, # one\r\n]\r\n", "a = [\r\n  # flylint: ignore[rule] reason\r\n  1, # one\r\n]\r\n"),
        ("|a = '#'\n", "a = '#'  # flylint: ignore[rule] reason\n"),
    ],
)
def test_where_an_ignore_comment_goes(text: str, expected: str) -> None:
    offset = text.index("|")
    text = text.replace("|", "")
    document = Document(text)
    (edit,) = suppressions.insertions(document, {document.position(offset).line: ["rule"]}, "reason")
    assert text[: edit.start.offset] + edit.text + text[edit.end.offset :] == expected
