"""What else lies beside fly.toml: other configs, files that it names, scripts that commands start, and CI."""

from __future__ import annotations

from flylint.edits import Insert, InsertTable, Replace
from flylint.rules import ERROR, INFO, NOBODY, WARNING, Finding, Mend, rule
from flylint.values import format_memory, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from flylint.app import App
    from flylint.document import Path
    from flylint.project import FilePlace, Project
    from flylint.project.dockerfile import Dockerfile
    from flylint.rules import Findings


@rule("several-config-files", severity=WARNING, enforced_by=NOBODY)
def several_config_files(app: App) -> Findings:
    """There is a fly.json or fly.yaml beside fly.toml, which flyctl does not read."""
    if app.project is None or not _is_named(app, "fly.toml"):
        return
    others: list[str] = [name for name in ("fly.json", "fly.yaml", "fly.yml") if name in app.project.names]
    if others:
        yield Finding(
            (),
            f"{listed(others, 'and')} beside `fly.toml` {'is' if len(others) == 1 else 'are'} not read",
            help="delete what is out of date",
            notes="flyctl takes the first of fly.toml, fly.json and fly.yaml that exists; fly.yml is never looked for",
        )


def _is_named(app: App, name: str) -> bool:
    return app.document.name.replace("\\", "/").rpartition("/")[2] == name


_NEVER_FOUND = ("Fly.toml", "FLY.toml", "FLY.TOML", ".fly.toml", "fly.tml", "flytoml", "fly.toml.txt")


@rule("config-file-not-detected", severity=WARNING, enforced_by=NOBODY)
def config_file_not_detected(app: App) -> Findings:
    """The name of this file is not one that flyctl looks for."""
    name = app.document.name.replace("\\", "/").rpartition("/")[2]
    if app.project is not None and name in _NEVER_FOUND and "fly.toml" not in app.project.names:
        yield Finding(
            (),
            f"flyctl does not find a file of the name `{name}`",
            help=f"rename it to `fly.toml`, or run `fly deploy --config {name}`",
            notes="flyctl looks for fly.toml, fly.json and fly.yaml in the folder that it runs in, in this order",
        )


@rule("file-local-path-missing", severity=ERROR, enforced_by=NOBODY, fix="unsafe", needs=("local_path",))
def file_local_path_missing(app: App) -> Findings:
    """`local_path` of a file names a file that does not exist, so the deploy fails."""
    project = app.project
    if project is None or project.bare:
        return
    for file in app.files:
        path = file.text("local_path")
        if not path or path.startswith("/") or project.has_file(path) is not False:
            continue
        below = project.from_above(path)
        if below and project.in_repository and project.has_file(below):
            continue  # right when it is deployed from further up
        name = path.rpartition("/")[2]
        right = name if name != path and project.has_file(name) else ""
        place = file.at("local_path")
        what = "is a folder" if project.has(path) else "does not exist"
        yield Finding(
            place,
            f"the file `{path}` {what}, so the deploy fails",
            label=what,
            help=f'write "{right}"'
            if right
            else "write the path of a file, relative to the folder that `fly deploy` runs in",
            notes="flyctl reads it after the image has been built; `fly config validate` does not look",
            fix=Mend(f'write "{right}"', Replace(place, right), safe=False) if right else None,
            # deployed from the root of the repository, the path is relative to that
            severity=INFO if project.in_repository else ERROR,
        )


# commands and what they start


def _commands(app: App) -> Iterator[tuple[Path, str, list[str]]]:
    """The commands of the file: place, what messages call it, and words."""
    from flylint.values import split_words

    processes = app.root.element("processes")
    for group in app.groups:
        if app.command(group):
            yield processes.at(group), f"process group `{group}`", app.command(group)
    for element, key in ((app.deploy, "release_command"), (app.root, "console_command")):
        try:
            words = split_words(element.text(key))
        except ValueError:
            words = []
        if words:
            yield element.at(key), f"`{key}`", words


@rule(
    "command-not-in-project",
    severity=WARNING,
    enforced_by=NOBODY,
    needs=("processes", "release_command", "console_command"),
)
def command_not_in_project(app: App) -> Findings:
    """A command starts a script that the project does not have."""
    project = app.project
    if project is None or project.bare or project.partial or app.build.text("image"):
        return
    from flylint.project.dockerfile import dockerfile_of

    dockerfile = dockerfile_of(app)
    if dockerfile is not None and not dockerfile.copies:
        return  # the image has programs of its own
    for place, title, words in _commands(app):
        missing = _missing(project, dockerfile, words)
        if missing:
            what, where, help = missing
            yield Finding(
                place,
                f"{title} starts {what}, which {where} does not have",
                label="does not exist",
                help=help,
                notes="the deploy fails when the release command fails, and a Machine whose command fails does not stay up"
                if "release_command" in title
                else "a Machine whose command does not exist exits at once",
            )


