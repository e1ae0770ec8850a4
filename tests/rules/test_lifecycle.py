"""What the pages of the rules about stopping and starting do not show."""

from __future__ import annotations

import pytest

from flylint import platform
from flylint.app import App
from flylint.document import Document
from flylint.edits import InsertTable, Replace
from flylint.rules import all_rules
from flylint.severity import Severity
from tests.linting import findings

SERVICE = "[http_service]\ninternal_port = 8080\n"


def replacement(text: str, rule: str) -> tuple[object, bool] | None:
    """The value that a fix writes, and whether it is safe."""
    (found,) = all_rules()[rule].check(App(Document(text)))
    if found.fix is None:
        return None
    (edit,) = found.fix.edits
    assert isinstance(edit, Replace)
    return edit.value, found.fix.safe


class TestKillSignal:
    @pytest.mark.parametrize("signal", platform.KILL_SIGNALS)
    def test_known(self, signal: str) -> None:
        assert not findings(f'app = "a"\nkill_signal = "{signal}"\n', "unknown-kill-signal")

    @pytest.mark.parametrize(
        ("signal", "meant"),
        [
            ("TERM", "SIGTERM"),
            ("sigint", "SIGINT"),
            ("15", "SIGTERM"),
            ("hup", "SIGHUP"),
            ("SIGTREM", "SIGTERM"),
            ("SIG_QUIT", "SIGQUIT"),
        ],
    )
    def test_meant(self, signal: str, meant: str) -> None:
        assert replacement(f'kill_signal = "{signal}"\n', "unknown-kill-signal") == (meant, True)

    @pytest.mark.parametrize("signal", ["SIGFOO", "4", "SIG", "SIGCONT", "ill", "usr2"])
    def test_unknown(self, signal: str) -> None:
        (found,) = findings(f'app = "a"\nkill_signal = "{signal}"\n', "unknown-kill-signal")
        assert found.severity == Severity.ERROR and found.fix is None and "`SIGTERM`" in str(found.help)

    @pytest.mark.parametrize("signal", ["SIGUSR2", "SIGSTOP"])
    def test_documented_but_not_taken(self, signal: str) -> None:
        (found,) = findings(f'app = "a"\nkill_signal = "{signal}"\n', "unknown-kill-signal")
        assert found.severity == Severity.WARNING

    def test_a_number_is_a_wrong_type(self) -> None:
        assert not findings('app = "a"\nkill_signal = 15\n', "unknown-kill-signal")

    def test_machine_checks(self) -> None:
        text = 'app = "a"\n[[http_service.machine_checks]]\nkill_signal = "TERM"\nkill_timeout = "6m"\n'
        assert [d.key for d in findings(text, "unknown-kill-signal")] == ["http_service.machine_checks[0].kill_signal"]
        assert [d.key for d in findings(text, "kill-timeout-too-long")] == [
            "http_service.machine_checks[0].kill_timeout"
        ]

    def test_missing(self) -> None:
        assert findings('app = "a"\n', "kill-signal-missing")
        for text in ('kill_signal = "SIGINT"', "kill_signal = 15", 'kill_singal = "SIGTERM"', "[broken"):
            assert not findings(f'app = "a"\n{text}\n', "kill-signal-missing"), text

    def test_sigkill_makes_the_timeout_pointless(self) -> None:
        (found,) = findings('app = "a"\nkill_signal = "SIGKILL"\nkill_timeout = "30s"\n', "kill-signal-not-graceful")
        assert [label.key for label in found.related] == ["kill_timeout"]


class TestKillTimeout:
    @pytest.mark.parametrize("timeout", ['"5m"', '"300s"', "300", '"0s"', '"lots"'])
    def test_short_enough(self, timeout: str) -> None:
        assert not findings(f'app = "a"\nkill_timeout = {timeout}\n', "kill-timeout-too-long")

    @pytest.mark.parametrize("timeout", ['"5m1s"', '"301s"', "301", '"1h"'])
    def test_too_long(self, timeout: str) -> None:
        text = f'app = "a"\nkill_timeout = {timeout}\n'
        assert len(findings(text, "kill-timeout-too-long")) == 1
        assert replacement(text, "kill-timeout-too-long") == ("5m", True)

    def test_the_old_place(self) -> None:
        (found,) = findings('app = "a"\n[experimental]\nkill_timeout = 301\n', "kill-timeout-too-long")
        assert found.key == "experimental.kill_timeout"

    def test_missing_for_workers_only(self) -> None:
        groups = '[processes]\nweb = "w"\nworker = "k"\n'
        text = groups + SERVICE + 'processes = ["web"]\n'
        (found,) = findings('app = "a"\n' + text, "kill-timeout-missing")
        assert found.key == "processes.worker" and "kill_timeout" in str(found.help)
        assert not findings('app = "a"\nkill_timeout = "5s"\n' + text, "kill-timeout-missing")
        assert not findings(
            'app = "a"\n[processes]\nweb = "w"\n' + SERVICE + 'processes = ["web"]\n', "kill-timeout-missing"
        )
        assert not findings('app = "a"\n' + SERVICE, "kill-timeout-missing")


