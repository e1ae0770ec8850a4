"""The words of the command line: which commands there are, what each takes, and how that is read.

argparse takes half as long to start as Python itself, so it is there for help and to say what is wrong.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace as Options

from flylint import __version__, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, HelpFormatter
    from collections.abc import Callable
    from typing import Any

    Arguments = Callable[[ArgumentParser], None]

FORMATS = ("full", "concise", "json", "sarif", "github", "gitlab", "junit")
LEVELS = ("error", "warning", "info")


def parser_of(name: str) -> ArgumentParser:
    """The parser of one command."""
    from argparse import ArgumentParser

    summary, arguments = COMMANDS[name]
    parser = ArgumentParser(prog=f"flylint {name}", description=summary, formatter_class=_formatter, allow_abbrev=False)
    arguments(parser)
    return parser


def _formatter(prog: str) -> HelpFormatter:
    """The layout of help texts. argparse makes one for each argument, and without a width imports shutil for it."""
    from argparse import RawDescriptionHelpFormatter

    return RawDescriptionHelpFormatter(prog, max_help_position=26, width=min(streams.width(sys.stdout), 100))


def parse(name: str, words: list[str]) -> Options:
    """The options in the words of a command."""
    options = read_plainly(words) if name == "check" else None
    return options or parser_of(name).parse_args(words, Options())


def overview() -> ArgumentParser:
    """The parser of the whole command line: for its help and for completion."""
    from argparse import ArgumentParser

    parser = ArgumentParser(
        prog="flylint",
        usage="flylint [check] [PATH ...] [OPTION ...]\n       flylint COMMAND ...",
        description="Find what is wrong with a fly.toml before a deploy does, without network, login or flyctl.",
        epilog="`flylint check --help` lists the options of check; every other command has its own --help as well.\n"
        "exit status: 0 nothing found, 1 findings, 2 the run itself went wrong",
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"flylint {__version__}", help="print the version")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, (summary, arguments) in COMMANDS.items():
        arguments(commands.add_parser(name, help=summary, description=summary, formatter_class=_formatter))
    return parser


def _names(text: str) -> list[str]:
    """The names in `a,b`."""
    return [name.strip() for name in text.split(",") if name.strip()]


CHECK: dict[str, dict[str, Any]] = {
    "--format": {"choices": FORMATS, "default": "full", "help": "form of the findings (default: full)"},
    "--output": {"metavar": "FILE", "help": "write them to FILE and keep the readable form for the terminal"},
    "--severity": {
        "choices": LEVELS,
        "default": "warning",
        "help": "show findings from here upwards (default: warning)",
    },
    "--fail-on": {
        "choices": (*LEVELS, "never"),
        "default": "warning",
        "help": "exit with 1 for findings from here upwards, shown or not (default: warning)",
    },
    "--select": {
        "action": "extend",
        "type": _names,
        "metavar": "RULES",
        "help": "only these rules or topics, whatever the settings select and ignore",
    },
    "--ignore": {"action": "extend", "type": _names, "metavar": "RULES", "help": "not these rules or topics"},
    "--fix": {"action": "store_true", "help": "apply the safe fixes"},
    "--unsafe-fixes": {"action": "store_true", "help": "with --fix or --diff: apply the unsafe ones as well"},
    "--diff": {"action": "store_true", "help": "show what --fix would change, and change nothing"},
    "--add-ignore": {"action": "store_true", "help": "write an ignore comment for each finding that is left"},
    "--config": {"metavar": "FILE", "help": "take the settings from FILE"},
    "--isolated": {"action": "store_true", "help": "use no settings file at all"},
    "--no-project": {"action": "store_true", "help": "do not look at the files beside fly.toml"},
    "--stdin-filename": {"metavar": "FILE", "help": "name of what comes from standard input"},
    "--color": {"choices": ("auto", "always", "never"), "default": "auto", "help": "(default: auto)"},
    "--statistics": {"action": "store_true", "help": "count the findings of each rule"},
    "--quiet": {"action": "store_true", "help": "print findings and failures, nothing else"},
}
"""The options of check, as argparse takes them."""


def _check_arguments(parser: ArgumentParser) -> None:
    paths = "file, folder, pattern, or - for standard input (default: .)"
    parser.add_argument("paths", nargs="*", metavar="PATH", help=paths)
    for flag, keywords in CHECK.items():
        parser.add_argument(flag, **keywords)


def read_plainly(words: list[str]) -> Options | None:
    """The options of check in words that are plainly right; None for all others.

    Nearly every run begins here, and argparse takes half as long to start as Python itself: it is there for help and to
    say what is wrong.
    """
    options = Options(paths=[])
    for flag, keywords in CHECK.items():
        setattr(
            options, _field(flag), keywords.get("default", False if keywords.get("action") == "store_true" else None)
        )
    rest = iter(words)
    for word in rest:
        flag, equals, value = word.partition("=")
        keywords = CHECK.get(flag, {})
        if word == "--":
            options.paths += rest
        elif word == "-" or not word.startswith("-"):
            options.paths.append(word)
        elif not keywords:
            return None
        elif keywords.get("action") == "store_true":
            if equals:
                return None
            setattr(options, _field(flag), True)
        else:
            if not equals:
                value = next(rest, "-")
                if value.startswith("-"):
                    return None
            if value not in keywords.get("choices", (value,)):
                return None
            if keywords.get("action") == "extend":
                setattr(options, _field(flag), [*(getattr(options, _field(flag)) or []), *_names(value)])
            else:
                setattr(options, _field(flag), value)
    return options


def _field(flag: str) -> str:
    """The field of the options that holds the value of `--some-flag`: `some_flag`."""
    return flag[2:].replace("-", "_")


def _rules_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="(default: text)")


def _explain_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", help="name of a rule, as it stands in the brackets of a finding")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="(default: auto)")


def _schema_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--settings", action="store_true", help="that of flylint.toml instead, with all rules")


def _show_settings_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="file or folder (default: .)")
    for flag in ("--config", "--isolated"):
        parser.add_argument(flag, **CHECK[flag])


def _completion_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def _server_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--stdio", action="store_true", help="speak over stdin and stdout; it always does")


def _no_arguments(parser: ArgumentParser) -> None:
    pass


COMMANDS: dict[str, tuple[str, Arguments]] = {
    "check": ("lint files (the default)", _check_arguments),
    "rules": ("list the rules", _rules_arguments),
    "explain": ("show the page of a rule", _explain_arguments),
    "schema": ("print the JSON Schema of fly.toml", _schema_arguments),
    "settings": ("show the settings of a file and which files are linted", _show_settings_arguments),
    "server": ("run the language server", _server_arguments),
    "completion": ("print the completion script of a shell", _completion_arguments),
}
"""Each command with its summary and its arguments."""
