"""Rules about [env], and what counts as a secret."""

from __future__ import annotations

import pytest

from flylint import engine
from flylint.credentials import credential, masked, promises_secret, secret_in
from flylint.diagnostic import Diagnostic
from flylint.document import Document
from flylint.rules import all_rules
from flylint.settings import Settings
from flylint.severity import Severity
from tests.linting import findings, lint, mended

HEAD = 'app = "example"\nprimary_region = "fra"\n\n'
ENV = HEAD + "[env]\n"
FILLING = "correct-horse-battery"


def one(text: str, rule: str) -> Diagnostic:
    """The only finding of a rule."""
    found = findings(text, rule)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("AKIA" + "ABCDEFGHIJKLMNOP", "AWS"),
        ("ghp_" + "a1" * 18, "GitHub"),
        ("github_pat_" + "a1" * 20, "GitHub"),
        ("sk_live_" + "a1" * 12, "Stripe"),
        ("sk-proj-" + "a1" * 20, "API key"),
        ("xoxb-" + "1" * 12 + "-abc", "Slack"),
        ("FlyV1 fm2_" + "a1" * 20, "Fly.io"),
        ("fm2_" + "a1" * 20, "Fly.io"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "private key"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghij", "token"),
        ("Bearer ghp_" + "a1" * 18, "GitHub"),
        ("postgres://user:pw@db.example.com/app", "password"),
        ("postgres://user:pw@my-db.flycast:5432/app", "password"),
        ("mongodb+srv://nightscout:hunter2pass@cluster0.abcde.mongodb.net/nightscout", "password"),
        ("redis://:hunter2pass@my-redis.internal:6379", "password"),
        ("user:hunter2pass@tcp(db.internal:3306)/app", "password"),
        ("Server=db.example.com;User Id=sa;Password=hunter2pass;", "password"),
        ("host=db.example.com user=app password=hunter2pass", "password"),
        ("postgres://user:password@db.example.com:5432/app", "password"),
        ("mysql://app:pass@db.example.com/app", "password"),
        ("Server=db.example.com;Password=password", "password"),
        ("https://hooks.slack.com/services/T0/B0/abc", "webhook"),
        ("https://hooks.zapier.com/hooks/catch/1/abc", "webhook"),
    ],
)
def test_known_credentials_are_found_under_any_name(value: str, kind: str) -> None:
    found = one(f"{ENV}SETTING = '''{value}'''\n", "secret-in-env")
    assert kind in found.message and found.key == "env.SETTING" and found.severity is Severity.WARNING


@pytest.mark.parametrize(
    "value",
    [
        "",
        "https://example.com/sk-path",
        "postgres://db.example.com/app",
        "postgres://user@db.example.com/app",
        "postgres://postgres:postgres@localhost:5432/dev",
        "redis://:secret@127.0.0.1:6379",
        "postgres://user:${DB_PASSWORD}@db.example.com/app",
        "postgres://user:$DB_PASSWORD@db.example.com/app",
        "postgres://USER:PASSWORD@db.example.com/app",
        "postgres://user:password@host:5432/app",
        "postgres://user:[password]@db.example.com/app",
        "postgres://user:redacted@db.example.com/app",
        "postgres://user:****@db.example.com/app",
        "Server=db.example.com;Password=PASSWORD",
        "postgres://user:<password>@db.example.com/app",
        "postgres://user:[YOUR-PASSWORD]@db.example.com/app",
        "mailto:someone@example.com",
        "https://example.com/a:b@c",
        "sk-dark",
        "hf_cache",
        "npm_config",
        "eyJ",
        "-----BEGIN PUBLIC KEY-----\nMFk\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\nMFk\n-----END CERTIFICATE-----",
        "Server=localhost;Password=hunter2pass",
        "nopassword=true",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxx",
        "https://user:token",
        "://:@",
    ],
)
def test_what_is_no_credential(value: str) -> None:
    assert credential(value) == ""


