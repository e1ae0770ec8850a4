"""What check does with one file: read it, look for findings, mend it, and say what came of it."""

from __future__ import annotations

import os
import sys

from flylint import engine
from flylint.discovery import STDIN, reason
from flylint.document import Document
from flylint.output import WITH_CODE, WITH_FIXES
from flylint.project import Project
from flylint.settings import SettingsError
from flylint.severity import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import SimpleNamespace as Options

    from flylint.diagnostic import Diagnostic
    from flylint.engine import Failure, Result
    from flylint.settings import Chosen, Settings

MAX_SIZE = 2 * 2**20
"""The longest input in bytes; real files have a few thousand."""

STDIN_NAME = "<stdin>"
PLEASE_REPORT = "this is a mistake in flylint, please report it together with the file"
LEVELS = ("info", "warning", "error", "never")


class Refused(Exception):
    """A file that cannot be read or written, with the reason."""


class Outcome:
    """What came of one file. It holds plain values only.

    name         what the file is called
    checked      whether it could be looked at
    diagnostics  the findings that are to be shown
    texts        for the formats that show code: the text of the file and of others that the findings point at, by the
                 path that the user knows
    hidden       how many findings are not to be shown
    failing      how many findings make the run fail
    changed      whether mending changed the text; `fixed` problems and `ignored` findings
    problems     what went wrong, and `remarks` that are worth a line, as sentences
    output       what belongs on stdout apart from the findings: a diff as text, the mended text as bytes
    """

    __slots__ = (
        "changed",
        "checked",
        "diagnostics",
        "failing",
        "fixed",
        "hidden",
        "ignored",
        "name",
        "output",
        "problems",
        "remarks",
        "texts",
    )

    def __init__(self, name: str, problems: list[str] | None = None) -> None:
        self.name = name
        self.problems = problems or []
        self.remarks: list[str] = []
        self.checked = False
        self.diagnostics: list[Diagnostic] = []
        self.texts: dict[str, str] = {}
        self.hidden = 0
        self.failing = 0
        self.changed = False
        self.fixed = 0
        self.ignored = 0
        self.output: str | bytes = ""


class Linter:
    """Lints one file after the other, as the command line wants it."""

    def __init__(self, options: Options, chosen: Chosen) -> None:
        self.options = options
        self.chosen = chosen
        self.mending: bool = options.fix or options.diff or options.add_ignore
        self.writes = self.mending and not options.diff
        self._show_from, self._fail_from = LEVELS.index(options.severity), LEVELS.index(options.fail_on)
        self._shows_code = options.format in WITH_CODE or bool(options.output)  # then the terminal gets full
        self._works_out_fixes = self.mending or options.format in WITH_FIXES or bool(options.output)
        self._least = Severity.INFO if self.mending else Severity(min(self._show_from, self._fail_from))

    def name_of(self, path: str) -> str:
        """What a file is called: standard input may have been given a name."""
        return path if path != STDIN else self.options.stdin_filename or STDIN_NAME

    def lint(self, path: str) -> Outcome:
        """Look for findings in a file, and mend it if that is wanted."""
        name = self.name_of(path)
        try:
            return self._lint(path, name)
        except SettingsError as error:
            return Outcome(name, [str(problem) for problem in error.problems])
        except Refused as error:
            return Outcome(name, [f"{name}: {error}"])
        except Exception as error:  # one file that flylint stumbles over must not hide the findings of the others
            return Outcome(name, [f"flylint itself failed on {name} {_origin(error)}; {PLEASE_REPORT}"])

    def _lint(self, path: str, name: str) -> Outcome:
        outcome = Outcome(name)
        settings = self.chosen.of(name)
        data = read(path)
        document = Document.from_bytes(data, name)
        project = Project.beside(name) if settings.project and name != STDIN_NAME else None
        result = engine.check(document, settings, self._least, project, self._works_out_fixes)
        if self.mending:
            result = self._mend(path, data, result, settings, outcome)
        outcome.checked = True
        outcome.problems += [
            f"the rule `{failure.rule}` failed on {failure.file} {_last_line(failure)}; {PLEASE_REPORT}"
            for failure in result.failures
        ]
        shown = [diagnostic for diagnostic in result.diagnostics if diagnostic.severity >= self._show_from]
        outcome.diagnostics = shown
        if shown and (self._shows_code or any(d.fix and d.fix.edits for d in shown)):
            from flylint.credentials import gives_away, hidden, masked

            text = masked(result.document)  # what is printed must not give secrets away, nor do the edits of fixes
            if text != result.document.text:
                secrets = hidden(result.document.text, text)
                outcome.diagnostics = [
                    d._replace(fix=None) if d.fix and gives_away(d.fix, secrets) else d for d in shown
                ]
            if self._shows_code:
                outcome.texts[name] = text
        if self._shows_code:
            for label in (label for diagnostic in shown for label in diagnostic.related):
                if label.file and result.project:
                    outcome.texts[label.file] = result.project.shown_text(label.file)
        outcome.remarks += [
            f"{name}: only the first {engine.MOST_FINDINGS} findings of {rule} are looked at" for rule in result.cut
        ]
        if result.project and result.project.left_out and not self.options.quiet:
            outcome.remarks.append(f"{name}: not looked at: {'; '.join(result.project.left_out)}")
        outcome.hidden = len(result.diagnostics) - len(shown)
        outcome.failing = sum(diagnostic.severity >= self._fail_from for diagnostic in result.diagnostics)
        return outcome

    def _mend(self, path: str, data: bytes, before: Result, settings: Settings, outcome: Outcome) -> Result:
        """Apply fixes or add ignores; what is left to report."""
        from flylint import mend

        options, after = self.options, before
        readable = before.document.text.encode("utf-8", "surrogatepass") == data  # else its text is not all there is
        remarks: tuple[str, ...] = ()
        if readable and (options.fix or not options.add_ignore):
            mended = mend.fix(before, settings, options.unsafe_fixes)
            after, remarks = mended.result, mended.remarks
            outcome.fixed = mended.fixed
        if readable and options.add_ignore:
            mended = mend.add_ignores(after, settings, Severity(self._show_from))
            after, remarks = mended.result, remarks + mended.remarks
            outcome.ignored = mended.ignored
        outcome.remarks += [f"{outcome.name}: {remark}" for remark in remarks]
        new = after.document.text.encode() if readable else data
        outcome.changed = new != data
        if options.diff:
            from flylint.output.text import visible

            outcome.output = mend.diff(before.document.text, after.document.text, visible(outcome.name))
        elif path == STDIN:
            outcome.output = new
        elif outcome.changed:
            try:
                mend.write(path, data, new)
            except OSError as error:
                raise Refused(reason(error)) from None
        return after


def read(path: str) -> bytes:
    """The bytes of a file or of standard input, within bounds: a device or a pipe might never end. Raises Refused."""
    from stat import S_ISREG

    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(MAX_SIZE + 1)
        else:
            if not S_ISREG(os.stat(path).st_mode):
                raise Refused("not a regular file")
            with open(path, "rb", buffering=0) as file:
                data = file.read(MAX_SIZE + 1)
    except OSError as error:
        raise Refused(reason(error)) from None
    if len(data) > MAX_SIZE:
        raise Refused(f"larger than {MAX_SIZE // 2**20} MiB, which no fly.toml is")
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
