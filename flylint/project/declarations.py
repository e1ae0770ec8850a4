"""How web frameworks declare routes: what is looked for in the source of an app, as patterns."""

from __future__ import annotations

import re
from functools import cache, cached_property

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern


class Framework:
    """How one framework, or several that look alike, declares routes in a file.

    applies   what a file must contain
    named     what shows that it is this framework and not, say, a client; else `applies` does
    route     declares a route; the groups whose names begin with `path` have its path, `object` what it is declared on
    mount     begins a call that hangs other routes in, below a path or at the root
    apps      makes the objects whose routes stand at the root
    routers   makes the objects whose routes serve nothing before they are mounted, perhaps with a path of their own
    groups    makes the objects whose routes stand below a path
    block     begins a block of routes below a path
    rooted    mounts one of those at the root
    guard     stands in front of routes and holds for those that follow
    open      lets the app serve paths that are not declared
    sets      how the declaration of several routes below a path begins
    own       paths that the framework itself serves
    """

    def __init__(
        self,
        endings: tuple[str, ...],
        applies: tuple[str, ...],
        route: str,
        *,
        never: tuple[str, ...] = (),
        named: str = "",
        mount: str = "",
        apps: str = "",
        routers: str = "",
        groups: str = "",
        block: str = "",
        rooted: str = "",
        guard: str = "",
        sets: str = "",
        open: str = "",
        own: tuple[str, ...] = (),
    ) -> None:
        self.endings = endings
        self.own = own
        self._applies, self._never = applies, never
        self._patterns = {
            "named": named or r"\A", "route": route, "mount": mount, "apps": apps,
            "routers": routers, "groups": groups, "block": block, "rooted": rooted, "guard": guard, "sets": sets,
            "open": open,
        }  # fmt: skip

    def is_in(self, path: str, text: str) -> bool:
        """Whether a file may declare routes of this framework. Plain words tell: patterns take a hundred times as long."""
        return (
            path.endswith(self.endings)
            and any(word in text for word in self._applies)
            and not any(word in text for word in self._never)
        )

    @cached_property
    def patterns(self) -> dict[str, Pattern[str]]:
        """Compiled when a project has files for it: that takes longer than all else here."""
        return {name: re.compile(pattern or r"(?!)", re.MULTILINE) for name, pattern in self._patterns.items()}


_GO_ROUTERS = (
    "gin-gonic",
    "labstack/echo",
    "go-chi",
    "gofiber",
    "gorilla/mux",
    "httprouter",
    "echo.Group",
    "gin.RouterGroup",
)
_GO_ROUTE = (
    r"(?:\b(?P<object>\w+)|\))\.(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|Any|Get|Post|Put|Delete|Patch|Head|All|Match|Handle|HandleFunc|HandlerFunc"
    r"|Group|Route|StaticFile|Method|MethodFunc|Use)\(\s*(?:http\.Method\w+\s*,\s*|\"[A-Z]+\"\s*,\s*)?"
    r"[\"`](?:[A-Z]+ )?(?:[\w.-]*)(?P<path>/[^\"`\n]*)[\"`]"
)
_GO_OPEN = (
    r"ListenAndServe(?:TLS)?\([^,\n]+,\s*(?:http\.(?:HandlerFunc|FileServer)|h(?:andler)?\s*\))|FileServer|ReverseProxy|middleware\.Static"
    r"|RegisterHandlers|HandlerFromMux|runtime\.NewServeMux"
)

_JS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx")
_TEXT = r"[\"'`](?P<path>[^\"'`\n]*)[\"'`]"
_HONO = ("'hono", '"hono', "@hono/", "npm:hono")
_JS_OTHERS = (
    r"[\"'](?:npm:|jsr:@?)?(?:express|fastify|koa|@koa/router|koa-router|polka|elysia|restify|h3|itty-router|find-my-way|@oak/oak|oak/oak)"
    r"(?:[@/][\w./^~-]*)?[\"']"
)
# what has a method of the name `get` and is no router
_JS_CLIENTS = r"(?:axios|\w*[cC]lient|request|supertest|\$?http|ky|got|cache|redis|params|headers|searchParams|map|cookies|config|nock|agent)"
_JS_ROUTE = (
    rf"(?:\b(?!{_JS_CLIENTS}\s*\.)(?P<object>\w+)|\))\s*\.\s*(?:get|post|put|delete|del|patch|head|options|all|any|on|route|register|ws"
    rf"|basePath|group)\(\s*(?:\[\s*)?[\"'`](?P<path>[/*][^\"'`\n]*|)[\"'`]|\burl:\s*[\"'](?P<path_of_options>/[^\"'\n]*)[\"']"
    r"|^[ \t]*\.(?:get|post|put|delete|patch|all|route)\(\s*[\"'](?P<path_in_chain>/[^\"'\n]*)[\"']"
    r"|\bprefix:\s*[\"'](?P<path_of_prefix>/[^\"'\n]*)[\"']"
)


