"""Rules about keys and types."""

from __future__ import annotations

import pytest

from flylint.diagnostic import Diagnostic
from flylint.severity import Severity
from tests.linting import findings, lint, mended

HEAD = 'app = "example"\n\n'
SERVICE = '[[services]]\ninternal_port = 8080\nprotocol = "tcp"\n'
HTTP = "[http_service]\ninternal_port = 8080\n"


def one(text: str, rule: str) -> Diagnostic:
    (found,) = findings(HEAD + text, rule)
    return found


# key-under-wrong-table


@pytest.mark.parametrize(
    ("text", "names", "right"),
    [
        (
            '[processes]\nweb = "serve"\nkill_signal = "SIGTERM"\n',
            ["kill_signal"],
            'app = "example"\nkill_signal = "SIGTERM"\n\n[processes]\nweb = "serve"\n',
        ),
        (
            f'{HTTP}[[http_service.checks]]\n[http_service.checks.headers]\nA = "b"\npath = "/up"\n',
            ["path"],
            f'{HEAD}{HTTP}[[http_service.checks]]\npath = "/up"\n[http_service.checks.headers]\nA = "b"\n',
        ),
        (
            f'{SERVICE}[[services.http_checks]]\n[services.http_checks.headers]\nA = "b"\ninterval = "10s"\n',
            ["interval"],
            f'{HEAD}{SERVICE}[[services.http_checks]]\ninterval = "10s"\n[services.http_checks.headers]\nA = "b"\n',
        ),
        (
            '[checks.up]\ntype = "http"\n[checks.up.headers]\nA = "b"\nport = 80\n',
            ["port"],
            f'{HEAD}[checks.up]\ntype = "http"\nport = 80\n[checks.up.headers]\nA = "b"\n',
        ),
        (
            '[build.args]\nA = "b"\ndockerfile = "D"\n',
            ["dockerfile"],
            f'{HEAD}[build]\ndockerfile = "D"\n\n[build.args]\nA = "b"\n',
        ),
        (
            f"{HTTP}[http_service.http_options.response.headers]\nA = 'b'\nforce_https = true\n",
            ["force_https"],
            f"{HEAD}{HTTP}force_https = true\n[http_service.http_options.response.headers]\nA = 'b'\n",
        ),
        (
            f"{SERVICE}[services.concurrency]\nsoft_limit = 20\nmin_machines_running = 1\n",
            ["min_machines_running"],
            f"{HEAD}{SERVICE}min_machines_running = 1\n[services.concurrency]\nsoft_limit = 20\n",
        ),
    ],
)
def test_keys_that_slipped_below_a_header(text: str, names: list[str], right: str) -> None:
    found = findings(HEAD + text, "key-under-wrong-table")
    assert [d.path[-1] for d in found] == names and found[0].severity is Severity.WARNING
    assert mended(HEAD + text, "key-under-wrong-table") == right


def test_a_key_that_slipped_and_is_refused_there() -> None:
    text = '[processes]\nweb = "serve"\nkill_timeout = 30\n'
    assert not findings(HEAD + text, "key-under-wrong-table")
    assert "belongs to the top of the file" in (one(text, "wrong-type").help or "")
    assert mended(HEAD + text, "wrong-type") == 'app = "example"\nkill_timeout = 30\n\n[processes]\nweb = "serve"\n'


@pytest.mark.parametrize(
    "text",
    [
        '[processes]\napp = "serve"\ncontainer = "run"\n',
        '[processes]\nkill_timeout = "node server.js"\n',  # no duration
        'kill_signal = "SIGINT"\n[processes]\nkill_signal = "serve"\n',
        '[env]\ncontainer = "docker"\n',
        'env = { kill_signal = "SIGTERM" }\n',
        'env.kill_signal = "SIGTERM"\n',
        '[build.args]\nVERSION = "1"\n',
        f'{HTTP}[[http_service.checks]]\npath = "/"\n[http_service.checks.headers]\npath = "/"\n',
    ],
)
def test_names_that_stand_where_they_are_meant(text: str) -> None:
    assert not findings(HEAD + text, "key-under-wrong-table")


