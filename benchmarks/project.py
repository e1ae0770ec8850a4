"""flylint beside very many files.

    python benchmarks/project.py [--files N] [--runs N]

Writes a project of N source files and lints its fly.toml, which asks for a path that no route serves, so that all that
may be read is read. Budget: less than 1 s for 50,000 files. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONFIG = """\
app = "big"
primary_region = "fra"

[http_service]
  internal_port = 8080

  [[http_service.checks]]
    path = "/alive"
"""
SERVER = "const app = require('express')()\napp.get('/', (q, s) => s.send('x'))\napp.listen(8080)\n"
MODULE = "import x from 'y'\n\nexport function name(a, b) {\n  return a.map((c) => c.value + b)\n}\n" * 10


def fill(folder: Path, count: int) -> None:
    """A project with many source files, a hundred in each folder."""
    (folder / "fly.toml").write_text(CONFIG)
    (folder / "Dockerfile").write_text('FROM node:22\nCOPY . .\nCMD ["node", "server.js"]\n')
    (folder / "package.json").write_text('{"dependencies": {"express": "4"}}')
    (folder / "server.js").write_text(SERVER)
    for number in range(count):
        part = folder / "src" / f"part{number // 100:04}"
        part.mkdir(parents=True, exist_ok=True)
        (part / f"module{number:06}.ts").write_text(MODULE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    # users run compiled bytecode
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    rows = []
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name), options.files)
        command = [sys.executable, "-m", "flylint", "--isolated", "fly.toml"]
        said = ""
        for _ in range(options.runs + 1):
            start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(command, cwd=name, env=environment, capture_output=True, text=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            rows.append((time.perf_counter() - start, used))
            said = done.stderr
    wall, cpu = min(wall for wall, _ in rows[1:]), min(cpu for _, cpu in rows[1:])
    print("| files | time | of the processor | left out |\n| ---: | ---: | ---: | --- |")
    left_out = said.partition("not looked at: ")[2].partition("\n")[0] or "nothing"
    print(f"| {options.files} | {1000 * wall:.0f} ms | {1000 * cpu:.0f} ms | {left_out} |")


if __name__ == "__main__":
    main()
