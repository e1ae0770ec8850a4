"""Health checks, when they run and what they ask: what the pages do not show."""

from __future__ import annotations

import pytest

from flylint.app import App
from flylint.diagnostic import Diagnostic, dotted
from flylint.document import Document
from flylint.engine import check
from flylint.fixes import apply
from flylint.mend import fix as apply_fixes
from flylint.rules import Mend, all_rules
from flylint.settings import Settings
from flylint.severity import Severity
from tests.linting import findings, lint

TOPICS = ("health-checks", "check-timing", "check-requests")
RULES = {name for name, rule in all_rules().items() if rule.topic in TOPICS}

HEAD = 'app = "shop"\n'
WEB = HEAD + "[http_service]\ninternal_port = 8080\n"
CHECK = '[[http_service.checks]]\ngrace_period = "10s"\ninterval = "15s"\ntimeout = "5s"\npath = "/up"\n'
TOP = '[checks.alive]\ntype = "tcp"\nport = 8080\ngrace_period = "10s"\ninterval = "15s"\ntimeout = "5s"\n'
GROUPS = '[processes]\nweb = "serve"\nworker = "work"\n'
BLUE_GREEN = '[deploy]\nstrategy = "bluegreen"\n'
HTTP_PORTS = '[[services.ports]]\nport = 443\nhandlers = ["tls", "http"]\n'
SERVICE = '[[services]]\ninternal_port = 8080\nprotocol = "tcp"\n' + HTTP_PORTS


def said(text: str) -> set[str]:
    """The rules of these topics that speak about a file, info left out."""
    return {d.rule for d in lint(text) if d.rule in RULES and d.severity > Severity.INFO}


def keys(text: str, rule: str) -> list[str]:
    return [diagnostic.key for diagnostic in findings(text, rule)]


def the(text: str, rule: str) -> Diagnostic:
    """The only finding of a rule."""
    found = findings(text, rule)
    assert len(found) == 1, [d.message for d in found]
    return found[0]


def mend(text: str, rule: str) -> Mend | None:
    """What the only finding of a rule offers to do."""
    decorated = all_rules()[rule]
    app = App(Document(text))
    found = list(decorated.check(app, decorated.options) if decorated.options else decorated.check(app))
    assert len(found) == 1
    return found[0].fix


def checked(**values: str) -> str:
    """An HTTP service with a check that has these raw values over the good ones."""
    good = {"grace_period": '"10s"', "interval": '"15s"', "timeout": '"5s"', "path": '"/up"', **values}
    return WEB + "[[http_service.checks]]\n" + "".join(f"{key} = {value}\n" for key, value in good.items() if value)


def top(**values: str) -> str:
    """A top-level check with these raw values over the good ones, in an app without service."""
    good = {"type": '"tcp"', "port": "8080", "grace_period": '"10s"', "interval": '"15s"', "timeout": '"5s"', **values}
    return HEAD + "[checks.alive]\n" + "".join(f"{key} = {value}\n" for key, value in good.items() if value)


def test_good_files_are_silent() -> None:
    assert said(WEB + CHECK) == set()
    assert said(top()) == set()
    assert said(WEB + CHECK + BLUE_GREEN) == set()


# whether there are any


def test_no_health_check_names_the_groups_that_lack_one() -> None:
    text = HEAD + GROUPS + 'api = "api"\n[http_service]\ninternal_port = 8080\nprocesses = ["web", "api"]\n'
    found = the(text, "no-health-check")
    assert found.key == "http_service"
    assert "`api` and `web`" in found.message
    assert "worker" not in found.message


def test_no_health_check_once_for_each_group() -> None:
    text = HEAD + GROUPS + "".join(
        f'[[services]]\ninternal_port = {port}\nprotocol = "tcp"\nprocesses = ["{group}"]\n'
        f"[[services.ports]]\nport = {port}\n"
        for port, group in ((8080, "web"), (8081, "web"), (9000, "worker"))
    )  # fmt: skip
    assert keys(text, "no-health-check") == ["services[0]", "services[2]"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEAD, id="no service"),
        pytest.param(HEAD + '[[services]]\ninternal_port = 1\nprotocol = "tcp"\n', id="no external port"),
        pytest.param(HEAD + SERVICE.replace('"tcp"', '"udp"'), id="udp"),
        pytest.param(SERVICE + '[[services.tcp_checks]]\ngrace_period = "9s"\n', id="tcp check"),
        pytest.param(WEB + TOP, id="top-level check: only-top-level-checks"),
        pytest.param(WEB + "[[http_service.machine_checks]]\ncommand = ['x']\n", id="machine check"),
        pytest.param(WEB + BLUE_GREEN, id="bluegreen-without-checks"),
        pytest.param(WEB + "[[http_service.http_checks]]\npath = '/up'\n", id="invented name"),
        pytest.param(WEB + "[[http_service.cheks]]\npath = '/up'\n", id="misspelt name"),
        pytest.param(WEB + "[http_service.checks]\npath = '/up'\n", id="wrong type"),
        pytest.param(WEB + "[[http_checks]]\npath = '/up'\n", id="wrong place"),
        pytest.param(WEB + "[checks]\ntype = 'http'\n", id="unnamed top-level check"),
        pytest.param(SERVICE + "[service.http_checks]\npath = '/up'\n", id="misspelt table"),
        pytest.param(WEB + "[[http_service.checks]\npath = '/up'\n", id="syntax error"),
        pytest.param(WEB + "[[services]]\n[[services.http_checks]]\npath = '/up'\n", id="in a phantom service"),
    ],
)
def test_no_health_check_is_silent(text: str) -> None:
    assert findings(text, "no-health-check") == []


