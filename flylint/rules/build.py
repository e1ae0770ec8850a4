"""How the image is made: keys that another one overrides, builders that are gone, and paths that lead elsewhere."""

from __future__ import annotations

from flylint import platform
from flylint.edits import Delete, Insert, Replace
from flylint.rules import ERROR, FLYCTL, INFO, NOBODY, WARNING, Finding, Mend, rule
from flylint.unknown_keys import closest
from flylint.values import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App
    from flylint.rules import Findings

_SOURCES = ("builder", "buildpacks", "dockerfile", "build-target", "builtin")
_BUILD_ONLY = (*_SOURCES, "args", "ignorefile", "settings", "compression", "compression_level")

_RIVALS = {
    "image": _BUILD_ONLY,
    "builder": ("dockerfile", "build-target", "builtin"),
    "dockerfile": ("builtin",),
    "build-target": ("builtin",),
}


def _decider(app: App) -> str:
    """The key of [build] that decides how the image is made; "" when none does."""
    # DEP/deploy_build.go:determineImage, then internal/build/imgsrc/resolver.go: buildpacks, Dockerfile, builtin
    for key in ("image", "builder", "dockerfile", "build-target", "builtin"):
        if app.build.text(key):
            return key
    return ""


@rule("ignored-build-key", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("build",))
def ignored_build_key(app: App) -> Findings:
    """A key of `[build]` is not read, because another one decides how the image is made."""
    decider = _decider(app)
    ignored = [key for key in _RIVALS.get(decider, ()) if app.build.get(key) not in (None, "", [])]
    if app.build.has("settings") and "settings" not in ignored and "builtin" in ignored:
        ignored.append("settings")
    if ignored:
        decides = app.build.at(decider)
        first, *others = [app.build.at(key) for key in ignored]
        names = listed([str(app.build.at(key)[-1]) for key in ignored], "and")
        one = len(ignored) == 1
        if decider == "image":
            why = "the image is finished, nothing is built"
            note = "with `image` flyctl deploys that image and reads none of the keys about building"
        else:
            why = f"`{decides[-1]}` comes first"
            note = "flyctl tries a buildpacks builder first, then a Dockerfile, then a builtin, and takes what it finds"
        yield Finding(
            first,
            f"{names} in `[build]` {'is' if one else 'are'} not used: {why}",
            label="not used",
            help=f"delete {'it' if one else 'them'}, or delete `{decides[-1]}`",
            notes=note,
            related=[(decides, "this decides"), *((place, "not used either") for place in others)],
            fix=Mend(f"delete {names}", *(Delete(place) for place in (first, *others)), safe=decider == "image"),
            on="key",
        )
    elif app.build.has("settings") and not app.build.text("builtin") and (decider or app.build.lacks("builtin")):
        yield Finding(
            app.build.at("settings"),
            "`[build.settings]` is not used: only a `builtin` reads settings",
            label="not used",
            help="delete it; arguments for a Dockerfile are `[build.args]`",
            related=[(app.build.at(decider), "this decides")] if decider else (),
            fix=Mend("delete it", Delete(app.build.at("settings")), safe=True),
            on="key",
            severity=INFO,
        )


@rule("buildpacks-without-builder", severity=ERROR, enforced_by=NOBODY, fix="unsafe", needs=("buildpacks",))
def buildpacks_without_builder(app: App) -> Findings:
    """`buildpacks` are listed, but without a `builder` flyctl skips them."""
    build = app.build
    if build.texts("buildpacks") and not build.text("image") and (build.lacks("builder") or build.get("builder") == ""):
        place = build.at("builder")
        builder = platform.OLD_BUILDERS["paketobuildpacks/builder:base"][1]
        edit = Replace(place, builder) if build.has("builder") else Insert(build.path, "builder", builder)
        yield Finding(
            build.at("buildpacks"),
            "`buildpacks` does nothing without a `builder`",
            label="skipped",
            help=f'name the builder that runs them: `builder = "{builder}"`, or delete the list',
            notes="flyctl then looks for a Dockerfile instead, and finds no way to build the image where there is none",
            fix=Mend(f"add the builder `{builder}`", edit, safe=False),
            on="key",
        )


