"""Services: which there are, and which of them get in each other's way."""

from __future__ import annotations

import pytest

from flylint.diagnostic import Diagnostic
from flylint.severity import Severity
from tests.linting import findings, lint, mended

LAUNCHED = """app = "a"
primary_region = "fra"

[http_service]
  internal_port = 8080
  force_https = true
  auto_stop_machines = "stop"
  auto_start_machines = true
  min_machines_running = 0
  processes = ["app"]

  [[http_service.checks]]
    path = "/"
    interval = "15s"
    timeout = "5s"
    grace_period = "10s"
"""
TOPICS = ("services", "ports", "concurrency", "autostop")


def service(internal: int, *ports: int, keys: str = "", protocol: str = "tcp") -> str:
    entries = "".join(f'[[services.ports]]\nport = {port}\nhandlers = ["tls"]\n' for port in ports)
    return f'[[services]]\ninternal_port = {internal}\nprotocol = "{protocol}"\n{keys}\n{entries}'


def only(text: str, rule: str) -> Diagnostic:
    found = findings(text, rule)
    assert len(found) == 1, [d.rule for d in lint(text)]
    return found[0]


def loud(text: str) -> set[str]:
    return {d.rule for d in lint(text) if d.severity >= Severity.WARNING}


def test_what_fly_launch_writes_is_silent() -> None:
    assert loud(LAUNCHED) == set()


def test_the_tutorial_services() -> None:
    text = """app = "a"
[services.concurrency]
  type = "connections"
[[services.ports]]
  handlers = ["http"]
  port = 8080
"""
    assert only(text, "missing-internal-port").key == "services"
    assert only(text, "missing-service-protocol").key == "services"
    plain = only(text, "http-without-tls")
    assert (plain.key, plain.severity) == ("services.ports[0]", Severity.WARNING)
    assert "443" in plain.message
    assert not findings(text, "phantom-service")


# no-service


def test_an_app_without_services() -> None:
    assert only('app = "a"\n', "no-service").severity == Severity.INFO


@pytest.mark.parametrize(
    "text", ['app = "a"\n[http_servic]\ninternal_port = 1\n', 'app = "a"\nservices = 3\n', "app = \n"]
)
def test_services_that_cannot_be_read_are_not_missing(text: str) -> None:
    assert not findings(text, "no-service")


# service-without-ports


def test_a_service_without_ports_does_nothing() -> None:
    found = only('app = "a"\n' + service(8080), "service-without-ports")
    assert (found.severity, found.key) == (Severity.ERROR, "services[0]")


def test_a_service_without_ports_but_with_checks_does_those() -> None:
    text = 'app = "a"\n' + service(6379) + '[[services.tcp_checks]]\ninterval = "10s"\n'
    assert only(text, "service-without-ports").severity == Severity.WARNING


def test_an_empty_list_of_ports_is_none() -> None:
    assert findings('app = "a"\n' + service(6379, keys="ports = []"), "service-without-ports")


@pytest.mark.parametrize("keys", ["ports = 3", "[[services.prots]]\nport = 80"])
def test_ports_of_another_shape_are_not_missing(keys: str) -> None:
    assert not findings('app = "a"\n' + service(6379, keys=keys), "service-without-ports")


def test_an_empty_service_is_dropped_by_flyctl() -> None:
    text = LAUNCHED + "[[services]]\nhttp_checks = []\n"
    assert loud(text) == set()


# missing-internal-port


@pytest.mark.parametrize(("keys", "key"), [("", "http_service"), ("internal_port = 0", "http_service.internal_port")])
def test_no_internal_port(keys: str, key: str) -> None:
    assert only(f'app = "a"\n[http_service]\nforce_https = true\n{keys}\n', "missing-internal-port").key == key


