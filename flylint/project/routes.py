"""The routes that an app declares, in the words of the usual web frameworks.

Nothing is run, so not everything is known: a router may be mounted under any prefix, a parameter may be anything, and
what a library adds is not seen. Where something could serve every path, `open` says what, and nothing can be said.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from flylint.project import FilePlace
from flylint.project.declarations import frameworks
from flylint.project.source import arguments, in_comment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match, Pattern

    from flylint.project import Project
    from flylint.project.declarations import Framework

MAX_ROUTES = 5000
BODY = 600
"""How many characters behind a route are looked at for a redirect or a login."""
MAX_BLOCK, MAX_DEPTH = 4000, 6
"""How many characters behind its head a block of routes is followed, and how many of them may be around a route."""


class Route:
    """A route with its path as it is declared.

    whole    nothing can stand in front of that path
    owner    the object that it is declared on, "" where that has no name
    router   whether its owner serves nothing before it is mounted
    hung     how many segments stand in front of it at least, because its owner is mounted somewhere
    mounted  what is mounted there and may serve everything below it, as the source says it; "" for a plain route
    body     what belongs to the declaration: its decorators, its handler or the beginning of it
    """

    __slots__ = ("body", "hung", "mounted", "owner", "path", "place", "router", "whole")

    def __init__(self, path: str, place: FilePlace, whole: bool, body: str, mounted: str = "") -> None:
        self.path = path
        self.place = place
        self.whole = whole
        self.owner = ""
        self.router = False
        self.hung = 0
        self.body = body
        self.mounted = mounted

    def serves(self, path: str) -> bool:
        """Whether the route may answer a path."""
        wanted, own = _segments(path), _segments(self.path)
        # the root of a router answers the prefix that it is mounted under, which is a route of its own
        starts = [0] if self.whole or not own else range(self.hung, len(wanted))
        return any(_match(own, wanted[start:], bool(self.mounted)) for start in starts)


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


_ANYTHING = re.compile(r"\*|:path\b|<path:|\.[*+]|\.\.\.|\+\)?$")
_PARAMETER = re.compile(r"[:<{\[(*?$#]")


def _match(own: list[str], wanted: list[str], below: bool = False) -> bool:
    """Whether segments with parameters fit those that are wanted; `below`: more may follow."""
    for index, segment in enumerate(own):
        if _ANYTHING.search(segment):
            return True
        if index >= len(wanted):
            return all("?" in rest for rest in own[index:])
        if segment != wanted[index] and not _PARAMETER.search(segment):
            return False
    return below or len(own) == len(wanted)


class Routes:
    """All that was recognised.

    found   the routes, with those that mount others
    sure    whether a file of them shows that it is a server that declares them
    rooted  whether a router may be mounted at the root
    open    why any path may be served, "" when there is no such reason
    """

    def __init__(self) -> None:
        self.found: list[Route] = []
        self.sure = False
        self.rooted = False
        self.open = ""


_IGNORED_PATHS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|e2e|cypress|migrations|fixtures|stories)/|^examples?/|[._]test\.|\.spec\.|_test\.|_spec\.rb$"
    r"|(?:^|/)test_"
)
_FILE_ROUTED = ("@remix-run/node", "@react-router/node", "@sveltejs/kit", "nuxt", "astro", "@solidjs/start", "gatsby", "@tanstack/react-start", "@redwoodjs/core", "blitz", "@adonisjs/core", "sails", "meteor", "@feathersjs/feathers", "@payloadcms/next", "strapi", "@strapi/strapi", "directus", "ghost", "parse-server", "keystone")  # fmt: skip
_MANIFESTS = (
    *(
        "package.json",
        "pyproject.toml",
        "Pipfile",
        "Gemfile",
        "mix.exs",
        "go.mod",
        "Cargo.toml",
        "composer.json",
        "pom.xml",
    ),
    *("build.gradle", "build.gradle.kts"),
)
# in a manifest: libraries that answer checks by themselves, and code from outside of the folder, which is not looked at
_LIBRARY = re.compile(r"health|actuator|okcomputer|under-pressure|terminus|lightship|heartbeat", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[\"'](workspace:|(?:(?:file|link|portal):)?(?:\.\./)+)|[=> ]((?:\.\./)+)")


def routes(project: Project) -> Routes:
    """The routes of a project."""
    found: Routes = project.remember("routes", lambda: _routes(project))
    return found


def served(project: Project, path: str) -> bool:
    """Whether one of the routes may answer a path."""
    answer: bool = project.remember(("served", path), lambda: _served(project, path))
    return answer


def _served(project: Project, path: str) -> bool:
    return any(
        route.serves(path) and not (route.mounted and _is_known(project, route.mounted))
        for route in routes(project).found
    )


def route_for(project: Project, path: str) -> Route | None:
    """The one route that is declared for a path word for word."""
    route: Route | None = project.remember(("route", path), lambda: _route_for(project, path))
    return route


def _route_for(project: Project, path: str) -> Route | None:
    plain, result = path.strip("/"), Routes()
    for file, text in project.sources(*_endings()):
        if plain in text and not _IGNORED_PATHS.search(file):
            _read_all(file, text, result)
    if "next" in project.node_packages:
        _next(project, result)
    if "nuxt" in project.node_packages:
        _nuxt_redirects(project, result)
    found = [route for route in result.found if not route.mounted and route.path.strip("/") == plain]
    found = [route for route in found if route.whole] or found
    return found[0] if len(found) == 1 else None


def _endings() -> tuple[str, ...]:
    return tuple({ending for framework in frameworks() for ending in framework.endings})


def _read_all(path: str, text: str, result: Routes) -> None:
    for framework in frameworks():
        if framework.is_in(path, text):
            _read(path, text, framework, result)


def _routes(project: Project) -> Routes:
    result = Routes()
    for path, text in project.sources(*_endings()):
        if not _IGNORED_PATHS.search(path):
            _read_all(path, text, result)
        if len(result.found) > MAX_ROUTES:
            result.open = "more routes than are looked at"
            break
    _hang(result)
    packages = set(project.node_packages)
    for path in project.named(*_MANIFESTS, "requirements.txt"):
        text = project.read(path)
        if path.endswith("package.json"):
            packages |= project.dependencies(path)
            text = " ".join([*packages, *re.findall(r":\s*(\"(?:workspace|file|link|portal):[^\"\n]*)", text)])
        library = _LIBRARY.search(re.sub(r"^[ \t]*(?:name|module|description)\b[^\n]*", "", text, flags=re.MULTILINE))
        if library:
            result.open = f"`{library[0]}` brings routes of its own"
        elif any(_leads_out(project, path, match[1] or match[2]) for match in _ELSEWHERE.finditer(text)):
            result.open = f"`{path}` takes code from outside of the folder"
    for name in _FILE_ROUTED:
        if name in packages:
            result.open = f"`{name}` routes by files"
    if "next" in project.node_packages:
        _next(project, result)
    return result


def _leads_out(project: Project, manifest: str, where: str) -> bool:
    """Whether code that a manifest refers to lies outside of the folder."""
    if where == "workspace:":
        return "pnpm-workspace.yaml" not in project.names and "workspaces" not in project.package
    return where.count("../") > manifest.count("/")


def _hang(result: Routes) -> None:
    """Routers that are mounted below paths only cannot serve what is not below one."""
    below = {route: len(_segments(route.path)) for route in result.found if route.mounted}
    if result.rooted or not below:
        return
    named: dict[str, int] = {}
    for mount, depth in below.items():
        for name in _names(mount.mounted):
            named[name] = min(named.get(name, depth), depth)
    for route in result.found:
        if route.router:
            route.hung = min(below.values())
        elif not route.whole:
            route.hung = named.get(route.owner, 0)


def _read(path: str, text: str, framework: Framework, result: Routes) -> None:
    patterns = framework.patterns
    apps = set(patterns["apps"].findall(text))
    routers = _made(text, patterns["routers"])
    prefixes = {**_made(text, patterns["groups"]), **routers}
    heads = {match.start(): match for match in patterns["mount"].finditer(text)}
    matches = [match for match in patterns["route"].finditer(text) if match.start() not in heads]
    matches = sorted([*heads.values(), *matches], key=lambda match: match.start())
    blocks, guards = Blocks(text, patterns["block"]), Blocks(text, patterns["guard"])
    found = []
    for index, match in enumerate(matches):
        if in_comment(text, match.start()):
            continue
        following = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        route = _mount(path, text, match) if match.start() in heads else _route(path, text, match, following, apps)
        if route is None:
            continue
        route.owner = match.groupdict().get("object") or ""
        route.router = routers.get(route.owner) == ""
        around = [block["path"] for block in blocks.around(match.start())]
        route.path = "/".join([*around, prefixes.get(route.owner, ""), route.path])
        if patterns["sets"].match(match[0]):
            route.path += "/*"
        result.rooted |= bool(route.mounted) and not _segments(route.path)
        route.body = "\n".join([*(guard[0].strip() for guard in guards.around(match.start())), route.body])
        found.append(route)
    if found and not result.sure:
        result.sure = bool(patterns["named"].search(text))
    if found:
        found += [Route(own, found[0].place, True, "") for own in framework.own]
    result.found += found
    result.rooted |= bool(patterns["rooted"].search(text))
    reason = patterns["open"].search(text)
    if reason and not result.open and not in_comment(text, reason.start()):
        result.open = f"`{path}` may serve any path"


def _made(text: str, pattern: Pattern[str]) -> dict[str, str]:
    """The objects that calls make, with the path that their arguments have."""
    return {made[made.lastindex or 0]: _under(arguments(text, made.end())) for made in pattern.finditer(text)}


class Blocks:
    """The heads of blocks in a file, and which of them a place is in, as the indentation tells."""

    def __init__(self, text: str, head: Pattern[str]) -> None:
        self._text = text
        self._heads = list(head.finditer(text))
        self._starts = [head.start() for head in self._heads]

    def around(self, at: int) -> list[Match[str]]:
        """The heads of the blocks around a place, the outermost first."""
        last = bisect_left(self._starts, at)
        near = [head for head in self._heads[max(0, last - MAX_DEPTH) : last] if at - head.end() < MAX_BLOCK]
        return [head for head in near if self._holds(head, at)]

    def _holds(self, head: Match[str], at: int) -> bool:
        depth = len(head[0]) - len(head[0].lstrip())
        for line in self._text[head.end() : at].split("\n")[1:-1]:
            own = len(line) - len(line.lstrip())
            if line.strip() and (own < depth or (own == depth and line.lstrip().startswith(("end", "}")))):
                return False
        return True


def _place(path: str, text: str, match: Match[str]) -> FilePlace:
    line_end = text.find("\n", match.end())
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    return FilePlace(path, start, min(match.end(), line_end if line_end >= 0 else match.end()))


def _route(path: str, text: str, match: Match[str], following: int, apps: set[str]) -> Route:
    groups = match.groupdict()
    declared = next((value for name, value in groups.items() if name != "object" and value is not None), "")
    if path.endswith(".py"):
        declared = declared.removeprefix("^").removesuffix("$")
    elif path.endswith((".rb", ".go")):
        declared = declared.split("#")[0].replace("{$}", "")
    line_start = max(text.rfind("\n", 0, match.start()) + 1, match.start() - BODY)
    body = _decorators(text, line_start) + text[line_start : min(match.end() + BODY, following)]
    return Route(declared, _place(path, text, match), groups.get("object") in apps, body)


def _decorators(text: str, line_start: int) -> str:
    """The decorators or annotations on the lines above."""
    lines = text[max(0, line_start - BODY) : line_start].split("\n")[:-1]
    kept = []
    for line in reversed(lines):
        if not line.lstrip().startswith(("@", "#[")):
            break
        kept.append(line + "\n")
    return "".join(reversed(kept))


_QUOTED = r"[rf]?[\"'`](?:[A-Z]+ )?([^\"'`\n]*)[\"'`]"
_UNDER = re.compile(rf"(?:\b(?:url_prefix|prefix|path|at)\s*[:=]|=>)\s*{_QUOTED}")
_FIRST = re.compile(rf"\s*{_QUOTED}")


def _under(what: str) -> str:
    """The path in the arguments of a call: by its name, or as the first of them; "" when there is none."""
    under = _UNDER.search(what) or _FIRST.match(what)
    return under[1].rstrip("/") if under and under[1].startswith("/") else ""


def _mount(path: str, text: str, match: Match[str]) -> Route | None:
    """A call that hangs other routes in below a path."""
    what = arguments(text, match.end())
    under = _UNDER.search(what) or _FIRST.match(what)
    if under is None and not path.endswith(".py"):
        return None  # a middleware
    where = under[1] if under else ""
    rest = what.replace(under[0], "", 1) if under else what
    return Route(where.removeprefix("^").removesuffix("$"), _place(path, text, match), False, "", rest or "?")


_NO_ROUTERS = frozenset(
    (
        "",
        "include",
        "prefix",
        "tags",
        "name",
        "app",
        "use",
        "async",
        "await",
        "import",
        "to",
        "dependencies",
        "Router",
        "new",
    )
)


def _names(mounted: str) -> set[str]:
    """The names in an expression that may be those of a router."""
    plain = re.sub(r"[\"'`][^\"'`]*[\"'`]", "", mounted).replace("::", ".")
    names = {chain.rpartition(".")[2] for chain in re.findall(r"[A-Za-z_][\w.]*", plain)}
    return names - _NO_ROUTERS


_DEFINED = re.compile(r"\b(?:function|class|fn|func|def)\s{1,200}(\w+)")
# what stands behind a name that is imported from the project or holds a router, how far behind at most, and what ends it
_BEHIND_NAMES = (
    (re.compile(r"\bfrom\s{1,200}[\"'](?:\.|@/|~|\#|src/)"), 300, ";"),
    (re.compile(r"=\s{0,200}(?:await\s{1,200})?(?:require|import)\(\s{0,200}[\"']\."), 100, "=\n"),
    (
        re.compile(r"=[^=\n]{0,100}(?:Router|Blueprint|Hono|Elysia|FastAPI|Flask|NewServeMux|express\(|scope\()"),
        60,
        "=\n",
    ),
)


def _known_names(project: Project) -> set[str]:
    """The names that the sources define or import from one another, as far as they may be those of routers."""
    found = set()
    for _, text in project.sources(*_endings()):
        found.update(_DEFINED.findall(text))
        for behind, reach, ends in _BEHIND_NAMES:
            for match in behind.finditer(text):
                found.update(_names_before(text, match.start(), reach, ends))
    return found


def _names_before(text: str, at: int, reach: int, ends: str) -> list[str]:
    """The names that end at most `reach` characters before a place, with none of the characters in `ends` between."""
    start = max(0, at - reach - 100)
    start = max(start, *(text.rfind(end, start, at) + 1 for end in ends))
    return [name[0] for name in re.finditer(r"\w+", text[start:at]) if start + name.end() >= at - reach]


def _is_known(project: Project, mounted: str) -> bool:
    """Whether what is mounted is a part of the project, so that its routes are among those that were recognised."""
    if re.search(r"\b(?:require|import)\(\s*[\"'](?:\.{1,2}/|@/|~/)", mounted):
        return True
    for module in re.findall(r"[\"']([\w.]+)[\"']", mounted):
        if project.named(f"{module.replace('.', '/')}.py"):
            return True
    known: set[str] = project.remember("known names", lambda: _known_names(project))
    return not known.isdisjoint(_names(mounted))


def _next(project: Project, result: Routes) -> None:
    """Next.js: every page and every route handler is a file."""
    for name in ("next.config.js", "next.config.mjs", "next.config.ts", "next.config.cjs"):
        text = project.read(name) if name in project.names else ""
        if any(word in text for word in ("rewrites", "basePath", "withPayload")):
            result.open = f"`{name}` rewrites paths"
    for path in project.files:
        if re.fullmatch(r"(?:src/)?(?:middleware|proxy)\.[jt]s", path) and "rewrite" in project.read(path):
            result.open = f"`{path}` rewrites paths"
        match = re.match(
            r"(?:src/)?(?:pages/(?P<page>.+)|app/(?:(?P<folder>.+)/)?(?:page|route))\.(?:tsx?|jsx?|mdx?)$", path
        )
        if match is None or path.rpartition("/")[2].startswith("_"):
            continue
        segments = (match["page"] or match["folder"] or "").split("/")
        if match["page"] is not None and segments[-1] == "index":
            segments.pop()
        plain = [s for s in segments if not (s.startswith("(") and s.endswith(")")) and not s.startswith("@")]
        text = project.read(path)
        result.found.append(
            Route(
                "/" + "/".join(plain),
                FilePlace(path, 0, 0),
                True,
                text,
            )
        )
        result.sure = True


_NUXT_REDIRECT = re.compile(r"[\"'`](/[^\"'`\n*]*)[\"'`]\s*:\s*\{[^{}]{0,200}\bredirect\s*:")


def _nuxt_redirects(project: Project, result: Routes) -> None:
    """What the route rules of Nuxt redirect, before any page is asked."""
    for path in project.names & {"nuxt.config.ts", "nuxt.config.js", "nuxt.config.mjs"}:
        text = project.read(path)
        rules = text.find("routeRules")
        for match in _NUXT_REDIRECT.finditer(text, rules) if rules >= 0 else ():
            if not in_comment(text, match.start()):
                result.found.append(Route(match[1], FilePlace(path, match.start(), match.end()), True, match[0]))


# what a path is called in the project

_NOT_TOLD = (".md", ".lock", ".svg", ".css", ".scss", ".map", ".min.js")


def mentioned(project: Project, path: str) -> bool:
    """Whether the last word of a path occurs anywhere in the sources or as the name of a file."""
    found: bool = project.remember(("mentioned", path), lambda: _mentioned(project, path))
    return found


def _mentioned(project: Project, path: str) -> bool:
    word = next((segment for segment in reversed(path.split("?")[0].split("/")) if segment), "")
    words: tuple[str, ...] = (word,)
    if not word:
        words = ('"/', "'/", "`/", "GET /", "root", "index")
        pattern: Pattern[str] = re.compile(
            r"[\"'`]/[\"'`]|[\"'`]GET /[\"'`{]|^[ \t]*root\b|[\"']index[\"']", re.MULTILINE
        )
    else:
        pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        stem = word.partition(".")[0]
        for file in project.files:
            if any(part.partition(".")[0] in (word, stem) for part in file.split("/")):
                return True
    for file, text in project.sources():
        name = file.rpartition("/")[2]
        if (
            file.endswith(_NOT_TOLD)
            or name.startswith(("fly.", "fly-"))
            or name.lower().startswith(("docker-compose", "compose"))
        ):
            continue
        if any(each in text for each in words) and pattern.search(text):
            return True
    return False


_REDIRECTS = re.compile(
    r"\bredirect(?:_to|Response|Permanent|:|\(|\s)|\bRedirect(?:Response|View|::|\()|sendRedirect|HttpResponseRedirect|http\.Redirect"
    r"|\bRoute::(?:permanentR|r)edirect"
)
_LOGIN = re.compile(
    r"login_required|[rR]equire_?[aA]uth|requires_?[aA]uth|[aA]uth_?[rR]equired|[lL]ogin_?[rR]equired|[jJ]wt_?[rR]equired|token_required"
    r"|isAuthenticated|[eE]nsureAuthenticated|ensureLoggedIn|authenticateToken|verifyToken|passport\.authenticate|fastify\.authenticate"
    r"|app\.authenticate|jwtauth\.|require_authenticated|authenticate_user!|permission_required|^[ \t]*authenticate\b"
    r"|Depends\(\s*(?:get_current_\w+|require_\w+|verify_\w+)|LoginRequiredMixin|@auth\.|[mM]iddleware\(\s{0,200}\[?\s{0,200}[\"'\x60]auth"
    r"|\bauthMiddleware|\b(?:basic|bearer)Auth\(|BasicAuth\(|@UseGuards\(|@PreAuthorize|@Secured|@RolesAllowed",
    re.MULTILINE,
)


def obstacle(project: Project, route: Route) -> str:
    """Why a route may not answer a check with success: "redirects" or "asks for a login"; "" when nothing says so."""
    why: str = project.remember(("obstacle", route), lambda: _obstacle(project, route))
    return why


def _obstacle(project: Project, route: Route) -> str:
    body = _first_thing(route.body)
    handler = re.search(r"[,(][ \t]*(?:\w+(?:\.|::))*([A-Za-z_]\w*)[ \t]*\)", body)
    if handler:
        body += _definition(project, handler[1])
    if _LOGIN.search(body):
        return "asks for a login"
    if _REDIRECTS.search(body) and not re.search(r"\b(?:if|unless|when)\b", body):
        return "redirects"
    return ""


def _first_thing(text: str) -> str:
    """A handler ends where, behind an empty line, the next thing begins that is not indented."""
    return re.split(r"\n\s*\n+(?=\S)", text.lstrip("\n"), maxsplit=1)[0]


def _definition(project: Project, name: str) -> str:
    """The function of a name with its decorators, when the project has exactly one."""
    pattern = re.compile(
        rf"^[ \t]*(?:export\s+)?(?:pub\s+)?(?:async\s+)?(?:def|func|function|fn|const)\s+{name}\b", re.MULTILINE
    )
    found = [(text, match) for _, text in project.sources(*_endings()) for match in pattern.finditer(text)]
    if len(found) != 1:
        return ""
    text, match = found[0]
    return f"\n{_decorators(text, match.start())}{_first_thing(text[match.start() : match.start() + BODY])}"
