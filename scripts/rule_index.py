"""Write docs/rules/index.md, the rules by topic, from the registry.

python scripts/rule_index.py          # write it
python scripts/rule_index.py --check  # exit with 1 if it is not up to date
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from flylint.rules import all_rules

INDEX = Path(__file__).resolve().parent.parent / "docs" / "rules" / "index.md"

HEAD = """\
# Rules

{count} rules in {topics} topics. *Severity* is the usual one of a rule; a finding can have another. *Enforced by*
says who would catch it without flylint: flyctl (loading, validation, conversion to Machines), Fly.io's API
(platform), or nobody. *Fix* says whether `--fix` (safe) or `--unsafe-fixes` (unsafe) can mend it. `flylint explain
RULE` shows a page in the terminal.
"""


def index() -> str:
    """The page."""
    rules = list(all_rules().values())
    groups = [(topic, list(items)) for topic, items in groupby(rules, key=lambda rule: rule.topic)]
    out = [HEAD.format(count=len(rules), topics=len(groups))]
    for topic, items in groups:
        out.append(
            f"## {topic.replace('-', ' ')}\n\n| rule | severity | enforced by | fix | what it finds |\n"
            "| --- | --- | --- | --- | --- |"
        )
        for rule in sorted(items, key=lambda rule: (-rule.severity, rule.name)):
            summary = rule.summary.replace("|", "\\|")
            out.append(
                f"| [{rule.name}]({rule.name}.md) | {rule.severity} | {rule.enforced_by} | "
                f"{rule.fix or ''} | {summary} |"
            )
        out.append("")
    return "\n".join(out).rstrip() + "\n"


def main() -> int:
    if "--check" in sys.argv[1:]:
        return 0 if INDEX.exists() and INDEX.read_text("utf-8") == index() else 1
    INDEX.write_text(index(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
