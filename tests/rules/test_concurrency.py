"""Concurrency: types and limits."""

from __future__ import annotations

import pytest

from flylint.diagnostic import Diagnostic
from flylint.severity import Severity
from tests.linting import findings, lint, mended


def http(*keys: str) -> str:
    return 'app = "a"\n[http_service]\ninternal_port = 80\n[http_service.concurrency]\n' + "\n".join(keys) + "\n"


def tcp(concurrency: str, port: str = 'port = 99\nhandlers = ["tls"]') -> str:
    start = 'app = "a"\n[[services]]\ninternal_port = 80\nprotocol = "tcp"\n'
    return f"{start}concurrency = {concurrency}\n[[services.ports]]\n{port}\n"


def only(text: str, rule: str) -> Diagnostic:
    found = findings(text, rule)
    assert len(found) == 1, [d.rule for d in lint(text)]
    return found[0]


@pytest.mark.parametrize(
    ("kind", "meant"),
    [("request", "requests"), ("Connections", "connections"), ("conn", "connections"), ("cpu", ""), ("rps", "")],
)
def test_types_that_do_not_exist(kind: str, meant: str) -> None:
    found = only(http(f'type = "{kind}"'), "invalid-concurrency-type")
    assert found.label == (f"did you mean `{meant}`?" if meant else "")
    assert found.key == "http_service.concurrency.type"
    assert not findings(http(f'type = "{kind}"'), "http-counts-connections")


@pytest.mark.parametrize(("limit", "severity"), [(-1, Severity.ERROR), (0, Severity.WARNING), (1, None)])
@pytest.mark.parametrize("key", ["soft_limit", "hard_limit"])
def test_limits_are_positive(key: str, limit: int, severity: Severity | None) -> None:
    found = findings(http(f"{key} = {limit}"), "concurrency-limit-not-positive")
    assert [d.severity for d in found] == ([] if severity is None else [severity])


def test_what_a_zero_means() -> None:
    assert "default of 20" in only(http("soft_limit = 0"), "concurrency-limit-not-positive").message
    assert "no limit at all" in only(http("hard_limit = 0"), "concurrency-limit-not-positive").message


@pytest.mark.parametrize(
    ("keys", "severity", "key"),
    [
        (["soft_limit = 201", "hard_limit = 200"], Severity.WARNING, "soft_limit"),
        (["soft_limit = 200", "hard_limit = 200"], Severity.INFO, "soft_limit"),
        (["hard_limit = 19"], Severity.WARNING, "hard_limit"),
        (["hard_limit = 20"], Severity.INFO, "hard_limit"),
        (["soft_limit = 0", "hard_limit = 19"], Severity.WARNING, "hard_limit"),
    ],
)
def test_soft_limits_that_are_reached_last(keys: list[str], severity: Severity, key: str) -> None:
    found = only(http(*keys), "soft-limit-above-hard-limit")
    assert (found.severity, found.key) == (severity, f"http_service.concurrency.{key}")


@pytest.mark.parametrize(
    "keys",
    [["soft_limit = 199", "hard_limit = 200"], ["hard_limit = 21"], ["soft_limit = 9"],
     ["soft_limit = 9", "hard_limit = 0"], ["soft_limit = 'x'", "hard_limit = 5"], ["soft_limt = 4", "hard_limit = 5"]],
)  # fmt: skip
def test_soft_limits_that_are_reached_first(keys: list[str]) -> None:
    assert not findings(http(*keys), "soft-limit-above-hard-limit")


def test_the_old_form_has_one_place() -> None:
    found = only(tcp('"30,20"'), "soft-limit-above-hard-limit")
    assert (found.key, found.related) == ("services[0].concurrency", ())
    assert only(tcp('"20,30"'), "requests-counted-without-http").key == "services[0].concurrency"


@pytest.mark.parametrize(
    ("port", "found"),
    [
        ('port = 99\nhandlers = ["tls"]', 1),
        ("port = 99", 1),
        ('port = 99\nhandlers = ["tls", "http"]', 0),
        ('port = 99\nhandlers = ["https"]', 0),
        ("port = 443", 0),
        ("start_port = 79\nend_port = 81", 0),
        ("port = 99\nhandlers = 5", 0),
    ],
)
def test_requests_of_services_that_speak_no_http(port: str, found: int) -> None:
    assert len(findings(tcp('{ type = "requests" }', port), "requests-counted-without-http")) == found


def test_connections_of_services_that_speak_no_http_are_right() -> None:
    text = tcp('{ type = "connections" }')
    assert not findings(text, "requests-counted-without-http")
    assert not findings(text, "http-counts-connections")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('app = "a"\n[http_service]\ninternal_port = 80\n', "http_service"),
        (http("soft_limit = 100"), "http_service.concurrency"),
        (http('type = "connections"'), "http_service.concurrency.type"),
    ],
)
def test_http_that_counts_connections(text: str, key: str) -> None:
    found = only(text, "http-counts-connections")
    assert (found.key, found.severity) == (key, Severity.INFO)
    assert found.help and "requests" in found.help


def test_the_limits_are_named() -> None:
    assert "25 (`hard_limit`)" in only(http("hard_limit = 25"), "http-counts-connections").message
    assert "20 (`soft_limit`), without a `hard_limit`" in only(http('type = ""'), "http-counts-connections").message


@pytest.mark.parametrize("key", ['type = "requests"', "type = 3", 'tpye = "requests"'])
def test_http_that_counts_requests_or_tries_to(key: str) -> None:
    assert not findings(http(key), "http-counts-connections")


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        ("request", "requests"),
        ("Connections", "connections"),
        ("connection", "connections"),
        ("conc", "conc"),
        ("rps", "rps"),
    ],
)
def test_type_is_mended_where_it_is_plain(kind: str, right: str) -> None:
    assert mended(http(f'type = "{kind}"'), "invalid-concurrency-type") == http(f'type = "{right}"')


def test_only_a_limit_of_0_is_deleted_safely() -> None:
    text = http("soft_limit = -1", "hard_limit = 0")
    assert mended(text, "concurrency-limit-not-positive") == http("soft_limit = -1")
    assert mended(text, "concurrency-limit-not-positive", unsafe=True) == http()[:-1]


def test_requests_are_not_counted_without_http() -> None:
    text = tcp('{ type = "requests", soft_limit = 20 }')
    assert mended(text, "requests-counted-without-http") == tcp('{ type = "connections", soft_limit = 20 }')