def _missing(project: Project, dockerfile: Dockerfile | None, words: list[str]) -> tuple[str, str, str] | None:
    """What a command starts that is not there: what, where it was looked for, and what to do."""
    names = [word.rpartition("/")[2] for word in words]
    manager = names[0]
    if manager in ("npm", "yarn", "pnpm", "bun") and "package.json" in project.names:
        run = len(words) > 2 and words[1] in ("run", "run-script")
        script = words[2] if run else words[1] if manager == "npm" and words[1:2] == ["start"] else ""
        scripts = project.package.get("scripts", {})
        if not script or script.startswith("-") or not isinstance(scripts, dict) or not project.package:
            return None
        if script in scripts or (script == "start" and "server.js" in project.names) or "." in script or "/" in script:
            return None
        if any(word.startswith(("-w", "--workspace", "--prefix", "-C", "--filter", "--cwd")) for word in words):
            return None
        from flylint.unknown_keys import closest

        near = closest(script, list(scripts))
        return (
            f"the script `{script}`",
            "package.json",
            f"did you mean `{near}`?" if near else f"add `{script}` to `scripts` in package.json",
        )
    manage = next((index for index, name in enumerate(names[:3]) if name == "manage.py"), None)
    if manage is not None and not any(file.endswith("manage.py") for file in project.files):
        if not any(file.endswith(".py") for file in project.files):
            return None  # the source is elsewhere
        return "`manage.py`", "the project", "write its path, or leave the command away"
    if words[0].startswith(("./", "bin/", "scripts/", "script/")) and ".." not in words[0]:
        path = words[0].removeprefix("./")
        folder = path.rpartition("/")[0]
        # whole folders may be made by the build: only what has neighbours there is missing for sure
        copied = dockerfile is None or dockerfile.takes(folder)
        if folder and copied and project.has(folder) and project.has(path) is False and _has_files(project, folder):
            return f"`{words[0]}`", f"`{folder}/`", f"add `{path}`, or name a file that `{folder}/` has"
    if names[0] in ("python", "python3", "node", "ruby", "bash", "sh") and len(words) > 1:
        path = words[1].removeprefix("./")
        if (
            path.endswith((".py", ".rb", ".sh", ".js", ".mjs", ".cjs"))
            and not path.startswith("/")
            and project.has(path) is False
        ):
            name = path.rpartition("/")[2]
            elsewhere = [file for file in project.files if file.rpartition("/")[2] == name]
            same_kind = project.named(name[name.rfind(".") :])
            if path.endswith("js"):  # may be compiled, but not into a folder of files that are not
                folder = path[: -len(name)]
                same_kind = [file for file in same_kind if folder and file[: -len(file.rpartition("/")[2])] == folder]
                elsewhere += [
                    file for file in project.named(".ts", ".mts", ".tsx", ".coffee") if file.startswith(folder)
                ]
            if not elsewhere and same_kind:
                return f"`{words[1]}`", "the project", "write the path of a file that exists"
    return None


def _has_files(project: Project, folder: str) -> bool:
    return any(file.startswith(f"{folder}/") for file in project.files) and folder not in ("dist", "build")


@rule("procfile-ignored", severity=INFO, enforced_by=NOBODY, fix="unsafe")
def procfile_ignored(app: App) -> Findings:
    """A Procfile names several processes, but flyctl does not read it, and there is no `[processes]`."""
    project = app.project
    if project is None or "Procfile" not in project.names or not app.root.lacks("processes"):
        return
    import re

    from flylint.project import FilePlace

    found = list(re.finditer(r"^([A-Za-z0-9_-]+):[ \t]*(\S.*)", project.read("Procfile"), re.MULTILINE))
    names = [match[1] for match in found if match[1] != "release"]
    if len(names) > 1 and not app.build.text("builder"):
        yield Finding(
            (),
            f"the Procfile names {listed(names, 'and')}, but only the command of the image runs",
            help="write them in `[processes]`; a command with shell syntax needs `sh -c '…'`",
            notes="flyctl does not read a Procfile when it deploys",
            related=[(FilePlace("Procfile", match.start(1), match.end(1)), "not started") for match in found[1:4]],
            fix=_processes_of(app, {match[1]: match[2].strip() for match in found if match[1] != "release"}),
        )