MEANT = f"""{HEAD}{GROUPS}[http_service]
internal_port = 8080
processes = ["web"]
[[http_service.http_checks]]
path = "/up"
[[services]]
internal_port = 9000
protocol = "tcp"
processes = ["worker"]
[[services.ports]]
port = 9000
"""


def test_a_misspelt_check_is_that_of_its_own_group() -> None:
    assert keys(MEANT, "no-health-check") == ["services[0]"]
    assert keys(MEANT + BLUE_GREEN, "bluegreen-without-checks") == ["services[0]"]
    top = '[checks.up]\ntype = "tcp"\nport = 9000\nprocesses = ["web", "worker"]\n'
    assert keys(MEANT + top, "only-top-level-checks") == ["services[0]"]


@pytest.mark.parametrize("leftover", ["http_checks = []", "tcp_checks = []", "script_checks = []"])
def test_empty_lists_are_no_checks(leftover: str) -> None:
    text = SERVICE.replace("[[services.ports]]", leftover + "\n[[services.ports]]")
    assert keys(text, "no-health-check") == ["services[0]"]


def test_machine_checks_gate_no_immediate_deploy() -> None:
    text = WEB + "[[http_service.machine_checks]]\ncommand = ['x']\n[deploy]\nstrategy = 'immediate'\n"
    assert said(text) == {"no-health-check", "machine-check-ignored"}


def test_new_check_fits_the_service() -> None:
    names = {}
    for text in (WEB, SERVICE, SERVICE.replace(', "http"', "")):
        fix = mend(text, "no-health-check")
        assert fix and not fix.safe
        names[text] = fix.edits[0].name  # type: ignore[union-attr]
    assert list(names.values()) == ["checks", "http_checks", "tcp_checks"]


def test_only_top_level_checks() -> None:
    found = the(WEB + TOP, "only-top-level-checks")
    assert (found.key, str(found.severity)) == ("http_service", "warning")
    assert [label.key for label in found.related] == ["checks.alive"]
    assert findings(WEB + CHECK + TOP, "only-top-level-checks") == []


def test_only_top_level_checks_is_a_hint_for_databases() -> None:
    text = (
        '[[services]]\ninternal_port = 5432\nprotocol = "tcp"\n[[services.ports]]\nport = 5432\nhandlers = ["pg_tls"]\n'
        '[checks.role]\ntype = "http"\nport = 5500\npath = "/role"\ngrace_period = "9s"\n'
        '[checks.vm]\ntype = "http"\nport = 5500\npath = "/vm"\ngrace_period = "9s"\n'
    )
    assert the(text, "only-top-level-checks").severity == Severity.INFO
    assert said(text) == set()


def test_top_level_check_of_another_group_is_no_check() -> None:
    text = (
        HEAD + GROUPS + '[http_service]\ninternal_port = 8080\nprocesses = ["web"]\n' + TOP + 'processes = ["worker"]\n'
    )
    assert said(text) == {"no-health-check"}


def test_script_checks_are_no_checks() -> None:
    service = (
        '[[services]]\ninternal_port = 8080\nprotocol = "tcp"\n[[services.ports]]\nport = 443\nhandlers = ["tls"]\n'
    )
    text = HEAD + service + '[[services.script_checks]]\ncommand = "/check"\n'
    assert keys(text, "no-health-check") == ["services[0]"]


def test_top_level_check_becomes_a_check_of_the_service() -> None:
    text = (
        WEB
        + '[checks.alive]\ntype = "http"\npath = "/up"\ngrace_period = "2m"\ninterval = 15000\nheaders = {A = "b"}\n'
    )
    fix = mend(text, "only-top-level-checks")
    assert fix is not None
    assert fix.edits[0].items == {  # type: ignore[union-attr]
        "grace_period": "1m",
        "interval": "15s",
        "path": "/up",
        "headers": {"A": "b"},
    }
    assert mend(text + "port = 9000\n[metrics]\nport = 9000\n", "only-top-level-checks") is None


@pytest.mark.parametrize("text", [HEAD, WEB, HEAD + GROUPS, WEB + '[[http_service.machine_checks]]\ncommand = ["x"]\n'])
def test_bluegreen_without_any_check(text: str) -> None:
    found = the(text + BLUE_GREEN, "bluegreen-without-checks")
    assert (found.key, str(found.severity)) == ("deploy.strategy", "error")
    assert "no-health-check" not in said(text + BLUE_GREEN)


def test_bluegreen_with_a_group_without_check() -> None:
    text = HEAD + BLUE_GREEN + GROUPS + '[http_service]\ninternal_port = 8080\nprocesses = ["web"]\n' + CHECK
    found = the(text, "bluegreen-without-checks")
    assert (found.key, str(found.severity)) == ("processes.worker", "warning")
    assert findings(text + TOP + 'processes = ["worker"]\n', "bluegreen-without-checks") == []


@pytest.mark.parametrize(
    "text", [WEB + "[[http_service.cheks]]\npath = '/'\n", WEB + "[mounts]\nsource = 'a'\n", "x = = 1\n"]
)
def test_bluegreen_without_checks_is_silent(text: str) -> None:
    assert findings(BLUE_GREEN + text if text.startswith("x") else text + BLUE_GREEN, "bluegreen-without-checks") == []


@pytest.mark.parametrize(("interval", "reported"), [('"15s"', False), ('"16s"', True), ("", True)])
def test_bluegreen_polls_slowly(interval: str, reported: bool) -> None:
    found = findings(checked(interval=interval) + BLUE_GREEN, "bluegreen-polls-slowly")
    assert bool(found) is reported
    assert findings(checked(interval=interval), "bluegreen-polls-slowly") == []
    if reported:
        assert ("16s" if interval else "1m") in found[0].message