@pytest.mark.parametrize(
    "name",
    [
        "JWT_SECRET", "SECRET_KEY_BASE", "SECRET_KEY", "API_KEY", "STRIPE_API_KEY_PROD", "DB_PASSWORD", "PGPASSWORD",
        "AWS_SECRET_ACCESS_KEY", "PRIVATE_KEY", "GITHUB_TOKEN", "AUTHTOKEN", "SMTP_PASS", "DB_PWD", "api_key",
        "API_KEYS", "GOOGLE_CREDENTIALS", "GOOGLE_CREDENTIALS_JSON",
        "KEY_PASSPHRASE", "TOKEN_1", "RELEASE_COOKIE", "db-password", "spring.datasource.password",
    ],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    found = one(f'{ENV}"{name}" = "{FILLING}"\n', "secret-in-env")
    assert name in found.message and name in (found.help or "")


@pytest.mark.parametrize(
    "name",
    [
        "NEXT_PUBLIC_API_KEY", "VITE_TOKEN", "REACT_APP_API_KEY", "STRIPE_PUBLISHABLE_KEY", "VAPID_PUBLIC_KEY",
        "SUPABASE_ANON_KEY", "RECAPTCHA_SITE_KEY", "CACHE_KEY", "AWS_ACCESS_KEY_ID", "JWT_KEY_FILE", "PASSWORD_FILE",
        "SECRET_NAME", "KEY_PATH", "PASSWORD_MIN_LENGTH", "TOKEN_TTL", "TOKEN_EXPIRY", "KEYCLOAK_URL", "MONKEY",
        "KEYBOARD", "PASSENGER", "BYPASS", "COMPASS", "PWD", "SECRETARY", "KEEP_PASSWORD_RESETS_DAYS", "COOKIE_SECURE",
        "PASSWORD_HASHER", "TOKENIZER", "DATABASE_URL", "SENTRY_DSN", "WEBHOOK_URL",
    ],
)  # fmt: skip
def test_names_that_only_look_like_it(name: str) -> None:
    assert not promises_secret(name)
    assert findings(f'{ENV}{name} = "{FILLING}"\n', "secret-in-env") == []


@pytest.mark.parametrize(
    "value",
    [
        '""', '"true"', "true", '"3600"', '"0.5"', "3600", '"redacted"', '"<your key>"', '"your-api-key"', '"xxxxxxxx"',
        '"changeme"', '"/run/secrets/key.pem"', '"./key.pem"', '"https://example.com/keys"', '"${API_KEY}"',
        '"$API_KEY"', '"op://vault/item/field"', '"arn:aws:secretsmanager:eu-west-1:1:secret:x"',
        '"pk_live_abcdefgh"', '"phc_abcdefgh"', '"ssh-ed25519 AAAAC3"', '"none"', '"encrypted:BAbc"',
    ],
)  # fmt: skip
def test_values_that_are_not_worth_hiding(value: str) -> None:
    assert findings(f"{ENV}API_KEY = {value}\n", "secret-in-env") == []


def test_a_number_can_be_a_password_but_no_token() -> None:
    assert findings(f'{ENV}DB_PASSWORD = "20240131"\n', "secret-in-env")
    assert not findings(f'{ENV}DB_PASSWORD = "1"\nMAX_TOKENS = "20240131"\n', "secret-in-env")


def test_the_identifier_of_an_aws_key_is_no_secret() -> None:
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    assert not findings(f'{ENV}AWS_ACCESS_KEY_ID = "{key}"\nS3_ACCESS_KEY_ID = "{key}"\n', "secret-in-env")


def test_a_public_name_does_not_excuse_a_secret_key() -> None:
    secret = "sk_live_" + "a1" * 12
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghij"
    found = findings(f'{ENV}NEXT_PUBLIC_STRIPE = "{secret}"\nNEXT_PUBLIC_ANON = "{token}"\n', "secret-in-env")
    assert [d.key for d in found] == ["env.NEXT_PUBLIC_STRIPE"]


def test_options_add_and_allow_names() -> None:
    assert secret_in("WALLET_SEED", FILLING) == ""
    assert secret_in("WALLET_SEED", FILLING, ["*_SEED"]) != ""
    assert secret_in("WALLET_SEED", "", ["*_SEED"]) == ""
    assert secret_in("API_KEY", FILLING, (), ["API_*"]) == ""
    settings = Settings()
    settings.options = {"secret-in-env": {"allow": ["JWT_SECRET"], "names": ["SEED"]}}
    text = f'{ENV}JWT_SECRET = "{FILLING}"\nSEED = "{FILLING}"\n'
    found = [d.key for d in engine.check(Document(text), settings).diagnostics if d.rule == "secret-in-env"]
    assert found == ["env.SEED"]


def test_no_value_of_a_secret_is_ever_said() -> None:
    text = f"""{HEAD}
[build.args]
  NPM_TOKEN = "{FILLING}"
  VITE_SECRET_KEY = "sk_live_{FILLING}"

[env]
  API_KEY = "{FILLING}"
  VITE_STRIPE = "sk_live_{FILLING}"
  URL = "https://u:{FILLING}@example.com/${{API_KEY}}"
  HOST = "${{API_KEY:-{FILLING}}}"
  DB_URL = "postgres://u:{FILLING}@localhost/app"
  OTHER = "$(cat {FILLING})"

[checks.alive]
  port = 8080
  type = "http"
  path = "/"
  headers = [{{ name = "Authorization", value = "{FILLING}" }}, {{ name = "X-Key", value = "sk_live_{FILLING}" }}]

[[files]]
  guest_path = "/a"
  raw_value = "-----BEGIN PRIVATE KEY-----{FILLING}-----END PRIVATE KEY-----"
"""
    found = lint(text)
    assert {"secret-in-env", "secret-in-build-args", "secret-in-file", "env-not-expanded", "legacy-value"} <= {
        d.rule for d in found
    }
    for diagnostic in found:
        said = [diagnostic.message, diagnostic.label, diagnostic.help or "", *diagnostic.notes]
        said += [label.message for label in diagnostic.related]
        if diagnostic.fix:
            said += [diagnostic.fix.title, *(edit.text for edit in diagnostic.fix.edits)]
        assert not any(FILLING in text for text in said), diagnostic.rule


def test_masked_text_shows_no_secret_and_moves_nothing() -> None:
    text = f"""app = "a" # {FILLING} in a comment is not known to be one

[env]
  LOG_LEVEL = "info"
  API_KEY = "{FILLING}" # kept
  KEY = '''
-----BEGIN PRIVATE KEY-----
{FILLING}
-----END PRIVATE KEY-----
'''
  inline = {{ SECRET = "é{FILLING}" }}

[checks.alive]
  headers = [{{ name = "Authorization", value = "{FILLING}" }}]

[checks.ready.headers]
  Cookie = "{FILLING}"
"""
    shown = masked(Document(text))
    assert len(shown) == len(text) and shown.count("\n") == text.count("\n")
    assert shown.count(FILLING) == 1 and "PRIVATE" not in shown
    assert 'API_KEY = "' + "•" * len(FILLING) + '" # kept' in shown and 'LOG_LEVEL = "info"' in shown
    assert masked(Document(HEAD)) == HEAD


@pytest.mark.parametrize(
    ("comment", "shadowed"),
    [
        ("fly secrets set LEVEL=debug", ["env.LEVEL"]),
        ("fly secrets set FOO=1 LEVEL=debug", ["env.LEVEL"]),
        ("fly secrets set -a shop --stage FOO=1 LEVEL=debug MODE=x", ["env.LEVEL", "env.MODE"]),
        ("fly secrets set FOO=1 and then LEVEL=debug works", []),
        ("fly secrets set LEVELS=1", []),
        ("LEVEL=debug", []),
    ],
)
def test_secrets_that_comments_set(comment: str, shadowed: list[str]) -> None:
    text = f'{ENV}LEVEL = "info"\nMODE = "y"\n# {comment}\n'
    assert [d.key for d in findings(text, "env-shadowed-by-secret")] == shadowed


def test_secrets_in_lists_of_tables_are_found() -> None:
    assert one(f'{HEAD}[[env]]\n  A = "b"\n[[env]]\n  API_KEY = "{FILLING}"\n', "secret-in-env").key == "env[1].API_KEY"


def test_secrets_in_build_args() -> None:
    text = (
        f'{HEAD}[build]\n[build.args]\n  NPM_TOKEN = "npm_abc"\n  NODE_VERSION = "22"\n  VITE_API_KEY = "{FILLING}"\n'
    )
    found = one(text, "secret-in-build-args")
    assert found.key == "build.args.NPM_TOKEN" and "--build-secret NPM_TOKEN" in (found.help or "")


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("FLY_REGION", Severity.ERROR),
        ("FLY_APP_NAME", Severity.ERROR),
        ("FLY_PROCESS_GROUP", Severity.ERROR),
        ("FLY_STANDBY_FOR", Severity.WARNING),
        ("RELEASE_COMMAND", Severity.WARNING),
        ("FLY_VOLUME_DIR", Severity.WARNING),
    ],
)
def test_reserved_names(name: str, severity: Severity) -> None:
    assert one(f'{ENV}{name} = "x"\n', "reserved-env-name").severity is severity