@pytest.mark.parametrize("table", ["[http_service]", "[http_service]\nhost = 'a'", "[[services]]\nhost = 'a'"])
def test_a_service_without_any_known_key_is_sent_all_the_same(table: str) -> None:
    assert only(f'app = "a"\n{table}\n', "missing-internal-port").severity == Severity.ERROR
    assert only(f'app = "a"\n[env]\nPORT = "3000"\n{table}\n', "missing-internal-port").fix


def test_an_empty_http_service_has_ports_and_no_check() -> None:
    assert only('app = "a"\n[http_service]\n', "no-health-check").key == "http_service"
    assert not findings('app = "a"\n[http_service]\n[checks.up]\ntype = "tcp"\n', "check-port-missing")


def test_the_port_of_env_is_proposed() -> None:
    found = only('app = "a"\n[env]\nPORT = 3000\n[http_service]\nforce_https = true\n', "missing-internal-port")
    assert found.help and "internal_port = 3000" in found.help
    assert [label.key for label in found.related] == ["env.PORT"]


@pytest.mark.parametrize("port", ["0", "65536", "http", "٣", "1" * 5000])
def test_a_port_of_env_that_is_none_is_not_proposed(port: str) -> None:
    text = f'app = "a"\n[env]\nPORT = "{port}"\n[http_service]\nforce_https = true\n'
    assert not only(text, "missing-internal-port").related


@pytest.mark.parametrize("keys", ['internal_port = "http"', "internal_prot = 80", 'internal_port = "80"'])
def test_an_internal_port_of_another_shape_is_not_missing(keys: str) -> None:
    text = f'app = "a"\n[[services]]\nprotocol = "tcp"\n{keys}\n[[services.ports]]\nport = 99\nhandlers = ["tls"]\n'
    assert not findings(text, "missing-internal-port")


def test_a_negative_internal_port_is_out_of_range_only() -> None:
    text = 'app = "a"\n[http_service]\ninternal_port = -1\n'
    assert not findings(text, "missing-internal-port")
    assert findings(text, "port-out-of-range")


# phantom-service


@pytest.mark.parametrize(
    "table",
    [
        "[services.concurrency]\nsoft_limit = 5",
        "[[services.http_checks]]\npath = '/'",
        "[[services.tcp_checks]]\ninterval='9s'",
    ],
)
def test_tables_beside_the_http_service(table: str) -> None:
    text = LAUNCHED + table + "\n"
    found = only(text, "phantom-service")
    assert found.help and "[http_service]" in found.help
    assert [label.key for label in found.related] == ["http_service"]
    others = {"missing-internal-port", "missing-service-protocol", "service-without-ports", "conflicting-autostop"}
    assert not others & {d.rule for d in lint(text)}


def test_a_phantom_without_http_service() -> None:
    assert not only('app = "a"\n[services.concurrency]\nsoft_limit = 5\n', "phantom-service").related


@pytest.mark.parametrize("keys", ["internal_port = 80", 'protocol = "tcp"', "internal_prot = 80"])
def test_a_service_that_says_something_is_no_phantom(keys: str) -> None:
    text = f"{LAUNCHED}[[services]]\n{keys}\n[services.concurrency]\nsoft_limit = 5\n"
    assert not findings(text, "phantom-service")


# protocols


@pytest.mark.parametrize("protocol", ["http", "TCP", "https", "sctp"])
def test_protocols_that_do_not_exist(protocol: str) -> None:
    found = only('app = "a"\n' + service(80, 81, protocol=protocol), "invalid-service-protocol")
    assert protocol in found.message
    assert (found.severity, found.key) == (Severity.ERROR, "services[0].protocol")


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_protocols_that_exist(protocol: str) -> None:
    text = 'app = "a"\n' + service(81, 81, protocol=protocol)
    assert not findings(text, "invalid-service-protocol")
    assert not findings(text, "missing-service-protocol")


def test_an_empty_protocol_is_missing() -> None:
    assert only('app = "a"\n' + service(80, 81, protocol=""), "missing-service-protocol").key == "services[0].protocol"


# external-port-conflict, duplicate-service


