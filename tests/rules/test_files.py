"""Rules about [[files]] and [[statics]]."""

from __future__ import annotations

import pytest

from flylint.severity import Severity
from tests.linting import findings, lint, mended

HEAD = 'app = "example"\n\n'
HTTP = "[http_service]\ninternal_port = 8080\n\n"
RULES = (
    "file-without-content", "file-with-several-sources", "file-content-is-base64", "file-processes-ignored",
    "file-path-invalid", "file-path-duplicate", "secret-in-file", "static-incomplete", "static-path-relative",
    "too-many-statics", "static-prefix-overlap", "static-prefix-without-slash", "index-document-without-bucket",
    "statics-without-http-service",
)  # fmt: skip


def said(text: str) -> list[tuple[str, str]]:
    """Rule and key of everything that is said about files and statics."""
    return [(d.rule, d.key) for d in lint(HEAD + text) if d.rule in RULES]


def file(*lines: str) -> str:
    return "[[files]]\n" + "\n".join(lines) + "\n"


def static(path: str, prefix: str, *lines: str) -> str:
    return f'[[statics]]\nguest_path = "{path}"\nurl_prefix = "{prefix}"\n' + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        file('guest_path = "/a"', 'raw_value = "x"'),
        file('guest_path = "/a/b.yaml"', 'local_path = "b.yaml"'),
        file('guest_path = "/a"', 'secret_name = "S"', 'raw_value = ""'),
        file('guest_path = "/a"', 'raw_value = "1"') + file('guest_path = "/b"', 'raw_value = "2"'),
        file('guest_path = "/a"', 'raw_valu = "misspelt"'),
        file('guest_pth = "/a"', 'raw_value = "misspelt"'),
        file('guest_path = "/a"', "raw_value = 1"),
    ],
)
def test_files_that_are_fine(text: str) -> None:
    assert said(text) == []


def test_files_without_content() -> None:
    assert said(file('guest_path = "/a"', 'raw_value = ""')) == [("file-without-content", "files[0]")]


def test_nothing_is_missing_from_a_file_that_cannot_be_read() -> None:
    assert said(file('guest_path = "/a"') + "raw_value = = 1\n") == []


@pytest.mark.parametrize(
    ("lines", "key", "winner"),
    [
        (('raw_value = "x"', 'secret_name = "S"'), "raw_value", "secret_name"),
        (('raw_value = "x"', 'local_path = "f"'), "raw_value", "local_path"),
        (('raw_value = "x"', 'secret_name = "S"', 'local_path = "f"'), "secret_name", "local_path"),
    ],
)
def test_files_with_several_sources(lines: tuple[str, ...], key: str, winner: str) -> None:
    (found,) = (d for d in lint(HEAD + file('guest_path = "/a"', *lines)) if d.rule in RULES)
    assert (found.rule, found.key, found.severity) == ("file-with-several-sources", f"files[0].{key}", Severity.ERROR)
    assert found.related[0].key == f"files[0].{winner}"


@pytest.mark.parametrize(
    "raw", ["aGVsbG8gd29ybGQK", "aGVsbG8=", "eyJhIjogMX0=\\n", "ZGVidWc6IGZhbHNlCnBv\\ncnQ6IDgwODAK"]
)
def test_base64(raw: str) -> None:
    assert said(file('guest_path = "/a"', f'raw_value = "{raw}"')) == [("file-content-is-base64", "files[0].raw_value")]


@pytest.mark.parametrize(
    "raw", ["password", "deadbeef", "hello world", "aGk=", "config12", "true", "a: 1", "aGVsbG8", "abcdefgh"]
)
def test_text_that_is_not_base64(raw: str) -> None:
    assert said(file('guest_path = "/a"', f'raw_value = "{raw}"')) == []


def test_a_file_may_be_meant_to_hold_base64() -> None:
    assert said(file('guest_path = "/a.b64"', 'raw_value = "aGVsbG8gd29ybGQK"')) == []


GROUPS = '[processes]\nweb = "a"\nworker = "b"\n\n'


