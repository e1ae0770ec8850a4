"""What in a file is a secret: known forms of credentials, and names that promise one. No value leaves this module."""

from __future__ import annotations

import re
from functools import lru_cache

from flylint.pattern import pattern
from flylint.platform import CREDENTIAL_HEADERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flylint.diagnostic import Fix
    from flylint.document import Document, Path, Value

# prefix of a token: what it is, and how long it is at least (short prefixes could begin any word)
_TOKENS = {
    "AKIA": ("an AWS access key", 20),
    "ASIA": ("an AWS access key", 20),
    "ghp_": ("a GitHub token", 10),
    "gho_": ("a GitHub token", 10),
    "ghu_": ("a GitHub token", 10),
    "ghs_": ("a GitHub token", 10),
    "ghr_": ("a GitHub token", 10),
    "github_pat_": ("a GitHub token", 16),
    "glpat-": ("a GitLab token", 12),
    "sk_live_": ("a Stripe key", 12),
    "rk_live_": ("a Stripe key", 12),
    "sk_test_": ("a Stripe key", 12),
    "whsec_": ("a webhook's signing secret", 12),
    "sk-ant-": ("an Anthropic key", 12),
    "sk-": ("an API key", 20),
    "xoxb-": ("a Slack token", 10),
    "xoxp-": ("a Slack token", 10),
    "xoxa-": ("a Slack token", 10),
    "xoxr-": ("a Slack token", 10),
    "xoxs-": ("a Slack token", 10),
    "xapp-": ("a Slack token", 10),
    "FlyV1 ": ("a Fly.io token", 10),
    "fm2_": ("a Fly.io token", 10),
    "fm1r_": ("a Fly.io token", 10),
    "fm1a_": ("a Fly.io token", 10),
    "fo1_": ("a Fly.io token", 10),
    "SG.": ("a SendGrid key", 30),
    "npm_": ("an npm token", 20),
    "pypi-": ("a PyPI token", 20),
    "hf_": ("a Hugging Face token", 20),
    "gsk_": ("a Groq key", 20),
    "dop_v1_": ("a DigitalOcean token", 20),
    "shpat_": ("a Shopify token", 20),
    "sb_secret_": ("a Supabase key", 16),
    "sbp_": ("a Supabase token", 20),
    "tskey-": ("a Tailscale key", 16),
    "GOCSPX-": ("a Google client secret", 16),
    "hvs.": ("a Vault token", 20),
    "AGE-SECRET-KEY-1": ("an age key", 20),
}
_PREFIXES = tuple(_TOKENS)
_SIGNS = (*_PREFIXES, "eyJ", "@", ".com/")
"""What a word that is a credential has in it."""
_WEBHOOKS = (
    "hooks.slack.com/services/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/",
    "webhook.office.com/webhookb2/", "hooks.zapier.com/hooks/catch/", "chat.googleapis.com/v1/spaces/",
)  # fmt: skip
_FIELDS = ("password=", "pwd=", "accountkey=", "sharedaccesskey=")  # of connection strings

