"""The Dockerfile and what belongs to it: whether they are there, and whether they fit what fly.toml says about them."""

from __future__ import annotations

from flylint.edits import Delete, Replace
from flylint.rules import ERROR, INFO, NOBODY, WARNING, Finding, Mend, rule
from flylint.values import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App
    from flylint.rules import Findings


def _built_from_dockerfile(app: App) -> bool:
    """Whether [build] leaves it to a Dockerfile to make the image."""
    return not any(app.build.text(key) for key in ("image", "builder"))


@rule("dockerfile-not-found", severity=ERROR, enforced_by=NOBODY, fix="unsafe", needs=("dockerfile",))
def dockerfile_not_found(app: App) -> Findings:
    """The file that `dockerfile` in `[build]` names does not exist, so the build fails."""
    project, path = app.project, app.build.text("dockerfile")
    if project is None or project.bare or not path or not _built_from_dockerfile(app):
        return
    if "://" in path or path.startswith("/") or project.has_file(path) is not False:
        return  # fetched, or build-path-absolute, or outside
    right = _nearest(app, path)
    folder = project.has(path)
    yield Finding(
        app.build.at("dockerfile"),
        f"the Dockerfile is not found: `{project.shown or './'}{path}` {'is a folder' if folder else 'does not exist'}",
        label="is a folder" if folder else f"did you mean `{right}`?" if right else "not found",
        help=f'write `dockerfile = "{right}"`, relative to fly.toml'
        if right
        else "write its path relative to fly.toml",
        notes="flyctl looks from the folder of fly.toml, not from the one that it runs in or from the repository's root",
        fix=Mend(f'write "{right}"', Replace(app.build.at("dockerfile"), right), safe=False) if right else None,
    )


def _nearest(app: App, path: str) -> str:
    """The existing file that a wrong path was most likely meant to be; "" when there is no plain answer."""
    project = app.project
    assert project is not None
    parts = [part for part in path.split("/") if part not in ("", ".")]
    for index in range(1, len(parts)):
        tail = "/".join(parts[index:])
        if project.has_file(tail):  # written as seen from further up
            return tail
    from flylint.unknown_keys import closest

    candidates = [file for file in project.files if "dockerfile" in file.rpartition("/")[2].lower()]
    same = [file for file in candidates if file.rpartition("/")[2].lower() == parts[-1].lower()] if parts else []
    if len(same) == 1:
        return same[0]
    return closest(path, candidates) or ""


@rule("dockerfile-missing", severity=INFO, enforced_by=NOBODY)
def dockerfile_missing(app: App) -> Findings:
    """Nothing says how to build the image: there is no Dockerfile, and `[build]` names no other way."""
    project = app.project
    if project is None or project.bare or not app.complete or project.in_repository:
        return
    if any(app.build.has(key) for key in ("image", "builder", "builtin", "dockerfile", "compose")):
        return
    if not {"Dockerfile", "dockerfile"} & project.names and not app.root.has("machine_config"):
        yield Finding(
            app.build.path if app.build else (),
            "there is no Dockerfile beside fly.toml, and `[build]` names no other way to make the image",
            help="run `fly launch`, which writes a Dockerfile for most frameworks, or name one in `[build]`",
            notes="`fly deploy` needs --dockerfile or --image on the command line then",
        )


@rule("build-target-not-found", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("build-target",))
def build_target_not_found(app: App) -> Findings:
    """`build-target` is not the name of a stage of the Dockerfile, so the build fails."""
    if app.project is None or app.project.bare:
        return
    from flylint.project.dockerfile import dockerfile_of

    target = app.build.text("build-target")
    dockerfile = dockerfile_of(app) if target else None
    if dockerfile is None or not dockerfile.stages or dockerfile.stage(target):
        return
    names = [stage.name for stage in dockerfile.stages if stage.name]
    right = _meant_stage(target, names)
    place = app.build.at("build-target")
    yield Finding(
        place,
        f"`{dockerfile.path}` has no stage `{target}`, so the build fails",
        label=f"did you mean `{right}`?" if right else "no such stage",
        help=f"name one of its stages: {listed(names)}" if names else "write `FROM … AS name` in it, or delete the key",
        notes="what stands here counts more than `--build-target` on the command line",
        related=[
            (stage.instruction.place, "a stage")
            for stage in dockerfile.stages
            if stage.name and stage.name == (right or stage.name)
        ],
        fix=Mend(f'write "{right}"', Replace(place, right), safe=True) if right else None,
    )


