"""TOML documents of every style, for property tests."""

from __future__ import annotations

import tomli
from hypothesis import strategies as st

KEYS = ("a", "b_1", "c-d", "7", "Key", '"x y"', "'lit.x'", '"caf\\u00e9"', '"é"', '""', '"q\\"t"', "env", "inf", "true")
COMMENTS = ("", "  # plain", " # ünï \t [x] = {", "\t#")

_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc"])
_TEXTS = st.text(_CHARACTERS | st.sampled_from("\t'\"\\#=[]{},.é😀"), max_size=8)


def key_name(key: str) -> str:
    """What a written key names."""
    (name,) = tomli.loads(f"{key} = 0")
    return name


def _basic(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _multiline(text: str) -> str:
    return '"""\n' + text.replace("\\", "\\\\").replace('"', '\\"') + '\n  \\\n  end"""'


scalars = st.one_of(
    st.integers(-(2**63), 2**63 - 1).map(str),
    st.sampled_from(["0x1F", "0o17", "0b101", "1_000", "+5", "1.5", "-1e-3", "6.02_2e+23", "inf", "-inf", "+nan"]),
    st.sampled_from(
        ["true", "false", "1979-05-27", "07:32", "07:32:00.5", "1979-05-27 07:32Z", "1979-05-27T07:32:00+01:00"]
    ),
    st.sampled_from(['"\\e\\x41\\u00e9"', '""""""', "''''''", '"""a""""', "'''it's\n'''''", '"""\\\n  x"""', '"#"']),
    _TEXTS.map(_basic),
    _TEXTS.map(_multiline),
    st.text(_CHARACTERS.filter(lambda character: character != "'"), max_size=8).map(lambda text: f"'{text}'"),
)


@st.composite
def _arrays(draw: st.DrawFn, elements: st.SearchStrategy[str]) -> str:
    items = draw(st.lists(elements, max_size=3))
    style = draw(st.sampled_from(["one", "spaced", "lines", "comments"]))
    if not items:
        return draw(st.sampled_from(["[]", "[ ]", "[\n]", "[ # none, yet\n]"]))
    if style == "one":
        return f"[{','.join(items)}]"
    if style == "spaced":
        return f"[ {', '.join(items)}, ]"
    if style == "lines":
        return "[\n  " + ",\n  ".join(items) + "\n]"
    return "[ # first\n  " + ", # ], é\n\n  ".join(items) + ",\n  # last\n]"


@st.composite
def _inline_tables(draw: st.DrawFn, elements: st.SearchStrategy[str]) -> str:
    items = draw(_pairs(elements, 3))
    style = draw(st.sampled_from(["one", "spaced", "lines", "comments"]))
    if not items:
        return draw(st.sampled_from(["{}", "{ }", "{ # none\n}"]))
    if style == "one":
        return "{" + ",".join(items) + "}"
    if style == "spaced":
        return "{ " + ", ".join(items) + " }"
    if style == "lines":
        return "{\n  " + ",\n  ".join(items) + ",\n}"
    return "{ # first }\n  " + ", # é\n  ".join(items) + ", # last\n}"


@st.composite
def _pairs(draw: st.DrawFn, elements: st.SearchStrategy[str], most: int, keys: tuple[str, ...] = KEYS) -> list[str]:
    """Statements of one table, some with dotted keys."""
    pairs = []
    for key in draw(st.lists(st.sampled_from(keys), max_size=most, unique_by=key_name)):
        equals = draw(st.sampled_from([" = ", "=", "   = ", "\t=\t"]))
        tails = [""]
        if draw(st.integers(0, 3)) == 0:
            dot = draw(st.sampled_from([".", " . "]))
            tails = [
                dot + tail for tail in draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=2, unique_by=key_name))
            ]
        pairs += [f"{key}{tail}{equals}{draw(elements)}" for tail in tails]
    return pairs


values = st.recursive(scalars, lambda inner: _arrays(inner) | _inline_tables(inner), max_leaves=5)
"""The texts of TOML values."""


@st.composite
def _sections(draw: st.DrawFn, name: str, indent: str) -> list[str]:
    """The blocks of the tables below one name of the top level."""

    def block(header: str, lead: str) -> str:
        margin = draw(st.sampled_from(["", lead]))
        lines = [lead + header] + [margin + pair for pair in draw(_pairs(values, 3, KEYS[:9]))]
        return "".join(line + draw(st.sampled_from(COMMENTS)) + "\n" for line in lines)

    sub, deep = KEYS[-3], KEYS[-4]
    kind = draw(st.sampled_from(["table", "implied", "late", "array", "nested"]))
    if kind == "table":
        return [block(f"[{name}]", ""), *([block(f"[ {name} . {sub} ]", indent)] if draw(st.booleans()) else [])]
    if kind == "implied":
        return [block(f"[{name}.{sub}.{deep}]", indent)]
    if kind == "late":
        return [block(f"[{name}.{sub}]", indent), block(f"[{name}]", "")]
    blocks = []
    for _ in range(draw(st.integers(1, 3))):
        blocks.append(block(f"[[{name}]]", ""))
        if kind == "nested":
            blocks += [block(f"[[{name}.{sub}]]", indent) for _ in range(draw(st.integers(0, 2)))]
            blocks += [block(f"[{name}.{deep}]", indent)] if draw(st.booleans()) else []
    return blocks


@st.composite
def documents(draw: st.DrawFn) -> str:
    """The texts of valid TOML documents."""
    names = draw(st.lists(st.sampled_from(KEYS), max_size=6, unique_by=key_name))
    tables = draw(st.integers(0, 3))
    indent = draw(st.sampled_from(["", "  ", "\t"]))
    top = draw(_pairs(values, 4, tuple(names[tables:]))) if names[tables:] else []
    blocks = ["".join(pair + draw(st.sampled_from(COMMENTS)) + "\n" for pair in top)]
    for name in names[:tables]:
        blocks += draw(_sections(name, indent))
    gap = draw(st.sampled_from(["", "\n", "\n# about it\n", "\n\n  # é\n\n"]))
    text = draw(st.sampled_from(["", "# é: a file\n"])) + gap.join(block for block in blocks if block)
    if draw(st.integers(0, 3)) == 0:
        text = text.replace("\n", "\r\n")
    if draw(st.integers(0, 3)) == 0:
        text = text.rstrip("\r\n")
    return text
