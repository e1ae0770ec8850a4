"""The tests with every interpreter that is there: `nox` runs all of them, `nox -s smoke` those that take a minute."""

from __future__ import annotations

import os
from pathlib import Path

import nox

VERSIONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
SMOKE = ("test_decode.py", "test_document.py", "test_globs.py", "test_mend.py", "test_output.py", "test_settings.py")

# those of pyenv are not on the path, and its stand-ins run no other version than the one that is chosen
_PYENV = sorted(str(folder) for folder in Path.home().glob(".pyenv/versions/3.1*/bin"))
os.environ["PATH"] = os.pathsep.join([*_PYENV, os.environ["PATH"]])


@nox.session(python=VERSIONS)
def tests(session: nox.Session) -> None:
    """All tests."""
    session.install("-e", ".[dev]")
    session.run("pytest", "-q", "-n", "auto", *session.posargs)


@nox.session(python=VERSIONS)
def smoke(session: nox.Session) -> None:
    """The tests that need little and see most, and a run of the command line."""
    session.install("-e", ".", "pytest", "pytest-xdist", "hypothesis")
    session.run("flylint", "fixtures", success_codes=[1])
    session.run("pytest", "-q", *(f"tests/{name}" for name in SMOKE), *session.posargs)


nox.options.sessions = ["tests"]
