"""What strangers may write into a file or a project: it must not crash flylint, stall it, or speak through it."""

from __future__ import annotations

import gc
import os
import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flylint import engine, fixes, syntax
from flylint.credentials import masked
from flylint.diagnostic import Diagnostic
from flylint.document import Document
from flylint.output import FORMATS, Report, render
from flylint.project import Project
from flylint.rules import all_rules
from flylint.settings import Settings
from tests import work
from tests.audit import watched
from tests.conftest import CLEAN, ROOT, Run, write
from tests.exercise import OBEYED, check_syntax, exercise, exercise_project, unpacked
from tests.growth import GROWTH, LONG, PROJECTS
from tests.mutate import Mutator
from tests.strategies import documents

unix = pytest.mark.skipif(os.name != "posix", reason="FIFOs, devices and links of Unix")


# any text


@cache
def _examples() -> list[str]:
    pages = sorted((ROOT / "docs" / "rules").glob("*.md"))
    return [
        example
        for page in pages
        for example in re.findall(r"^```toml \w+\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    ]


@cache
def _mutator() -> Mutator:
    return Mutator(_examples(), all_rules(), lambda data, size: Random(len(data)).randbytes(3) + data[3:])


@st.composite
def nearly_valid(draw: st.DrawFn) -> bytes:
    """A fly.toml with something wrong in a few places."""
    text = draw(st.sampled_from(_examples())).encode()
    for seed in draw(st.lists(st.integers(0, 2**32), min_size=1, max_size=3)):
        text = _mutator()(text, 4096, seed)
    return text


SIGNS = "\x00\x07\x1b[31m\x7f\x9b\r\u202e\u2066\u200f\u00a0\ufeff\u2028 \t\n'\"#=[]{},.\\`%:]]>&<é😀aA1_-"
hostile = st.text(st.sampled_from(SIGNS), max_size=60).map(str.encode) | st.binary(max_size=60)


@settings(max_examples=150)
@given(documents().map(str.encode) | nearly_valid() | hostile)
def test_any_text_can_be_checked_printed_mended_and_edited(data: bytes) -> None:
    exercise(data)


@settings(max_examples=300)
@given(nearly_valid() | hostile)
def test_what_is_said_about_broken_texts_is_readable(data: bytes) -> None:
    check_syntax(Document.from_bytes(data))


@given(
    st.dictionaries(
        st.sampled_from(
            ["Dockerfile", "compose.yml", "package.json", "app.py", "server.js", ".dockerignore", "flylint.toml"]
        ),
        hostile,
        max_size=3,
    )
)
@settings(max_examples=50)
def test_any_project_can_be_looked_at(files: dict[str, bytes]) -> None:
    fly = '[build]\ndockerfile = "Dockerfile"\n[build.compose]\nfile = "compose.yml"\n[http_service]\ninternal_port = 80\n'
    exercise_project({"fly.toml": fly.encode(), **files})


FOUND = [
    # an ignore comment silenced the rule itself, whose reminders it looks like
    b'app = "shop"\n\n[[mounts]]\n  source = "data"\n',
    b'a = "my09-ap1\np"\nb = \xf8"fra"  # flylint: ignore[unsourceknown-key] read by our deploy script\n',
    b'app = "shop"\n\xe3\x80\x80',  # a blank that TOML does not know
    b'app = "my-app\\\nprimary_region = "\t1fra"\n\n[[files]]\n',  # a backslash at the end of a line
    b'app = \x0ba\'my-app"\nmary_region = "fra"\n\n[e\x0c\n\n  PORT = "80\\\n',
    b'app = """my-app"\n[a\xe2\x80\xa8[b]\nx = "\\d"\n',  # an escape behind the end of what looks broken
    b"[a``]\n",
    b'a = """b\nc = 1\n\\',  # an open text that ends with a backslash
]


@pytest.mark.parametrize("data", FOUND, ids=range(len(FOUND)))
def test_what_the_fuzzer_found(data: bytes) -> None:
    exercise(data)


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "fuzz" / "corpus").glob("*/*")))
def test_the_seeds_of_the_fuzzer(name: str) -> None:
    (path,) = (ROOT / "fuzz" / "corpus").glob(f"*/{name}")
    if path.parent.name == "text":
        exercise(path.read_bytes())
        return
    exercise_project(unpacked(path.read_bytes()))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\u00a0app = 1", "the invisible character U+00A0 cannot stand outside of a text in quotes"),
        ("app\u00a0= 1", "the invisible character U+00A0 cannot stand outside of a text in quotes"),
        ("app =\u00a01", "the invisible character U+00A0 cannot stand outside of a text in quotes"),
        ("app = 1\u200b", "the invisible character U+200B cannot stand outside of a text in quotes"),
        ("[app]\u3000", "the invisible character U+3000 cannot stand outside of a text in quotes"),
        ("a = 1\n\ufeffb = 2", "the invisible character U+FEFF cannot stand outside of a text in quotes"),
        ('a = "x\\\nb = 2', "`\\` in the text of `a` is not an escape sequence"),
    ],
)
def test_invisible_characters_are_named(text: str, message: str) -> None:
    (problem,) = Document(text).problems
    assert problem.message == message
    assert OBEYED.search(problem.message) is None