def test_http_service_and_a_service_on_another_port() -> None:
    text = LAUNCHED + service(9090, 443)
    found = only(text, "external-port-conflict")
    assert found.severity == Severity.ERROR
    assert found.key == "services[0].ports[0].port"
    assert "9090" in found.message and "8080" in found.message
    assert [label.key for label in found.related] == ["http_service"]


def test_one_finding_for_two_services_however_many_ports_they_share() -> None:
    text = LAUNCHED + service(8080, 80, 443)
    assert "ports 80 and 443" in only(text, "external-port-conflict").message
    assert not findings(text, "duplicate-service")
    assert not findings(text, "conflicting-autostop")


def test_many_shared_ports_are_counted() -> None:
    ports = range(1000, 1040)
    text = 'app = "a"\n' + service(1, *ports) + service(2, *ports)
    assert "1000 and 1001 and 38 more" in only(text, "external-port-conflict").message


@pytest.mark.parametrize(("first", "second", "conflict"), [(9010, 9020, True), (9021, 9030, False), (8000, 9000, True)])
def test_ranges_overlap_with_their_ends_included(first: int, second: int, conflict: bool) -> None:
    ranges = "[[services.ports]]\nstart_port = {}\nend_port = {}\nhandlers = ['tls']\n"
    text = 'app = "a"\n' + service(1) + ranges.format(9000, 9020) + service(2) + ranges.format(first, second)
    assert bool(findings(text, "external-port-conflict")) == conflict


def test_a_port_inside_a_range() -> None:
    text = 'app = "a"\n' + service(1, 9005) + service(2) + "[[services.ports]]\nstart_port = 9000\nend_port = 9010\n"
    assert only(text, "external-port-conflict").key == "services[1].ports[0].start_port"


def test_udp_and_tcp_have_ports_of_their_own() -> None:
    text = 'app = "a"\n' + service(53, 53) + service(53, 53, protocol="udp")
    assert not findings(text, "external-port-conflict")
    assert not findings(text, "duplicate-service")


def test_the_same_port_twice_in_one_service() -> None:
    found = only('app = "a"\n' + service(80, 443, 443), "external-port-conflict")
    assert (found.severity, found.key) == (Severity.WARNING, "services[0].ports[1].port")
    text = 'app = "a"\n' + service(80, 443) + '[[services.ports]]\nport = 443\nhandlers = ["tls", "http"]\n'
    assert only(text, "external-port-conflict").severity == Severity.ERROR


def test_a_service_without_internal_port_conflicts_with_nothing() -> None:
    text = LAUNCHED + '[[services]]\nprotocol = "tcp"\n[[services.ports]]\nport = 443\nhandlers = ["tls", "http"]\n'
    assert loud(text) == {"missing-internal-port"}


def test_the_same_internal_port_with_other_external_ports() -> None:
    text = 'app = "a"\n' + service(8080, 8443) + service(8080, 9443)
    found = only(text, "duplicate-service")
    assert (found.key, found.severity) == ("services[1].internal_port", Severity.WARNING)
    assert [label.key for label in found.related] == ["services[0].internal_port"]
    assert not findings(text, "external-port-conflict")


def test_a_pasted_service_without_ports_is_a_duplicate_only() -> None:
    text = 'app = "a"\n' + service(8080, 8443) + service(8080)
    assert only(text, "duplicate-service").help == "delete it"
    assert not findings(text, "service-without-ports")


# process groups

GROUPS = 'app = "a"\n[processes]\nweb = "x"\napi = "y"\n'


def test_groups_may_have_the_same_internal_port() -> None:
    text = GROUPS + service(8080, 8443, keys='processes = ["web"]') + service(8080, 9443, keys='processes = ["api"]')
    assert not findings(text, "duplicate-service")
    assert not findings(text, "external-port-shared-by-groups")


