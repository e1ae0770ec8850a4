"""The command line: `flylint COMMAND`, one function per command.

What a clean file does not need is imported where it is needed: most runs are a hook or an editor, and somebody waits for
them. So check, which nearly every run is, has modules of its own (`flylint.run`), and `--version` needs none.
"""

from __future__ import annotations

import gc
import os
import sys

from flylint import __version__, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import SimpleNamespace as Options
    from typing import NoReturn


def entry() -> NoReturn:
    """Run flylint as a process of its own, from its first to its last moment.

    To take apart all that a run has made takes a sixth of its time, and the system does the same at once.
    """
    status = main()
    if sys.gettrace() or sys.getprofile():
        sys.exit(status)  # somebody measures, and has something to write down
    streams.leave(status)


def main(words: Sequence[str] | None = None) -> int:
    """Run flylint with the words of the command line and return the exit status."""
    streams.prepare()
    words = list(sys.argv[1:] if words is None else words)
    try:
        os.getcwd()
    except OSError:
        return streams.wrong("the current folder is gone")
    try:
        if words[:1] == ["--version"]:
            return streams.write(f"flylint {__version__}\n")
        from flylint import arguments

        if words[:1] in (["-h"], ["--help"]):
            return streams.write(arguments.overview().format_help())
        name = words.pop(0) if words and words[0] in COMMANDS else "check"
        try:
            options = arguments.parse(name, words)
        except SystemExit as exit:  # argparse has said what there is to say
            return exit.code if isinstance(exit.code, int) else streams.WRONG
        return COMMANDS[name](options)
    except KeyboardInterrupt:
        return streams.INTERRUPTED


def check(options: Options) -> int:
    """Lint files and print what was found."""
    gc.disable()  # what is made until the first file is read stays: there is no garbage in it
    try:
        from flylint import run

        return run.check(options)
    finally:
        gc.enable()


def rules(options: Options) -> int:
    """Print what rules there are."""
    from flylint.rules import all_rules

    known = sorted(all_rules().values(), key=lambda rule: (rule.topic, rule.name))
    if options.format == "json":
        import json

        entries = [
            {
                "name": rule.name,
                "severity": str(rule.severity),
                "topic": rule.topic,
                "enforced_by": rule.enforced_by,
                "fix": rule.fix,
                "summary": rule.summary,
                "url": rule.url,
            }
            for rule in known
        ]
        return streams.write(json.dumps({"version": 1, "rules": entries}, indent=2, ensure_ascii=False) + "\n")
    lines: list[str] = []
    topic = ""
    for rule in known:
        if rule.topic != topic:
            topic = rule.topic
            lines.append(f"\n{topic}" if lines else topic)
        lines.append(f"  {rule.severity!s:7}  {rule.name}: {rule.summary}" + (f" [{rule.fix} fix]" if rule.fix else ""))
    return streams.write("\n".join(lines) + "\n")


def explain(options: Options) -> int:
    """Print the page of a rule."""
    from flylint import pages
    from flylint.settings import rule_names, suggestion

    names = rule_names()
    name = names.get(options.rule)
    if name is None:
        hint = suggestion(options.rule, names) or "`flylint rules` lists them"
        return streams.wrong(f"there is no rule `{options.rule}`: {hint}")
    page = pages.page(name)
    color = streams.wants_color(options.color, sys.stdout)
    if color or streams.is_terminal(sys.stdout):
        page = pages.drawn(page, streams.width(sys.stdout), color)
    return streams.write(page)


def schema(options: Options) -> int:
    """Print the JSON Schema of fly.toml or of the settings."""
    if options.settings:
        import json

        from flylint.settings_errors import schema

        return streams.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
    from flylint.schema import schema_path

    with open(schema_path(), encoding="utf-8") as file:
        return streams.write(file.read())


def settings(options: Options) -> int:
    """Print the settings that hold for a file or folder and which files they let through."""
    from flylint.discovery import discover
    from flylint.output.text import visible
    from flylint.settings import Chosen, SettingsError
    from flylint.settings_report import described

    options.select, options.ignore, options.no_project = None, None, False
    path = os.path.join(options.path, "fly.toml") if os.path.isdir(options.path) else options.path
    try:
        chosen = Chosen(options)
        lines = described(chosen.of(path))
    except SettingsError as error:
        return streams.wrong_settings(error)
    found = discover([options.path], chosen.excludes)
    lines = [*lines, "", f"# files that are linted: {len(found.files)}", *(f"# {file}" for file in found.files)]
    status = streams.write("".join(f"{visible(line)}\n" for line in lines))
    for problem in found.problems:
        status = streams.wrong(problem)
    return status


def server(options: Options) -> int:
    """Run the language server."""
    try:
        from flylint.server import main as serve
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        return streams.wrong("the language server needs the extra `lsp`: pip install 'flylint[lsp]'")
    serve()
    return streams.OK


def completion(options: Options) -> int:
    """Print a completion script."""
    from flylint import arguments

    try:
        from flylint.completion import script
    except ImportError as error:
        if error.name != "shtab":
            raise
        return streams.wrong("completion scripts need the extra `completion`: pip install 'flylint[completion]'")
    parser = arguments.overview()
    for flag, keywords in arguments.CHECK.items():  # `check` need not be said
        parser.add_argument(flag, **keywords)
    return streams.write(script(parser, options.shell))


COMMANDS: dict[str, Callable[[Options], int]] = {
    "check": check,
    "rules": rules,
    "explain": explain,
    "schema": schema,
    "settings": settings,
    "server": server,
    "completion": completion,
}
"""The function of each command; `flylint.arguments` has what it takes."""
