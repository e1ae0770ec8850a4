"""What the framework of an app is, and what its settings say about requests that come over plain HTTP or by address."""

from __future__ import annotations

import re

from flylint.project import FilePlace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from flylint.project import Project

# set to true, or read from the environment with true as what holds without it
_TRUE_BY_DEFAULT = r"(?:true\b|[^#\n]{0,300}[,=]\s{0,200}[\"']?true[\"']?\s{0,200}\))"
_RUBY_FORCE = re.compile(rf"^[ \t]*config\.force_ssl[ \t]*=[ \t]*{_TRUE_BY_DEFAULT}", re.MULTILINE)
_RACK_FORCE = re.compile(r"^[ \t]*use\s+Rack::(?:SslEnforcer|SSL)\b", re.MULTILINE)
_RUBY_EXCEPT = re.compile(r"^[ \t]*config\.ssl_options\s*=.*exclude", re.MULTILINE)
_DJANGO_FORCE = re.compile(
    rf"^[ \t]*SECURE_SSL_REDIRECT[ \t]*=[ \t]*(?:not DEBUG\b|(?i:{_TRUE_BY_DEFAULT}))", re.MULTILINE
)
_DJANGO_EXCEPT = re.compile(r"^[ \t]*SECURE_REDIRECT_EXEMPT", re.MULTILINE)
_PHOENIX_FORCE = re.compile(r"^[ \t]*(?:config\b[^\n]*,[ \t]*)?force_ssl:[ \t]*\[", re.MULTILINE)
_PLUG_FORCE = re.compile(r"^[ \t]*plug[ (]+Plug\.SSL\b", re.MULTILINE)
_SPRING_FORCE = re.compile(r"\brequiresSecure\(\)|\bredirectToHttps\(")
_GO_FORCE = re.compile(r"\bSSLRedirect:\s*true\b|\bmiddleware\.HTTPSRedirect\(")
_JAVASCRIPT_FORCE = re.compile(
    r"[\"']x-forwarded-proto[\"']\s{0,200}\]?\)?\s{0,200}!==?\s{0,200}[\"']https[\"']|\b(?:express-)?(?:sslify|express-sslify|express-enforces-ssl)\b"
)
_TALISMAN = re.compile(r"^[ \t]*Talisman\((?![^)]{0,1000}force_https\s*=\s*False)", re.MULTILINE)
_MIDDLEWARE = re.compile(r"add_middleware\(\s*HTTPSRedirectMiddleware\b")
_SETTINGS = re.compile(r"(?:^|/)(?:settings|production|prod|base|defaults?)[\w/]*\.py$|(?:^|/)settings/")
_ALLOWED = re.compile(r"^ALLOWED_HOSTS\s*(?::[^=\n]+)?=\s*\[([^\]]{0,3000})\]", re.MULTILINE)
_ALLOWED_IN_ENV = re.compile(r"^ALLOWED_HOSTS\s*=[^\n]*[\"'](\w*ALLOWED_HOSTS\w*)[\"']", re.MULTILINE)
_RAILS_HOSTS = re.compile(r"^[ \t]*config\.hosts\s*(?:<<|=|\+=|\.push\()\s*\[?([^\n\]#]*)", re.MULTILINE)
_TRUSTED = re.compile(r"TrustedHostMiddleware\s*,\s*allowed_hosts\s*=\s*\[([^\]]{0,3000})\]")
_QUOTED = re.compile(r"[\"']([^\"'\n]+)[\"']")


def redirects_to_https(project: Project, path: str) -> tuple[str, FilePlace] | None:
    """What makes an app answer plain HTTP with a redirect to HTTPS, for a path; None when nothing does."""
    for name, file, text, force, exception in _settings(project):
        match = force.search(text)
        if match and not (exception and exception.search(text)) and not _excepts(text, match.start(), path):
            start = match.end() - len(match[0].lstrip())
            return name, FilePlace(file, start, match.end())
    return None


