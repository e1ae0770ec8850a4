"""What health checks ask for, and what the source of the app says that it answers."""

from __future__ import annotations

from flylint.app import once
from flylint.edits import Insert
from flylint.rules import INFO, NOBODY, WARNING, Finding, Mend, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flylint.app import App, Check
    from flylint.project import FilePlace, Project
    from flylint.rules import Findings


MOST_PATHS = 50
"""How many paths are looked for in a project; each takes a search through all its sources."""


def _checks_with_path(app: App) -> Iterator[tuple[Project, Check, str]]:
    """Each check with the path that it asks for, or would if it were an HTTP check, when the app is built from what lies here."""
    project = app.project
    if project is None or project.bare or app.build.text("image"):
        return
    from flylint.project.dockerfile import dockerfile_of

    dockerfile = dockerfile_of(app)
    if dockerfile is not None and not dockerfile.copies:
        return
    seen: set[str] = set()
    for check in (*app.checks, *(check for service in app.services for check in service.checks)):
        path = check.text("path") or "/"
        if check.kind == "tcp":  # flyctl does not decode the path of one, which was meant for an HTTP check
            written = app.document_value(check.at("path"))
            path = written if isinstance(written, str) else ""
        if check.kind and path.startswith("/") and "#" not in path and " " not in path:
            seen.add(path)
            if len(seen) > MOST_PATHS:
                return
            yield project, check, path.partition("?")[0]


@rule("check-path-not-served", severity=WARNING, enforced_by=NOBODY, needs=("checks", "http_checks", "tcp_checks"))
def check_path_not_served(app: App) -> Findings:
    """The path of a health check is none that the app serves, as far as its routes can be recognised."""
    for project, check, path in _checks_with_path(app):
        if any(path.startswith(static.text("url_prefix") or "\0") for static in app.statics):
            continue
        from flylint.project.routes import mentioned, routes, served

        if not project.files or project.partial or mentioned(project, path):
            continue
        known = routes(project)
        if not known.sure or known.open or project.partial or served(project, path):
            continue
        declared = [route.place for route in known.found if not route.mounted] or [known.found[0].place]
        yield Finding(
            check.at("path") if app.document_value(check.at("path")) else check.path,
            f"the app does not serve `{path}`, which {check.title} {'asks for' if check.kind == 'http' else 'names'}",
            label="no route for it",
            help=f"add a route for `{path}`, or let the check ask for a path that the app serves",
            notes="an answer other than 2xx fails the check, and Fly.io sends no requests to a Machine that fails it",
            related=[
                (
                    declared[0],
                    "the routes of the app, of which none fits" if len(set(declared)) > 1 else "the only route",
                )
            ],
        )


@rule("check-path-guarded", severity=INFO, enforced_by=NOBODY, needs=("checks", "http_checks", "tcp_checks"))
def check_path_guarded(app: App) -> Findings:
    """The route that a health check asks for redirects or wants a login, so it may never answer with success."""
    for project, check, path in _checks_with_path(app):
        from flylint.project.routes import obstacle, route_for

        route = None if check.has("headers") or check.kind != "http" else route_for(project, path)
        why = obstacle(project, route) if route else ""
        if route and why:
            yield Finding(
                check.at("path") if check.has("path") else check.path,
                f"the route for `{path}` {why}, which fails {check.title}",
                label=why,
                help="let the check ask for a route that answers 200 to everybody, such as `/healthz`",
                notes="checks expect 2xx, follow no redirects and log in nowhere",
                related=[(route.place, "this route")],
            )


@rule(
    "check-host-rejected",
    severity=INFO,
    enforced_by=NOBODY,
    fix="unsafe",
    needs=("checks", "http_checks", "tcp_checks"),
)
def check_host_rejected(app: App) -> Findings:
    """The app answers certain host names only, and a health check comes without one of them."""
    for project, check, path in _checks_with_path(app):
        if (
            check.kind != "http"
            or any(name.lower() == "host" for name in check.mapping("headers"))
            or (check.has("headers") and not check.mapping("headers"))
        ):
            continue
        allowed = _allowed_hosts(app)
        if allowed is None or _answered_before(project, path):
            continue
        name, hosts, place = allowed
        host = next((host for host in hosts if not host.startswith(".") and "localhost" not in host), "")
        edit: Any = Insert(check.path, "headers", {"Host": host})
        if check.mapping("headers"):
            edit = Insert(check.at("headers"), "Host", host)
        yield Finding(
            check.at("path") if check.has("path") else check.path,
            f"`{name}` of the app may reject {check.title}, whose Host header is the address of the Machine",
            label="asked for by address",
            help=(f'add `headers = {{ Host = "{host}" }}` to the check' if host else "add a Host header to the check")
            + f", or answer `{path}` before the app looks at the host name",
            notes="a check asks for the private address of the Machine and its port, which is no name of the app",
            related=[(place, "the names that it answers")],
            fix=Mend("add the header Host", edit, safe=False) if host else None,
        )


@once
def _allowed_hosts(app: App) -> tuple[str, list[str], FilePlace] | None:
    from flylint.project.frameworks import allowed_hosts

    return allowed_hosts(app.project, app.env) if app.project else None


def _answered_before(project: Project, path: str) -> bool:
    """Whether a middleware of the project's own seems to answer a path before the host name is looked at."""
    word = path.rstrip("/").rpartition("/")[2]
    if not word:
        return False
    answer: bool = project.remember(
        ("answered before", word),
        lambda: any(word in text and "get_response" in text for _, text in project.sources(".py")),
    )
    return answer
