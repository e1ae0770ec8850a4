"""The compose file that `[build.compose]` makes the containers of: whether flyctl can read it, and what it leaves out."""

from __future__ import annotations

from flylint.rules import ERROR, INFO, NOBODY, WARNING, Finding, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App
    from flylint.document import Path
    from flylint.project.compose import Compose
    from flylint.rules import Findings


def _compose_path(app: App) -> str:
    """The compose file that flyctl reads; "" when there is none."""
    # AC/config.go:WellKnownComposeFilenames, DetectComposeFile
    written = app.build.element("compose").text("file")
    names = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
    project = app.project
    return written or next((name for name in names if project is not None and name in project.names), "")


def _place(app: App) -> Path:
    compose = app.build.element("compose")
    return compose.at("file") if compose.has("file") else app.build.at("compose")


def _compose(app: App) -> Compose | None:
    """The compose file, read; None when it is not used, not there or out of bounds."""
    project = app.project
    if project is None or not app.build.has("compose"):
        return None
    path = _compose_path(app)
    if not path or not project.has_file(path):
        return None
    from flylint.project.compose import Compose

    found: Compose = project.remember(("compose", path), lambda: Compose(path, project.read(path)))
    return found


@rule("compose-file-not-found", severity=ERROR, enforced_by=NOBODY, needs=("compose",))
def compose_file_not_found(app: App) -> Findings:
    """`[build.compose]` has no compose file: the named one does not exist, or none of the usual names does."""
    project = app.project
    if project is None or not app.build.has("compose"):
        return
    path = _compose_path(app)
    if path and project.has_file(path) is False:
        yield Finding(
            _place(app),
            f"the compose file `{path}` does not exist, so the deploy fails",
            label="not found",
            help="write its path relative to fly.toml",
            notes="`fly config validate` does not look; the error comes when the Machines are made",
            severity=INFO if project.in_repository else ERROR,
        )
    elif not path:
        yield Finding(
            _place(app),
            "there is no compose file, so `[build.compose]` does nothing",
            label="no compose.yaml or docker-compose.yml beside fly.toml",
            help="name the file with `file`, or delete the table",
            notes="flyctl then deploys an app with one container as if the table were not there",
            severity=INFO if project.in_repository else WARNING,
        )


@rule("compose-file-invalid", severity=ERROR, enforced_by=NOBODY, needs=("compose",))
def compose_file_invalid(app: App) -> Findings:
    """flyctl cannot read the compose file, or cannot make containers of it."""
    compose = _compose(app)
    for message, help, place in compose.faults if compose else ():
        yield Finding(
            _place(app),
            message,
            label="the deploy fails",
            help=help,
            notes="flyctl understands only a part of what Docker Compose does; `fly config validate` does not look",
            related=[(place, "here")],
        )


@rule("compose-feature-ignored", severity=WARNING, enforced_by=NOBODY, needs=("compose",))
def compose_feature_ignored(app: App) -> Findings:
    """The compose file has settings that flyctl leaves out or reads differently than Docker Compose."""
    compose, project = _compose(app), app.project
    if compose is None or compose.faults or project is None:
        return
    from flylint.project.compose import no_file

    left_out = [
        (
            f"`{host}` of the service `{service}` is {what}, and flyctl copies single files only",
            "for data that must last write `[[mounts]]` in fly.toml",
            place,
        )
        for service, host, place in compose.hosts
        if (what := no_file(project, compose.path, host))
    ]
    for severity, remarks in ((None, [*compose.ignored, *left_out]), (INFO, compose.changed)):
        for message, help, place in remarks:
            yield Finding(
                _place(app),
                message,
                help=help,
                notes="services come from fly.toml, and every container of the file runs in the same Machine",
                related=[(place, "here")],
                severity=severity,
            )
