"""Process groups, what names them, and commands."""

from __future__ import annotations

import pytest

from flylint.diagnostic import Diagnostic
from flylint.severity import Severity
from tests.linting import findings, lint, mended

TWO = '[processes]\nweb = "serve"\nworker = "work"\n'
WEB, WEB_WORKER = '["web"]', '["web", "Worker"]'


def service(processes: str | None = None) -> str:
    return "[http_service]\ninternal_port = 8080\n" + (f"processes = {processes}\n" if processes else "")


def one(text: str, rule: str) -> Diagnostic:
    [diagnostic] = findings(text, rule)
    return diagnostic


# services


@pytest.mark.parametrize(
    ("groups", "group", "safe"),
    [
        ('only = "x"', "only", True),
        ('web = "x"\nworker = "y"', "web", True),
        ('app = "x"\nworker = "y"', "app", True),
        ('app = "x"\nweb = "y"', None, None),
        ('a = "x"\nb = "y"', None, None),
    ],
)
def test_service_without_groups(groups: str, group: str | None, safe: bool | None) -> None:
    found = one(f'app = "x"\n[processes]\n{groups}\n{service()}', "service-missing-processes")
    assert found.severity is Severity.ERROR and found.key == "http_service"
    assert found.related[0].key == "processes"
    assert (found.fix.title, found.fix.safe) == (f"let it belong to `{group}`", safe) if found.fix else group is None


def test_empty_list_counts_as_none() -> None:
    assert one(f'app = "x"\n{TWO}{service("[]")}', "service-missing-processes").key == "http_service.processes"


@pytest.mark.parametrize(
    "text",
    [
        service(),
        "[processes]\n" + service(),
        "processes = []\n" + service(),
        TWO + service('["web"]'),
        TWO + service('["web"]').replace("processes", "proceses"),
        TWO + service("3"),
    ],
)
def test_service_needs_no_other_groups(text: str) -> None:
    assert not findings(f'app = "x"\n{text}', "service-missing-processes")


def test_old_array_of_processes_counts() -> None:
    text = 'app = "x"\n[[processes]]\nname = "web"\ncommand = "serve"\n'
    assert findings(text + service(), "service-missing-processes")
    assert not findings(text + service('["web"]'), "unknown-process-group")


def test_each_service_is_a_finding() -> None:
    entry = "[[services]]\ninternal_port = 80\nprotocol = 'tcp'\n"
    text = f'app = "x"\n{TWO}{entry}processes = ["web"]\n{entry}'
    assert [d.key for d in findings(text, "service-missing-processes")] == ["services[1]"]


# unknown groups


def test_misspelt_group_of_a_service() -> None:
    found = one(f'app = "x"\n{TWO}{service(WEB_WORKER)}', "unknown-process-group")
    assert found.key == "http_service.processes[1]" and found.label == "did you mean `worker`?"
    assert found.related[0].key == "processes.worker"
    assert found.fix and found.fix.safe


@pytest.mark.parametrize("name", ["worker2", "cron"])
def test_other_names_are_no_misspellings(name: str) -> None:
    found = one(f'app = "x"\n{TWO}[[restart]]\npolicy = "always"\nprocesses = ["{name}"]\n', "unknown-process-group")
    assert found.key == "restart[0].processes[0]" and not found.label and found.fix is None


def test_without_processes_there_is_only_app() -> None:
    assert not findings('app = "x"\n' + service('["app"]'), "unknown-process-group")
    found = one('app = "x"\n' + service('["web"]'), "unknown-process-group")
    assert "there is only `app`" in found.message
    assert found.fix and not found.fix.safe


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ('[[mounts]]\nsource = "d"\ndestination = "/d"\n', "mounts[0].processes[0]"),
        ('[mounts]\nsource = "d"\ndestination = "/d"\n', "mounts.processes[0]"),
        ('[checks.alive]\ntype = "tcp"\nport = 8080\n', "checks.alive.processes[0]"),
        ('[[vm]]\nsize = "shared-cpu-1x"\n', "vm[0].processes[0]"),
        ('[compute]\nsize = "shared-cpu-1x"\n', "compute.processes[0]"),
        ("[[metrics]]\nport = 9091\npath = '/metrics'\n", "metrics[0].processes[0]"),
    ],
)
def test_ignored_sections(section: str, key: str) -> None:
    found = one(f'app = "x"\n{TWO}{section}processes = ["wroker"]\n', "unknown-process-group-ignored")
    assert found.key == key and "`wroker`" in found.message and "this section" in found.notes[0]
    assert found.fix and found.fix.safe