def test_files_for_some_groups() -> None:
    limited = file('guest_path = "/a"', 'raw_value = "x"', 'processes = ["web"]')
    (found,) = findings(HEAD + GROUPS + limited, "file-processes-ignored")
    assert "`worker` gets" in found.message and found.key == "files[0].processes"
    for fine in (
        file('guest_path = "/a"', 'raw_value = "x"', 'processes = ["web", "worker"]'),
        file('guest_path = "/a"', 'raw_value = "x"', "processes = []"),
    ):
        assert not findings(HEAD + GROUPS + fine, "file-processes-ignored")
    unknown = file('guest_path = "/a"', 'raw_value = "x"', 'processes = ["web", "cron"]')
    for processes in (GROUPS, ""):
        (found,) = findings(HEAD + processes + unknown, "file-processes-ignored")
        assert "`cron`" in found.message and found.key == "files[0].processes"
    assert not findings(HEAD + "[proceses]\ncron = 'x'\n" + unknown, "file-processes-ignored")
    one_group = file('guest_path = "/a"', 'raw_value = "x"', 'processes = ["app"]')
    assert not findings(HEAD + one_group, "file-processes-ignored")


@pytest.mark.parametrize("path", ["a.yaml", "./a", "/", "/app/", ""])
def test_paths_that_are_none_of_a_file(path: str) -> None:
    assert said(file(f'guest_path = "{path}"', 'raw_value = "x"')) == [("file-path-invalid", "files[0].guest_path")]


def test_a_missing_path_is_reported_at_the_file() -> None:
    assert said(file('raw_value = "x"')) == [("file-path-invalid", "files[0]")]


def test_two_files_with_one_path() -> None:
    first, second = file('guest_path = "/a"', 'raw_value = "1"'), file('guest_path = "/a"', 'raw_value = "2"')
    (found,) = findings(HEAD + first + second, "file-path-duplicate")
    assert found.key == "files[1].guest_path" and found.related[0].key == "files[0].guest_path"


def test_files_of_one_path_for_two_groups_are_one_mistake() -> None:
    text = GROUPS + "".join(
        file('guest_path = "/a"', f'raw_value = "{group}"', f'processes = ["{group}"]') for group in ("web", "worker")
    )
    assert {rule for rule, _ in said(text)} == {"file-processes-ignored"}


def test_keys_in_files() -> None:
    key = "-----BEGIN PRIVATE KEY-----abc-----END PRIVATE KEY-----"
    found = findings(HEAD + file('guest_path = "/a"', f'raw_value = "{key}"'), "secret-in-file")
    assert [d.key for d in found] == ["files[0].raw_value"]
    assert not findings(HEAD + file('guest_path = "/a"', 'raw_value = "key: value"'), "secret-in-file")


@pytest.mark.parametrize(
    "text",
    [
        HTTP + static("/app/public", "/public"),
        HTTP + static("/app/public", "/"),
        HTTP + static("/app/a", "/a") + static("/app/b", "/ab"),
        HTTP + static("public", "/p", 'tigris_bucket = "b"', 'index_document = "index.html"'),
        HTTP + '[[statics]]\nurl_prefix = "/p"\ntigris_bucket = "b"\n',
        '[[services]]\ninternal_port = 80\n[[services.ports]]\nport = 80\nhandlers = ["http"]\n' + static("/a", "/a"),
        "http_service = 1\n" + static("/a", "/a"),
        "[http_services]\ninternal_port = 80\n" + static("/a", "/a"),
        "[[services]]\ninternal_port = 80\n" + static("/a", "/a"),
        '[[services]]\ninternal_port = 80\n[[services.ports]]\nport = 80\nhandlers = "http"\n' + static("/a", "/a"),
    ],
)
def test_statics_that_are_fine(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        ("", "no `guest_path` and no `url_prefix`"),
        ('guest_path = "/a"', "no `url_prefix`,"),
        ('url_prefix = "/a"\nguest_path = ""', "no `guest_path`,"),
        ('tigris_bucket = "b"', "no `url_prefix`,"),
    ],
)
def test_incomplete_statics(lines: str, missing: str) -> None:
    (found,) = findings(f"{HEAD}{HTTP}[[statics]]\n{lines}\n", "static-incomplete")
    assert missing in found.message and found.key == "statics[0]"


def test_relative_directories() -> None:
    assert said(HTTP + static("public", "/p")) == [("static-path-relative", "statics[0].guest_path")]


