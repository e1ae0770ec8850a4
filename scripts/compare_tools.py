"""Which of the tools that can check a fly.toml find known faults, and which refuse good files?

    python scripts/compare_tools.py [--catalogue FILE] [--schema FILE] [--real FOLDER]

A fault is a pair of examples, a bad one and the mended one. A tool finds it when it says something about the bad one
that it does not say about the other, and refuses the mended one when it calls anything in it an error. The faults are those of the
pages in docs/rules, by the usual severity of the rule; with --catalogue those of a JSON list of objects with `name`,
`severity`, `bad` and `good`. Where these also say what flyctl's own code makes of the bad example
(`flyctl_local_verdict_on_bad`, a word, and `strict_reports`, a list of keys), flyctl stands in the table as well.

flylint is asked for errors, warnings and advice as the severity of the fault is. The other tools get flylint's own
schema and, with --schema, also another one, such as a copy of SchemaStore's fly.json. With --real the refused ones of
all *.toml below a folder are counted too, files of apps that run. Needs the extra `dev`. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from flylint.rules import all_rules
from flylint.schema import schema_path

ROOT = Path(__file__).resolve().parent.parent
KINDS = {"error": "errors", "warning": "warnings", "info": "advice"}
"""The severities of faults, and what the columns are called."""

Said = dict[Path, set[str]]
Tool = Callable[[list[Path], str], Said]
"""Takes files and the least severity, and gives what it says about each file: the severity and what, without places."""


class Fault(NamedTuple):
    """A bad example, the mended one, and what flyctl says about the bad one if that is known."""

    severity: str
    bad: Path
    good: Path
    flyctl: str | None
    strict: bool


def faults_of_pages() -> list[dict[str, Any]]:
    """The faults that the pages of the rules show."""
    found = []
    for page in sorted((ROOT / "docs" / "rules").glob("*.md")):
        markdown = page.read_text("utf-8")
        if re.search(r"^```\w+ (?!bad$|good$|fixed$)\S+$", markdown, re.M):
            continue  # needs other files, which the others do not look at
        examples = dict(re.findall(r"^```toml (bad|good)\n(.*?)^```$", markdown, re.M | re.S))
        if len(examples) == 2:
            found.append({"name": page.stem, "severity": str(all_rules()[page.stem].severity), **examples})
    return found


def faults(entries: list[dict[str, Any]], folder: Path) -> list[Fault]:
    """The faults as files."""
    found = []
    for entry in entries:
        bad, good = (put(folder / f"{entry['name']}-{kind}", entry[kind].encode()) for kind in ("bad", "good"))
        verdict, strict = entry.get("flyctl_local_verdict_on_bad"), bool(entry.get("strict_reports"))
        found.append(Fault(entry["severity"], bad, good, verdict, strict))
    return found


def catalogue(path: Path) -> list[dict[str, Any]]:
    """The faults in a file, but for those that comments describe and no TOML shows.

    The examples are pieces: each gets the name of an app, for that one is missing is not what they show.
    """

    def named(text: str) -> str:
        return text if re.search(r"^\s*app\s*=", text, re.M) else f'app = "example"\n{text}'

    shown = [entry for entry in json.loads(path.read_text("utf-8")) if re.search(r"^\s*[^#\s]", entry["bad"], re.M)]
    return [{**entry, "bad": named(entry["bad"]), "good": named(entry["good"])} for entry in shown]


def put(folder: Path, data: bytes) -> Path:
    """A new folder with this fly.toml."""
    folder.mkdir()
    path = folder / "fly.toml"
    path.write_bytes(data)
    return path


def run(*command: str, cwd: Path | None = None) -> str:
    """What a program writes."""
    env = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=cwd, env=env)
    return done.stdout


def program(name: str) -> str:
    """A program of this environment."""
    return str(Path(sys.executable).parent / name)


def flylint(files: list[Path], severity: str) -> Said:
    """flylint, reporting from a severity upwards."""
    options = ["--isolated", "--no-project", "--format", "json", "--quiet", "--severity", severity]
    report = json.loads(run(sys.executable, "-m", "flylint", "check", *options, *map(str, files)))
    said: Said = defaultdict(set)
    for each in report["diagnostics"]:
        said[Path(each["path"])].add(f"{each['severity']} {each['rule']} {each['key']} {each['message']}")
    return said


def check_jsonschema(schema: str) -> Tool:
    def tool(files: list[Path], severity: str) -> Said:
        command = [program("check-jsonschema"), "--schemafile", schema, "--output-format", "json", *map(str, files)]
        report = json.loads(run(*command))
        said: Said = defaultdict(set)
        for each in report.get("errors", []) + report.get("parse_errors", []):
            said[Path(each["filename"])].add(f"error {each.get('path')} {each['message']}")
        return said

    return tool


def one_by_one(*command: str) -> Tool:
    """A tool that is asked for one file at a time and writes `error: …` or `warning: …` for each thing it finds."""

    def says(path: Path) -> set[str]:
        written = run(program(command[0]), *command[1:], path.name, cwd=path.parent)
        return {found.lower() for found in re.findall(r"^\s*((?:error|warning)\b.*)", written, re.M | re.I)}

    def tool(files: list[Path], severity: str) -> Said:
        with ThreadPoolExecutor() as threads:
            return dict(zip(files, threads.map(says, files), strict=True))

    return tool


def tombi(schema: str) -> Tool:
    """tombi takes its schema from a settings file in the folder."""

    def tool(files: list[Path], severity: str) -> Said:
        settings = f'[[schemas]]\npath = {json.dumps(schema)}\ninclude = ["fly.toml"]\n'
        for path in files:
            (path.parent / "tombi.toml").write_text(settings, "utf-8")
        return one_by_one("tombi", "lint", "--offline")(files, severity)

    return tool


def tools(schema: str, name: str) -> dict[str, Tool]:
    """The tools that know nothing of fly.toml but a schema."""
    return {
        f"taplo with {name}": one_by_one("taplo", "lint", "--schema", f"file://{schema}"),
        f"tombi with {name}": tombi(schema),
        f"check-jsonschema with {name}": check_jsonschema(schema),
    }


def row(label: str, tool: Tool, faults: list[Fault], real: list[Path]) -> list[str]:
    """A line of the table: how many faults of each severity a tool finds, and how many good files it refuses."""
    cells, refused = [label], 0
    for severity in KINDS:
        some = [fault for fault in faults if fault.severity == severity]
        said = tool([path for fault in some for path in (fault.bad, fault.good)], severity)
        cells.append(str(sum(bool(said.get(fault.bad, set()) - said.get(fault.good, set())) for fault in some)))
        refused += refusals({fault.good: said.get(fault.good, set()) for fault in some})
    return [*cells, str(refused), *([str(refusals(tool(real, "error")))] if real else [])]


def refusals(said: Said) -> int:
    """In how many files there is an error."""
    return sum(any(text.startswith("error") for text in texts) for texts in said.values())


def flyctl_rows(faults: list[Fault], real: list[Path]) -> list[list[str]]:
    """What is known of flyctl: what it refuses or warns of when it validates, with and without --strict."""
    silent = ("silent", "deploy error")  # the latter is found after the build
    unknown = ["–"] * (1 + bool(real))
    rows = []
    for label, strict in (("`fly config validate`", False), ("`fly config validate --strict`", True)):
        counts = [
            sum(
                fault.severity == kind and (fault.flyctl not in silent or (strict and fault.strict)) for fault in faults
            )
            for kind in KINDS
        ]
        rows.append([label, *map(str, counts), *unknown])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", metavar="FILE", help="other faults than those of the pages")
    parser.add_argument("--schema", metavar="FILE", help="a second schema to measure")
    parser.add_argument("--real", metavar="FOLDER", help="a folder with files of apps that run")
    options = parser.parse_args()
    compared: dict[str, Tool] = {"flylint": flylint, **tools(schema_path(), "flylint's schema")}
    if options.schema:
        compared |= tools(str(Path(options.schema).resolve()), Path(options.schema).name)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        known = faults(catalogue(Path(options.catalogue)) if options.catalogue else faults_of_pages(), folder)
        sources = sorted(Path(options.real).rglob("*.toml")) if options.real else []
        real = [put(folder / str(number), path.read_bytes()) for number, path in enumerate(sources)]
        numbers = [(kind, sum(fault.severity == severity for fault in known)) for severity, kind in KINDS.items()]
        numbers += [("refused good examples", len(known)), *([("refused real files", len(real))] if real else [])]
        print(f"| tool | {' | '.join(f'{kind} ({number})' for kind, number in numbers)} |")
        print("| --- |" + " ---: |" * len(numbers))
        lines = (row(label, tool, known, real) for label, tool in compared.items())
        for cells in (*(flyctl_rows(known, real) if all(fault.flyctl for fault in known) else []), *lines):
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