def test_one_unknown_of_several_groups() -> None:
    text = f'app = "x"\n{TWO}[[vm]]\nsize = "shared-cpu-1x"\nprocesses = ["web", "cron"]\n'
    found = one(text, "unknown-process-group-ignored")
    assert found.key == "vm[0].processes[1]" and "the name" in found.notes[0]


def test_the_machine_of_fly_console_has_a_vm_of_its_own() -> None:
    console = 'size = "shared-cpu-2x"\nprocesses = ["console"]\n'
    for groups in ("", TWO):
        assert not findings(f'app = "x"\n{groups}[[vm]]\n{console}', "unknown-process-group-ignored")
    text = f'app = "x"\n{TWO}[[metrics]]\nport = 9091\npath = "/metrics"\nprocesses = ["console"]\n'
    assert one(text, "unknown-process-group-ignored").key == "metrics[0].processes[0]"


@pytest.mark.parametrize(
    "processes",
    [
        '[proceses]\nweb = "serve"\n',  # unknown-key
        'processes = "web"\n',  # wrong-type
        '[processes]\nweb = ["serve"]\n',  # wrong-type, but the group is there
        "[processes]\nweb = \n",  # syntax-error
    ],
)
def test_another_mistake_hides_the_groups(processes: str) -> None:
    text = f'app = "x"\n{processes}{service(WEB)}'
    assert any(d.severity is Severity.ERROR for d in lint(text))
    assert not findings(text, "unknown-process-group")


@pytest.mark.parametrize("groups", ["3", "[3]", "{}", '"web"', "[[]]", "[1979-05-27]"])
def test_groups_of_any_type_are_survived(groups: str) -> None:
    for section in ("[http_service]", "[[vm]]", "[[mounts]]", "[checks.x]", "[[restart]]", "[[metrics]]"):
        lint(f'app = "x"\n{TWO}{section}\nprocesses = {groups}\n')


# the default group


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ('[[restart]]\npolicy = "always"\n', "restart[0]"),
        ('[[mounts]]\nsource = "d"\ndestination = "/d"\n', "mounts[0]"),
        ('[checks.alive]\ntype = "tcp"\nport = 9000\n', "checks.alive"),
        ("[[metrics]]\nport = 9091\npath = '/metrics'\n", "metrics[0]"),
        ("[[metrics]]\nport = 9091\nprocesses = []\n", "metrics[0]"),
    ],
)
def test_sections_of_the_default_group(section: str, key: str) -> None:
    found = one(f'app = "x"\n{TWO}{service(WEB)}{section}', "default-group-only")
    assert found.key == key and found.severity is Severity.WARNING
    assert "`web`, not in `worker`" in found.message and "alphabet" in found.notes[0]


def test_app_is_the_default_group() -> None:
    text = 'app = "x"\n[processes]\naaa = "x"\napp = "y"\nzzz = "z"\n[[restart]]\npolicy = "always"\n'
    assert "only in the process group `app`, not in `aaa` and `zzz`" in one(text, "default-group-only").message


@pytest.mark.parametrize(
    "section", ['[checks.alive]\ntype = "tcp"\nport = 8080\n', "[[metrics]]\nport = 8080\npath = '/metrics'\n"]
)
def test_the_port_shows_that_the_default_group_is_meant(section: str) -> None:
    text = f'app = "x"\n{TWO}{service(WEB)}{section}'
    assert one(text, "default-group-only").severity is Severity.INFO


@pytest.mark.parametrize(
    "text",
    [
        '[[restart]]\npolicy = "always"\n',
        '[processes]\nweb = "x"\n[[restart]]\npolicy = "always"\n',
        TWO + '[[restart]]\npolicy = "always"\nprocesses = ["web"]\n',
        TWO + '[[restart]]\npolicy = "always"\nproceses = ["web"]\n',
        TWO + '[[vm]]\nsize = "shared-cpu-1x"\n',
        TWO + '[[files]]\nguest_path = "/x"\nlocal_path = "x"\n',
        TWO + "[experimental]\nmetrics_port = 9091\nmetrics_path = '/m'\n",
    ],
)
def test_not_only_the_default_group(text: str) -> None:
    assert not findings(f'app = "x"\n{text}', "default-group-only")


def test_several_sections_of_a_kind_are_one_finding() -> None:
    checks = "".join(f'[checks.c{i}]\ntype = "tcp"\nport = 9000\n' for i in range(3))
    found = one(f'app = "x"\n{TWO}{checks}', "default-group-only")
    assert [label.key for label in found.related] == ["checks.c1", "checks.c2"]


