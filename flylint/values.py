"""Durations, sizes, shell words and numbers, read and written exactly as Go and flyctl do."""

from __future__ import annotations

import re
from functools import lru_cache

from flylint.pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NANOSECOND = 1
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

UNITS = {
    "ns": NANOSECOND,
    "us": 1_000,
    "µs": 1_000,  # U+00B5
    "μs": 1_000,  # U+03BC
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}

_INT64_MAX = 2**63 - 1
_DURATION_PART = pattern(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([^0-9.]+)")
_INTEGER = pattern(r"[-+]?[0-9]+")
_QUOTING = frozenset("'\"\\#")
# so few digits that every unit gives a size that flyctl can hold
_LOOSE_SIZE = pattern(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*([kmgt])i?(?:b|bytes?)?\s*", re.IGNORECASE)


@lru_cache(512)  # nearly all files have the same few
def parse_duration(text: str) -> int:
    """The nanoseconds of a Go duration such as `1m30s` (Go's time.ParseDuration).

    Raises ValueError with what is wrong, in words that fit behind "the duration".
    """
    body = text[1:] if text[:1] in "+-" and text else text
    if body == "0":
        return 0
    if not body:
        raise ValueError("is empty")
    total, end = 0, 0
    while end < len(body):
        part = _DURATION_PART.match(body, end)
        if part is None:
            rest = body[end:]
            if rest[0].isspace():
                raise ValueError("has a blank in it")
            raise ValueError(
                "has no unit" if rest.strip("0123456789.") == "" and rest != "." else "is not a number and a unit"
            )
        number, unit = part.groups()
        if unit not in UNITS:
            if unit.strip() in UNITS:
                raise ValueError("has a blank in it")
            raise ValueError(f"has the unknown unit `{unit.strip()}`" if unit.strip() else "has no unit")
        whole, _, fraction = number.partition(".")
        total += int(whole or 0) * UNITS[unit]
        if fraction:
            total += int(fraction[:18]) * UNITS[unit] // 10 ** len(fraction[:18])
        if total > _INT64_MAX:
            raise ValueError("is too long")
        end = part.end()
    return -total if text[0] == "-" else total


def format_duration(nanoseconds: int) -> str:
    """The shortest text that reads back as this duration: `1m30s`, `500ms`, `0s`."""
    if nanoseconds < 0:
        return "-" + format_duration(-nanoseconds)
    if nanoseconds == 0:
        return "0s"
    if nanoseconds < SECOND:
        for unit in ("ms", "us"):
            if nanoseconds % UNITS[unit] == 0:
                return f"{nanoseconds // UNITS[unit]}{unit}"
            if nanoseconds > UNITS[unit]:
                return f"{nanoseconds / UNITS[unit]:g}{unit}"
        return f"{nanoseconds}ns"
    out = ""
    for unit in ("h", "m"):
        count, nanoseconds = divmod(nanoseconds, UNITS[unit])
        out += f"{count}{unit}" if count else ""
    if nanoseconds:
        out += f"{nanoseconds / SECOND:.9f}".rstrip("0").rstrip(".") + "s"
    return out


def parse_integer(text: str) -> int:
    """A decimal integer as Go's strconv.Atoi takes it. Raises ValueError."""
    if not _INTEGER.fullmatch(text) or not -(2**63) <= (number := int(text)) <= _INT64_MAX:
        raise ValueError(f"`{text}` is not a whole number")
    return number


def _parse_bytes(text: str, base: int) -> int:
    """A size with unit as docker/go-units reads it: a number, an optional space, b, k, kb, kib, m, …, p."""
    digits = max((i for i, c in enumerate(text) if c in "0123456789. "), default=-1)
    if digits < 0:
        raise ValueError(f"`{text}` is not a size")
    number, suffix = (text[:digits] if text[digits] == " " else text[: digits + 1]), text[digits + 1 :].lower()
    try:
        if number != number.strip():
            raise ValueError
        size = float(number)  # which takes an underscore between two digits, as Go does
    except ValueError:
        raise ValueError(f"`{text}` is not a size") from None
    if not 0 <= size < 2**63:
        raise ValueError(f"`{text}` is not a size")
    if suffix in ("", "b"):
        return int(size)
    power = "kmgtp".find(suffix[0]) + 1
    if not power or suffix[1:] not in ("", "b", "ib"):
        raise ValueError(f"`{text}` has an unknown unit")
    return int(size * base**power)


@lru_cache(512)
def parse_memory(text: str) -> int:
    """Memory in MiB as flyctl reads `vm.memory`: a bare number is MiB, units are binary. Raises ValueError.

    Source: helpers/units.go:ParseSize with units.RAMInBytes.
    """
    try:
        return parse_integer(text)
    except ValueError:
        return _parse_bytes(text, 1024) // 2**20


def parse_volume_size(text: str) -> int:
    """A volume size in GB as flyctl reads `mounts.initial_size`: a bare number is GB, units are decimal; truncated.

    Raises ValueError. Source: helpers/units.go:ParseSize with units.FromHumanSize.
    """
    try:
        return parse_integer(text)
    except ValueError:
        return _parse_bytes(text, 1000) // 10**9


def plain_size(text: str) -> str | None:
    """A size that flyctl reads, for one in another spelling such as `512Mi` or `10  GB`; None for others."""
    size = _LOOSE_SIZE.fullmatch(text)
    return f"{size[1]}{size[2].lower()}b" if size else None


def format_memory(mib: int) -> str:
    """Memory as people write it: `512mb`, `2gb`."""
    return f"{mib // 1024}gb" if mib and mib % 1024 == 0 else f"{mib}mb"


def port_number(text: str) -> int | None:
    """The port that a text of digits names; None for any other text."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 else 0
    return number if 0 < number < 65536 else None


def split_words(command: str) -> list[str]:
    """The words of a command as flyctl splits them (google/shlex). Raises ValueError when a quote is not closed."""
    return [word for word, _ in mark_words(command)]


def mark_words(command: str) -> list[tuple[str, str]]:
    """The words of a command as `split_words` has them, each with as many marks as characters.

    The mark of a character tells how it was written: "." without quotes, '"' in double quotes, "'" in single quotes or
    after a backslash, where no shell would see anything in it.
    """
    if command.isascii() and command.isprintable() and _QUOTING.isdisjoint(command):
        return [(word, "." * len(word)) for word in command.split()]  # most commands
    words: list[tuple[str, str]] = []
    word: list[str] | None = None  # a list, because a text would be copied for each character
    marks: list[str] = []
    quote = ""
    characters = iter(command)
    for c in characters:
        mark = quote or "."
        if c == "\\" and quote != "'":
            following = next(characters, None)
            if following is None:
                raise ValueError("it ends with a backslash")
            c, mark = following, "'"
        elif c == quote:
            quote = ""
            continue
        elif not quote and c in "'\"":
            quote, word = c, word or []
            continue
        elif not quote and c in " \t\r\n":
            if word is not None:
                words.append(("".join(word), "".join(marks)))
            word, marks = None, []
            continue
        elif not quote and c == "#" and word is None:
            for c in characters:
                if c == "\n":
                    break
            continue
        word = word or []
        word.append(c)
        marks.append(mark)
    if quote:
        raise ValueError("a double quote is not closed" if quote == '"' else "a single quote is not closed")
    if word is not None:
        words.append(("".join(word), "".join(marks)))
    return words


def quote_word(word: str) -> str:
    """The word so that flyctl reads it back as one word."""
    if re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", word):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"


def go_text(value: Any) -> str:
    """What Go's fmt prints for a value with %v: the text that flyctl makes of a number or table in [env]."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _go_float(value)
    if isinstance(value, list):
        return "[" + " ".join(map(go_text, value)) + "]"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{k}:{go_text(value[k])}" for k in sorted(value)) + "]"
    return str(value)


def _go_float(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    # strconv/ftoa.go: as few digits as tell it from other numbers, with an exponent below -4 and from 6 upwards
    digits = next(digits for digits in range(17) if digits == 16 or float(f"{value:.{digits}e}") == value)
    scientific = f"{value:.{digits}e}"
    exponent = int(scientific.partition("e")[2])
    return f"{value:.{max(digits - exponent, 0)}f}" if -4 <= exponent < 6 else scientific


MOST_LISTED = 30
"""How many names a message lists; real ones have a dozen, and a hostile file any number of process groups."""


def listed(items: list[str] | tuple[str, ...], conjunction: str = "or") -> str:
    """`a`, `b` or `c`: names in backticks, for messages; of very many the first and the last."""
    quoted = [f"`{item}`" for item in items[:MOST_LISTED]]
    if len(items) > MOST_LISTED:
        quoted += ["…", f"`{items[-1]}`"]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f" {conjunction} " + quoted[-1] if quoted else ""
