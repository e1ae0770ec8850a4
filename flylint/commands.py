"""What a command line says: flyctl splits it into words and starts the first one; no shell reads it on the way."""

from __future__ import annotations

from flylint.pattern import pattern
from flylint.values import mark_words, split_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# programs that answer requests and do not end
WEB_SERVERS = [
    *(f"{tool} {step}" for tool in ("npm", "yarn", "pnpm", "bun") for step in ("start", "run start", "run dev")),
    *("next start", "node server.js", "gunicorn", "uvicorn", "hypercorn", "daphne", "flask run", "fastapi run"),
    *("manage.py runserver", "rails server", "rails s", "puma", "thrust", "mix phx.server", "artisan serve"),
    *("nginx", "caddy run"),
]

SHELLS = ("sh", "bash", "ash", "dash", "zsh", "ksh")

# what only a shell knows as a command
_BUILTINS = (
    "cd", "export", "source", ".", "set", "unset", "eval", "exec", "trap", "ulimit", "umask", "if", "for", "while",
    "until", "case", "[[",
)  # fmt: skip
_OPERATOR = pattern(r"&&|\|\|?|;|&|\|&|\d?<<?<?|(?:\d|&)?>>?(?:[&\w./].*)?|<[\w./].*|[<>]\(.*")
# between words without a blank; where a URL or an expression of some kind may be meant, it is left alone
_JOINED = pattern(
    r"[^?()\[\]{}^\"]*?(?P<list>&&|\|\|)"
    r"|[\w./:@+-]*(?P<pipe>\|&?)[\w./:@+-]*(?:\||\Z)"
    r"|[\w./:@+=-]*\w(?P<redirect>>>|>(?=[/&]))"
    r"|[^?]*\w(?P<end>[;&])\Z"
)
# the same, where it may be a part of the word after all
_JOINED_PERHAPS = pattern(r"[\w./-]+;[\w./-]+|[\w./-]*\w[<>][A-Za-z./][\w./-]*")
# options of package managers with the folder or the package that they work on
_NAMING = ("--prefix", "-C", "--cwd", "--dir", "--filter", "-F", "-w", "--workspace")
_VARIABLE = pattern(r"\$(?:\w+|\{[^}]*\}?|\(.*)|`.*")
_OWN_VARIABLE = pattern(r"\$(?:[A-Z_][A-Z0-9_]*|\{[A-Z_][A-Z0-9_]*\}|\(.*)")
_ASSIGNMENT = pattern(r"[A-Za-z_]\w*=")
_PATTERN = pattern(r"[\w.-]*/[\w./-]*\*[\w.*/-]*|\*\.\w+")
_DEFAULT = pattern(r"[^\w${}].*")
_SHELL_CHARACTERS = frozenset("&|;<>$`*~")  # one of them is in all of these but the builtins and the assignment
_OF_BASH = pattern(
    r"(?:^|[\s;&|(])(?:source|\[\[|function|declare|shopt|pushd|let)\s"
    r"|[<>]\(|&>|\|&|<<<|\(\(|\$'|\$\{\w+(?:\[|/|:\d|\^|,)|\{[\w.]+,[\w.]+"
)
_IN_BACKGROUND = pattern(r"(?<![&\\>])&\s*\Z")
_POSITIONAL = pattern(r"\$\{?[0-9@*#]")


class Shellism:
    """A piece of shell language. `sure`: hardly anything but a shell could make sense of it."""

    __slots__ = ("sure", "text")

    def __init__(self, text: str, sure: bool = True) -> None:
        self.text = text
        self.sure = sure


class Script:
    """The script that a command hands to a shell with -c.

    shell   the index of the shell among the words
    index   the index of the script among the words, which may be behind the last one
    """

    __slots__ = ("index", "shell")

    def __init__(self, shell: int, index: int) -> None:
        self.shell = shell
        self.index = index


def find_script(words: Sequence[str], shells: Iterable[str] = SHELLS) -> Script | None:
    """Where a command hands a script to a shell, also behind another program such as tini; None if it does not."""
    for shell, word in enumerate(words):
        if _base(word) not in shells:
            continue
        index = shell + 1
        while index < len(words) and words[index].startswith(("-", "+")):
            option = words[index]
            if option[1:].isalpha() and option[0] == "-" and "c" in option:
                return Script(shell, index + 1)
            index += 2 if option in ("-o", "+o", "-O", "+O") else 1
    return None


def shellisms(command: str, shells: Iterable[str] = SHELLS) -> list[Shellism]:
    """The shell language in a command that no shell gets to read, each piece once. [] when it cannot be split."""
    marked = _marked(command)
    script = find_script([word for word, _ in marked], shells)
    found: dict[str, Shellism] = {}
    before = None
    for word, marks in marked[: script.shell] if script else marked:
        piece = _in_word(word, marks, before)
        if piece:
            found.setdefault(piece.text, piece)
        before = word
    return list(found.values())


