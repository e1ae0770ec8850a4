"""Completion scripts for shells: shtab writes them from the parsers; here stands what only flylint knows.

A parser does not say which words are files and which are rules, and in the whole command line the words of `check` may
stand without its name: `flylint --fix fly.toml`.
"""

from __future__ import annotations

from argparse import ArgumentParser, _SubParsersAction

import shtab

from flylint.settings import ALL, rule_names, topics

# The words of shtab's scripts that offer files where a command could stand as well: what is set before shtab's own
# functions in bash, after them in zsh, and behind everything in fish, which forgets the rest there.
_FILES_IN_BASH = "_shtab_flylint_pos_0_COMPGEN=_shtab_compgen_files"
_FILES_IN_ZSH = """\
functions[_flylint_commands]=$functions[_shtab_flylint_commands]
_shtab_flylint_commands() {
  _flylint_commands
  _files
}"""
_FILES_IN_FISH = "complete -c flylint -n _shtab_flylint_using -F\n"


def script(parser: ArgumentParser, shell: str) -> str:
    """The completion script of bash, zsh or fish for the whole command line. The parser is of no other use afterwards."""
    _say_what_words_are(parser)
    preamble = {"bash": _FILES_IN_BASH, "zsh": _FILES_IN_ZSH}.get(shell, "")
    text: str = shtab.complete(parser, shell=shell, preamble=preamble)
    return text.rstrip("\n") + "\n" + (_FILES_IN_FISH if shell == "fish" else "")


def _say_what_words_are(parser: ArgumentParser) -> None:
    """Tell shtab by the names of the values which of them are files and which are rules."""
    rules = sorted(rule_names())
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for command in action.choices.values():
                _say_what_words_are(command)
        elif action.metavar in ("FILE", "PATH"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar == "RULE":
            action.choices = rules
        elif action.metavar == "RULES":
            action.choices = [ALL, *sorted(topics()), *rules]