_BUILTIN_SPELLINGS = {"nodejs": "node", "golang": "go", "hugo": "hugo-static", "html": "static", "rails": "ruby"}


@rule("unknown-builtin", severity=ERROR, enforced_by=NOBODY, fix="unsafe", needs=("builtin",))
def unknown_builtin(app: App) -> Findings:
    """`build.builtin` names no Dockerfile template of flyctl, so the build fails."""
    name = app.build.text("builtin")
    if not name or name in platform.BUILTINS or _decider(app) != "builtin":
        return
    right = _BUILTIN_SPELLINGS.get(name.lower()) or closest(name, platform.BUILTINS)
    place = app.build.at("builtin")
    yield Finding(
        place,
        f"there is no builtin `{name}`, so the build fails",
        label=f"did you mean `{right}`?" if right else "not a builtin",
        help=f'write "{right}", or use a Dockerfile'
        if right
        else "use a Dockerfile: `fly launch` writes one for most apps",
        notes=f"the builtins of flyctl are {listed(platform.BUILTINS, 'and')}; validation does not look at the name",
        fix=Mend(f'write "{right}"', Replace(place, right), safe=False) if right else None,
    )


@rule("compression-invalid", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("compression", "compression_level"))
def compression_invalid(app: App) -> Findings:
    """`compression` or `compression_level` in `[build]` has a value that flyctl refuses."""
    name, level = app.build.text("compression"), app.build.integer("compression_level")
    if name and name not in platform.COMPRESSIONS:
        right = name.lower().strip()
        place = app.build.at("compression")
        yield Finding(
            place,
            f"`compression` cannot be `{name}`: it is {listed(platform.COMPRESSIONS)}",
            label="refused by flyctl",
            help=f'write "{right}"' if right in platform.COMPRESSIONS else 'write "zstd" or "gzip", or leave it out',
            fix=Mend(f'write "{right}"', Replace(place, right), safe=True)
            if right in platform.COMPRESSIONS
            else Mend("delete it", Delete(place), safe=False),
        )
    least, most = platform.COMPRESSION_LEVELS
    if level is not None and not least <= level <= most:
        right_level = min(max(level, least), most)
        place = app.build.at("compression_level")
        yield Finding(
            place,
            f"`compression_level` cannot be {level}: it goes from {least} to {most}",
            label="refused by flyctl",
            help=f"write {right_level}",
            notes="the builder maps these levels to those of the compression that is used",
            fix=Mend(f"write {right_level}", Replace(place, right_level), safe=True),
        )


@rule("builder-sunset", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("builder",))
def builder_sunset(app: App) -> Findings:
    """The buildpacks builder is no longer kept up, and may refuse to build."""
    name = app.build.text("builder")
    if not name or _decider(app) != "builder":
        return
    plain = name.partition("@")[0]
    for registry in ("docker.io/", "index.docker.io/", "gcr.io/"):
        plain = plain.removeprefix(registry)
    state, successor = platform.OLD_BUILDERS.get(plain) or platform.OLD_BUILDERS.get(plain.partition(":")[0], ("", ""))
    # the full builder of Paketo contains the base one
    if not state:
        return
    place = app.build.at("builder")
    said = {
        "sunset": (f"the builder `{name}` has been sunset: it stops the build with an error", "no longer builds"),
        "deprecated": (f"the builder `{name}` is deprecated and will stop working", "deprecated"),
        "unmaintained": (f"the builder `{name}` is no longer maintained", "gets no updates"),
    }
    message, label = said[state]
    yield Finding(
        place,
        message,
        label=label,
        help=f'write "{successor}", and try the build: its buildpacks are newer',
        notes="it is based on Ubuntu 18.04, which gets no security updates"
        if state == "unmaintained"
        else "its maker, Heroku, first warns in the build's log and later lets builds fail",
        fix=Mend(f'write "{successor}"', Replace(place, successor), safe=False),
        severity=INFO if state == "deprecated" else WARNING,
    )


