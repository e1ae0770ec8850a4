"""What a team wants of flylint: the nearest flylint.toml, or [tool.flylint] of the nearest pyproject.toml, upwards.

One file wins and nothing is merged. A valid file is read plainly; as soon as something in it is amiss,
`flylint.settings_errors` says everything that is wrong with it, and only that pays for jsonschema and for positions.
"""

from __future__ import annotations

import os
from functools import cache

from flylint.rules import all_rules
from flylint.severity import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from re import Pattern
    from types import SimpleNamespace as Options
    from typing import Any

    from flylint.rules import Rule

    Active = tuple[Rule, tuple[dict[str, Any], ...]]

ALL = "all"
SEVERITIES = {str(severity): severity for severity in Severity}
LISTS = ("select", "ignore", "exclude")


class SettingsProblem:
    """One thing that is wrong with a settings file. `line` and `column` count from 1; 0 when it has no place."""

    __slots__ = ("column", "file", "line", "message", "suggestion")

    def __init__(self, file: str, line: int, column: int, message: str, suggestion: str | None = None) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.suggestion = suggestion

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}" + (f": {self.suggestion}" if self.suggestion else "")


class SettingsError(Exception):
    """A settings file, or a name on the command line, that cannot be followed; all that is wrong is in `problems`."""

    def __init__(self, *problems: SettingsProblem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


MOST_KINDS = 500
"""For how many kinds of files the rules that are asked are kept: strange files come in any number of kinds."""


class Settings:
    """What to report, where and how severely.

    select, ignore    names of rules or topics, or "all"; what is ignored is ignored, even if it is also selected
    exclude           patterns of files and folders that are not linted
    per_file_ignores  pattern of files to names that are ignored there
    severity          name of a rule to the severity that its findings have
    options           name of a rule to its options
    project           whether the files beside a fly.toml are looked at
    source            the file that all this stands in; None when nothing is set
    root              the folder that patterns are relative to
    """

    def __init__(self, values: Mapping[str, Any] | None = None, source: str | None = None, root: str = "") -> None:
        values = values or {}
        self.select: list[str] = values.get("select", [ALL])
        self.ignore: list[str] = values.get("ignore", [])
        self.exclude: list[str] = values.get("exclude", [])
        self.per_file_ignores: dict[str, list[str]] = values.get("per-file-ignores", {})
        self.project: bool = values.get("project", True)
        self.source = source
        self.root = root or os.getcwd()
        names = rule_names()
        self.severity = {names[name]: SEVERITIES[level] for name, level in values.get("severity", {}).items()}
        self.options: dict[str, dict[str, Any]] = {
            names[name]: options for name, options in values.get("rules", {}).items()
        }
        self._start()

    def _start(self) -> None:
        self._names = expand(self.select) - expand(self.ignore)
        self._active: dict[tuple[frozenset[str], Severity, frozenset[str]], list[Active]] = {}

    def changed(self, select: list[str] | None, ignore: list[str], no_project: bool) -> Settings:
        """These settings as the command line changes them: `select` replaces both lists, `ignore` adds to one."""
        if select is None and not ignore and not no_project:
            return self
        from copy import copy

        changed = copy(self)
        if select is not None:
            changed.select, changed.ignore = select, []
        changed.ignore = [*changed.ignore, *ignore]
        changed.project = self.project and not no_project
        changed._start()
        return changed

    def wanted(self, file: str) -> frozenset[str]:
        """The names of the rules whose findings are wanted in a file."""
        wanted = self._names
        for pattern in self._matching(self.per_file_ignores, file):
            wanted -= expand(self.per_file_ignores[pattern])
        return wanted

    def active(self, file: str, least: Severity, marks: AbstractSet[str]) -> list[Active]:
        """The rules that are wanted in a file and can find something that severe in one with these marks (`App.marks`).

        Each comes with what its function takes besides the app: its options, if it has any.
        """
        wanted = self.wanted(file)
        needed = _needed().intersection(marks)
        active = self._active.get((wanted, least, needed))
        if active is None:
            rules = [rule for rule in all_rules().values() if rule.name in wanted]
            rules = [rule for rule in rules if not rule.needs or not rule.needs.isdisjoint(needed)]
            rules = [rule for rule in rules if self.severity.get(rule.name, rule.up_to) >= least]
            active = [(rule, (self.options_of(rule),) if rule.options else ()) for rule in rules]
            if len(self._active) >= MOST_KINDS:
                self._active.clear()
            self._active[wanted, least, needed] = active
        return active

    def severity_of(self, rule: Rule) -> Severity | None:
        """The severity that the findings of a rule have here; None for the one that the rule gives them."""
        return self.severity.get(rule.name)

    def options_of(self, rule: Rule) -> dict[str, Any]:
        """The options of a rule: its defaults, and over them what is set here."""
        return {**rule.options, **self.options.get(rule.name, {})}

    def excludes(self, path: str) -> bool:
        """Whether a file or folder is not to be linted, because it or a folder that it is in matches `exclude`."""
        return next(self._matching(self.exclude, path), None) is not None

    def _matching(self, patterns: Iterable[str], path: str) -> Iterator[str]:
        """The patterns that a path matches."""
        if not patterns:
            return
        try:
            path = os.path.relpath(path, self.root)
        except ValueError:  # another drive: no relative pattern reaches there
            return
        if os.sep != "/":
            path = path.replace(os.sep, "/")
        yield from (pattern for pattern in patterns if _pattern(pattern).match(path))


@cache
def _needed() -> frozenset[str]:
    """All that any rule needs."""
    return frozenset().union(*(rule.needs for rule in all_rules().values()))


def rule_names() -> dict[str, str]:
    """The name of each rule by that name and by each of its old names."""
    return {name: rule.name for rule in all_rules().values() for name in (rule.name, *rule.aliases)}


def topics() -> set[str]:
    """The topics that rules belong to."""
    return {rule.topic for rule in all_rules().values()}


def expand(names: Iterable[str]) -> frozenset[str]:
    """The names of the rules that a list of rule names, old ones too, topics and "all" stands for."""
    rules = all_rules()
    expanded: set[str] = set()
    for name in names:
        if name == ALL:
            expanded.update(rules)
        elif name in rules:
            expanded.add(name)
        else:
            expanded.update(rule.name for rule in rules.values() if name == rule.topic or name in rule.aliases)
    return frozenset(expanded)


def suggestion(name: str, known: Iterable[str]) -> str | None:
    """The question whether a similar name was meant."""
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), known, 1, 0.6)
    return f"did you mean `{close[0]}`?" if close else None