@pytest.mark.parametrize(("count", "reported"), [(10, []), (11, ["statics[10]"]), (12, ["statics[10]"])])
def test_number_of_statics(count: int, reported: list[str]) -> None:
    text = HEAD + HTTP + "".join(static(f"/app/{i}", f"/s{i}") for i in range(count))
    assert [d.key for d in findings(text, "too-many-statics")] == reported


@pytest.mark.parametrize(
    ("first", "second", "reported"),
    [
        ("/s", "/s", "statics[1].url_prefix"),
        ("/s", "/s/", "statics[1].url_prefix"),
        ("/s", "/s/a", "statics[1].url_prefix"),
        ("/s/a", "/s", "statics[0].url_prefix"),
        ("/", "/s", "statics[1].url_prefix"),
    ],
)
def test_overlapping_prefixes(first: str, second: str, reported: str) -> None:
    (found,) = findings(HEAD + HTTP + static("/a", first) + static("/b", second), "static-prefix-overlap")
    assert found.key == reported and len(found.related) == 1


def test_prefixes_without_slash() -> None:
    (found,) = (d for d in lint(HEAD + HTTP + static("/a", "public")) if d.rule in RULES)
    assert found.rule == "static-prefix-without-slash" and found.help == 'write "/public"'
    (found,) = findings(HEAD + HTTP + static("/a", "https://example.com/a"), "static-prefix-without-slash")
    assert found.fix and not found.fix.safe and found.fix.edits[0].text == '"/a"'


def test_an_index_document_needs_a_bucket() -> None:
    text = HTTP + static("/a", "/a", 'index_document = "index.html"')
    assert said(text) == [("index-document-without-bucket", "statics[0].index_document")]


def test_flyctl_makes_the_bucket_of_a_relative_directory_itself() -> None:
    text = HTTP + static("dist", "/a", 'index_document = "index.html"')
    assert said(text) == [("static-path-relative", "statics[0].guest_path")]
    (found,) = (d for d in lint(HEAD + text, files={"Dockerfile": "FROM a\nWORKDIR /srv\n"}) if d.rule in RULES)
    assert found.fix and not found.fix.safe


def test_statics_need_http() -> None:
    assert said(static("/a", "/a") + static("/b", "/b")) == [("statics-without-http-service", "statics[0]")]
    tcp = '[[services]]\ninternal_port = 80\n[[services.ports]]\nport = 80\nhandlers = ["tls"]\n'
    (found,) = findings(HEAD + tcp + static("/a", "/a"), "statics-without-http-service")
    assert [label.key for label in found.related] == ["services[0].ports[0].handlers"]


def test_many_statics_cost_little() -> None:
    text = HEAD + HTTP + "".join(static("/a", "/a" * 40) for _ in range(300))
    assert len(findings(text, "static-prefix-overlap")) == 99  # the others are too many anyway


@pytest.mark.parametrize(
    "text", ["files = 1", "statics = [1]", "[[files]]\nguest_path = 1\nprocesses = 2", "[files]\na = 1"]
)
def test_no_form_breaks_a_rule(text: str) -> None:
    lint(HEAD + text)  # fails when a rule crashes


def test_a_secret_for_each_file_is_named() -> None:
    found = findings(
        '[[files]]\nguest_path = "/a"\nsecret_name = "A"\n[[files]]\nguest_path = "/b"\nsecret_name = "B"\n',
        "file-secret-encoding",
    )
    assert [(d.key, "`A`" in d.message) for d in found] == [
        ("files[0].secret_name", True),
        ("files[1].secret_name", False),
    ]


def test_no_reminder_where_a_comment_speaks_of_base64() -> None:
    assert findings('[[files]]\nguest_path = "/a"\nsecret_name = "A"\n# A is base64\n', "file-secret-encoding") == []


def test_a_value_that_speaks_of_base64_is_no_comment() -> None:
    text = '[env]\nA = "base64"\n[[files]]\nguest_path = "/a"\nsecret_name = "A"\n'
    assert len(findings(text, "file-secret-encoding")) == 1


def test_what_is_mended_in_statics() -> None:
    text = HEAD + HTTP + static("public", "assets")
    prefixed = HEAD + HTTP + static("public", "/assets")
    assert mended(text, "static-prefix-without-slash") == prefixed
    assert mended(prefixed, "static-path-relative") == prefixed
    assert mended(prefixed, "static-path-relative", unsafe=True) == HEAD + HTTP + static("/app/public", "/assets")
