"""Volumes: `[[mounts]]`, and data that is not on one."""

from __future__ import annotations

import re

from flylint import platform
from flylint.app import once
from flylint.edits import Replace
from flylint.pattern import pattern
from flylint.rules import ERROR, FLYCTL, INFO, NOBODY, PLATFORM, WARNING, Finding, Mend, rule
from flylint.values import listed, parse_volume_size, plain_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.app import App, Element, Grouped
    from flylint.document import Path
    from flylint.project import FilePlace
    from flylint.rules import Findings
    from flylint.severity import Severity

_NAME = pattern(rf"[a-z0-9_]{{1,{platform.MAX_VOLUME_NAME}}}")
_ID = pattern(r"vol_(?=[a-z]*\d)[a-z0-9]{14,20}")  # as the API makes them
_EXPANDED = pattern(r"[~$:\\{]")  # by a shell, or a drive of Windows
_FRACTION = pattern(r"[0-9]*\.[0-9]*")
_SQLITE_URL = pattern(r"(?:jdbc:)?(?:sqlite3?(?:\+\w+)?|file):(/*)(.*)", re.IGNORECASE)
_SQLITE_FILE = pattern(r"/\S+\.(?:db|sqlite3?)", re.IGNORECASE)
# relative paths are so short that a name has to say what they are
_RELATIVE_FILE = pattern(r"[\w.][\w./-]*\.(?:db|sqlite3?)", re.IGNORECASE)
_DATABASE_WORDS = frozenset(("DB", "DATABASE", "SQLITE", "SQLITE3"))
_FILE_WORDS = _DATABASE_WORDS | {"FILE", "PATH", "LOCATION", "URL", "URI", "DSN"}
_OF_THE_IMAGE = ("/usr/", "/etc/")
_VARIABLE = pattern(r"[A-Za-z_]\w*=")
_READ_ONLY = ("datasette", "readonly", "read-only", "mode=ro", "immutable")
# docker-library/postgres: the PGDATA of its images
_POSTGRES_IMAGE = pattern(r"(?:.*/)?(?:postgres|postgis|pgvector)(?::.*)?")
_POSTGRES_DATA = "/var/lib/postgresql/data"


@rule("mount-incomplete", severity=ERROR, enforced_by=PLATFORM, needs=("mounts",))
def mount_incomplete(app: App) -> Findings:
    """A `[[mounts]]` lacks its `source` or its `destination`."""
    for mount in _used(app):
        lacking = [key for key in ("source", "destination") if mount.lacks(key) or mount.get(key) == ""]
        if lacking:
            keys = listed(lacking, "and")
            yield Finding(
                mount.at(lacking[0]) if mount.has(lacking[0]) else mount.path,
                f"this `[[mounts]]` has no {keys}",
                help=f"set {keys}: `source` is the name of the volume, `destination` the directory where it appears",
                notes="flyctl only finds out once the image is built, when it looks for the volume",
                # flyctl leaves a volume attached whose name it does not know, so an old Machine may do without
                severity=WARNING if lacking == ["source"] else None,
            )


@rule("mount-destination-invalid", severity=ERROR, enforced_by=PLATFORM, fix="safe", needs=("mounts",))
def mount_destination_invalid(app: App) -> Findings:
    """A volume is mounted at `/`, at a relative path, at a path with `..`, or at the path of a file."""
    for mount in _used(app):
        destination, path = mount.text("destination"), mount.at("destination")
        if not destination:
            continue
        parts = destination.split("/")
        mend = None
        if destination.startswith("/") and not any(part not in ("", ".") for part in parts):
            message = "a volume cannot be mounted at `/`: that is the root file system"
        elif ".." in parts:
            message = f"the path `{destination}` goes up with `..`"
        elif not destination.startswith("/"):
            message = f"`{destination}` is a relative path: a volume is mounted at an absolute one"
            absolute = "/" + "/".join(part for part in parts if part not in ("", "."))
            if absolute != "/" and not _EXPANDED.search(destination):
                mend = Mend(f"mount it at `{absolute}`", Replace(path, absolute), safe=True)
        elif _SQLITE_FILE.fullmatch(destination):
            message = f"a volume is a directory, and `{destination}` looks like a file"
        else:
            continue
        yield Finding(
            path,
            message,
            help="name an absolute directory for the data, such as `/data`",
            fix=mend,
            # a directory may have such a name, if a strange one
            severity=WARNING if message.startswith("a volume is a directory") else None,
        )