def require_names(option: str, names: Iterable[str]) -> None:
    """Raise SettingsError when an option of the command line names a rule or topic that is not there."""
    known = {ALL, *rule_names(), *topics()}
    problems = [
        SettingsProblem(option, 0, 0, f"there is no rule or topic `{name}`", suggestion(name, known))
        for name in names
        if name not in known
    ]
    if problems:
        raise SettingsError(*problems)


@cache
def _pattern(pattern: str) -> Pattern[str]:
    """The expression for a pattern: `*` and `?` stay within a name, `**` crosses folders, what matches holds below too.

    A pattern without `/` matches a name in any folder; one with `/` starts at the folder of the settings file.
    """
    import re

    from flylint.globs import ALL, ANY, FOLDERS, MAX_LENGTH, joined

    body = pattern.removeprefix("./").removeprefix("/").rstrip("/")
    if len(body) > MAX_LENGTH:
        return re.compile(r"\Z.")  # matches nothing
    pieces = [] if "/" in pattern.rstrip("/") else [FOLDERS]
    wildcards = {"*": ANY, "?": "[^/]", "**": ALL, "**/": FOLDERS}
    for token in re.findall(r"\*\*/|\*\*|\[!?[^\]/]+\]|.", body, re.DOTALL):
        if token in wildcards:
            pieces.append(wildcards[token])
        elif token[0] == "[" and len(token) > 1:
            inner = token[1:-1].replace("\\", "\\\\").replace("[", "\\[")
            pieces.append("[" + ("^/" + inner[1:] if inner[0] == "!" else inner.replace("^", "\\^")) + "]")
        else:
            pieces.append(re.escape(token))
    try:
        return re.compile(joined(pieces) + r"(?:/.*)?\Z", re.DOTALL)
    except re.error:  # such as the range [z-a]
        return re.compile(re.escape(pattern) + r"\Z")


def find(path: str) -> str | None:
    """The settings file of a fly.toml: the nearest one upwards from its folder."""
    return find_in(os.path.dirname(os.path.abspath(path)))


@cache
def find_in(folder: str) -> str | None:
    """The settings file that holds in a folder; remembered until `forget` is called."""
    own = os.path.join(folder, "flylint.toml")
    if _is_toml(own):
        return own
    shared = os.path.join(folder, "pyproject.toml")
    if _is_toml(shared) and _has_table(shared):
        return shared
    parent = os.path.dirname(folder)
    return None if parent == folder else find_in(parent)


def _is_toml(path: str) -> bool:
    """Whether it is a file, and not a link that a stranger has set to one of another kind: messages quote what is in it."""
    return os.path.isfile(path) and (not os.path.islink(path) or os.path.realpath(path).endswith(".toml"))


