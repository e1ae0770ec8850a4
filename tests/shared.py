"""The test material beside the checkout; tests that use it are skipped where it is absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"

needs_shared = pytest.mark.skipif(not (SHARED / "flyctl").is_dir(), reason="../shared is absent")


def cases() -> list[dict[str, Any]]:
    """Whole configs, labelled by flyctl's own code."""
    files = sorted((SHARED / "flyctl").glob("cases-*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def corpus() -> list[Path]:
    """Real fly.toml files."""
    return sorted((SHARED / "corpus").rglob("*.toml"))
