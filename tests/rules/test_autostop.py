"""Autostop: what stops and starts Machines, and how many stay."""

from __future__ import annotations

import pytest

from flylint.diagnostic import Diagnostic
from flylint.severity import Severity
from tests.linting import findings, lint, mended

HEAD = 'app = "a"\nprimary_region = "fra"\n'
OFF = ["", 'auto_stop_machines = "off"', "auto_stop_machines = false"]
ON = ['auto_stop_machines = "stop"', 'auto_stop_machines = "suspend"', "auto_stop_machines = true"]


def http(*keys: str, head: str = HEAD) -> str:
    return head + "[http_service]\ninternal_port = 8080\n" + "\n".join(keys) + "\n"


def service(port: int, *keys: str, protocol: str = "tcp") -> str:
    start = f'[[services]]\ninternal_port = {port}\nprotocol = "{protocol}"\n'
    return start + "\n".join(keys) + f"\n[[services.ports]]\nport = {port}\n"


def only(text: str, rule: str) -> Diagnostic:
    found = findings(text, rule)
    assert len(found) == 1, [d.rule for d in lint(text)]
    return found[0]


@pytest.mark.parametrize("stop", ON)
def test_machines_that_are_never_started_again(stop: str) -> None:
    text = http(stop, "auto_start_machines = false")
    found = only(text, "autostop-without-autostart")
    assert (found.key, found.severity) == ("http_service.auto_start_machines", Severity.WARNING)
    assert not findings(text, "scale-to-zero")


@pytest.mark.parametrize("stop", OFF)
def test_neither_stop_nor_start_is_fine(stop: str) -> None:
    assert not findings(http(stop, "auto_start_machines = false"), "autostop-without-autostart")


@pytest.mark.parametrize("stop", ON)
def test_autostart_is_the_default(stop: str) -> None:
    assert not findings(http(stop), "autostop-without-autostart")


@pytest.mark.parametrize("stop", OFF)
def test_machines_that_are_never_stopped_again(stop: str) -> None:
    assert only(http(stop, "auto_start_machines = true"), "autostart-without-autostop").severity == Severity.INFO
    assert not findings(http(stop), "autostart-without-autostop")


@pytest.mark.parametrize(("least", "found"), [(-1, 1), (0, 0), (1, 0)])
def test_the_least_number_of_machines(least: int, found: int) -> None:
    assert len(findings(http(ON[0], f"min_machines_running = {least}"), "negative-min-machines")) == found


@pytest.mark.parametrize(
    ("stop", "least", "severity"),
    [
        ("", 1, Severity.WARNING),
        ("", 2, Severity.WARNING),
        (OFF[1], 1, Severity.INFO),
        (OFF[2], 1, Severity.INFO),
        (OFF[1], 2, Severity.WARNING),
        ("", 0, None),
        ("", -1, None),
        (ON[0], 1, None),
        ('auto_stop_machines = "nope"', 1, None),
        ('auto_stop = "stop"', 1, None),
    ],
)
def test_a_minimum_without_autostop(stop: str, least: int, severity: Severity | None) -> None:
    found = findings(http(stop, f"min_machines_running = {least}"), "min-machines-without-autostop")
    assert [d.severity for d in found] == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("head", "keys", "found"),
    [
        ('app = "a"\n', [ON[0], "min_machines_running = 1"], 1),
        ('app = "a"\nprimary_region = ""\n', [ON[0], "min_machines_running = 1"], 1),
        (HEAD, [ON[0], "min_machines_running = 1"], 0),
        ('app = "a"\nprimary_regoin = "fra"\n', [ON[0], "min_machines_running = 1"], 0),
        ('app = "a"\n', [ON[0], "min_machines_running = 0"], 0),
        ('app = "a"\n', [OFF[1], "min_machines_running = 1"], 0),
    ],
)
def test_a_minimum_without_region(head: str, keys: list[str], found: int) -> None:
    assert len(findings(http(*keys, head=head), "min-machines-without-primary-region")) == found


# several services


