"""Feed flylint with texts that a fuzzer makes up, and collect those that it cannot stand.

    pip install -e '.[dev]' atheris
    python fuzz/run.py [FOLDER] [OPTION of libFuzzer ...]

Starts from fuzz/corpus and from the examples of the rule pages; what is new goes to FOLDER/found (default: .fuzz/found),
where the next run finds it. The run goes on after a fault: the first text for each place where something broke is saved
in FOLDER/faults. Mend the fault and make the text a test in tests/test_hostile.py; `python fuzz/run.py TEXT` tries one
again. Useful options: -max_total_time=SECONDS, -runs=NUMBER.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["flylint", "tomli"]):
    from flylint import schema
    from flylint.rules import all_rules
    from tests.exercise import exercise

    all_rules()

SIGNS = (
    *("[[", "]]", " = ", '\\"\\"\\"', "'''", "\\x0d\\x0a", "\\xef\\xbb\\xbf", "\\x1b"),
    *("# flylint: ignore[", "# flylint: ignore-file["),
)
"""What a text is made of besides the words of the schema, as libFuzzer writes it."""


def fill(folder: Path) -> None:
    """Write the examples of the rule pages to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for page in sorted((ROOT / "docs" / "rules").glob("*.md")):
        for number, example in enumerate(re.findall(r"^```toml \w+\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)):
            (folder / f"{page.stem}-{number}").write_text(example, "utf-8", newline="")


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


def collector(folder: Path) -> Callable[[bytes], None]:
    """The target of the fuzzer: exercises a text and saves it when something breaks where nothing has before."""
    folder.mkdir(exist_ok=True)

    def collect(data: bytes) -> None:
        try:
            exercise(data)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            fault = folder / f"{type(error).__name__}-{Path(place.filename).stem}-{place.lineno}"
            if not fault.exists():
                fault.write_bytes(data)
                print(f"\n{fault}\n{traceback.format_exc()}", flush=True)

    return collect


def main() -> None:
    arguments = sys.argv[1:]
    if len(arguments) == 1 and Path(arguments[0]).is_file():
        exercise(Path(arguments[0]).read_bytes())
        return
    folder = Path(arguments.pop(0) if arguments and not arguments[0].startswith("-") else ".fuzz")
    fill(folder / "examples")
    dictionary = folder / "words"
    entries = sorted(word.replace("\\", "\\\\").replace('"', '\\"') for word in words(schema.load()) if word.isascii())
    dictionary.write_text("".join(f'"{entry}"\n' for entry in [*entries, *SIGNS] if entry), "utf-8")
    found = folder / "found"
    found.mkdir(exist_ok=True)
    seeds = [found, folder / "examples", ROOT / "fuzz" / "corpus"]
    defaults = [f"-dict={dictionary}", "-max_len=4096", "-timeout=20"]
    atheris.Setup([sys.argv[0], *defaults, *arguments, *map(str, seeds)], collector(folder / "faults"))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
