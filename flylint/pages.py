"""The pages about rules: docs/rules/<rule>.md, found in a checkout as well as in an installed package."""

from __future__ import annotations

import os

from flylint.rules import all_rules


def folder() -> str:
    """Where the pages are: inside the installed package, or in docs/rules of a checkout."""
    here = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(here, "docs", "rules")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(here), "docs", "rules")


def page(rule: str) -> str:
    """The page of a rule as Markdown; one made of what the registry knows where there is none yet."""
    try:
        with open(os.path.join(folder(), f"{rule}.md"), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        known = all_rules()[rule]
        return f"# {rule}\n\n{known.summary}.\n\nSeverity: {known.severity}. Enforced by: {known.enforced_by}.\n"


def drawn(markdown: str, width: int, color: bool) -> str:
    """A page drawn for a terminal of some width; without colour, headings are still bold."""
    from io import StringIO

    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(file=StringIO(), force_terminal=True, width=min(width, 100), no_color=not color)
    with console.capture() as capture:
        console.print(Markdown(markdown))
    return capture.get()
