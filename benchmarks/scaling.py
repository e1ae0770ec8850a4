"""Cost against size: what flylint does with files that grow by 1, 2, 4 and 8 times.

    python benchmarks/scaling.py [NAME ...]

Each line is one way in which a file can be large. The last column is the time of the largest over that of one half its
size: about 2 where the cost is linear. Prints a Markdown table.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flylint import engine
from flylint.credentials import masked
from flylint.document import Document
from flylint.output import Report, render
from flylint.rules import all_rules
from flylint.settings import Settings
from tests.growth import GROWTH


def spent(data: bytes, format: str | None) -> tuple[float, int]:
    """Milliseconds to check a text and to write what was found, and how much that was."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        result = engine.check(Document.from_bytes(data), Settings())
        if format:
            report = Report(result.diagnostics, ["fly.toml"], {"fly.toml": masked(result.document)}, all_rules())
            render(format, report)
        best = min(best, time.perf_counter() - start)
        if best > 2:
            break
    return 1000 * best, len(result.diagnostics)


def main() -> None:
    wanted = sys.argv[1:] or list(GROWTH)
    spent(b"a = 1", "full")  # imports
    print(
        "| file | KiB | findings | 1 × | 2 × | 4 × | 8 × | 8 × / 4 × |\n| --- | --: | --: | --: | --: | --: | --: | --: |"
    )
    for name in wanted:
        make, size = GROWTH[name]
        times = []
        for factor in (1, 2, 4, 8):
            data = make(size * factor)
            used, found = spent(data, "full")
            times.append(used)
        row = " | ".join(f"{used:.0f} ms" for used in times)
        print(f"| {name} | {len(data) // 1024} | {found} | {row} | {times[3] / times[2]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
