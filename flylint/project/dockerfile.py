"""A Dockerfile, taken apart: stages, instructions with their places, environment, and the command of the image.

It knows the escape directive, continued lines, comments between them, here-documents, flags, shell and exec form, and
what variables stand for. It never fails: what it cannot read is not there.
"""

from __future__ import annotations

import re
from functools import cached_property
from posixpath import normpath

from flylint.project import FilePlace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from flylint.app import App

MAX_INSTRUCTIONS = 2000
"""More than any real Dockerfile has; what comes after them is not read."""
MAX_TEXT, MAX_VALUE = 4096, 500
"""How many characters of a text are filled in, and of a variable in it: variables that hold each other grow fast."""

_WEB_SERVERS = ("nginx", "nginx-unprivileged", "caddy", "httpd", "gostatic", "static-web-server", "lighttpd")

_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)\s*\Z")
_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s*")
_FLAG = re.compile(r"\s*--([a-z-]+)(?:=(\S*))?(?=\s)")
_HEREDOC = re.compile(r"<<-?\s*([\"']?)(\w+)\1")
_VARIABLE = re.compile(r"\\(\$)|\$(?:(\w+)|\{(\w+)(?::?([-+?])([^}]{0,1000}))?\})")
_ASSIGNMENT = re.compile(r"(?<![\w.-])([A-Za-z_][\w.-]*)=((?:\"(?:\\.|[^\"\\])*\"|'[^']*'|\\.|[^\s\"'\\])*)", re.DOTALL)


class Instruction:
    """One instruction: its upper-case name, its arguments on one line without flags, and where it stands."""

    __slots__ = ("flags", "name", "place", "value")

    def __init__(self, name: str, value: str, flags: dict[str, str], place: FilePlace) -> None:
        self.name = name
        self.value = value
        self.flags = flags
        self.place = place

    @property
    def exec_form(self) -> list[str] | None:
        """The words of the exec form, `["a", "b"]`; None for the shell form."""
        if not self.value.startswith("["):
            return None
        import json

        try:
            words = json.loads(self.value)
        except (ValueError, RecursionError):
            return None  # Docker takes it for the shell form as well
        return words if all(isinstance(word, str) for word in words) else None

    @property
    def words(self) -> list[str]:
        """The arguments of the shell or exec form, quotes left as they are."""
        words = self.exec_form
        return self.value.split() if words is None else words


class Stage:
    """One `FROM` and what follows it. `parent` is the stage that it builds on, None for an image from elsewhere."""

    def __init__(self, name: str, image: str, parent: Stage | None, instruction: Instruction) -> None:
        self.name = name
        self.image = image
        self.parent = parent
        self.instruction = instruction
        self.instructions: list[Instruction] = []

    @cached_property
    def _stages(self) -> list[Stage]:
        """This stage and those that it builds on, the first one first."""
        stages = [self]
        while stages[-1].parent is not None:
            stages.append(stages[-1].parent)
        return stages[::-1]

    def chain(self) -> Iterator[Instruction]:
        """The instructions that make the image of this stage, those of its parents first."""
        for stage in self._stages:
            yield from stage.instructions

    @property
    def base(self) -> str:
        """The image from elsewhere that it all begins with."""
        return self._stages[0].image

    @property
    def serves_files(self) -> bool:
        """Whether the image is one of a plain web server, to which files are copied."""
        return self.base.partition("@")[0].partition(":")[0].rpartition("/")[2] in _WEB_SERVERS

    def last(self, name: str) -> Instruction | None:
        """The instruction of a kind that counts; None also for an ENTRYPOINT or CMD that an empty list takes away."""
        found = None
        for stage in self._stages:
            if name == "CMD" and any(instruction.name == "ENTRYPOINT" for instruction in stage.instructions):
                found = None  # an ENTRYPOINT takes the CMD of the stages before it away
            for instruction in stage.instructions:
                if instruction.name == name:
                    found = instruction
        return None if found is not None and found.exec_form == [] else found

    def all(self, name: str) -> list[Instruction]:
        return [instruction for instruction in self.chain() if instruction.name == name]

    @cached_property
    def environment(self) -> dict[str, tuple[str, Instruction]]:
        """The variables that ENV sets, with the instruction that does."""
        arguments: dict[str, str] = {}
        found: dict[str, tuple[str, Instruction]] = {}
        for instruction in self.chain():
            if instruction.name == "ARG":
                for name, value in assignments(instruction.value).items():
                    arguments[name] = value
            elif instruction.name == "ENV":
                known = {**arguments, **{name: value for name, (value, _) in found.items()}}
                for name, value in assignments(instruction.value, legacy=True).items():
                    found[name] = (expand(value, known)[:MAX_VALUE], instruction)
        return found

    @property
    def exposed(self) -> set[str]:
        """The TCP ports that EXPOSE names, as far as they can be told."""
        environment = {name: value for name, (value, _) in self.environment.items()}
        words = [word for i in self.all("EXPOSE") for word in expand(i.value, environment).split()]
        return {word.partition("/")[0] for word in words if not word.endswith("/udp")}

    @cached_property
    def workdir(self) -> str:
        """The directory that commands run in; "" when the base image decides."""
        place = ""
        for instruction in self.all("WORKDIR"):
            place = self._path(instruction.value, place)
        return place

    @cached_property
    def copied(self) -> list[tuple[str, Instruction]]:
        """Where COPY and ADD put something, as far as that is known."""
        place, found = "", []
        for instruction in self.chain():
            if instruction.name == "WORKDIR":
                place = self._path(instruction.value, place)
            elif instruction.name in ("COPY", "ADD") and instruction.words and "<<" not in instruction.value:
                found.append((self._path(instruction.words[-1], place), instruction))
        return found

    def _path(self, written: str, workdir: str) -> str:
        """An absolute path for one that may be relative; "" when it is not known."""
        path = written.strip().strip("\"'")
        if "$" in path:
            path = expand(path, {name: value for name, (value, _) in self.environment.items()})
        path = path if path.startswith("/") else f"{workdir}/{path}" if workdir else ""
        return "" if "$" in path or not path else normpath("/" + path.lstrip("/"))


