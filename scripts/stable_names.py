"""Write tests/data/stable-names.json: what others may rely on, by the promises of docs/stability.md.

python scripts/stable_names.py          # add what is new, with each release
python scripts/stable_names.py --check  # exit with 1 and name what has gone, if anything has

A name that has been released stays: a renamed rule keeps its old name as an alias. What has not been released yet may be
taken out by hand.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from flylint import cli
from flylint.output import FORMATS
from flylint.rules import all_rules
from flylint.settings import rule_names, topics
from flylint.settings_errors import schema

NAMES = Path(__file__).resolve().parent.parent / "tests" / "data" / "stable-names.json"


def printed(*words: str) -> str:
    """What a command prints."""
    with redirect_stdout(StringIO()) as out:
        cli.main(words)
    return out.getvalue()


def names() -> dict[str, list[str]]:
    """Everything that has a stable name, by kind."""
    rules = all_rules()
    commands = set(re.findall(r"^    ([a-z]+)(?: |$)", printed("--help"), re.M))
    known = {
        "commands": commands,
        "options": {
            f"{command} {flag}"
            for command in commands
            for flag in re.findall(r"^  (?:-\w, )?(--[\w-]+)", printed(command, "--help"), re.M)
        },
        "formats": {*FORMATS},
        "settings": {*schema()["properties"]},
        "rules": {*rule_names()},
        "topics": topics(),
        "options of rules": {
            f"{name} {option}" for name, rule in rule_names().items() for option in rules[rule].options
        },
    }
    return {kind: sorted(members) for kind, members in known.items()}


def main() -> int:
    current = names()
    released = json.loads(NAMES.read_text("utf-8")) if NAMES.exists() else {}
    if "--check" in sys.argv[1:]:
        gone = [f"{kind}: {name}" for kind in released for name in released[kind] if name not in current[kind]]
        print("\n".join(gone), end="")
        return 1 if gone or not released else 0
    merged = {kind: sorted({*current[kind], *released.get(kind, [])}) for kind in current}
    NAMES.write_text(json.dumps(merged, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