@rule(
    "mount-hides-image-directory",
    severity=WARNING,
    enforced_by=NOBODY,
    options={"directories": list(platform.IMAGE_DIRECTORIES)},
    needs=("mounts",),
)
def mount_hides_image_directory(app: App, options: dict[str, Any]) -> Findings:
    """A volume covers a directory that the image needs."""
    for mount in _used(app):
        directory = _directory(mount)
        copied = _copied_app(app, directory)
        if copied or directory in options["directories"]:
            yield Finding(
                mount.at("destination"),
                f"the volume hides everything that the image has in `{directory}`",
                help=f"mount it at a directory for the data alone, such as `/data` or `{directory}/data`",
                notes="a new volume is empty, and nothing of the image is copied into it",
                related=[(copied, "copied there")] if copied else (),
            )


def _copied_app(app: App, directory: str) -> FilePlace | None:
    """What copies the app below a directory: the Dockerfile does, and runs it there."""
    if app.project is None or not directory:
        return None
    from flylint.project.dockerfile import image_of, is_below

    image = image_of(app)
    if image is None or not is_below(image.workdir, directory):
        return None
    return next((instruction.place for path, instruction in image.copied if is_below(path, directory)), None)


@rule("data-directory-is-volume-root", severity=INFO, enforced_by=NOBODY, needs=("mounts",))
def data_directory_is_volume_root(app: App) -> Findings:
    """PostgreSQL keeps its data at the root of a volume, which is never empty."""
    data = app.env.get("PGDATA", "").rstrip("/")
    if not data and _POSTGRES_IMAGE.fullmatch(app.build.text("image")):
        data = _POSTGRES_DATA
    for mount in _used(app):
        if data and _directory(mount) == data:
            yield Finding(
                mount.at("destination"),
                f"`{data}` is the root of a volume and has a `lost+found`, so PostgreSQL does not initialize it",
                help=f"let PGDATA be a subdirectory: `{data}/pgdata`",
                notes="initdb only takes a directory that is empty",
                related=[(app.root.element("env").at("PGDATA"), "the same directory")] if "PGDATA" in app.env else (),
            )


@rule("several-mounts-in-one-group", severity=ERROR, enforced_by=PLATFORM, needs=("mounts",))
def several_mounts_in_one_group(app: App) -> Findings:
    """A process group has more than one volume, of which a Machine can have only one."""
    reported = set()
    for group in app.groups:
        mounts = app.mounts_of(group)
        for mount in mounts[1:]:
            if mount.path in reported:
                continue
            reported.add(mount.path)
            yield Finding(
                mount.path,
                "a Machine takes only one volume" + (f", and group `{group}` has another one" if app.processes else ""),
                help="keep one volume with a directory for each purpose, or give the `[[mounts]]` to different groups"
                " with `processes`",
                notes="flyctl creates the volumes, and then Fly.io refuses the Machine",
                related=[(mounts[0].path, "the first volume")],
            )


@rule("volume-size-invalid", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("initial_size",))
def volume_size_invalid(app: App) -> Findings:
    """The `initial_size` of a volume is not a size, or less than 1 GB."""
    for mount in app.mounts:
        finding = _size_finding(mount, "initial_size", 1, None)
        if finding:
            yield finding


@rule("volume-size-too-large", severity=ERROR, enforced_by=PLATFORM, needs=("initial_size",))
def volume_size_too_large(app: App) -> Findings:
    """The `initial_size` of a volume is more than Fly.io offers."""
    for mount in _used(app):
        size = _gigabytes(mount, "initial_size")
        if size and size > platform.MAX_VOLUME_GB:
            yield Finding(
                mount.at("initial_size"),
                f"a volume of {size} GB is too large: the maximum is {platform.MAX_VOLUME_GB} GB",
                help=f'write `"{platform.MAX_VOLUME_GB}gb"` or less, and keep large files in object storage',
                notes="flyctl does not check this: the first deploy fails when Fly.io refuses the volume",
            )


@rule("volume-size-only-at-first-deploy", severity=INFO, enforced_by=NOBODY, needs=("initial_size",))
def volume_size_only_at_first_deploy(app: App) -> Findings:
    """`initial_size` only counts when the volume is made, at the first deploy."""
    for mount in _used(app):
        size = _gigabytes(mount, "initial_size")
        if size and 1 <= size <= platform.MAX_VOLUME_GB:
            yield Finding(
                mount.at("initial_size"),
                f"only the first deploy makes {_name(mount)} with {size} GB; a change here does nothing afterwards",
                help="let a volume that is there grow with `fly volume extend`, or with the `auto_extend_size` keys",
            )


