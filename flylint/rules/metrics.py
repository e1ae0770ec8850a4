"""Metrics: what Fly.io's Prometheus fetches from the Machines."""

from __future__ import annotations

from flylint.edits import Insert, Replace
from flylint.rules import INFO, NOBODY, WARNING, Finding, Mend, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App
    from flylint.rules import Findings


@rule("metrics-incomplete", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("metrics",))
def metrics_incomplete(app: App) -> Findings:
    """A `[[metrics]]` has no usable `port` or no `path`, so nothing is fetched."""
    for metrics in app.metrics:
        port = metrics.integer("port")
        if port is not None and not 1 <= port <= 65535:
            yield Finding(
                metrics.at("port"),
                f"{port} is not a port",
                help="write the port, from 1 to 65535, on which the app serves its metrics",
            )
            continue
        lacking = [key for key in ("port", "path") if metrics.lacks(key) or metrics.get(key) == ""]
        if not lacking:
            continue
        mend = None
        if lacking == ["path"]:
            key = "metrics_path" if metrics.path == ("experimental",) else "path"
            path = metrics.at("path")
            change = Replace(path, "/metrics") if metrics.has("path") else Insert(metrics.path, key, "/metrics")
            mend = Mend("fetch `/metrics`", change, safe=True)
        yield Finding(
            metrics.at(lacking[0]) if metrics.has(lacking[0]) else metrics.path,
            f"no metrics are fetched: {' and '.join(f'`{key}`' for key in lacking)} of `[[metrics]]` "
            + ("is missing" if len(lacking) == 1 else "are missing"),
            help='set `port` and `path`, such as `port = 9091` and `path = "/metrics"`',
            notes="Fly.io asks each Machine every 15 seconds at its private address, so the app has to listen there",
            fix=mend,
        )


@rule("metrics-on-public-port", severity=INFO, enforced_by=NOBODY, needs=("metrics",))
def metrics_on_public_port(app: App) -> Findings:
    """Metrics are served on a port that a service opens to the internet."""
    for metrics in app.metrics:
        port = metrics.integer("port")
        for service in app.services:
            shared = [group for group in metrics.groups if group in service.groups]
            if port and port == service.internal_port and service.public and shared:
                yield Finding(
                    metrics.at("port"),
                    f"anybody can read the metrics: {service.title} opens port {port} to the internet",
                    help="serve the metrics on a port of their own, which no service has as `internal_port`",
                    related=[(service.at("internal_port"), "opened to the internet here")],
                )
                break
