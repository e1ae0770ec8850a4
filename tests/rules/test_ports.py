"""External ports: their numbers, handlers, and options."""

from __future__ import annotations

import pytest

from flylint.diagnostic import Diagnostic
from flylint.severity import Severity
from tests.linting import findings, lint, mended


def service(*ports: str, protocol: str = "tcp", internal: int = 8080) -> str:
    entries = "".join(f"[[services.ports]]\n{port}\n" for port in ports)
    return f'app = "a"\n[[services]]\ninternal_port = {internal}\nprotocol = "{protocol}"\n{entries}'


def only(text: str, rule: str) -> Diagnostic:
    found = findings(text, rule)
    assert len(found) == 1, [d.rule for d in lint(text)]
    return found[0]


def mine(text: str) -> set[str]:
    """The rules about services that speak at warning or above."""
    others = ("no-health-check", "only-top-level-checks")
    return {d.rule for d in lint(text) if d.severity >= Severity.WARNING} - set(others)


HTTPS = 'port = 443\nhandlers = ["tls", "http"]'
LEGITIMATE = [
    ('port = 80\nhandlers = ["http"]\nforce_https = true', HTTPS),
    ('port = 443\nhandlers = ["http", "tls"]',),
    ('port = 5432\nhandlers = ["pg_tls"]',),
    ('port = 1883\nhandlers = ["tls"]\ntls_options = { alpn = ["mqtt"], versions = ["TLSv1.2"] }',),
    ('port = 443\nhandlers = ["tls"]',),
    ("port = 6379",),
    ('port = 25\nhandlers = ["proxy_proto"]\nproxy_proto_options = { version = "v2" }',),
    ('port = 443\nhandlers = ["tls", "proxy_proto"]',),
    ('start_port = 9000\nend_port = 9000\nhandlers = ["tls"]',),
]


@pytest.mark.parametrize("ports", LEGITIMATE)
def test_legitimate_ports_are_silent(ports: tuple[str, ...]) -> None:
    assert mine(service(*ports)) == set()


# numbers


@pytest.mark.parametrize(("port", "wrong"), [(0, True), (1, False), (65535, False), (65536, True), (-1, True)])
@pytest.mark.parametrize("key", ["port", "start_port", "end_port"])
def test_limits_of_external_ports(key: str, port: int, wrong: bool) -> None:
    assert bool(findings(service(f"{key} = {port}"), "port-out-of-range")) == wrong


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[http_service]\ninternal_port = 65536", "http_service.internal_port"),
        ("[checks.a]\nport = 80800\ntype = 'tcp'", "checks.a.port"),
        ("[checks.a]\nport = 0\ntype = 'tcp'", "checks.a.port"),
    ],
)
def test_other_ports_have_the_same_limits(text: str, key: str) -> None:
    assert only(f'app = "a"\n{text}\n', "port-out-of-range").key == key


def test_an_internal_port_of_zero_is_another_mistake() -> None:
    assert not findings('app = "a"\n[http_service]\ninternal_port = 0\n', "port-out-of-range")


@pytest.mark.parametrize(
    ("handlers", "proposed"),
    [('["http"]', "80"), ('["tls", "http"]', "443"), ('["http", "tls"]', "443"), ('["tls"]', None), ("[]", None)],
)
def test_an_entry_without_port(handlers: str, proposed: str | None) -> None:
    found = only(service(f"handlers = {handlers}"), "port-entry-without-port")
    assert found.key == "services[0].ports[0]"
    assert found.help and (f"`port = {proposed}`" if proposed else "`port = …`") in found.help


def test_a_port_that_is_taken_is_not_proposed() -> None:
    found = only(service(HTTPS, 'handlers = ["tls", "http"]'), "port-entry-without-port")
    assert found.help and "443" not in found.help


@pytest.mark.parametrize("keys", ["prot = 80", 'port = "http"', "start_port = 5"])
def test_an_entry_with_a_port_of_another_shape(keys: str) -> None:
    assert not findings(service(f'{keys}\nhandlers = ["http"]'), "port-entry-without-port")


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ("start_port = 2\nend_port = 1", "end_port"),
        ("start_port = 2", "start_port"),
        ("end_port = 2", "end_port"),
        ("port = 1\nstart_port = 2\nend_port = 3", "start_port"),
        ("port = 1\nend_port = 3", "end_port"),
    ],
)
def test_ranges_that_are_none(keys: str, key: str) -> None:
    assert only(service(keys), "invalid-port-range").key == f"services[0].ports[0].{key}"