def test_the_most_cautious_service_decides() -> None:
    text = http(ON[1]) + service(1, ON[0]) + service(2, ON[1])
    found = only(text, "conflicting-autostop")
    assert found.key == "http_service.auto_stop_machines"
    assert [label.key for label in found.related] == ["services[0].auto_stop_machines"]
    assert "stopped, not suspended" in found.message


def test_unset_counts_as_off() -> None:
    text = http(ON[0]) + service(1)
    found = only(text, "conflicting-autostop")
    assert "never stopped" in found.message
    assert [label.key for label in found.related] == ["services[0]"]
    assert not findings(text, "scale-to-zero")


@pytest.mark.parametrize("second", [ON[0], ON[2], 'auto_stop_machines = "nope"', "auto_stop = true"])
def test_services_that_agree_or_cannot_be_read(second: str) -> None:
    assert not findings(http(ON[0]) + service(1, second), "conflicting-autostop")


def test_groups_may_differ() -> None:
    groups = HEAD + '[processes]\nweb = "x"\napi = "y"\n'
    text = http(ON[0], 'processes = ["web"]', head=groups) + service(1, 'processes = ["api"]')
    assert not findings(text, "conflicting-autostop")


def test_one_finding_for_groups_with_the_same_services() -> None:
    groups = HEAD + '[processes]\nweb = "x"\napi = "y"\n'
    both = 'processes = ["web", "api"]'
    assert len(findings(http(ON[0], both, head=groups) + service(1, both), "conflicting-autostop")) == 1


def test_udp_does_not_wake_machines() -> None:
    found = only(HEAD + service(1, ON[0], protocol="udp"), "udp-autostop")
    assert found.key == "services[0].auto_stop_machines"


@pytest.mark.parametrize(
    "text", [HEAD + service(1, ON[0]), HEAD + service(1, protocol="udp"), http() + service(1, ON[0], protocol="udp")]
)
def test_machines_that_need_not_be_woken_by_udp(text: str) -> None:
    assert not findings(text, "udp-autostop")


# workers


def group(name: str, command: str, *keys: str) -> str:
    return http(f'processes = ["{name}"]', *keys, head=f"{HEAD}[processes]\n{name} = '{command}'\n")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("worker", "./run"),
        ("web", "bundle exec sidekiq -q default"),
        ("jobs", "/usr/local/bin/supercronic /app/crontab"),
        ("jobs", "python -m celery worker"),
        ("discord-bot", "node ."),
        ("discord_bot", "node ."),
        ("app", "php artisan queue:work"),
        ("app", "bundle exec rake resque:work"),
        ("app", "node bullmq.js"),
        ("app", "node dist/consumer.js"),
        ("app", "python discord_bot.py"),
        ("app", 'sh -c "celery -A x worker"'),
        ("app", 'sh -c "celery -A x worker & gunicorn x"'),
        ("app", "bin/jobs"),
    ],
)
def test_workers_that_are_stopped(name: str, command: str) -> None:
    found = only(group(name, command, ON[0]), "autostop-on-worker")
    assert (found.severity, found.key) == (Severity.WARNING, "http_service.auto_stop_machines")
    assert [label.key for label in found.related] == [f"processes.{name}"]


@pytest.mark.parametrize(
    "text",
    [
        group("web", "gunicorn --worker-class gevent app:app", ON[0]),
        group("web", "gunicorn app:app --workers 4 -k uvicorn.workers.UvicornWorker", ON[0]),
        group("web", "node server.js", ON[0]),
        group("web", "uvicorn discord_bot:app", ON[0]),
        group("web", "gunicorn -k uvicorn_worker.UvicornWorker app:app", ON[0]),
        group("web", "node bot-server.js", ON[0]),
        group("web", "python cron_api.py", ON[0]),
        group("web", "node workers/index.js", ON[0]),
        group("web", "node robot.js", ON[0]),
        group("worker", "sidekiq", OFF[1]),
        group("worker", "sidekiq"),
        http(ON[0]),
    ],
)
def test_what_is_no_worker_or_not_stopped(text: str) -> None:
    assert not findings(text, "autostop-on-worker")