@rule("build-path-absolute", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("dockerfile", "ignorefile"))
def build_path_absolute(app: App) -> Findings:
    """`dockerfile` or `ignorefile` is an absolute path, which flyctl reads from the folder of fly.toml all the same."""
    if _decider(app) in ("image", "builder", "builtin"):
        return
    for key in ("dockerfile", "ignorefile"):
        path = app.build.text(key)
        if path.startswith("/") or path[1:3] in (":\\", ":/"):
            place = app.build.at(key)
            relative, there = _relative(app, path)
            works = there and relative == path.lstrip("/")
            yield Finding(
                place,
                f"`{key}` is written as an absolute path, but flyctl reads it from the folder of fly.toml"
                if works
                else f"`{key}` cannot be an absolute path: flyctl looks for `{path}` inside the folder of fly.toml",
                label=f"read as ./{path.lstrip('/')}",
                help=f'write "{relative}", which means the same' if works else "write the path as seen from fly.toml",
                notes="flyctl joins the folder of fly.toml and this path, whatever the path begins with",
                fix=Mend(f'write "{relative}"', Replace(place, relative), safe=there) if relative else None,
                severity=INFO if works else ERROR,
            )


def _relative(app: App, path: str) -> tuple[str, bool]:
    """An absolute path as seen from the project, and whether there is such a file; "" when it leads elsewhere."""
    project = app.project
    candidates = [path.lstrip("/")] if path.startswith("/") else []
    if project is not None:
        folder = project.folder.replace("\\", "/").rstrip("/") + "/"
        if path.replace("\\", "/").startswith(folder):
            candidates.insert(0, path.replace("\\", "/").removeprefix(folder).lstrip("/"))
        for candidate in candidates:
            if candidate and project.has_file(candidate):
                return candidate, True
    return (candidates or [""])[0], False


@rule("dockerfile-url-invalid", severity=ERROR, enforced_by=NOBODY, fix="unsafe", needs=("dockerfile",))
def dockerfile_url_invalid(app: App) -> Findings:
    """`dockerfile` is a URL that flyctl does not fetch, or one without encryption."""
    value = app.build.text("dockerfile")
    scheme, colon, rest = value.strip().partition(":")
    if not colon or _decider(app) != "dockerfile" or "/" in scheme or len(scheme) < 2:
        return
    place, web = app.build.at("dockerfile"), scheme.lower() in ("http", "https")
    if web:
        host = rest[2:].partition("/")[0].partition("?")[0].rpartition("@")[2] if rest.startswith("//") else ""
        if not host or value != value.strip():
            yield Finding(
                place,
                "`dockerfile` is not a valid URL, so the build fails",
                label="no host" if not host else "spaces around it",
                help="write `https://host/path`, or the path of a local file",
            )
        elif scheme.lower() == "http":
            yield Finding(
                place,
                "`dockerfile` is fetched without encryption, so anybody on the way can change what is built",
                label="not https",
                help="write the same address with `https`",
                notes="flyctl fetches at most 10 MiB within 30 seconds, and follows no redirect from https to http",
                fix=Mend("write https", Replace(place, "https" + value[4:]), safe=False),
                severity=WARNING,
            )
    elif rest.startswith("//"):
        yield Finding(
            place,
            f"flyctl cannot fetch a Dockerfile by `{scheme}:`, and takes it for the path of a local file",
            label="not http or https",
            help="write an https address, or the path of a local file",
            notes="no such file exists, so the build fails; `fly config validate` does not look at it",
        )


@rule("image-not-pinned", severity=INFO, enforced_by=NOBODY, needs=("image",))
def image_not_pinned(app: App) -> Findings:
    """`build.image` has no version, so each deploy may run another image."""
    image = app.build.text("image")
    name = image.rpartition("/")[2]
    _, colon, tag = name.partition(":")
    if image and "@" not in name and (not colon or tag == "latest"):
        yield Finding(
            app.build.at("image"),
            f"the image `{image}` has no version, so each deploy may run another one",
            label="no version",
            help="write a tag that stays the same, or a digest: `name@sha256:…`",
            notes="with the same fly.toml something else may run tomorrow, and there is no version to go back to",
        )