def test_a_range_with_an_end_of_another_type_is_another_mistake() -> None:
    assert not findings(service('start_port = 2\nend_port = "9"'), "invalid-port-range")


# handlers


@pytest.mark.parametrize(
    ("handlers", "proposed"),
    [
        ('["https"]', '["tls", "http"]'),
        ('["TLS", "HTTP"]', '["tls", "HTTP"]'),
        ('["tls", "https"]', '["tls", "http"]'),
        ('["proxy-proto"]', '["proxy_proto"]'),
        ('["htttp"]', '["http"]'),
    ],
)
def test_handlers_that_do_not_exist(handlers: str, proposed: str) -> None:
    found = findings(service(f"port = 443\nhandlers = {handlers}"), "unknown-handler")[0]
    assert found.severity == Severity.ERROR
    assert found.help == f"write `handlers = {proposed}`"
    assert found.key.startswith("services[0].ports[0].handlers[")


def test_an_unknown_handler_is_the_only_mistake() -> None:
    text = service('port = 443\nhandlers = ["https"]\nforce_https = true\nhttp_options = { compress = true }')
    assert mine(text) == {"unknown-handler"}
    assert not findings(text, "needs-dedicated-ipv4")


def test_an_old_name_of_a_handler_is_an_info() -> None:
    assert only(service('port = 80\nhandlers = ["edge_http"]'), "unknown-handler").severity == Severity.INFO


@pytest.mark.parametrize(
    ("handlers", "named"), [('["pg_tls", "tls", "http"]', "`tls` and `http`"), ('["tls", "tls"]', "`tls`")]
)
def test_handlers_that_do_not_go_together(handlers: str, named: str) -> None:
    assert named in only(service(f"port = 5432\nhandlers = {handlers}"), "conflicting-handlers").message


def test_plain_http_on_port_443() -> None:
    found = only(service('port = 443\nhandlers = ["http"]\ntls_options = { alpn = ["h2"] }'), "http-without-tls")
    assert (found.severity, found.key) == (Severity.WARNING, "services[0].ports[0].handlers")
    assert mine(service('port = 443\nhandlers = ["http"]\ntls_options = { alpn = ["h2"] }')) == {"http-without-tls"}


def test_plain_http_beside_https_is_an_info() -> None:
    found = only(service(HTTPS, 'port = 8080\nhandlers = ["http"]'), "http-without-tls")
    assert (found.severity, found.key) == (Severity.INFO, "services[0].ports[1]")


def test_plain_http_beside_http_service_is_an_info() -> None:
    text = service('port = 9090\nhandlers = ["http"]', internal=9090) + "[http_service]\ninternal_port = 80\n"
    assert only(text, "http-without-tls").severity == Severity.INFO


def test_tls_on_port_80() -> None:
    found = only(service('port = 80\nhandlers = ["tls", "http"]'), "port-80-with-tls")
    assert found.help and '`handlers = ["http"]`' in found.help


@pytest.mark.parametrize(("keys", "found"), [("port = 443", 1), ("port = 80\nhandlers = []", 1), ("port = 81", 0)])
def test_web_ports_without_handlers(keys: str, found: int) -> None:
    assert len(findings(service(keys), "http-port-without-handlers")) == found


def extent(start: int, end: int, handlers: str = "") -> str:
    return service(f"start_port = {start}\nend_port = {end}\n" + (f"handlers = {handlers}" if handlers else ""))