# size


def _everything(data: bytes) -> None:
    result = engine.check(Document.from_bytes(data), Settings())
    texts = {"fly.toml": masked(result.document)}
    render("full", Report(result.diagnostics, ["fly.toml"], texts, all_rules()))


@pytest.fixture
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that small files reach, so that what grows without one shows early."""
    monkeypatch.setattr(fixes, "MOST_EDITED", 2000)
    monkeypatch.setattr(syntax, "MAX_WORK", 2000)
    monkeypatch.setattr(syntax, "MAX_PROBLEMS", 5)


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("shape", GROWTH)
def test_work_grows_with_the_size_of_a_file(shape: str) -> None:
    """Twice as much of anything is at most twice as much work, counted in lines of Python that run."""
    make, size = GROWTH[shape]
    _everything(make(10))  # imports and caches
    counts = [work.lines(lambda: _everything(make(max(size // 40, 10) * times))) for times in (1, 2, 4, 8)]  # noqa: B023
    assert counts[3] <= 2.2 * counts[2], counts
    assert counts[3] <= 9 * counts[0], counts


def _garbage(data: bytes, project: Project | None = None) -> int:
    """How many objects a check leaves that only the garbage collector can find."""
    gc.disable()
    gc.freeze()  # what there is already is looked through no more
    try:
        engine.check(Document.from_bytes(data), Settings(), project=project)
        return gc.collect()
    finally:
        gc.unfreeze()
        gc.enable()


@pytest.mark.parametrize("shape", GROWTH)
def test_a_check_leaves_no_garbage(shape: str) -> None:
    """The memory of a run over many files stays flat without a search for garbage, which would take a fifth of it."""
    data = GROWTH[shape][0](3)
    _garbage(data)  # imports and caches
    assert _garbage(data) == 0


@pytest.mark.parametrize("kind", ["good", "bad"])
def test_a_check_of_a_project_leaves_no_garbage(kind: str) -> None:
    for path in (ROOT / "fixtures" / "projects" / kind).glob("*/fly.toml"):
        _garbage(path.read_bytes(), Project(str(path.parent)))
        assert _garbage(path.read_bytes(), Project(str(path.parent))) == 0, path


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("shape", LONG)
def test_a_long_file_comes_to_an_end(shape: str) -> None:
    _everything(LONG[shape](200_000))


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("name", PROJECTS)
def test_a_long_file_of_a_project_comes_to_an_end(tmp_path: Path, name: str) -> None:
    for number, make in enumerate(PROJECTS[name]):
        folder, files = tmp_path / str(number), make(60_000)
        write(folder, files)
        result = engine.check(Document(files["fly.toml"]), Settings(), project=Project(str(folder)))
        assert not result.failures, result.failures[0].traceback


def test_any_number_of_findings(folder: Path, run: Run) -> None:
    """100,000 findings: as many as anybody reads are shown, and the rest is not passed over in silence."""
    (folder / "fly.toml").write_text(CLEAN + "".join(f"k{number} = 1\n" for number in range(100_000)))
    done = run("--format", "concise")
    assert done.returncode == 1
    assert done.stdout.count("\n") == engine.MOST_FINDINGS
    assert f"only the first {engine.MOST_FINDINGS} findings of unknown-key" in done.stderr


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b"a = " + b"[" * 100_000,
        b"a = " + b"[" * 90 + b"]" * 90,
        b"a" + b".a" * 50_000 + b" = 1",
        b"a = " + b"{a=" * 50_000,
        b"k" * 500_000 + b" = 1",
        b'"' + b"k" * 500_000 + b'" = 1',
        b"[" + b"k" * 500_000 + b"]",
        b'app = "' + b"x" * 500_000 + b'"',
        b"".join(b"[t%d]\n" % number for number in range(30_000)),
        b"#" * 1_000_000,
        b"a = " + b"9" * 1_000_000,
    ],
    ids=lambda data: f"{data[:8]!r}…",
)
@pytest.mark.usefixtures("patience")
def test_large_files_are_read(data: bytes) -> None:
    result = engine.check(Document.from_bytes(data), Settings())
    assert not result.failures, result.failures[0].traceback
    assert all(len(diagnostic.message) < 10_000 for diagnostic in result.diagnostics)


# what reaches a terminal, CI and other programs

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\x08\r\u202e\u2066\u200b"
INJECTED = "\n::error file=x::owned\n##[error]owned%0A::warning::owned\r\n]]></failure><testcase name='owned'/><!--"


def _diagnostics(text: str, name: str) -> list[Diagnostic]:
    return engine.check(Document(text, name), Settings()).diagnostics


def _speaking(payload: str) -> list[tuple[str, str]]:
    """Texts and names of files with a payload wherever it can stand."""
    quoted = '"' + "".join(c if " " < c < "\x7f" and c not in '"\\' else f"\\U{ord(c):08x}" for c in payload) + '"'
    values = f"""