@rule("snapshot-retention-out-of-range", severity=ERROR, enforced_by=FLYCTL, fix="safe", needs=("snapshot_retention",))
def snapshot_retention_out_of_range(app: App) -> Findings:
    """`snapshot_retention` is not a number of days that flyctl takes."""
    least, most = platform.SNAPSHOT_RETENTION_DAYS
    for mount in app.mounts:
        days = mount.integer("snapshot_retention")
        if days is None or least <= days <= most:
            continue
        path, better = mount.at("snapshot_retention"), max(least, min(days, most))
        yield Finding(
            path,
            f"snapshots cannot be kept for {days} days",
            help=f"keep them for {least} to {most} days"
            + ("; `scheduled_snapshots = false` makes none at all" if days == 0 else ""),
            fix=Mend(f"keep them for {better} days", Replace(path, better), safe=True),
        )


@rule("snapshots-disabled", severity=WARNING, enforced_by=NOBODY, needs=("scheduled_snapshots",))
def snapshots_disabled(app: App) -> Findings:
    """A volume has no daily snapshots."""
    for mount in _used(app):
        if mount.flag("scheduled_snapshots") is False:
            useless = mount.integer("snapshot_retention") is not None
            yield Finding(
                mount.at("scheduled_snapshots"),
                f"nothing backs up {_name(mount)}: its daily snapshots are turned off",
                help="delete the key, unless the data can be made again or is backed up in another way",
                notes="a volume is one disk in one host: when it breaks, only a snapshot brings the data back",
                related=[(mount.at("snapshot_retention"), "there is nothing to keep")] if useless else (),
            )


@rule(
    "auto-extend-incomplete",
    severity=ERROR,
    enforced_by=FLYCTL,
    needs=("auto_extend_size_threshold", "auto_extend_size_increment", "auto_extend_size_limit"),
)
def auto_extend_incomplete(app: App) -> Findings:
    """A volume is to grow by itself, and its threshold or its increment is missing."""
    needed = ("auto_extend_size_threshold", "auto_extend_size_increment")
    for mount in app.mounts:
        present = [key for key in (*needed, "auto_extend_size_limit") if mount.get(key)]
        lacking = [key for key in needed if mount.lacks(key) or mount.get(key) == ""]
        if present and lacking:
            yield Finding(
                mount.path,
                f"the volume cannot grow by itself without {listed(lacking, 'and')}",
                help="set `auto_extend_size_threshold`, `auto_extend_size_increment` and `auto_extend_size_limit`,"
                " or none of them",
                related=[(mount.at(key), "asks for it") for key in present],
            )


@rule(
    "auto-extend-out-of-range",
    severity=ERROR,
    enforced_by=FLYCTL,
    fix="safe",
    needs=("auto_extend_size_threshold", "auto_extend_size_increment", "auto_extend_size_limit"),
)
def auto_extend_out_of_range(app: App) -> Findings:
    """A number of the `auto_extend_size` keys is out of its range."""
    least, most = platform.AUTO_EXTEND_THRESHOLD
    for mount in app.mounts:
        threshold, path = mount.integer("auto_extend_size_threshold"), mount.at("auto_extend_size_threshold")
        wanted = threshold or any(_gigabytes(mount, f"auto_extend_size_{key}") for key in ("increment", "limit"))
        if threshold is not None and wanted and not least <= threshold <= most:
            better = max(least, min(threshold, most))
            yield Finding(
                path,
                f"a volume cannot be extended when it is {threshold} % full",
                help=f"write a number from {least} to {most}",
                fix=Mend(f"use {better}", Replace(path, better), safe=True),
            )
        ranges = {"increment": platform.AUTO_EXTEND_INCREMENT_GB, "limit": platform.AUTO_EXTEND_LIMIT_GB}
        for name, (low, high) in ranges.items():
            finding = _size_finding(mount, f"auto_extend_size_{name}", low, high)
            if finding:
                yield finding


