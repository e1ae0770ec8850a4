"""When Python looks for garbage that is tied in circles: a check leaves none, so that looking is most of what it costs."""

from __future__ import annotations

import gc

THRESHOLDS = (50_000, 20, 20)
"""One large file makes as many objects while it is checked, and they go by themselves."""


def collect_seldom() -> None:
    """Pass over what there is so far, and look for garbage seldom from now on."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