def test_the_fastest_check_sets_the_pace() -> None:
    text = checked(interval='"40s"') + BLUE_GREEN
    assert findings(text + TOP, "bluegreen-polls-slowly") == []


# what is left when a release fails


@pytest.mark.parametrize(("value", "severity"), [("true", ["info"]), ("false", ["warning"]), ('"false"', [])])
def test_auto_rollback(value: str, severity: list[str]) -> None:
    text = WEB + CHECK + f"[experimental]\nauto_rollback = {value}\n"
    found = findings(text, "auto-rollback-ignored")
    assert [str(d.severity) for d in found] == severity
    assert all("bluegreen" in (d.help or "") for d in found)
    assert findings(text, "no-rollback") == []


def test_auto_rollback_takes_its_table_along() -> None:
    alone = mend(WEB + "[experimental]\nauto_rollback = true\n", "auto-rollback-ignored")
    beside = mend(WEB + "[experimental]\nauto_rollback = true\ncmd = ['x']\n", "auto-rollback-ignored")
    assert alone and beside and alone.safe
    paths = [fix.edits[0].path for fix in (alone, beside)]  # type: ignore[union-attr]
    assert [dotted(path) for path in paths] == ["experimental", "experimental.auto_rollback"]


def test_no_rollback_is_a_hint() -> None:
    assert the(WEB, "no-rollback").key == ""
    assert the(WEB + '[deploy]\nrelease_command = "x"\n', "no-rollback").key == "deploy"
    assert the(WEB, "no-rollback").severity == Severity.INFO


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        WEB + '[deploy]\nstrategy = "rolling"\n',
        WEB + BLUE_GREEN,
        WEB + '[deploy]\nstratgy = "bluegreen"\n',
        WEB + "[deploy]\nstrategy = 1\n",
        WEB + '[mounts]\nsource = "data"\ndestination = "/data"\n',
        WEB + "[deploy]\nauto_rollback = true\n",
    ],
)
def test_no_rollback_is_silent(text: str) -> None:
    assert findings(text, "no-rollback") == []


@pytest.mark.parametrize("text", ["# blue-green deploys\n" + WEB, 'app = "hello-bluegreen"\n' + WEB.removeprefix(HEAD)])
def test_a_file_that_is_meant_for_bluegreen(text: str) -> None:
    assert "blue-green" in the(text, "no-rollback").message
    assert mend(text, "no-rollback") is None, "without a check the deploy would fail"
    assert mend(text + CHECK, "no-rollback") is not None
    assert findings(text + "[experimental]\nauto_rollback_on_error = true\n", "no-rollback")


# when they run


@pytest.mark.parametrize(
    ("grace", "reported"),
    [
        ('"5s"', False),
        ('"4.9s"', True),
        ('"500ms"', True),
        ('"0s"', True),
        ("0", True),
        ('"-1s"', True),
        ("10", False),  # nanoseconds: duration-without-unit
        ("1000000000", True),  # a second, written on purpose
    ],
)
def test_grace_period_too_short(grace: str, reported: bool) -> None:
    found = keys(checked(grace_period=grace), "grace-period-too-short")
    assert found == (["http_service.checks[0].grace_period"] if reported else [])


def test_grace_period_says_what_runs() -> None:
    found = the(checked(grace_period='"500ms"', interval='"30s"'), "grace-period-too-short")
    assert "starts 1s after" in found.message
    assert "30s later" in found.notes[0]
    assert "starts 500ms after" in the(top(grace_period='"500ms"'), "grace-period-too-short").message


@pytest.mark.parametrize("number", [1, 999, 1000, 4999, 5000])
def test_grace_period_in_milliseconds(number: int) -> None:
    text = SERVICE + f"[[services.tcp_checks]]\ngrace_period = {number}\n"
    assert bool(findings(text, "grace-period-too-short")) is (1000 <= number < 5000)


def test_minimum_is_an_option() -> None:
    settings = Settings({"rules": {"grace-period-too-short": {"minimum": "15s"}}})
    found = check(Document(checked()), settings).diagnostics
    assert "grace-period-too-short" in {d.rule for d in found}
    settings = Settings({"rules": {"grace-period-too-short": {"minimum": "1s"}}})
    found = check(Document(checked(grace_period='"1s"')), settings).diagnostics
    assert "grace-period-too-short" not in {d.rule for d in found}


def test_grace_period_missing() -> None:
    found = the(checked(grace_period="", interval='"30s"'), "grace-period-missing")
    assert (found.key, found.severity) == ("http_service.checks[0]", Severity.INFO)
    assert "30s" in found.message
    assert findings(checked(grace_period="", grace_perid='"9s"'), "grace-period-missing") == []
    assert findings(checked(grace_period="true"), "grace-period-missing") == []


@pytest.mark.parametrize(
    ("deploy", "grace", "severity"),
    [
        ("", "4m59s", None),
        ("", "5m", "warning"),
        ("", "5m10s", "error"),
        ('wait_timeout = "60s"', "59s", None),
        ('wait_timeout = "60s"', "60s", "warning"),
        ('wait_timeout = "60s"', "70s", "error"),
        ('strategy = "bluegreen"\nwait_timeout = "60s"', "60s", "error"),
        ('strategy = "immediate"\nwait_timeout = "60s"', "70s", None),
        ("wait_timeout = 60", "70s", None),
        ('wait_timeout = "0s"', "70s", None),
        ('wait_timout = "10m"', "6m", None),
    ],
)
def test_grace_period_exceeds_wait_timeout(deploy: str, grace: str, severity: str | None) -> None:
    text = top(grace_period=f'"{grace}"') + f"[deploy]\n{deploy}\n"
    found = findings(text, "grace-period-exceeds-wait-timeout")
    assert [str(d.severity) for d in found] == ([severity] if severity else [])
    where = "deploy.wait_timeout" if "wait_timeout" in deploy else "checks.alive.grace_period"
    assert all(d.key == where for d in found)