app = {quoted}
primary_region = {quoted}
{quoted} = 1
kill_signal = {quoted}
console_command = {quoted}
[env]
{quoted} = 1
A = {quoted}
[processes]
{quoted} = "run"
[http_service]
internal_port = 8080
processes = [{quoted}]
auto_stop_machines = {quoted}
[[http_service.checks]]
path = {quoted}
method = {quoted}
[checks.{quoted}]
type = {quoted}
port = 1
[[mounts]]
source = {quoted}
destination = {quoted}
[[vm]]
size = {quoted}
memory = {quoted}
[build]
dockerfile = {quoted}
[[files]]
guest_path = {quoted}
local_path = {quoted}
# flylint: ignore[{payload.splitlines()[0]}]
"""
    broken = [f"a = {payload}", payload, f"[{payload}]", f'a = "{payload}', f"a {payload} = 1", f"# flylint: {payload}"]
    return [(values, "fly.toml"), *((text, "fly.toml") for text in broken), ("a = 1\nb", f"fly.{payload}.toml")]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("payload", [ESCAPES, INJECTED, f"a{INJECTED}"], ids=["escapes", "commands", "lines"])
def test_nothing_in_a_file_speaks_through_the_output(format: str, payload: str) -> None:
    for text, name in _speaking(payload):
        found = _diagnostics(text, name)
        assert found
        out = render(format, Report(found, [name], {name: text}, all_rules()))
        assert not OBEYED.search(out), out
        if format == "junit":
            tree = ElementTree.fromstring(out)
            assert len(list(tree.iter("testcase"))) == len(found)
            assert {case.get("name") for case in tree.iter("testcase")} >= {"owned"} - {"owned"}
            assert not [case for case in tree.iter("testcase") if case.get("name") == "owned"]
        if format == "github":
            commands = [line for line in out.splitlines() if line.lstrip().startswith("::")]
            assert len(commands) <= len(found)
            assert all(re.match(r"::(error|warning|notice) file=[^:]*,line=\d", command) for command in commands)
        assert "##[" not in out
        if format != "github":
            assert not [line for line in out.splitlines() if line.lstrip().startswith("::")], out
        if format == "concise":
            assert out.count("\n") == len(found)


@unix
def test_nothing_in_a_name_speaks_through_stderr(folder: Path, run: Run, obedient: list[str]) -> None:
    """Names of files, and what stands in a settings file, are drawn as well."""
    payload = "\x1b]0;owned\x07\u202e\n::error::owned"
    write(folder, {f"fly.{payload}.toml": CLEAN, f"{payload}/fly.toml": "\xff", "a/flylint.toml": f'"{ESCAPES}" = 1\n'})
    write(folder, {"a/fly.toml": CLEAN, "b/flylint.toml": '"\\u001b[31m\\n::error::owned" = 1\n', "b/fly.toml": CLEAN})
    (folder / f"fly.{payload}.toml").chmod(0)
    os.mkfifo(folder / f"fly-{payload}.toml")
    for words in (
        (".", f"fly-{payload}.toml"),
        (f"nothing-{payload}",),
        (f"no*{payload}",),
        ("settings", "b/fly.toml"),
    ):
        done = run(*words, before=obedient)
        for stream in (done.stdout, done.stderr):
            assert not OBEYED.search(stream), stream
            assert not [line for line in stream.splitlines() if line.lstrip().startswith("::")], stream


# secrets

SECRET = "hunter2hunter2hunter2"
LEAKY = f"""app = "x"
primary_region = "fra"
kill_signal = "sk_live_{SECRET}"

