"""Patterns of .dockerignore and .gitignore.

Both are lists of patterns of which the last that matches decides; they differ in where a pattern without a slash
holds. A library for this costs more at start-up than all else that a clean file needs.
"""

from __future__ import annotations

import posixpath
import re

from flylint.globs import ALL, ANY, FOLDERS, MAX_LENGTH, joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern

MAX_PATTERN = 1000
"""How many characters a pattern may have; no path is as long."""

_TOKEN = re.compile(r"\*\*/?|\*|\?|\[!?\]?[^\]]*\]|\\.|.", re.DOTALL)
_WILDCARDS = {"*": ANY, "?": "[^/]", "**": ALL, "**/": FOLDERS}

MAX_RULES = 1000
"""How many patterns are looked at: each is tried on every file of the project."""


class Patterns:
    """The patterns of one file. `git`: they are read as git does, else as Docker does."""

    def __init__(self, text: str, git: bool = False) -> None:
        self._rules: list[tuple[Pattern[str], bool, bool, str]] = []
        for line in text.split("\n"):
            rule = _rule(line, git)
            if rule:
                self._rules.append(rule)
            if len(self._rules) > MAX_RULES:
                self._rules.clear()  # the last that matches decides, so a part of them would say something else
                break

    def hides(self, path: str, folder: bool = False) -> bool:
        """Whether a path, or a folder that it is in, is hidden."""
        hidden = False
        for pattern, negated, folders_only, _ in self._rules:
            if negated == hidden:
                match = pattern.match(path)
                # what matches in full must be a folder where the pattern is for folders only
                if match and not (folders_only and not folder and match.end() == len(path)):
                    hidden = not negated
        return hidden

    def hides_all_of(self, path: str) -> bool:
        """Whether a path is hidden together with all that may be below it."""
        return self.hides(path) and not any(
            negated and (text.startswith(f"{path}/") or "*" in text) for _, negated, _, text in self._rules
        )


def _rule(line: str, git: bool) -> tuple[Pattern[str], bool, bool, str] | None:
    line = line.rstrip("\r")
    if len(line) > MAX_PATTERN:
        return None
    text = line.rstrip() if git else line.strip()
    if not text or text.startswith("#"):
        return None
    negated = text.startswith("!")
    text = text[1:].strip() if negated else text
    folders_only = git and text.endswith("/")
    anchored = not git or "/" in text.rstrip("/")
    text = posixpath.normpath(text).lstrip("/") if text.strip("/") else ""
    if not text or text == "." or len(text) > MAX_LENGTH:
        return None
    pieces = [] if anchored else [FOLDERS]
    for token in _TOKEN.findall(text):
        if token in _WILDCARDS:
            pieces.append(_WILDCARDS[token])
        elif token[0] == "[" and len(token) > 2:
            inner = token[1:-1].replace("\\", "\\\\").replace("[", "\\[")
            pieces.append("[" + ("^" + inner[1:] if inner[0] in "!^" else inner) + "]")
        elif token[0] == "\\" and len(token) == 2:
            pieces.append(re.escape(token[1]))
        else:
            pieces.append(re.escape(token))
    try:
        return re.compile(joined(pieces) + r"(?=/|\Z)", re.DOTALL), negated, folders_only, text
    except re.error:
        return None