# groups


@pytest.mark.parametrize("name", ["fly_app_console", "fly_app_release_command", "fly_app_test_machine_command"])
def test_reserved_groups(name: str) -> None:
    assert one(f'app = "x"\n[processes]\n{name} = "x"\n', "unsuitable-process-group-name").severity is Severity.ERROR


def test_group_names_for_hosts() -> None:
    text = 'app = "x"\n[processes]\n"web server" = "x"\nweb_1 = "y"\nWeb-2 = "z"\n'
    found = one(text, "unsuitable-process-group-name")
    assert "`web server`" in found.message and found.severity is Severity.INFO


def test_one_empty_command_is_fine() -> None:
    assert not findings('app = "x"\n[processes]\nweb = ""\nworker = "x"\n', "empty-process-command")
    assert findings('app = "x"\n[processes]\nweb = ""\nworker = " "\n', "empty-process-command")


@pytest.mark.parametrize(
    ("command", "groups", "found"),
    [
        ("uvicorn app:app", '["web"]', 1),
        ("uvicorn app:app", '["web", "api"]', 0),
        ("rq worker", '["web"]', 0),
    ],
)
def test_server_without_service(command: str, groups: str, found: int) -> None:
    text = f'app = "x"\n[processes]\nweb = "x"\napi = "{command}"\n{service(groups)}'
    assert len(findings(text, "server-without-service")) == found


def test_servers_of_an_app_without_services() -> None:
    assert not findings('app = "x"\n[processes]\nweb = "x"\napi = "uvicorn a:b"\n', "server-without-service")


# commands


@pytest.mark.parametrize("command", ["sh -c 'x", 'a \\"b', "a \\\\"])
@pytest.mark.parametrize(
    ("table", "key"),
    [("", "console_command"), ("[deploy]\n", "deploy.release_command"), ("[processes]\n", "processes.web")],
)
def test_unclosed_quotes(table: str, key: str, command: str) -> None:
    found = one(f'app = "x"\n{table}{key.rpartition(".")[2]} = "{command}"\n', "unclosed-quote-in-command")
    assert found.key == key and found.severity is Severity.ERROR


@pytest.mark.parametrize("command", ["", "a 'b c'", "it\\\\'s", "a # it's a comment", '\\"it\'s\\"'])
def test_closed_quotes(command: str) -> None:
    assert not findings(f'app = "x"\n[processes]\nweb = "{command}"\n', "unclosed-quote-in-command")


@pytest.mark.parametrize(("table", "key"), [("deploy", "release_command"), ("processes", "app")])
def test_shell_syntax(table: str, key: str) -> None:
    found = one(f'app = "x"\n[{table}]\n{key} = "migrate && seed --to $DB"\n', "shell-syntax-without-shell")
    assert found.key == f"{table}.{key}" and found.severity is Severity.ERROR
    assert "`&&` and `$DB`" in found.message and "sh -c" in (found.help or "")


@pytest.mark.parametrize(
    ("rest", "severity"),
    [("", Severity.ERROR), ('[build]\nbuilder = "heroku/builder:24"\n', Severity.WARNING)],
)
def test_builders_may_expand_variables(rest: str, severity: Severity) -> None:
    text = f'app = "x"\n[processes]\napp = "serve $PORT"\n{rest}'
    assert one(text, "shell-syntax-without-shell").severity is severity


def test_variable_in_double_quotes_is_a_guess() -> None:
    text = """app = "x"\n[processes]\napp = 'serve "$PORT"'\n"""
    assert one(text, "shell-syntax-without-shell").severity is Severity.WARNING


def test_entrypoint_may_be_a_shell() -> None:
    text = 'app = "x"\n[processes]\napp = "serve $PORT"\n[experimental]\nentrypoint = ["/bin/sh", "-c"]\n'
    assert not findings(text, "shell-syntax-without-shell")


def test_no_fix_for_a_command_with_single_quotes() -> None:
    assert one('app = "x"\n[processes]\napp = "a \'b\' && c"\n', "shell-syntax-without-shell").fix is None


@pytest.mark.parametrize(
    ("table", "key"),
    [("", "console_command"), ("[deploy]\n", "deploy.release_command"), ("[processes]\n", "processes.app")],
)
def test_unquoted_script(table: str, key: str) -> None:
    found = one(f'app = "x"\n{table}{key.rpartition(".")[2]} = "bash -lc npm start"\n', "unquoted-shell-script")
    assert found.key == key and "only `npm`: the word behind it" in found.message and found.severity is Severity.ERROR


