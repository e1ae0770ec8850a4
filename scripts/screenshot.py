"""Write docs/screenshot.svg: what `flylint fixtures/shop` shows in a terminal.

python scripts/screenshot.py          # write it
python scripts/screenshot.py --check  # exit with 1 if it shows something else than flylint does
"""

from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "screenshot.svg"
FIXTURE = "fixtures/shop"


def screen() -> str:
    """What the terminal shows, with its colours."""
    command = [sys.executable, "-m", "flylint", "--isolated", "--color", "always", FIXTURE]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 1, done.stdout
    return f"$ flylint {FIXTURE}\n{done.stdout}"


def picture(screen: str) -> str:
    """The screen as SVG."""
    text = Text.from_ansi(screen)
    console = Console(record=True, file=StringIO(), width=max(len(line) for line in text.plain.splitlines()))
    console.print(text)
    drawn = console.export_svg(title="flylint", theme=MONOKAI, unique_id="flylint")
    # a picture needs nothing from the network: whoever lacks the font sees the next one of the family
    return re.sub(r" *@font-face \{.*?\}\n", "", drawn, flags=re.S)


def words(picture: str) -> str:
    """What can be read in a picture; how it is drawn changes with rich."""
    return re.sub(r"<style>.*?</style>|<[^>]*>|\s", "", picture, flags=re.S)


def main() -> int:
    drawn = picture(screen())
    if "--check" in sys.argv[1:]:
        return 0 if PICTURE.exists() and words(PICTURE.read_text("utf-8")) == words(drawn) else 1
    PICTURE.write_text(drawn, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
