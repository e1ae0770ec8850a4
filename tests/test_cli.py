"""The command line: what goes where, and with which exit status."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from flylint import __version__, arguments, cli, engine
from flylint.output import FORMATS
from flylint.rules import all_rules
from tests.conftest import CLEAN, ERROR, ROOT, WARNING, Run, environment, write

THREE = ("--select", "unknown-key,wrong-type,kill-signal-missing")
"""The rules that these files are made for; what others have to say about them does not matter here."""

INFO = CLEAN.replace('kill_signal = "SIGTERM"\n', "")
"""A file with one info: no kill_signal."""


def rules_in(out: str) -> list[str]:
    return [diagnostic["rule"] for diagnostic in json.loads(out)["diagnostics"]]


# streams and exit status


def test_a_clean_file(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": CLEAN})
    done = run()
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 file" in done.stderr


def test_findings_go_to_stdout_and_the_rest_to_stderr(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": WARNING})
    done = run("--format", "concise")
    assert done.returncode == 1
    assert done.stdout.startswith("fly.toml:4:1: warning[unknown-key] ")
    assert done.stdout.count("\n") == 1
    assert "1 warning" in done.stderr


def test_what_to_read_is_said_before_the_summary(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": WARNING})
    more, found = run().stderr.splitlines()
    assert more == "Run `flylint explain RULE` to read more about a rule."
    assert found.startswith("Found 1 warning")
    assert len(run("--format", "concise").stderr.splitlines()) == 1
    assert "explain" not in run("--diff").stderr + run("--quiet").stderr


def test_check_is_the_default_command(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": ERROR})
    assert run("check", "fly.toml").stdout == run("fly.toml").stdout == run("check").stdout == run().stdout != ""


def test_quiet_says_findings_and_failures_only(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": WARNING})
    done = run("--quiet", "fly.toml", "missing.toml")
    assert "unknown-key" in done.stdout
    assert done.stderr == "flylint: missing.toml: no such file or folder\n"


@pytest.mark.parametrize(
    ("text", "words", "status"),
    [
        (INFO, "", 0),
        (INFO, "--fail-on info", 1),
        (INFO, "--severity info", 0),
        (WARNING, "", 1),
        (WARNING, "--fail-on error", 0),
        (WARNING, "--fail-on never", 0),
        (WARNING, "--severity error", 1),
        (ERROR, "--fail-on error", 1),
        (ERROR, "--fail-on never", 0),
    ],
)
def test_exit_status_is_decided_by_fail_on(folder: Path, run: Run, text: str, words: str, status: int) -> None:
    write(folder, {"fly.toml": text})
    assert run(*words.split()).returncode == status


def test_severity_decides_what_is_shown_and_counted(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": INFO + "tier = 3\n[build]\ndockerfile = 3\n"})
    for severity, counts in (("error", (1, 0, 0)), ("warning", (1, 1, 0)), ("info", (1, 1, 1))):
        out = json.loads(run("--format", "json", "--severity", severity, *THREE).stdout)
        summary = out["summary"]
        assert (summary["errors"], summary["warnings"], summary["infos"]) == counts
        assert len(out["diagnostics"]) == sum(counts)


def test_a_failing_run_that_shows_nothing_says_why(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": WARNING})
    done = run("--severity", "error", *THREE)
    assert (done.returncode, done.stdout) == (1, "")
    assert "1 finding not shown because of --severity error" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("missing.toml", "missing.toml: no such file or folder"),
        ("empty", "empty: no fly.toml, fly.*.toml or fly-*.toml in this folder or below"),
        ("fifo", "fifo: not a regular file"),
        ("/dev/null", "/dev/null: not a regular file"),
        ("big.toml", "big.toml: larger than 2 MiB"),
        ("dangling", "dangling: no such file or directory"),
        ("--config missing.toml fly.toml", "missing.toml: no such file or directory"),
        ("--config a --isolated fly.toml", "--config: cannot go together with --isolated"),
        ("--stdin-filename x fly.toml", "--stdin-filename needs the path `-`"),
        ("--unsafe-fixes fly.toml", "--unsafe-fixes needs --fix or --diff"),
        ("--select nope fly.toml", "--select: there is no rule or topic `nope`"),
        ("--ignore unknown-kez fly.toml", "did you mean `unknown-key`?"),
        ("--output nowhere/x.json fly.toml", "nowhere/x.json: no such file or directory"),
        ("--format yaml fly.toml", "invalid choice: 'yaml'"),
        ("--nope fly.toml", "unrecognized arguments: --nope"),
        ("explain unknown-kez", "there is no rule `unknown-kez`: did you mean `unknown-key`?"),
        ("explain qqqq", "there is no rule `qqqq`: `flylint rules` lists them"),
        ("rules --format sarif", "invalid choice"),
    ],
)
def test_a_run_that_goes_wrong(folder: Path, run: Run, words: str, said: str) -> None:
    write(folder, {"fly.toml": CLEAN, "big.toml": "#" * (2 * 2**20 + 1)})
    (folder / "empty").mkdir()
    os.mkfifo(folder / "fifo")
    (folder / "dangling").symlink_to("nowhere")
    done = run(*words.split())
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_an_unreadable_file(folder: Path, run: Run, obedient: list[str]) -> None:
    write(folder, {"fly.toml": CLEAN})
    (folder / "fly.toml").chmod(0)
    done = run(before=obedient)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "flylint: fly.toml: permission denied")


def test_a_file_that_cannot_be_read_hides_no_findings(folder: Path, run: Run) -> None:
    write(folder, {"a/fly.toml": WARNING, "b/fly.toml": ERROR})
    done = run("--format", "json", "a", "missing.toml", "b")
    assert done.returncode == 2
    assert rules_in(done.stdout) == ["unknown-key", "wrong-type"]


def test_nothing_below_the_current_folder(run: Run) -> None:
    done = run()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("flylint: .: no fly.toml")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"app = 'a\x00b'",
        b"\xef\xbb\xbfapp = 'a'\n",
        "app = 'a'\n".encode("utf-16"),
        os.urandom(2**16),
        b"a = " + b"[" * 100_000,
        b"\r\r\r",
        b"app = '\x1b[31m'\n",
    ],
    ids=["empty", "nul", "nul-in-text", "bom", "utf-16", "random", "brackets", "cr", "escape"],
)
@pytest.mark.parametrize("form", FORMATS)
def test_no_input_breaks_it(folder: Path, run: Run, data: bytes, form: str) -> None:
    (folder / "fly.toml").write_bytes(data)
    done = run("--format", form, "--severity", "info")
    assert done.returncode in (0, 1), done.stderr
    assert "\x1b" not in done.stdout


def test_an_interrupted_run_ends_quietly(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(options: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.COMMANDS, "check", interrupt)
    assert cli.main(["."]) == 130
    assert capsys.readouterr() == ("", "")


# failures of flylint itself


def test_a_rule_that_crashes_hides_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(app: Any) -> Any:
        raise KeyError("boom")

    write(folder, {"fly.toml": WARNING})
    monkeypatch.setattr(all_rules()["missing-app-name"], "check", crash)
    assert cli.main(["--format", "concise"]) == 2
    out, err = capsys.readouterr()
    assert "unknown-key" in out
    line = err.splitlines()[0]
    assert line.startswith("flylint: the rule `missing-app-name` failed on fly.toml (KeyError: 'boom', test_cli.py:")
    assert "please report it" in line


def test_a_crash_outside_of_rules_hides_no_other_file(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, {"a/fly.toml": CLEAN, "b/fly.toml": WARNING})
    real = engine.check

    def check(document: Any, *rest: Any, **named: Any) -> Any:
        if document.name == "a/fly.toml":
            raise ZeroDivisionError("boom")
        return real(document, *rest, **named)

    monkeypatch.setattr(engine, "check", check)
    assert cli.main(["--format", "concise"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("b/fly.toml:")
    assert err.startswith("flylint: flylint itself failed on a/fly.toml (ZeroDivisionError: boom, test_cli.py:")


# standard input


def test_standard_input(run: Run) -> None:
    done = run("--format", "concise", "-", input=WARNING)
    assert (done.returncode, done.stdout.partition(":")[0]) == (1, "<stdin>")
    done = run("--format", "concise", "-", "--stdin-filename", "apps/web/fly.toml", input=WARNING)
    assert done.stdout.startswith("apps/web/fly.toml:4:1: ")


def test_settings_hold_for_standard_input(folder: Path, run: Run) -> None:
    write(folder, {"flylint.toml": 'ignore = ["unknown-key"]', "a/flylint.toml": 'exclude = ["fly.toml"]'})
    assert run("-", input=WARNING).returncode == 0
    done = run("-", "--stdin-filename", "a/other.toml", input=WARNING)
    assert done.returncode == 1
    assert run("-", "--stdin-filename", "a/fly.toml", input=WARNING).returncode == 0


def test_excluded_standard_input_comes_back_as_it_is(folder: Path, run: Run) -> None:
    write(folder, {"flylint.toml": 'exclude = ["fly.toml"]'})
    done = run("-", "--stdin-filename", "fly.toml", "--fix", input="broken [\r\n")
    assert (done.returncode, done.stdout) == (0, "broken [\r\n")


def test_too_much_standard_input(run: Run) -> None:
    done = run("-", input=b"#" * (2**21 + 1))
    assert (done.returncode, done.stdout) == (2, "")
    assert "<stdin>: larger than 2 MiB" in done.stderr


# settings


def test_settings_are_found_from_each_file(folder: Path, run: Run) -> None:
    write(folder, {"a/fly.toml": WARNING, "b/fly.toml": WARNING, "a/flylint.toml": 'ignore = ["unknown-key"]'})
    assert run("--format", "concise").stdout.startswith("b/fly.toml:")
    assert run("--format", "concise", "--isolated").stdout.count("unknown-key") == 2
    assert run("--format", "concise", "--config", "a/flylint.toml").returncode == 0


def test_broken_settings_are_said_once_and_hide_no_other_file(folder: Path, run: Run) -> None:
    write(folder, {"a/flylint.toml": "selct = []", "a/x/fly.toml": WARNING, "a/y/fly.toml": WARNING})
    write(folder, {"b/fly.toml": WARNING})
    done = run("--format", "concise")
    assert done.returncode == 2
    assert done.stderr.count("a/flylint.toml:1:1: there is no setting `selct`: did you mean `select`?") == 1
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == ["b/fly.toml"]


def test_excluded_files_are_not_linted_even_when_named(folder: Path, run: Run) -> None:
    write(folder, {"flylint.toml": 'exclude = ["vendor"]', "vendor/fly.toml": WARNING, "fly.toml": CLEAN})
    assert run("vendor/fly.toml", "fly.toml").returncode == 0
    done = run("vendor/fly.toml")
    assert (done.returncode, done.stdout) == (0, "")
    assert "the settings exclude every file that was named" in done.stderr


@pytest.mark.parametrize("words", [(), (".",), ("vendor",), ("vendor/*.toml",), ("--fix", "vendor")])
def test_a_search_that_may_look_at_nothing_goes_wrong(folder: Path, run: Run, words: tuple[str, ...]) -> None:
    write(folder, {"flylint.toml": 'exclude = ["vendor/*"]', "vendor/fly.toml": WARNING})
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "flylint: nothing to check: the settings exclude everything that was found\n"


def test_select_and_ignore(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": WARNING + '[build]\ndockerfile = ["a"]\n'})
    assert rules_in(run("--format", "json", "--select", "wrong-type").stdout) == ["wrong-type"]
    assert rules_in(run("--format", "json", "--ignore", "wrong-type,syntax").stdout) == ["unknown-key"]
    both = run("--format", "json", "--select", "wrong-type,unknown-key", "--select", "syntax").stdout
    assert rules_in(both) == ["unknown-key", "wrong-type"]


def test_the_settings_command(folder: Path, run: Run) -> None:
    write(folder, {"flylint.toml": 'ignore = ["unknown-key"]\nexclude = ["b"]', "a/fly.toml": "", "b/fly.toml": ""})
    done = run("settings")
    assert done.returncode == 0
    assert tomli.loads(done.stdout)["ignore"] == ["unknown-key"]
    assert done.stdout.splitlines()[0] == f"# settings file: {folder / 'flylint.toml'}"
    assert done.stdout.splitlines()[-2:] == ["# files that are linted: 1", "# a/fly.toml"]
    assert run("settings", "a/fly.toml").stdout.splitlines()[-1] == "# a/fly.toml"
    assert "# settings file: none" in run("settings", "--isolated").stdout
    write(folder, {"flylint.toml": "selct = 1"})
    assert run("settings").returncode == 2


# output


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab", "junit"])
def test_output_goes_to_a_file_and_stays_readable_on_the_terminal(folder: Path, run: Run, form: str) -> None:
    write(folder, {"fly.toml": WARNING})
    done = run("--format", form, "--output", "report", "--color", "always")
    assert done.returncode == 1
    assert "--> fly.toml:4:1" in done.stdout.replace("\x1b[0m", "") or "\x1b[" in done.stdout
    report = (folder / "report").read_text("utf-8")
    assert report == run("--format", form).stdout
    assert "\x1b" not in report


def test_the_format_does_not_depend_on_the_environment(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": WARNING})
    services = {"GITHUB_ACTIONS": "true", "GITLAB_CI": "true", "CI": "true", "TF_BUILD": "True", "JENKINS_URL": "x"}
    for words in ((), ("--format", "concise"), ("--format", "github"), ("--output", "report")):
        assert run(*words).stdout == run(*words, **services).stdout != ""
    assert "\n  --> fly.toml:4:1\n" in run(**services).stdout


def test_statistics(folder: Path, run: Run) -> None:
    write(folder, {"a/fly.toml": WARNING + "tiers = 3\n", "b/fly.toml": ERROR})
    done = run("--statistics", "--format", "json")
    assert rules_in(done.stdout)
    assert done.stderr.splitlines()[-1].startswith("Found 1 error and 2 warnings")
    assert [line.split() for line in done.stderr.splitlines()][:2] == [
        ["2", "warning[unknown-key]"],
        ["1", "error[wrong-type]"],
    ]


def test_no_encoding_of_the_terminal_breaks_it(folder: Path, run: Run) -> None:
    write(folder, {"fly.toml": CLEAN + "'größe' = 'ü'\n", "é/fly.toml": WARNING})
    for encoding in ("ascii", "cp1252", "utf-8"):
        done = run(PYTHONIOENCODING=encoding, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
        assert done.returncode == 1
        assert rules_in(run("--format", "json", PYTHONIOENCODING=encoding).stdout) == ["unknown-key"] * 2


def test_a_file_name_that_is_no_text(folder: Path, run: Run) -> None:
    path = os.fsencode(folder) + b"/fly.\xff.toml"
    try:
        with open(path, "w") as file:
            file.write(WARNING)
    except OSError:
        pytest.skip("the file system knows no such name")
    for form in FORMATS:
        assert run("--format", form).returncode == 1


def test_a_reader_that_goes_away(folder: Path) -> None:
    write(folder, {f"{number}/fly.toml": WARNING for number in range(400)})
    with subprocess.Popen(
        [sys.executable, "-m", "flylint", "--isolated"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment(),
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        err = process.stderr.read().decode()
    assert process.returncode == 1
    assert "Traceback" not in err and "BrokenPipe" not in err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_full_disk_is_said(folder: Path) -> None:
    write(folder, {"fly.toml": WARNING})
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "flylint"], stdout=full, stderr=subprocess.PIPE, cwd=folder, env=environment()
        )
    assert done.returncode == 2
    assert b"cannot write the output" in done.stderr
    assert b"Traceback" not in done.stderr


# colour


def on_a_terminal(*words: str, **changes: str) -> str:
    """What flylint writes to a terminal."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "flylint", *words],
        stdin=subprocess.DEVNULL,
        stdout=other,
        stderr=subprocess.DEVNULL,
        env=environment(**{"TERM": "xterm-256color", **changes}),
    )
    os.close(other)
    out = b""
    while True:
        try:
            data = os.read(main, 4096)
        except OSError:  # how Linux says that the other end is closed
            break
        if not data:
            break
        out += data
    os.close(main)
    process.wait()
    return out.decode()


