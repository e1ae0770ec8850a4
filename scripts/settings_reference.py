"""Write docs/settings.md: what can stand in a settings file, from schemas/flylint.schema.json.

python scripts/settings_reference.py          # write it
python scripts/settings_reference.py --check  # exit with 1 if it is not up to date
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from textwrap import fill
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "settings.md"

HEAD = """\
# Settings

flylint works without settings. What a team wants differently stands in the nearest `flylint.toml`, or in
`[tool.flylint]` of the nearest `pyproject.toml`, upwards from the linted file. One file wins, nothing is merged. A
mistake in it is reported with its place and ends the run with exit status 2.

```toml title="flylint.toml"
ignore = ["force-https-off"]
exclude = ["vendor", "examples/**"]

[per-file-ignores]
"fly.staging.toml" = ["scale-to-zero", "deploy"]

[severity]
no-health-check = "error"

[rules.grace-period-too-short]
minimum = "2s"
```

In `pyproject.toml` the same tables are called `[tool.flylint]`, `[tool.flylint.severity]`,
`[tool.flylint.rules.grace-period-too-short]` and so on.

`flylint settings [PATH]` shows the settings that hold for a file, where they come from, and which files are linted.

Editors that know JSON Schema complete and check the settings as well. `flylint schema --settings > flylint.schema.json`
writes the schema with the names and options of all rules; with taplo, tombi and Even Better TOML,
`#:schema ./flylint.schema.json` as the first line of `flylint.toml` is all that they need.

## Reference
"""

TAIL = """\
## On the command line

`--select RULES` and `--ignore RULES` take names of rules or topics, separated by commas: `--select` replaces what the
settings select and ignore, `--ignore` adds to it. `--config FILE` takes the settings from a file, `--isolated` takes
none, and `--no-project` is `project = false`.

## Comments

```toml
app = "shop"
# flylint: ignore[unknown-key] read by our deploy script
owner = "web team"

[env]
  MAPS_API_KEY = "AIza-restricted-to-our-domain"  # flylint: ignore[secret-in-env] public, restricted to our domain
```

A comment at the end of a line speaks of that line, one that stands alone of the next one. `# flylint:
ignore-file[rule]` anywhere speaks of the whole file. Several rules are separated by commas, the reason behind the
bracket is free text, and there is no way to ignore everything. A comment that hides nothing is itself reported
([unused-ignore](rules/unused-ignore.md)). `flylint --add-ignore` writes such comments for all that is found, for a
start with an existing file.
"""


def reference() -> str:
    """The page."""
    with open(ROOT / "schemas" / "flylint.schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    out = [HEAD]
    for name, setting in schema["properties"].items():
        text = fill(f"{setting['title']}. {setting['description']}", 120)
        out.append(
            f"### {name}\n\n{text}\n\n"
            f"Type: {_type(setting, schema['definitions'])}. Default: `{_toml(setting['default'])}`.\n"
        )
    return "\n".join([*out, TAIL])


def _type(setting: dict[str, Any], definitions: dict[str, Any]) -> str:
    """The type of a value in the words of TOML."""
    if "$ref" in setting:
        setting = definitions[setting["$ref"].rpartition("/")[2]]
    if "enum" in setting:
        return " or ".join(f"`{_toml(value)}`" for value in setting["enum"])
    if setting["type"] == "array":
        return f"array of {_type(setting['items'], definitions)}s"
    if setting["type"] == "object":
        values = setting.get("additionalProperties")
        return f"table, each value: {_type(values, definitions)}" if isinstance(values, dict) else "table"
    return str(setting["type"])


def _toml(value: Any) -> str:
    """A value as TOML writes it; what occurs here is the same in JSON."""
    return json.dumps(value)


def main() -> int:
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.exists() and PAGE.read_text("utf-8") == reference() else 1
    PAGE.write_text(reference(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
