"""The published JSON Schema: valid draft-07, says the same as flylint's decoder, and TOML tools can use it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli

from flylint import schema
from flylint.decode import REFUSALS, decode
from flylint.document import Document
from tests.shared import cases, corpus, needs_shared

ACCEPTED = """\
app = "my-app"
primary_region = "fra"
kill_timeout = 30

[env]
  WORKERS = 2

[processes]
  web = "serve"

[services]
  internal_port = "8080"
  concurrency = "20,25"

  [services.ports]
    port = "80"
    handlers = ["http"]

[mounts]
  source = "data"
  destination = "/data"
  initial_size = 10

[[vm]]
  memory = 512
"""
REFUSED = 'app = "my-app"\n\n[http_service]\n  internal_port = "8080"\n'
# kinds of problems that are no reason for flyctl to refuse a file, but that a closed JSON Schema cannot let through
STRICTER = ("unknown-key", "wrong-case", "dropped")


def validator() -> jsonschema.protocols.Validator:
    return jsonschema.Draft7Validator(schema.load())


def instance(text: str) -> Any:
    """The values as a JSON Schema sees them: dates are texts."""
    return json.loads(json.dumps(tomli.loads(text), default=str))


def test_is_valid_draft_07() -> None:
    jsonschema.Draft7Validator.check_schema(schema.load())


def test_every_key_is_described() -> None:
    def visit(node: Any, place: str) -> None:
        for key, value in node.get("properties", {}).items():
            assert value.get("title"), f"{place}.{key} has no title"
            assert value.get("description"), f"{place}.{key} has no description"

    visit(schema.load(), "")
    for name, definition in schema.load()["definitions"].items():
        visit(definition, name)


def test_every_table_is_closed() -> None:
    for name, definition in schema.load()["definitions"].items():
        if "properties" in definition:
            assert definition["additionalProperties"] is False, name


def test_every_default_and_example_is_valid() -> None:
    def visit(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                visit(item)
        elif isinstance(node, dict):
            checker = validator().evolve(schema={**node, "definitions": schema.load()["definitions"]})
            if "$ref" not in node:
                for value in [node["default"]] if "default" in node else []:
                    assert checker.is_valid(value), (node, value)
                for value in node["examples"] if isinstance(node.get("examples"), list) else []:
                    assert checker.is_valid(value), (node, value)
            for key, item in node.items():
                if key not in ("default", "examples", "enum", "x-values"):
                    visit(item)

    visit(schema.load())


def test_schema_and_decoder_agree_on_examples() -> None:
    assert validator().is_valid(instance(ACCEPTED))
    assert not validator().is_valid(instance(REFUSED))


@needs_shared
def test_schema_and_decoder_agree_on_every_case() -> None:
    """The schema says what the decoder says, but for nan, which JSON has not, and unknown keys, which it refuses."""
    checker, compared = validator(), 0
    for case in cases():
        document = Document(case["toml"])
        if not document.complete:
            continue
        problems = decode(document.values)[1]
        refused = [p for p in problems if p.kind in REFUSALS]
        if any(p.expected == "a finite number" or p.value != p.value for p in refused):
            continue
        valid = checker.is_valid(instance(case["toml"]))
        if refused:
            assert not valid, case["id"]
        elif not any(p.kind in STRICTER for p in problems):
            assert valid, case["id"]
        compared += 1
    assert compared > 3000


def test_command_prints_the_schema() -> None:
    run = subprocess.run([sys.executable, "-m", "flylint", "schema"], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == schema.load()


def tool(name: str) -> str:
    """A TOML tool of the environment, or a skipped test."""
    beside = Path(sys.executable).parent / name
    path = str(beside) if beside.exists() else shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def taplo(file: Path) -> subprocess.CompletedProcess[str]:
    command = [tool("taplo"), "lint", "--schema", f"file://{schema.schema_path()}", str(file)]
    return subprocess.run(command, capture_output=True, text=True)


def tombi(file: Path) -> subprocess.CompletedProcess[str]:
    config = file.parent / "tombi.toml"
    config.write_text(f'[[schemas]]\npath = "{schema.schema_path()}"\ninclude = ["*.toml"]\n', "utf-8")
    return subprocess.run(
        [tool("tombi"), "lint", "--offline", file.name], capture_output=True, text=True, cwd=file.parent
    )


TOOLS = {"taplo": taplo, "tombi": tombi}


@pytest.mark.parametrize("name", TOOLS)
def test_toml_tools_load_it_and_judge_by_it(name: str, tmp_path: Path) -> None:
    file = tmp_path / "fly.toml"
    file.write_text(ACCEPTED, "utf-8")
    accepted = TOOLS[name](file)
    assert accepted.returncode == 0, accepted.stderr + accepted.stdout
    file.write_text(REFUSED, "utf-8")
    refused = TOOLS[name](file)
    assert refused.returncode != 0
    assert "internal_port" in refused.stderr + refused.stdout or "4:" in refused.stderr + refused.stdout


@needs_shared
@pytest.mark.parametrize("name", TOOLS)
def test_toml_tools_accept_the_real_files_that_flyctl_accepts(name: str, tmp_path: Path) -> None:
    """As far as JSON Schema can say so: not files with keys that flyctl ignores, which a closed schema refuses."""
    plain = []
    for number, source in enumerate(corpus()):
        text = source.read_text("utf-8")
        if not any(p.kind in (*REFUSALS, *STRICTER) for p in decode(tomli.loads(text))[1]):
            file = tmp_path / f"{number}.toml"
            file.write_text(text, "utf-8", newline="")
            plain.append(file)
    assert len(plain) > len(corpus()) / 3
    path = tool(name)
    if name == "taplo":
        command = [path, "lint", "--schema", f"file://{schema.schema_path()}", *map(str, plain)]
    else:
        tombi(plain[0])
        command = [path, "lint", "--offline", *(file.name for file in plain)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 0, (run.stderr + run.stdout)[-3000:]