def test_grace_period_of_a_service_check_counts_for_a_minute() -> None:
    text = checked(grace_period='"5m"')
    assert findings(text, "grace-period-exceeds-wait-timeout") == []
    assert (
        the(text + '[deploy]\nwait_timeout = "1m"\n', "grace-period-exceeds-wait-timeout").severity == Severity.WARNING
    )


def test_machine_checks_make_the_wait_uncertain() -> None:
    text = top(grace_period='"2m"') + '[deploy]\nwait_timeout = "1m"\n[[machine_checks]]\ncommand = ["x"]\n'
    assert the(text, "grace-period-exceeds-wait-timeout").severity == Severity.WARNING


@pytest.mark.parametrize("key", ["interval", "timeout"])
@pytest.mark.parametrize(
    ("value", "runs"),
    [
        ('"1s"', None),
        ('"999ms"', "1s"),
        ('"0s"', "1s"),
        ('"-3s"', "1s"),
        ('"60s"', None),
        ('"60.5s"', "1m"),
        ("30000", None),
    ],
)
def test_service_check_durations_are_clamped(key: str, value: str, runs: str | None) -> None:
    found = findings(checked(**{key: value}), "check-duration-clamped")
    assert [d.key for d in found] == ([f"http_service.checks[0].{key}"] if runs else [])
    assert all(f'"{runs}"' in (d.help or "") for d in found)


def test_grace_period_is_clamped_from_above_only() -> None:
    assert keys(checked(grace_period='"61s"'), "check-duration-clamped") == ["http_service.checks[0].grace_period"]
    assert findings(checked(grace_period='"500ms"'), "check-duration-clamped") == []
    assert findings(top(grace_period='"2m"'), "check-duration-clamped") == []


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ({"interval": '"2s"'}, None),
        ({"interval": '"1999ms"'}, "error"),
        ({"interval": '"0s"'}, "error"),
        ({"interval": '"-5s"'}, "error"),
        ({"interval": "10"}, None),
        ({"interval": "10000"}, None),
        ({"timeout": '"60s"'}, None),
        ({"timeout": '"60001ms"'}, "error"),
        ({"timeout": "90000"}, "error"),
        ({"timeout": '"0s"'}, "warning"),
        ({"timeout": '"-1s"'}, "warning"),
    ],
)
def test_limits_of_top_level_checks(values: dict[str, str], severity: str | None) -> None:
    found = findings(top(**values), "check-duration-out-of-range")
    assert [str(d.severity) for d in found] == ([severity] if severity else [])
    assert all(d.key == f"checks.alive.{next(iter(values))}" for d in found)


@pytest.mark.parametrize(("timeout", "reported"), [('"14s"', False), ('"15s"', True), ('"20s"', True), ("20", False)])
def test_timeout_not_below_interval(timeout: str, reported: bool) -> None:
    assert bool(findings(checked(timeout=timeout), "check-timeout-not-below-interval")) is reported


# what flyctl needs to know about a top-level check


@pytest.mark.parametrize(
    ("kind", "key", "right"),
    [
        ('"http"', None, None),
        ('"HTTP"', "checks.alive.type", "http"),
        ('" tcp"', "checks.alive.type", "tcp"),
        ('"script"', "checks.alive.type", None),
        ('""', "checks.alive.type", None),
        ("", "checks.alive", "tcp"),
        ("3", None, None),
    ],
)
def test_check_type(kind: str, key: str | None, right: str | None) -> None:
    text = top(type=kind)
    assert keys(text, "check-type-invalid") == ([key] if key else [])
    if key:
        fix = mend(text, "check-type-invalid")
        assert (fix.edits[0].value if fix else None) == right  # type: ignore[union-attr]


def test_check_type_with_a_path_is_http_and_without_tcp() -> None:
    fix = mend(top(type="", path='"/up"'), "check-type-invalid")
    assert fix and fix.safe and fix.edits[0].value == "http"  # type: ignore[union-attr]
    plain = mend(top(type=""), "check-type-invalid")
    assert plain and plain.safe and plain.edits[0].value == "tcp"  # type: ignore[union-attr]


def test_https_is_a_protocol() -> None:
    fix = mend(top(type='"https"', path='"/up"'), "check-type-invalid")
    assert fix and not fix.safe
    assert [edit.value for edit in fix.edits] == ["http", "https"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("before", "processes", "reported"),
    [
        (HEAD, "", True),
        (WEB, "", False),
        (HEAD + GROUPS, '["worker"]', True),
        (HEAD + GROUPS + '[http_service]\ninternal_port = 1\nprocesses = ["web"]\n', '["web"]', False),
        (HEAD + GROUPS + '[http_service]\ninternal_port = 1\nprocesses = ["web"]\n', '["worker"]', True),
        (HEAD + GROUPS + '[http_service]\ninternal_port = 1\nprocesses = ["web"]\n', '["web", "worker"]', True),
        (HEAD, '["nobody"]', False),
        (HEAD + "http_service = 1\n", "", False),
    ],
)
def test_check_port_missing(before: str, processes: str, reported: bool) -> None:
    text = before + top(port="", processes=processes).removeprefix(HEAD)
    assert keys(text, "check-port-missing") == (["checks.alive"] if reported else [])