def test_groups_should_not_have_the_same_external_port() -> None:
    text = GROUPS + service(1, 443, keys='processes = ["web"]') + service(2, 443, keys='processes = ["api"]')
    found = only(text, "external-port-shared-by-groups")
    assert (found.key, found.severity) == ("services[1].ports[0].port", Severity.WARNING)
    assert "`web`" in found.message and "`api`" in found.message
    assert not findings(text, "external-port-conflict")


def test_services_that_share_a_group_conflict() -> None:
    text = GROUPS + service(1, 443, keys='processes = ["web"]') + service(2, 443, keys='processes = ["web", "api"]')
    assert findings(text, "external-port-conflict")
    assert not findings(text, "external-port-shared-by-groups")


def test_a_service_without_processes_is_another_mistake() -> None:
    text = GROUPS + service(1, 443, keys='processes = ["web"]') + service(2, 443)
    assert not findings(text, "external-port-conflict")
    assert not findings(text, "external-port-shared-by-groups")


def test_a_service_of_an_unknown_group_is_another_mistake() -> None:
    text = GROUPS + service(1, 443, keys='processes = ["web"]') + service(2, 443, keys='processes = ["nobody"]')
    assert not findings(text, "external-port-shared-by-groups")


# old forms and hostile values


def test_old_forms_are_understood() -> None:
    text = (
        LAUNCHED
        + '[services]\ninternal_port = "8080"\nprotocol = "tcp"\n[services.ports]\nport = "443"\nhandlers = ["tls"]\n'
    )
    assert only(text, "external-port-conflict").key == "services.ports.port"


@pytest.mark.parametrize("value", ["3", '"x"', "[]", "[1]", "{}", "true", "1979-05-27", "1.5", "[[]]", "[{}]", "nan"])
@pytest.mark.parametrize(
    "place",
    [
        "services = {}", "http_service = {}", "services = [{{ports = {}}}]", "services = [{{ports = [{{port = {}}}]}}]",
        "services = [{{protocol = {}}}]", "services = [{{internal_port = {}}}]", "services = [{{processes = {}}}]",
        "services = [{{concurrency = {}}}]", "http_service = {{auto_stop_machines = {}}}",
        "http_service = {{tls_options = {}}}", "env = {}",
        "http_service = {{min_machines_running = {}}}", "http_service = {{http_options = {{replay_cache = {}}}}}",
        "http_service = {{concurrency = {{type = {0}, soft_limit = {0}, hard_limit = {0}}}}}", "processes = {}",
        "services = [{{protocol = 'udp', ports = [{{handlers = {0}, start_port = {0}, tls_options = {0}}}]}}]",
        "services = [{{internal_port = 1, ports = [{{port = 1, handlers = {0}}}]}}, {{internal_port = 1}}]",
    ],
)  # fmt: skip
def test_no_value_makes_a_rule_crash(place: str, value: str) -> None:
    assert lint('app = "a"\n' + place.format(value) + "\n") is not None  # lint() fails when a rule crashes


# safe fixes


@pytest.mark.parametrize(
    ("protocol", "right"),
    [("http", "tcp"), ("https", "tcp"), ("TCP", "tcp"), ("Udp", "udp"), ("tcpp", "tcpp"), ("sctp", "sctp")],
)
def test_protocol_is_mended_where_it_is_plain(protocol: str, right: str) -> None:
    text = 'app = "a"\n' + service(99, 99, protocol=protocol)
    assert findings(text, "invalid-service-protocol")
    assert mended(text, "invalid-service-protocol") == 'app = "a"\n' + service(99, 99, protocol=right)


def test_internal_port_comes_from_the_environment() -> None:
    text = 'app = "a"\n[env]\nPORT = "3000"\n[http_service]\n'
    assert mended(text + "force_https = true\n", "missing-internal-port") == (
        text + "force_https = true\ninternal_port = 3000\n"
    )
    assert mended(text + "internal_port = 0\n", "missing-internal-port") == text + "internal_port = 3000\n"
    two = text + 'force_https = true\n[[services]]\nprotocol = "tcp"\n'
    assert mended(two, "missing-internal-port") == two


