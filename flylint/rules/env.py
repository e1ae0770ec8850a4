"""Environment variables: secrets, names that are taken, and values that do not arrive as they were meant."""

from __future__ import annotations

import re

from flylint import platform
from flylint.app import once
from flylint.credentials import credential, promises_secret, secret_in
from flylint.edits import Delete, Insert, InsertTable, MoveKey, Replace
from flylint.pattern import pattern
from flylint.rules import ERROR, INFO, NOBODY, WARNING, Finding, Mend, rule
from flylint.values import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flylint.app import App
    from flylint.document import Path
    from flylint.rules import Findings

_ROTATE = "if the file was ever committed, replace the secret where it was issued"


@once
def _variables(app: App) -> list[tuple[str, str, Path]]:
    """Name, text and place of each variable in [env]."""
    env = app.root.element("env")
    return [(name, value, env.at(name)) for name, value in app.env.items()]


@rule("env-shadowed-by-secret", severity=INFO, enforced_by=NOBODY, needs=("env",))
def env_shadowed_by_secret(app: App) -> Findings:
    """A comment says that a variable of `[env]` is set as a secret as well, and secrets win."""
    secrets = _secrets_in_comments(app) if app.says("secrets set ") else ()
    for name, _, place in _variables(app):
        if name in secrets:
            yield Finding(
                place,
                f"`{name}` is set as a secret as well, which wins over `[env]`",
                help="keep one of the two",
                notes="a Machine gets the variables of `[env]` first, and its secrets over them",
                on="key",
            )


def _secrets_in_comments(app: App) -> set[str]:
    """The names that comments set with `fly secrets set A=… B=…`."""
    names: set[str] = set()
    for _, comment in app.document.comments():
        for command in comment.split("secrets set ")[1:] if "flylint:" not in comment else ():
            option = False
            for word in command.split():
                name, is_set, _ = word.partition("=")
                if is_set and not word.startswith("-"):
                    names.add(name)
                elif not option and not word.startswith("-"):
                    break  # the command has ended
                option = word.startswith("-")
    return names


@rule("secret-in-env", severity=WARNING, enforced_by=NOBODY, options={"names": [], "allow": []}, needs=("env",))
def secret_in_env(app: App, options: dict[str, Any]) -> Findings:
    """A secret stands as plain text in `[env]`: a known form of credential, or a name that promises one."""
    for name, value, place in _variables(app):
        why = secret_in(name, value, options["names"], options["allow"])
        if why:
            yield Finding(
                place,
                f"`{name}` in `[env]` {why}, in plain text",
                label="readable for everybody who has the file",
                help=f"run `fly secrets set {name}=…` and delete this line; {_ROTATE}",
                notes="`[env]` is plain text in the configuration of each Machine, and fly.toml is usually committed",
                on="key",
            )


@rule("secret-in-build-args", severity=WARNING, enforced_by=NOBODY, options={"names": [], "allow": []}, needs=("args",))
def secret_in_build_args(app: App, options: dict[str, Any]) -> Findings:
    """A secret is a build argument, so it stays readable in the file and in the history of the image."""
    args = app.build.element("args")
    for name, value in app.build.mapping("args").items():
        why = secret_in(name, value, options["names"], options["allow"]) if isinstance(value, str) else ""
        if why:
            yield Finding(
                args.at(name),
                f"the build argument `{name}` {why}, in plain text",
                label="ends up in the image's history",
                help=f"delete it and deploy with `--build-secret {name}=…`, read in the Dockerfile by "
                f"`RUN --mount=type=secret,id={name}`; {_ROTATE}",
                notes="whoever can pull the image can read its build arguments with `docker history`",
                on="key",
            )


_FLAGS = ("", "0", "1", "true", "false", "yes", "no", "on", "off")