def test_words_behind_a_quoted_script() -> None:
    text = 'app = "x"\n[processes]\napp = "sh -c \'migrate --all\' && serve"\n'
    assert one(text, "unquoted-shell-script").severity is Severity.WARNING
    assert not findings(text, "shell-syntax-without-shell")


def test_shell_syntax_before_a_script_is_one_finding() -> None:
    text = 'app = "x"\n[processes]\napp = "cd /app && sh -c npm start"\n'
    rules = [d.rule for d in lint(text) if d.key == "processes.app"]
    assert "shell-syntax-without-shell" in rules and "unquoted-shell-script" not in rules


# [experimental]


@pytest.mark.parametrize("key", ["cmd", "entrypoint", "exec"])
def test_text_is_not_split(key: str) -> None:
    assert (
        one(f'app = "x"\n[experimental]\n{key} = "./run --x"\n', "experimental-command-not-split").key
        == f"experimental.{key}"
    )


@pytest.mark.parametrize("value", ['"/start.sh"', '["./run", "--x"]', '["a b", "c"]', '["a"]', '""', "3"])
def test_text_of_one_word_is_fine(value: str) -> None:
    assert not findings(f'app = "x"\n[experimental]\ncmd = {value}\n', "experimental-command-not-split")


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ('entrypoint = ["/app/run.sh --port 80"]', Severity.ERROR),
        ('exec = ["/app/run.sh --port 80"]', Severity.ERROR),
        ('entrypoint = ["/opt/my app/run"]', Severity.WARNING),
        ('cmd = ["serve --port 80"]', Severity.WARNING),
    ],
)
def test_a_list_of_one_text_is_not_split_either(line: str, severity: Severity) -> None:
    found = one(f'app = "x"\n[experimental]\n{line}\n', "experimental-command-not-split")
    assert found.severity is severity
    assert found.fix and found.fix.safe is (severity is Severity.ERROR)


def test_text_for_a_shell_is_fine() -> None:
    text = 'app = "x"\n[experimental]\nentrypoint = ["sh", "-c"]\ncmd = "a && b"\n'
    assert not findings(text, "experimental-command-not-split")


@pytest.mark.parametrize(
    ("processes", "groups", "fixable"),
    [
        ('a = "x"\nb = "y"', "`a` and `b`", True),
        ('a = "x"\nb = ""', "`a`", False),
    ],
)
def test_overridden_cmd(processes: str, groups: str, fixable: bool) -> None:
    found = one(f'app = "x"\n[experimental]\ncmd = ["s"]\n[processes]\n{processes}\n', "experimental-cmd-overridden")
    assert f"in {groups}:" in found.message and bool(found.fix) is fixable


@pytest.mark.parametrize("processes", ["", '[processes]\na = ""\n', "processes = []\n"])
def test_used_cmd(processes: str) -> None:
    head, tail = (processes, "") if processes.startswith("processes") else ("", processes)
    assert not findings(f'app = "x"\n{head}[experimental]\ncmd = ["s"]\n{tail}', "experimental-cmd-overridden")


# safe fixes


@pytest.mark.parametrize(
    ("rule", "text", "right"),
    [
        (
            "shell-syntax-without-shell",
            '[processes]\napp = "serve --port $PORT"\n',
            "[processes]\napp = \"sh -c 'serve --port $PORT'\"\n",
        ),
        (
            "shell-syntax-without-shell",
            "[processes]\napp = 'serve --name \"a b\" && true'\n",
            '[processes]\napp = "sh -c \'serve --name \\"a b\\" && true\'"\n',
        ),
        ("shell-syntax-without-shell", '[processes]\napp = "serve &"\n', '[processes]\napp = "serve"\n'),
        (
            "shell-syntax-without-shell",
            '[processes]\napp = "migrate&&serve > /log &"\n',
            "[processes]\napp = \"sh -c 'migrate&&serve > /log'\"\n",
        ),
        (
            "unquoted-shell-script",
            '[processes]\napp = "tini -- sh -c npm run start"\n',
            "[processes]\napp = \"tini -- sh -c 'npm run start'\"\n",
        ),
        (
            "unquoted-shell-script",
            '[deploy]\nrelease_command = "sh -c bin/migrate all"\n',
            "[deploy]\nrelease_command = \"sh -c 'bin/migrate all'\"\n",
        ),
        (
            "experimental-command-not-split",
            "[experimental]\nentrypoint = \"./run --name 'a b'\"\n",
            '[experimental]\nentrypoint = ["./run", "--name", "a b"]\n',
        ),
        (
            "experimental-cmd-overridden",
            '[experimental]\nauto_rollback = true\ncmd = ["serve"]\n[processes]\napp = "other"\n',
            '[experimental]\nauto_rollback = true\n[processes]\napp = "other"\n',
        ),
        (
            "default-group-only",
            f'{TWO}[[restart]]\npolicy = "always"\n',
            f'{TWO}[[restart]]\npolicy = "always"\nprocesses = ["web"]\n',
        ),
    ],
)
def test_what_is_mended_safely(rule: str, text: str, right: str) -> None:
    assert mended(f'app = "x"\n{text}', rule) == f'app = "x"\n{right}'