def test_names_that_are_free() -> None:
    assert not findings(f'{ENV}FLYWAY_URL = "x"\nMY_FLY_REGION = "x"\nfly_region = "x"\n', "reserved-env-name")


def test_primary_region() -> None:
    other = one(f'{ENV}PRIMARY_REGION = "ams"\n', "primary-region-in-env")
    assert other.severity is Severity.WARNING and "`fra`" in other.message and other.related
    assert one(f'{ENV}PRIMARY_REGION = "fra"\n', "primary-region-in-env").severity is Severity.INFO
    alone = one('app = "a"\n[env]\nPRIMARY_REGION = "ams"\n', "primary-region-in-env")
    assert alone.severity is Severity.WARNING and "primary_region" in (alone.help or "")
    misspelt = 'app = "a"\nprimary_regoin = "fra"\n[env]\nPRIMARY_REGION = "ams"\n'
    assert not findings(misspelt, "primary-region-in-env")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("1.10", '"1.1"'),
        ("1.0", '"1"'),
        ("1e6", '"1e+06"'),
        ("12345678.0", '"1.2345678e+07"'),
        ("0o755", '"493"'),
        ("0xFF", '"255"'),
        ("2024-01-01", "date"),
        ('["a", "b"]', "list"),
        ('{ a = "b" }', "table"),
    ],
)
def test_values_that_are_no_text(written: str, message: str) -> None:
    assert message in one(f"{ENV}A = {written}\n", "env-value-not-text").message