def test_build_arguments_that_the_dockerfile_declares() -> None:
    text = HEAD + '[build.args]\nimage = "node"\n'
    (found,) = findings(text, "key-under-wrong-table")
    assert found.fix and not found.fix.safe
    declared = lint(text, files={"Dockerfile": "ARG image\nFROM $image\n"})
    assert not [d for d in declared if d.rule == "key-under-wrong-table"]


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("[[statics]]", 'processes = ["app"]'),
        ("[build]", 'vm = "shared-cpu-1x"'),
        ("[build]", 'restart = "always"'),
        ("[experimental]", 'deploy = "rolling"'),
        ("[experimental]", "metrics = true"),
    ],
)
def test_keys_whose_value_fits_nowhere_are_not_moved(table: str, key: str) -> None:
    text = HEAD + f"{table}\n{key}\n"
    assert not findings(text, "key-under-wrong-table")
    (found,) = findings(text, "unknown-key")
    assert found.fix and not found.fix.safe


# wrong-type


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ('primary_region = ["fra"]\n', 'primary_region = "fra"\n'),
        ('console_command = ["npm", "run x"]\n', "console_command = \"npm 'run x'\"\n"),
        ('[processes]\nweb = ["npm", "start"]\n', '[processes]\nweb = "npm start"\n'),
        ('[build]\ndockerfile = ["a", "b"]\n', None),
        ('primary_region = ["fra", "ams"]\n', None),
        ('[[machine_checks]]\ncommand = "curl -f x"\n', '[[machine_checks]]\ncommand = ["curl", "-f", "x"]\n'),
        ('[[machine_checks]]\ncommand = "curl x || exit 1"\n', None),
        ("[restart]\npolicy = 'always'\n", "[[restart]]\npolicy = 'always'\n"),
        ("[restart.web]\npolicy = 'always'\n", None),
        ("[files.cfg]\nguest_path = '/x'\n", None),
    ],
)
def test_other_types(text: str, right: str | None) -> None:
    assert mended(HEAD + text, "wrong-type") == HEAD + (right or text)
    assert right or "join" not in (one(text, "wrong-type").help or "")


def test_tables_that_have_no_names() -> None:
    assert "in place of `[restart.web]`" in (one("[restart.web]\npolicy = 'always'\n", "wrong-type").help or "")
    both = one("[restart]\npolicy = 'always'\n[restart.web]\n", "wrong-type")
    assert "`web`" in (both.help or "") and both.fix
    found = one(f"{SERVICE}[services.ports.https]\nport = 443\n", "unknown-key")
    assert "in place of `[services.ports.https]`" in (found.help or "") and not found.fix


@pytest.mark.parametrize("value", [-1, 5_000_000_000])
def test_numbers_out_of_range_are_shown(value: int) -> None:
    assert str(value) in one(f"{HTTP}[http_service.http_options]\nidle_timeout = {value}\n", "wrong-type").message


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[checks.http]\ntype = 'http'\n[[checks.tcp]]\ntype = 'tcp'\n", "checks.tcp"),
        ("[checks]\nport = 80\n[checks.up]\ntype = 'tcp'\n", "checks.port"),
        ("[[checks.tcp]]\ntype = 'tcp'\n", "checks.tcp"),
        ("[checks]\ntype = 'tcp'\nport = 80\n", "checks"),
        ("checks.x = 1\n", "checks.x"),
        ("checks = 1\n", "checks"),
    ],
)
def test_what_is_no_named_check(text: str, key: str) -> None:
    assert one(text, "wrong-type").key == key


# durations


@pytest.mark.parametrize(
    ("text", "right"), [("5m 30s", "5m30s"), (" 5m", "5m"), ("10 s", "10s"), ("1 .5h", "1.5h"), ("2 minutes", "2m")]
)
def test_durations_with_blanks(text: str, right: str) -> None:
    assert f'"{right}"' in mended(f'{HEAD}kill_timeout = "{text}"\n', "invalid-duration")


