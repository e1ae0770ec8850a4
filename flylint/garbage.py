"""How seldom Python looks for garbage, which costs more than what a check leaves behind."""

from __future__ import annotations

import gc

THRESHOLDS = (50_000, 20, 20)
"""A few megabytes more are kept: that is cheaper than to look through everything as often as Python does by itself."""


def collect_seldom() -> None:
    """Collect garbage from now on, but seldom: for a process that checks one file after the other."""
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