# made for browsers or for everybody, whatever the name of the variable says
_PUBLIC_VALUES = ("pk_", "pk.", "phc_", "sb_publishable_", "ssh-", "ecdsa-", "-----BEGIN PUBLIC", "-----BEGIN CERT")
_PUBLIC_PREFIXES = ("NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "GATSBY_", "NUXT_PUBLIC_", "NG_APP_")
_PUBLIC_WORDS = {"PUBLIC", "PUBLISHABLE", "ANON", "ANONYMOUS"}

_SECRET_WORDS = {
    "KEY", "KEYS", "SECRET", "SECRETS", "TOKEN", "TOKENS", "PASSWORD", "PASSWORDS", "PASSWD", "PASSPHRASE",
    "CREDENTIAL", "CREDENTIALS", "CREDS", "SALT", "PEPPER",
}  # fmt: skip
_SHORT_WORDS = {"PASS", "PWD", "PW"}  # secrets only behind another word: `PWD` alone is the working directory
_SECRET_ENDINGS = ("PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY", "SECRETKEY", "PRIVATEKEY", "ACCESSKEY")
_SECRET_NAMES = {"RELEASE_COOKIE", "ERLANG_COOKIE"}
_HARMLESS_KEYS = {
    "SITE", "CACHE", "PRIMARY", "FOREIGN", "SORT", "PARTITION", "ROUTING", "IDEMPOTENCY", "LOOKUP", "GROUP", "MESSAGE",
    "TRANSLATION", "NAMESPACE", "OBJECT",
}  # fmt: skip
# what may follow the word without making it something else, as LENGTH or FILE would
_TAILS = {
    "BASE", "OLD", "NEW", "PROD", "PRODUCTION", "STAGING", "DEV", "TEST", "PREVIOUS", "PRIMARY", "SECONDARY", "DEFAULT",
    "VALUE", "JSON", "PEM", "B64", "BASE64",
}  # fmt: skip

_NOTHING = {
    "", "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "unset", "disabled", "enabled", "n/a", "-",
}  # fmt: skip
_MADE_UP = (
    "redacted", "changeme", "change-me", "change_me", "placeholder", "your-", "your_", "xxxx", "****", "...", "…", "<",
    "${", "{{", "replace", "todo", "dummy", "fixme",
)  # fmt: skip
# to a secret that is kept elsewhere, or ciphertext
_REFERENCES = ("op://", "arn:", "vault:", "ref+", "encrypted:", "ENC[")
_MADE_UP_HOSTS = ("host", "hostname")
_LOCAL = ("localhost", "127.", "0.0.0.0", "[::1]", "host.docker.internal")


_LONG_WORD = pattern(r"""[^\s"'`=,;()<>\[\]{}]{8,}""")
# what stands between a name and its value: `A_KEY=x`, `"key": "x"`; with its name `ENV A_KEY x`, `"--token", "x"`
_ASSIGNED = pattern(
    r"""(?:[=:]|\bENV[ \t]+([\w.-]+)[ \t]|(?<![\w-])--([\w-]+)["']?[, \t])[ \t]*\\?"""
    r"""(?="[^"\n]{6}|'[^'\n]{6}|[^\s"'`,;&|#()]{6})"""
)
_OF_NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_ASSIGNED_VALUE = pattern(r""""[^"\n]{,1000}|'[^'\n]{,1000}|[^\s"'`,;&|#()]{,1000}""")
_DIGIT = pattern("[0-9]")
_PRIVATE_KEY = pattern(r"""-----BEGIN[A-Z ]*PRIVATE KEY-----(?:(?:\\[nr]|[\s#])*[\w+/=-]{20,})*""")


def secret_in(name: str, value: str, names: Iterable[str] = (), allow: Iterable[str] = ()) -> str:
    """What makes a variable a secret, in words that fit behind its name: "holds a Stripe key"; "" when it is none.

    `names` are further names of secrets and `allow` names that are none, both as patterns such as `*_SEED`.
    """
    if _matches(name, allow):
        return ""
    kind = credential(value)
    if kind and not (public(name) and kind == _JWT):
        # the identifier of an AWS key is no secret, and its name says that it is one
        return "" if kind == _TOKENS["AKIA"][0] and name.upper().endswith("KEY_ID") else f"holds {kind}"
    if _matches(name, names):
        return "holds a secret" if value else ""
    return "looks like a secret" if promises_secret(name) and not harmless(name, value) else ""


def _matches(name: str, patterns: Iterable[str]) -> bool:
    if not patterns:
        return False
    from fnmatch import fnmatchcase

    return any(fnmatchcase(name, pattern) for pattern in patterns)


_JWT = "a signed token (JWT)"


SHORTEST = 8
"""How many characters a credential has at least: even an address with a password, such as `a://b:c@d`, has nine."""


def credential(value: str) -> str:
    """The kind of credential that a value plainly is: "a GitHub token"; "" when it is none."""
    if len(value) < SHORTEST:
        return ""
    text = value.strip().removeprefix("Bearer ")
    if text.startswith(_PREFIXES):
        if " " not in text.removeprefix("FlyV1 ") and not made_up(text):
            for prefix, (kind, length) in _TOKENS.items():
                if text.startswith(prefix) and len(text) >= length:
                    return kind
        return ""
    if "PRIVATE KEY-----" in text:
        return "a private key"
    if text.startswith("eyJ") and text.count(".") == 2 and " " not in text and len(text) > 30:
        return _JWT
    if ".com/" in text and any(webhook in text for webhook in _WEBHOOKS) and not made_up(text):
        return "a webhook's address, which is all that is needed to use it"
    return "a password" if _password(text) else ""


def _password(text: str) -> bool:
    """Whether a connection string carries the password of a server that is not local."""
    if "@" not in text and "=" not in text:
        return False
    _, scheme, rest = text.partition("://")
    userinfo, at, host = rest.partition("/")[0].rpartition("@")
    if not scheme:
        userinfo, at, host = text.partition("@tcp(")  # a MySQL address as Go writes it
    if at:
        password = userinfo.partition(":")[2]
        if _real(password):
            return not host.startswith(_LOCAL) and re.split("[:)]", host)[0].lower() not in _MADE_UP_HOSTS
    lower = text.lower()
    for field in _FIELDS:
        before, found, after = lower.partition(field)
        if found and (not before or before[-1] in ";&? ") and not any(local in lower for local in _LOCAL):
            after = text[len(text) - len(after) :]  # as it is written
            return _real(after.partition(";")[0].partition("&")[0].partition(" ")[0])
    return False


def _real(password: str) -> bool:
    """Whether a password is more than the place where one is to be filled in."""
    bare = password.strip("[]")
    if bare in ("", "PASSWORD", "PASS") or password.startswith("$") or made_up(password):
        return False
    return bare == password or bare.lower() not in ("password", "pass")


@lru_cache(1024)  # files have many names in common
def promises_secret(name: str) -> bool:
    """Whether the name of a variable says that its value is a secret."""
    if public(name):
        return False
    words = name.upper().replace("-", "_").replace(".", "_").split("_")
    if name.upper() in _SECRET_NAMES:
        return True
    while len(words) > 1 and (words[-1] in _TAILS or words[-1].isdigit() or not words[-1]):
        words.pop()
    last = words[-1]
    if last in ("KEY", "KEYS") and len(words) > 1 and words[-2] in _HARMLESS_KEYS:
        return False
    return last in _SECRET_WORDS or last.endswith(_SECRET_ENDINGS) or (last in _SHORT_WORDS and len(words) > 1)


@lru_cache(1024)
def public(name: str) -> bool:
    """Whether the name of a variable says that everybody may see its value."""
    upper = name.upper()
    return upper.startswith(_PUBLIC_PREFIXES) or not _PUBLIC_WORDS.isdisjoint(upper.split("_"))


def harmless(name: str, value: str) -> bool:
    """Whether a value is none worth hiding, although its name promises a secret."""
    text = value.strip()
    if text.lower() in _NOTHING or made_up(text) or text.startswith(_PUBLIC_VALUES) or text.startswith(_REFERENCES):
        return True
    if text.replace(".", "", 1).isdigit():
        return len(text) < 4 or "PASS" not in name.upper()
    if "://" in text:
        return True  # the address of something; one with a password is a credential by its form
    return text.startswith(("/", "./", "../", "~/", "$")) and " " not in text and "=" not in text and "+" not in text


def made_up(text: str) -> bool:
    """Whether a text only stands for a value that is to be filled in."""
    lower = text.lower()
    return any(mark in lower for mark in _MADE_UP)


def obscured(line: str) -> str:
    """A line for showing it whatever is wrong with it: dots in place of what looks like a secret, the length kept."""
    if "PRIVATE KEY-----" in line:
        return _dotted(line, 0, len(line))
    first = re.match(r"[ \t]*([A-Za-z_][\w.-]*)[ \t]+(?![=:\s])", line)
    names = [*filter(None, [first]), *re.finditer(r"""(?<![\w.-])([A-Za-z_][\w.-]*)["']?[ \t]*[=:][ \t]*""", line)]
    ends = [*(match.start() for match in names[1:]), len(line)]
    for match, end in zip(names, ends):  # noqa: B905 (there may be none)
        name = match[1].rpartition(".")[2]
        value = line[match.end() : end].partition(" #")[0].strip("\"' ")
        if name.lower() in CREDENTIAL_HEADERS or (promises_secret(name) and not harmless(name, value)):
            line = _dotted(line, match.end(), end)
    return without_credentials(line)


def without_credentials(text: str) -> str:
    """A text with dots in place of each credential: words that are one by their form, and values of telling names."""
    if "PRIVATE KEY-----" in text:
        text = _PRIVATE_KEY.sub(lambda key: _dotted(key[0], 0, len(key[0])), text)
    if any(sign in text for sign in _SIGNS):
        text = _LONG_WORD.sub(lambda word: _dotted(word[0], 0, len(word[0])) if credential(word[0]) else word[0], text)
    parts: list[str] = []
    done = seen = 0
    for match in _ASSIGNED.finditer(text):
        before = text[max(0, match.start() - 100) : match.start()].rstrip(" \t").rstrip("\"'\\")
        name = match[1] or match[2] or before[len(before.rstrip(_OF_NAMES)) :]
        name = name.strip("-.").rpartition(".")[2]
        if match.end() < seen or not (promises_secret(name) or name.lower() in CREDENTIAL_HEADERS):
            continue
        start, end = _ASSIGNED_VALUE.match(text, match.end()).span()  # type: ignore[union-attr]
        value = text[start:end]
        bare = value[0] not in "\"'"
        seen = end if bare else start  # a command in quotes may have values of its own
        if harmless(name, value.strip("\"'\\")) or (match[0][0] == ":" and bare and not _DIGIT.search(value)):
            continue  # behind a colon may be a sentence
        parts += text[done:start], _dotted(value, 0, len(value))
        done = seen = end
    return "".join([*parts, text[done:]]) if parts else text


def _dotted(line: str, start: int, end: int) -> str:
    """The line with dots in a part of it; what the syntax of TOML hangs on stays."""
    return line[:start] + re.sub(r"""[^\s"'`,#\[\]{}=“”‘’„«»]""", "•", line[start:end]) + line[end:]


def masked(document: Document) -> str:
    """The text of a file for showing it: dots in place of each secret, so that everything stays where it is."""
    if document.complete:
        return without_credentials(_masked(document))
    # what stands in a broken statement has no place among the values
    lines, inside = _masked(document).split("\n"), False
    for number, (line, sound) in enumerate(zip(document.text.split("\n"), document.sound.split("\n"), strict=True)):
        if line == sound:
            inside = False
            continue
        lines[number] = _dotted(line, 0, len(line)) if inside else obscured(line)
        opens = re.match(r"""[ \t]*["']?([\w.-]+)["']?[ \t]*=[ \t]*("{3}|'{3})""", line)
        if opens:  # a text of several lines
            inside = promises_secret(opens[1].rpartition(".")[2]) and line.count(opens[2]) == 1
    return "\n".join(lines)


def hidden(text: str, masked: str) -> set[str]:
    """What is hidden in the masked text."""
    return {text[dots.start() : dots.end()] for dots in re.finditer("•{4,}", masked)}


def gives_away(fix: Fix, hidden: set[str]) -> bool:
    """Whether the edits of a fix repeat something that is hidden."""
    return any(secret in edit.text for edit in fix.edits for secret in hidden)


def decoded(text: str) -> str:
    """The readable text of which this is the base64 form; "" when it is not one."""
    text = "".join(text.split())
    if len(text) < SHORTEST or len(text) % 4:
        return ""
    from base64 import b64decode

    try:
        plain = b64decode(text, validate=True).decode()
    except ValueError:
        return ""
    return plain if all(c.isprintable() or c in "\t\r\n" for c in plain) else ""


def _masked(document: Document) -> str:
    """The same for secrets among the values of a file."""
    secrets = [document.span(path) for path in _secret_places(document.values)]
    if not secrets:
        return document.text
    characters = list(document.text)
    for start, end in secrets:
        inner = range(start, end)
        while inner and characters[inner[0]] in "\"'":
            inner = inner[1:]
        while inner and characters[inner[-1]] in "\"'":
            inner = inner[:-1]
        for index in inner:
            if characters[index] not in "\r\n":
                characters[index] = "•"
    return "".join(characters)


def _secret_places(values: dict[str, Value]) -> Iterator[Path]:
    """Every text of a file that is a secret, by its form or by the key that it belongs to."""
    todo: list[tuple[Path, str, Value]] = [((key,), key, value) for key, value in values.items()]
    for path, name, value in todo:
        if isinstance(value, dict):
            header = value.get("name")  # of an old header: name = "…", value = "…"
            for key, item in value.items():
                todo.append(((*path, key), header if key == "value" and isinstance(header, str) else key, item))
        elif isinstance(value, list):
            todo += [((*path, index), name, item) for index, item in enumerate(value)]
        elif isinstance(value, str) and (
            secret_in(name, value)
            or (value and name.lower() in CREDENTIAL_HEADERS)
            or (name == "raw_value" and credential(decoded(value)))
        ):
            yield path
