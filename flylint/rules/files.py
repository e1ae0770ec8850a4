"""Files that flyctl writes into Machines, and static files that the proxy serves."""

from __future__ import annotations

import posixpath

from flylint import platform
from flylint.credentials import credential, decoded
from flylint.edits import Delete, Replace
from flylint.rules import ERROR, INFO, NOBODY, PLATFORM, WARNING, Finding, Mend, rule
from flylint.rules.processes import groups_are_known
from flylint.values import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App, Element
    from flylint.document import Path
    from flylint.rules import Findings

_SOURCES = ("local_path", "secret_name", "raw_value")  # in the order in which flyctl looks: AC/config.go:toMachineFile


def _sources(file: Element) -> list[str]:
    """The keys that give the content of a file; the first of them counts."""
    return [key for key in _SOURCES if file.text(key)]


def _unset(table: Element, key: str) -> bool:
    """Whether a key is missing for sure, or empty, which is the same for flyctl."""
    return table.lacks(key) or table.get(key) == ""


@rule("file-without-content", severity=WARNING, enforced_by=NOBODY, needs=("files",))
def file_without_content(app: App) -> Findings:
    """An entry of `[[files]]` says where the file goes, but not what is in it."""
    for file in app.files:
        if all(_unset(file, key) for key in _SOURCES):
            guest_path = file.text("guest_path")
            yield Finding(
                file.path,
                f"the file `{guest_path}` has no content" if guest_path else "this file has no content",
                label="no `local_path`, `secret_name` or `raw_value`",
                help="add `local_path`, `secret_name` or `raw_value`, or delete the entry",
                notes="flyctl sends only the path; it also takes away an earlier entry with the same path",
            )


@rule("file-with-several-sources", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("files",))
def file_with_several_sources(app: App) -> Findings:
    """An entry of `[[files]]` has more than one of `local_path`, `secret_name` and `raw_value`, of which one counts."""
    for file in app.files:
        sources = _sources(file)
        if len(sources) > 1:
            winner, first, *others = sources
            names = listed(sources[1:], "and")
            yield Finding(
                file.at(first),
                f"{names} of this file {'is' if not others else 'are'} never used: `{winner}` wins",
                label="not used",
                help=f"delete {'it' if not others else 'them'}, or delete `{winner}`",
                notes="flyctl looks for `local_path`, `secret_name`, `raw_value` in this order, and takes the first",
                related=[(file.at(winner), "this one is used"), *((file.at(key), "not used either") for key in others)],
                fix=Mend(f"delete {names}", *(Delete(file.at(key)) for key in (first, *others)), safe=True),
                on="key",
            )


@rule("file-content-is-base64", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("raw_value",))
def file_content_is_base64(app: App) -> Findings:
    """`raw_value` of a file is base64, which flyctl does not decode, so the file will contain the base64 text."""
    for file in app.files:
        if _sources(file) == ["raw_value"] and not file.text("guest_path").endswith((".b64", ".base64")):
            plain = decoded(file.text("raw_value"))
            if plain:
                place = file.at("raw_value")
                yield Finding(
                    place,
                    "`raw_value` looks like base64, but flyctl takes it for the text itself",
                    label="written to the file as it stands",
                    help="write the plain text: flyctl encodes it on the way, and the Machine decodes it once",
                    notes="Fly.io's documentation asks for base64 here; with it the content ends up encoded twice",
                    fix=None
                    if credential(plain)
                    else Mend("write the decoded text", Replace(place, plain), safe=False),
                )


_ALL_FILES = "flyctl merges all files into one list for every Machine, that of the release command included"


@rule("file-processes-ignored", severity=WARNING, enforced_by=NOBODY, needs=("files",))
def file_processes_ignored(app: App) -> Findings:
    """`processes` of a file is to keep it from other process groups, but every Machine gets every file."""
    for file in app.files:
        others = [group for group in app.groups if group not in file.named_groups]
        unknown = [group for group in file.named_groups if group not in app.group_names]
        if unknown and groups_are_known(app):
            yield Finding(
                file.at("processes"),
                f"`processes` of a file has no effect, and there is no process group {listed(unknown)}",
                label="not respected",
                help="delete `processes`: all process groups get the file",
                notes=_ALL_FILES,
                on="key",
            )
        elif file.groups and file.named_groups and others:
            also = listed(others[:3], "and") + (f" and {len(others) - 3} more" if len(others) > 3 else "")
            yield Finding(
                file.at("processes"),
                f"`processes` of a file has no effect: {also} {'gets' if len(others) == 1 else 'get'} the file as well",
                label="not respected",
                help="delete `processes`; where groups need different files, give each file its own `guest_path`",
                notes=_ALL_FILES,
                on="key",
            )