def _settings(project: Project) -> Iterator[tuple[str, str, str, re.Pattern[str], re.Pattern[str] | None]]:
    """What may force HTTPS, the file that says so with its text, and the patterns for that and for exceptions."""
    names = project.names
    if "config" in names:
        if "Gemfile" in names or "bin" in names:
            for file in ("config/environments/production.rb", "config/application.rb"):
                yield "`force_ssl` of Rails", file, project.read(file), _RUBY_FORCE, _RUBY_EXCEPT
        if "mix.exs" in names:
            for file in ("config/prod.exs", "config/runtime.exs"):
                yield (
                    "`force_ssl` of Phoenix",
                    file,
                    project.read(file),
                    _PHOENIX_FORCE,
                    re.compile(r"exclude:[^\n]*(?:paths|conn)"),
                )
            for file, text in project.sources("endpoint.ex", "router.ex"):
                yield "`Plug.SSL`", file, text, _PLUG_FORCE, re.compile(r"exclude:")
    if "config.ru" in names:
        for file, text in project.sources(".ru", ".rb"):
            if file.count("/") < 3:
                yield "`Rack::SslEnforcer`", file, text, _RACK_FORCE, re.compile(r"except")
    for ending, title, pattern in (
        (".java", "Spring Security", _SPRING_FORCE),
        (".kt", "Spring Security", _SPRING_FORCE),
        (".go", "a middleware", _GO_FORCE),
    ):
        if names & {"pom.xml", "build.gradle", "build.gradle.kts", "go.mod"}:
            for file, text in project.sources(ending):
                if ("requiresSecure" in text or "edirect" in text) and "test" not in file.lower():
                    yield title, file, text, pattern, None
    if names & {"manage.py", "requirements.txt", "pyproject.toml", "Pipfile", "setup.py"} or any(
        name.endswith(".py") for name in names
    ):
        for file, text in project.sources(".py"):
            if _SETTINGS.search(file):
                yield "`SECURE_SSL_REDIRECT` of Django", file, text, _DJANGO_FORCE, _DJANGO_EXCEPT
            elif ("Talisman" in text or "HTTPSRedirect" in text) and file.count("/") < 3 and "test" not in file:
                yield "`Talisman` of Flask", file, text, _TALISMAN, None
                yield "`HTTPSRedirectMiddleware`", file, text, _MIDDLEWARE, None
    if "package.json" in names and project.node_packages & {"express", "koa", "fastify", "hono"}:
        for file, text in project.sources(".js", ".ts", ".mjs"):
            # the words first: the pattern takes a hundred times as long
            if ("forwarded-proto" in text or "ssl" in text) and file.count("/") < 4 and "test" not in file:
                yield f"the redirect in `{file}`", file, text, _JAVASCRIPT_FORCE, None


def _excepts(text: str, at: int, path: str) -> bool:
    """Whether a path is named near the place that forces HTTPS: then it is treated on its own."""
    near, name = text[max(0, at - 400) : at + 600], path.strip("/")
    return bool(name) and any(spelt in near for spelt in (f"/{name}", f'"{name}"', f"'{name}'"))


def allowed_hosts(project: Project, env: dict[str, str]) -> tuple[str, list[str], FilePlace] | None:
    """The list of host names that an app answers, when it is plain: what it is called, the names, and where it stands.

    `env` is [env] of fly.toml, which may hold it.
    """
    if "manage.py" in project.names:
        found = []
        for file, text in project.sources(".py"):
            if _SETTINGS.search(file) and not re.search(r"(?:dev|local|test|debug|ci)\w*\.py$", file):
                found += [(file, text, match) for match in _ALLOWED.finditer(text)]
                read = _ALLOWED_IN_ENV.search(text)
                if read and env.get(read[1]) and text.count("ALLOWED_HOSTS") < 4:
                    hosts = [host for host in re.split(r"[,\s]+", str(env[read[1]])) if host]
                    plain = not any(host == "*" or re.match(r"[\d.:\[\]/]+$", host) for host in hosts)
                    return ("ALLOWED_HOSTS", hosts, FilePlace(file, read.start(), read.end())) if plain else None
                if text.count("ALLOWED_HOSTS") > 1:
                    return None  # something is added to it
        if len(found) == 1:
            return _hosts("ALLOWED_HOSTS", *found[0])
    elif "Gemfile" in project.names:
        file = "config/environments/production.rb"
        text = project.read(file)
        lines = list(_RAILS_HOSTS.finditer(text))
        if len(lines) == 1 and "host_authorization" not in re.sub(r"^[ \t]*#.*$", "", text, flags=re.MULTILINE):
            return _hosts("config.hosts", file, text, lines[0])
    else:
        for file, text in project.sources(".py"):
            if file.count("/") < 3 and "test" not in file:
                match = _TRUSTED.search(text)
                if match:
                    return _hosts("allowed_hosts", file, text, match)
    return None


