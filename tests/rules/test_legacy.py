"""Rules about old spellings and leftovers."""

from __future__ import annotations

import pytest

from flylint.app import App
from flylint.diagnostic import Diagnostic
from flylint.document import Document
from flylint.edits import Delete, InsertTable, MoveKey, NameElements, Rename, Replace, SetBrackets
from flylint.rules import Finding, all_rules
from flylint.severity import Severity
from tests.linting import findings, lint, mended

HEAD = 'app = "example"\n\n'
SERVICE = 'internal_port = 8080\nprotocol = "tcp"\n'
RULES = ("legacy-name", "legacy-table", "legacy-value", "removed-feature", "legacy-leftover")


def said(text: str) -> list[tuple[str, str]]:
    """Rule and key of everything that is said about old forms."""
    return [(d.rule, d.key) for d in lint(HEAD + text) if d.rule in RULES]


def one(text: str, rule: str) -> Diagnostic:
    found = findings(HEAD + text, rule)
    assert len(found) == 1, found
    return found[0]


def raw(text: str, rule: str) -> list[Finding]:
    """The findings of a rule with their structural edits."""
    return list(all_rules()[rule].check(App(Document(HEAD + text))))


@pytest.mark.parametrize(
    "text",
    [
        '[mounts]\nsource = "d"\ndestination = "/d"\n',
        '[vm]\nsize = "shared-cpu-1x"\n',
        "[metrics]\nport = 9091\npath = '/metrics'\n",
        '[[services]]\ninternal_port = 80\n[services.concurrency]\ntype = "requests"\n',
        '[http_service]\ninternal_port = 80\nauto_stop_machines = "off"\n',
        '[processes]\nweb = "serve"\n',
        '[build]\nbuild-target = "x"\n',
        'machine_config = "c.json"\n',
        '[experimental]\ncmd = ["a"]\nauto_rollback = true\n',
        "[checks]\n",
        "[experimental]\n",
    ],
)
def test_todays_forms(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "key", "new"),
    [
        ('[mount]\nsource = "d"\ndestination = "/d"\n', "mount", "mounts"),
        ('[[mount]]\nsource = "d"\ndestination = "/d"\n', "mount", "mounts"),
        ('[compute]\nsize = "shared-cpu-1x"\n', "compute", "vm"),
        ('[[computes]]\nsize = "shared-cpu-1x"\n', "computes", "vm"),
        ("[metric]\nport = 9091\npath = '/m'\n", "metric", "metrics"),
        ('[build]\nbuild_target = "x"\n', "build.build_target", "build-target"),
    ],
)
def test_old_names(text: str, key: str, new: str) -> None:
    found = one(text, "legacy-name")
    assert found.key == key and f"`{new}`" in found.message and found.severity is Severity.INFO
    (finding,) = raw(text, "legacy-name")
    assert finding.fix and finding.fix.safe
    (edit,) = finding.fix.edits
    assert isinstance(edit, Rename) and edit.key == new


def test_a_name_that_is_taken_is_not_given_again() -> None:
    (finding,) = raw(
        '[mount]\nsource = "a"\ndestination = "/a"\n[mounts]\nsource = "b"\ndestination = "/b"\n', "legacy-name"
    )
    assert finding.fix is None


def test_both_metrics_keys_move_together() -> None:
    # with one of them moved, flyctl would no longer read the other
    found = raw("[experimental]\nmetrics_port = 9091\nmetrics_path = '/m'\n", "legacy-name")
    assert [finding.path[-1] for finding in found] == ["metrics_port", "metrics_path"]
    for finding in found:
        assert finding.fix and finding.fix.safe
        moves = [(edit.path, edit.table, edit.key) for edit in finding.fix.edits if isinstance(edit, MoveKey)]
        assert moves == [
            (("experimental", "metrics_port"), ("metrics",), "port"),
            (("experimental", "metrics_path"), ("metrics",), "path"),
        ]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("[experimental]\nkill_timeout = 30\n", "old place"),
        ('kill_timeout = "10s"\n[experimental]\nkill_timeout = 30\n', "not read"),
        ("[experimental]\nmetrics_port = 9091\n[metrics]\nport = 1\npath = '/m'\n", "not read"),
    ],
)
def test_old_places(text: str, label: str) -> None:
    assert one(text, "legacy-name").label == label
    (finding,) = raw(text, "legacy-name")
    assert finding.fix and finding.fix.safe
    assert isinstance(finding.fix.edits[0], Delete if label == "not read" else MoveKey)


def test_the_old_place_of_machine_config() -> None:
    config = "machine_config = '{}'\n"
    (finding,) = raw("[experimental]\n" + config, "legacy-name")
    assert finding.fix and finding.fix.safe
    (both,) = raw(config + "[experimental]\n" + config, "legacy-name")
    assert both.fix is None and both.related == ((("machine_config",), "not read"),)


