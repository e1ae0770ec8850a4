"""What can be done about a finding."""

from __future__ import annotations

import pytest

pytest.importorskip("pygls", reason="the extra lsp is not installed")

from flylint.diagnostic import Diagnostic, Severity
from flylint.document import Document
from flylint.server import actions


def diagnostic(text: str, offset: int) -> Diagnostic:
    place = Document(text).position(offset)
    return Diagnostic("fly.toml", "rule", Severity.WARNING, "", (), "", place, place)


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
    ],
)
def test_where_an_ignore_comment_goes(text: str, expected: str) -> None:
    offset = text.index("|")
    text = text.replace("|", "")
    edit = actions.ignore(diagnostic(text, offset), Document(text))
    assert text[: edit.start.offset] + edit.text + text[edit.end.offset :] == expected