def _has_table(pyproject: str) -> bool:
    """Whether a pyproject.toml has [tool.flylint]; one that cannot be read but speaks of it counts as having it."""
    try:
        with open(pyproject, "rb") as file:
            data = file.read()
    except OSError:
        return False
    if b"flylint" not in data:
        return False
    import tomli

    try:
        tool = tomli.loads(data.decode()).get("tool")
    except (ValueError, RecursionError):
        return b"tool.flylint" in data
    return isinstance(tool, dict) and "flylint" in tool


def forget() -> None:
    """Look for settings files anew: the language server calls this when one has changed on disk."""
    find_in.cache_clear()
    _loaded.cache_clear()


MAX_SIZE = 2**20
"""The longest settings file in bytes; real ones have a few hundred."""


def load(path: str) -> Settings:
    """The settings in a file. Raises SettingsError with everything that is wrong with it."""
    loaded = _loaded(path)
    if isinstance(loaded, SettingsError):
        raise loaded
    return loaded


@cache
def _loaded(path: str) -> Settings | SettingsError:
    """The settings in a file, or everything that is wrong with it, which takes time to find out."""
    import tomli

    at = ("tool", "flylint") if os.path.basename(path) == "pyproject.toml" else ()
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_SIZE + 1)
        if len(data) > MAX_SIZE:
            raise OSError(None, f"more than {MAX_SIZE} bytes")
    except OSError as error:
        from flylint.discovery import reason

        return SettingsError(SettingsProblem(_for_people(path), 0, 0, reason(error)))
    values: Any
    try:
        values = tomli.loads(data.decode())
        for key in at:
            values = values.get(key, {})
        if is_plain(values):
            return Settings(values, path, os.path.dirname(os.path.abspath(path)))
    except (ValueError, RecursionError, AttributeError):
        pass  # said below, with its place
    from flylint.settings_errors import problems

    return SettingsError(*problems(_for_people(path), data, at))


class Chosen:
    """The settings of each file, as the command line has them."""

    def __init__(self, options: Options) -> None:
        if options.config and options.isolated:
            raise SettingsError(SettingsProblem("--config", 0, 0, "cannot go together with --isolated"))
        if options.select or options.ignore:
            require_names("--select", options.select or [])
            require_names("--ignore", options.ignore or [])
        self._options = options
        self._changed: dict[str | None, Settings] = {}
        if options.config:
            load(options.config)

    def of(self, file: str) -> Settings:
        """The settings of a file. Raises SettingsError."""
        options = self._options
        source = options.config or (None if options.isolated else find(file))
        settings = self._changed.get(source)
        if settings is None:
            settings = load(source) if source else Settings()
            settings = settings.changed(options.select, options.ignore or [], options.no_project)
            self._changed[source] = settings
        return settings

    def excludes(self, path: str) -> bool:
        """Whether the settings keep a file or folder out; broken settings keep nothing out and are reported later."""
        try:
            return self.of(path).excludes(path)
        except SettingsError:
            return False


def _for_people(path: str) -> str:
    """The path of a settings file in messages: relative when it is in the current folder or below."""
    here = os.path.join(os.getcwd(), "")
    return path[len(here) :] if path.startswith(here) else path


def is_plain(values: Any) -> bool:
    """Whether a table of settings is as it should be: what schemas/flylint.schema.json says, and names that exist."""
    if not isinstance(values, dict):
        return False
    names = rule_names()
    wanted = {ALL, *names, *topics()}
    levels = list(SEVERITIES)  # a list, for the value may be anything, even unhashable
    for key, value in values.items():
        if key in LISTS:
            good = _is_texts(value) and (key == "exclude" or wanted.issuperset(value))
        elif key == "project":
            good = isinstance(value, bool)
        elif key not in ("per-file-ignores", "severity", "rules") or not isinstance(value, dict):
            good = False
        elif key == "per-file-ignores":
            good = all(_is_texts(ignored) and wanted.issuperset(ignored) for ignored in value.values())
        elif key == "severity":
            good = names.keys() >= value.keys() and all(level in levels for level in value.values())
        else:
            good = all(name in names and _are_options(names[name], options) for name, options in value.items())
        if not good:
            return False
    return True


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_options(rule: str, options: Any) -> bool:
    """Whether a table holds options of a rule, each of the type of its default."""
    known = all_rules()[rule].options
    return isinstance(options, dict) and all(name in known and _is_like(known[name], options[name]) for name in options)


def _is_like(default: Any, value: Any) -> bool:
    """Whether a value is of the type of a default: lists hold texts, and a number may be whole."""
    if isinstance(default, list):
        return _is_texts(value)
    return type(value) in ((int, float) if type(default) is float else (type(default),))
