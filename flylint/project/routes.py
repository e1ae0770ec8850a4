"""The routes that an app declares, in the words of the usual web frameworks.

Nothing is run, so not everything is known: a router may be mounted under any prefix, a parameter may be anything, and
what a library adds is not seen. Where something could serve every path, `open` says what, and nothing can be said.
"""

from __future__ import annotations

import re
from functools import cache, cached_property

from flylint.project import FilePlace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern

    from flylint.project import Project

MAX_ROUTES = 5000
BODY = 600
"""How many characters behind a route are looked at for a redirect or a login."""


class Route:
    """A route with its path as it is declared. `whole`: nothing can stand in front of that path."""

    __slots__ = ("body", "path", "place", "whole")

    def __init__(self, path: str, place: FilePlace, whole: bool, body: str) -> None:
        self.path = path
        self.place = place
        self.whole = whole
        self.body = body

    @property
    def segments(self) -> list[str]:
        return [segment for segment in self.path.split("/") if segment]

    def serves(self, path: str) -> bool:
        """Whether the route may answer a path."""
        wanted = [segment for segment in path.split("/") if segment]
        own = self.segments
        # the root of a router answers the prefix that it is mounted under, which is a route of its own
        starts = [0] if self.whole or not own else range(len(wanted))
        return any(_match(own, wanted[start:]) for start in starts)


_ANYTHING = re.compile(r"\*|:path\b|<path:|\(\.[*+]\)|\.\*|\.\.\.|\{\*|\+\)?$")
_PARAMETER = re.compile(r"[:<{\[(*?$#]")


def _match(own: list[str], wanted: list[str]) -> bool:
    for index, segment in enumerate(own):
        if _ANYTHING.search(segment):
            return True
        if index >= len(wanted):
            return all("?" in rest for rest in own[index:])
        if segment != wanted[index] and not _PARAMETER.search(segment):
            return False
    return len(own) == len(wanted)


class Routes:
    """All that was recognised. `open`: why any path may be served, "" when there is no such reason."""

    def __init__(self) -> None:
        self.found: list[Route] = []
        self.open = ""

    def serving(self, path: str) -> list[Route]:
        return [route for route in self.found if route.serves(path)]


class Framework:
    """How one framework, or several that look alike, declares routes in a file.

    applies   what a file must contain
    route     declares a route; the group `path` is its path, `object` what it is declared on
    apps      makes the objects whose routes stand at the root
    open      lets the app serve paths that are not declared
    """

    def __init__(self, endings: tuple[str, ...], applies: str, route: str, apps: str = "", open: str = "") -> None:
        self.endings = endings
        self._applies, self._route, self._apps, self._open = applies, route, apps, open

    # compiled when a project has files for it: that takes longer than all else here

    @cached_property
    def applies(self) -> Pattern[str]:
        return re.compile(self._applies)

    @cached_property
    def route(self) -> Pattern[str]:
        return re.compile(self._route, re.MULTILINE)

    @cached_property
    def apps(self) -> Pattern[str] | None:
        return re.compile(self._apps) if self._apps else None

    @cached_property
    def open(self) -> Pattern[str] | None:
        return re.compile(self._open, re.MULTILINE) if self._open else None


_JS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx")
_TEXT = r"[\"'`](?P<path>[^\"'`\n]*)[\"'`]"
_VERBS = "get|post|put|delete|patch|head|options|all|any|route|use|register|mount|websocket|api_route|basePath|group"