@rule("file-path-invalid", severity=ERROR, enforced_by=NOBODY, needs=("files",))
def file_path_invalid(app: App) -> Findings:
    """`guest_path` of a file is missing or is not the absolute path of a file."""
    for file in app.files:
        path = file.text("guest_path")
        if not path:
            if _unset(file, "guest_path"):
                yield Finding(
                    file.at("guest_path") if file.has("guest_path") else file.path,
                    "this file has no `guest_path`, so it goes nowhere",
                    label="no `guest_path`",
                    help="add `guest_path` with the absolute path of the file in the Machine",
                )
        elif not path.startswith("/") or path.endswith("/"):
            what = "a directory" if path.startswith("/") else "relative"
            yield Finding(
                file.at("guest_path"),
                f"`guest_path` must be the absolute path of a file, and `{path}` is {what}",
                label=what,
                help="write the whole path of the file in the Machine, from `/` to its name",
                notes="flyctl does not look at it; it is the Machine that cannot write the file",
            )


@rule("file-path-duplicate", severity=WARNING, enforced_by=NOBODY, needs=("files",))
def file_path_duplicate(app: App) -> Findings:
    """Two entries of `[[files]]` have the same `guest_path`, and the last one wins."""
    seen: dict[str, Element] = {}
    for file in app.files:
        path = file.text("guest_path")
        if not path or not _sources(file):
            continue
        earlier = seen.get(path)
        # files for different groups are a mistake of their own: file-processes-ignored
        others = earlier.texts("processes") if earlier else []
        if earlier and not (others and set(others).isdisjoint(file.texts("processes"))):
            yield Finding(
                file.at("guest_path"),
                f"`{path}` is written twice, and only this last entry counts",
                label="replaces the other one",
                help="delete one of the two entries, or give it another `guest_path`",
                related=[(earlier.at("guest_path"), "never written")],
            )
        seen[path] = file


@rule("secret-in-file", severity=WARNING, enforced_by=NOBODY, needs=("raw_value",))
def secret_in_file(app: App) -> Findings:
    """The content of a file in fly.toml is a private key or another credential."""
    for file in app.files:
        kind = credential(file.text("raw_value")) or credential(decoded(file.text("raw_value")))
        if kind:
            yield Finding(
                file.at("raw_value"),
                f"`raw_value` holds {kind}, in plain text",
                label="readable for everybody who has the file",
                help="run `fly secrets set NAME=$(base64 -w0 file)` and write `secret_name` instead; if fly.toml was "
                "ever committed, replace the secret where it was issued",
                notes="the content of `secret_name` must be base64; Fly.io decodes it in the Machine",
                on="key",
            )


@rule("file-secret-encoding", severity=INFO, enforced_by=NOBODY, needs=("secret_name",))
def file_secret_encoding(app: App) -> Findings:
    """A file comes from a secret, whose value must be base64."""
    if app.says("base64"):
        return  # the owner knows
    for file in app.files:
        name = file.text("secret_name")
        if name and not file.text("local_path"):
            yield Finding(
                file.at("secret_name"),
                f"the value of the secret `{name}` must be base64",
                help=f"set it with `fly secrets set {name}=$(base64 -w0 file)`",
                notes="Fly.io decodes it when it writes the file; with plain text the file comes out wrong",
            )


_STATIC_KEYS = {
    "guest_path": "`guest_path`, the directory in the image",
    "url_prefix": "`url_prefix`, the start of the request paths that it answers",
}


@rule("static-incomplete", severity=ERROR, enforced_by=NOBODY, needs=("statics",))
def static_incomplete(app: App) -> Findings:
    """An entry of `[[statics]]` has no `guest_path` or no `url_prefix`, so it serves nothing."""
    for static in app.statics:
        missing = [key for key in _STATIC_KEYS if _unset(static, key)]
        if static.text("tigris_bucket") and "guest_path" in missing:
            missing.remove("guest_path")
        if missing:
            yield Finding(
                static.path,
                f"this entry of `[[statics]]` has no {listed(missing, 'and no')}, so it serves nothing",
                label="needs `guest_path` and `url_prefix`",
                help=" and ".join(f"add {_STATIC_KEYS[key]}" for key in missing),
            )


@rule("static-path-relative", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("statics",))
def static_path_relative(app: App) -> Findings:
    """`guest_path` of a static is relative, which makes flyctl upload a local directory to a new bucket."""
    for static in app.statics:
        path = static.text("guest_path")
        if _uploaded(static):
            workdir = _workdir(app)
            right = posixpath.normpath(posixpath.join(workdir or "/app", path))
            yield Finding(
                static.at("guest_path"),
                f"`{path}` is not a directory of the image: flyctl uploads the local directory of that name",
                label="does not start with `/`",
                help=f"write the absolute path in the image, such as `{right}`",
                notes="for a relative path flyctl creates a Tigris bucket and fills it from the computer that deploys, "
                "each time",
                fix=None
                if ".." in path.split("/")
                else Mend(
                    f'write "{right}"',
                    Replace(static.at("guest_path"), right),
                    # an index document is there for the bucket
                    safe=bool(workdir) and not static.text("index_document"),
                ),
            )


def _uploaded(static: Element) -> bool:
    """Whether flyctl makes a bucket for a static and fills it (statics/deployer.go:StaticIsCandidateForTigrisPush)."""
    path = static.text("guest_path")
    return bool(path) and not path.startswith("/") and not static.text("tigris_bucket")


