"""Regular expressions that cost nothing until they are used.

To compile those of all rules takes a tenth of a run over one file, which needs few of them.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` returns, compiled when it is first used."""
    return _Lazy(text, flags)  # type: ignore[return-value]


class _Lazy:
    """Finds the methods of a compiled expression when they are first asked for, and keeps them."""

    def __init__(self, text: str, flags: int) -> None:
        self._arguments = text, flags

    def __getattr__(self, name: str) -> Any:
        method = getattr(re.compile(*self._arguments), name)
        setattr(self, name, method)
        return method
