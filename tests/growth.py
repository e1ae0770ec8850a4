"""Files that can be made as large as one likes, each large in one way."""

from __future__ import annotations

from collections.abc import Callable

HEAD = 'app = "x"\nprimary_region = "fra"\n'
SERVICE = '[[services]]\ninternal_port = {n}\nprotocol = "tcp"\n'
PORT = '[[services.ports]]\nport = {n}\nhandlers = ["http"]\n'
CHECK = '[[services.tcp_checks]]\ninterval = "15s"\ntimeout = "2s"\n'
HTTP_SERVICE = "[http_service]\ninternal_port = 8080\n"


def times(pattern: str, count: int, head: str = HEAD) -> bytes:
    """A file with a pattern repeated, `{n}` in it being the number of the repetition."""
    return (head + "".join(pattern.replace("{n}", str(number)) for number in range(count))).encode()


def names(count: int) -> str:
    """The items of an array of process groups."""
    return ", ".join(f'"g{number}"' for number in range(count))


def groups(count: int) -> str:
    """A table of process groups."""
    return "[processes]\n" + "".join(f'g{number} = "run {number}"\n' for number in range(count))


GROWTH: dict[str, tuple[Callable[[int], bytes], int]] = {
    "unknown tables": (lambda n: times("[t{n}]\na = 1\n", n), 500),
    "unknown sub-tables": (lambda n: times("[build.t{n}.a]\nb = 1\n", n), 500),
    "unknown keys": (lambda n: times("unknown_key_{n} = 1\n", n), 500),
    "misspelt keys": (lambda n: times("[[services]]\ninternl_port = {n}\n", n), 300),
    "known keys of the wrong type": (lambda n: times("[[mounts]]\nsource = {n}\ndestination = 1\n", n), 300),
    "variables": (lambda n: times("V{n} = 1\n", n, HEAD + "[env]\n"), 1000),
    "secrets": (lambda n: times('A{n}_TOKEN = "sk_live_0123456789abcdef"\n', n, HEAD + "[env]\n"), 500),
    "dotted keys": (lambda n: times("env.V{n} = '1'\n", n), 1000),
    "long key": (lambda n: HEAD.encode() + b"k" * n + b" = 1\n", 50_000),
    "long header": (lambda n: HEAD.encode() + b"[" + b"k" * n + b"]\n", 50_000),
    "long known path": (lambda n: HEAD.encode() + b"[env]\na" + b" " * n + b"= '1'\n", 50_000),
    "long text": (lambda n: HEAD.encode() + b'kill_signal = "' + b"S" * n + b'"\n', 50_000),
    "long command": (lambda n: HEAD.encode() + b"[processes]\na = '''" + b"a && b " * n + b"'''\n", 10_000),
    "long duration": (lambda n: HEAD.encode() + b'kill_timeout = "' + b"1h" * n + b'"\n', 20_000),
    "long number": (lambda n: HEAD.encode() + b"kill_timeout = " + b"1" * n + b"\n", 20_000),
    "long text of lines": (lambda n: HEAD.encode() + b'[env]\nA = """\n' + b"line\n" * n + b'"""\n', 10_000),
    "backslashes": (lambda n: HEAD.encode() + b'[env]\nA = "' + b"\\\\" * n + b'"\n', 20_000),
    "open backslashes": (lambda n: HEAD.encode() + b'[env]\nA = "' + b"\\" * n, 20_000),
    "blanks": (lambda n: HEAD.encode() + b"a =" + b" " * n, 50_000),
    "tabs in a header": (lambda n: HEAD.encode() + b"[a" + b"\t" * n + b"x]\n", 50_000),
    "empty lines": (lambda n: HEAD.encode() + b"\n" * n + b"a = 1\n", 20_000),
    "dots": (lambda n: HEAD.encode() + b"a." * n + b"a = 1\n", 20_000),
    "spaced dots": (lambda n: HEAD.encode() + b"a . " * n + b"\n", 20_000),
    "open brackets": (lambda n: HEAD.encode() + b"a = " + b"[" * n, 80_000),  # each too deep for tomli
    "open braces": (lambda n: HEAD.encode() + b"a = " + b"{a=" * n, 10_000),
    "closed brackets": (lambda n: HEAD.encode() + b"a = " + b"[" * n + b"]" * n, 10_000),
    "brackets at the start": (lambda n: b"[" * n, 80_000),  # likewise
    "quotes": (lambda n: b'a = "' + b'"' * n, 20_000),
    "triple quotes": (lambda n: b'a = """' + b'""' * n, 20_000),
    "open texts": (lambda n: times('a{n} = "open\n', n), 1000),
    "open long texts": (lambda n: times('a{n} = """open\n', n), 1000),
    "open arrays": (lambda n: times("a{n} = [ 1,\n", n), 1000),
    "open headers": (lambda n: times("[a{n}\n", n), 1000),
    "no keys": (lambda n: times("what is this {n}\n", n), 1000),
    "bare values": (lambda n: times("a{n} = hello\n", n), 1000),
    "same key": (lambda n: times("a = 1\n", n), 1000),
    "same header": (lambda n: times("[a]\nb = 1\n", n), 1000),
    "huge numbers": (lambda n: times("a{n} = 99999999999999999999\n", n), 1000),
    "byte order marks": (lambda n: b"\xef\xbb\xbf" * n, 5000),
    "NULs": (lambda n: b"\0" * n, 50_000),
    "bytes": (lambda n: bytes(range(256)) * n, 200),
    "carriage returns": (lambda n: HEAD.encode() + b"\r" * n, 50_000),
    "lines with CRLF": (lambda n: times("V{n} = '1'\n", n, HEAD + "[env]\n").replace(b"\n", b"\r\n"), 1000),
    "CRLF and errors": (lambda n: times("a{n} = b\n", n).replace(b"\n", b"\r\n"), 1000),
    "comments": (lambda n: times("# comment {n}\n", n), 2000),
    "ignores": (lambda n: times("# flylint: ignore[unknown-key]\nunknown_{n} = 1\n", n), 300),
    "unused ignores": (lambda n: times("# flylint: ignore[unknown-key]\n", n, HEAD), 300),
    "ignores of nothing": (lambda n: times("# flylint: ignore[nothing-{n}]\n", n, HEAD), 100),
    "malformed ignores": (lambda n: times("# flylint: ignore {n}\n", n, HEAD), 300),
    "names in an ignore": (lambda n: f"{HEAD}# flylint: ignore[{'unknown-key, ' * n}]\n".encode(), 300),
    "inline tables": (lambda n: f"{HEAD}services = [{'{internal_port = 1}, ' * n}]\n".encode(), 300),
    "keys on one line": (lambda n: f"{HEAD}env = {{{', '.join(f'A{i} = 1' for i in range(n))}}}\n".encode(), 500),
    "array of an unknown key": (lambda n: f"{HEAD}what = [{'1, ' * n}]\n".encode(), 5000),
    "handlers": (lambda n: f"{HEAD}{SERVICE}{PORT.replace('http', 'http2')}".replace('["http2"]', "[" + '"x", ' * n + "]").encode(), 500),
    "services": (lambda n: times(SERVICE, n), 100),
    "services and ports": (lambda n: times(SERVICE + PORT, n), 100),
    "services with the same port": (lambda n: times((SERVICE + PORT).replace("{n}", "80"), n), 100),
    "ports": (lambda n: times(PORT, n, HEAD + SERVICE.replace("{n}", "80")), 200),
    "ports, all the same": (lambda n: times(PORT.replace("{n}", "80"), n, HEAD + SERVICE.replace("{n}", "80")), 200),
    "ranges of ports": (
        lambda n: times("[[services.ports]]\nstart_port = 1\nend_port = 6{n}\n", n, HEAD + SERVICE.replace("{n}", "80")),
        200,
    ),
    "services and checks": (lambda n: times(SERVICE + PORT + CHECK, n), 100),
    "checks of a service": (lambda n: times(CHECK, n, HEAD + SERVICE), 300),
    "checks of http_service": (
        lambda n: times('[[http_service.checks]]\npath = "/"\ngrace_period = "1s"\n', n, HEAD + HTTP_SERVICE),
        300,
    ),
    "top-level checks": (lambda n: times('[checks.c{n}]\ntype = "tcp"\nport = {n}\n', n), 300),
    "services and top-level checks": (
        lambda n: times(SERVICE + PORT + '[checks.c{n}]\ntype = "tcp"\nport = 9{n}\n', n),
        100,
    ),
    "process groups": (lambda n: (HEAD + groups(n)).encode(), 200),
    "process groups of a service": (
        lambda n: f"{HEAD}{groups(n)}{HTTP_SERVICE}processes = [{names(n)}]\n".encode(),
        200,
    ),
    "unknown process groups": (lambda n: f"{HEAD}{HTTP_SERVICE}processes = [{names(n)}]\n".encode(), 200),
    "groups, each with a service": (
        lambda n: times(SERVICE + 'processes = ["g{n}"]\n' + PORT, n, HEAD + groups(n)),
        50,
    ),
    "groups, each with a machine": (lambda n: times('[[vm]]\nprocesses = ["g{n}"]\nmemory = "1gb"\n', n, HEAD + groups(n)), 50),
    "groups, each with a volume": (
        lambda n: times('[[mounts]]\nprocesses = ["g{n}"]\nsource = "d{n}"\ndestination = "/d"\n', n, HEAD + groups(n)),
        50,
    ),
    "groups, each with a check": (
        lambda n: times('[checks.c{n}]\nprocesses = ["g{n}"]\ntype = "tcp"\nport = 80\n', n, HEAD + groups(n)),
        50,
    ),
    "groups, each with a restart": (lambda n: times('[[restart]]\nprocesses = ["g{n}"]\npolicy = "never"\n', n, HEAD + groups(n)), 50),
    "volumes": (lambda n: times('[[mounts]]\nsource = "d{n}"\ndestination = "/d{n}"\n', n), 200),
    "machines": (lambda n: times('[[vm]]\nmemory = "1gb"\n', n), 200),
    "restarts": (lambda n: times('[[restart]]\npolicy = "always"\n', n), 200),
    "metrics": (lambda n: times('[[metrics]]\nport = {n}\npath = "/metrics"\n', n), 200),
    "files": (lambda n: times('[[files]]\nguest_path = "/f{n}"\nraw_value = "YQ=="\n', n), 200),
    "statics": (lambda n: times('[[statics]]\nguest_path = "/f{n}"\nurl_prefix = "/f{n}"\n', n), 200),
    "machines of all groups": (lambda n: times('[[vm]]\nmemory = "1gb"\n', n, HEAD + groups(n)), 50),
    "files of all groups": (lambda n: times('[[files]]\nguest_path = "/f{n}"\n', n, HEAD + groups(n)), 50),
    "metrics of all groups": (
        lambda n: times(f'[[metrics]]\nport = 1\npath = "/"\nprocesses = [{names(3)}]\n', n, HEAD + groups(n)),
        50,
    ),
    "services over UDP": (lambda n: times(SERVICE.replace("tcp", "udp") + PORT + CHECK, n), 100),
    "references between variables": (lambda n: times('V{n} = "${V{n}}"\n', n, HEAD + "[env]\n"), 200),
    "addresses": (lambda n: times('V{n} = "postgres://a:b@localhost:{n}/c"\n', n, HEAD + "[env]\n"), 200),
    "commands of servers": (lambda n: times('g{n} = "gunicorn -b :{n} a:b"\n', n, HEAD + "[processes]\n"), 200),
    "machine checks": (lambda n: times('[[http_service.machine_checks]]\nimage = "x"\n', n, HEAD + HTTP_SERVICE), 200),
}  # fmt: skip
"""How a file grows, and the size to start from."""


