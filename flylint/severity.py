"""How bad a finding is."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """A promise to the reader.

    ERROR    flyctl or Fly.io will refuse it, or it certainly cannot do what it says
    WARNING  accepted, but almost certainly not what was meant, or a risk for availability, data, money or secrets
    INFO     advice and old spellings; not shown unless asked for
    """

    INFO = 0
    WARNING = 1
    ERROR = 2

    def __str__(self) -> str:
        return self.name.lower()
