"""The command line: arguments, streams and exit codes. The only place that prints or exits.

Findings go to stdout and nothing else does there; everything else goes to stderr. What a clean file does not need is
imported where it is needed: most runs are a hook or an editor, and somebody waits for them.
"""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace as Options

from flylint import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, HelpFormatter
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from flylint.diagnostic import Diagnostic
    from flylint.engine import Failure, Result
    from flylint.output import Report
    from flylint.settings import Settings, SettingsError

    Arguments = Callable[[ArgumentParser], None]
    Command = Callable[[Options], int]

OK, FINDINGS, WRONG, INTERRUPTED = 0, 1, 2, 130
"""The exit statuses: nothing at or above the threshold, findings, the run itself went wrong, stopped from outside."""

FORMATS = ("full", "concise", "json", "sarif", "github", "gitlab", "junit")
FOR_PEOPLE = ("full", "concise")
LEVELS = ("error", "warning", "info")

MAX_SIZE = 2 * 2**20
"""The longest input in bytes; real files have a few thousand."""

STDIN_NAME = "<stdin>"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run flylint with the words of the command line and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # no text may break on the encoding of a terminal
            stream.reconfigure(errors="backslashreplace")
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if words[:1] == ["--version"]:
            return _print(f"flylint {__version__}\n")
        if words[:1] in (["-h"], ["--help"]):
            return _print(_overview().format_help())
        name = words.pop(0) if words and words[0] in COMMANDS else "check"
        try:
            options = _parse(name, words)
        except SystemExit as exit:  # argparse has said what there is to say
            return exit.code if isinstance(exit.code, int) else WRONG
        return COMMANDS[name][2](options)
    except KeyboardInterrupt:
        return INTERRUPTED


