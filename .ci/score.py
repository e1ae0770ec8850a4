"""Run ../shared/score.py and hold its figures against floors that only ever rise.

The floors stand in .ci/floors.json: for each part of the score the least (or, for faults and times, the most) that a
figure may be. Exits with 1 when one is missed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCORE = HERE.parent.parent / "shared" / "score.py"


def number(text: str) -> float:
    """A figure such as 12, 0.5, True or 31/34, which counts as a share."""
    if "/" in text:
        part, whole = text.split("/")
        return float(part) / float(whole)
    return float({"True": 1, "False": 0}.get(text, text))


def main() -> int:
    run = subprocess.run([sys.executable, str(SCORE)], capture_output=True, text=True, cwd=HERE.parent)
    print(run.stdout, run.stderr)
    floors = json.loads((HERE / "floors.json").read_text("utf-8"))
    found = {line.split()[0]: dict(re.findall(r"(\w+)=(\S+)", line)) for line in run.stdout.splitlines() if "=" in line}
    missed = []
    for part, figures in floors.items():
        for name, (bound, limit) in figures.items():
            value = found.get(part, {}).get(name)
            held = value is not None and (number(value) >= limit if bound == "least" else number(value) <= limit)
            if not held:
                missed.append(f"{part} {name}: {value}, must be at {bound} {limit}")
    print("\n".join(missed) if missed else "every floor holds")
    return 1 if missed or run.returncode else 0


if __name__ == "__main__":
    raise SystemExit(main())