def _in_word(word: str, marks: str, before: str | None) -> Shellism | None:
    """The first piece of shell language in a word. `before`: the word before it, if there is one."""
    if before is not None and _SHELL_CHARACTERS.isdisjoint(word):
        return None
    bare = "".join(c if mark == "." else "\0" for c, mark in zip(word, marks, strict=True))
    if _OPERATOR.fullmatch(bare):
        return Shellism(word)
    if before is None and (word in _BUILTINS or _ASSIGNMENT.match(bare)):
        return Shellism(word.partition("=")[0] + "=…" if "=" in word else word)
    optional = word.startswith("-") or (before or "").startswith("-")  # the value of an option may have a language
    joined = _JOINED.match(bare)
    if joined:
        return Shellism(joined[joined.lastgroup or 0], sure=not (joined["pipe"] and optional))
    variable = _VARIABLE.search(bare)
    if variable:
        return Shellism(_shown(variable[0]))
    expanded = "".join(c if mark != "'" else "\0" for c, mark in zip(word, marks, strict=True))
    variable = _OWN_VARIABLE.search(expanded)
    if variable:
        return Shellism(_shown(variable[0]), sure=False)
    if bare.startswith("~/"):
        return Shellism("~", sure=before is None)
    if _JOINED_PERHAPS.fullmatch(bare) and (not optional or "." in word):
        return Shellism(next(c for c in bare if c in ";<>"), sure=False)
    return Shellism(word, sure=False) if _PATTERN.fullmatch(bare) else None


def in_foreground(command: str) -> str:
    """A command without the `&` at its end: a shell would start it and end at once, and the Machine with it."""
    return _IN_BACKGROUND.sub("", command).rstrip()


def shell_for(command: str) -> str:
    """The shell that understands a command: `bash` for what not every `sh` knows."""
    return "bash" if _OF_BASH.search(command) else "sh"


def _shown(expansion: str) -> str:
    """How messages call it: without the command that it runs or the default that it falls back to."""
    if expansion.startswith(("$(", "`")):
        return "$(…)"
    return _DEFAULT.sub("…}", expansion) if expansion[1] == "{" else expansion


def lost_words(command: str, shells: Iterable[str] = SHELLS) -> tuple[list[str], list[str]] | None:
    """When a shell gets only the first word of what was to be its script: the words up to -c, and the others."""
    marked = _marked(command)
    words = [word for word, _ in marked]
    script = find_script(words, shells)
    if script is None or len(words) <= script.index + 1:
        return None
    if set(marked[script.index][1]) - {"."} and _base(words[script.index + 1]) in (*shells, "_", "-", "--"):
        return None  # a name for `$0`, and then the script's own arguments
    return None if _POSITIONAL.search(words[script.index]) else (words[: script.index], words[script.index :])


def spoken_words(command: str, shells: Iterable[str] = SHELLS) -> list[str]:
    """The words of a command, with those of its script in their place, and programs without their folders.

    A `;` is a word of its own, also where the shell would need no blank before it.
    """
    words = [word for word, _ in _marked(command)]
    script = find_script(words, shells)
    if script and script.index < len(words):
        try:
            words[script.index : script.index + 1] = split_words(words[script.index])
        except ValueError:
            pass
    parted: list[str] = []
    for word in words:
        parted.append(_base(word.rstrip(";") or word))
        if len(word) > 1 and word.endswith(";"):
            parted.append(";")
    return parted


def without_options(words: Iterable[str]) -> list[str]:
    """The words of a command without its options, and without the folders and packages that some of them name."""
    kept, named = [], False
    for word in words:
        if word.startswith("-"):
            named = word in _NAMING
            continue
        if not named:
            kept.append(word)
        named = False
    return kept


def spoken(words: Sequence[str], phrases: Iterable[str]) -> str | None:
    """The first of some phrases, such as `npm run build`, whose words follow each other in a command."""
    text = " ".join(words)
    for phrase in phrases:
        if " ".join(phrase.split()) in text and behind(words, phrase) is not None:
            return phrase
    return None


def behind(words: Sequence[str], phrase: str) -> Sequence[str] | None:
    """The words that follow a phrase; None when a command does not have it."""
    wanted = phrase.split()
    for index in range(len(words) - len(wanted) + 1):
        if words[index : index + len(wanted)] == wanted:
            return words[index + len(wanted) :]
    return None


def _marked(command: str) -> list[tuple[str, str]]:
    try:
        return mark_words(command)
    except ValueError:
        return []


def _base(word: str) -> str:
    return word.rpartition("/")[2] or word
