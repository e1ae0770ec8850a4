"""Strategies, timeouts and the release command."""

from __future__ import annotations

import pytest

from flylint.diagnostic import Diagnostic
from flylint.document import Document
from flylint.engine import check
from flylint.mend import fix
from flylint.settings import Settings
from flylint.severity import Severity
from tests.linting import findings, lint

CHECKED = """
[http_service]
internal_port = 8080
force_https = true
[[http_service.checks]]
grace_period = "10s"
interval = "15s"
timeout = "5s"
path = "/health"
"""
MOUNT = '[[mounts]]\nsource = "data"\ndestination = "/data"\n'


def deploy(keys: str, rest: str = "") -> str:
    return f'app = "x"\n[deploy]\n{keys}\n{rest}'


def one(text: str, rule: str) -> Diagnostic:
    [diagnostic] = findings(text, rule)
    return diagnostic


# strategies


@pytest.mark.parametrize("strategy", ["rolling", "immediate", "canary", "bluegreen", ""])
def test_known_strategies(strategy: str) -> None:
    assert not findings(deploy(f'strategy = "{strategy}"'), "unknown-deploy-strategy")


@pytest.mark.parametrize(
    ("strategy", "meant", "safe"),
    [
        ("blue-green", "bluegreen", True),
        ("blue_green", "bluegreen", True),
        ("Rolling", "rolling", True),
        ("roling", "rolling", True),
    ],
)
def test_misspelt_strategy(strategy: str, meant: str, safe: bool) -> None:
    found = one(deploy(f'strategy = "{strategy}"'), "unknown-deploy-strategy")
    assert found.severity is Severity.ERROR
    assert strategy in found.message and meant in found.label
    assert found.fix and found.fix.safe is safe


def test_invented_strategy_has_no_fix() -> None:
    found = one(deploy('strategy = "recreate"'), "unknown-deploy-strategy")
    assert found.fix is None and "`bluegreen`" in (found.help or "")


def test_strategy_of_wrong_type_is_one_finding() -> None:
    assert not findings(deploy("strategy = 3"), "unknown-deploy-strategy")


@pytest.mark.parametrize("strategy", ["canary", "bluegreen"])
@pytest.mark.parametrize(
    "mount", [MOUNT, MOUNT.replace("[[mounts]]", "[mounts]"), MOUNT.replace("[[mounts]]", "[mount]")]
)
def test_strategies_without_volumes(strategy: str, mount: str) -> None:
    found = one(deploy(f'strategy = "{strategy}"', CHECKED + mount), f"{strategy}-with-mounts")
    assert found.key == "deploy.strategy" and "`data`" in found.message
    assert [label.message for label in found.related] == ["a volume is mounted here"]


def test_rolling_with_volumes_is_fine() -> None:
    text = deploy('strategy = "rolling"', CHECKED + MOUNT)
    assert not findings(text, "canary-with-mounts") and not findings(text, "bluegreen-with-mounts")


def test_canary_looks_at_mounts_of_any_group() -> None:
    mount = MOUNT + 'processes = ["nobody"]\n'
    assert findings(deploy('strategy = "canary"', mount), "canary-with-mounts")
    # no Machine mounts it, so bluegreen deploys work
    assert not findings(deploy('strategy = "bluegreen"', CHECKED + mount), "bluegreen-with-mounts")


def test_immediate() -> None:
    assert one(deploy('strategy = "immediate"'), "immediate-strategy").severity is Severity.WARNING


@pytest.mark.parametrize("strategy", ["rolling", "canary", "bluegreen"])
def test_other_strategies_are_not_immediate(strategy: str) -> None:
    assert not findings(deploy(f'strategy = "{strategy}"'), "immediate-strategy")


def test_downtime_of_a_machine_with_a_volume() -> None:
    found = one('app = "x"\n' + CHECKED + MOUNT, "downtime-on-deploy")
    assert found.key == "mounts[0]" and "`app`" in found.message and found.severity is Severity.INFO


