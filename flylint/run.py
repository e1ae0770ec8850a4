"""One run of check: finds the files, lints each, and reports what came of all of them."""

from __future__ import annotations

import os
import sys
from stat import S_IMODE, S_ISREG

from flylint import streams
from flylint.discovery import STDIN, discover, reason
from flylint.garbage import collect_seldom
from flylint.lint import Linter, Outcome, Refused, read
from flylint.settings import Chosen, SettingsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import SimpleNamespace as Options

    from flylint.diagnostic import Diagnostic
    from flylint.output import Report

FOR_PEOPLE = ("full", "concise")
"""The formats that a terminal may show as it likes; the others are for programs."""


def check(options: Options) -> int:
    """Lint files and print what was found; the exit status."""
    if options.unsafe_fixes and not (options.fix or options.diff):
        return streams.wrong("--unsafe-fixes needs --fix or --diff")
    if options.stdin_filename and STDIN not in options.paths:
        return streams.wrong("--stdin-filename needs the path `-`, which stands for standard input")
    try:
        chosen = Chosen(options)
    except SettingsError as error:
        return streams.wrong_settings(error)
    linter, run = Linter(options, chosen), Run(options)
    found = discover(options.paths or ["."], lambda path: chosen.excludes(linter.name_of(path)))
    for problem in found.problems:
        run.wrong(problem)
    if linter.mending and not options.diff and STDIN in options.paths and STDIN not in found.files:
        try:
            streams.write(read(STDIN))  # an editor takes what comes back for its buffer
        except Refused as error:
            run.wrong(f"{linter.name_of(STDIN)}: {error}")
    if found.excluded and not (found.files or found.problems or options.quiet):
        streams.say("nothing to check: the settings exclude every file that was named")
    collect_seldom()
    for outcome in _outcomes(linter, found.files):
        run.add(outcome)
    return run.report(on_stdout=not (linter.mending and (options.diff or STDIN in found.files)))


def _outcomes(linter: Linter, files: list[str]) -> Iterator[Outcome]:
    """What came of each file, in their order."""
    if len(files) == 1 or linter.writes or STDIN in files:
        return map(linter.lint, files)  # of two links to one file only the first is to be mended
    from flylint import workers

    return workers.lint(linter, files)


class Run:
    """What a run has found so far, and whether anything went wrong."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.files: list[str] = []
        self.shown: list[Diagnostic] = []
        self.texts: dict[str, str] = {}
        self.hidden = 0
        self.failing = 0
        self.changed = 0
        self.fixed = 0
        self.ignored = 0
        self.status = streams.OK
        self._said: set[str] = set()

    def wrong(self, text: str) -> None:
        """Say that something went wrong, once; the run goes on."""
        if text not in self._said:
            self._said.add(text)
            self.status = streams.wrong(text)

    def add(self, outcome: Outcome) -> None:
        """Take in what came of a file, and say what cannot wait for the report."""
        for problem in outcome.problems:
            self.wrong(problem)
        for remark in outcome.remarks:
            streams.say(f"flylint: {remark}")
        output = outcome.output
        if isinstance(output, str) and sys.stdout.isatty():  # in a pipe a diff is for programs, and exact
            from flylint.output.text import visible

            output = "\n".join(visible(line.expandtabs()) for line in output.split("\n"))
        if output:
            self.status = max(self.status, streams.write_exactly(output))
        if outcome.checked:
            self.files.append(outcome.name)
        self.shown += outcome.diagnostics
        self.texts.update(outcome.texts)
        self.hidden += outcome.hidden
        self.failing += outcome.failing
        self.changed += outcome.changed
        self.fixed += outcome.fixed
        self.ignored += outcome.ignored

    def report(self, on_stdout: bool) -> int:
        """Print the findings; when stdout is taken by a mended text or a diff, they go to stderr or nowhere.

        Returns the exit status of the run.
        """
        from flylint.output import Report, hint, summary
        from flylint.rules import all_rules

        options = self.options
        report = Report(self.shown, self.files, self.texts, all_rules())
        form = options.format
        if options.output:
            failure = _write(options.output, form, report)
            if failure:
                self.wrong(failure)
            form = "full"
        if not options.diff and (self.shown or form not in FOR_PEOPLE):
            self.status = max(self.status, _print(form, report, options.color, on_stdout))
        failing = self.changed if options.diff else self.failing
        if self.status == streams.OK and failing:
            self.status = streams.FINDINGS
        if options.statistics:
            _say_statistics(self.shown)
        if self.files and not options.quiet:
            unseen = failing and self.hidden and not self.shown and not options.diff
            shown_from = f"not shown because of --severity {options.severity}"
            rest = f"{_count(self.hidden, 'finding')} {shown_from}." if unseen else summary(report)
            more = hint(report) if form == "full" and not options.diff else None
            if more:
                streams.say(more)
            streams.say(self._changes() + rest)
        return self.status

    def _changes(self) -> str:
        """How much was mended, as sentences in front of the summary."""
        would = "would be " if self.options.diff else ""
        fixed = f"{_count(self.fixed, 'problem')} {would}fixed. " if self.fixed else ""
        return fixed + (f"{_count(self.ignored, 'ignore comment')} {would}added. " if self.ignored else "")


def _write(path: str, form: str, report: Report) -> str | None:
    """Write the findings to a file; what went wrong."""
    from flylint.output import render

    try:
        _write_whole(path, render(form, report, color=False, width=80).encode("utf-8", "backslashreplace"))
    except OSError as error:
        return f"{path}: {reason(error)}"
    return None


def _write_whole(path: str, data: bytes) -> None:
    """Write a file in one step; a link to a file is not followed, for a stranger may have set it."""
    status = os.stat(path) if os.path.exists(path) else None
    if status and not S_ISREG(status.st_mode):  # a device, or a pipe that somebody must be reading
        descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
        if hasattr(os, "set_blocking"):
            os.set_blocking(descriptor, True)
        with open(descriptor, "wb") as file:
            file.write(data)
        return
    if os.path.islink(path):
        raise OSError(None, "this is a link, which is not followed")
    from flylint.replacing import clearing_up, replace

    def ready() -> None:
        if status:
            os.chmod(temporary, S_IMODE(status.st_mode))

    temporary = f"{path}.{os.getpid()}.tmp"
    with clearing_up():
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        replace(path, temporary, descriptor, data, ready)


def _print(form: str, report: Report, color: str, on_stdout: bool) -> int:
    """Print the findings in one form."""
    from flylint.output import render

    stream = sys.stdout if on_stdout else sys.stderr
    text = render(form, report, color=streams.wants_color(color, stream), width=streams.width(stream))
    if not on_stdout:
        streams.tell(text.rstrip("\n"))
        return streams.OK
    return streams.write(text) if form in FOR_PEOPLE else streams.write_exactly(text)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _say_statistics(diagnostics: Iterable[Diagnostic]) -> None:
    """How often each rule found something, most frequent first."""
    counts: dict[tuple[str, str], int] = {}
    for diagnostic in diagnostics:
        key = (diagnostic.rule, str(diagnostic.severity))
        counts[key] = counts.get(key, 0) + 1
    for (rule, severity), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        streams.say(f"{count:6} {severity}[{rule}]")
