"""What is read of the source of an app, whatever its language: the arguments of a call, and comments."""

from __future__ import annotations

import re

MAX_ARGUMENTS = 2000
"""How many characters the arguments of a call are followed."""


def in_comment(text: str, at: int) -> bool:
    """Whether a place is in a line that is a comment."""
    start = text.rfind("\n", 0, at) + 1
    line = text[start : min(at, start + 200)].lstrip()
    return line.startswith(("#", "//", "*", "/*")) and not line.startswith("#[")


_MARK = re.compile(r"\\.|[\"'`()\[\]{}\n]", re.DOTALL)


def arguments(text: str, start: int) -> str:
    """The text of the arguments of a call, up to its closing bracket, or to the end of the line where it has none."""
    depth, quote = 0, ""
    bracketed = text[start - 1 : start] in ("(", "{")
    for mark in _MARK.finditer(text, start, start + MAX_ARGUMENTS):
        c = mark[0]
        if quote:
            quote = "" if c == quote else quote
        elif c in ("'", '"', "`"):
            quote = c
        elif c in ("(", "[", "{"):
            depth += 1
        elif c in (")", "]", "}"):
            depth -= 1
            if depth < 0:
                return text[start : mark.start()]
        elif c == "\n" and depth == 0 and not bracketed:
            return text[start : mark.start()].rstrip(", ")
    return ""


def parts(arguments: str) -> list[str]:
    """The arguments, taken apart at the commas between them."""
    found, depth, quote, last = [], 0, "", 0
    for index, c in enumerate(arguments):
        if quote:
            quote = "" if c == quote and arguments[index - 1] != "\\" else quote
        elif c in "\"'`":
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 0:
            found.append(arguments[last:index])
            last = index + 1
    found.append(arguments[last:])
    return [part for part in found if part.strip()]