@pytest.mark.parametrize(
    "command", ["source venv/bin/activate && serve", "[[ -f x ]] && serve", "serve &> /log", "diff a <(b)", "cat <<< x"]
)
def test_not_every_shell_knows_what_bash_knows(command: str) -> None:
    text = f'app = "x"\n[processes]\napp = "{command}"\n'
    assert mended(text, "shell-syntax-without-shell") == text
    wrapped = f'app = "x"\n[processes]\napp = "bash -c \'{command}\'"\n'
    assert mended(text, "shell-syntax-without-shell", unsafe=True) == wrapped


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("shell-syntax-without-shell", '[build]\nbuilder = "b"\n[processes]\napp = "serve --port $PORT"\n'),
        ("shell-syntax-without-shell", "[processes]\napp = \"serve --path 'a' && true\"\n"),
        (
            "shell-syntax-without-shell",
            '[experimental]\nentrypoint = ["node"]\n[processes]\napp = "a.js --port $PORT"\n',
        ),
        ("unquoted-shell-script", "[processes]\napp = \"sh -c 'npm run' start\"\n"),
        ("experimental-cmd-overridden", '[experimental]\ncmd = ["a"]\n[processes]\nb = "c"\nd = ""\n'),
    ],
)
def test_what_is_not_mended_safely(rule: str, text: str) -> None:
    assert findings(f'app = "x"\n{text}', rule)
    assert mended(f'app = "x"\n{text}', rule) == f'app = "x"\n{text}'


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("*/5 * * * * /app/bin/job", "*/5"),
        ("0 3 * * MON-FRI bin/job --all", "0"),
        ("0 3 1,15 * * root bin/job", "0"),
        ("@daily bin/job", "@daily"),
        ("0 3 * * *", None),
        ("1 2 3 4 5 6", None),
        ("supercronic '* * * * *' job", None),
        ("@scope/tool serve", None),
        ("7z x * * * * a", None),
    ],
)
def test_a_schedule_is_no_program(command: str, program: str | None) -> None:
    found = findings(f'app = "x"\n[processes]\nweb = "serve"\ncron = "{command}"\n', "schedule-as-command")
    assert [d.severity for d in found] == [Severity.ERROR] * (program is not None)
    assert all(f"`{program}`" in d.message for d in found)


def test_an_entrypoint_may_read_the_schedule() -> None:
    text = 'app = "x"\n[experimental]\nentrypoint = ["go-cron"]\n[processes]\napp = "@daily job"\n'
    assert one(text, "schedule-as-command").severity is Severity.WARNING


@pytest.mark.parametrize(
    ("command", "severity"),
    [
        ("cron -l 2", Severity.WARNING),
        ("/usr/sbin/cron", Severity.WARNING),
        ("sh -c 'exec crond'", Severity.WARNING),
        ("tini -- gunicorn app:app -D", Severity.WARNING),
        ("poetry run gunicorn app:app --daemon", Severity.WARNING),
        ("npx pm2 start app.js", Severity.WARNING),
        ("cron", Severity.INFO),
        ("nginx", Severity.INFO),
        ("cron -f", None),
        ("cron -l 2 -f", None),
        ("crond -fl 2", None),
        ("bin/cron", None),
        ("gunicorn app:app", None),
        ("serve -D", None),
        ("pm2 logs", None),
        ("pm2-runtime start app.js", None),
        ("pm2 start app.js --no-daemon", None),
        ("nginx -g 'daemon off;'", None),
        ("nginx -c /app/nginx.conf", None),
        ("sh -c 'cron && serve'", None),
        ("sh -c 'cron; serve'", None),
        ("supercronic /etc/cron", None),
        ("sh -c", None),
        ("sh -c 'cron", None),
    ],
)
def test_programs_that_go_to_the_background(command: str, severity: Severity | None) -> None:
    found = findings(f'app = "x"\n[processes]\napp = "{command}"\n', "program-in-background")
    assert [d.severity for d in found] == ([] if severity is None else [severity])