def test_a_blank_is_not_a_unit() -> None:
    assert "has a blank in it" in one('kill_timeout = "5m 30s"\n', "invalid-duration").message


# value-ignored


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('[[processes]]\nweb = "serve"\nworker = "work"\n', ["processes[0]"]),
        ('processes = ["web", "worker"]\n', ["processes[0]", "processes[1]"]),
        ('[[processes]]\ncommand = "a"\n[[processes]]\nname = "b"\n', ["processes[0]"]),
        ('[[processes]]\nname = "a"\n[[processes]]\nname = "a"\n', ["processes[0]"]),
        ('processes = [{ name = "web", cmd = "serve" }]\n', ["processes[0].cmd"]),
        ("[[checks]]\nname = 'a'\ntype = 'tcp'\n[[checks]]\nname = 'a'\ntype = 'tcp'\n", ["checks[0]"]),
    ],
)
def test_what_old_forms_lose(text: str, keys: list[str]) -> None:
    found = findings(HEAD + text, "value-ignored")
    assert [d.key for d in found] == keys and found[0].severity is Severity.WARNING
    assert not any(d.fix for d in found) and not findings(HEAD + text, "legacy-table")


# unknown-key


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("[environment]\nA = 'b'\n", "[env]\nA = 'b'\n"),
        ("[vms]\nmemory = '1gb'\n", "[vm]\nmemory = '1gb'\n"),
        (f"{HTTP}[http_service.concurrency]\nhard = 25\n", f"{HTTP}[http_service.concurrency]\nhard_limit = 25\n"),
        (f"{HTTP}[[http_service.http_check]]\npath = '/'\n", f"{HTTP}[[http_service.checks]]\npath = '/'\n"),
        ("[http_service]\nport = 8080\n", "[http_service]\ninternal_port = 8080\n"),
        ("[http_service]\nlisten_port = 8080\n", "[http_service]\ninternal_port = 8080\n"),
        ("[checks.up]\nname = 'up'\ntype = 'tcp'\nport = 80\n", "[checks.up]\ntype = 'tcp'\nport = 80\n"),
        ("[deploy]\npre_deploy = 'migrate'\n", "[deploy]\nrelease_command = 'migrate'\n"),
    ],
)
def test_other_names(text: str, right: str) -> None:
    assert mended(HEAD + text, "unknown-key") == HEAD + right


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[scale]\ncount = 2\n", "fly scale count"),
        ("domains = ['a.com']\n", "fly certs add"),
        ("[[cron]]\nschedule = '@daily'\n", "supercronic"),
        ("restart_policy = 'always'\n", "[[restart]]"),
        (f"{HTTP}health_check_path = '/up'\n", "[[http_service.checks]]"),
    ],
)
def test_what_is_done_in_another_way(text: str, word: str) -> None:
    found = one(text, "unknown-key")
    assert "unknown" in found.message and word in (found.help or "")


def test_a_port_that_is_none_leaves_the_service_without_one() -> None:
    text = "[http_service]\nport = 8080\n"
    assert one(text, "unknown-key").severity is Severity.ERROR
    assert not findings(HEAD + text, "missing-internal-port")


def test_the_name_of_a_check_in_a_list_is_a_key() -> None:
    assert not findings(HEAD + "[[checks]]\nname = 'up'\ntype = 'tcp'\nport = 80\n", "unknown-key")


def test_an_invented_table_of_checks() -> None:
    assert "`[[http_service.checks]]`" in (one("[http_machine.checks]\npath = '/'\n", "unknown-key").help or "")


# invalid-app-name


def test_the_name_of_an_app_says_what_is_allowed() -> None:
    (found,) = findings('app = "my_app"\n', "invalid-app-name")
    assert "lower-case letters, digits and dashes" in found.message and "`my-app`" in str(found.help)
    (placeholder,) = findings('app = "${APP}"\n', "invalid-app-name")
    assert "such as" not in str(placeholder.help)
