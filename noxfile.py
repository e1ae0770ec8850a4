"""The tests with every interpreter that is there: `nox` runs all of them, `nox -s smoke` those that take a minute."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
SMOKE = ("test_decode.py", "test_document.py", "test_globs.py", "test_mend.py", "test_output.py", "test_settings.py")


def interpreters() -> list[str]:
    """The interpreters of the supported versions: on the path, else those of pyenv."""
    found = []
    for version in VERSIONS:
        own = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        path = shutil.which(f"python{version}") if not own else str(own[-1])
        found += [path] if path else []
    return found


@nox.session(python=interpreters())
def tests(session: nox.Session) -> None:
    """All tests."""
    session.install("-e", ".[dev]")
    session.run("pytest", "-q", "-n", "auto", *session.posargs)


@nox.session(python=interpreters())
def smoke(session: nox.Session) -> None:
    """The tests that need little and see most, and a run of the command line."""
    session.install("-e", ".", "pytest", "pytest-xdist", "hypothesis")
    session.run("flylint", "fixtures", success_codes=[1])
    session.run("pytest", "-q", *(f"tests/{name}" for name in SMOKE), *session.posargs)


nox.options.sessions = ["tests"]