@pytest.mark.parametrize(
    ("text", "rule", "key"),
    [
        (extent(443, 443, '["http"]'), "http-without-tls", "handlers"),
        (extent(80, 443, '["http"]'), "http-without-tls", "handlers"),
        (extent(8000, 8010, '["http"]'), "http-without-tls", ""),
        (extent(80, 80, '["tls"]'), "port-80-with-tls", "handlers"),
        (extent(80, 443, '["tls", "http"]'), "port-80-with-tls", "handlers"),
        (extent(443, 444), "http-port-without-handlers", "start_port"),
        (extent(79, 81, "[]"), "http-port-without-handlers", "start_port"),
    ],
)
def test_the_ports_of_the_web_in_a_range(text: str, rule: str, key: str) -> None:
    found = only(text, rule)
    assert (found.severity, found.key) == (Severity.WARNING, f"services[0].ports[0].{key}".rstrip("."))
    assert not findings(text, "needs-dedicated-ipv4")


@pytest.mark.parametrize(
    "text", [extent(80, 80, '["http"]'), extent(443, 443, '["tls", "http"]'), extent(81, 442, '["tls"]')]
)
def test_ranges_with_the_right_handlers_are_silent(text: str) -> None:
    assert mine(text) == set()


def test_a_range_keeps_its_handlers_where_they_are_right_for_some_of_its_ports() -> None:
    text = extent(80, 443, '["tls", "http"]')
    assert mended(text, "port-80-with-tls", unsafe=True) == text
    assert mended(extent(80, 80, '["tls", "http"]'), "port-80-with-tls") == extent(80, 80, '["http"]')
    assert mended(extent(80, 443, '["http"]'), "http-without-tls", unsafe=True) == extent(80, 443, '["http"]')


def test_proxy_proto_is_for_an_app_that_ends_tls_itself() -> None:
    text = service('port = 443\nhandlers = ["proxy_proto"]')
    assert mine(text) == set()
    assert only(text, "needs-dedicated-ipv4").severity == Severity.INFO


@pytest.mark.parametrize("keys", ['port = 443\nhandlers = "tls"', 'port = 443\nhandler = ["tls", "http"]'])
def test_handlers_of_another_shape_are_not_missing(keys: str) -> None:
    assert not findings(service(keys), "http-port-without-handlers")


# force_https


def test_force_https_needs_http() -> None:
    text = service('port = 443\nhandlers = ["tls"]\nforce_https = true')
    assert only(text, "force-https-without-http").key == "services[0].ports[0].force_https"
    assert mine(service("port = 80\nforce_https = true")) == {"force-https-without-http"}


@pytest.mark.parametrize(("handlers", "force"), [('["tls"]', "false"), ('["tls", "http"]', "true")])
def test_force_https_that_does_no_harm(handlers: str, force: str) -> None:
    text = service(f"port = 443\nhandlers = {handlers}\nforce_https = {force}")
    assert not findings(text, "force-https-without-http")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[http_service]\ninternal_port = 80", "http_service"),
        ("[http_service]\ninternal_port = 80\nforce_https = false", "http_service.force_https"),
    ],
)
def test_force_https_that_is_off(text: str, key: str) -> None:
    found = only(f'app = "a"\n{text}\n', "force-https-off")
    assert (found.key, found.severity) == (key, Severity.INFO)


@pytest.mark.parametrize("key", ["force_https = 1", "force_htps = true", "force_https = true"])
def test_force_https_that_is_not_off(key: str) -> None:
    assert not findings(f'app = "a"\n[http_service]\ninternal_port = 80\n{key}\n', "force-https-off")


@pytest.mark.parametrize(
    ("url", "found"), [("http://a.flycast/x", 1), ("http://b.flycast", 0), ("https://a.fly.dev", 0)]
)
def test_flycast(url: str, found: int) -> None:
    text = f'app = "a"\n[env]\nURL = "{url}"\n[http_service]\ninternal_port = 80\nforce_https = true\n'
    assert len(findings(text, "force-https-on-flycast")) == found


# UDP


def test_udp_ports_are_not_rewritten() -> None:
    found = only(service("port = 53", protocol="udp", internal=5353), "udp-port-mismatch")
    assert (found.severity, found.key) == (Severity.ERROR, "services[0].ports[0].port")
    assert found.help and "same" in found.help


