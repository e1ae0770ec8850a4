"""What a Machine starts: the command of a process group or of the image, followed through wrappers and scripts."""

from __future__ import annotations

import re

from flylint.pattern import pattern
from flylint.values import split_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.app import App
    from flylint.document import Path
    from flylint.project import FilePlace, Project
    from flylint.project.dockerfile import Stage

MAX_STEPS = 12
"""How many wrappers and scripts are followed; a script may start itself."""
MAX_SCRIPT = 32 * 1024
"""How many characters a script may have to be followed; a longer one is no plain case."""

# programs that start the rest of their words, with those of their options that take a value
_WRAPPERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("exec", "nohup", "command", "env", "cross-env", "dotenvx", "catatonit"), ()),
    "tini": ("-e",),
    "dumb-init": ("-r", "--rewrite"),
    "nice": ("-n",),
    "npx": ("-p", "--package"),
    "bunx": (),
    "gosu": (),
    "su-exec": (),
}
_RUNNERS = (
    *("poetry run", "uv run", "pipenv run", "pdm run", "rye run", "hatch run", "bundle exec", "pnpm exec", "yarn exec"),
    *("npm exec", "pnpm dlx", "yarn dlx", "dotenv run", "doppler run", "infisical run", "opentelemetry-instrument"),
)
# start several programs, or stand between the proxy and the app
_SEVERAL = ("litefs", "supervisord", "foreman", "overmind", "hivemind", "honcho", "pm2", "pm2-runtime", "concurrently")
# stand in front of what is started after them, or go to the background
_PROXIES = ("nginx", "apache2", "apachectl", "apache2ctl", "httpd", "caddy", "haproxy", "envoy", "traefik", "varnishd")
# one of those, or what supervises several programs, in the instructions of an image or in a script
_IN_FRONT = pattern(
    r"(?<![\w.-])(?:nginx|caddy|haproxy|envoy|traefik|varnishd?|litefs|supervisor[dx]?|supervisord\.conf|s6-\w+|runit|runsvdir"
    r"|foreman|overmind|hivemind|honcho|concurrently|thrust(?:er)?)(?![\w-])",
    re.IGNORECASE,
)
_USERS = ("gosu", "su-exec")  # name a user first
_SHELLS = ("sh", "bash", "ash", "dash", "zsh")
_MANAGERS = ("npm", "yarn", "pnpm", "bun", "deno")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)\Z", re.DOTALL)
_PASSES_ON = re.compile(r"(?:^|[\s;&|])[\"']?\$\{?[@*]", re.MULTILINE)
_NOTHING = ("echo", "printf", "set", "cd", "export", "sleep", "wait", "true", ":", "exit", "[", "[[", "test", "trap")
_BEGIN, _MIDDLE, _END = ("if", "case", "for", "while", "until"), ("then", "else", "elif", "do"), ("fi", "esac", "done")


class Start:
    """The program that runs in the end.

    words        its name without folder, and its arguments
    place        where the command stands
    environment  what the command itself sets
    shell        whether a shell has read the words, so that variables in them are filled in
    """

    __slots__ = ("environment", "place", "shell", "words")

    def __init__(
        self, words: list[str], place: Path | FilePlace, environment: dict[str, str] | None = None, shell: bool = False
    ) -> None:
        self.words = words
        self.place = place
        self.environment = environment or {}
        self.shell = shell

    @property
    def program(self) -> str:
        return self.words[0] if self.words else ""

    def option(self, *names: str) -> str | None:
        """The value of an option, `--port 80`, `--port=80` or `-p80`; "" when its value is missing."""
        for index, word in enumerate(self.words[1:], 1):
            for name in names:
                if word == name:
                    following = self.words[index + 1 : index + 2]
                    return following[0] if following and not following[0].startswith("--") else ""
                if word.startswith(f"{name}="):
                    return word[len(name) + 1 :]
                if len(name) == 2 and name[1] != "-" and word.startswith(name) and word[2:].lstrip(":").isdecimal():
                    return word[2:]
        return None


def start_of(app: App, group: str) -> Start | None:
    """What the Machines of a group start; None when that cannot be told."""
    project = app.project
    if project is None or app.root.has("machine_config") or app.build.has("compose"):
        return None
    return _start_of(app, project, group)


def command_of(app: App, project: Project, group: str) -> Start | None:
    """What the command of a group itself starts, whatever the image has; None without one, and when it is not plain."""
    if app.root.has("machine_config") or app.build.has("compose") or not app.command(group):
        return None
    return _follow(project, Start(app.command(group), app.root.element("processes").at(group)))