def _processes_of(app: App, commands: dict[str, str]) -> Mend | None:
    """`[processes]` with the commands of a Procfile, and its `web` for the services; None when that is not plain."""
    from flylint.commands import shellisms

    for name, command in commands.items():
        if shellisms(command):
            if "'" in command:
                return None
            commands[name] = f"sh -c '{command}'"
    if app.services and "web" not in commands:
        return None
    serving = [Insert(service.path, "processes", ["web"]) for service in app.services if service.lacks("processes")]
    return Mend("write them in `[processes]`", InsertTable((), "processes", commands), *serving, safe=False)


@rule("memory-small-for-framework", severity=INFO, enforced_by=NOBODY)
def memory_small_for_framework(app: App) -> Findings:
    """The Machines have less memory than the framework of the app usually needs."""
    project = app.project
    if project is None or project.bare or app.build.text("image") or not app.complete:
        return
    from flylint.project.dockerfile import image_of
    from flylint.project.frameworks import needed_memory

    image = image_of(app)
    if image and image.serves_files:
        return  # what needs the memory has run when the image was built

    needed: tuple[str, int, FilePlace] | None = None
    seen = set()
    for group in app.groups:
        vm = app.vm_of(group)
        guest = vm.guest if vm else None
        size = guest.memory_mb if guest else 256 if not app.root.has("vm") and app.root.lacks("vm") else None
        if size is None or size > 1024 or (app.root.integer("swap_size_mb") or 0) >= 256:
            continue
        needed = needed or needed_memory(project)
        if needed is None:
            return
        title, memory, place = needed
        path: Path = () if vm is None else vm.path
        if vm is not None:
            path = next((vm.at(key) for key in ("memory", "memory_mb", "size") if vm.has(key)), vm.path)
        if size >= memory or path in seen:
            continue
        seen.add(path)
        yield Finding(
            path,
            f"{format_memory(size)} of memory {'is' if vm else 'by default is'} little for {title}",
            label=f"usually needs {format_memory(memory)}",
            help=f'write `memory = "{format_memory(memory)}"` in `[[vm]]`, or add `swap_size_mb = 512` at the top of the file',
            notes="a Machine that runs out of memory is killed and started again",
            related=[(place, f"{title} is used here")],
        )


# CI and scripts


@rule("ci-flag-unknown", severity=INFO, enforced_by=NOBODY)
def ci_flag_unknown(app: App) -> Findings:
    """CI or a script calls `fly deploy` with a flag that it does not have, or with one Machine where two are expected."""
    if app.project is None or app.project.bare:
        return
    import re

    from flylint.project import FilePlace
    from flylint.project.scripts import deploy_scripts

    for path, text in deploy_scripts(app.project):
        for match in re.finditer(r"\bfly(?:ctl)? deploy\b(?:[^\n\\&|;]|\\\n)*", text):
            flag = re.search(r"(?<=\s)--(region|auto-rollback)(?=[\s=]|$)", match[0])
            minimum = next((s for s in app.services if (s.integer("min_machines_running") or 0) > 1), None)
            single = re.search(r"(?<=\s)--ha=false\b", match[0]) if minimum else None
            if flag:
                start = match.start() + flag.start()
                right = (
                    "`--primary-region`, or `--regions` to limit the deploy"
                    if flag[1] == "region"
                    else '`strategy = "bluegreen"`'
                )
                yield Finding(
                    (),
                    f"`{path}` calls `fly deploy` with `--{flag[1]}`, which is no flag of it",
                    help=f"use {right}",
                    notes="flyctl stops with an error about an unknown flag",
                    related=[(FilePlace(path, start, start + len(flag[0])), "unknown flag")],
                )
            elif single and minimum:
                start = match.start() + single.start()
                yield Finding(
                    minimum.at("min_machines_running"),
                    f"{minimum.integer('min_machines_running')} Machines are to run, but `{path}` deploys with `--ha=false`",
                    help="run `fly scale count 2`, or take `--ha=false` away",
                    notes="`--ha=false` creates one Machine at the first deploy; min_machines_running creates none",
                    related=[(FilePlace(path, start, start + len(single[0])), "creates one Machine")],
                )