def test_a_worker_in_the_service_of_the_web_group() -> None:
    head = f'{HEAD}[processes]\nweb = "bin/web"\nworker = "bin/arq"\n'
    found = only(http(ON[0], 'processes = ["web", "worker"]', head=head), "autostop-on-worker")
    assert found.help and "out of `processes`" in found.help


# zero, suspend


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ([ON[0]], "http_service.auto_stop_machines"),
        ([ON[2], "min_machines_running = 0"], "http_service.min_machines_running"),
    ],
)
def test_all_machines_may_stop(keys: list[str], key: str) -> None:
    found = only(http(*keys), "scale-to-zero")
    assert (found.key, found.severity) == (key, Severity.INFO)


@pytest.mark.parametrize("keys", [[ON[0], "min_machines_running = 1"], [ON[0], "min_machines = 1"], [OFF[1]]])
def test_some_machines_stay(keys: list[str]) -> None:
    assert not findings(http(*keys), "scale-to-zero")


@pytest.mark.parametrize(
    ("vm", "related"),
    [
        ("[[vm]]\nmemory = '2gb'\n", None),
        ("[[vm]]\nmemory = '3gb'\n", "vm[0].memory"),
        ("[[vm]]\nsize = 'performance-2x'\n", "vm[0].size"),
        ("[[vm]]\nsize = 'performance-1x'\n", None),
        ("[[vm]]\nsize = 'shared-cpu-8x'\nmemory_mb = 4096\n", "vm[0].memory_mb"),
        ("[[vm]]\nsize = 'nonsense'\n", None),
    ],
)
def test_memory_that_cannot_be_suspended(vm: str, related: str | None) -> None:
    found = findings(http(ON[1]) + vm, "suspend-not-possible")
    assert [label.key for d in found for label in d.related] == ([related] if related else [])
    assert not findings(http(ON[0]) + vm, "suspend-not-possible")


@pytest.mark.parametrize(("swap", "found"), [(0, 0), (1, 1)])
def test_swap_that_cannot_be_suspended(swap: int, found: int) -> None:
    text = http(ON[1], head=f"{HEAD}swap_size_mb = {swap}\n")
    assert len(findings(text, "suspend-not-possible")) == found


def test_suspended_connections() -> None:
    assert only(http(ON[1]), "suspend-keeps-dead-connections").severity == Severity.INFO
    assert not findings(http(ON[0]), "suspend-keeps-dead-connections")


# safe fixes


@pytest.mark.parametrize(
    ("rule", "text", "right"),
    [
        (
            "autostop-without-autostart",
            http('auto_stop_machines = "stop"', "auto_start_machines = false"),
            http('auto_stop_machines = "stop"', "auto_start_machines = true"),
        ),
        ("negative-min-machines", http("min_machines_running = -1"), http("min_machines_running = 0")),
        (
            "min-machines-without-autostop",
            http("min_machines_running = 2 # x", "tls_options = {}"),
            http("tls_options = {}"),
        ),
        (
            "udp-autostop",
            HEAD + service(53, 'auto_stop_machines = "stop"', protocol="udp"),
            HEAD + service(53, 'auto_stop_machines = "off"', protocol="udp"),
        ),
        (
            "suspend-not-possible",
            "swap_size_mb = 5\n" + http('auto_stop_machines = "suspend"'),
            "swap_size_mb = 5\n" + http('auto_stop_machines = "stop"'),
        ),
    ],
)
def test_what_is_mended_safely(rule: str, text: str, right: str) -> None:
    assert mended(text, rule) == right


def test_udp_beside_tcp_is_not_kept_awake_safely() -> None:
    keys = 'auto_stop_machines = "stop"'
    text = HEAD + service(53, keys, protocol="udp") + service(80, keys)
    assert only(text, "udp-autostop").fix
    assert mended(text, "udp-autostop") == text


def test_groups_that_can_be_suspended_stay_so() -> None:
    groups = '[processes]\na = "x"\nb = "y"\n[[vm]]\nmemory = "4gb"\nprocesses = ["a"]\n'
    text = http('auto_stop_machines = "suspend"', 'processes = ["a", "b"]') + groups
    assert only(text, "suspend-not-possible").fix
    assert mended(text, "suspend-not-possible") == text
