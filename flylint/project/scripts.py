"""The files of a project that may call flyctl."""

from __future__ import annotations

import re

from flylint.project import FilePlace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from flylint.project import Project

_SCRIPTS = (
    "Makefile",
    "makefile",
    "justfile",
    "Justfile",
    "Taskfile.yml",
    ".gitlab-ci.yml",
    "deploy.sh",
    "fly.sh",
    "launch.sh",
    "README.md",
)


def deploy_scripts(project: Project) -> Iterator[tuple[str, str]]:
    """Path and text of the files that may call flyctl: CI and scripts."""
    paths = [name for name in _SCRIPTS if name in project.names]
    paths += sorted(name for name in project.names if name.endswith(".sh") and name not in paths)[:20]
    for folder in (".github/workflows", ".circleci", "scripts", "bin", "script"):
        if folder.split("/")[0] in project.names:
            paths += [
                f"{folder}/{name}"
                for name in project.listing(folder)
                if "." not in name or name.endswith((".yml", ".yaml", ".sh"))
            ][:30]
    for path in [*paths, *(["package.json"] if "package.json" in project.names else [])]:
        text = project.read(path)
        if "fly" in text:
            yield path, text


def private_deploy(project: Project, app: str, config: str) -> FilePlace | None:
    """The place that makes an app private, reachable over Flycast only; `config` is the name of its fly.toml."""
    for path, text in deploy_scripts(project):
        for match in re.finditer(
            r"\bfly(?:ctl)?\b(?:[^\n\\]|\\\n){0,400}?(--flycast|allocate-v6[^\n]{0,200}--private)", text
        ):
            other = re.search(r"(?:-a|--app)[ =]([\w-]+)", match[0])
            named = re.search(r"(?:-c|--config)[ =]([\w./-]+)", match[0])
            elsewhere = other and app and other[1] != app
            if not elsewhere and not (named and named[1].rpartition("/")[2] != config):
                return FilePlace(path, match.start(1), match.start(1) + len(match[1].split()[0]))
    return None