def test_check_port_is_not_missing_when_misspelt_or_unreadable() -> None:
    assert findings(top(port="", prot="8080"), "check-port-missing") == []
    assert findings(top(port='"8080"'), "check-port-missing") == []


def test_check_port_of_the_only_service_is_offered() -> None:
    fix = mend(SERVICE + top(port="").removeprefix(HEAD), "check-port-missing")
    assert fix and fix.safe and fix.edits[0].value == 8080  # type: ignore[union-attr]
    assert mend(top(port=""), "check-port-missing") is None


# where they knock


def test_check_port_mismatch() -> None:
    found = the(WEB + CHECK + top(port="3000").removeprefix(HEAD), "check-port-mismatch")
    assert found.key == "checks.alive.port"
    assert "3000" in found.message and "8080" in found.message
    assert [label.key for label in found.related] == ["http_service.internal_port"]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("[metrics]\nport = 9091\npath = '/metrics'\n", id="metrics"),
        pytest.param('[env]\nADMIN_PORT = "9091"\n', id="environment"),
        pytest.param('[processes]\napp = "serve --admin :9091"\n', id="command"),
        pytest.param('[[services]]\ninternal_port = 9091\nprotocol = "tcp"\n', id="another service"),
    ],
)
def test_a_port_that_the_file_knows_is_no_mismatch(more: str) -> None:
    text = WEB + CHECK + top(port="9091").removeprefix(HEAD)
    assert findings(text, "check-port-mismatch")
    assert findings(text + more, "check-port-mismatch") == []


def test_check_port_mismatch_keeps_to_the_group() -> None:
    text = HEAD + GROUPS + '[http_service]\ninternal_port = 8080\nprocesses = ["web"]\n' + CHECK
    probe = top(port="9091").removeprefix(HEAD)
    assert findings(text + probe + 'processes = ["worker"]\n', "check-port-mismatch") == []
    assert findings(text + probe + 'processes = ["web"]\n', "check-port-mismatch")


def test_check_port_mismatch_leaves_port_to_the_environment() -> None:
    text = WEB + CHECK + top(port="3000").removeprefix(HEAD) + '[env]\nPORT = "3000"\n'
    assert said(text) == {"port-env-mismatch"}


def test_check_port_out_of_range_is_no_mismatch() -> None:
    assert findings(WEB + CHECK + top(port="70000").removeprefix(HEAD), "check-port-mismatch") == []


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ("port = 8080", True),
        ('port = "8080"', True),
        ("port = 9000", False),
        ('name = "up"', True),
        ('type = "http"', True),
        ('type = "tcp"', True),
    ],
)
def test_service_check_port_ignored(line: str, safe: bool) -> None:
    text = WEB + CHECK + line + "\n"
    found = the(text, "service-check-port-ignored")
    assert found.key == "http_service.checks[0]." + line.partition(" ")[0]
    assert str(found.severity) == "warning"
    fix = mend(text, "service-check-port-ignored")
    assert fix and fix.safe is safe
    assert findings(text, "unknown-key") == []


def test_service_check_port_of_a_service_without_one() -> None:
    text = "[[services]]\nprotocol = 'tcp'\n" + HTTP_PORTS + "[[services.tcp_checks]]\nport = 3000\n"
    assert "internal_port = 3000" in (the(text, "service-check-port-ignored").help or "")


@pytest.mark.parametrize(
    ("env", "reported"),
    [
        ('PORT = "3000"', "env.PORT"),
        ("PORT = 3000", "env.PORT"),
        ('SERVER_PORT = "3000"', "env.SERVER_PORT"),
        ('PORT = "8080"\nHTTP_PORT = "3000"', None),
        ('PORT = "auto"', None),
        ('PORT = ""', None),
        ('PORT = "99999"', None),
        ('DB_PORT = "5432"', None),
        ('PORT = "' + "1" * 5000 + '"', None),
    ],
)
def test_port_env_mismatch(env: str, reported: str | None) -> None:
    assert keys(WEB + CHECK + f"[env]\n{env}\n", "port-env-mismatch") == ([reported] if reported else [])


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        WEB + '[processes]\napp = "serve --port 8080"\n',
        WEB + '[[services]]\ninternal_port = 3000\nprotocol = "tcp"\n',
        HEAD + '[http_service]\ninternal_port = "8080"\n',
    ],
)
def test_port_env_mismatch_is_silent(text: str) -> None:
    assert findings(text + '[env]\nPORT = "3000"\n', "port-env-mismatch") == []


def test_port_env_mismatch_mends_only_what_is_plain() -> None:
    env = '[env]\nPORT = "3000"\n'
    fix = mend(WEB + env, "port-env-mismatch")
    assert fix and fix.safe and fix.edits[0].value == 3000  # type: ignore[union-attr]
    other = mend(WEB + env.replace("PORT", "HTTP_PORT"), "port-env-mismatch")
    assert other is None or not other.safe
    assert mend(WEB + '[[services]]\ninternal_port = 1\nprotocol = "tcp"\n' + env, "port-env-mismatch") is None