def test_single_tables() -> None:
    text = f"[services]\n{SERVICE}[services.ports]\nport = 80\n[services.tcp_checks]\ninterval = '10s'\n"
    assert said(text) == [
        ("legacy-table", "services"),
        ("legacy-table", "services.ports"),
        ("legacy-table", "services.tcp_checks"),
    ]
    assert all(finding.fix and isinstance(finding.fix.edits[0], SetBrackets) for finding in raw(text, "legacy-table"))


def test_arrays_of_named_tables() -> None:
    (processes,) = raw('[[processes]]\nname = "web"\n', "legacy-table")
    assert processes.fix and processes.fix.safe
    new = processes.fix.edits[1]
    assert isinstance(new, InsertTable) and new.items == {"web": ""}
    (checks,) = raw('[[checks]]\nname = "up"\ntype = "tcp"\nport = 80\n', "legacy-table")
    assert checks.fix and checks.fix.safe
    new = checks.fix.edits[1]
    assert isinstance(new, NameElements) and new.names == ["up"]


def test_named_tables_that_are_written_anew_lose_their_comments() -> None:
    (finding,) = raw('[[processes]]\nname = "web" # the site\n', "legacy-table")
    assert finding.fix and not finding.fix.safe


def test_named_processes_keep_their_comments() -> None:
    text = """# the site
[[processes]]
  name = "web"
  command = "serve" # with TLS

# jobs
[[processes]]
  name = "worker"
  command = "work"
"""
    after = """# the site
[processes]
  web = "serve" # with TLS

# jobs
  worker = "work"
"""
    assert mended(HEAD + text, "legacy-table") == HEAD + after
    inline = 'processes = [{ name = "web", command = "serve" }] # all\n'
    assert mended(HEAD + inline, "legacy-table") == HEAD + 'processes = { web = "serve" } # all\n'


@pytest.mark.parametrize(
    "text", ['[[processes]]\nname = "a"\ncommand = 1\n', '[[processes]]\nname = 1\ncommand = "a"\n']
)
def test_what_is_no_text_cannot_become_a_key(text: str) -> None:
    assert [finding.fix for finding in raw(text, "legacy-table")] == [None]


def test_comments_behind_names() -> None:
    for text in (
        '[[processes]]\nname = "web" # the site\ncommand = "serve"\n',
        "[[checks]]\nname = 'up' # the site\ntype = 'tcp'\n",
    ):
        (finding,) = raw(text, "legacy-table")
        assert finding.fix and not finding.fix.safe


def test_commands_that_are_lists() -> None:
    text = '[[processes]]\nname = "web"\ncommand = ["node", "a b.js"]\n'
    assert (
        "`[node a b.js]`" in next(d for d in findings(HEAD + text, "legacy-table") if d.key.endswith("command")).message
    )
    assert mended(HEAD + text, "legacy-table") == HEAD + "[processes]\nweb = \"node 'a b.js'\"\n"


@pytest.mark.parametrize("table", ["[[services.http_checks]]", "[services.http_checks]", "[services.concurrency]"])
def test_phantom_services_have_no_old_form(table: str) -> None:
    assert not said(f"[http_service]\ninternal_port = 80\n{table}\n")


def test_tables_with_names_have_no_old_form() -> None:
    assert not said(f"[[services]]\n{SERVICE}[services.ports.https]\nport = 443\n")
    assert not said("[services.web]\ninternal_port = 80\n")


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ('[[services]]\ninternal_port = "8080"\n', "services[0].internal_port", 8080),
        (f'[[services]]\n{SERVICE}[[services.ports]]\nport = "80"\n', "services[0].ports[0].port", 80),
        (
            f'[[services]]\n{SERVICE}concurrency = "20,25"\n',
            "services[0].concurrency",
            {"type": "requests", "soft_limit": 20, "hard_limit": 25},
        ),
        (
            '[checks.up]\ntype = "http"\nport = 80\nheaders = [{name = "A", value = 1}]\n',
            "checks.up.headers",
            {"A": "1"},
        ),
        ("[http_service]\ninternal_port = 80\nauto_stop_machines = true\n", "http_service.auto_stop_machines", "stop"),
        ("[http_service]\ninternal_port = 80\nauto_stop_machines = false\n", "http_service.auto_stop_machines", "off"),
    ],
)
def test_old_values(text: str, key: str, value: object) -> None:
    found = one(text, "legacy-value")
    assert found.key == key and found.severity is Severity.INFO
    (finding,) = raw(text, "legacy-value")
    assert finding.fix and finding.fix.safe
    (edit,) = finding.fix.edits
    assert isinstance(edit, Replace) and edit.value == value


@pytest.mark.parametrize("key", ["enable_consul", "enable_etcd", "lazy_load_images"])
def test_removed_features(key: str) -> None:
    assert one(f"[experimental]\n{key} = true\n", "removed-feature").severity is Severity.WARNING
    assert one(f"[experimental]\n{key} = false\n", "removed-feature").severity is Severity.INFO