@cache
def _frameworks() -> tuple[Framework, ...]:
    return (
        Framework(  # Flask, FastAPI, Quart, Sanic, Starlette, Bottle
            (".py",),
            r"\b(?:flask|quart|fastapi|sanic|starlette|bottle|aiohttp|litestar|blacksheep|falcon|robyn)\b",
            rf"(?:@(?P<object>\w+)\.(?:{_VERBS})|\.add_(?:url_rule|api_route|route|get|post)|\b(?:Route|Mount|APIRouter"
            rf"|Blueprint)|\.(?:include_router|mount|register_blueprint))\(\s*(?:[^()\"'\n]*?(?:prefix|url_prefix|path)\s*="
            rf"\s*)?[rf]?{_TEXT}",
            r"\b(\w+)\s*(?::\s*\w+\s*)?=\s*(?:flask\.)?(?:Flask|FastAPI|Quart|Sanic|Bottle|Starlette)\(",
            r"errorhandler\(\s*404|exception_handler\(\s*404|static_url_path\s*=\s*[\"'][\"'/]|@\w+\.(?:route|get)\((?![\s\"'rf])"
            r"|\.mount\(\s*[\"']/?[\"']|WSGIMiddleware|gr\.mount_gradio_app|add_middleware\(\s*\w*(?:Static|Proxy)",
        ),
        Framework(  # Django
            (".py",),
            r"\burlpatterns\b",
            r"\b(?:path|re_path|url)\(\s*r?[\"'](?P<path>[^\"'\n]*)[\"']",
            "",
            r"\bre_path\(\s*r?[\"']\^?\.[*+?]|\bpath\(\s*[\"'][\"']\s*,\s*include\(\s*(?:[\"'](?!\w+\.urls[\"']|\w+\.\w+\.urls[\"'])|\w+\.)"
            r"|\bpath\(\s*(?![\s\"'r])|i18n_patterns|wagtail|handler404\s*=",
        ),
        Framework(  # Express, Fastify, Hono, Koa, Elysia, Polka
            _JS,
            r"[\"'](?:express|fastify|hono|@hono/[\w-]+|koa|@koa/router|koa-router|polka|elysia|restify|h3|itty-router|find-my-way)"
            r"(?:/[\w/-]+)?[\"']|\b(?:router|app|fastify|server|api|routes)\s*\.\s*(?:get|post|use)\(",
            rf"\b(?P<object>app|server|fastify|router|api|routes?|instance|hono|r|v\d|\w*(?:App|Router|Routes|Api))"
            rf"\s*\.\s*(?:{_VERBS})\(\s*{_TEXT}|\burl:\s*[\"'](?P<url>/[^\"'\n]*)[\"']\s*,?|^[ \t]*\.(?:get|post|put|delete|patch|all"
            r"|use|route)\(\s*[\"'](?P<chained>/[^\"'\n]*)[\"']|\bprefix:\s*[\"'](?P<prefix>/[^\"'\n]*)[\"']",
            r"\b(\w+)\s*=\s*(?:express|fastify|Fastify|new Hono|new OpenAPIHono|new Elysia|polka|new Koa)\b",
            r"\.(?:use|get|register|all)\(\s*(?:/(?!/)|[\w.]*(?:static|Static|[pP]roxy|createRequestHandler|handler|handle\b|ssr|next\w*)"
            r"\w*\s*[(,)])|setNotFoundHandler|\.notFound\(|serveStatic|express\.static|sendFile|fastifyStatic|@fastify/(?:static|autoload|http-proxy)"
            r"|connect-history|getRequestHandler|koa-static",
        ),
        Framework(  # NestJS
            (".ts",),
            r"@nestjs/common",
            r"@(?:Controller|Get|Post|All|Put|Delete|Patch)\(\s*(?:\{\s*path:\s*)?(?:[\"'`](?P<path>[^\"'`\n]*)[\"'`])?\s*[),}]",
            "",
            r"ServeStaticModule|useStaticAssets|createProxyMiddleware",
        ),
        Framework(  # Rails
            (".rb",),
            r"\.routes\.draw|^[ \t]*(?:resources?|namespace)\b",
            r"^[ \t]*(?:get|post|put|patch|delete|match|root|resources?|namespace|scope|mount|devise_for|health_check_routes|direct|resolve"
            r"|draw|concern)\b[ (]*(?:[\w:]+\s*(?:=>|,\s*at:)\s*)?(?:path:\s*)?[:\"']?(?P<path>[\w/:*().#-]*)",
            "",
            r"^[ \t]*(?:mount\s+[\w:.()]+\s*(?:=>|,\s*at:)\s*[\"']/[\"']|match\s+[\"']/?\*|get\s+[\"']/?\*)|path:\s*[\"'][\"'/]",
        ),
        Framework(  # Sinatra, Roda, Grape
            (".rb", ".ru"),
            r"[Ss]inatra",
            r"^[ \t]*(?:get|post|put|patch|delete|options|route|namespace)\s*\(?\s*[\"'](?P<path>[^\"'\n]*)[\"']",
            "",
            r"^[ \t]*get\s+(?:/|%r)|not_found\s+do|public_folder|:static\b|Rack::Static|^[ \t]*map\s|Rack::URLMap",
        ),
        Framework(  # Phoenix, Plug
            (".ex",),
            r"(?:, :router|Phoenix\.Router|Plug\.Router)",
            r"^[ \t]*(?:get|post|put|patch|delete|head|options|match|live|resources|forward|scope|live_dashboard|live_session)[ (]+\"(?P<path>[^\"\n]*)\"",
            "",
            r"^[ \t]*match\s+_|^[ \t]*get[ (]+\"/\*|forward[ (]+\"/\"|^[ \t]*\w+_routes\b",
        ),
        Framework(  # Go: net/http, gin, echo, chi, fiber, gorilla
            (".go",),
            r"net/http|gin-gonic|labstack/echo|go-chi|gofiber|gorilla/mux|httprouter",
            r"\.(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|Any|Get|Post|Put|Delete|Patch|Head|All|Match|Handle|HandleFunc|HandlerFunc|Group"
            r"|Route|Mount|Static|StaticFS|StaticFile|PathPrefix|Method|MethodFunc|Use)\(\s*(?:http\.Method\w+\s*,\s*|\"[A-Z]+\"\s*,\s*)?"
            r"[\"`](?:[A-Z]+ )?(?:[\w.-]*)(?P<path>/[^\"`\n]*)[\"`]",
            "",
            r"NoRoute\(|NotFound(?:Handler)?\s*[(=]|PathPrefix\(\s*\"/\"|\.Handle(?:Func)?\(\s*\"(?:[A-Z]+ )?/\"|\.Mount\(\s*\"/\"|\.Static\w*\(\s*\"/\""
            r"|ListenAndServe(?:TLS)?\([^,\n]+,\s*(?:http\.(?:HandlerFunc|FileServer)|h(?:andler)?\s*\))|FileServer|ReverseProxy|middleware\.Static|RegisterHandlers|HandlerFromMux",
        ),
        Framework(  # Rust: axum, actix, Rocket, warp, poem
            (".rs",),
            r"\b(?:axum|actix_web|rocket|warp|poem|salvo|tide|ntex)\b",
            r"(?:\.(?:route|nest|nest_service|route_service|at|service)|web::(?:resource|scope)|#\[(?:rocket::|actix_web::)?(?:get|post|put|delete|patch"
            r"|head|options|route))\(\s*\"(?P<path>[^\"\n]*)\"",
            "",
            r"\.fallback(?:_service)?\(|default_service|Files::new\(\s*\"/?\"|nest(?:_service)?\(\s*\"/?\"|FileServer|ServeDir|warp::|proxy|#\[catch\(404",
        ),
        Framework(  # Laravel, Slim
            (".php",),
            r"\bRoute::|\$(?:app|router|group)->(?:get|post|group|map)\(",
            r"(?:\bRoute::|->)(?:get|post|put|patch|delete|options|any|match|view|redirect|resource|apiResource|prefix|group|livewire|map)"
            r"\(\s*(?:\[[^\]]*\]\s*,\s*)?[\"'](?P<path>[^\"'\n]*)[\"']",
            "",
            r"Route::fallback|->where\([^)]*\.[*+]|Route::(?:any|get)\(\s*[\"']\{",
        ),
        Framework(  # Spring, Micronaut, Quarkus
            (".java", ".kt"),
            r"Mapping\b|@Path\(|@Get\(",
            r"@(?:Request|Get|Post|Put|Delete|Patch)Mapping(?:\(\s*(?:(?:value|path)\s*=\s*)?[\[{]?\s*(?:\"(?P<path>[^\"\n]*)\")?|\s*$)"
            r"|@Path\(\s*\"(?P<url>[^\"\n]*)\"",
            "",
            r"addResourceHandlers|ViewControllerRegistry|ErrorController|RouterFunction|/\*\*",
        ),
    )