def _print(text: str | bytes) -> int:
    """Write to stdout; bytes as they are. A reader that has gone away (`flylint | head -1`) is no reason to fail; a full disk is one."""
    try:
        if isinstance(text, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(text)
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # the interpreter flushes once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _wrong(f"cannot write the output: {error.strerror}")
    return OK


def _print_exactly(text: str) -> int:
    """Write what programs read to stdout: in UTF-8, whatever a terminal here would want."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
    return _print(text)


def _say(text: str) -> None:
    """Write a line to stderr, for people."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        pass  # nobody is left to tell


def _wrong(text: str) -> int:
    """Say why the run cannot do what it was asked for."""
    _say(f"flylint: {text}")
    return WRONG


def _wrong_settings(error: SettingsError) -> int:
    """Say everything that is wrong with the settings."""
    for problem in error.problems:
        _wrong(str(problem))
    return WRONG


# arguments


def _parser(name: str) -> ArgumentParser:
    """The parser of one command."""
    from argparse import ArgumentParser

    summary, arguments, _ = COMMANDS[name]
    parser = ArgumentParser(prog=f"flylint {name}", description=summary, formatter_class=_formatter, allow_abbrev=False)
    arguments(parser)
    return parser


def _formatter(prog: str) -> HelpFormatter:
    """The layout of help texts. argparse makes one for each argument, and without a width imports shutil for it."""
    from argparse import RawDescriptionHelpFormatter

    return RawDescriptionHelpFormatter(prog, max_help_position=26, width=min(_width(sys.stdout), 100))


def _parse(name: str, words: list[str]) -> Options:
    """The options in the words of a command."""
    options = _read_plainly(words) if name == "check" else None
    return options or _parser(name).parse_args(words, Options())


def _overview() -> ArgumentParser:
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
    for name, (summary, arguments, _) in COMMANDS.items():
        arguments(commands.add_parser(name, help=summary, description=summary, formatter_class=_formatter))
    return parser


def _names(text: str) -> list[str]:
    """The names in `a,b`."""
    return [name.strip() for name in text.split(",") if name.strip()]


_CHECK: dict[str, dict[str, Any]] = {
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
    for flag, keywords in _CHECK.items():
        parser.add_argument(flag, **keywords)


def _read_plainly(words: list[str]) -> Options | None:
    """The options of check in words that are plainly right; None for all others.

    Nearly every run begins here, and argparse takes half as long to start as Python itself: it is there for help and to
    say what is wrong.
    """
    options = Options(paths=[])
    for flag, keywords in _CHECK.items():
        setattr(
            options, _field(flag), keywords.get("default", False if keywords.get("action") == "store_true" else None)
        )
    rest = iter(words)
    for word in rest:
        flag, equals, value = word.partition("=")
        keywords = _CHECK.get(flag, {})
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


def _show_settings_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="file or folder (default: .)")
    for flag in ("--config", "--isolated"):
        parser.add_argument(flag, **_CHECK[flag])


def _completion_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def _no_arguments(parser: ArgumentParser) -> None:
    pass


# check


class _Chosen:
    """The settings of each file, as the command line has them."""

    def __init__(self, options: Options) -> None:
        from flylint.settings import SettingsError, SettingsProblem, load, require_names

        if options.config and options.isolated:
            raise SettingsError(SettingsProblem("--config", 0, 0, "cannot go together with --isolated"))
        if options.select or options.ignore:
            require_names("--select", options.select or [])
            require_names("--ignore", options.ignore or [])
        self._options = options
        self._changed: dict[str | None, Settings] = {}
        self._broken: set[str] = set()
        if options.config:
            load(options.config)

    def of(self, file: str) -> Settings:
        """The settings of a file. Raises SettingsError."""
        from flylint.settings import Settings, find, load

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
        from flylint.settings import SettingsError

        try:
            return self.of(path).excludes(path)
        except SettingsError:
            return False


class _Check:
    """One run of check: what it has found so far and whether anything went wrong."""

    def __init__(self, options: Options, chosen: _Chosen) -> None:
        from flylint.severity import Severity

        self.options = options
        self.chosen = chosen
        self.files: list[str] = []
        self.shown: list[Diagnostic] = []
        self.texts: dict[str, str] = {}
        self.hidden = 0
        self.failing = 0
        self.changed = 0
        self.fixed = 0
        self.ignored = 0  # findings that got an ignore comment
        self.status = OK
        self._said: set[str] = set()
        levels = [*reversed(LEVELS), "never"]
        self._show_from, self._fail_from = levels.index(options.severity), levels.index(options.fail_on)
        mending = options.fix or options.diff or options.add_ignore
        self._least = Severity.INFO if mending else Severity(min(self._show_from, self._fail_from))

    def name_of(self, path: str) -> str:
        """What a file is called: standard input may have been given a name."""
        from flylint.discovery import STDIN

        return path if path != STDIN else self.options.stdin_filename or STDIN_NAME

    def wrong(self, text: str) -> None:
        """Report something that went wrong, once; the run goes on."""
        if text not in self._said:
            self._said.add(text)
            self.status = _wrong(text)

    def lint(self, path: str) -> None:
        """Lint a file and keep what is to be shown."""
        from flylint.document import Document
        from flylint.engine import check
        from flylint.project import Project
        from flylint.settings import SettingsError

        name = self.name_of(path)
        try:
            settings = self.chosen.of(name)
            data = _read(path)
            document = Document.from_bytes(data, name)
            project = Project.beside(name) if settings.project and name != STDIN_NAME else None
            result = check(document, settings, self._least, project)
            if self.options.fix or self.options.diff or self.options.add_ignore:
                result = self._mend(path, data, result, settings)
        except SettingsError as error:
            for problem in error.problems:
                self.wrong(str(problem))
            return
        except _Refused as error:
            self.wrong(f"{name}: {error}")
            return
        except Exception as error:  # one file that flylint stumbles over must not hide the findings of the others
            self.wrong(f"flylint itself failed on {name} {_origin(error)}; {PLEASE_REPORT}")
            return
        self._keep(name, result)

    def _keep(self, name: str, result: Result) -> None:
        self.files.append(name)
        for failure in result.failures:
            self.wrong(f"the rule `{failure.rule}` failed on {failure.file} {_last_line(failure)}; {PLEASE_REPORT}")
        shown = [diagnostic for diagnostic in result.diagnostics if diagnostic.severity >= self._show_from]
        if shown:
            from flylint.credentials import masked

            self.shown += shown
            self.texts[name] = masked(result.document)  # the code frames of a log must not give secrets away
            for label in (label for diagnostic in shown for label in diagnostic.related):
                if label.file and result.project:
                    self.texts[label.file] = result.project.shown_text(label.file)
        if result.project and result.project.left_out and not self.options.quiet:
            _say(f"flylint: {name}: not looked at: {'; '.join(result.project.left_out)}")
        self.hidden += len(result.diagnostics) - len(shown)
        self.failing += sum(diagnostic.severity >= self._fail_from for diagnostic in result.diagnostics)

    def _mend(self, path: str, data: bytes, before: Result, settings: Settings) -> Result:
        """Apply fixes or add ignores; what is left to report."""
        from flylint import mend
        from flylint.discovery import STDIN, reason
        from flylint.severity import Severity

        options, name, after = self.options, before.document.name, before
        readable = before.document.text.encode("utf-8", "surrogatepass") == data  # else its text is not all there is
        remarks: tuple[str, ...] = ()
        if readable and (options.fix or not options.add_ignore):
            mended = mend.fix(before, settings, options.unsafe_fixes)
            after, remarks = mended.result, mended.remarks
            self.fixed += mended.fixed
        if readable and options.add_ignore:
            mended = mend.add_ignores(after, settings, Severity(self._show_from))
            after, remarks = mended.result, remarks + mended.remarks
            self.ignored += mended.ignored
        for remark in remarks:
            _say(f"flylint: {name}: {remark}")
        new = after.document.text.encode() if readable else data
        if new != data:
            self.changed += 1
            if options.diff:
                self.status = max(
                    self.status, _print_exactly(mend.diff(before.document.text, after.document.text, name))
                )
            elif path != STDIN:
                try:
                    mend.write(path, data, new)
                except OSError as error:
                    raise _Refused(reason(error)) from None
        if path == STDIN and not options.diff:
            self.status = max(self.status, _print(new))
        return after


PLEASE_REPORT = "this is a mistake in flylint, please report it together with the file"


class _Refused(Exception):
    """A file that cannot be read or written, with the reason."""


def _read(path: str) -> bytes:
    """The bytes of a file or of standard input, within bounds: a device or a pipe might never end."""
    from stat import S_ISREG

    from flylint.discovery import STDIN, reason

    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(MAX_SIZE + 1)
        else:
            if not S_ISREG(os.stat(path).st_mode):
                raise _Refused("not a regular file")
            with open(path, "rb") as file:
                data = file.read(MAX_SIZE + 1)
    except OSError as error:
        raise _Refused(reason(error)) from None
    if len(data) > MAX_SIZE:
        raise _Refused(f"larger than {MAX_SIZE // 2**20} MiB, which no fly.toml is")
    return data


def _origin(error: BaseException) -> str:
    """What a crash was and where, in a few words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f", {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return f"({type(error).__name__}: {error}{place})"


def _last_line(failure: Failure) -> str:
    """The same for the crash of a rule."""
    lines = failure.traceback.strip().splitlines()
    places = [line.split(",")[:2] for line in lines if line.startswith("  File ")]
    place = ", " + os.path.basename(places[-1][0].strip().removeprefix("File ").strip('"')) if places else ""
    number = ":" + places[-1][1].split()[-1] if places else ""
    return f"({lines[-1]}{place}{number})"


def _check(options: Options) -> int:
    """Lint files and print what was found."""
    from flylint.discovery import STDIN, discover
    from flylint.settings import SettingsError

    mending = options.fix or options.diff or options.add_ignore
    if options.unsafe_fixes and not (options.fix or options.diff):
        return _wrong("--unsafe-fixes needs --fix or --diff")
    if options.stdin_filename and STDIN not in options.paths:
        return _wrong("--stdin-filename needs the path `-`, which stands for standard input")
    try:
        chosen = _Chosen(options)
    except SettingsError as error:
        return _wrong_settings(error)
    run = _Check(options, chosen)
    found = discover(options.paths or ["."], lambda path: chosen.excludes(run.name_of(path)))
    for problem in found.problems:
        run.wrong(problem)
    if STDIN in options.paths and STDIN not in found.files and mending and not options.diff:
        _print(_read(STDIN))  # an editor takes what comes back for its buffer
    if found.excluded and not found.files and not options.quiet:
        _say("nothing to check: the settings exclude everything that was found")
    for path in found.files:
        run.lint(path)
    on_stdout = not (mending and (options.diff or STDIN in found.files))
    return _report(run, on_stdout)


def _report(run: _Check, on_stdout: bool) -> int:
    """Print the findings of a run; when stdout is taken by a mended text or a diff, they go to stderr or nowhere."""
    from flylint.output import Report, summary
    from flylint.rules import all_rules

    options = run.options
    report = Report(run.shown, run.files, run.texts, all_rules())
    form = options.format
    if options.output:
        failure = _write(options.output, form, report)
        if failure:
            run.wrong(failure)
        form = "full"
    if not options.diff and (run.shown or form not in FOR_PEOPLE):
        run.status = max(run.status, _print_findings(form, report, options.color, on_stdout))
    failing = run.changed if options.diff else run.failing
    if run.status == OK and failing:
        run.status = FINDINGS
    if options.statistics:
        _say_statistics(run.shown)
    if run.files and not options.quiet:
        unseen = failing and run.hidden and not run.shown and not options.diff
        shown_from = f"not shown because of --severity {options.severity}"
        done = _count_of_changes(run)
        _say(done + (f"{_count(run.hidden, 'finding')} {shown_from}." if unseen else summary(report)))
    return run.status


def _count_of_changes(run: _Check) -> str:
    """How much was mended, as sentences in front of the summary."""
    would = "would be " if run.options.diff else ""
    fixed = f"{_count(run.fixed, 'problem')} {would}fixed. " if run.fixed else ""
    return fixed + (f"{_count(run.ignored, 'ignore comment')} {would}added. " if run.ignored else "")


def _write(path: str, form: str, report: Report) -> str | None:
    """Write the findings to a file; what went wrong."""
    from flylint.discovery import reason
    from flylint.output import render

    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(render(form, report, color=False, width=80))
    except OSError as error:
        return f"{path}: {reason(error)}"
    return None


def _print_findings(form: str, report: Report, color: str, on_stdout: bool) -> int:
    """Print the findings in one form."""
    from flylint.output import render

    stream = sys.stdout if on_stdout else sys.stderr
    text = render(form, report, color=_wants_color(color, stream), width=_width(stream))
    if not on_stdout:
        _say(text.rstrip("\n"))
        return OK
    return _print(text) if form in FOR_PEOPLE else _print_exactly(text)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _say_statistics(diagnostics: Iterable[Diagnostic]) -> None:
    """How often each rule found something, most frequent first."""
    counts: dict[tuple[str, str], int] = {}
    for diagnostic in diagnostics:
        key = (diagnostic.rule, str(diagnostic.severity))
        counts[key] = counts.get(key, 0) + 1
    for (rule, severity), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        _say(f"{count:6} {severity}[{rule}]")


def _wants_color(choice: str, stream: Any) -> bool:
    """Whether to colour what goes to a stream: --color, NO_COLOR, FORCE_COLOR, else whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return _is_terminal(stream)


def _is_terminal(stream: Any) -> bool:
    """Whether a stream goes to a terminal that can do more than print."""
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def _width(stream: Any) -> int:
    """The columns of the terminal that a stream goes to, 80 where there is none."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


# the other commands


def _rules(options: Options) -> int:
    """Print what rules there are."""
    from flylint.rules import all_rules

    rules = sorted(all_rules().values(), key=lambda rule: (rule.topic, rule.name))
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
            for rule in rules
        ]
        return _print(json.dumps({"version": 1, "rules": entries}, indent=2, ensure_ascii=False) + "\n")
    lines: list[str] = []
    topic = ""
    for rule in rules:
        if rule.topic != topic:
            topic = rule.topic
            lines.append(f"\n{topic}" if lines else topic)
        lines.append(f"  {rule.severity!s:7}  {rule.name}: {rule.summary}" + (f" [{rule.fix} fix]" if rule.fix else ""))
    return _print("\n".join(lines) + "\n")


def _explain(options: Options) -> int:
    """Print the page of a rule."""
    from flylint import pages
    from flylint.settings import rule_names, suggestion

    names = rule_names()
    name = names.get(options.rule)
    if name is None:
        hint = suggestion(options.rule, names) or "`flylint rules` lists them"
        return _wrong(f"there is no rule `{options.rule}`: {hint}")
    page = pages.page(name)
    color = _wants_color(options.color, sys.stdout)
    if color or _is_terminal(sys.stdout):
        page = pages.drawn(page, _width(sys.stdout), color)
    return _print(page)


def _schema(options: Options) -> int:
    """Print the JSON Schema of fly.toml."""
    from flylint.schema import schema_path

    with open(schema_path(), encoding="utf-8") as file:
        return _print(file.read())


def _settings(options: Options) -> int:
    """Print the settings that hold for a file or folder and which files they let through."""
    from flylint.discovery import discover
    from flylint.settings import SettingsError
    from flylint.settings_report import described

    options.select, options.ignore, options.no_project = None, None, False
    path = os.path.join(options.path, "fly.toml") if os.path.isdir(options.path) else options.path
    try:
        chosen = _Chosen(options)
        settings = chosen.of(path)
    except SettingsError as error:
        return _wrong_settings(error)
    found = discover([options.path], chosen.excludes)
    lines = [
        *described(settings),
        "",
        f"# files that are linted: {len(found.files)}",
        *(f"# {file}" for file in found.files),
    ]
    status = _print("\n".join(lines) + "\n")
    for problem in found.problems:
        status = _wrong(problem)
    return status


def _server(options: Options) -> int:
    """Run the language server."""
    try:
        from flylint.server import main as serve
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        return _wrong("the language server needs the extra `lsp`: pip install 'flylint[lsp]'")
    serve()
    return OK


def _completion(options: Options) -> int:
    """Print a completion script."""
    try:
        import shtab
    except ImportError:
        return _wrong("completion scripts need the extra `completion`: pip install 'flylint[completion]'")
    return _print(shtab.complete(_overview(), shell=options.shell) + "\n")


COMMANDS: dict[str, tuple[str, Arguments, Command]] = {
    "check": ("lint files (the default)", _check_arguments, _check),
    "rules": ("list the rules", _rules_arguments, _rules),
    "explain": ("show the page of a rule", _explain_arguments, _explain),
    "schema": ("print the JSON Schema of fly.toml", _no_arguments, _schema),
    "settings": ("show the settings of a file and which files are linted", _show_settings_arguments, _settings),
    "server": ("run the language server", _no_arguments, _server),
    "completion": ("print the completion script of a shell", _completion_arguments, _completion),
}
"""Each command with its summary, its arguments and its function."""
