"""Concurrency: what the proxy counts as the load of a Machine, and from where on a Machine is busy or full."""

from __future__ import annotations

from flylint import platform
from flylint.edits import Delete, Insert, InsertTable, Replace
from flylint.rules import ERROR, INFO, NOBODY, WARNING, Finding, Mend, rule
from flylint.rules.ports import knows_handlers, misses_all_handlers
from flylint.unknown_keys import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App, Service
    from flylint.rules import Findings

_LIMITS = ("soft_limit", "hard_limit")


@rule("invalid-concurrency-type", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("concurrency",))
def invalid_concurrency_type(app: App) -> Findings:
    """`concurrency.type` is neither `connections` nor `requests`."""
    for service in app.services:
        concurrency = service.concurrency
        kind = concurrency.text("type")
        if not kind or kind in platform.CONCURRENCY_TYPES:
            continue
        plain = kind.strip().lower()
        spelt = closest(plain, platform.CONCURRENCY_TYPES)
        meant = spelt or {"con": "connections", "req": "requests"}.get(plain[:3])
        yield Finding(
            concurrency.at("type"),
            f"`{kind}` is not a type of concurrency",
            label=f"did you mean `{meant}`?" if meant else "",
            help='write `"requests"` for HTTP, `"connections"` for everything else',
            fix=Mend(f"write `{meant}`", Replace(concurrency.at("type"), meant), safe=bool(spelt)) if meant else None,
        )


@rule("concurrency-limit-not-positive", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("concurrency",))
def concurrency_limit_not_positive(app: App) -> Findings:
    """A concurrency limit is zero, which is the same as not set, or negative."""
    for service in app.services:
        concurrency = service.concurrency
        for key in _LIMITS:
            limit = concurrency.integer(key)
            if limit is None or limit > 0:
                continue
            place = concurrency.at(key)
            default = f"the default of {platform.DEFAULT_SOFT_LIMIT}" if key == "soft_limit" else "no limit at all"
            zero = limit == 0
            yield Finding(
                place,
                f"`{key} = 0` means {default}" if zero else f"`{key} = {limit}` is no limit",
                label="the same as not set" if zero else "negative",
                help="delete it, or set a positive number",
                notes=() if not zero else "flyctl leaves out a limit of 0, so it neither blocks nor frees anything",
                severity=WARNING if zero else ERROR,
                # nothing is sent for 0, so deleting it changes nothing
                fix=Mend("delete it", Delete(place), safe=zero) if place != concurrency.path else None,
            )


@rule("soft-limit-above-hard-limit", severity=WARNING, enforced_by=NOBODY, needs=("concurrency",))
def soft_limit_above_hard_limit(app: App) -> Findings:
    """A Machine is full (`hard_limit`) before it counts as busy (`soft_limit`), so no other one is started in time."""
    for service in app.services:
        concurrency = service.concurrency
        soft, hard = concurrency.integer("soft_limit"), concurrency.integer("hard_limit")
        if hard is None or hard <= 0:
            continue
        unset = soft == 0 or (soft is None and concurrency.lacks("soft_limit"))
        if unset:
            soft = platform.DEFAULT_SOFT_LIMIT
        if soft is None or soft < hard:
            continue
        name = f"the default `soft_limit` of {soft}" if unset else f"`soft_limit = {soft}`"
        related = [] if unset else [(concurrency.at("hard_limit"), "full at this load")]
        yield Finding(
            concurrency.at("hard_limit" if unset else "soft_limit"),
            f"{name} is {'the same as' if soft == hard else 'above'} `hard_limit = {hard}`",
            label="busy at this load" if not unset else "full at this load",
            help=f"keep `soft_limit` below `hard_limit`, for example `soft_limit = {max(hard * 4 // 5, 1)}`",
            notes="the proxy starts other Machines once all have reached `soft_limit`, and sends nothing more to one "
            "at `hard_limit`",
            related=[] if concurrency.at("hard_limit") == concurrency.at("soft_limit") else related,
            # equal limits are what `fly launch` writes for some frameworks
            severity=INFO if soft == hard else WARNING,
        )


@rule("requests-counted-without-http", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("concurrency",))
def requests_counted_without_http(app: App) -> Findings:
    """A service counts requests although none of its ports speaks HTTP."""
    for service in app.services:
        concurrency = service.concurrency
        known = service.ports and all(map(knows_handlers, service.ports))
        if concurrency.text("type") != "requests" or service.speaks_http or not known:
            continue
        if all(map(misses_all_handlers, service.ports)) and service.protocol != "udp":
            continue  # http-port-without-handlers
        place = concurrency.at("type")
        old_form = place == concurrency.path
        yield Finding(
            place,
            f"{service.title} counts requests, but none of its ports has the `http` handler",
            label="the old form counts requests" if old_form else "",
            help='write `type = "connections"`',
            notes="only the `http` handler sees requests; of anything else the proxy can count connections",
            fix=None if old_form else Mend("count connections", Replace(place, "connections"), safe=True),
        )


@rule("http-counts-connections", severity=INFO, enforced_by=NOBODY, fix="unsafe", needs=("http_service", "services"))
def http_counts_connections(app: App) -> Findings:
    """An HTTP service counts connections, which is the default, instead of requests."""
    for service in app.services:
        concurrency = service.concurrency
        unreadable = concurrency.has("type") and concurrency.get("type") is None
        if not service.speaks_http or unreadable or concurrency.text("type") not in ("", "connections"):
            continue
        if service.lacks("concurrency"):
            edit: Insert | InsertTable | Replace = InsertTable(service.path, "concurrency", {"type": "requests"})
            place, said = service.path, "by default"
        elif not service.concurrency:
            continue  # unreadable or empty
        elif concurrency.has("type"):
            edit, place, said = Replace(concurrency.at("type"), "requests"), concurrency.at("type"), ""
        elif concurrency.lacks("type"):
            edit, place, said = Insert(concurrency.path, "type", "requests"), concurrency.path, "by default"
        else:
            continue
        yield Finding(
            place,
            " ".join(filter(None, [f"{service.title} counts connections", said, f"and {_limits(service)}"])),
            help='for HTTP write `type = "requests"` in `concurrency`, with limits that you measured',
            notes="counting requests, the proxy reuses connections to the app; otherwise it opens a new one for each",
            fix=Mend("count requests", edit, safe=False),
        )


def _limits(service: Service) -> str:
    """What the limits come to."""
    soft, hard = (service.concurrency.integer(key) for key in _LIMITS)
    text = f"is busy at {soft or platform.DEFAULT_SOFT_LIMIT} (`soft_limit`)"
    return text + (f" and takes no more than {hard} (`hard_limit`)" if hard else ", without a `hard_limit`")