[build.args]
  NPM_TOKEN = "{SECRET}"

[env]
  API_KEY = "{SECRET}"
  STRIPE = "sk_live_{SECRET}"
  DATABASE_URL = "postgres://u:{SECRET}@db.example.com/x"
  PASSWORD = '''
{SECRET}
'''

[http_service]
  internal_port = 8080

  [[http_service.checks]]
    path = "/"
    headers = {{ Authorization = "Bearer {SECRET}" }}

[[files]]
  guest_path = "/key"
  raw_value = "-----BEGIN PRIVATE KEY-----{SECRET}"
"""
LEAKS = [
    LEAKY,
    f"[env]\nAPI_KEY = {SECRET}\n",
    f'[env]\nAPI_KEY = "{SECRET}\n',
    f"[env]\nAPI_KEY = '{SECRET}\n",
    f'[env]\nAPI_KEY = "a"{SECRET}"\n',
    f'[env]\nAPI_KEY = "\\d{SECRET}"\n',
    f'[env]\nAPI_KEY = ["{SECRET}" "b"]\n',
    f'[env]\nAPI_KEY = """\n{SECRET}\n[a]\nb=1\n',
    f"[env]\nAPI_KEY: {SECRET}\n",
    f"[env]\nAPI_KEY {SECRET}\n",
    f"[env]\nexport API_KEY={SECRET}\n",
    f'[env]\nAPI_KEY="{SECRET}"\nAPI_KEY.b=1\n',
    f'[env] API_KEY="{SECRET}"\n',
    f'env = {{ API_KEY = "{SECRET}", x }}\n',
    f"[env]\nA = [sk_live_{SECRET}]\n",
    f"[env]\nURL = postgres://u:{SECRET}@db.example.com/x\n",
    f'[env]\nAPI_KEY = "{SECRET}"\x00\n',
    f'[env]\nAPI_KEY = "{SECRET}"\nAPI_KEY = "{SECRET}"\n',
    f'[env]\nAPI_KEY = ["{SECRET}"]\n[http_service.checks.headers]\nAuthorization = "{SECRET}"\n',
    f"# our key is sk_live_{SECRET}\nx = 1 # sk_live_{SECRET}\n",
    f'x = 1 # API_KEY = "{SECRET}"\ny = 2 # db_password: {SECRET}\n',
    f'[processes]\nweb = "bin/serve --token=sk_live_{SECRET} && x"\nb = "API_KEY={SECRET} x && a b"\nc = "x --password {SECRET} && x"\n',
    f'"STRIPE_KEY={SECRET}" = "x"\n[http_service]\n"STRIPE_KEY={SECRET}" = "x"\n',
    f'[build]\nbuiltin = "Server=db.example.com;Password={SECRET};"\n',
    f'[http_service]\ninternal_port = 80\nauto_stop_machines = "u:{SECRET}@tcp(db:3306)/x"\n',
    f'[http_service]\ninternal_port = 80\nauto_stop_machines = "-----BEGIN PRIVATE KEY-----\\n{SECRET}"\n',
    f"x = 1\n# -----BEGIN PRIVATE KEY-----\n# {SECRET}\ny = 1\n",
]
ENCODED = b64encode(f"postgres://u:{SECRET}@db.example.com/x".encode()).decode()