@rule("auto-extend-without-limit", severity=WARNING, enforced_by=NOBODY, needs=("auto_extend_size_threshold",))
def auto_extend_without_limit(app: App) -> Findings:
    """A volume is to grow by itself without an `auto_extend_size_limit`."""
    for mount in _used(app):
        complete = mount.get("auto_extend_size_threshold") and mount.get("auto_extend_size_increment")
        if complete and (mount.lacks("auto_extend_size_limit") or mount.get("auto_extend_size_limit") == ""):
            yield Finding(
                mount.path,
                f"{_name(mount)} has no limit to grow to, and by the documentation it then does not grow at all",
                help='set `auto_extend_size_limit`, such as `"10GB"`',
                notes="flyctl accepts the file without it",
                related=[(mount.at("auto_extend_size_threshold"), "asks for growth")],
            )


@rule("auto-extend-limit-too-small", severity=WARNING, enforced_by=NOBODY, needs=("auto_extend_size_limit",))
def auto_extend_limit_too_small(app: App) -> Findings:
    """The limit of a volume leaves no room for it to grow even once."""
    for mount in _used(app):
        limit, step = (_gigabytes(mount, f"auto_extend_size_{key}") or 0 for key in ("limit", "increment"))
        size = _gigabytes(mount, "initial_size") or platform.DEFAULT_VOLUME_GB
        if limit > 0 and step > 0 and mount.get("auto_extend_size_threshold") and size + step > limit:
            related = [(mount.at("auto_extend_size_increment"), f"grows by {step} GB")]
            if mount.has("initial_size"):
                related.insert(0, (mount.at("initial_size"), f"starts with {size} GB"))
            yield Finding(
                mount.at("auto_extend_size_limit"),
                f"{_name(mount)} never grows: {size} GB and {step} GB more are above the limit of {limit} GB",
                help=f"raise the limit to {size + step} GB or more",
                related=related,
            )


@rule("volume-name-invalid", severity=ERROR, enforced_by=PLATFORM, fix="safe", needs=("mounts",))
def volume_name_invalid(app: App) -> Findings:
    """The `source` of a `[[mounts]]` cannot be the name of a volume."""
    for mount in _used(app):
        name, path = mount.text("source"), mount.at("source")
        if _ID.fullmatch(name):
            yield Finding(
                path,
                f"`{name}` is the id of a volume, and `source` takes its name",
                help="write the name that `fly volumes list` shows beside the id",
                notes="flyctl looks for volumes with this as their name, finds none, and makes an empty one or fails",
                severity=WARNING,
            )
            continue
        if not name or _NAME.fullmatch(name):
            continue
        meant = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
        certain = not _NAME.fullmatch(name.lower())  # no answer of the API about upper case is on record
        yield Finding(
            path,
            f"`{name}` cannot be the name of a volume"
            + (f": it has {len(name)} characters" if len(name) > platform.MAX_VOLUME_NAME else ""),
            help=f"use lower-case letters, digits and underscores only, at most {platform.MAX_VOLUME_NAME} characters",
            notes="flyctl does not check this: Fly.io refuses to make such a volume",
            # a volume of the old name cannot exist, so nothing is lost
            fix=Mend(f"call it `{meant}`", Replace(path, meant), safe=certain) if _NAME.fullmatch(meant) else None,
            severity=None if certain else WARNING,
        )


@rule("volume-not-replicated", severity=INFO, enforced_by=NOBODY, needs=("mounts",))
def volume_not_replicated(app: App) -> Findings:
    """The app keeps data on a volume, which is one disk in one host."""
    mounts = [mount for mount in _used(app) if mount.text("source")]
    if mounts and not app.says("fly scale count", "replicat"):
        yield Finding(
            mounts[0].at("source"),
            f"{_name(mounts[0])} is one disk in one host: while that is down, so is what needs it",
            help="run at least two Machines that copy their data to each other, or keep the data in a database service",
            notes="the first deploy makes one Machine with one volume, `fly scale count` one volume for each Machine",
            related=((mount.at("source"), "another one") for mount in mounts[1:]),
        )


@rule("volume-not-shared", severity=WARNING, enforced_by=NOBODY, needs=("mounts",))
def volume_not_shared(app: App) -> Findings:
    """Several process groups mount a volume of the same name, and each gets a volume of its own."""
    first: dict[str, tuple[Grouped, str]] = {}
    reported = set()
    for mount in app.mounts:
        source = mount.text("source")
        for group in mount.groups:
            other, other_group = first.setdefault(source, (mount, group))
            if not source or group == other_group or mount.path in reported:
                continue
            reported.add(mount.path)
            yield Finding(
                mount.at("processes") if mount.has("processes") else mount.path,
                f"`{other_group}` and `{group}` do not share {_name(mount)}: each of their Machines has its own",
                help="run both commands in one Machine, or keep what they share in a database or in object storage",
                notes="what one group writes there, the other never sees",
                related=[(other.at("source"), f"the volume of `{other_group}`")] if other is not mount else (),
            )