@pytest.mark.parametrize(
    ("words", "changes", "colored"),
    [
        ((), {}, True),
        (("--color", "never"), {}, False),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        ((), {"TERM": "dumb"}, False),
    ],
)
def test_colour_on_a_terminal(folder: Path, words: tuple[str, ...], changes: dict[str, str], colored: bool) -> None:
    write(folder, {"fly.toml": WARNING})
    out = on_a_terminal(*words, **changes)
    assert "unknown-key" in out
    assert ("\x1b[" in out) is colored


@pytest.mark.parametrize(
    ("words", "changes", "colored"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        (("--color", "always"), {}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        (("--format", "json"), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_in_a_pipe(
    folder: Path, run: Run, words: tuple[str, ...], changes: dict[str, str], colored: bool
) -> None:
    write(folder, {"fly.toml": WARNING})
    assert ("\x1b[" in run(*words, **changes).stdout) is colored


# the other commands


def test_version_and_help(run: Run) -> None:
    assert cli.COMMANDS.keys() == arguments.COMMANDS.keys()
    assert run("--version").stdout == f"flylint {__version__}\n"
    for words in (["--help"], ["-h"], *([command, "--help"] for command in cli.COMMANDS)):
        done = run(*words)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("usage: flylint")
    assert all(command in run("--help").stdout for command in cli.COMMANDS)
    assert all(flag in run("check", "--help").stdout for flag in arguments.CHECK)


def test_rules(run: Run) -> None:
    done = run("rules", "--format", "json")
    listed = json.loads(done.stdout)
    assert listed["version"] == 1
    assert {rule["name"] for rule in listed["rules"]} == set(all_rules())
    for entry in listed["rules"]:
        rule = all_rules()[entry["name"]]
        assert entry == {
            "name": rule.name,
            "severity": str(rule.severity),
            "topic": rule.topic,
            "enforced_by": rule.enforced_by,
            "fix": rule.fix,
            "summary": rule.summary,
            "url": rule.url,
        }
    text = run("rules").stdout
    assert all(f" {name}: " in text for name in all_rules())


def test_explain(run: Run) -> None:
    page = (ROOT / "docs/rules/unknown-key.md").read_text("utf-8")
    assert run("explain", "unknown-key").stdout == page
    drawn = on_a_terminal("explain", "unknown-key")
    assert "\x1b[" in drawn and "```" not in drawn and "unknown-key" in drawn
    assert "```" not in on_a_terminal("explain", "unknown-key", NO_COLOR="1")


def test_schema(run: Run) -> None:
    assert run("schema").stdout == (ROOT / "schemas/fly.schema.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("command", "module", "extra"), [("completion", "shtab", "completion"), ("server", "pygls", "lsp")]
)
def test_a_missing_extra_is_said(folder: Path, run: Run, command: str, module: str, extra: str) -> None:
    """As if it was not installed: a module of that name that cannot be imported stands in its way."""
    server = find_spec("flylint.server")
    if command == "server" and (server is None or server.origin is None):
        pytest.skip("there is no server yet")
    words = [command, "bash"] if command == "completion" else [command]
    write(folder, {f"hide/{module}.py": f"raise ModuleNotFoundError('no', name={module!r})"})
    done = run(*words, PYTHONPATH=os.pathsep.join([str(folder / "hide"), str(ROOT)]))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"pip install 'flylint[{extra}]'" in done.stderr


# start-up


def loaded(folder: Path, *words: str) -> set[str]:
    """The modules that a run has imported."""
    program = "import sys; from flylint.cli import main; main(sys.argv[1:]); print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program, *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=with_packages(),
    )
    return {name.partition(".")[0] if not name.startswith("flylint") else name for name in done.stdout.split()}


def with_packages() -> dict[str, str]:
    """The environment for `-S`, which spares what a virtual environment imports of its own accord."""
    import tomli as some_package

    return environment(PYTHONPATH=os.pathsep.join([str(ROOT), str(Path(some_package.__file__).parent.parent)]))


def test_a_clean_file_imports_no_more_than_it_needs(folder: Path) -> None:
    write(folder, {"fly.toml": INFO, "flylint.toml": 'ignore = ["syntax"]\n[severity]\nunknown-key = "error"\n'})
    heavy = {"jsonschema", "rich", "pygls", "lsprotocol", "shtab", "argparse", "pickle", "flylint.invented_keys"}
    heavy |= {"typing", "pathlib", "dataclasses", "glob", "fnmatch", "subprocess", "difflib", "shutil", "inspect"}
    modules = loaded(folder, "fly.toml")
    assert "flylint.engine" in modules
    assert not modules & heavy


def test_the_version_imports_nothing(folder: Path) -> None:
    assert {name for name in loaded(folder, "--version") if name.startswith("flylint")} == {
        "flylint",
        "flylint.cli",
        "flylint.streams",
    }


# the two readings of the command line


def either(words: list[str]) -> dict[str, Any] | None:
    """What argparse makes of words; None when it refuses them."""
    try:
        return vars(arguments.parser_of("check").parse_args(words))
    except SystemExit:
        return None


_WORDS = [
    *arguments.CHECK,
    "json",
    "error",
    "never",
    "a,b",
    "--format=json",
    "--fix=x",
    "--color=",
    "--select=a",
    "-x",
    "--no",
]


@given(st.lists(st.sampled_from(_WORDS), max_size=5), st.lists(st.sampled_from(["a.toml", "-", "b"]), max_size=2))
def test_the_plain_reading_of_options_is_that_of_argparse(words: list[str], paths: list[str]) -> None:
    plain = arguments.read_plainly([*words, *paths])
    if plain is not None and plain.paths == paths:
        assert vars(plain) == either([*words, *paths])


def test_paths_may_stand_anywhere() -> None:
    options = arguments.parse("check", ["a", "--fix", "b", "--format=json", "-", "--", "-c", "--diff"])
    assert (options.paths, options.fix, options.format, options.diff) == (
        ["a", "b", "-", "-c", "--diff"],
        True,
        "json",
        False,
    )