@pytest.mark.parametrize(
    "text",
    [
        'app = "x"\n' + CHECKED,
        'app = "x"\n' + MOUNT,
        deploy('strategy = "bluegreen"', CHECKED),
        deploy('strategy = "canary"'),
        'app = "x"\n[processes]\nweb = "s"\ndb = "d"\n'
        + CHECKED.replace("force_https = true", 'processes = ["web"]')
        + MOUNT
        + 'processes = ["db"]\n',
    ],
)
def test_no_downtime_to_speak_of(text: str) -> None:
    assert not findings(text, "downtime-on-deploy")


def test_canary_is_no_cure_for_downtime() -> None:
    found = one(deploy('strategy = "canary"', CHECKED), "downtime-on-deploy")
    assert found.key == "deploy.strategy" and "bluegreen" in (found.help or "")


# max_unavailable


@pytest.mark.parametrize("strategy", ["bluegreen", "immediate"])
@pytest.mark.parametrize("value", ["1", "0", "50"])
def test_ignored_max_unavailable_is_one_finding(strategy: str, value: str) -> None:
    text = deploy(f'strategy = "{strategy}"\nmax_unavailable = {value}', CHECKED)
    assert [d.rule for d in lint(text) if d.key == "deploy.max_unavailable"] == ["max-unavailable-ignored"]


@pytest.mark.parametrize("value", ["0", "-1", "0.0", "-0.5"])
def test_max_unavailable_must_be_positive(value: str) -> None:
    found = one(deploy(f"max_unavailable = {value}"), "max-unavailable-not-positive")
    assert found.severity is Severity.ERROR
    assert not findings(deploy(f"max_unavailable = {value}"), "max-unavailable-surprising")


@pytest.mark.parametrize(
    ("value", "words", "safe"),
    [
        ("1.0", "1 Machine be", True),
        ("2.0", "2 Machines be", True),
        ("1.5", "counts as 1 Machine", False),
        ("2.7", "counts as 2 Machines", False),
        ("20", "20 Machines", False),
        ("50.0", "50 Machines", False),
    ],
)
def test_surprising_max_unavailable(value: str, words: str, safe: bool) -> None:
    found = one(deploy(f"max_unavailable = {value}"), "max-unavailable-surprising")
    assert words in found.message
    assert found.fix and found.fix.safe is safe


def test_a_hundred_percent_has_no_fix() -> None:
    assert one(deploy("max_unavailable = 100"), "max-unavailable-surprising").fix is None


@pytest.mark.parametrize("value", ["1", "2", "19", "0.33", "0.5", "0.999", '"50%"'])
def test_plain_max_unavailable(value: str) -> None:
    text = deploy(f"max_unavailable = {value}")
    assert not [d for d in lint(text) if d.rule.startswith("max-unavailable")]


# timeouts


@pytest.mark.parametrize(("timeout", "found"), [("59s", 1), ("60s", 0), ("0s", 1), ("-1m", 1), ("5m", 0)])
def test_wait_timeout_boundary(timeout: str, found: int) -> None:
    assert len(findings(deploy(f'wait_timeout = "{timeout}"'), "wait-timeout-too-small")) == found


def test_bare_wait_timeout_is_another_mistake() -> None:
    text = deploy("wait_timeout = 300", "").replace('app = "x"', 'app = "x"\nkill_timeout = "10s"')
    rules = [d.rule for d in lint(text) if d.key in ("deploy.wait_timeout", "kill_timeout")]
    assert "wait-timeout-too-small" not in rules and "kill-timeout-exceeds-wait-timeout" not in rules
    assert rules


def test_wait_timeout_zero_is_not_endless() -> None:
    assert "not endless" in one(deploy('wait_timeout = "0s"'), "wait-timeout-too-small").notes[0]