@cache
def frameworks() -> tuple[Framework, ...]:
    """Every framework that is recognised."""
    return (
        Framework(  # Flask, FastAPI, Quart, Sanic, Starlette, Bottle
            (".py",),
            (
                "flask",
                "quart",
                "fastapi",
                "sanic",
                "starlette",
                "bottle",
                "aiohttp",
                "litestar",
                "blacksheep",
                "falcon",
                "robyn",
            ),
            r"(?:@(?P<object>\w+)\.(?:get|post|put|delete|patch|head|options|all|any|route|websocket|api_route)"
            r"|\b\w+\.(?:add_url_rule|add_api_route|add_route|add_get|add_post|add_api_websocket_route)|\b(?:Route|APIRouter|Blueprint))"
            rf"\(\s{{0,200}}(?:[^()\"']{{0,300}}?\b(?:prefix|url_prefix|path)\s*=\s*)?[rf]?{_TEXT}",
            mount=r"\b(?:\w+\.(?:include_router|mount|register_blueprint)|Mount)\(",
            apps=r"\b(\w+)\s*(?::\s*\w+\s*)?=\s*(?:\w+\.)?(?:Flask|FastAPI|Quart|Sanic|Bottle|Starlette)\(",
            routers=r"\b(\w+)\s*(?::\s*\w+\s*)?=\s*(?:\w+\.)?(?:APIRouter|Blueprint)\(",
            open=r"errorhandler\(\s*404|exception_handler\(\s*404|static_url_path\s*=\s*[\"'][\"'/]|@\w+\.(?:route|get)\((?!\s*[\"'rf])"
            r"|WSGIMiddleware|gr\.mount_gradio_app|add_middleware\(\s*\w*(?:Static|Proxy)",
            own=("/docs", "/redoc", "/openapi.json", "/static/*"),
        ),
        Framework(  # Django
            (".py",),
            ("urlpatterns",),
            r"\b(?:path|re_path|url)\(\s*r?[\"'](?P<path>[^\"'\n]*)[\"']|\.register\(\s*r?[\"'](?P<path_of_set>[^\"'\n]+)[\"']",
            mount=r"\b(?:path|re_path|url)\((?=[^\n,]*,\s*(?:include\(|[\w.]+\.urls\b))",
            sets=r"\.register\(",
            open=r"\bre_path\(\s*r?[\"']\^?\.[*+?]|\bpath\(\s*(?![\s\"'r])|i18n_patterns|wagtail|handler404\s*=",
            own=("/static/*", "/media/*"),
        ),
        Framework(  # Hono, where `use` adds what stands between and serves nothing
            _JS,
            _HONO,
            _JS_ROUTE,
            mount=r"\b\w+\s*\.\s*(?:mount\(|route\((?=\s*[\"'`][^\"'`\n]*[\"'`]\s*,))",
            routers=r"\b(\w+)\s*=\s*new \w*Hono[^;\n]*\.basePath\(",
            open=r"\.notFound\(|serveStatic|\.use\([^\n]*(?:[pP]roxy|\bssr|createRequestHandler)",
        ),
        Framework(  # Express, Fastify, Koa, Elysia, Polka
            _JS,
            (".get(", ".post(", ".put(", ".patch(", ".delete(", ".all(", ".use(", ".route(", "fastify"),
            _JS_ROUTE,
            never=_HONO,
            named=_JS_OTHERS,
            mount=r"\b\w+\s*\.\s*(?:(?:use|mount)\((?=\s*[\"'`/])|register\((?=[^;]{0,300}?\bprefix:))",
            apps=r"\b(\w+)\s*(?::\s*\w+\s*)?=\s*(?:express|fastify|Fastify|polka|new Koa)\b",
            routers=r"\b(\w+)\s*(?::\s*\w+\s*)?=\s*(?:new\s+)?(?:(?:require\([^)\n]*\)|\w+)\.)?Router\(",
            rooted=r"\.(?:use|register)\(\s*(?:require\(|import\(|[A-Za-z_]\w*\s*[,)]|[\w.]+[rR]out)",
            open=r"\.(?:use|get|register|all)\(\s*(?:/(?!/)|[\w.]*(?:static|Static|[pP]roxy|createRequestHandler|handler|handle\b|ssr|next\w*)"
            r"\w*\s*[(,)])|setNotFoundHandler|express\.static|sendFile|fastifyStatic|@fastify/(?:static|autoload|http-proxy)"
            r"|connect-history|getRequestHandler|koa-static",
        ),
        Framework(  # NestJS
            (".ts",),
            ("@nestjs/common",),
            r"@(?:Controller|Get|Post|All|Put|Delete|Patch)\(\s{0,200}(?:\{\s{0,200}path:\s{0,200})?(?:[\"'`](?P<path>[^\"'`\n]*)[\"'`])?\s{0,200}[),}]",
            block=r"^[ \t]*@Controller\(\s*(?:\{\s*path:\s*)?[\"'`](?P<path>[^\"'`\n]*)[\"'`][^\n]*",
            open=r"ServeStaticModule|useStaticAssets|createProxyMiddleware",
        ),
        Framework(  # Rails
            (".rb",),
            (".routes.draw", "resource :", "resources :", "namespace :"),
            r"^[ \t]*(?:root\b|(?:get|post|put|patch|delete|match|resources?|namespace|scope|devise_for|health_check_routes|direct|resolve"
            r"|draw|concern)\b[ (]*(?:path:\s*|module:\s*\S+,\s*path:\s*)?[:\"']?(?P<path>[\w/:*().#-]*))",
            mount=r"^[ \t]*mount\b[ (]*",
            block=r"^[ \t]*(?:namespace|scope)\b(?![^\n]{0,200},[^\n]{0,200}\bpath:)[ (]{0,20}(?:path:\s{0,200})?[:\"'](?P<path>[\w/-]{1,200})[^\n]{0,500}\bdo\b",
            guard=r"^[ \t]*authenticate\b[^\n]*",
            sets=r"\s*(?:resources?|devise_for)\b",
            open=r"^[ \t]*(?:match\s+[\"']/?\*|get\s+[\"']/?\*)|path:\s*[\"'][\"'/]|^[ \t]*devise_scope\b",
            own=("/assets/*", "/rails/*", "/cable"),
        ),
        Framework(  # Sinatra, Roda, Grape
            (".rb", ".ru"),
            ("sinatra", "Sinatra"),
            r"^[ \t]*(?:get|post|put|patch|delete|options|route|namespace)\s{0,200}\(?\s{0,200}[\"'](?P<path>[^\"'\n]*)[\"']",
            open=r"^[ \t]*get\s{0,200}\(?\s{0,200}(?:/|%r)|not_found\s+do|public_folder|:static\b|Rack::Static|Rack::URLMap",
        ),
        Framework(  # Phoenix, Plug
            (".ex",),
            (", :router", "Phoenix.Router", "Plug.Router"),
            r"^[ \t]*(?:get|post|put|patch|delete|head|options|match|live|resources|scope|live_dashboard|live_session)[ (]+\"(?P<path>[^\"\n]*)\"",
            mount=r"^[ \t]*forward[ (]+",
            block=r"^[ \t]*scope[ (]+\"(?P<path>[^\"\n]*)\"[^\n]*",
            guard=r"^[ \t]*pipe_through\b[^\n]*",
            sets=r"\s*(?:resources|live_dashboard)\b",
            open=r"^[ \t]*match\s+_|^[ \t]*get[ (]+\"/\*|^[ \t]*\w+_routes\b|^[ \t]*(?:get|match)[ (]{1,20}(?![\s\"_])(?!\"/)[^\"\n]{0,500}<>|^[ \t]*(?:get|match)[ (]+\"[^\"\n]*\"\s*<>",
        ),
        Framework(  # Go: gin, echo, chi, fiber, gorilla and the like
            (".go",),
            _GO_ROUTERS,
            _GO_ROUTE,
            groups=r"\b(\w+)\s*:?=\s*\w+\.Group\(",
            block=r"^[ \t]*\w+\.Route\(\s*\"(?P<path>[^\"\n]*)\"[^\n]*",
            mount=r"\b\w+\.(?:Mount|StaticFS|Static|PathPrefix)\(",
            apps=r"\b(\w+)\s*:?=\s*(?:gin\.(?:Default|New)|echo\.New|fiber\.New|mux\.NewRouter)\(",
            open=rf"NoRoute\(|NotFound(?:Handler)?\s*[(=]|{_GO_OPEN}",
        ),
        Framework(  # Go: net/http, where a pattern that ends with a slash stands for all below it
            (".go",),
            ("net/http",),
            _GO_ROUTE,
            never=_GO_ROUTERS,
            mount=r"\b\w+\.Handle(?:Func)?\((?=\s*[\"`](?:[A-Z]+ )?[\w.-]*/[^\"`\n]+/[\"`])",
            apps=r"\b(http|\w*[mM]ux)\b",
            open=rf"\.Handle(?:Func)?\(\s*[\"`](?:[A-Z]+ )?[\w.-]*/[\"`]|{_GO_OPEN}",
        ),
        Framework(  # Rust: axum, actix, Rocket, warp, poem
            (".rs",),
            ("axum", "actix_web", "rocket", "warp", "poem", "salvo", "tide", "ntex"),
            r"(?:\.(?:route|at)|web::(?:resource|scope)|#\[(?:rocket::|actix_web::)?(?:get|post|put|delete|patch|head|options|route))"
            r"\(\s*\"(?P<path>[^\"\n]*)\"",
            mount=r"\.(?:nest|nest_service|route_service)\(|\.mount\(|\b(?:fs|actix_files)::Files::new\(|\bFiles::new\(",
            open=r"\.fallback(?:_service)?\(|default_service|FileServer|ServeDir|warp::|proxy|#\[catch\(404|\.configure\(\s*\w+::",
        ),
        Framework(  # Laravel, Slim
            (".php",),
            ("Route::", "$app->", "$router->", "$group->"),
            r"(?:\bRoute::|->)(?:get|post|put|patch|delete|options|any|match|view|redirect|permanentRedirect|resource|apiResource|prefix|group"
            r"|livewire|map|singleton)\(\s*(?:\[[^\]]*\]\s*,\s*)?[\"'](?P<path>[^\"'\n]*)[\"']",
            block=r"^[ \t]*Route::[^\n]*?prefix(?:\(|'\s*=>)\s*[\"'](?P<path>[^\"'\n]+)[\"'][^\n]*",
            sets=r".{2,8}?(?:resource|apiResource|singleton)\(",
            guard=r"^[ \t]*Route::(?:middleware|controller|prefix)\([^\n]*->group\([^\n]*",
            open=r"Route::fallback|->where\([^)]*\.[*+]|Route::pattern\(|(?:Auth|Route)::(?:routes|auth)\(",
            own=("/storage/*", "/livewire/*", "/sanctum/csrf-cookie"),
        ),
        Framework(  # Spring, Micronaut, Quarkus
            (".java", ".kt"),
            ("Mapping", "@Path(", "@Get("),
            r"@(?:Request|Get|Post|Put|Delete|Patch)Mapping(?:\(\s{0,200}(?:(?:value|path)\s{0,20}=\s{0,200})?[\[{]?\s{0,200}(?:\"(?P<path>[^\"\n]*)\")?|\s*$)"
            r"|@(?:Path|Controller|Get|Post)\(\s*\"(?P<path_of_resource>[^\"\n]*)\"",
            block=r"^[ \t]*@(?:RequestMapping|Path|Controller)\(\s{0,200}(?:(?:value|path)\s{0,20}=\s{0,200})?[\[{]?\s{0,200}\"(?P<path>[^\"\n]*)\"[^\n]*",
            open=r"addResourceHandlers|ViewControllerRegistry|ErrorController|RouterFunction|/\*\*",
        ),
    )