# what they ask


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/", None),
        ("/up?deep=1", None),
        ("//up", None),
        ("", "/"),
        ("up", "/up"),
        ("http://localhost:8080/up", "/up"),
        ("https://shop.example", "/"),
        ("localhost:8080/up", "/up"),
        (":8080/up", "/up"),
        ("localhost", "/"),
        ("127.0.0.1/up", "/up"),
        ("localhosts/up", "/localhosts/up"),
        ("v1:80a", "/v1:80a"),
        ("https://shop.example?x=1", "/?x=1"),
        ("/up#top", "/up"),
        ("/a b", "/a%20b"),
        (" /up", "/up"),
        ("/up ", "/up"),
    ],
)
def test_check_path(path: str, right: str | None) -> None:
    text = checked(path=f'"{path}"')
    assert keys(text, "check-path-invalid") == (["http_service.checks[0].path"] if right else [])
    if right:
        fix = mend(text, "check-path-invalid")
        assert fix and fix.edits[0].value == right  # type: ignore[union-attr]


def test_check_path_shows_no_credentials() -> None:
    found = the(checked(path='"https://me:hunter2@shop.example/up"'), "check-path-invalid")
    assert "hunter2" not in f"{found.message}{found.help}{found.label}{found.notes}{found.fix}"


def test_check_path_of_a_tcp_check_is_another_fault() -> None:
    assert said(top(path='"up"')) == {"http-keys-in-tcp-check"}


DATABASE = '[[services]]\ninternal_port = 9000\nprotocol = "tcp"\n[[services.ports]]\nport = 9000\n'
ASKS = '[[services.http_checks]]\ngrace_period = "9s"\npath = "/up"\n'


def test_http_check_without_http() -> None:
    assert keys(DATABASE + ASKS, "http-check-without-http") == ["services[0].http_checks[0]"]


@pytest.mark.parametrize(
    "text",
    [
        SERVICE + ASKS,
        DATABASE + ASKS + 'protocol = "https"\n',
        DATABASE.replace("port = 9000\n", "port = 443\n") + ASKS,
        DATABASE + ASKS.replace("http_checks", "tcp_checks").replace('path = "/up"\n', ""),
        "[[services]]\n" + ASKS,
    ],
)
def test_http_check_without_http_is_silent(text: str) -> None:
    assert findings(text, "http-check-without-http") == []


def test_http_keys_in_tcp_check_are_one_fault() -> None:
    text = SERVICE + '[[services.tcp_checks]]\ngrace_period = "9s"\nmethod = "GET"\npath = "/up"\n'
    found = the(text, "http-keys-in-tcp-check")
    assert found.key == "services[0].tcp_checks[0].path"
    assert [label.key for label in found.related] == ["services[0].tcp_checks[0].method"]
    assert findings(text, "unknown-key") == []


def test_http_keys_in_top_level_tcp_check() -> None:
    fix = mend(top(path='"/up"'), "http-keys-in-tcp-check")
    assert fix and not fix.safe and fix.edits[0].value == "http"  # type: ignore[union-attr]
    assert keys(top(protocol='"tcp"'), "http-keys-in-tcp-check") == ["checks.alive.protocol"]
    assert findings(top(protocol='"tcp"'), "check-protocol-invalid") == []


def test_one_of_several_tcp_checks_becomes_an_http_check() -> None:
    text = SERVICE + '[[services.tcp_checks]]\npath = "/up"\n[[services.tcp_checks]]\ninterval = "15s"\n'
    (diagnostic,) = findings(text, "http-keys-in-tcp-check")
    assert diagnostic.fix and not diagnostic.fix.safe
    (service,) = App(Document(apply(text, diagnostic.fix.edits))).services
    assert [(check.kind, check.table.raw) for check in service.checks] == [
        ("tcp", {"interval": "15s"}),
        ("http", {"path": "/up"}),
    ]


@pytest.mark.parametrize(
    ("method", "reported"),
    [("GET", False), ("get", False), ("Head", False), ("OPTIONS", False), ("", False), ("POST", True), ("delete", True),
     ("PING", True)],
)  # fmt: skip
def test_check_method(method: str, reported: bool) -> None:
    assert bool(findings(checked(method=f'"{method}"'), "check-method-unusual")) is reported


@pytest.mark.parametrize(("protocol", "right"), [("http", None), ("HTTPS", "https"), ("tcp", "http"), ("", None)])
def test_check_protocol(protocol: str, right: str | None) -> None:
    text = checked(protocol=f'"{protocol}"')
    assert bool(findings(text, "check-protocol-invalid")) is (right is not None)
    if right:
        fix = mend(text, "check-protocol-invalid")
        assert fix and fix.edits[0].value == right  # type: ignore[union-attr]


def test_tls_options() -> None:
    rule = "check-tls-options-ignored"
    assert keys(checked(tls_skip_verify="true"), rule) == ["http_service.checks[0].tls_skip_verify"]
    assert keys(checked(tls_skip_verify="true", protocol='"http"'), rule)
    assert findings(checked(tls_skip_verify="false"), rule) == []
    assert findings(checked(tls_skip_verify="true", protocol='"https"'), rule) == []
    assert findings(checked(tls_skip_verify="true", protocl='"https"'), rule) == []
    assert findings(checked(tls_skip_verify="true", protocol='"tcp"'), rule) == []


def test_https_check() -> None:
    rule = "https-check-unverifiable"
    https = '"https"'
    assert keys(checked(protocol=https), rule) == ["http_service.checks[0].protocol"]
    assert keys(checked(protocol=https, tls_skip_verify="false"), rule)
    assert findings(checked(protocol=https, tls_skip_verify="true"), rule) == []
    assert findings(checked(protocol=https, tls_server_name='"shop.example"'), rule) == []
    assert findings("[[services]]\n" + ASKS + "protocol = 'https'\n", rule) == []