@rule("reserved-env-name", severity=ERROR, enforced_by=NOBODY, fix="safe", needs=("env",))
def reserved_env_name(app: App) -> Findings:
    """A variable in `[env]` has a name that Fly.io keeps for itself."""
    for name, value, place in _variables(app):
        if name in platform.RUNTIME_VARIABLES:
            yield Finding(
                place,
                f"`{name}` cannot be set in `[env]`: Fly.io sets it itself",
                label="set by Fly.io in every Machine",
                help="delete it, or use another name",
                notes="the platform's own value is there in each Machine, so this one never counts",
                fix=Mend("delete it", Delete(place), safe=True),
                on="key",
            )
        elif name in platform.DEPLOY_VARIABLES:
            where = platform.DEPLOY_VARIABLES[name]
            yield Finding(
                place,
                f"`{name}` in `[env]` is set in every Machine, but it is meant to tell {where} from others",
                label=f"flyctl sets it in {where}",
                help="delete it",
                notes="code that asks for this variable to find out where it runs is told the same everywhere",
                # a command in RELEASE_COMMAND is for a script of the app's own
                fix=Mend("delete it", Delete(place), safe=name.startswith("FLY_") or value.lower() in _FLAGS),
                on="key",
                severity=WARNING,
            )
        elif name.startswith("FLY_"):
            yield Finding(
                place,
                f"`{name}` begins with `FLY_`, which Fly.io keeps for its own variables",
                label="choose another name",
                help=f"rename it, for example to `{name[4:] or 'MY_VARIABLE'}`, here and in the app",
                notes="Fly.io's documentation does not allow such names: they may clash with what the platform sets",
                on="key",
                severity=WARNING,
            )


@rule("primary-region-in-env", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("env",))
def primary_region_in_env(app: App) -> Findings:
    """`PRIMARY_REGION` is set in `[env]`, where it is overwritten by `primary_region` or places no Machine."""
    value = app.env.get("PRIMARY_REGION")
    if value is None:
        return
    place = app.root.element("env").at("PRIMARY_REGION")
    region = app.root.text("primary_region")
    if region:
        same = value == region
        yield Finding(
            place,
            "`PRIMARY_REGION` in `[env]` repeats `primary_region`"
            if same
            else f"`PRIMARY_REGION` in `[env]` does nothing: every Machine gets `{region}` from `primary_region`",
            label="already set by flyctl" if same else f'overwritten by "{region}"',
            help="delete it" if same else "delete it, and change `primary_region` if this is the right region",
            notes="flyctl writes `primary_region` into this variable in every Machine, whatever stands here",
            related=[(app.root.at("primary_region"), "this one counts")],
            fix=Mend("delete it", Delete(place), safe=True),
            on="key",
            severity=INFO if same else WARNING,
        )
    elif app.root.lacks("primary_region"):
        yield Finding(
            place,
            "`PRIMARY_REGION` in `[env]` is only a variable: it does not decide where Machines are created",
            label="places no Machine",
            help="write `primary_region` at the top of the file instead: it sets this variable as well",
            notes="new Machines, new volumes and the release command's Machine go to `primary_region`",
            fix=Mend("make it `primary_region`", MoveKey(place, (), "primary_region"), safe=value in platform.REGIONS),
            on="key",
        )


@rule("env-value-not-text", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("env",))
def env_value_not_text(app: App) -> Findings:
    """A value in `[env]` is not text, and the text that flyctl makes of it is not what stands in the file."""
    for name, value, place in _variables(app):
        raw = app.document_value(place)
        if raw is None or isinstance(raw, (str, bool)):
            continue  # booleans arrive as they are written
        fix = None
        if isinstance(raw, (dict, list)):
            what = "a table" if isinstance(raw, dict) else "a list"
            opening = "map[…]" if isinstance(raw, dict) else "[…]"
            arrives, help = f"`{opening}`", "write one text for each variable, in the form that the app expects"
        else:
            span = app.document.span(place)
            written = app.document.text[span.start : span.end]
            if isinstance(raw, int):
                if not written.startswith(("0x", "0o", "0b")):
                    continue  # the app gets its digits
                what, arrives = f"the number {written}", f'"{value}"'
            elif isinstance(raw, float):
                if value == written:
                    continue
                what, arrives = f"the number {written}", f'"{value}"'
            else:
                what, arrives = "a date or time", "another spelling of it"
            help = f'put it in quotes: "{written}"'
            # who writes bytes in hexadecimal may count on the decimal number
            fix = Mend("put it in quotes", Replace(place, written), safe=not isinstance(raw, int))
        yield Finding(
            place,
            f"`{name}` in `[env]` is {what}, and the app gets {arrives}",
            label="not text",
            help=help,
            notes="flyctl turns every value of `[env]` into text as Go prints it",
            fix=fix,
        )