_IGNORED_PATHS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|e2e|cypress|migrations|fixtures|examples?|stories)/|[._]test\.|\.spec\.|_test\.|_spec\.rb$|(?:^|/)test_"
)
_FILE_ROUTED = ("@remix-run/node", "@react-router/node", "@sveltejs/kit", "nuxt", "astro", "@solidjs/start", "gatsby", "@tanstack/react-start", "@redwoodjs/core", "blitz", "@adonisjs/core", "sails", "meteor", "@feathersjs/feathers", "@payloadcms/next", "strapi", "@strapi/strapi", "directus", "ghost", "parse-server", "keystone")  # fmt: skip
# libraries that bring routes of their own, and the paths that they bring
_LIBRARIES = {
    "spring-boot-starter-actuator": "/actuator",
    "laravel/horizon": "/horizon",
    "laravel/telescope": "/telescope",
}


def routes(project: Project) -> Routes:
    """The routes of a project."""
    found: Routes = project.remember("routes", lambda: _routes(project))
    return found


def route_for(project: Project, path: str) -> Route | None:
    """The one route that is declared for a path word for word, at the root."""
    result = Routes()
    plain = path.rstrip("/")
    for file, text in project.sources(*_endings()):
        if path in text and not _IGNORED_PATHS.search(file):
            _read_all(file, text, result)
    found = [route for route in result.found if route.whole and route.path.rstrip("/") == plain]
    return found[0] if len(found) == 1 else None