@pytest.mark.parametrize(
    ("start", "end", "found"), [(5000, 5010, 1), (5001, 5010, 1), (4000, 5000, 1), (5000, 5000, 0), (5001, 5001, 1)]
)
def test_udp_ranges(start: int, end: int, found: int) -> None:
    text = service(f"start_port = {start}\nend_port = {end}", protocol="udp", internal=5000)
    assert [d.severity for d in findings(text, "udp-port-mismatch")] == [Severity.WARNING] * found


def test_udp_without_internal_port_is_another_mistake() -> None:
    text = 'app = "a"\n[[services]]\nprotocol = "udp"\n[[services.ports]]\nport = 53\n'
    assert not findings(text, "udp-port-mismatch")


def test_udp_has_no_handlers() -> None:
    keys = 'port = 53\nhandlers = ["https"]\nforce_https = true\nhttp_options = { compress = true }'
    text = service(keys, protocol="udp", internal=53)
    found = only(text, "udp-with-handlers")
    assert found.key == "services[0].ports[0].handlers"
    assert mine(text) == {"udp-with-handlers"}
    assert not findings(service("port = 53\nhandlers = []", protocol="udp", internal=53), "udp-with-handlers")


def test_dedicated_addresses_once_for_each_service() -> None:
    udp = only(service("port = 53", "port = 54", protocol="udp", internal=53), "needs-dedicated-ipv4")
    tcp = only(service("port = 53", "port = 54"), "needs-dedicated-ipv4")
    assert (udp.key, tcp.key) == ("services[0].protocol", "services[0].ports[0]")
    assert udp.severity == Severity.INFO


@pytest.mark.parametrize("ports", [*LEGITIMATE[:5], ("port = 443",)])
def test_shared_addresses_will_do_or_another_rule_speaks(ports: tuple[str, ...]) -> None:
    assert not findings(service(*ports), "needs-dedicated-ipv4")


# options


@pytest.mark.parametrize(
    ("handlers", "options"),
    [
        ('["tls"]', "http_options = { compress = true }"),
        ('["http"]', 'tls_options = { alpn = ["h2"] }'),
        ('["tls"]', 'proxy_proto_options = { version = "v2" }'),
    ],
)
def test_options_of_a_handler_that_is_not_there(handlers: str, options: str) -> None:
    found = only(service(HTTPS, f"port = 80\nhandlers = {handlers}\n{options}"), "options-without-handler")
    assert found.key == "services[0].ports[1]." + options.partition(" ")[0]


@pytest.mark.parametrize("version", ["TLS1.2", "1.3", "tlsv1.2", "TLSv1.1", "SSLv3"])
@pytest.mark.parametrize("place", ["http_service", "services"])
def test_tls_versions(version: str, place: str) -> None:
    options = f'tls_options = {{ versions = ["TLSv1.3", "{version}"] }}\n'
    text = (
        service(HTTPS + "\n" + options)
        if place == "services"
        else f'app = "a"\n[http_service]\ninternal_port = 1\n{options}'
    )
    found = only(text, "invalid-tls-version")
    assert found.key.endswith("tls_options.versions[1]")
    old = version in ("TLSv1.1", "SSLv3")
    assert found.label == ("" if old else f"did you mean `TLSv{version[-3:]}`?")


@pytest.mark.parametrize(("version", "found"), [("v1", 0), ("v2", 0), ("2", 1), ("V2", 1), ("v3", 1)])
def test_versions_of_the_proxy_protocol(version: str, found: int) -> None:
    text = service(f'port = 25\nhandlers = ["proxy_proto"]\nproxy_proto_options = {{ version = "{version}" }}')
    assert len(findings(text, "invalid-proxy-proto-version")) == found