DUPLICATE = """app = "a"
[[services]]
  internal_port = 8080
  protocol = "tcp"

  [[services.ports]]
    port = 80
    handlers = ["http"]

# TLS
[[services]]
  internal_port = 8080 # the same
  protocol = "tcp"

  [[services.ports]]
    port = 443
    handlers = ["tls", "http"]

[[services]]
  internal_port = 9090
  protocol = "tcp"
"""


def test_ports_of_a_duplicate_are_added_to_the_first() -> None:
    after = DUPLICATE.replace('[[services]]\n  internal_port = 8080 # the same\n  protocol = "tcp"\n', "")
    assert mended(DUPLICATE, "duplicate-service") == after


def test_duplicates_that_say_more_are_not_merged_safely() -> None:
    limits = DUPLICATE.replace('"tcp"\n', '"tcp"\n  concurrency.soft_limit = 5\n', 1)
    assert mended(limits, "duplicate-service") == limits
    assert mended(limits, "duplicate-service", unsafe=True) != limits
    checked = DUPLICATE.replace("# the same", "\n  tcp_checks = [{ interval = '1s' }]")
    assert mended(checked, "duplicate-service", unsafe=True) == checked


def test_duplicate_of_http_service_is_deleted_when_it_adds_nothing() -> None:
    http = 'app = "a"\n[http_service]\ninternal_port = 8080\nforce_https = true\n'
    entries = (
        '[[services.ports]]\nport = 80\nhandlers = ["http"]\nforce_https = true\n'
        '[[services.ports]]\nport = 443\nhandlers = ["http", "tls"]\n'
    )
    text = http + '[[services]]\ninternal_port = 8080\nprotocol = "tcp"\n' + entries
    assert mended(text, "external-port-conflict") == http
    for more in (text.replace("8080\nprotocol", "8081\nprotocol"), text + "[[services.tcp_checks]]\ninterval = '1s'\n"):
        assert findings(more, "external-port-conflict")
        assert mended(more, "external-port-conflict") == more


@pytest.mark.parametrize(
    ("phantom", "right"),
    [
        ('[[services.http_checks]]\npath = "/up"\n', '[[http_service.checks]]\npath = "/up"\n'),
        ('[services.http_checks]\npath = "/up"\n', '[[http_service.checks]]\npath = "/up"\n'),
        ("[services.concurrency]\nsoft_limit = 5\n", "[http_service.concurrency]\nsoft_limit = 5\n"),
        ("[[services]]\n[services.concurrency]\nsoft_limit = 5\n", "[http_service.concurrency]\nsoft_limit = 5\n"),
        ('[[services.checks]]\npath = "/up"\n', '[[http_service.checks]]\npath = "/up"\n'),
        ('[services.healthcheck]\npath = "/up"\n', '[services.healthcheck]\npath = "/up"\n'),
        (
            "[services.up]\na = 1\n[services.concurrency]\nsoft_limit = 5\n",
            "[services.up]\na = 1\n[services.concurrency]\nsoft_limit = 5\n",
        ),
        ('[[services.tcp_checks]]\ninterval = "1s"\n', '[[services.tcp_checks]]\ninterval = "1s"\n'),
        ("[services]\nconcurrency = { soft_limit = 5 }\n", "concurrency = { soft_limit = 5 }\n"),
    ],
)
def test_phantom_services_move_to_http_service(phantom: str, right: str) -> None:
    http = 'app = "a"\n[http_service]\ninternal_port = 8080\n'
    assert findings(http + phantom, "phantom-service")
    assert mended(http + phantom, "phantom-service") == http + right


@pytest.mark.parametrize("port", ["0" * 5000, "0000801234", "9" * 5000, "8080.5", "0"])
def test_what_is_no_port_is_not_proposed(port: str) -> None:
    found = findings(f'app = "a"\n[env]\nPORT = "{port}"\n[[services]]\nprotocol = "tcp"\n', "missing-internal-port")
    assert all(each.fix is None for each in found)