def _endings() -> tuple[str, ...]:
    return tuple({ending for framework in _frameworks() for ending in framework.endings})


def _read_all(path: str, text: str, result: Routes) -> None:
    for framework in _frameworks():
        if path.endswith(framework.endings) and framework.applies.search(text):
            _read(path, text, framework, result)


def _routes(project: Project) -> Routes:
    result = Routes()
    for path, text in project.sources(*_endings()):
        if not _IGNORED_PATHS.search(path):
            _read_all(path, text, result)
        if len(result.found) > MAX_ROUTES:
            result.open = "more routes than are looked at"
            break
    for name in _FILE_ROUTED:
        if name in project.node_packages:
            result.open = f"`{name}` routes by files"
    if "next" in project.node_packages:
        _next(project, result)
    return result


def _read(path: str, text: str, framework: Framework, result: Routes) -> None:
    apps = set(framework.apps.findall(text)) if framework.apps else set()
    matches = list(framework.route.finditer(text))
    for index, match in enumerate(matches):
        if _in_comment(text, match.start()):
            continue
        groups = match.groupdict()
        declared = next((value for value in groups.values() if value is not None and value != groups.get("object")), "")
        following = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        body = text[match.end() : min(match.end() + BODY, following)]
        line_end = text.find("\n", match.end())
        place = FilePlace(
            path,
            match.start() + len(match[0]) - len(match[0].lstrip()),
            min(match.end(), line_end if line_end >= 0 else match.end()),
        )
        plain = declared.removeprefix("^").rstrip("$") if framework.endings == (".py",) else declared
        plain = plain.split("#")[0] if path.endswith(".rb") else plain
        result.found.append(Route(plain, place, groups.get("object") in apps, body))
    if framework.open and not result.open:
        reason = framework.open.search(text)
        if reason and not _in_comment(text, reason.start()):
            result.open = f"`{path}` may serve any path"


def _in_comment(text: str, at: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at].lstrip()
    return line.startswith(("#", "//", "*", "/*")) and not line.startswith("#[")


def _next(project: Project, result: Routes) -> None:
    """Next.js: every page and every route handler is a file."""
    for name in ("next.config.js", "next.config.mjs", "next.config.ts", "next.config.cjs"):
        text = project.read(name) if name in project.names else ""
        if any(word in text for word in ("rewrites", "basePath", "withPayload")):
            result.open = f"`{name}` rewrites paths"
    for path in project.files:
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
                text[:BODY] if "route." in path or "/api/" in path else "",
            )
        )


# what a path is called in the project

_NOT_TOLD = (".md", ".lock", ".svg", ".css", ".scss", ".map", ".min.js")


def mentioned(project: Project, path: str) -> bool:
    """Whether the last word of a path occurs anywhere in the sources or as the name of a file."""
    word = next((segment for segment in reversed(path.split("?")[0].split("/")) if segment), "")
    if not word:
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
        if pattern.search(text):
            return True
    return False


_REDIRECTS = re.compile(
    r"\bredirect(?:_to|Response|Permanent|\(|\s)|\bRedirect(?:Response|::|\()|sendRedirect|HttpResponseRedirect|http\.Redirect|Redirect::to"
)
_LOGIN = re.compile(
    r"login_required|requireAuth|require_auth|requiresAuth|isAuthenticated|ensureAuthenticated|ensureLoggedIn|authenticateToken|verifyToken"
    r"|passport\.authenticate|Depends\(\s*(?:get_current_\w+|require_\w+|verify_\w+)|auth_required|jwt_required|token_required"
    r"|authenticate_user!|permission_required|LoginRequiredMixin|@auth\.|middleware\(\s*[\"']auth|authMiddleware|basicAuth|->middleware\([\"']auth"
)


def obstacle(route: Route) -> str:
    """Why a route may not answer a check with success: "redirects" or "asks for a login"; "" when nothing says so."""
    # a handler ends where the next thing begins that is not indented
    body = re.split(r"\n\n+(?=\S)", route.body, maxsplit=1)[0]
    if _LOGIN.search(body):
        return "asks for a login"
    if _REDIRECTS.search(body) and not re.search(r"\bif\b", body):
        return "redirects"
    return ""