class TestRestartPolicy:
    @pytest.mark.parametrize("policy", platform.RESTART_POLICIES)
    def test_known(self, policy: str) -> None:
        assert not findings(f'app = "a"\n[[restart]]\npolicy = "{policy}"\n', "restart-policy-invalid")

    @pytest.mark.parametrize(
        ("policy", "meant"),
        [
            ("no", "never"),
            ("on-fail", "on-failure"),
            ("onfailure", "on-failure"),
            ("on_failure", "on-failure"),
            ("Always", "always"),
            ("alway", "always"),
            ("unless-stopped", "always"),
        ],
    )
    def test_meant(self, policy: str, meant: str) -> None:
        assert replacement(f'[[restart]]\npolicy = "{policy}"\n', "restart-policy-invalid") == (meant, True)

    @pytest.mark.parametrize("policy", ["", "sometimes", "8080"])
    def test_unknown(self, policy: str) -> None:
        (found,) = findings(f'app = "a"\n[[restart]]\npolicy = "{policy}"\n', "restart-policy-invalid")
        assert found.fix is None and found.severity == Severity.ERROR

    def test_missing(self) -> None:
        (found,) = findings('app = "a"\n[[restart]]\nretries = 3\n', "restart-policy-invalid")
        assert found.key == "restart[0]"

    @pytest.mark.parametrize("line", ["policy = 1", 'polciy = "always"'])
    def test_one_finding_for_one_cause(self, line: str) -> None:
        assert not findings(f'app = "a"\n[[restart]]\n{line}\n', "restart-policy-invalid")

    def test_a_policy_of_an_unknown_group_is_refused_as_well(self) -> None:
        text = 'app = "a"\n[[restart]]\npolicy = "no"\nprocesses = ["gone"]\n'
        assert findings(text, "restart-policy-invalid")

    @pytest.mark.parametrize(("policy", "count"), [("on-failure", 0), ("always", 1), ("never", 1), ("no", 0)])
    def test_retries(self, policy: str, count: int) -> None:
        text = f'app = "a"\n[[restart]]\npolicy = "{policy}"\nretries = 5\n'
        assert len(findings(text, "restart-retries-ignored")) == count

    def test_zero_retries_are_unset(self) -> None:
        assert not findings('app = "a"\n[[restart]]\npolicy = "always"\nretries = 0\n', "restart-retries-ignored")


class TestNever:
    GROUPS = 'app = "a"\n[processes]\njob = "j"\nweb = "w"\n' + SERVICE + 'processes = ["web"]\n'

    def test_a_group_without_a_service_may_end(self) -> None:
        text = self.GROUPS + '[[restart]]\npolicy = "never"\nprocesses = ["{}"]\n'
        assert not findings(text.format("job"), "restart-never-for-service")
        assert len(findings(text.format("web"), "restart-never-for-service")) == 1

    def test_without_processes_it_is_about_the_default_group(self) -> None:
        assert not findings(self.GROUPS + '[[restart]]\npolicy = "never"\n', "restart-never-for-service")

    def test_a_later_policy_wins(self) -> None:
        text = 'app = "a"\n' + SERVICE + '[[restart]]\npolicy = "never"\n[[restart]]\npolicy = "always"\n'
        assert not findings(text, "restart-never-for-service")

    def test_a_service_without_ports_is_not_public(self) -> None:
        text = 'app = "a"\n[[services]]\ninternal_port = 80\nprotocol = "tcp"\n[[restart]]\npolicy = "never"\n'
        assert not findings(text, "restart-never-for-service")

    def test_without_autostart_it_is_for_good(self) -> None:
        text = 'app = "a"\n' + SERVICE + 'auto_start_machines = false\n[[restart]]\npolicy = "never"\n'
        assert "auto_start_machines" in findings(text, "restart-never-for-service")[0].notes[0]


class TestNegativeTimeouts:
    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ('kill_timeout = "-5s"\n', "kill_timeout"),
            ("kill_timeout = -5\n", "kill_timeout"),
            ('[[machine_checks]]\nkill_timeout = "-1s"\n', "machine_checks[0].kill_timeout"),
        ],
    )
    def test_stopping(self, text: str, key: str) -> None:
        (found,) = findings(text, "negative-timeout")
        assert (found.key, found.severity) == (key, Severity.WARNING)

    @pytest.mark.parametrize(
        ("rest", "severities"),
        [
            ('release_command = "migrate"\n', [Severity.ERROR]),
            ('[[machine_checks]]\ncommand = ["curl"]\n', [Severity.ERROR]),
            ("", []),  # release-options-without-command
        ],
    )
    def test_release_command(self, rest: str, severities: list[Severity]) -> None:
        found = findings(f'[deploy]\nrelease_command_timeout = "-5m"\n{rest}', "negative-timeout")
        assert [d.severity for d in found] == severities

    def test_zero_has_a_meaning(self) -> None:
        text = 'kill_timeout = "0s"\n[deploy]\nrelease_command = "x"\nrelease_command_timeout = "0s"\n'
        assert not findings(text, "negative-timeout")


class TestWorkers:
    def test_all_workers_are_one_finding(self) -> None:
        text = '[processes]\na = "a"\nb = "b"\nc = ""\n'
        (found,) = all_rules()["worker-without-restart-always"].check(App(Document(text)))
        assert found.fix is not None
        (edit,) = found.fix.edits
        assert isinstance(edit, InsertTable) and edit.array
        assert edit.items == {"policy": "always", "processes": ["a", "b"]}

    @pytest.mark.parametrize("policy", ["always", "on-failure", "never", "no"])
    def test_any_policy_is_a_decision(self, policy: str) -> None:
        text = f'app = "a"\n[processes]\nw = "w"\n[[restart]]\npolicy = "{policy}"\nprocesses = ["w"]\n'
        assert not findings(text, "worker-without-restart-always")

    def test_a_single_table_of_restart_has_another_rule(self) -> None:
        text = 'app = "a"\n[processes]\nw = "w"\n[restart]\npolicy = "always"\n'
        assert not findings(text, "worker-without-restart-always")

    def test_an_app_without_processes_is_silent(self) -> None:
        assert not findings('app = "a"\n', "worker-without-restart-always")