def others_listen(project: Project, image: Stage) -> bool:
    """Whether an app may stand behind a proxy or beside other programs: the image has what does that, or starts it."""
    if not image.serves_files and any(_IN_FRONT.search(instruction.value) for instruction in image.chain()):
        return True
    started = [instruction for name in ("ENTRYPOINT", "CMD") if (instruction := image.last(name))]
    words = [word for instruction in started for part in instruction.words for word in part.split()]
    texts = [_script(project, word.strip("\"'")) for word in words]
    if len(words) > 1 and words[0] in _MANAGERS:
        texts += _package_script(project, words) or ()
    return any(text and _IN_FRONT.search(text) for text in texts)


def _start_of(app: App, project: Project, group: str) -> Start | None:
    from flylint.project.dockerfile import image_of

    image = image_of(app)
    entrypoint = image.last("ENTRYPOINT") if image else None
    command = image.last("CMD") if image else None
    first: list[str] = []
    if app.experimental.texts("exec"):
        return None
    if app.experimental.get("entrypoint"):
        first = app.experimental.texts("entrypoint")
        command = None
    elif entrypoint is not None:
        words = entrypoint.exec_form
        if words is None:  # the shell form takes no command
            return _follow(project, Start(["sh", "-c", entrypoint.value], entrypoint.place))
        first = words
    if app.processes.get(group):
        start = Start([*first, *app.command(group)], app.root.element("processes").at(group))
    elif app.experimental.texts("cmd"):
        start = Start([*first, *app.experimental.texts("cmd")], app.experimental.at("cmd"))
    elif command is not None:
        words = command.exec_form
        start = Start([*first, *(["sh", "-c", command.value] if words is None else words)], command.place)
    elif entrypoint is not None and first:
        start = Start(first, entrypoint.place)
    else:
        return None
    # its entrypoint puts the program in front of these
    of_deno = image is not None and entrypoint is None and image.base.partition(":")[0] == "denoland/deno"
    if of_deno and start.words[:1] in (["run"], ["task"]):
        start.words = ["deno", *start.words]
    return _follow(project, start)


def _follow(project: Project, start: Start) -> Start | None:
    """The program at the end of wrappers, shells, package scripts and script files; None when that is not plain."""
    for _ in range(MAX_STEPS):
        words = start.words
        if not words:
            return None
        program = words[0].rpartition("/")[2]
        pair = f"{program} {words[1]}" if len(words) > 1 else program
        assignment = _ASSIGNMENT.match(words[0])
        if program in _SEVERAL:
            return None
        if assignment:
            start.environment[assignment[1]] = assignment[2].strip("\"'")
            start.words = words[1:]
        elif program in _WRAPPERS:
            start.words = _behind(words, _WRAPPERS[program], 2 if program in _USERS else 1)
        elif pair in _RUNNERS or program in _RUNNERS:
            start.words = _behind(words, ("--env", "--group", "--with", "-p", "-c", "--config"), len(pair.split()))
        elif program in _SHELLS:
            step = _in_shell(project, start)
            if step is None:
                return None
            start = step
        elif program in _MANAGERS and (program != "deno" or words[1:2] == ["task"]):
            script = _package_script(project, words)
            if script is None and program == "bun" and words[-1].endswith((".ts", ".js", ".tsx", ".mjs")):
                start.words = ["node", words[-1]]
                return start
            if script is None:
                return None
            start = _split(script[0], start, project)
            if not start.words:
                return None
            start.words += script[1:]
        elif passes_on(project, words[:1]) and len(words) > 1:
            start.words = words[1:]
        else:
            text = _script(project, words[0])
            if text is None:
                start.words = [program, *words[1:]]
                return start
            start = _split(text, start, project)
    return None


def _behind(words: list[str], with_value: tuple[str, ...], skip: int) -> list[str]:
    """What stands behind a wrapper and its options."""
    index = skip
    while index < len(words) and words[index].startswith("-"):
        if words[index] == "--":
            return words[index + 1 :]
        index += 2 if words[index] in with_value else 1
    return words[index:]


def _in_shell(project: Project, start: Start) -> Start | None:
    words = start.words
    for index, word in enumerate(words[1:], 1):
        if word.startswith("-") and word[1:].isalpha() and "c" in word:
            return _split(words[index + 1], start, project) if index + 1 < len(words) else None
        if not word.startswith("-"):
            text = _script(project, word)
            if text is None:
                return None
            if _PASSES_ON.search(text) and len(words) > index + 1:
                start.words = words[index + 1 :]
                return start
            return _split(text, start, project)
    return None