_REFERENCE = (
    r"(?<![\\$])\$\{(?P<braced>[A-Za-z_]\w*)(?P<default>[:?=+-][^}]{0,80})?\}"
    r"|(?<![\\$])\$\((?P<command>[a-z][^)]{0,80})\)"
    r"|(?<![\\$])\$\((?P<parenthesized>[A-Z][A-Z0-9_]+)\)"
    r"|(?:(?<=[\s/:=,;\"'@({\[-])|^)\$(?P<bare>[A-Za-z_]\w+)\b"
    r"|\{\{ ?(?:(?:\.?[Ee]nv|ENV|secrets|vars)\.(?P<templated>\w+)|(?P<upper>[A-Z][A-Z0-9_]+)) ?\}\}"
)
_LONGEST = 4096  # of values that a fix writes out
# variables whose value is a pattern that the app itself fills in
_PATTERNS = ("FORMAT", "PATTERN", "TEMPLATE", "REGEX", "PROMPT")


@rule("env-not-expanded", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("env",))
def env_not_expanded(app: App) -> Findings:
    """A value in `[env]` refers to another variable or a command, which nothing expands."""
    for name, value, place in _variables(app):
        if ("$" not in value and "{{" not in value) or any(word in name.upper() for word in _PATTERNS):
            continue
        shown, expanded, known, end = [], "", True, 0
        for match in re.finditer(_REFERENCE, value):
            parts = match.groupdict()
            target = parts["braced"] or parts["bare"] or parts["parenthesized"]
            if parts["bare"] and promises_secret(name):
                continue  # a dollar sign in a password is just that
            if target and not target.isupper() and target not in app.env:
                continue  # lower-case names are mostly placeholders of the app's own
            shown.append(_shown(parts))
            literal = app.env.get(target or "")
            if not known or literal is None or parts["default"] or "$" in literal or "{{" in literal:
                known = False
            elif secret_in(target, literal):
                known = False  # a fix must not show it
            else:
                expanded, end = expanded + value[end : match.start()] + literal, match.end()
            known = known and len(expanded) <= _LONGEST  # a hostile file could ask for any length
        if shown:
            names = listed(tuple(dict.fromkeys(shown)), "and")
            yield Finding(
                place,
                f"`{name}` in `[env]` refers to {names}, but nothing is expanded there",
                label="passed on as it stands",
                help="write the value out, or put it together in the app or its start script",
                notes="flyctl copies the values of `[env]` into the Machine character by character",
                fix=Mend("write the value out", Replace(place, expanded + value[end:]), safe=True)
                if known and not credential(expanded + value[end:])
                else None,
                on="key" if credential(value) or promises_secret(name) else "value",
            )


def _shown(parts: dict[str, str | None]) -> str:
    """The reference without defaults and arguments, which may be secret."""
    if parts["command"]:
        return "$(…)"
    if parts["braced"]:
        return f"${{{parts['braced']}}}"
    if parts["parenthesized"]:
        return f"$({parts['parenthesized']})"
    return f"${parts['bare']}" if parts["bare"] else "{{ " + str(parts["templated"] or parts["upper"]) + " }}"


_NAME = pattern(r"[A-Za-z_][A-Za-z0-9_]*")


@rule("odd-env-name", severity=INFO, up_to=WARNING, enforced_by=NOBODY, needs=("env",))
def odd_env_name(app: App) -> Findings:
    """The name of a variable in `[env]` has characters that shells and many runtimes cannot read."""
    for name, _, place in _variables(app):
        if not _NAME.fullmatch(name):
            usual = re.sub(r"\W", "_", name, flags=re.ASCII).upper() or "NAME"
            usual = f"_{usual}" if usual[0].isdigit() else usual
            yield Finding(
                place,
                f"`{name}` is not a name that a shell can read" if name else "a variable in `[env]` has no name",
                label="letters, digits and underscores only",
                help=f"call it `{usual}`, here and in the app",
                notes="Fly.io passes the name on as it is; a shell cannot refer to it, and some programs drop it",
                on="key",
                # some programs read names with dots and dashes on purpose; nothing reads one with these
                severity=WARNING if not name or any(c in name for c in "= \t\0$") else INFO,
            )