def _workdir(app: App) -> str:
    """The directory that the image starts in, as its Dockerfile says; "" when it is not known."""
    if app.project is None or app.project.bare:
        return ""
    from flylint.project.dockerfile import image_of

    image = image_of(app)
    return image.workdir if image and image.workdir.startswith("/") else ""


@rule("too-many-statics", severity=ERROR, enforced_by=PLATFORM, needs=("statics",))
def too_many_statics(app: App) -> Findings:
    """There are more entries of `[[statics]]` than an app may have."""
    most = platform.MAX_STATICS
    if len(app.statics) > most:
        yield Finding(
            app.statics[most].path,
            f"an app can have {most} entries of `[[statics]]`, and this one has {len(app.statics)}",
            label=f"number {most + 1}",
            help="put directories together, so that one prefix serves several",
        )


@rule("static-prefix-overlap", severity=WARNING, enforced_by=NOBODY, needs=("statics",))
def static_prefix_overlap(app: App) -> Findings:
    """Two entries of `[[statics]]` claim the same paths, and only one of them answers."""
    statics = app.statics[: 10 * platform.MAX_STATICS]  # nobody has more, and each is compared with each
    first: dict[str, int] = {}
    for index, static in enumerate(statics):
        if static.text("url_prefix").startswith("/"):
            first.setdefault(static.text("url_prefix").rstrip("/"), index)
    for index, static in enumerate(statics):
        written = static.text("url_prefix")
        prefix = written.rstrip("/")
        if not written.startswith("/"):
            continue
        rival = first[prefix]
        if rival == index:
            outer = [p for p in first if p != prefix and prefix.startswith(p + "/")]
            rival = first[max(outer, key=len)] if outer else index
        if rival == index:
            continue
        other = statics[rival]
        inside = other.text("url_prefix").rstrip("/") != prefix
        yield Finding(
            static.at("url_prefix"),
            f"`{written}` lies inside the prefix `{other.text('url_prefix')}` of another static"
            if inside
            else f"two statics have the prefix `{prefix or '/'}`",
            label="may never answer",
            help="give each entry of `[[statics]]` a prefix that no other one contains",
            notes="of two statics that claim a path only one answers, and Fly.io does not say which",
            related=[(other.at("url_prefix"), "claims the same paths")],
        )


@rule("static-prefix-without-slash", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("statics",))
def static_prefix_without_slash(app: App) -> Findings:
    """`url_prefix` of a static does not start with a slash, so no request matches it."""
    for static in app.statics:
        prefix = static.text("url_prefix")
        if prefix and not prefix.startswith("/"):
            place, address = static.at("url_prefix"), "://" in prefix
            path = "/" + prefix.partition("://")[2].partition("/")[2] if address else f"/{prefix.strip()}"
            yield Finding(
                place,
                f"`{prefix}` matches no request: paths start with `/`",
                label="does not start with `/`",
                help="write the path alone, without scheme and host" if address else f'write "{path}"',
                fix=Mend(f'write "{path}"', Replace(place, path), safe=not address),
            )


@rule("index-document-without-bucket", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("statics",))
def index_document_without_bucket(app: App) -> Findings:
    """`index_document` of a static works with a Tigris bucket only, and there is none."""
    for static in app.statics:
        if static.text("index_document") and _unset(static, "tigris_bucket") and not _uploaded(static):
            place = static.at("index_document")
            yield Finding(
                place,
                f"`{static.text('index_document')}` is not served for directories: there is no `tigris_bucket`",
                label="needs a bucket",
                help="delete it, and let the app answer these paths, or serve the files from a Tigris bucket",
                notes="files from the image are served under their own path only",
                fix=Mend("delete it", Delete(place), safe=True),
                on="key",
            )


@rule("statics-without-http-service", severity=WARNING, enforced_by=NOBODY, needs=("statics",))
def statics_without_http_service(app: App) -> Findings:
    """There are statics, but no service that speaks HTTP, so no request for them ever arrives."""
    if not app.statics or any(service.speaks_http for service in app.services):
        return
    # a service that cannot be read, or is called something else, is another mistake
    if app.services:
        ports = [port for service in app.services for port in service.ports]
        certain = all(service.ports for service in app.services) and all(not _unread(port) for port in ports)
    else:
        certain = app.root.lacks("http_service") and app.root.lacks("services")
    if certain:
        yield Finding(
            app.statics[0].path,
            "nothing serves these files: no service of the app speaks HTTP",
            label="no HTTP service",
            help="add `[http_service]`, or the `http` handler to a port of a service",
            notes="statics are answered by the proxy on the HTTP services of an app, while one of its Machines runs",
            related=[(_place(service.ports[0]), "no `http` handler") for service in app.services if service.ports],
        )


def _unread(port: Element) -> bool:
    """Whether a port may have handlers that could not be read."""
    return port.get("handlers") is None and not port.lacks("handlers")


def _place(port: Element) -> Path:
    return port.at("handlers") if port.has("handlers") else port.path