def _split(script: str, start: Start, project: Project) -> Start:
    """The last program of a shell script: the one that stays. No words when several programs stay, or one of several."""
    lines = re.split(r"\n|&&|\|\||;", re.sub(r"\\\r?\n", " ", script))
    result = Start([], start.place, start.environment, shell=True)
    depth = 0
    for line in lines:
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.endswith("&") or " & " in line or " | " in line:
            result.words = []
            return result
        export = re.match(r"export\s+", line)
        try:
            words = split_words(line[export.end() :] if export else line)
        except ValueError:
            result.words = []
            return result
        if export or (words and all(_ASSIGNMENT.match(word) for word in words)):
            for word in words:
                assignment = _ASSIGNMENT.match(word)
                if assignment:
                    start.environment[assignment[1]] = assignment[2]
            continue
        while words and words[0] in (*_BEGIN, *_MIDDLE, *_END):
            depth += (words[0] in _BEGIN) - (words[0] in _END)
            words = words[1:] if words[0] in _MIDDLE else []
        if words and words[0] not in _NOTHING:
            if result.words and any(word.rpartition("/")[2] in _PROXIES for word in result.words[:2]):
                result.words = []
                return result
            result.words = words if depth <= 0 else []
    return result


def _package_script(project: Project, words: list[str]) -> list[str] | None:
    """The script of package.json that `npm start`, `yarn serve` and the like run, and arguments for it."""
    manager, rest = words[0].rpartition("/")[2], words[1:]
    rest = [word for word in rest if word not in ("--silent", "-s", "--bun")]
    if manager == "deno":
        return _deno_task(project, words)
    if rest and rest[0] in ("run", "run-script"):
        rest = rest[1:]
    elif manager == "npm" and rest[:1] not in (["start"], ["test"]):
        return None
    if not rest or rest[0].startswith("-"):
        return None
    scripts = project.package.get("scripts")
    script = scripts.get(rest[0]) if isinstance(scripts, dict) else None
    if not isinstance(script, str):
        return None
    arguments = rest[1:]
    if arguments[:1] == ["--"]:
        arguments = arguments[1:]
    return [script, *arguments]


def _deno_task(project: Project, words: list[str]) -> list[str] | None:
    """The task of deno.json, or else of package.json, that `deno task start` runs, and arguments for it."""
    if len(words) < 3 or words[1] != "task":
        return None
    tasks = project.json("deno.json").get("tasks") if "deno.json" in project.names else project.package.get("scripts")
    task = tasks.get(words[2]) if isinstance(tasks, dict) else None
    if isinstance(task, dict):
        task = task.get("command")
    return [task, *words[3:]] if isinstance(task, str) else None


def script_path(project: Project, word: str) -> str | None:
    """The file of the project that a command names; None when there is none, or the image may have it elsewhere."""
    plain = word.removeprefix("./")
    parts = plain.lstrip("/").split("/")
    # in the image the project lies in a folder such as /app or /rails
    for index in range(3 if plain.startswith("/") else 1):
        tail = "/".join(parts[index:])
        if tail and project.has_file(tail):
            return tail
    return None


def _script(project: Project, word: str) -> str | None:
    """The text of a shell script of the project that a command starts."""
    path = script_path(project, word) if "/" in word or word.endswith(".sh") else None
    text = project.read(path) if path else ""
    first = text.partition("\n")[0]
    return (
        text
        if len(text) <= MAX_SCRIPT and first.startswith("#!") and any(shell in first for shell in _SHELLS)
        else None
    )


def passes_on(project: Project, words: list[str]) -> bool:
    """Whether an entrypoint starts the command that follows it: a known wrapper, or a script that ends so."""
    if not words:
        return False
    for _ in range(MAX_STEPS):
        program = words[0].rpartition("/")[2]
        if program in _WRAPPERS or " ".join([program, *words[1:2]]) in _RUNNERS:
            words = _behind(words, _WRAPPERS.get(program, ()), 1 if program in _WRAPPERS else 2)
            if not words:
                return True
        elif program in _SHELLS and len(words) > 1 and not words[1].startswith("-"):
            words = words[1:]
        else:
            text = _script(project, words[0])
            if text is not None:
                return bool(_PASSES_ON.search(text))
            # a script that is not here, such as the usual one of an official image
            return "entrypoint" in program or program.endswith(".sh") or program in ("init", "litefs")
    return True  # so long a chain is no plain case