@pytest.mark.parametrize(
    ("kill", "wait", "key"),
    [
        ('"120s"', '"2m"', "deploy.wait_timeout"),
        ('"119s"', '"2m"', None),
        ("120", '"2m"', "deploy.wait_timeout"),
        ('"300s"', None, "kill_timeout"),
        ('"299s"', None, None),
        ('"301s"', '"2m"', None),  # kill-timeout-too-long
        ('"300s"', '"10m"', None),
        ('"10s"', '"x"', None),
    ],
)
def test_kill_timeout_within_wait_timeout(kill: str, wait: str | None, key: str | None) -> None:
    text = f'app = "x"\nkill_timeout = {kill}\n' + (f"[deploy]\nwait_timeout = {wait}\n" if wait else "")
    assert [d.key for d in findings(text, "kill-timeout-exceeds-wait-timeout")] == ([key] if key else [])


def test_short_wait_timeout_and_longer_kill_timeout_are_one_finding() -> None:
    text = 'app = "x"\nkill_timeout = "30s"\n[deploy]\nwait_timeout = "10s"\n'
    assert [d.rule for d in lint(text) if d.key == "deploy.wait_timeout"] == ["kill-timeout-exceeds-wait-timeout"]


def test_release_timeout_zero() -> None:
    assert findings(deploy('release_command = "m"\nrelease_command_timeout = "0s"'), "release-command-without-timeout")
    assert not findings(
        deploy('release_command = "m"\nrelease_command_timeout = "1s"'), "release-command-without-timeout"
    )
    assert not findings(deploy('release_command_timeout = "0s"'), "release-command-without-timeout")


# what the release command does


@pytest.mark.parametrize(
    ("env", "command"),
    [
        ('DATABASE_URL = "sqlite:////data/app.db"', "alembic upgrade head"),
        ('DATABASE_URL = "sqlite:///data/app.db"', "sh -c 'npx prisma migrate deploy'"),
        ('DB_DATABASE = "/data/db/x.sqlite"', "php artisan migrate --force"),
        ('STORE = "file:/data/x.db"', "bin/rails db:migrate"),
        ('X = "1"', "sqlite3 /data/app.db .dump"),
        ('X = "1"', "sh -c 'mkdir -p /data/cache'"),
    ],
)
def test_release_command_on_a_volume(env: str, command: str) -> None:
    found = one(deploy(f'release_command = "{command}"', f"[env]\n{env}\n{MOUNT}"), "release-command-uses-volume")
    assert found.key == "deploy.release_command" and "volume" in found.message
    assert found.related[0].key == "mounts[0].destination"


@pytest.mark.parametrize(
    ("env", "command"),
    [
        ('DATABASE_URL = "postgres://host/data"', "alembic upgrade head"),
        ('DATABASE_URL = "sqlite:////var/data/app.db"', "alembic upgrade head"),
        ('DATABASE_URL = "sqlite:////data-old/app.db"', "alembic upgrade head"),
        ('DATABASE_URL = "sqlite:////data/app.db"', "bin/clear-cache"),
        ('UPLOADS = "/data/uploads"', "bin/migrate"),
        ('X = "1"', "/data/bin/migrate"),
        ('X = "1"', "bin/migrate --from database"),
    ],
)
def test_release_command_without_the_volume(env: str, command: str) -> None:
    assert not findings(
        deploy(f'release_command = "{command}"', f"[env]\n{env}\n{MOUNT}"), "release-command-uses-volume"
    )


@pytest.mark.parametrize(
    "command",
    [
        "npm run build",
        "yarn build",
        "npm ci",
        "python manage.py collectstatic --noinput",
        "sh -c 'npm i; go build ./...'",
        "pip3 install -r r.txt",
        "npm i",
        "npm run build:prod",
        "npm --prefix web run build",
        "pnpm run -r build",
        "pnpm --filter web build",
        "apt-get -y install x",
        "yarn",
        "yarn --frozen-lockfile",
    ],
)
def test_build_steps(command: str) -> None:
    found = one(deploy(f'release_command = "{command}"'), "release-command-is-build-step")
    assert "Dockerfile" in (found.help or "")


@pytest.mark.parametrize(
    "command",
    [
        "npm run migrate",
        "npm run build:migrations",
        "bin/rails db:migrate",
        "make post-deploy",
        "node dist/build.js",
        "yarn migrate",
    ],
)
def test_no_build_steps(command: str) -> None:
    assert not findings(deploy(f'release_command = "{command}"'), "release-command-is-build-step")


