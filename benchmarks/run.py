"""flylint beside other tools, measured in one run.

    python benchmarks/run.py [--runs N] [--files N]

Needs an environment with flylint and its extra `dev`, which has the other tools. Times are the best of N runs of the
whole command, since everything slower than the best is noise of the machine; each is also given as a ratio to its
peer of the same run. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flylint.schema import schema_path

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


def best(command: list[str], runs: int, folder: Path) -> float:
    """Milliseconds of the fastest of some runs; the first one warms up."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return 1000 * min(times[1:])


def tool(name: str) -> str | None:
    """The path of a command of this environment."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def fill(folder: Path, count: int) -> None:
    """A folder with many fly.toml files, made from the project's fixtures."""
    texts = sorted(ROOT.glob("fixtures/**/fly*.toml")) or []
    sources = [path.read_bytes() for path in texts] or [CLEAN.encode(), FAULTY.encode()]
    for number in range(count):
        target = folder / f"{number:05}"
        target.mkdir(parents=True)
        (target / "fly.toml").write_bytes(sources[number % len(sources)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--files", type=int, default=1000)
    options = parser.parse_args()
    rows: list[tuple[str, float, str, float | None]] = []  # what, ms, compared with, budget
    flylint = [sys.executable, "-m", "flylint"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fly.toml").write_text(CLEAN)
        (folder / "faulty").mkdir()
        (folder / "faulty" / "fly.toml").write_text(FAULTY)
        fill(folder / "many", options.files)
        schema = schema_path()

        bare = best([sys.executable, "-c", "pass"], options.runs, folder)
        rows.append(("`python -c pass`", bare, "", None))
        clean = best([*flylint, "--isolated", "fly.toml"], options.runs, folder)
        rows.append(("`flylint fly.toml`, nothing to report", clean, f"{clean / bare:.1f} × bare Python", 4.0))
        found = best([*flylint, "--isolated", "faulty/fly.toml"], options.runs, folder)
        rows.append(("`flylint fly.toml`, with findings", found, f"{found / bare:.1f} × bare Python", 10.0))
        for option in ("--version", "--help"):
            spent = best([*flylint, option], options.runs, folder)
            rows.append((f"`flylint {option}`", spent, f"{spent / bare:.1f} × bare Python", 3.0))
        for label, command in {
            "`taplo lint --schema`, one file": ["taplo", "lint", "--schema", f"file://{schema}", "fly.toml"],
            "`tombi lint`, one file": ["tombi", "lint", "--offline", "fly.toml"],
            "`check-jsonschema`, one file": ["check-jsonschema", "--schemafile", schema, "fly.toml"],
        }.items():
            path = tool(command[0])
            if path:
                spent = best([path, *command[1:]], max(3, options.runs // 3), folder)
                rows.append((label, spent, f"{spent / clean:.1f} × flylint", None))

        runs = max(2, options.runs // 5)
        files = [f"many/{number:05}/fly.toml" for number in range(options.files)]
        many = best([*flylint, "--isolated", "--format", "concise", "many"], runs, folder)
        rows.append((f"flylint, {options.files} files", many, f"{many / options.files:.2f} ms a file", None))
        taplo = tool("taplo")
        if taplo:
            spent = best([taplo, "lint", "--schema", f"file://{schema}", *files], runs, folder)
            rows.append(
                (f"taplo with schema, {options.files} files", spent, f"flylint takes {many / spent:.2f} × of it", 1.5)
            )
        checker = tool("check-jsonschema")
        if checker:
            spent = best([checker, "--schemafile", schema, *files], 1, folder)
            rows.append(
                (f"check-jsonschema, {options.files} files", spent, f"flylint takes {many / spent:.2f} × of it", None)
            )
    print("| what | time | compared | budget |\n| --- | ---: | --- | --- |")
    for what, spent, compared, budget in rows:
        print(f"| {what} | {spent:.0f} ms | {compared} | {'' if budget is None else f'at most {budget:g} ×'} |")


if __name__ == "__main__":
    main()