def _meant_stage(target: str, names: list[str]) -> str | None:
    """The stage that was meant: the only one of a close spelling, or the only one that is short for it or long for it."""
    from flylint.unknown_keys import closest

    folded = target.strip().lower()
    related = [name for name in names if min(len(name), len(folded)) > 2 and _is_short(folded, name)]
    return closest(target, names) or (related[0] if len(related) == 1 else None)


def _is_short(a: str, b: str) -> bool:
    """Whether one is the start of the other, as `prod` of `production`."""
    return a.startswith(b) or b.startswith(a)


@rule("ignorefile-not-found", severity=ERROR, enforced_by=NOBODY, fix="unsafe", needs=("ignorefile",))
def ignorefile_not_found(app: App) -> Findings:
    """The file that `ignorefile` in `[build]` names does not exist, so nothing is kept out of the build."""
    project, path = app.project, app.build.text("ignorefile")
    if project is None or project.bare or not path or app.build.text("image") or path.startswith("/"):
        return
    if project.has_file(path) is False:
        name = path.rpartition("/")[2]
        right = name if name != path and project.has_file(name) else ""
        place = app.build.at("ignorefile")
        yield Finding(
            place,
            f"the ignore file is not found: `{project.shown or './'}{path}` "
            + ("is a folder" if project.has(path) else "does not exist"),
            label="not found",
            help=f'write `ignorefile = "{right}"`'
            if right
            else "write its path relative to fly.toml, or delete the key",
            notes="flyctl says nothing, sends every file but fly.toml to the builder, and does not read .dockerignore",
            fix=Mend(f'write "{right}"', Replace(place, right), safe=False) if right else None,
        )


# declared by Docker itself; see the reference of the Dockerfile, "Predefined ARGs" and the global ones of BuildKit
_PREDEFINED = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY", "SOURCE_DATE_EPOCH")
_PREDEFINED_PREFIXES = ("BUILDKIT_", "TARGET", "BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT")


@rule("build-arg-not-declared", severity=WARNING, enforced_by=NOBODY, fix="unsafe", needs=("args",))
def build_arg_not_declared(app: App) -> Findings:
    """A build argument is not declared with `ARG` in the Dockerfile, so its value goes nowhere."""
    if app.project is None or app.project.bare:
        return
    from flylint.project.dockerfile import dockerfile_of

    names = [name for name in app.build.mapping("args") if name.upper() not in _PREDEFINED]
    dockerfile = dockerfile_of(app) if names else None
    if dockerfile is None or not dockerfile.stages or (dockerfile.frontend and "docker" not in dockerfile.frontend):
        return
    args = app.build.element("args")
    for name in names:
        if name in dockerfile.declared or name.startswith(_PREDEFINED_PREFIXES):
            continue
        near = next((other for other in dockerfile.declared if other.lower() == name.lower()), "")
        first = dockerfile.stages[0].instruction
        yield Finding(
            args.at(name),
            f"`{dockerfile.path}` never declares the build argument `{name}`, so its value is not used",
            label=f"declared as `{near}`" if near else "no such `ARG`",
            help=f"rename it to `{near}`" if near else f"add `ARG {name}` to the stage that uses it, or delete it here",
            notes="Docker passes a build argument on only below an `ARG` of that name, in each stage anew",
            related=[(first.place, f"needs `ARG {name}` after this")],
            fix=Mend("delete it", Delete(args.at(name)), safe=False),
            on="key",
        )


