"""The open files: their text, the settings that hold for them, and what the engine finds in them."""

from __future__ import annotations

import os
from functools import cached_property

from flylint import engine, settings
from flylint.diagnostic import Diagnostic
from flylint.discovery import is_config_name
from flylint.document import Document
from flylint.project import Project
from flylint.server.text import Text
from flylint.settings import Settings, SettingsError

LANGUAGE = "fly-toml"
"""The language id with which a client can say that a file is a fly.toml whatever its name."""

SETTINGS_NAMES = ("flylint.toml", "pyproject.toml")

WATCHED = (*SETTINGS_NAMES, "Dockerfile*", "*.Dockerfile", ".dockerignore", "Procfile", "package.json")
"""The files whose change on disk is followed at once where the client tells of it."""


def is_fly_toml(path: str, language: str | None) -> bool:
    """Whether a file is to be linted: by its name, or because the client says so."""
    return language == LANGUAGE or is_config_name(os.path.basename(path))


class Checked:
    """A text and what was found in it.

    result   the findings, most of them without their fixes, which take longer to work out than all else
    problem  why the settings could not be followed, "" when they were
    """

    def __init__(
        self, text: Text, document: Document, settings: Settings, problem: str, project: Project | None
    ) -> None:
        self.text = text
        self.problem = problem
        self._settings = settings
        self._project = project
        self.result = self._find(document, fixes=False)

    @property
    def document(self) -> Document:
        return self.result.document

    @cached_property
    def mendable(self) -> list[Diagnostic]:
        """The findings with their fixes."""
        return self._find(self.document, fixes=True).diagnostics

    def text_beside(self, file: str) -> Text:
        """The text of another file of the project, by the name that findings have for it."""
        project = self._project
        return Text(project.read(file.removeprefix(project.shown)) if project else "", self.text.encoding)

    def _find(self, document: Document, fixes: bool) -> engine.Result:
        if self._settings.excludes(document.name):
            return engine.Result(document, [], [])
        return engine.check(document, self._settings, project=self._project, fixes=fixes)


class Surroundings:
    """What lies around the open files: settings, and the files beside each of them.

    A settings file that has changed on disk is read anew at once. The other files are read once, and again when the
    fly.toml beside them is saved or the client tells of a change: there may be many of them.
    """

    def __init__(self) -> None:
        self._stamps: dict[str, tuple[object, ...]] = {}
        self._projects: dict[str, Project] = {}

    def settings(self, path: str) -> Settings:
        """The settings of a file. Raises SettingsError."""
        folder = os.path.dirname(os.path.abspath(path))
        stamp = _stamp(folder)
        if self._stamps.get(folder) != stamp:
            self._stamps[folder] = stamp
            settings.forget()
        source = settings.find(path)
        return settings.load(source) if source else Settings()

    def project(self, path: str) -> Project | None:
        """The files beside a file; None where it is not in a folder."""
        if not os.path.isabs(path):
            return None
        if path not in self._projects:
            self._projects[path] = Project.beside(path)
        return self._projects[path]

    def forget(self, path: str) -> None:
        """Read the files beside a file anew when they are next asked for."""
        self._projects.pop(path, None)

    def forget_all(self) -> None:
        """The same for every file."""
        self._projects.clear()


def _stamp(folder: str) -> tuple[object, ...]:
    """What tells whether one of the settings files from here upwards has come, gone or changed."""
    found: list[object] = []
    while True:
        for name in SETTINGS_NAMES:
            try:
                status = os.stat(os.path.join(folder, name))
                found.append((folder, name, status.st_mtime_ns, status.st_size))
            except OSError:
                pass
        parent = os.path.dirname(folder)
        if parent == folder:
            return tuple(found)
        folder = parent


def check(source: str, path: str, encoding: str, surroundings: Surroundings) -> Checked:
    """Lint the text of a file as it stands in the editor. Broken settings are reported, and the defaults hold."""
    problem = ""
    try:
        chosen = surroundings.settings(path)
    except SettingsError as error:
        chosen, problem = Settings(), str(error)
    return Checked(Text(source, encoding), Document(source, path), chosen, problem, surroundings.project(path))