_LISTEN_NAMES = {
    "HOST", "HOSTNAME", "BIND", "BIND_ADDR", "BIND_ADDRESS", "BIND_HOST", "BIND_IP", "LISTEN", "LISTEN_ADDR",
    "LISTEN_ADDRESS", "LISTEN_HOST", "LISTEN_IP", "ADDR", "ADDRESS", "SERVER_HOST", "SERVER_ADDR", "SERVER_ADDRESS",
    "SERVER_BIND", "HTTP_HOST", "HTTP_ADDR", "HTTP_BIND", "HTTP_LISTEN", "APP_HOST", "NITRO_HOST", "NUXT_HOST",
    "UVICORN_HOST", "HYPERCORN_BIND", "FLASK_RUN_HOST", "ROCKET_ADDRESS", "GRADIO_SERVER_NAME",
    "STREAMLIT_SERVER_ADDRESS", "ASPNETCORE_URLS", "GUNICORN_BIND",
}  # fmt: skip
_LOOPBACK = r"((?:https?|tcp)://)?(localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)(:\d{1,5})?/?"


@rule("listens-on-localhost", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("env",))
def listens_on_localhost(app: App) -> Findings:
    """A variable in `[env]` makes the app listen on the loopback address, where Fly.io cannot reach it."""
    if app.root.has("machine_config") or app.build.has("compose"):
        return  # with several containers a neighbour may be the one that listens
    for name, value, place in _variables(app):
        match = re.fullmatch(_LOOPBACK, value) if name.upper() in _LISTEN_NAMES else None
        if match:
            scheme, host, port = (part or "" for part in match.groups())
            right = f"{scheme}0.0.0.0{port}"
            # names that can mean nothing else; who writes ::1 may want to hear on IPv6 alone
            plain = ("HOST" in name.upper() or "BIND" in name.upper()) and "::1" not in host
            yield Finding(
                place,
                f"`{name}` makes the app listen on {host}, where neither the proxy nor health checks reach it",
                label="reachable from inside the Machine only",
                help=f'write "{right}"',
                notes="the proxy and the checks come over the private network of the Machine, not through loopback",
                fix=Mend(f'write "{right}"', Replace(place, right), safe=plain),
            )


_BACKENDS = (
    "DATABASE", "DB", "POSTGRES", "POSTGRESQL", "PG", "MYSQL", "MARIADB", "MONGO", "MONGODB", "REDIS", "VALKEY",
    "MEMCACHED", "MEMCACHE", "RABBITMQ", "AMQP", "KAFKA", "NATS", "ELASTICSEARCH", "OPENSEARCH", "CACHE", "BROKER",
    "SMTP",
)  # fmt: skip
_BACKEND_ENDINGS = ("URL", "URI", "HOST", "HOSTS", "ADDR", "ADDRESS", "DSN", "SERVER", "SERVERS", "ENDPOINT")
_INSIDE = (
    r"(?:[a-z][a-z0-9+.]*://)?(?:[^@/]*@)?"
    r"(localhost|127(?:\.\d{1,3}){3}|\[::1\]|host\.docker\.internal)(?:[:/?].*)?"
)


@rule("backend-on-localhost", severity=INFO, up_to=WARNING, enforced_by=NOBODY, needs=("env",))
def backend_on_localhost(app: App) -> Findings:
    """A variable in `[env]` looks for a database or the like on localhost, which is the Machine itself."""
    if app.root.has("machine_config") or app.build.has("compose"):
        return  # what runs beside the app is on localhost indeed
    for name, value, place in _variables(app):
        if not name.upper().endswith(_BACKEND_ENDINGS):
            continue
        *words, last = name.upper().replace("PGHOST", "PG_HOST").split("_")
        named = last in _BACKEND_ENDINGS and any(word in _BACKENDS for word in words)
        # no Machine has Docker's name for its host, whatever the variable is for
        match = re.fullmatch(_INSIDE, value) if named or "host.docker.internal" in value else None
        if match:
            docker = match[1] == "host.docker.internal"
            yield Finding(
                place,
                f"`{name}` points to {match[1]}, which {'no Machine has' if docker else 'is the Machine itself'}",
                label="does not exist on Fly.io" if docker else "nothing but the app runs here",
                help="write the private address of the other app, such as `my-db.internal` or `my-db.flycast`; "
                "with a password, as a secret",
                notes="each Machine runs one image; a database or a cache is another app",
                on="key",
                severity=WARNING if docker else INFO,
            )


