"""What the pages of the rules about metrics do not show."""

from __future__ import annotations

import pytest

from flylint.app import App
from flylint.document import Document
from flylint.edits import Insert, Replace
from flylint.rules import all_rules
from tests.linting import findings


@pytest.mark.parametrize("port", [1, 65535])
def test_complete(port: int) -> None:
    assert not findings(f'app = "a"\n[metrics]\nport = {port}\npath = "/m"\n', "metrics-incomplete")


@pytest.mark.parametrize("port", [0, 65536, -1])
def test_not_a_port(port: int) -> None:
    (found,) = findings(f'app = "a"\n[metrics]\nport = {port}\n', "metrics-incomplete")
    assert found.key == "metrics.port"


def test_both_missing_is_one_finding() -> None:
    (found,) = findings('app = "a"\n[[metrics]]\nhttps = true\n', "metrics-incomplete")
    assert found.key == "metrics[0]" and "`port` and `path`" in found.message and found.fix is None


def test_only_a_missing_path_can_be_guessed() -> None:
    for text, key in (("[metrics]\nport = 9\n", "path"), ("[experimental]\nmetrics_port = 9\n", "metrics_path")):
        (found,) = all_rules()["metrics-incomplete"].check(App(Document(text)))
        assert found.fix is not None and found.fix.safe
        (edit,) = found.fix.edits
        assert isinstance(edit, Insert) and (edit.key, edit.value) == (key, "/metrics")


def test_an_empty_path_is_filled_in() -> None:
    (found,) = all_rules()["metrics-incomplete"].check(App(Document('[metrics]\nport = 9\npath = ""\n')))
    assert found.fix is not None
    (edit,) = found.fix.edits
    assert isinstance(edit, Replace) and edit.value == "/metrics"


@pytest.mark.parametrize("line", ['port = "9"', "prot = 9", "port = []"])
def test_one_finding_for_one_cause(line: str) -> None:
    assert not findings(f'app = "a"\n[metrics]\n{line}\npath = "/m"\n', "metrics-incomplete")


def test_a_public_port_of_another_group_is_fine() -> None:
    text = 'app = "a"\n[processes]\nweb = "w"\nworker = "k"\n[http_service]\ninternal_port = 80\nprocesses = ["web"]\n'
    text += '[[metrics]]\nport = 80\npath = "/m"\nprocesses = ["{}"]\n'
    assert not findings(text.format("worker"), "metrics-on-public-port")
    assert findings(text.format("web"), "metrics-on-public-port")


def test_a_service_without_ports_opens_nothing() -> None:
    text = 'app = "a"\n[[services]]\ninternal_port = 80\n[metrics]\nport = 80\npath = "/m"\n'
    assert not findings(text, "metrics-on-public-port")