@pytest.mark.parametrize(
    ("env", "values", "reported"),
    [
        ('FORCE_SSL = "true"', {}, True),
        ("SECURE_SSL_REDIRECT = 1", {}, True),
        ('FORCE_SSL = "false"', {}, False),
        ('FORCE_SSL = "true"', {"headers": '{x-forwarded-proto = "https"}'}, False),
        ('FORCE_SSL = "true"', {"headers": '{Host = "a"}'}, True),
        ('FORCE_SSL = "true"', {"protocol": '"https"'}, False),
    ],
)
def test_check_may_be_redirected(env: str, values: dict[str, str], reported: bool) -> None:
    assert bool(findings(checked(**values) + f"[env]\n{env}\n", "check-may-be-redirected")) is reported


def test_check_on_udp_service() -> None:
    udp = '[[services]]\ninternal_port = 5000\nprotocol = "udp"\n[[services.ports]]\nport = 5000\n'
    check = '[[services.tcp_checks]]\ngrace_period = "9s"\n'
    assert keys(udp + check, "check-on-udp-service") == ["services[0].tcp_checks[0]"]
    assert findings(udp + check + udp.replace("udp", "tcp"), "check-on-udp-service") == []
    assert findings(udp.replace("udp", "tcp") + check, "check-on-udp-service") == []


def test_secret_in_check_header_never_shows_it() -> None:
    found = the(checked(headers='{authorization = "Bearer hunter2", Host = "a"}'), "secret-in-check-header")
    assert found.key == "http_service.checks[0].headers.authorization"
    assert "hunter2" not in repr(found)
    assert findings(checked(headers='{Authorization = ""}'), "secret-in-check-header") == []


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f'X-Auth = "ghp_{"a1" * 18}"', 1),
        (f'X-Check = "sk_live_{"a1" * 12}"', 1),
        ('X-Internal-Token = "correct-horse"', 1),
        ('X-Internal-Token = "<token>"', 0),
        ('X-Forwarded-Proto = "https"', 0),
        ('User-Agent = "fly/1.0"', 0),
    ],
)
def test_secrets_in_headers_by_value_and_by_name(header: str, found: int) -> None:
    assert len(findings(checked(headers=f"{{{header}}}"), "secret-in-check-header")) == found


def test_secret_in_the_old_form_of_headers() -> None:
    text = SERVICE + '[[services.http_checks]]\nheaders = [{name = "Cookie", value = "hunter2"}]\n'
    assert "hunter2" not in repr(the(text, "secret-in-check-header"))


# commands that a deploy runs against a new Machine


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ('image = "curl"', "http_service.machine_checks[0]"),
        ("command = []", "http_service.machine_checks[0].command"),
        ('command = ["true"]', None),
        ('comand = ["true"]', None),
        ('command = "true"', None),
    ],
)
def test_machine_check_without_command(body: str, key: str | None) -> None:
    text = WEB + CHECK + f"[[http_service.machine_checks]]\n{body}\n"
    assert keys(text, "machine-check-without-command") == ([key] if key else [])
    assert findings(text + BLUE_GREEN, "machine-check-without-command") == []


@pytest.mark.parametrize(("strategy", "ignored"), [("bluegreen", True), ("immediate", True), ("canary", False)])
def test_machine_check_ignored(strategy: str, ignored: bool) -> None:
    text = WEB + CHECK + f'[[machine_checks]]\ncommand = ["x"]\n[deploy]\nstrategy = "{strategy}"\n'
    assert bool(findings(text, "machine-check-ignored")) is ignored


# anything


@pytest.mark.parametrize(
    "value", ["1", "true", '""', "[]", "{}", "[1]", "[[]]", "[{}]", "{a = 1}", "nan", "1979-05-27"]
)
@pytest.mark.parametrize(
    "place", ["checks", "checks.a", "deploy", "env", "http_service", "services", "processes", "experimental"]
)
def test_any_value_anywhere(place: str, value: str) -> None:
    lint(f"{place} = {value}\n")
    for key in (
        "grace_period",
        "interval",
        "port",
        "type",
        "path",
        "headers",
        "protocol",
        "method",
        "command",
        "checks",
    ):
        lint(f"[{place}]\n{key} = {value}\n")
        lint(f"[[{place}]]\n{key} = {value}\n")
        lint(f"[[http_service.checks]]\n{key} = {value}\n[[services]]\n[[services.tcp_checks]]\n{key} = {value}\n")


def test_an_interval_without_unit_is_one_finding() -> None:
    """It means milliseconds, which flyctl refuses: one mistake, told by the rule about units."""
    found = [d for d in lint(top(interval="10")) if d.key == "checks.alive.interval" and d.severity > 0]
    assert [(d.rule, str(d.severity)) for d in found] == [("duration-without-unit", "error")]


# safe fixes


def fixed(text: str) -> str:
    """The text after the safe fixes of the file."""
    return apply_fixes(check(Document(text), Settings()), Settings()).result.document.text


@pytest.mark.parametrize(
    ("comment", "grace", "right"),
    [
        ("# boot takes 20s", "2s", "25s"),
        ("# boots in about 20 seconds", "10s", "25s"),
        ("# booting: 1.5 s", "1s", "7s"),
        ("# startup time ~ 40 s", "10s", "45s"),
        ("# it takes 30s to boot", "10s", "35s"),
        ("# boots in 2 minutes", "10s", "1m"),  # the most that Fly.io waits
        ("# boot takes 2s", "3s", None),
        ("# boot takes 20s", "20s", None),
        ("# boots in 2 minutes", "1m", None),
        ("# a boot sweep takes 90s, but it answers at once", "10s", None),
        ("# starts 30s after the other", "10s", None),
    ],
)
def test_a_comment_says_how_long_the_app_boots(comment: str, grace: str, right: str | None) -> None:
    for text in (checked(grace_period=f'"{grace}" {comment}'), checked(grace_period=f'"{grace}"')):
        if comment not in text:
            text = text.replace("[[http", f"{comment}\n[[http")
        found = findings(text, "grace-period-too-short")
        assert [d.fix and (d.fix.safe, d.fix.edits[0].text) for d in found] == ([(True, f'"{right}"')] if right else [])


