"""Regions: where Machines and volumes are made."""

from __future__ import annotations

from flylint import platform
from flylint.edits import Replace
from flylint.pattern import pattern
from flylint.rules import ERROR, INFO, NOBODY, PLATFORM, WARNING, Finding, Mend, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.app import App
    from flylint.rules import Findings

_PLACEHOLDER = pattern(r"[${}<>%]")
_SEVERAL = pattern(r"[,;\s]")


@rule(
    "unknown-region",
    severity=ERROR,
    enforced_by=PLATFORM,
    fix="safe",
    options={"regions": []},
    needs=("primary_region",),
)
def unknown_region(app: App, options: dict[str, Any]) -> Findings:
    """`primary_region` is not the code of one region."""
    region = app.root.text("primary_region")
    if not region or region in platform.REGIONS or region in options["regions"]:
        return
    if region.strip().lower() in platform.DEPRECATED_REGIONS:
        return
    path = app.root.at("primary_region")
    if _PLACEHOLDER.search(region):
        yield Finding(
            path,
            f"`{region}` is not a region until something fills it in",
            help="write the code of a region, or leave the key out and deploy with `--primary-region`",
            notes="flyctl does not replace variables in fly.toml",
            severity=WARNING,
        )
        return
    meant = _meant_region(region)
    parts = [part for part in _SEVERAL.split(region) if part]
    if region in platform.REGION_ALIASES or (len(parts) > 1 and all(part in platform.REGIONS for part in parts)):
        message = f"`primary_region` takes one region, not `{region}`"
        help = "name one region here; put Machines in others with `fly scale count --region`"
    else:
        message = f"there is no region `{region}`"
        help = f"write {f'`{meant}`' if meant else 'one of ' + ', '.join(platform.REGIONS)}"
    yield Finding(
        path,
        message,
        label=f"did you mean `{meant}`, {platform.REGIONS[meant]}?" if meant else "",
        help=help,
        notes="flyctl does not check the region: the deploy fails when Fly.io is asked for a Machine there",
        fix=Mend(f"use `{meant}`", Replace(path, meant), safe=True) if meant else None,
    )


def _meant_region(text: str) -> str:
    """The region whose code in other case, or whose city, this is; "" for none."""
    name = _plain(text)
    if name in platform.REGIONS:
        return name
    for code, place in platform.REGIONS.items():
        city = _plain(place).partition(",")[0]
        if name in (city, _plain(place), f"{code} ({_plain(place)})", f"{code} ({city})", f"{city} ({code})"):
            return code
    return ""


def _plain(text: str) -> str:
    """A name without what people write differently."""
    return text.strip().casefold().replace("ã", "a").replace("-", " ").replace("_", " ")


def _is_unset(app: App) -> bool:
    """Whether `primary_region` is missing for sure, or empty, which is the same to flyctl."""
    return app.root.lacks("primary_region") or app.root.get("primary_region") == ""


@rule("deprecated-region", severity=ERROR, enforced_by=PLATFORM, fix="safe", needs=("primary_region", "env"))
def deprecated_region(app: App) -> Findings:
    """`primary_region` is a region that Fly.io has closed."""
    region, path = app.root.text("primary_region"), app.root.at("primary_region")
    if not region and _is_unset(app):
        region, path = app.env.get("PRIMARY_REGION", ""), app.root.element("env").at("PRIMARY_REGION")
    successor = platform.DEPRECATED_REGIONS.get(region.strip().lower())
    if successor is None:
        return
    placed = path == app.root.at("primary_region")  # or else it only tells the app something
    mend = None
    if successor and not app.mounts:  # a volume stays in its region, and its Machine with it
        safe = placed and app.root.lacks("mounts")
        mend = Mend(f"use `{successor}`", Replace(path, successor), safe=safe)
    yield Finding(
        path,
        f"region `{region}` is closed: Fly.io makes no new Machines or volumes there",
        label=f"its successor is `{successor}`" if successor else "",
        help=f"use `{successor}`, {platform.REGIONS[successor]}" if successor else "use another region",
        notes="`fly launch` takes the successor without a word, `fly deploy` asks for the closed region",
        related=[(app.mounts[0].path, "a volume cannot move: fork it into the new region")] if app.mounts else (),
        fix=mend,
        severity=None if placed else WARNING,
    )


@rule("primary-region-missing", severity=INFO, enforced_by=NOBODY)
def primary_region_missing(app: App) -> Findings:
    """No `primary_region` is set."""
    if not _is_unset(app):
        return
    place = app.root.at("primary_region") if app.root.has("primary_region") else ()
    mounts = [mount for mount in app.mounts if mount.groups]
    if mounts:
        yield Finding(
            place,
            "no `primary_region` is set, so the volume and its Machine may end up in different regions: then the deploy"
            " fails",
            help='name the region of the volume, such as `primary_region = "fra"`; `fly volumes list` shows it',
            notes="a Machine cannot mount a volume of another region, and flyctl asks for both without a region",
            related=[(mounts[0].path, "the volume")],
        )
    # min_machines_running without a region has a rule of its own
    elif not any(service.integer("min_machines_running") for service in app.services):
        yield Finding(
            place,
            "no `primary_region` is set, so Fly.io chooses where new Machines and volumes are made",
            help='name the one nearest to the users, such as `primary_region = "fra"`',
            notes="the variable PRIMARY_REGION is then not set in the Machines either",
        )