@pytest.mark.parametrize(
    "command",
    [
        "npm start",
        "bundle exec puma -C config/puma.rb",
        "sh -c 'migrate && gunicorn app'",
        "/usr/bin/nginx",
        "sh -c 'npm start; migrate'",
    ],
)
def test_servers(command: str) -> None:
    found = one(deploy(f'release_command = "{command}"'), "release-command-is-server")
    assert "5m" in found.notes[0] and found.fix is None


@pytest.mark.parametrize(
    "command", ["npm run start:migrations", "rails runner x", "node migrate.js", "node server.js --migrate", ""]
)
def test_no_servers(command: str) -> None:
    assert not findings(deploy(f'release_command = "{command}"'), "release-command-is-server")


def test_release_command_equal_to_a_group() -> None:
    found = one(deploy('release_command = "bin/x"', '[processes]\nweb = "bin/x"'), "release-command-is-server")
    assert "`web`" in found.message and found.related[0].key == "processes.web"


@pytest.mark.parametrize("key", ['release_command_timeout = "10m"', 'release_command_vm = { size = "shared-cpu-2x" }'])
def test_options_without_release_command(key: str) -> None:
    assert one(deploy(key), "release-options-without-command").severity is Severity.INFO
    assert one(deploy('release_command = ""\n' + key), "release-options-without-command")
    assert not findings(deploy('release_command = "x"\n' + key), "release-options-without-command")
    assert not findings(deploy('relese_command = "x"\n' + key), "release-options-without-command")
    assert not findings(deploy('seed_command = "x"\n' + key), "release-options-without-command")


def test_machine_checks_use_the_timeout() -> None:
    checks = '[http_service]\ninternal_port = 80\n[[http_service.machine_checks]]\ncommand = ["x"]\n'
    assert not findings(deploy('release_command_timeout = "10m"', checks), "release-options-without-command")


# its Machine


def vm(keys: str, command: str = 'release_command = "bin/migrate"', rest: str = "") -> str:
    return deploy(command, f"[deploy.release_command_vm]\n{keys}\n{rest}")


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ('size = "shared-cpu-3x"', "size"),
        ('size = "huge"', "size"),
        ('memory = "0"', "memory"),
        ('memory = "0.5kb"', "memory"),
        ('memory = "lots"', "memory"),
    ],
)
def test_invalid_release_vm(keys: str, key: str) -> None:
    for command in ('release_command = "x"', ""):  # flyctl converts the table in any case
        found = one(vm(keys, command), "release-command-vm-invalid")
        assert found.key == f"deploy.release_command_vm.{key}" and found.severity is Severity.ERROR


@pytest.mark.parametrize(
    "keys",
    [
        'size = "shared-cpu-2x"',
        'memory = "512mb"',
        'memory = "512"',
        'memory = "1.5gb"',
        "memory_mb = 512",
        'size = ""',
    ],
)
def test_valid_release_vm(keys: str) -> None:
    assert not findings(vm(keys), "release-command-vm-invalid")


def test_size_fix_is_safe_where_only_one_size_can_be_meant() -> None:
    sizes = ("SHARED-cpu-2x", "shard-cpu-2x", "shared-cpu-3x")
    fixes = [one(vm(f'size = "{size}"'), "release-command-vm-invalid").fix for size in sizes]
    assert [fix and fix.safe for fix in fixes] == [True, True, False]


