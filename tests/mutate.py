"""A mutator that knows what a fly.toml is made of, so that most of what it makes can be read and reaches the rules.

It takes lines, keys and values from texts that are known, puts them elsewhere, misspells and exaggerates them. A part of
the time it leaves the work to libFuzzer, which breaks texts in ways that nobody thinks of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from random import Random

Native = Callable[[bytes, int], bytes]

_PAIR = re.compile(r"^(\s*)([A-Za-z0-9_.\"'-]+)(\s*=\s*)(.*?)(\s*#[^\"']*)?$")
_NUMBER = re.compile(r"\d+")
_NUMBERS = (
    "0",
    "-1",
    "1",
    "65535",
    "65536",
    "80",
    "443",
    "8080",
    "9223372036854775807",
    "9223372036854775808",
    "1e400",
    "0x1F",
)
_VALUES = (
    *('""', "''", '"""\n  text\n"""', "true", "[]", "{}", "[[]]", "1979-05-27", "07:32", "nan", "-inf", "0o17", "1_000"),
    *('"\\u001b[31m"', '"\\u202eevil"', '"::error::x"', '"]]>"', '"%0A::warning::x"', '"\\u0000"', '"``"', '"é😀"'),
    *('"10"', '"10s"', '"1h2m3s"', '"-1ms"', '"1gb"', '"512"', '"8080-8090"', '"fra"', '"{{ x }}"', '"$PORT"', '"${A:-b}"'),
    *('"sk_live_0123456789abcdef"', '"postgres://u:p4ssw0rd@db/x"', '"/healthz"', '"http://localhost/"', '"../../x"'),
    *('["a", "b"]', "[1, 2]", "{ a = 1 }", '[{ port = 80, handlers = ["http"] }]', "\"sh -c 'a && b'\"", '"a \\"b\\" c"'),
    *("fra", "yes", "“x”", '"open', "[1,", "{ a = ", "#", "1 2"),
)  # fmt: skip
_ENDS = (
    "",
    "",
    "",
    "  # plain",
    " # flylint: ignore[{rule}] reason",
    " # flylint: ignore-file[{rule}]",
    " # flylint: ignore",
    "\r",
    ",",
    ";",
)


class Mutator:
    """Makes a text from another one, with lines, keys and values of known texts and names of rules."""

    def __init__(self, texts: Iterable[str], rules: Iterable[str], native: Native) -> None:
        self._native = native
        self._rules = sorted(rules)
        self._blocks: list[list[str]] = []
        self._lines: list[str] = []
        keys: set[str] = set()
        self._values: dict[str, list[str]] = {}
        for text in texts:
            block: list[str] = []
            for line in text.split("\n"):
                if line.lstrip().startswith("["):
                    self._blocks.append(block)
                    block = []
                block.append(line)
                pair = _PAIR.match(line)
                if pair:
                    keys.add(pair[2])
                    self._values.setdefault(pair[2], []).append(pair[4])
            self._blocks.append(block)
            self._lines += [line for line in text.split("\n") if line.strip()]
        self._keys = sorted(keys)
        self._blocks = [block for block in self._blocks if block]

    def __call__(self, data: bytes, max_size: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.3:
            return self._native(data, max_size)
        lines = data.decode("utf-8", "surrogateescape").split("\n")
        for _ in range(random.choice((1, 1, 1, 2, 3, 5, 8))):
            random.choice(self._changes)(self, lines, random)
            lines = lines or [""]
        return "\n".join(lines).encode("utf-8", "surrogateescape")[:max_size]

    # what may be done to a text; lists are changed in place

    def _add_block(self, lines: list[str], random: Random) -> None:
        at = random.randint(0, len(lines))
        lines[at:at] = random.choice(self._blocks)

    def _add_line(self, lines: list[str], random: Random) -> None:
        lines.insert(random.randint(0, len(lines)), random.choice(self._lines))

    def _take(self, lines: list[str], random: Random) -> None:
        at = random.randrange(len(lines))
        del lines[at : at + random.choice((1, 1, 2, 5))]

    def _double(self, lines: list[str], random: Random) -> None:
        at = random.randrange(len(lines))
        lines[at:at] = lines[at : at + random.choice((1, 2, 5, 10))]

    def _move(self, lines: list[str], random: Random) -> None:
        line = lines.pop(random.randrange(len(lines)))
        lines.insert(random.randint(0, len(lines)), line)

    def _value(self, lines: list[str], random: Random) -> None:
        at, pair = self._pair(lines, random)
        if pair:
            known = self._values.get(pair[2], ["1"])
            value = random.choice(known if random.random() < 0.4 else _VALUES)
            lines[at] = f"{pair[1]}{pair[2]}{pair[3]}{value}{pair[5] or ''}"

    def _key(self, lines: list[str], random: Random) -> None:
        at, pair = self._pair(lines, random)
        if pair:
            key, roll = pair[2], random.random()
            if roll < 0.4:
                key = random.choice(self._keys)
            elif roll < 0.7:  # a slip of the keyboard
                place = random.randrange(len(key))
                key = key[:place] + random.choice(("", key[place] * 2, "-", "_", "x")) + key[place + 1 :]
            elif roll < 0.85:
                key = f"{random.choice(self._keys)}.{key}"
            else:
                key = f'"{key}"'
            lines[at] = f"{pair[1]}{key}{pair[3]}{pair[4]}{pair[5] or ''}"

    def _number(self, lines: list[str], random: Random) -> None:
        at = random.randrange(len(lines))
        lines[at] = _NUMBER.sub(
            lambda match: random.choice((*_NUMBERS, str(int(match[0][:18]) + 1))), lines[at], count=1
        )

    def _end(self, lines: list[str], random: Random) -> None:
        at = random.randrange(len(lines))
        lines[at] += random.choice(_ENDS).replace("{rule}", random.choice(self._rules))

    def _header(self, lines: list[str], random: Random) -> None:
        """Turn a table into an array of tables or back, or into one further up or down."""
        headers = [at for at, line in enumerate(lines) if line.lstrip().startswith("[")]
        if headers:
            at = random.choice(headers)
            name, roll = lines[at].strip(" []\r\t"), random.random()
            if roll < 0.3:
                lines[at] = f"[[{name}]]"
            elif roll < 0.6:
                lines[at] = f"[{name}]"
            else:
                lines[at] = f"[{name}.{random.choice(self._keys)}]" if roll < 0.8 else f"[{name.partition('.')[2]}]"

    def _break(self, lines: list[str], random: Random) -> None:
        """Put a sign where it does not belong."""
        at = random.randrange(len(lines))
        place = random.randint(0, len(lines[at]))
        sign = random.choice(
            ("'", '"', '"""', "[", "]", "{", "}", "=", ",", "#", "\\", ".", "\t", "\r", "\x1b", "\u202e", "\ufeff", "`")
        )
        lines[at] = lines[at][:place] + sign + lines[at][place + random.choice((0, 1)) :]

    def _pair(self, lines: list[str], random: Random) -> tuple[int, re.Match[str] | None]:
        """One of the lines that set a key."""
        for _ in range(4):
            at = random.randrange(len(lines))
            pair = _PAIR.match(lines[at])
            if pair:
                return at, pair
        return 0, None

    _changes = (
        *(_add_block, _add_block, _add_line, _take, _double, _move, _value, _value, _value, _key, _key, _number),
        *(_end, _header, _break),
    )
