"""flylint beside other tools, measured in one run.

    python benchmarks/run.py [--runs N] [--files N]

Needs an environment with flylint and its extra `dev`, which has the other tools. Times are the best of N runs of the
whole command, since everything slower than the best is noise of the machine. Runs that are compared take turns, so that
both see the same machine. Real files are those of ../shared/corpus where that is there, else the fixtures. Prints a
Markdown table with a row for each budget, and which budgets are missed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flylint.schema import schema_path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from server import Client, measured

ROOT = Path(__file__).resolve().parent.parent
# users run compiled bytecode
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

CLEAN = """\
app = "ok"
primary_region = "ams"

[http_service]
  internal_port = 8080
  force_https = true
  auto_stop_machines = "stop"
  auto_start_machines = true
  min_machines_running = 1

  [[http_service.checks]]
    grace_period = "10s"
    interval = "15s"
    timeout = "5s"
    method = "GET"
    path = "/health"

[[vm]]
  size = "shared-cpu-1x"
  memory = "512mb"
"""
FAULTY = CLEAN.replace('grace_period = "10s"', 'grace_period = "1s"').replace("force_https", "force_htps")


HOSTILE = {
    "of 1 MiB": lambda: b"".join(b'key%d = "%d" # comment\n' % (number, number) for number in range(40_000))[: 2**20],
    "with 100,000 open brackets": lambda: b"a = " + b"[" * 100_000,
    "with 100,000 nested tables": lambda: b"[" + b".".join([b"a"] * 100_000) + b"]\n",
    "of 64 KiB of random bytes": lambda: random.Random(9).randbytes(2**16),
    "in UTF-16 with NUL and ESC": lambda: 20_000 * 'a = "\0\x1b[31m"\r\n'.encode("utf-16"),
}
"""Files that nobody writes by accident."""

Command = list[str]


def best(runs: int, folder: Path, *commands: Command) -> list[float]:
    """Milliseconds of the fastest run of each command. They take turns; the first turn warms up."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(runs + 1):
        for spent, command in zip(times, commands, strict=True):
            start = time.perf_counter()
            subprocess.run(command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            spent.append(1000 * (time.perf_counter() - start))
    return [min(spent[1:]) for spent in times]


def tool(name: str) -> str | None:
    """The path of a command of this environment."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def fill(folder: Path, count: int) -> str:
    """Fill a folder with many fly.toml files, each in a folder of its own; what they are."""
    real = sorted((ROOT.parent / "shared" / "corpus").rglob("*.toml"))
    sources = real or sorted(ROOT.glob("fixtures/**/fly*.toml"))
    for number in range(count):
        target = folder / f"{number:05}"
        target.mkdir(parents=True)
        (target / "fly.toml").write_bytes(sources[number % len(sources)].read_bytes())
    return f"{len(sources)} real files repeated" if real else "fixtures repeated"


class Table:
    """The rows that are printed, and the budgets that are missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []
        print("| what | time | compared | budget |\n| --- | ---: | --- | --- |", flush=True)

    def row(self, what: str, spent: float, compared: str = "") -> None:
        """A row without a budget."""
        print(f"| {what} | {spent:.0f} ms | {compared} | |", flush=True)

    def budget(self, what: str, spent: float, peer: float, name: str, most: float) -> None:
        """A row with the ratio to a peer and the most that it may be."""
        ratio = spent / peer
        print(f"| {what} | {spent:.0f} ms | {ratio:.2f} × {name} | at most {most:g} × |", flush=True)
        if ratio > most:
            self.missed.append(f"{what}: {ratio:.2f} × instead of {most:g} ×")

    def limit(self, what: str, spent: float, most: float) -> None:
        """A row with the most milliseconds that it may take."""
        print(f"| {what} | {spent:.0f} ms | | at most {most:.0f} ms |", flush=True)
        if spent > most:
            self.missed.append(f"{what}: {spent:.0f} ms instead of {most:.0f} ms")


def one_file(table: Table, folder: Path, runs: int) -> None:
    """The start of flylint beside that of Python, and one file in other tools."""
    (folder / "fly.toml").write_text(CLEAN)
    (folder / "faulty").mkdir()
    (folder / "faulty" / "fly.toml").write_text(FAULTY)
    shutil.copytree(ROOT / "fixtures" / "projects" / "good" / "nextjs-standalone", folder / "project")
    flylint = [sys.executable, "-m", "flylint"]
    commands = {
        "`flylint fly.toml`, nothing to report": ([*flylint, "--isolated", "fly.toml"], 4),
        "the same beside a Dockerfile and a package.json": ([*flylint, "--isolated", "project/fly.toml"], 6),
        "`flylint fly.toml`, with findings": ([*flylint, "--isolated", "faulty/fly.toml"], 10),
        "`flylint --version`": ([*flylint, "--version"], 3),
        "`flylint --help`": ([*flylint, "--help"], 3),
    }
    bare, *times = best(runs, folder, [sys.executable, "-c", "pass"], *(command for command, _ in commands.values()))
    table.row("`python -c pass`", bare)
    for (what, (_, most)), spent in zip(commands.items(), times, strict=True):
        table.budget(what, spent, bare, "bare Python", most)
    for what, command in {
        "`taplo lint --schema`, one file": ["taplo", "lint", "--schema", f"file://{schema_path()}", "fly.toml"],
        "`tombi lint`, one file": ["tombi", "lint", "--offline", "fly.toml"],
        "`check-jsonschema`, one file": ["check-jsonschema", "--schemafile", schema_path(), "fly.toml"],
    }.items():
        path = tool(command[0])
        if path:
            (spent,) = best(max(3, runs // 3), folder, [path, *command[1:]])
            table.row(what, spent, f"{spent / times[0]:.1f} × flylint")


def many_files(table: Table, folder: Path, runs: int, number: int) -> None:
    """One run over many files, beside other tools that validate them with the same schema."""
    kind = fill(folder / "many", number)
    files = [f"many/{index:05}/fly.toml" for index in range(number)]
    command = [sys.executable, "-m", "flylint", "--isolated", "--format", "concise", "many"]
    taplo, checker = tool("taplo"), tool("check-jsonschema")
    if taplo:
        spent, peer = best(runs, folder, command, [taplo, "lint", "--schema", f"file://{schema_path()}", *files])
        table.row(f"`taplo lint --schema`, {number:,} files", peer, kind)
        table.budget(f"flylint, the same {number:,} files", spent, peer, "taplo", 1.5)
    else:
        (spent,) = best(runs, folder, command)
        table.row(f"flylint, {number:,} files", spent, kind)
    if checker:
        (peer,) = best(1, folder, [checker, "--schemafile", schema_path(), *files])
        table.row(f"`check-jsonschema`, the same {number:,} files", peer, f"{peer / spent:.2f} × flylint")


def more_and_more_files(table: Table, folder: Path) -> None:
    """What a run costs by the number of files: the time for each, and the memory of the process that collects it all."""
    for number in (1, 10, 100, 1000, 10_000):
        fill(folder / str(number), number)
        command = [sys.executable, "-m", "flylint", "--isolated", "--format", "concise", str(number)]
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, _, usage = os.wait4(process.pid, 0)
        spent = 1000 * (time.perf_counter() - start)
        memory = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
        table.row(f"flylint, number of files: {number:,}", spent, f"{spent / number:.2f} ms each, {memory:.0f} MiB")


def hostile_files(table: Table, folder: Path, runs: int) -> None:
    """Files that were made to hurt, in the format that shows most."""
    for what, make in HOSTILE.items():
        (folder / "hostile.toml").write_bytes(make())
        (spent,) = best(runs, folder, [sys.executable, "-m", "flylint", "--isolated", "hostile.toml"])
        table.limit(f"a file {what}", spent, 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--files", type=int, default=1000)
    options = parser.parse_args()
    few = max(3, options.runs // 3)
    table = Table()
    with tempfile.TemporaryDirectory() as name:
        one_file(table, Path(name), options.runs)
        many_files(table, Path(name), few, options.files)
        more_and_more_files(table, Path(name))
        for what, times, _ in measured(100 * options.runs, Client()):
            table.limit(f"language server, median of a change: {what}", statistics.median(times), 20)
        hostile_files(table, Path(name), few)
    print("\nAll budgets are met." if not table.missed else "\nMissed: " + "; ".join(table.missed))


if __name__ == "__main__":
    main()