@pytest.mark.parametrize("written", ["1", "true", '"1.10"', "0.5", "-3", "1.25", "1_000", "+5"])
def test_values_that_arrive_as_they_are_written(written: str) -> None:
    assert not findings(f"{ENV}A = {written}\n", "env-value-not-text")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("https://${HOST}/", "`${HOST}`"),
        ("$HOST:80", "`$HOST`"),
        ("/app/bin:$PATH", "`$PATH`"),
        ("${PORT:-8080}", "`${PORT}`"),
        ("$(hostname -f)", "`$(…)`"),
        ("{{ env.HOST }}", "`{{ HOST }}`"),
        ("${{ secrets.TOKEN }}", "`{{ TOKEN }}`"),
        ("${host}/x", "`${host}`"),
        ("https://$host", "`$host`"),
        ("$(FLY_REGION).example.com", "`$(FLY_REGION)`"),
    ],
)
def test_references_that_nothing_expands(value: str, shown: str) -> None:
    assert shown in one(f'{ENV}host = "h"\nA = "{value}"\n', "env-not-expanded").message


@pytest.mark.parametrize(
    "line",
    [
        'A = "costs 5$"',
        'A = "$5"',
        'A = "^[a-z]+$"',
        'A = "$$HOST"',
        'A = "US$AMOUNT"',
        'A = "$name and $Name"',
        'A = "${date} ${level}"',
        'A = "{{ message }}"',
        'LOG_FORMAT = "$REMOTE_ADDR ${STATUS}"',
        'DB_PASSWORD = "$ECRET"',
        "A = '\\${HOST}'",
        'A = "{\\"a\\": {\\"b\\": 1}}"',
    ],
)
def test_dollar_signs_that_refer_to_nothing(line: str) -> None:
    assert not findings(f"{ENV}{line}\n", "env-not-expanded")


@pytest.mark.parametrize(
    ("name", "severity"),
    [("my-var", Severity.INFO), ("a.b", Severity.INFO), ("1A", Severity.INFO), ("MY VAR", Severity.WARNING)],
)
def test_odd_names(name: str, severity: Severity) -> None:
    assert one(f'{ENV}"{name}" = "1"\n', "odd-env-name").severity is severity