def _hosts(name: str, file: str, text: str, match: re.Match[str]) -> tuple[str, list[str], FilePlace] | None:
    listed = match[1]
    hosts = _QUOTED.findall(listed)
    rest = _QUOTED.sub("", re.sub(r"#[^\n]*", "", listed))
    if not hosts or "*" in hosts or rest.strip(" ,\n\t\r)"):
        return None  # computed, or everything is allowed
    if any(re.match(r"[\d.:\[\]/]+$", host) for host in hosts if not host.startswith(("127.", "0.0.0.0"))):
        return None  # addresses are thought of
    end = text.find("\n", match.start())
    return (
        name,
        hosts,
        FilePlace(file, match.start() + len(match[0]) - len(match[0].lstrip()), end if end >= 0 else match.end()),
    )


# Memory that the frameworks need to run in production, from what `fly launch` asks for and from how they are known to
# behave; in MiB.
_HEAVY_NODE = {
    "next": ("Next.js", 512),
    "nuxt": ("Nuxt", 512),
    "@strapi/strapi": ("Strapi", 1024),
    "@nestjs/core": ("NestJS", 512),
    "puppeteer": ("a headless browser", 1024),
    "playwright": ("a headless browser", 1024),
    "@remix-run/node": ("Remix", 512),
}
_HEAVY_PYTHON = {
    "torch": ("PyTorch", 2048),
    "tensorflow": ("TensorFlow", 2048),
    "transformers": ("Transformers", 2048),
    "playwright": ("a headless browser", 1024),
    "streamlit": ("Streamlit", 512),
    "pandas": ("pandas", 512),
}


def needed_memory(project: Project) -> tuple[str, int, FilePlace] | None:
    """What in a project needs much memory, how many MiB at least, and the place that says so."""
    names = project.names
    if "Gemfile" in names:
        text = project.read("Gemfile")
        match = re.search(r"^[ \t]*gem[ (]+[\"']rails[\"']", text, re.MULTILINE)
        if match:
            return "Rails", 512, FilePlace("Gemfile", match.start(), match.end())
    for name in ("pom.xml", "build.gradle", "build.gradle.kts"):
        if name in names:
            text = project.read(name)
            at = text.find("spring-boot")
            if at >= 0:
                return "Spring Boot", 512, FilePlace(name, at, at + len("spring-boot"))
    if "package.json" in names:
        text, packages = project.read("package.json"), project.package.get("dependencies")
        for name, (title, memory) in _HEAVY_NODE.items():
            if isinstance(packages, dict) and name in packages:
                at = text.find(f'"{name}"')
                return title, memory, FilePlace("package.json", max(at, 0), max(at, 0) + len(name) + 2)
    for file in ("requirements.txt", "pyproject.toml", "Pipfile"):
        text = project.read(file) if file in names else ""
        for name, (title, memory) in _HEAVY_PYTHON.items():
            if name == "playwright" and file != "requirements.txt":
                continue  # there it is mostly for tests
            match = re.search(rf"^[ \t]*[\"']?{name}\b(?![-\w.])", text, re.MULTILINE | re.IGNORECASE)
            if match:
                return title, memory, FilePlace(file, match.end() - len(name), match.end())
    return None