def is_below(path: str, directory: str) -> bool:
    """Whether an absolute path is that of a directory, or of something in it."""
    return path == directory or path.startswith(f"{directory}/")


class Dockerfile:
    """The stages of a Dockerfile, and the arguments that are declared in front of them."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.stages: list[Stage] = []
        self.arguments: dict[str, str] = {}
        self.declared: set[str] = set()
        self.frontend = ""
        for instruction in self._instructions(text):
            if instruction.name == "FROM":
                self._begin(instruction)
            elif self.stages:
                self.stages[-1].instructions.append(instruction)
            elif instruction.name == "ARG":
                self.arguments.update(assignments(instruction.value))
            if instruction.name == "ARG":
                self.declared.update(re.findall(r"(?:^|\s)([A-Za-z_]\w*)(?==|\s|$)", instruction.value))

    def _begin(self, instruction: Instruction) -> None:
        words = expand(instruction.value, self.arguments).split()
        image = words[0] if words else ""
        name = words[2].lower() if len(words) > 2 and words[1].lower() == "as" else ""
        parent = next((stage for stage in self.stages if stage.name and stage.name == image.lower()), None)
        self.stages.append(Stage(name, image, parent, instruction))

    @cached_property
    def _taken(self) -> list[str]:
        """The paths that the build takes from the project, "" for the whole of it."""
        taken = []
        for instruction in (i for stage in self.stages for i in stage.instructions if "from" not in i.flags):
            mount = instruction.flags.get("mount")
            if instruction.name in ("COPY", "ADD"):
                taken += instruction.words[:-1]
            elif mount and ("type=" not in mount or "type=bind" in mount):
                taken.append(".")
        return [normpath("/" + source.strip("\"'").removesuffix("*")).lstrip("/") for source in taken]

    @property
    def copies(self) -> bool:
        """Whether anything of the project gets into the build: else the image is made of what others have built."""
        return bool(self._taken)

    def takes(self, folder: str) -> bool:
        """Whether the whole of a folder of the project gets into the build."""
        return any(not source or is_below(folder, source) for source in self._taken)

    def stage(self, target: str = "") -> Stage | None:
        """The stage with a name or number, the last one without; None when there is none."""
        if not target:
            return self.stages[-1] if self.stages else None
        for stage in self.stages:
            if stage.name == target.lower():
                return stage
        numbers = {str(number): stage for number, stage in enumerate(self.stages)}
        return numbers.get(target)

    def _instructions(self, text: str) -> Iterator[Instruction]:
        escape, offset, lines, count = "\\", 0, text.split("\n"), 0
        index, directives = 0, True
        while index < len(lines):
            line, start = lines[index], offset
            index, offset = index + 1, offset + len(line) + 1
            stripped = line.strip()
            if directives and stripped.startswith("#"):
                directive = _DIRECTIVE.match(stripped)
                if directive and directive[1].lower() == "escape":
                    escape = directive[2]
                elif directive and directive[1].lower() == "syntax":
                    self.frontend = directive[2]
                directives = bool(directive)
                continue
            directives = False
            if not stripped or stripped.startswith("#"):
                continue
            parts, end = [], start
            while True:
                plain = line.rstrip()
                continued = plain.endswith(escape)
                parts.append(plain[: -len(escape)] if continued else plain)
                end = offset - 1
                if not continued or index >= len(lines):
                    break
                while index < len(lines) and (not lines[index].strip() or lines[index].lstrip().startswith("#")):
                    offset += len(lines[index]) + 1
                    index += 1
                if index >= len(lines):
                    break
                line = lines[index]
                index, offset = index + 1, offset + len(line) + 1
            whole = " ".join(parts)
            head = _INSTRUCTION.match(whole)
            if head is None:
                continue
            name, at, flags = head[1].upper(), head.end(), {}
            while flag := _FLAG.match(whole, at):
                flags[flag[1]] = flag[2] or ""
                at = flag.end()
            if name in ("RUN", "COPY", "ADD") and "<<" in whole:
                for _, word in _HEREDOC.findall(whole):
                    while index < len(lines):
                        line = lines[index]
                        index, offset = index + 1, offset + len(line) + 1
                        if line.strip("\t") == word or line.strip() == word:
                            break
            count += 1
            if count > MAX_INSTRUCTIONS:
                return
            yield Instruction(name, whole[at:].strip(), flags, FilePlace(self.path, start + head.start(1), end))


def assignments(text: str, legacy: bool = False) -> dict[str, str]:
    """The variables in `A=1 B="two"`, with `legacy` also in `A 1`; a name alone has no value and is left out."""
    found = {name: _unquoted(value) for name, value in _ASSIGNMENT.findall(text)}
    name, _, rest = text.partition(" ")
    return {name: _unquoted(rest.strip())} if legacy and "=" not in name and rest else found


def _unquoted(value: str) -> str:
    return re.sub(
        r"\"((?:\\.|[^\"\\])*)\"|'([^']*)'|\\(.)", lambda m: m[1] or m[2] or m[3] or "", value, flags=re.DOTALL
    )


def expand(text: str, variables: dict[str, str]) -> str:
    """The text with `$NAME` and `${NAME:-default}` filled in; a name that is not known stays as it is written."""

    def value(match: re.Match[str]) -> str:
        if match[1]:
            return "$"
        name = match[2] or match[3]
        if name in variables and (variables[name] or match[4] != "-"):
            return match[5] if match[4] == "+" else variables[name]
        return match[5] if match[4] == "-" else "" if match[4] == "+" else match[0]

    return _VARIABLE.sub(lambda match: value(match)[:MAX_VALUE], text[:MAX_TEXT])


def dockerfile_path(app: App) -> str | None:
    """The Dockerfile that flyctl builds the image of an app with; None where it uses none, or one from elsewhere.

    Sources: DEP/deploy_build.go:resolveDockerfilePath; internal/build/imgsrc/docker.go:ResolveDockerfile.
    """
    project, build = app.project, app.build
    if project is None or build.text("image") or build.text("builder"):
        return None
    path = build.text("dockerfile").lstrip("/")
    if path:
        return None if "://" in path or not project.has_file(path) else path
    return next((name for name in ("Dockerfile", "dockerfile") if name in project.names), None)


def dockerfile_of(app: App) -> Dockerfile | None:
    """That Dockerfile, taken apart."""
    path = dockerfile_path(app)
    return app.project.dockerfile(path) if app.project is not None and path else None


def image_of(app: App) -> Stage | None:
    """The stage that becomes the image of an app."""
    dockerfile = dockerfile_of(app)
    return dockerfile.stage(app.build.text("build-target")) if dockerfile else None