def test_usual_names() -> None:
    assert not findings(f'{ENV}_A = "1"\nb = "1"\nLogging__Level = "1"\n', "odd-env-name")


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ('HOST = "localhost"', "localhost"),
        ('HOST = "127.0.0.1:3000"', "127.0.0.1"),
        ('LISTEN_ADDR = "[::1]:80"', "[::1]"),
        ('ASPNETCORE_URLS = "http://localhost:5000"', "localhost"),
        ('hostname = "127.0.1.1"', "127.0.1.1"),
    ],
)
def test_listening_on_localhost(line: str, host: str) -> None:
    found = one(f"{ENV}{line}\n", "listens-on-localhost")
    assert host in found.message and "0.0.0.0" in (found.help or "")


@pytest.mark.parametrize(
    "line",
    [
        'HOST = "0.0.0.0"',
        'HOST = "::"',
        'HOST = "example.com"',
        'DB_HOST = "localhost"',
        'HOST = "localhost.example.com"',
        "HOST = 1",
    ],
)
def test_not_listening_on_localhost(line: str) -> None:
    assert not findings(f"{ENV}{line}\n", "listens-on-localhost")


def test_containers_share_localhost() -> None:
    env = '[env]\nHOST = "127.0.0.1"\nREDIS_URL = "redis://localhost:6379"\n'
    for head in ('machine_config = "c.json"\n', '[build.compose]\nfile = "compose.yml"\n'):
        rules = {d.rule for d in lint('app = "a"\n' + head + env)}
        assert rules.isdisjoint({"listens-on-localhost", "backend-on-localhost"})


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ('REDIS_URL = "redis://localhost:6379"', Severity.INFO),
        ('DATABASE_URL = "postgres://u:p@127.0.0.1/app"', Severity.INFO),
        ('PGHOST = "localhost"', Severity.INFO),
        ('DB_HOST = "host.docker.internal"', Severity.WARNING),
        ('API_URL = "http://host.docker.internal:3000"', Severity.WARNING),
    ],
)
def test_backends_on_localhost(line: str, severity: Severity) -> None:
    assert one(f"{ENV}{line}\n", "backend-on-localhost").severity is severity


@pytest.mark.parametrize(
    "line",
    [
        'REDIS_URL = "redis://localhost.example.com"',
        'API_URL = "http://localhost"',
        'DB_HOST = "my-db.internal"',
        "DB_HOST = 1",
    ],
)
def test_backends_elsewhere(line: str) -> None:
    assert not findings(f"{ENV}{line}\n", "backend-on-localhost")


def test_build_time_variables_are_told_once() -> None:
    found = one(f'{ENV}VITE_A = "1"\nNODE_ENV = "x"\nVITE_B = "2"\n', "build-time-variable-in-env")
    assert found.key == "env.VITE_A" and [label.key for label in found.related] == ["env.VITE_B"]
    assert "`VITE_A` and `VITE_B`" in found.message


@pytest.mark.parametrize(
    "text",
    [
        '[build]\nimage = "a:1"\n[env]\nVITE_A = "1"\n',
        '[build.args]\nVITE_A = "1"\n[env]\nVITE_A = "1"\n',
        '[env]\nNUXT_PUBLIC_A = "1"\nPUBLIC_B = "1"\n',
    ],
)
def test_variables_that_the_build_does_not_miss(text: str) -> None:
    assert not findings('app = "a"\n' + text, "build-time-variable-in-env")


@pytest.mark.parametrize(
    "env", ["env = 1", "env = []", "env = [1]", "[env]\n[env.a.b]\nc = 1", "[env]\n'' = ''", '[env]\nA = "\\u0000"']
)
def test_no_form_of_env_breaks_a_rule(env: str) -> None:
    lint('app = "a"\n' + env)  # fails when a rule crashes


def test_flyctl_refuses_no_variable() -> None:
    """An error of a rule that flyctl enforces would be a false alarm here: its loading takes any name and value."""
    for rule in all_rules().values():
        if rule.topic == "env":
            assert rule.enforced_by == "nobody", rule.name


# safe fixes