_FLYCAST = pattern(r"(?:https|wss)://([\w.-]+\.flycast)(?::443)?(?:/.*)?", re.IGNORECASE)


@rule("https-to-flycast", severity=INFO, enforced_by=NOBODY, fix="unsafe", needs=("env",))
def https_to_flycast(app: App) -> Findings:
    """A variable in `[env]` has a Flycast address with `https`, which Flycast does not speak."""
    for name, value, place in _variables(app):
        match = _FLYCAST.fullmatch(value) if ".flycast" in value else None
        if match:
            scheme, _, rest = value.partition("://")
            plain = "ws" if scheme.lower() == "wss" else "http"
            secret = credential(value) or promises_secret(name)
            better = f"{plain}://{match[1]}{rest[len(match[1]) :].removeprefix(':443')}"
            yield Finding(
                place,
                f"`{name}` speaks HTTPS to `{match[1]}`, but Flycast speaks plain HTTP",
                label="not over TLS",
                help=f"write `{plain}://{match[1]}`, and set `force_https = false` in the other app",
                notes="there are no certificates for Flycast addresses; the private network is encrypted by itself",
                fix=None if secret else Mend(f"write `{plain}://`", Replace(place, better), safe=False),
                on="key" if secret else "value",
            )


@rule("build-time-variable-in-env", severity=WARNING, enforced_by=NOBODY, fix="safe", needs=("env",))
def build_time_variable_in_env(app: App) -> Findings:
    """Variables in `[env]` are read while the frontend is built, when `[env]` does not exist yet."""
    if app.build.text("image"):
        return  # nothing is built
    args = app.build.mapping("args")
    found = [(n, v, p) for n, v, p in _variables(app) if n.startswith(platform.BUILD_TIME_PREFIXES) and n not in args]
    if not found:
        return
    one, place = len(found) == 1, found[0][2]
    names = listed([n for n, _, _ in found[:3]], "and") + (f" and {len(found) - 3} more" if len(found) > 3 else "")
    fix = _as_arguments(app, found) if not any(secret_in(n, v) for n, v, _ in found) else None
    yield Finding(
        place,
        f"{names} in `[env]` {'comes' if one else 'come'} too late: the bundler reads {'it' if one else 'them'} during "
        "the build",
        label="not there during the build",
        help=f"write {'it' if one else 'them'} in `[build.args]`, with an `ARG` in the Dockerfile before the build",
        notes="such values become part of the JavaScript as it is built; `[env]` and secrets exist only in the Machine",
        related=((p, "this one too") for _, _, p in found[1:]),
        fix=fix,
        on="key",
    )


def _as_arguments(app: App, variables: list[tuple[str, str, Path]]) -> Mend:
    """Copy variables to [build.args] where the Dockerfile waits for them, else move them there."""
    those = "it" if len(variables) == 1 else "them"
    dockerfile = None
    if app.project is not None:
        from flylint.project.dockerfile import dockerfile_of

        dockerfile = dockerfile_of(app)
    if dockerfile is None or not all(name in dockerfile.declared for name, _, _ in variables):
        moves = [MoveKey(place, ("build", "args")) for _, _, place in variables]
        return Mend(f"move {those} to `[build.args]`", *moves, safe=False)
    title = f"copy {those} to `[build.args]`"
    if app.build.has("args"):
        inserts = [Insert(app.build.at("args"), name, value) for name, value, _ in variables]
        return Mend(title, *inserts, safe=True)
    return Mend(title, InsertTable(("build",), "args", {name: value for name, value, _ in variables}), safe=True)
