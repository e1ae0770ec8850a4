"""What MkDocs needs to know to make the site of the repository's own pages; mkdocs.yml names it as a hook.

The home page is README.md, the menu lists the rules by topic, and code fences may say more than a language: the
examples of the rule pages are marked as ```toml bad or ```python app.py, which becomes a title.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from flylint.rules import all_rules

ROOT = Path(__file__).resolve().parent.parent

PAGES = {"index.md": "README.md", "changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
"""Pages of the site that stand outside of docs."""

TITLES = {"bad": "bad", "good": "good", "fixed": "what the fix makes of it"}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The menu."""
    rules: list[Any] = [{"All rules": "rules/index.md"}]
    for topic, group in groupby(all_rules().values(), key=lambda rule: rule.topic):
        names = sorted(rule.name for rule in group)
        rules.append({topic.replace("-", " ").capitalize(): [{name: f"rules/{name}.md"} for name in names]})
    config.nav = [
        {"Home": "index.md"},
        {"CI and hooks": "ci.md"},
        *([{"Editors": "editors.md"}] if (ROOT / "docs" / "editors.md").exists() else []),
        {"Settings": "settings.md"},
        {"Severities and stability": "stability.md"},
        {"Comparison": "comparison.md"},
        {"Rules": rules},
        {"Changelog": "changelog.md"},
        {"Contributing": "contributing.md"},
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages that stand outside of docs, with links as they are inside of it."""
    for page, source in PAGES.items():
        text = (ROOT / source).read_text("utf-8").replace("](docs/", "](")
        for other, name in PAGES.items():
            text = text.replace(f"]({name})", f"]({other})")
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Code fences in the form that the site knows."""
    return re.sub(
        r"^```(\w+) (\S+)$",
        lambda found: f'```{found[1]} title="{TITLES.get(found[2], found[2])}"',
        markdown,
        flags=re.M,
    )