def test_a_comment_on_another_check_says_nothing() -> None:
    text = checked(grace_period='"10s"') + "\n# boot takes 20s\n" + TOP.replace("10s", "30s")
    assert findings(text, "grace-period-too-short") == []


def test_boot_time_where_no_grace_period_is() -> None:
    fix = mend(checked(grace_period="", path='"/up" # boots in 20s'), "grace-period-missing")
    assert fix and fix.safe and fix.edits[0].value == "25s"  # type: ignore[union-attr]


@pytest.mark.parametrize("form", ["[deploy]\nwait_timeout = '20s'\n", "deploy = { wait_timeout = '20s' }\n", ""])
def test_deploys_wait_for_the_first_check(form: str) -> None:
    grace = "30s" if form else "6m"
    text = fixed(HEAD + form + TOP.replace("10s", grace))
    assert findings(text, "grace-period-exceeds-wait-timeout") == []
    assert "wait_timeout = " in text


def test_clamped_durations_are_written() -> None:
    text = fixed(checked(interval='"500ms"', timeout='"2m"', grace_period='"90s"'))
    assert text == checked(interval='"1s"', timeout='"1m"', grace_period='"1m"')


@pytest.mark.parametrize(
    ("value", "right", "safe"),
    [
        ("healthz", "/healthz", True),
        ("", "/", True),
        ("http://localhost:8080/up?a=b", "/up?a=b", True),
        ("localhost:8080/up?a=b", "/up?a=b", True),
        ("/a b", "/a%20b", False),
        ("/a#b", "/a", False),
    ],
)
def test_paths_are_put_right(value: str, right: str, safe: bool) -> None:
    fix = mend(checked(path=f'"{value}"'), "check-path-invalid")
    assert fix and fix.safe is safe and fix.edits[0].value == right  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("value", "right", "safe"), [("HTTPS", "https", True), ("htpp", "http", True), ("tcp", "http", False)]
)
def test_protocols_are_put_right(value: str, right: str, safe: bool) -> None:
    fix = mend(checked(protocol=f'"{value}"'), "check-protocol-invalid")
    assert fix and fix.safe is safe and fix.edits[0].value == right  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "headers",
    ["", "headers = { A = 'b' }\n", "[http_service.checks.headers]\nA = 'b'\n"],
)
def test_the_header_joins_the_others(headers: str) -> None:
    text = fixed(WEB + CHECK + headers + "[env]\nFORCE_SSL = 'true'\n")
    written = Document(text).values["http_service"]["checks"][0]["headers"]
    assert written["X-Forwarded-Proto"] == "https"
    assert ("A" in written) == bool(headers)


def test_auto_rollback_leaves_comments_alone() -> None:
    text = HEAD + "[experimental]\n# ours\nauto_rollback = true\n"
    assert fixed(text) == HEAD + "[experimental]\n# ours\n"
    assert fixed(HEAD + "[experimental]\nauto_rollback = true\n") == HEAD


def test_both_faults_of_a_check_are_known_at_once() -> None:
    text = HEAD + "[checks.a]\nport = 8080\ngrace_period = '10s'\nprotocol = 'HTTP'\n"
    right = "port = 8080\ngrace_period = '10s'\nprotocol = 'http'\ntype = 'http'\n"
    assert fixed(text) == HEAD + "[checks.a]\n" + right


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("[checks] # ours\ntype = 'tcp'\nport = 80\n", "[checks.default] # ours\ntype = 'tcp'\nport = 80\n"),
        ("[checks]\nport = 80\npath = '/up'\n", "[checks.default]\nport = 80\npath = '/up'\ntype = 'http'\n"),
        (
            "[checks]\ntype = 'http'\nport = 80\n  [checks.headers]\n  A = 'b'\n",
            "[checks.default]\ntype = 'http'\nport = 80\n  [checks.default.headers]\n  A = 'b'\n",
        ),
        ("checks = { type = 'tcp', port = 80 }\n", "checks.default = { type = 'tcp', port = 80 }\n"),
        ("checks.type = 'tcp'\nchecks.port = 80\n", "checks.default.type = 'tcp'\nchecks.default.port = 80\n"),
        # which of them the port belongs to is not known
        ("[checks]\nport = 80\n[checks.up]\ntype = 'tcp'\n", "[checks]\nport = 80\n[checks.up]\ntype = 'tcp'\n"),
    ],
)
def test_a_check_without_a_name_gets_one(text: str, after: str) -> None:
    assert fixed(HEAD + text) == HEAD + after


def test_the_new_name_of_a_check_is_free() -> None:
    items = ["name = 'check2'\n", "", "name = 7\n"]
    text = HEAD + "# ours\n" + "".join(f"[[checks]]\n{name}type = 'tcp'\nport = 80\n" for name in items)
    names = [problem.expected for problem in App(Document(text)).problems_of("wrong-type")]
    assert len(names) == 2
    assert App(Document(fixed(text))).problems_of("wrong-type") == []
    assert sorted(check.name for check in App(Document(fixed(text))).checks) == ["check2", "check2_", "check3"]