def filled(head: str, unit: str, tail: str = "\n") -> Callable[[int], bytes]:
    """A file of any length in bytes, filled with one thing."""
    return lambda n: (head + unit * (n // len(unit.encode())) + tail).encode()


_ENV, _PROCESS = HEAD + '[env]\nA = "', HEAD + "[processes]\na = '''"
_CHECK = HEAD + HTTP_SERVICE + '[[http_service.checks]]\npath = "'

LONG: dict[str, Callable[[int], bytes]] = {
    "value of a variable": filled(_ENV, "x", '"\n'),
    "references in a variable": filled(_ENV, "${A}", '"\n'),
    "open references in a variable": filled(_ENV, "${", '"\n'),
    "substitutions in a variable": filled(_ENV, "$(a ", '"\n'),
    "address in a variable": filled(_ENV + "postgres://", "a:", '@b/c"\n'),
    "address with signs": filled(_ENV + "http://", "@", '"\n'),
    "fields in a variable": filled(_ENV, "password=;", '"\n'),
    "dots in a variable": filled(_ENV + "eyJ", ".", '"\n'),
    "secret": filled(_ENV + "sk_live_", "a", '"\n'),
    "name of a variable": filled(HEAD + "[env]\n", "A_", ' = "1"\n'),
    "name with keys": filled(HEAD + "[env]\n", "KEY_", ' = "1"\n'),
    "command": filled(_PROCESS, "a ", "'''\n"),
    "command with quotes": filled(_PROCESS, '"a" ', "'''\n"),
    "command with open quotes": filled(_PROCESS, '"', "x'''\n"),
    "command with a path": filled(_PROCESS, "/a", "'''\n"),
    "command with a path of links": filled(_PROCESS, "./é/", "'''\n"),
    "command with backslashes": filled(_PROCESS, "\\ ", "'''\n"),
    "command with operators": filled(_PROCESS, "&&||;", "'''\n"),
    "command with references": filled(_PROCESS, "$A", "'''\n"),
    "command with flags": filled(_PROCESS + "gunicorn ", "-b ", "'''\n"),
    "command with assignments": filled(_PROCESS, "A=b ", "'''\n"),
    "duration": filled(HEAD + 'kill_timeout = "', "1h", '"\n'),
    "digits of a duration": filled(HEAD + 'kill_timeout = "', "1", 's"\n'),
    "dots of a duration": filled(HEAD + 'kill_timeout = "', "1.", 's"\n'),
    "memory": filled(HEAD + '[[vm]]\nmemory = "', "1", 'gb"\n'),
    "blanks in memory": filled(HEAD + '[[vm]]\nmemory = "1', " ", 'gb"\n'),
    "size of a volume": filled(HEAD + '[[mounts]]\nsource = "a"\ndestination = "/a"\ninitial_size = "', "1", 'gb"\n'),
    "path of a check": filled(_CHECK, "/a", '"\n'),
    "path with a query": filled(_CHECK + "/", "?", '"\n'),
    "path with signs": filled(_CHECK, "%{", '"\n'),
    "name of an app": filled('app = "', "a-", '"\n'),
    "name of a region": filled('app = "a"\nprimary_region = "', "f", '"\n'),
    "image": filled(HEAD + '[build]\nimage = "', "a/", ':b@sha256:c"\n'),
    "image with colons": filled(HEAD + '[build]\nimage = "', ":", '"\n'),
    "path of a Dockerfile": filled(HEAD + '[build]\ndockerfile = "', "../", '"\n'),
    "raw value": filled(HEAD + '[[files]]\nguest_path = "/a"\nraw_value = "', "YWFh", '"\n'),
    "path of a file": filled(HEAD + '[[files]]\nguest_path = "', "/a/..", '"\n'),
    "nested inline tables": lambda n: (
        HEAD + "".join(f"a{i} = " + "{a = " * 90 + "1" + "}" * 90 + "\n" for i in range(n // 540))
    ).encode(),
    "array in an array": filled(HEAD + "a = [", "[1],", "]\n"),
    "comment": filled(HEAD + "#", "x"),
    "ignore without an end": filled(HEAD + "# flylint: ignore[", "a,"),
    "ignore of brackets": filled(HEAD + "# flylint: ignore", "["),
    "signs of comments": filled(HEAD, "# flylint: "),
    "header without an end": filled(HEAD + "[", "a."),
    "header of blanks": filled(HEAD + "[a", " "),
    "broken header of dots": filled(HEAD + "[", ". "),
    "broken line of blanks": filled(HEAD + "a", " ", "b\n"),
    "broken line of quotes": filled(HEAD + "a = ", "'\"", "\n"),
    "broken value": filled(HEAD + "a = ", "b "),
    "broken secret": filled(HEAD + "API_KEY = ", "b "),
    "broken assignments": filled(HEAD, "a b="),
    "broken inline table": filled(HEAD + "a = {", "b = 1 "),
    "broken keys": filled(HEAD + "a = {", "b = 1, b.", "}"),
    "escapes": filled(HEAD + 'a = "', "\\d", '"\n'),
    "lines of nothing": filled(HEAD, "\n"),
    "lines of blanks": filled(HEAD, " \n"),
    "lines of quotes": filled(HEAD, '"""\n'),
}
"""One long thing each, by its length in bytes: what costs in regular expressions and other C."""

_SOURCES = {
    "Dockerfile": ["", "FROM a\nENV ", "FROM a\nCMD ", "FROM a\nCMD [", "FROM a\nRUN ", "FROM a\nEXPOSE "],
    "docker-compose.yml": ["", "services:\n  a:\n    ", "services:\n  a:\n    ports: ["],
    "package.json": ["", '{"scripts":{"start":"'],
    "Procfile": ["web: "],
    ".dockerignore": ["", "!"],
    "app.py": [
        "",
        "from flask import Flask\napp = Flask(__name__)\n",
        "import fastapi\nurlpatterns = [",
        "import flask\n@app.get(",
    ],
    "server.js": [
        "const express = require('express')\nconst app = express()\n",
        "app.listen(",
        "'express'\n'x-forwarded-proto'",
    ],
    "app.ts": ["'@nestjs/common'\n@Get("],
    "app.rb": ["require 'sinatra'\nget"],
    "config/routes.rb": ["Rails.application.routes.draw do\n", "x.routes.draw do\nnamespace '"],
    "config/environments/production.rb": ["config.force_ssl = true\nconfig.ssl_options = {", "config.force_ssl = "],
    "config/puma.rb": ["port "],
    "lib/router.ex": ["use A, :router\n", "use A, :router\nget "],
    "config/runtime.exs": ["config :a, A.Endpoint, http: ["],
    "main.go": ['import "net/http"\n'],
    "src/main.rs": ["use axum::Router;\n"],
    "routes/web.php": ["<?php Route::"],
    "A.java": ["@GetMapping(", "@RequestMapping(value"],
    "application.properties": ["server.port="],
    "start.sh": ["exec "],
    "nginx.conf": ["server {\nlisten "],
    "flylint.toml": ["exclude = ['"],
}
_UNITS = {
    "newlines": "\n", "blanks": " ", "letters": "a", "digits": "8", "quotes": '"', "brackets": "[", "parentheses": "(",
    "backslashes": "\\", "continued lines": "\\\n", "stars": "*a", "words": "a ", "assignments": "A=", "flags": "- ",
    "indents": "\n ", "calls": "\napp.get(", "listens": "app.listen(", "references": "${A:-", "verbs": "\n  get ",
    "spaced parentheses": "( ", "slashes": "/-", "open calls": "\n@app.get(" + "\n" * 400, "blanks and letters": " " * 400 + "a\n",
}  # fmt: skip
_FLY = HEAD + "[build]\n{build}\n" + HTTP_SERVICE + '[[http_service.checks]]\npath = "/health"\n'


def project(name: str, head: str, unit: str) -> Callable[[int], dict[str, str]]:
    """A project with one long file, by its length in bytes."""
    build = {"docker-compose.yml": "[build.compose]", "Procfile": 'builder = "a"'}.get(
        name, 'dockerfile = "Dockerfile"'
    )
    starts = {
        "start.sh": "sh start.sh",
        "server.js": "node server.js",
        "app.py": "python app.py",
        "nginx.conf": "nginx",
    }
    files = {"fly.toml": _FLY.replace("{build}", build)}
    if "dockerfile" in build:
        files["Dockerfile"] = f"FROM a\nCOPY . .\nCMD {starts.get(name, './run')}\n"
    return lambda n: {**files, name: (head + unit * (n // len(unit)))[:n]}


PROJECTS = {
    name: [project(name, head, unit) for head in heads for unit in _UNITS.values()] for name, heads in _SOURCES.items()
}
"""Projects with one long file each, by the name of that file."""