@rule("copied-file-ignored", severity=WARNING, enforced_by=NOBODY)
def copied_file_ignored(app: App) -> Findings:
    """The Dockerfile copies a file that .dockerignore keeps out of the build, so the build fails."""
    if app.project is None or app.project.bare:
        return
    from flylint.project.dockerfile import dockerfile_of

    dockerfile = dockerfile_of(app)
    project = app.project
    if dockerfile is None or project is None:
        return
    ignore = app.build.text("ignorefile").lstrip("/") or ".dockerignore"
    if ignore == ".dockerignore" and (ignore not in project.names or project.in_repository):
        return  # in a part of a repository the build may start further up, with another ignore file
    text = project.read(ignore)
    if not text:
        return
    from flylint.project.ignored import Patterns

    patterns = Patterns(text)
    for instruction in (i for stage in dockerfile.stages for i in stage.instructions if i.name in ("COPY", "ADD")):
        if "from" in instruction.flags or "<<" in instruction.value:
            continue
        for source in instruction.words[:-1]:
            plain = source.strip("\"'").lstrip("/").removeprefix("./").rstrip("/")
            if not plain or any(c in plain for c in "*?[$:") or plain == "." or not patterns.hides_all_of(plain):
                continue
            yield Finding(
                app.build.at("dockerfile") if app.build.has("dockerfile") else app.build.path if app.build else (),
                f"`{dockerfile.path}` copies `{plain}`, but `{ignore}` keeps it out of the build, which fails",
                help=f"take `{plain}` out of `{ignore}`, or the line out of `{dockerfile.path}`",
                notes="files that match the ignore file are not sent to the builder, so there is nothing to copy",
                related=[(instruction.place, "copied here")],
            )


@rule("several-dockerfiles", severity=INFO, enforced_by=NOBODY, needs=("dockerfile",))
def several_dockerfiles(app: App) -> Findings:
    """`[build]` names a Dockerfile although another one lies beside fly.toml, which is not used."""
    project, path = app.project, app.build.text("dockerfile").lstrip("/")
    if project is None or not path or not _built_from_dockerfile(app):
        return
    plain = path.removeprefix("./")
    other = next((name for name in ("Dockerfile", "dockerfile") if name in project.names and name != plain), None)
    if other and project.has_file(path):
        yield Finding(
            app.build.at("dockerfile"),
            f"the image is built from `{path}`, and the `{other}` beside fly.toml is not used",
            help=f"delete the key if `{other}` is the right one",
            notes="flyctl prints a warning about it with each deploy",
        )


@rule("process-command-with-entrypoint", severity=INFO, enforced_by=NOBODY, needs=("processes", "release_command"))
def process_command_with_entrypoint(app: App) -> Findings:
    """The image has an `ENTRYPOINT` that is a program of its own, so a command becomes its arguments."""
    if app.project is None or app.project.bare:
        return
    from flylint.project.dockerfile import image_of
    from flylint.project.start import passes_on

    release = app.deploy.text("release_command")
    commands = [(app.root.element("processes").at(group), group) for group in app.groups if app.command(group)]
    if release:
        commands.append((app.deploy.at("release_command"), ""))
    image = image_of(app) if commands and not app.experimental.get("entrypoint") else None
    entrypoint = image.last("ENTRYPOINT") if image else None
    if entrypoint is None or passes_on(app.project, entrypoint.words):
        return
    program = " ".join(entrypoint.words)
    for place, group in commands:
        words = app.command(group) if group else release.split()
        if words and words[0].startswith("-"):
            continue  # meant as arguments
        yield Finding(
            place,
            f"this command does not replace `{program}`, the ENTRYPOINT of the image: it becomes its arguments"
            if len(program) < 80
            else "this command does not replace the ENTRYPOINT of the image: it becomes its arguments",
            label="arguments of the ENTRYPOINT",
            help='write CMD instead of ENTRYPOINT in the Dockerfile, or end the entrypoint script with `exec "$@"`',
            notes="flyctl puts the command in the place of CMD; the ENTRYPOINT stays and is started first",
            related=[(entrypoint.place, "starts first")],
        )
