"""Which of the tools that can check a fly.toml report the known mistakes, and which cry at good files?

    python scripts/compare_tools.py [--schema FILE] [--real FOLDER]

The mistakes are the bad examples of the pages in docs/rules, by the usual severity of the rule; the good files are
the good examples. flylint is asked for what it reports by default, and for advice with the bad examples of advice.
The other tools get flylint's own schema and, with --schema, also another one, such as a copy of SchemaStore's
fly.json. With --real all *.toml below a folder are counted as well, files of apps that run: there flylint is asked
for errors only. Needs the extra `dev`. Prints a Markdown table with the number of files that each tool reports.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flylint.rules import all_rules
from flylint.schema import schema_path

ROOT = Path(__file__).resolve().parent.parent
LEAST = {"errors": "error", "warnings": "warning", "advice": "info", "good files": "warning", "real files": "error"}
"""The kinds of files, each with the severity from which flylint reports there."""

KINDS = {"error": "errors", "warning": "warnings", "info": "advice"}

Tool = Callable[[list[Path]], set[Path]]
"""Takes files and gives those that it reports."""


def examples(folder: Path) -> dict[str, list[Path]]:
    """The examples of the rule pages as files, bad ones by severity."""
    found: dict[str, list[Path]] = {kind: [] for kind in LEAST}
    for page in sorted((ROOT / "docs" / "rules").glob("*.md")):
        for kind, text in re.findall(r"^```toml (bad|good)\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S):
            path = put(folder / f"{page.stem}-{kind}", text.encode())
            found["good files" if kind == "good" else KINDS[str(all_rules()[page.stem].severity)]].append(path)
    return found


def put(folder: Path, data: bytes) -> Path:
    """A new folder with this fly.toml."""
    folder.mkdir()
    path = folder / "fly.toml"
    path.write_bytes(data)
    return path


def output(*command: str) -> str:
    """What a program writes to its standard output."""
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def program(name: str) -> str:
    """A program of this environment."""
    return str(Path(sys.executable).parent / name)


def flylint(severity: str) -> Tool:
    """flylint, reporting from a severity upwards."""

    def tool(files: list[Path]) -> set[Path]:
        options = ["--isolated", "--no-project", "--format", "json", "--severity", severity]
        report = json.loads(output(sys.executable, "-m", "flylint", "check", *options, *map(str, files)))
        return {Path(diagnostic["path"]) for diagnostic in report["diagnostics"]}

    return tool


def check_jsonschema(schema: str) -> Tool:
    def tool(files: list[Path]) -> set[Path]:
        command = [program("check-jsonschema"), "--schemafile", schema, "--output-format", "json", *map(str, files)]
        report = json.loads(output(*command))
        return {Path(error["filename"]) for error in report.get("errors", []) + report.get("parse_errors", [])}

    return tool


def one_by_one(*command: str) -> Tool:
    """A tool that says by its exit status whether a file is good."""

    def fails(path: Path) -> bool:
        words = [program(command[0]), *command[1:], path.name]
        return subprocess.run(words, cwd=path.parent, capture_output=True).returncode != 0

    def tool(files: list[Path]) -> set[Path]:
        with ThreadPoolExecutor() as threads:
            return {path for path, failed in zip(files, threads.map(fails, files), strict=True) if failed}

    return tool


def tombi(schema: str) -> Tool:
    """tombi takes its schema from a settings file in the folder, and warns where it means an error."""

    def tool(files: list[Path]) -> set[Path]:
        settings = f'[[schemas]]\npath = {json.dumps(schema)}\ninclude = ["fly.toml"]\n'
        for path in files:
            (path.parent / "tombi.toml").write_text(settings, "utf-8")
        return one_by_one("tombi", "lint", "--offline", "--error-on-warnings")(files)

    return tool


def tools(schema: str, name: str) -> dict[str, Tool]:
    """The tools that know nothing of fly.toml but a schema."""
    return {
        f"taplo with {name}": one_by_one("taplo", "lint", "--schema", f"file://{schema}"),
        f"tombi with {name}": tombi(schema),
        f"check-jsonschema with {name}": check_jsonschema(schema),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schema", metavar="FILE", help="a second schema to measure")
    parser.add_argument("--real", metavar="FOLDER", help="a folder with files of apps that run")
    options = parser.parse_args()
    compared = tools(schema_path(), "flylint's schema")
    if options.schema:
        compared |= tools(str(Path(options.schema).resolve()), Path(options.schema).name)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        files = examples(folder)
        if options.real:
            real = sorted(Path(options.real).rglob("*.toml"))
            files["real files"] = [put(folder / str(number), path.read_bytes()) for number, path in enumerate(real)]
        kinds = [kind for kind in LEAST if files[kind]]
        print(f"| tool | {' | '.join(f'{kind}: {len(files[kind])}' for kind in kinds)} |")
        print("| --- |" + " ---: |" * len(kinds))
        counts = [len(flylint(LEAST[kind])(files[kind])) for kind in kinds]
        print(f"| flylint | {' | '.join(map(str, counts))} |", flush=True)
        for label, tool in compared.items():
            print(f"| {label} | {' | '.join(str(len(tool(files[kind]))) for kind in kinds)} |", flush=True)


if __name__ == "__main__":
    main()
