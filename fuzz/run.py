"""Feed flylint with what a fuzzer makes up, and collect what it cannot stand: see README.md beside this file."""

from __future__ import annotations

import gc
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from zlib import crc32

import atheris

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["flylint"]):
    from flylint import schema
    from flylint.rules import all_rules
    from tests.exercise import PARTS, exercise, exercise_project, unpacked
    from tests.mutate import Mutator

    all_rules()
    exercise(b"a = 1\n[env]\nb = 2\n")

SIGNS = (
    *("[[", "]]", " = ", '\\"\\"\\"', "'''", "\\x0d\\x0a", "\\xef\\xbb\\xbf", "\\x1b"),
    *("# flylint: ignore[", "# flylint: ignore-file["),
)
"""What a text is made of besides the words of the schema, as libFuzzer writes it."""


def text(data: bytes) -> None:
    """A fly.toml. One of the parts that are not cheap takes its turn, by the checksum of the text."""
    exercise(data, [PARTS[crc32(data) % len(PARTS)]])


def project(data: bytes) -> None:
    """A whole project, its files one behind the other."""
    exercise_project(unpacked(data))


TARGETS: dict[str, Callable[[bytes], None]] = {"text": text, "project": project}


def examples() -> Iterable[tuple[str, str]]:
    """The examples of the rule pages, each with a name."""
    for page in sorted((ROOT / "docs" / "rules").glob("*.md")):
        for number, example in enumerate(re.findall(r"^```toml \w+\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)):
            yield f"{page.stem}-{number}", example


def fill(folder: Path) -> None:
    """Write the examples to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, example in examples():
        (folder / name).write_text(example, "utf-8", newline="")


def words(definition: object) -> set[str]:
    """Every key and every word that the schema names."""
    found: set[str] = set()
    if isinstance(definition, dict):
        found |= set(definition.get("properties", {}))
        found |= {word for word in definition.get("enum", []) if isinstance(word, str)}
        definition = list(definition.values())
    if isinstance(definition, list):
        for part in definition:
            found |= words(part)
    return found


def collector(target: Callable[[bytes], None], folder: Path) -> Callable[[bytes], None]:
    """The target as the fuzzer calls it: saves what breaks something where nothing has broken before."""
    folder.mkdir(exist_ok=True)

    def collect(data: bytes) -> None:
        try:
            target(data)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            fault = folder / f"{type(error).__name__}-{Path(place.filename).stem}-{place.lineno}"
            if not fault.exists():
                fault.write_bytes(data)
                print(f"\n{fault}\n{traceback.format_exc()}", flush=True)

    return collect


def main() -> None:
    arguments = sys.argv[1:]
    name = arguments.pop(0) if arguments and arguments[0] in TARGETS else "text"
    target = TARGETS[name]
    if len(arguments) == 1 and Path(arguments[0]).is_file():
        data = Path(arguments[0]).read_bytes()
        target(data)
        if name == "text":
            exercise(data)
        return
    folder = Path(arguments.pop(0) if arguments and not arguments[0].startswith("-") else ROOT / ".fuzz" / name)
    folder.mkdir(parents=True, exist_ok=True)
    dictionary = folder / "words"
    entries = sorted(word.replace("\\", "\\\\").replace('"', '\\"') for word in words(schema.load()) if word.isascii())
    dictionary.write_text("".join(f'"{entry}"\n' for entry in [*entries, *SIGNS] if entry), "utf-8")
    found, corpus = folder / "found", ROOT / "fuzz" / "corpus" / name
    found.mkdir(exist_ok=True)
    seeds = [found, corpus]
    if name == "text":
        fill(folder / "examples")
        seeds.append(folder / "examples")
    known = [seed.read_text("utf-8", "replace") for seed in sorted(corpus.iterdir())]
    # atheris.Mutate is another function once the fuzzer runs
    native = lambda data, size: bytes(atheris.Mutate(data, size))  # noqa: E731
    mutator = Mutator([*known, *(example for _, example in examples())], all_rules(), native)
    defaults = [f"-dict={dictionary}", "-max_len=4096", "-timeout=120"]
    gc.collect()
    gc.freeze()  # the collector need not look through all that was loaded again and again
    atheris.Setup(
        [sys.argv[0], *defaults, *arguments, *map(str, seeds)],
        collector(target, folder / "faults"),
        custom_mutator=mutator,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