@pytest.mark.parametrize(
    ("rule", "text", "right"),
    [
        ("reserved-env-name", 'RELEASE_COMMAND = "1"\nA = "b"', 'A = "b"'),
        ("reserved-env-name", 'FLY_STANDBY_FOR = "x"\nA = "b"', 'A = "b"'),
        ("reserved-env-name", 'RELEASE_COMMAND = "bin/migrate"', 'RELEASE_COMMAND = "bin/migrate"'),
        ("primary-region-in-env", 'PRIMARY_REGION = "ams"\nA = "b"', 'A = "b"'),
        ("env-value-not-text", "VERSION = 1.10", 'VERSION = "1.10"'),
        ("env-value-not-text", "DAY = 2024-01-01", 'DAY = "2024-01-01"'),
        ("env-value-not-text", "LIST = [1, 2]", "LIST = [1, 2]"),
        ("env-value-not-text", "MASK = 0xFF", "MASK = 0xFF"),
        ("env-not-expanded", 'H = "a.b"\nU = "http://${H}/x"', 'H = "a.b"\nU = "http://a.b/x"'),
        ("env-not-expanded", 'h = "a.b"\nU = "http://$h/$(h)"', 'h = "a.b"\nU = "http://$h/$(h)"'),
        ("env-not-expanded", 'host = "a.b"\nU = "http://$host/x"', 'host = "a.b"\nU = "http://a.b/x"'),
        ("env-not-expanded", 'HOST = "a.b"\nU = "http://$(HOST)/x"', 'HOST = "a.b"\nU = "http://a.b/x"'),
        ("env-not-expanded", 'AB = "x"\nABC = "y"\nU = "$AB/$ABC/z"', 'AB = "x"\nABC = "y"\nU = "x/y/z"'),
        ("env-not-expanded", 'U = "http://${HOST_NAME}/x"', 'U = "http://${HOST_NAME}/x"'),
        ("listens-on-localhost", 'HOST = "127.0.0.1"', 'HOST = "0.0.0.0"'),
        ("listens-on-localhost", 'BIND = "localhost:80"', 'BIND = "0.0.0.0:80"'),
        ("listens-on-localhost", 'HOST = "::1"', 'HOST = "::1"'),
        ("listens-on-localhost", 'ADDR = "127.0.0.1"', 'ADDR = "127.0.0.1"'),
        ("build-time-variable-in-env", 'VITE_A = "x"', 'VITE_A = "x"'),
    ],
)
def test_what_is_mended_safely(rule: str, text: str, right: str) -> None:
    assert findings(f"{ENV}{text}\n", rule)
    assert mended(f"{ENV}{text}\n", rule) == f"{ENV}{right}\n"


def test_several_build_time_variables_move_together() -> None:
    text = f'{ENV}VITE_A = "x"\nB = "y"\nVITE_C = "z"\n'
    after = mended(text, "build-time-variable-in-env", unsafe=True)
    assert after == f'{ENV}B = "y"\n\n[build.args]\nVITE_A = "x"\nVITE_C = "z"\n'


@pytest.mark.parametrize("region", ["fra", "moon"])
def test_primary_region_moves_to_the_top_where_it_is_one(region: str) -> None:
    text = f'app = "x"\n\n[env]\nA = "b"\nPRIMARY_REGION = "{region}"\n'
    after = f'app = "x"\nprimary_region = "{region}"\n\n[env]\nA = "b"\n'
    assert mended(text, "primary-region-in-env") == (after if region == "fra" else text)
    assert mended(text, "primary-region-in-env", unsafe=True) == after


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("https://api.flycast", "http://api.flycast"),
        ("HTTPS://api.flycast:443/v1", "http://api.flycast/v1"),
        ("wss://api.flycast/live", "ws://api.flycast/live"),
        ("https://api.flycast:8443", None),  # the app's own TLS
        ("http://api.flycast", None),
        ("https://api.flycast.example.com", None),
        ("https://api.internal", None),
    ],
)
def test_flycast_speaks_plain_http(value: str, right: str | None) -> None:
    text = f'{ENV}API_URL = "{value}"\n'
    assert len(findings(text, "https-to-flycast")) == (right is not None)
    assert mended(text, "https-to-flycast", unsafe=True) == f'{ENV}API_URL = "{right or value}"\n'