@rule(
    "data-not-on-volume",
    severity=WARNING,
    enforced_by=NOBODY,
    options={"variables": list(platform.DATA_VARIABLES)},
    needs=("env", "processes"),
)
def data_not_on_volume(app: App, options: dict[str, Any]) -> Findings:
    """A database or directory for data that `[env]` or a command names is not on a volume: each deploy erases it."""
    env = app.root.element("env")
    directories = [directory for mount in app.mounts if (directory := _directory(mount))]
    # who has a volume wants to keep something
    longer_names = tuple(f"_{name}" for name in options["variables"]) if directories else ()
    for name, value in app.env.items():
        value = value.strip()
        is_directory = name in options["variables"] or name.endswith(longer_names)
        if is_directory and value.startswith("/"):
            paths = [] if value.startswith(_OF_THE_IMAGE) else [value]
        elif name == "PGDATA" and value.startswith("/"):
            paths = [value]
        else:
            paths, is_directory = _database_paths(name, value), False
        if not paths or _is_kept(app, paths, directories):
            continue
        if directories and "/" not in value:
            continue  # another variable may name its directory
        if _keeps_data_elsewhere(app):
            return
        # a database that is erased is a mishap, a directory may as well hold what the image brings along
        sure = not is_directory or _is_mistaken_for(name, value, directories)
        yield _erased(env.at(name), paths[0], app.mounts, severity=None if sure else INFO)
    for group in app.groups:
        if not _may_name_a_database(app.processes.get(group, "")):
            continue  # most commands
        databases = _databases(app.command(group))
        directories = [directory for mount in app.mounts_of(group) if (directory := _directory(mount))]
        # one that is kept may be made of another
        if not databases or any(_is_kept(app, paths, directories) for paths in databases):
            continue
        if _keeps_data_elsewhere(app):
            return
        yield _erased(app.root.element("processes").at(group), databases[0][0], app.mounts_of(group))


def _is_mistaken_for(name: str, value: str, directories: list[str]) -> bool:
    """Whether a volume is mounted at a directory of the same name somewhere else. A path may be that of a URL."""
    last = value.rstrip("/").rpartition("/")[2]
    return not name.endswith("PATH") and any(directory.rpartition("/")[2] == last for directory in directories)


def _erased(place: Path, path: str, mounts: list[Grouped], severity: Severity | None = None) -> Finding:
    directory = next((directory for mount in mounts if (directory := _directory(mount))), "")
    return Finding(
        place,
        f"`{path}` is not on a volume: every deploy erases it",
        help=f"put it below `{directory}`" if directory else "add `[[mounts]]`, and put it on that volume",
        notes="the file system of a Machine is made anew from the image at every deploy",
        related=((mount.at("destination"), "only this directory is kept") for mount in mounts),
        severity=severity,
    )


@once
def _keeps_data_elsewhere(app: App) -> bool:
    """Whether the root file system or a replica may keep the data after all, or the file says too little to tell."""
    text = " ".join((*app.processes.values(), *app.env)).lower()
    return (
        any(vm.get("persist_rootfs") in ("always", "restart") for vm in app.vms)
        or bool(app.root.get("machine_config") or app.experimental.get("machine_config") or app.build.has("compose"))
        or any(not mount.get("destination") for mount in app.mounts)
        or "litestream" in text
        or "litefs" in text
    )


def _databases(command: list[str]) -> list[list[str]]:
    """The SQLite databases that a command names and may write to, each with the files that may be meant."""
    words = [word.strip("\"';") for part in command for word in part.split()]
    if any(sign in word for word in words for sign in _READ_ONLY):
        return []
    found = []
    for index, word in enumerate(words):
        name, equals, value = word.partition("=") if word.startswith("-") or _VARIABLE.match(word) else ("", "", word)
        paths = _database_paths(name or "".join(words[index - 1 : index]), value)
        if paths and (equals or not name):
            found.append(paths)
    return found


def _may_name_a_database(text: str) -> bool:
    text = text.lower()
    return "sqlite" in text or ".db" in text or "file:" in text