CACHE = {"path_prefix": '"/api"', "ttl_seconds": "10", "type": '"header"', "name": '"x"'}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, None),
        ({"path_prefix": '"example.com/api"'}, None),
        ({"path_prefix": '"/a:b"'}, None),
        ({"ttl_seconds": "9"}, "ttl_seconds"),
        ({"type": '"cookies"'}, "type"),
        ({"path_prefix": '"https://example.com/"'}, "path_prefix"),
        ({"path_prefix": '"example.com:443/"'}, "path_prefix"),
        ({"name": ""}, ""),
        ({"name": '""'}, "name"),
        ({"path_prefix": '""'}, "path_prefix"),
        ({"type": '""'}, "type"),
        ({"path_prefix": "", "name": '""'}, ""),
    ],
)
def test_replay_caches(changes: dict[str, str], key: str | None) -> None:
    entry = "\n".join(f"{name} = {value}" for name, value in {**CACHE, **changes}.items() if value)
    text = f'app = "a"\n[http_service]\ninternal_port = 1\n[[http_service.http_options.replay_cache]]\n{entry}\n'
    place = "http_service.http_options.replay_cache[0]"
    wanted = [] if key is None else [f"{place}.{key}" if key else place]
    assert [d.key for d in findings(text, "invalid-replay-cache")] == wanted


# safe fixes


@pytest.mark.parametrize(
    ("rule", "ports", "right"),
    [
        ("invalid-port-range", "start_port = 90\nend_port = 80", "start_port = 80\nend_port = 90"),
        ("unknown-handler", 'port = 443\nhandlers = ["https"]', 'port = 443\nhandlers = ["tls", "http"]'),
        ("unknown-handler", 'port = 443\nhandlers = ["TLS", "Http"]', 'port = 443\nhandlers = ["tls", "http"]'),
        ("unknown-handler", 'port = 443\nhandlers = ["tls", "https"]', 'port = 443\nhandlers = ["tls", "http"]'),
        ("unknown-handler", 'port = 5432\nhandlers = ["pg-tls"]', 'port = 5432\nhandlers = ["pg_tls"]'),
        ("http-without-tls", 'port = 443\nhandlers = ["http"]', 'port = 443\nhandlers = ["tls", "http"]'),
        ("port-80-with-tls", 'port = 80\nhandlers = ["tls", "http"]', 'port = 80\nhandlers = ["http"]'),
        (
            "options-without-handler",
            'port = 99\nhandlers = ["tls"]\nproxy_proto_options = { version = "v2" }',
            'port = 99\nhandlers = ["tls"]',
        ),
        (
            "options-without-handler",
            'port = 99\nhandlers = ["tls"]\n[services.ports.http_options]\ncompress = true',
            'port = 99\nhandlers = ["tls"]',
        ),
        (
            "invalid-tls-version",
            'port = 443\nhandlers = ["tls"]\ntls_options.versions = ["1.2", "tlsv1.3"]',
            'port = 443\nhandlers = ["tls"]\ntls_options.versions = ["TLSv1.2", "TLSv1.3"]',
        ),
        (
            "invalid-proxy-proto-version",
            'port = 99\nhandlers = ["proxy_proto"]\nproxy_proto_options.version = "2"',
            'port = 99\nhandlers = ["proxy_proto"]\nproxy_proto_options.version = "v2"',
        ),
        ("wrong-type", 'port = 443\nhandlers = "tls, http"', 'port = 443\nhandlers = ["tls", "http"]'),
        ("wrong-type", 'port = 80\nhandlers = "http"', 'port = 80\nhandlers = ["http"]'),
        (
            "wrong-type",
            'port = 99\nhandlers = ["proxy_proto"]\nproxy_proto_options.version = 2',
            'port = 99\nhandlers = ["proxy_proto"]\nproxy_proto_options.version = "v2"',
        ),
    ],
)
def test_what_is_mended_safely(rule: str, ports: str, right: str) -> None:
    assert mended(service(ports), rule) == service(right)


@pytest.mark.parametrize(
    ("rule", "ports"),
    [
        ("unknown-handler", 'port = 80\nhandlers = ["edge_http"]'),
        ("unknown-handler", 'port = 80\nhandlers = ["htpp"]'),
        ("port-80-with-tls", 'port = 80\nhandlers = ["tls"]'),
        ("invalid-tls-version", 'port = 443\nhandlers = ["tls"]\ntls_options.versions = ["TLSv1.1"]'),
        ("invalid-proxy-proto-version", 'port = 9\nhandlers = ["proxy_proto"]\nproxy_proto_options.version = "v3"'),
        ("force-https-without-http", 'port = 443\nhandlers = ["tls"]\nforce_https = true'),
        ("port-entry-without-port", 'handlers = ["http"]'),
    ],
)
def test_what_is_not_mended_safely(rule: str, ports: str) -> None:
    assert findings(service(ports), rule)
    assert mended(service(ports), rule) == service(ports)