@pytest.mark.parametrize(
    ("app_vm", "release_vm", "key"),
    [
        ('size = "shared-cpu-1x"\nmemory = "1gb"', 'size = "shared-cpu-1x"', "deploy.release_command_vm.size"),
        ('size = "shared-cpu-1x"\nmemory = "1gb"', 'memory = "512mb"', "deploy.release_command_vm.memory"),
        ('size = "shared-cpu-1x"\nmemory = "1gb"', 'memory = "1gb"', None),
        ('size = "shared-cpu-1x"\nmemory = "1gb"', 'memory = "2gb"', None),
        ('size = "shared-cpu-1x"\nmemory = "1gb"', 'size = "nonsense"', None),
    ],
)
def test_release_vm_below_the_app(app_vm: str, release_vm: str, key: str | None) -> None:
    found = findings(vm(release_vm, rest=f"[[vm]]\n{app_vm}\n"), "release-command-memory-low")
    assert [d.key for d in found] == ([key] if key else [])


@pytest.mark.parametrize(
    ("command", "memory", "found"),
    [
        ("npx prisma migrate deploy", "256mb", 1),
        ("npx prisma migrate deploy", "512mb", 0),
        ("/app/migrate", "256mb", 0),
        ("bundle exec rails db:migrate", "256mb", 1),
    ],
)
def test_little_memory_for_heavy_programs(command: str, memory: str, found: int) -> None:
    text = deploy(f'release_command = "{command}"', f'[[vm]]\nsize = "shared-cpu-1x"\nmemory = "{memory}"\n')
    result = findings(text, "release-command-memory-low")
    assert len(result) == found
    assert all("release_command_vm" in (d.help or "") for d in result)


def test_unknown_memory_is_no_little_memory() -> None:
    assert not findings(deploy('release_command = "npx prisma migrate deploy"'), "release-command-memory-low")


def test_secrets_of_commands_are_not_repeated() -> None:
    text = deploy('release_command = "TOKEN=hunter2 migrate --password ${PASS:-hunter2} > x && y"')
    assert "hunter2" not in repr([(d.message, d.help, d.notes, d.label, d.related) for d in lint(text)])


@pytest.mark.parametrize("value", ["1", "true", "[]", "{}", '"x"', "1979-05-27", "[[]]", '""', "-0.0"])
@pytest.mark.parametrize(
    "key", ["strategy", "max_unavailable", "wait_timeout", "release_command", "release_command_vm", "seed_command"]
)
def test_any_type_is_survived(key: str, value: str) -> None:
    lint(deploy(f"{key} = {value}", CHECKED + MOUNT))


# safe fixes


def fixed(text: str) -> str:
    """The text after the safe fixes of the file."""
    return fix(check(Document(text), Settings()), Settings()).result.document.text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("[deploy]\nmax_unavailable = 0\n", ""),
        ("[deploy]\nmax_unavailable = -1 # none\n", "[deploy]\n"),
        ("[deploy]\n# ours\nstrategy = 'immediate'\n", "[deploy]\n# ours\n"),
        ("deploy = { wait_timeout = '10s', strategy = 'rolling' }\n", "deploy = { strategy = 'rolling' }\n"),
        ("deploy.wait_timeout = '10s'\n", ""),
        (
            "[deploy]\nrelease_command_timeout = '9m'\n[deploy.release_command_vm]\nsize = 'shared-cpu-2x'\n",
            "",
        ),
    ],
)
def test_useless_keys_go_with_their_table_but_not_with_a_comment(text: str, after: str) -> None:
    assert fixed('app = "x"\n' + text) == 'app = "x"\n' + after


def test_a_commented_table_stays() -> None:
    text = 'app = "x"\n[deploy.release_command_vm]\n# for later\nsize = "shared-cpu-2x"\n'
    assert fixed(text) == text


@pytest.mark.parametrize("form", ["", "[deploy]\nstrategy = 'rolling'\n", "deploy = { wait_timeout = '1m' }\n"])
def test_deploys_wait_for_the_old_process(form: str) -> None:
    text = fixed('app = "x"\nkill_timeout = "300s"\n' + form)
    assert Document(text).values["deploy"]["wait_timeout"] == "10m"
    assert not findings(text, "kill-timeout-exceeds-wait-timeout")


def test_what_a_misspelt_strategy_needs_is_known_at_once() -> None:
    text = deploy('strategy = "blue-green"')
    assert findings(text, "bluegreen-without-checks")
    assert 'strategy = "bluegreen"' in fixed(text)