def _database_paths(name: str, value: str) -> list[str]:
    """The files that a variable may mean as a SQLite database, the likeliest first; [] when it names none."""
    value = value.strip().partition("?")[0]
    if not _may_name_a_database(value):
        return []  # most values
    if "memory:" in value or "CACHE" in name.upper() or "TMP" in name.upper():
        return []
    url = _SQLITE_URL.fullmatch(value)
    if not url:
        relative = _RELATIVE_FILE.fullmatch(value) and _means_a_database(name)
        return [value] if relative or _SQLITE_FILE.fullmatch(value) else []
    slashes, path = url.groups()
    if value.lower().startswith("file:"):  # a URL of other files too
        return ["/" + path if slashes else path] if _SQLITE_FILE.fullmatch("/" + path) else []
    # three slashes are a relative path to SQLAlchemy and Rails, an absolute one to others
    return {0: [path], 1: ["/" + path], 2: [path], 3: [path, "/" + path]}.get(len(slashes), ["/" + path])


def _means_a_database(name: str) -> bool:
    """Whether the name of a variable or an option is that of the file of a database, such as `DB_PATH`."""
    words = name.upper().replace("-", "_").split("_")
    return words[-1] in _FILE_WORDS and not _DATABASE_WORDS.isdisjoint(words)


def _is_kept(app: App, paths: list[str], directories: list[str]) -> bool:
    """Whether one of the files that may be meant is on a volume, or need not be."""
    for path in paths:
        if path.startswith(("/tmp/", "/dev/shm/", "/litefs/")):
            return True  # not meant to be kept, or kept by LiteFS
        if path.startswith("/"):
            kept = any(path == directory or path.startswith(directory + "/") for directory in directories)
        else:
            workdir = _workdir(app) if directories and ".." not in path else ""
            # what it is relative to may be a folder below the one that the app starts in
            kept = bool(directories) and not (
                workdir and not any(_overlap(directory, workdir) for directory in directories)
            )
        if kept:
            return True
    return False


def _overlap(a: str, b: str) -> bool:
    """Whether one directory is the other or contains it."""
    a, b = f"{a.rstrip('/')}/", f"{b.rstrip('/')}/"
    return a.startswith(b) or b.startswith(a)


@once
def _workdir(app: App) -> str:
    """The directory that every command starts in; "" when it is not certain, or leads elsewhere over links."""
    if app.project is None:
        return ""
    from flylint.project.dockerfile import image_of

    image = image_of(app)
    if image is None:
        return ""
    starting = [i.value for i in image.chain() if i.name in ("CMD", "ENTRYPOINT")]
    linked = any(" -s" in i.value for i in image.all("RUN") if "ln" in i.value)
    moved = any(re.search(r"\bcd\s", text) for text in (*starting, *app.processes.values()))
    return "" if linked or moved else image.workdir


def _used(app: App) -> list[Grouped]:
    """The mounts of groups that exist; flyctl drops the others."""
    return [mount for mount in app.mounts if mount.groups]


def _name(mount: Element) -> str:
    return f"volume `{mount.text('source')}`" if mount.text("source") else "the volume"


def _directory(mount: Element) -> str:
    """The destination without a slash at its end."""
    return mount.text("destination").rstrip("/")


def _gigabytes(mount: Element, key: str) -> int | None:
    """The size in GB as flyctl reads it; None when it is unset or not a size."""
    try:
        return parse_volume_size(mount.text(key)) if mount.text(key) else None
    except ValueError:
        return None


def _size_finding(mount: Element, key: str, least: int, most: int | None) -> Finding | None:
    """What is wrong with a size that flyctl reads in GB, between two limits."""
    text, path = mount.text(key), mount.at(key)
    size = _gigabytes(mount, key)
    if not text or (size is not None and least <= size and (most is None or size <= most)):
        return None
    mend = None
    notes = "the units are decimal, and what is less than a whole GB is cut off"
    if size is None:
        message = f"`{text}` is not a size"
        better = plain_size(text)
        if better and parse_volume_size(better) >= 1:
            mend = Mend(f"write `{better}`", Replace(path, better), safe=True)
    else:
        message = f"`{key}` is {text}, but has to be at least {least} GB" if size < least else ""
        message = message or f"`{key}` is {size} GB, but may be at most {most} GB"
        better = f"{least if size < least else most}gb"
        if _FRACTION.fullmatch(text):
            notes = "a number with a fraction counts bytes unless it has a unit"
        elif size >= 0:
            mend = Mend(f"use {better}", Replace(path, better), safe=True)
    limits = f"{least} to {most} GB" if most else f"{least} GB or more"
    return Finding(
        path,
        message,
        help=f'write {limits}, such as `"{least}gb"`',
        notes=notes,
        fix=mend,
    )