def deletions(finding: Finding) -> list[object]:
    assert finding.fix and finding.fix.safe
    return [edit.path for edit in finding.fix.edits if isinstance(edit, Delete)]


def test_the_table_goes_with_its_last_key() -> None:
    (alone,) = raw("[experimental]\nenable_consul = true\n", "removed-feature")
    assert deletions(alone) == [("experimental",)]
    for text in (
        "[experimental]\nenable_consul = true\nauto_rollback = true\n",
        "[experimental]\n# why it is there\nenable_consul = true\n",
        "[experimental]\nenable_consul = true # why it is there\n",
    ):
        (kept,) = raw(text, "removed-feature")
        assert deletions(kept) == [("experimental", "enable_consul")]


LEFTOVERS = f"""processes = []

[experimental]
allowed_public_ports = []
auto_rollback = true

[[services]]
{SERVICE}script_checks = []

[[services.ports]]
port = 80
handlers = ["http"]

[[services.tcp_checks]]
interval = "15s"
restart_limit = 0

[[services.http_checks]]
interval = "15s"
path = "/"
restart_limit = 0
"""


def test_leftovers_are_told_once() -> None:
    found = one(LEFTOVERS, "legacy-leftover")
    assert found.key == "experimental.allowed_public_ports" and found.severity is Severity.INFO
    assert sorted(label.key for label in found.related) == [
        "processes",
        "services[0].http_checks[0].restart_limit",
        "services[0].script_checks",
        "services[0].tcp_checks[0].restart_limit",
    ]
    assert "never restarts a Machine" in (found.help or "")
    assert not [d for d in lint(HEAD + LEFTOVERS) if d.rule == "unknown-key"]
    (finding,) = raw(LEFTOVERS, "legacy-leftover")
    assert len(deletions(finding)) == 5


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("processes = []\n", "processes"),
        ("[experimental]\nallowed_public_ports = []\n", "experimental.allowed_public_ports"),
        (f"[[services]]\n{SERVICE}script_checks = []\n", "services[0].script_checks"),
    ],
)
def test_each_leftover_alone(text: str, key: str) -> None:
    found = one(text, "legacy-leftover")
    assert found.key == key and not found.related and "restarts" not in (found.help or "")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[experimental]\nallowed_public_ports = [80]\n", "experimental.allowed_public_ports"),
        (
            f"[[services]]\n{SERVICE}[[services.tcp_checks]]\nrestart_limit = 6\n",
            "services[0].tcp_checks[0].restart_limit",
        ),
        (f"[[services]]\n{SERVICE}[[services.script_checks]]\ncommand = 'x'\n", "services[0].script_checks"),
    ],
)
def test_what_asks_for_something_is_no_leftover(text: str, key: str) -> None:
    assert not said(text)
    (found,) = [d for d in lint(HEAD + text) if d.rule == "unknown-key"]
    assert found.key == key and found.severity is Severity.WARNING


def test_restart_limit_elsewhere_is_an_unknown_key() -> None:
    text = "[http_service]\ninternal_port = 80\n[[http_service.checks]]\npath = '/'\nrestart_limit = 3\n"
    assert said(text) == []
    assert "http_service.checks[0].restart_limit" in [d.key for d in lint(HEAD + text) if d.rule == "unknown-key"]


@pytest.mark.parametrize(
    "text", ["experimental = 1", "mount = 1", "[[checks]]\nname = 1", "[[processes]]\nname = []", "services = [1]"]
)
def test_no_form_breaks_a_rule(text: str) -> None:
    lint(HEAD + text)  # fails when a rule crashes


def test_named_checks_keep_their_comments() -> None:
    text = """# up
[[checks]] # first
  name = "up"
  type = "http" # HTTP
  port = 8080
  [checks.headers]
    A = "b"

# down
[[checks]]
  type = "tcp"
  name = "it's down"
  port = 8080
"""
    after = """# up
[checks.up] # first
  type = "http" # HTTP
  port = 8080
  [checks.up.headers]
    A = "b"

# down
[checks."it's down"]
  type = "tcp"
  port = 8080
"""
    assert mended(HEAD + text, "legacy-table") == HEAD + after


def test_metrics_leave_experimental_together() -> None:
    text = '[experimental]\n  metrics_port = 9091\n  metrics_path = "/m"'
    assert mended(HEAD + text, "legacy-name") == HEAD + '[metrics]\n  port = 9091\n  path = "/m"'
    kept = "[experimental]\n  auto_rollback = true\n"
    assert mended(HEAD + text + "\n  auto_rollback = true\n", "legacy-name") == (
        HEAD + kept + '\n[metrics]\n  port = 9091\n  path = "/m"\n'
    )