def test_http_without_tls_is_plain_on_port_443_only() -> None:
    text = service(HTTPS, 'port = 8080\nhandlers = ["http"]')
    assert only(text, "http-without-tls").fix
    assert mended(text, "http-without-tls") == text


def test_force_https_goes_where_port_80_has_it() -> None:
    plain, wrong = 'port = 80\nhandlers = ["http"]\nforce_https = true', 'port = 443\nhandlers = ["tls"]'
    assert mended(service(plain, f"{wrong}\nforce_https = true"), "force-https-without-http") == service(plain, wrong)


def test_handlers_of_udp_are_deleted() -> None:
    text = service('port = 53\nhandlers = ["tls"]\ntls_options.alpn = ["h2"] # x', protocol="udp", internal=53)
    assert mended(text, "udp-with-handlers") == service("port = 53", protocol="udp", internal=53)


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("ttl_seconds = 5", "ttl_seconds = 10"),
        ('type = "Cookie"', 'type = "cookie"'),
        ('type = "query"', 'type = "query"'),
    ],
)
def test_replay_cache_is_mended(line: str, right: str) -> None:
    rest = 'path_prefix = "/"\nname = "sid"\n'
    rest += 'type = "cookie"\n' if line.startswith("ttl") else "ttl_seconds = 60\n"
    head = 'app = "a"\n[http_service]\ninternal_port = 80\n[[http_service.http_options.replay_cache]]\n'
    assert findings(f"{head}{line}\n{rest}", "invalid-replay-cache")
    assert mended(f"{head}{line}\n{rest}", "invalid-replay-cache") == f"{head}{right}\n{rest}"


REDIS = service("port = 6379", internal=6379)


@pytest.mark.parametrize(
    ("image", "text", "count"),
    [
        ("redis:7.2", REDIS, 1),
        ("docker.io/library/redis@sha256:00", REDIS, 1),
        ("localhost:5000/flyio/redis:6", REDIS, 1),
        ("postgres", service("port = 5432\nhandlers = ['pg_tls']", internal=5432), 1),
        ("elasticsearch:8.1", 'app = "a"\n[http_service]\ninternal_port = 9200\n', 1),
        ("redis:7.2", service(internal=6379), 0),
        ("redis:7.2", service(HTTPS), 0),
        ("shop", REDIS, 0),
        ("redis:7.2", f"# for Flycast\n{REDIS}", 0),
        ("redis:7.2", f"{REDIS}[env]\nSELF = 'http://a.flycast:6379'\n", 0),
    ],
)
def test_a_database_is_private(image: str, text: str, count: int) -> None:
    text = f'{text}[build]\nimage = "{image}"\n'
    assert len(findings(text, "database-open-to-internet")) == count
    assert not (count and findings(text, "needs-dedicated-ipv4"))


@pytest.mark.parametrize(
    ("image", "more", "right"),
    [
        ("nginx:1.27", "", 80),
        ("docker.io/nginx", "", 80),
        ("n8nio/n8n:1.70.0", "[env]\nTZ = 'UTC'\n", 5678),
        ("n8nio/n8n", "[env]\nN8N_PORT = '8080'\n", None),
        ("n8nio/n8n", "[env]\nLISTEN = ':8080'\n", None),
        ("nginx", "[[files]]\nguest_path = '/etc/nginx/nginx.conf'\nraw_value = ''\n", None),
        ("nginx", "[processes]\napp = 'serve'\n", None),
        ("nginx", "[experimental]\ncmd = ['serve']\n", None),
        ("wordpress:fpm", "", None),
        ("ghcr.io/me/nginx", "", None),
        ("adminer", "", None),
    ],
)
def test_the_port_of_a_known_image(image: str, more: str, right: int | None) -> None:
    text = f'app = "a"\n[build]\nimage = "{image}"\n[http_service]\ninternal_port = 8080\n{more}'
    found = findings(text, "port-does-not-match-image")
    assert [f"port {right}" in d.message for d in found] == [True] * (right is not None)