def test_no_encoded_secret_is_shown() -> None:
    text = f'[[files]]\nguest_path = "/key"\nraw_value = "{ENCODED}"\n'
    shown = masked(Document(text))
    assert ENCODED not in shown and len(shown) == len(text)


def test_values_of_harmless_names_are_shown() -> None:
    text = """
# token: the name of what the app reads, and key: nothing of it
# API_KEY=${API_KEY} KEY_FILE=/etc/something/else DATABASE_URL=postgres://localhost/x
[processes]
web = "bin/serve --port=8080 --log-level=information"
"""
    assert masked(Document(text)) == text


@pytest.mark.parametrize("text", LEAKS, ids=range(len(LEAKS)))
def test_no_secret_of_a_file_is_shown(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Not in any format, not in a broken file, not when it is mended."""
    from flylint.cli import main

    (folder / "fly.toml").write_text(text, newline="")
    for words in (
        *(["--format", format] for format in FORMATS),
        ["--statistics"],
        ["--add-ignore"],
        ["--fix", "--unsafe-fixes"],
    ):
        main(["--severity", "info", *words])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        if words[0] == "--format":
            assert out
        assert SECRET not in out + err, words


def test_no_secret_of_a_dockerfile_is_shown(tmp_path: Path) -> None:
    """Lines of other files are shown when a finding points at them."""
    dockerfile = (
        f'FROM x\nENV PORT=3000 API_KEY={SECRET}\nEXPOSE 3000\nCMD ["gunicorn", "-b", "127.0.0.1:3000", "a:b"]\n'
    )
    write(tmp_path, {"Dockerfile": dockerfile})
    document, project = Document(CLEAN + "[http_service]\ninternal_port = 8080\n"), Project(str(tmp_path))
    found = engine.check(document, Settings(), project=project).diagnostics
    shown = {label.file: project.shown_text(label.file) for d in found for label in d.related if label.file}
    assert "Dockerfile" in shown
    for format in FORMATS:
        out = render(format, Report(found, ["fly.toml"], {"fly.toml": document.text, **shown}, all_rules()))
        assert SECRET not in out


@pytest.mark.parametrize(
    "line",
    [
        f"ENV DB_PASSWORD {SECRET}",
        f"ENV a=b \\\n  db_password={SECRET}",
        f"//registry.npmjs.org/:_authToken={SECRET}",
        f'CMD ["x", "--password", "{SECRET}"]',
        f'CMD ["x","--password","{SECRET}"]',
        f"    environment:\n      password: {SECRET}",
    ],
)
def test_no_secret_of_another_file_is_shown(tmp_path: Path, line: str) -> None:
    write(tmp_path, {"file": f"{line}\nnext\n"})
    shown = Project(str(tmp_path)).shown_text("file")
    assert SECRET not in shown and len(shown) == len(f"{line}\nnext\n")


# paths

OUTSIDE = [
    "../secret", "a/../../secret", "./../secret", "/etc/passwd", "//etc/passwd", "link", "linked/secret", "loop", "C:\\secret",
    "C:secret", "..\\secret", "\\\\host\\share", "secret\0", "file:///etc/passwd", "~/secret", "a" * 5000, "", ".", "..",
    "a/" * 500 + "b", "fifo", "zero", "folder",
]  # fmt: skip


@unix
@pytest.mark.parametrize("path", OUTSIDE, ids=range(len(OUTSIDE)))
def test_no_path_leads_out_of_the_project(tmp_path: Path, path: str) -> None:
    project = tmp_path / "project"
    write(tmp_path, {"secret": "FROM scratch\nCMD sleep 1\n", "project/folder/x": ""})
    (project / "link").symlink_to(tmp_path / "secret")
    (project / "linked").symlink_to(tmp_path)
    (project / "loop").symlink_to(project / "loop")
    (project / "zero").symlink_to("/dev/zero")
    os.mkfifo(project / "fifo")
    for name in ("package.json", "Procfile", ".dockerignore", ".gitignore", "app.py", "Gemfile"):
        (project / name).symlink_to(tmp_path / "secret")
    escaped = path.replace("\\", "\\\\").replace("\0", "\\u0000")
    text = f"""{CLEAN}
[build]
  dockerfile = "{escaped}"
  ignorefile = "{escaped}"
  build-target = "a"
  [build.compose]
    file = "{escaped}"
[processes]
  app = "python {escaped}"
[deploy]
  release_command = "sh {escaped}"
  seed_command = "./{escaped}"
[http_service]
  internal_port = 8080
[[files]]
  guest_path = "/a"
  local_path = "{escaped}"
"""
    for compose in (True, False):  # with [build.compose] the Dockerfile is not looked at
        written = text if compose else text.replace("[build.compose]", "[build.args]")
        with watched() as seen:
            result = engine.check(Document(written), Settings(), project=Project(str(project)))
        assert not result.failures, result.failures[0].traceback
        assert not seen.written and not seen.forbidden
        strange = [each for each in seen.read if not each.startswith(os.path.realpath(project))]
        assert not [each for each in strange if str(tmp_path) in each or each.startswith(("/etc", "/dev", "/proc"))]


@unix
def test_a_name_of_the_project_that_is_no_file(tmp_path: Path) -> None:
    """A FIFO as Dockerfile would wait for ever, and /dev/zero never ends."""
    for name in ("Dockerfile", "package.json", "Procfile", ".dockerignore", "requirements.txt", "app.py"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "docker-compose.yml").symlink_to("/dev/zero")
    result = engine.check(Document(f"{CLEAN}[build.compose]\n"), Settings(), project=Project(str(tmp_path)))
    assert not result.failures


@unix
@pytest.mark.parametrize("kind", ["fifo", "zero", "null", "nowhere", "loop", "folder", "socket"])
def test_input_that_is_no_file(folder: Path, run: Run, kind: str) -> None:
    path = folder / "fly.toml"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind in ("zero", "null"):
        path.symlink_to(f"/dev/{kind}")
    elif kind == "socket":
        import socket

        with socket.socket(socket.AF_UNIX) as listening:
            os.chdir(folder)
            listening.bind("fly.toml")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(folder / ("fly.toml" if kind == "loop" else "nothing"))
    done = run("fly.toml")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "fly.toml" in done.stderr


@unix
def test_a_link_to_a_file_is_that_file(folder: Path, run: Run) -> None:
    write(folder, {"real.toml": CLEAN + "tier = 3\n"})
    (folder / "fly.toml").symlink_to("real.toml")
    assert run("fly.toml").returncode == 1
