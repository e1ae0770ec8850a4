"""The routes of each framework that is recognised: what they serve, what they do not, and what stands in a check's way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flylint import engine
from flylint.document import Document
from flylint.project import Project
from flylint.project.routes import mentioned, obstacle, route_for, routes, served
from flylint.settings import Settings
from tests.conftest import write

FLASK = 'from flask import Flask, Blueprint, redirect\napp = Flask(__name__)\n@app.route("/")\ndef home():\n    return "x"\n'
FASTAPI = (
    'from fastapi import APIRouter, Depends, FastAPI\napp = FastAPI()\n@app.get("/")\ndef home():\n    return {}\n'
)
DJANGO = "from django.urls import include, path\nfrom . import views\nurlpatterns = [\n    path('', views.home),\n"
EXPRESS = "const express = require('express')\nconst app = express()\napp.get('/', (req, res) => res.send('x'))\n"
FASTIFY = "import Fastify from 'fastify'\nconst app = Fastify()\napp.get('/', async () => 'x')\n"
HONO = "import { Hono } from 'hono'\nconst app = new Hono()\napp.get('/', (c) => c.text('x'))\n"
KOA = "import Router from '@koa/router'\nconst router = new Router()\nrouter.get('/', (ctx) => {})\n"
NEST = "import { Controller, Get } from '@nestjs/common'\n"
RAILS = 'Rails.application.routes.draw do\n  root "pages#home"\n'
SINATRA = 'require "sinatra"\n\nget "/" do\n  "x"\nend\n'
PHOENIX = 'defmodule W.Router do\n  use W, :router\n  scope "/", W do\n    get "/", PageController, :home\n  end\n'
GO = 'package main\nimport "net/http"\nfunc main() {\n\tmux := http.NewServeMux()\n\tmux.HandleFunc("GET /items", items)\n'
GIN = 'package main\nimport "github.com/gin-gonic/gin"\nfunc main() {\n\tr := gin.Default()\n\tr.GET("/", home)\n'
ECHO = 'package main\nimport "github.com/labstack/echo/v4"\nfunc main() {\n\te := echo.New()\n\te.GET("/", home)\n'
CHI = 'package main\nimport "github.com/go-chi/chi/v5"\nfunc main() {\n\tr := chi.NewRouter()\n\tr.Get("/", home)\n'
AXUM = 'use axum::{routing::get, Router};\nfn app() -> Router {\n    Router::new().route("/", get(home))\n'
ACTIX = 'use actix_web::{get, web, App};\n#[get("/")]\nasync fn home() -> &\'static str { "x" }\n'
LARAVEL = "<?php\nuse Illuminate\\Support\\Facades\\Route;\nRoute::get('/', fn () => view('x'));\n"
SPRING = 'import org.springframework.web.bind.annotation.*;\n@RestController\nclass Home {\n  @GetMapping("/")\n  String home() { return "x"; }\n'
PACKAGE = '{"dependencies": {"next": "15.0.0"}}'

SERVED = [
    ("flask: parameter", {"app.py": FLASK + '@app.route("/<name>")\ndef n(name): ...\n'}, "/health"),
    ("flask: two parameters", {"app.py": FLASK + '@app.get("/<a>/<int:b>")\ndef n(a, b): ...\n'}, "/x/1"),
    ("flask: catch-all", {"app.py": FLASK + '@app.route("/<path:p>")\ndef n(p): ...\n'}, "/a/b/c"),
    ("flask: static files", {"app.py": FLASK}, "/static/logo.svg"),
    (
        "flask: prefix at registration",
        {
            "app.py": FLASK + 'app.register_blueprint(api.bp, url_prefix="/api")\n',
            "api.py": 'from flask import Blueprint\nbp = Blueprint("api", __name__)\n@bp.get("/<what>")\ndef w(what): ...\n',
        },
        "/api/health",
    ),
    ("flask: blueprint of a library", {"app.py": FLASK + 'import x\napp.register_blueprint(x.bp, url_prefix="/ops")\n'}, "/ops/health"),
    ("flask: add_url_rule", {"app.py": FLASK + 'app.add_url_rule("/<x>", view_func=y)\n'}, "/health"),
    ("flask: own answer to 404", {"app.py": FLASK + "@app.errorhandler(404)\ndef n(e):\n    return 'x'\n"}, "/health"),
    ("fastapi: parameter", {"main.py": FASTAPI + '@app.get("/{item}")\ndef i(item): ...\n'}, "/health"),
    ("fastapi: catch-all", {"main.py": FASTAPI + '@app.get("/{p:path}")\ndef i(p): ...\n'}, "/a/b"),
    ("fastapi: documentation", {"main.py": FASTAPI}, "/docs"),
    ("fastapi: mounted app", {"main.py": FASTAPI + 'app.mount("/sub", other_app)\n'}, "/sub/health"),
    ("fastapi: mounted at the root", {"main.py": FASTAPI + 'app.mount("/", StaticFiles(directory="x", html=True))\n'}, "/health"),
    (
        "fastapi: router with a prefix of its own",
        {"main.py": FASTAPI + "app.include_router(r.router)\n", "r.py": 'from fastapi import APIRouter\nrouter = APIRouter(prefix="/r")\n@router.get("/{x}")\ndef x(x): ...\n'},
        "/r/health",
    ),
    (
        "fastapi: router of a library",
        {"main.py": FASTAPI + 'app.include_router(fastapi_users.get_auth_router(backend), prefix="/auth", tags=["a"])\n'},
        "/auth/health",
    ),
    (
        "fastapi: router of a library at the root",
        {"main.py": FASTAPI + "app.include_router(fastapi_users.get_auth_router(backend))\n"},
        "/health",
    ),
    (
        "fastapi: nested routers",
        {
            "main.py": FASTAPI + 'app.include_router(a.router, prefix="/a")\n',
            "a.py": 'from fastapi import APIRouter\nrouter = APIRouter()\nrouter.include_router(b.router, prefix="/b")\n',
            "b.py": 'from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("/{x}")\ndef x(x): ...\n',
        },
        "/a/b/health",
    ),
    ("django: parameter", {"urls.py": DJANGO + "    path('<slug:s>/', views.s),\n]\n"}, "/health/"),
    ("django: admin", {"urls.py": DJANGO + "    path('admin/', admin.site.urls),\n]\n"}, "/admin/login/"),
    ("django: urls of a library", {"urls.py": DJANGO + "    path('accounts/', include('allauth.urls')),\n]\n"}, "/accounts/login/"),
    ("django: urls of a library at the root", {"urls.py": DJANGO + "    path('', include('health_check.urls')),\n]\n"}, "/health/"),
    ("django: regular expression", {"urls.py": DJANGO + "    re_path(r'^(?P<x>\\w+)/$', views.s),\n]\n"}, "/health/"),
    ("django: view sets", {"urls.py": DJANGO + "]\nrouter = DefaultRouter()\nrouter.register(r'items', V)\nurlpatterns += [path('api/', include(router.urls))]\n"}, "/api/items/"),
    (
        "django: included from the project",
        {"a/urls.py": DJANGO + "    path('ops/', include('b.urls')),\n]\n", "b/urls.py": DJANGO + "    path('<x>/', views.x)]\n"},
        "/ops/health/",
    ),
    ("express: parameter", {"app.js": EXPRESS + "app.get('/:x', h)\n"}, "/health"),
    ("express: optional parameter", {"app.js": EXPRESS + "app.get('/a/:x?', h)\n"}, "/a"),
    ("express: catch-all", {"app.js": EXPRESS + "app.get('*', h)\n"}, "/health"),
    ("express: named catch-all", {"app.js": EXPRESS + "app.all('/{*splat}', h)\n"}, "/a/b"),
    ("express: regular expression", {"app.js": EXPRESS + "app.get(/^\\/he/, h)\n"}, "/health"),
    ("express: static files", {"app.js": EXPRESS + "app.use(express.static('public'))\n"}, "/health"),
    ("express: middleware of a library below a path", {"app.js": EXPRESS + "app.use('/queues', board.getRouter())\n"}, "/queues/health"),
    (
        "express: mounted router",
        {"app.js": EXPRESS + "app.use('/api', require('./api'))\n", "api.js": "const r = require('express').Router()\nr.get('/:x', h)\n"},
        "/api/health",
    ),
    (
        "express: router at the root",
        {"app.js": EXPRESS + "const r = require('./r')\napp.use('/x', y)\napp.use(r)\n", "r.js": "const router = require('express').Router()\nrouter.get('/:x', h)\n"},
        "/health",
    ),
    ("express: package of the workspace further up", {"app.js": EXPRESS, "package.json": '{"dependencies": {"@x/http": "workspace:*"}}'}, "/health"),
    ("go: module further up", {"main.go": GO + "}\n", "go.mod": "module x\nreplace example.com/http => ../http\n"}, "/health"),
    ("express: several paths", {"app.js": EXPRESS + "app.get(['/:a', '/b'], h)\n"}, "/health"),
    ("express: chain", {"app.js": EXPRESS + "app.route('/:a').get(h)\n"}, "/health"),
    ("fastify: parameter", {"app.js": FASTIFY + "app.get('/:x', h)\n"}, "/health"),
    ("fastify: options", {"app.js": FASTIFY + "app.route({ method: 'GET', url: '/:x', handler })\n"}, "/health"),
    ("fastify: plugin with a prefix", {"app.js": FASTIFY + "app.register(import('x'), { prefix: '/v1' })\n"}, "/v1/health"),
    ("fastify: plugin of the project", {"app.js": FASTIFY + "app.register(r, { prefix: '/v1' })\n", "r.js": "export default async (fastify) => {\n  fastify.get('/:x', h)\n}\n"}, "/v1/health"),
    ("fastify: under-pressure", {"app.js": FASTIFY, "package.json": '{"dependencies": {"@fastify/under-pressure": "9"}}'}, "/status"),
    ("hono: parameter", {"app.ts": HONO + "app.get('/:x', h)\n"}, "/health"),
    ("hono: parameter with a pattern", {"app.ts": HONO + "app.get('/:x{.+}', h)\n"}, "/a/b"),
    ("hono: base path", {"app.ts": "import { Hono } from 'hono'\nconst app = new Hono().basePath('/api')\napp.get('/:x', h)\n"}, "/api/health"),
    ("hono: other app", {"app.ts": HONO + "app.route('/b', b)\n", "b.ts": "import { Hono } from 'hono'\nconst app = new Hono()\napp.get('/:id', h)\nexport default app\n"}, "/b/health"),
    ("hono: chain", {"app.ts": "import { Hono } from 'hono'\nexport default new Hono()\n  .get('/', h)\n  .get('/:x', h)\n"}, "/health"),
    ("hono: mounted", {"app.ts": HONO + "app.mount('/old', other)\n"}, "/old/health"),
    ("koa: prefix", {"app.js": "const Router = require('@koa/router')\nconst router = new Router({ prefix: '/api' })\nrouter.get('/:x', h)\n"}, "/api/health"),
    ("nest: controller", {"a.ts": NEST + "@Controller('ops')\nclass A {\n  @Get(':x')\n  x() {}\n}\n"}, "/ops/health"),
    ("next: page", {"package.json": PACKAGE, "app/health/page.tsx": "x"}, "/health"),
    ("next: parameter", {"package.json": PACKAGE, "pages/[slug].js": "x"}, "/health"),
    ("next: group", {"package.json": PACKAGE, "src/app/(a)/b/[id]/page.tsx": "x"}, "/b/1"),
    ("next: catch-all", {"package.json": PACKAGE, "app/api/[...all]/route.ts": "x"}, "/api/a/b"),
    ("next: optional catch-all", {"package.json": PACKAGE, "app/[[...all]]/page.tsx": "x"}, "/"),
    ("next: rewrites", {"package.json": PACKAGE, "app/page.tsx": "x", "next.config.js": "module.exports = { rewrites() {} }"}, "/x"),
    ("next: middleware", {"package.json": PACKAGE, "app/page.tsx": "x", "src/middleware.ts": "NextResponse.rewrite(url)"}, "/x"),
    ("rails: resources", {"config/routes.rb": RAILS + "  resources :posts\nend\n"}, "/posts/1"),
    ("rails: parameter", {"config/routes.rb": RAILS + '  get ":page", to: "pages#show"\nend\n'}, "/health"),
    ("rails: namespace", {"config/routes.rb": RAILS + "  namespace :api do\n    resources :posts\n  end\nend\n"}, "/api/posts"),
    ("rails: namespace with another path", {"config/routes.rb": RAILS + '  namespace :api, path: "v1" do\n    get ":x", to: "a#b"\n  end\nend\n'}, "/v1/health"),
    ("rails: behind a namespace", {"config/routes.rb": RAILS + '  namespace :api do\n    get "a", to: "a#b"\n  end\n  get ":x", to: "a#b"\nend\n'}, "/health"),
    ("rails: scope", {"config/routes.rb": RAILS + '  scope path: "/v1" do\n    get ":x", to: "a#b"\n  end\nend\n'}, "/v1/health"),
    ("rails: catch-all", {"config/routes.rb": RAILS + '  get "*path", to: "pages#show"\nend\n'}, "/a/b"),
    ("rails: engine", {"config/routes.rb": RAILS + '  mount Sidekiq::Web => "/jobs"\nend\n'}, "/jobs/busy"),
    ("rails: engine at", {"config/routes.rb": RAILS + '  mount Blazer::Engine, at: "blazer"\nend\n'}, "/blazer/health"),
    ("rails: engine at the root", {"config/routes.rb": RAILS + '  mount Spree::Engine, at: "/"\nend\n'}, "/health"),
    ("rails: gem that answers checks", {"config/routes.rb": RAILS + "end\n", "Gemfile": 'gem "rails"\ngem "okcomputer"\n'}, "/health"),
    ("sinatra: parameter", {"app.rb": SINATRA + 'get "/:x" do\nend\n'}, "/health"),
    ("sinatra: catch-all", {"app.rb": SINATRA + 'get "/*" do\nend\n'}, "/health"),
    ("sinatra: regular expression", {"app.rb": SINATRA + "get %r{/h.*} do\nend\n"}, "/health"),
    ("sinatra: mapped", {"app.rb": SINATRA + 'get "/:x" do\nend\n', "config.ru": '# sinatra\nmap "/api" do\n  run App\nend\n'}, "/api/health"),
    ("phoenix: parameter", {"router.ex": PHOENIX + '  scope "/api", W do\n    get "/:x", X, :x\n  end\nend\n'}, "/api/health"),
    ("phoenix: resources", {"router.ex": PHOENIX + '  resources "/posts", P\nend\n'}, "/posts/1"),
    ("phoenix: catch-all", {"router.ex": PHOENIX + '  get "/*path", P, :x\nend\n'}, "/a/b"),
    ("phoenix: forward", {"router.ex": PHOENIX + '  forward "/jobs", Oban.Web\nend\n'}, "/jobs/health"),
    ("phoenix: live", {"router.ex": PHOENIX + '  live "/:x", L\nend\n'}, "/health"),
    ("go: parameter", {"main.go": GO + '\tmux.HandleFunc("GET /{x}", f)\n}\n'}, "/health"),
    ("go: rest", {"main.go": GO + '\tmux.HandleFunc("/files/{path...}", f)\n}\n'}, "/files/a/b"),
    ("go: subtree", {"main.go": GO + '\tmux.Handle("/assets/", h)\n}\n'}, "/assets/health"),
    ("go: everything", {"main.go": GO + '\tmux.HandleFunc("/", f)\n}\n'}, "/health"),
    ("go: host", {"main.go": GO + '\tmux.HandleFunc("example.com/{x}", f)\n}\n'}, "/health"),
    ("gin: parameter", {"main.go": GIN + '\tr.GET("/:x", f)\n}\n'}, "/health"),
    ("gin: rest", {"main.go": GIN + '\tr.GET("/a/*x", f)\n}\n'}, "/a/b/c"),
    ("gin: group", {"main.go": GIN + '\tg := r.Group("/api")\n\tg.GET("/:x", f)\n}\n'}, "/api/health"),
    ("gin: no route", {"main.go": GIN + "\tr.NoRoute(f)\n}\n"}, "/health"),
    ("gin: static", {"main.go": GIN + '\tr.Static("/assets", "./assets")\n}\n'}, "/assets/health"),
    ("echo: parameter", {"main.go": ECHO + '\te.GET("/:x", f)\n}\n'}, "/health"),
    ("echo: static at the root", {"main.go": ECHO + '\te.Static("/", "public")\n}\n'}, "/health"),
    ("echo: group", {"main.go": ECHO + '\tg := e.Group("/api")\n\tg.GET("/:x", f)\n}\n'}, "/api/health"),
    ("chi: nested", {"main.go": CHI + '\tr.Route("/api", func(r chi.Router) {\n\t\tr.Get("/{x}", f)\n\t})\n}\n'}, "/api/health"),
    ("chi: mounted", {"main.go": CHI + '\tr.Mount("/debug", middleware.Profiler())\n}\n'}, "/debug/pprof"),
    ("chi: catch-all", {"main.go": CHI + '\tr.Get("/*", f)\n}\n'}, "/a/b"),
    ("axum: parameter", {"src/main.rs": AXUM + '        .route("/{x}", get(f))\n}\n'}, "/health"),
    ("axum: older parameter", {"src/main.rs": AXUM + '        .route("/:x", get(f))\n}\n'}, "/health"),
    ("axum: rest", {"src/main.rs": AXUM + '        .route("/{*x}", get(f))\n}\n'}, "/a/b"),
    ("axum: nested", {"src/main.rs": AXUM + '        .nest("/api", Router::new().route("/{x}", get(f)))\n}\n'}, "/api/health"),
    ("axum: nested from a library", {"src/main.rs": AXUM + '        .nest("/ops", ops_crate::endpoints())\n}\n'}, "/ops/health"),
    ("axum: fallback", {"src/main.rs": AXUM + "        .fallback(f)\n}\n"}, "/health"),
    ("actix: parameter", {"src/main.rs": ACTIX + '#[get("/{x}")]\nasync fn x() {}\n'}, "/health"),
    ("actix: rest", {"src/main.rs": ACTIX + '#[get("/{x:.*}")]\nasync fn x() {}\n'}, "/a/b"),
    ("actix: scope", {"src/main.rs": ACTIX + 'fn c() { web::scope("/api").route("/{x}", web::get().to(f)) }\n'}, "/api/health"),
    ("actix: files", {"src/main.rs": ACTIX + 'fn c() { App::new().service(Files::new("/", "dist")) }\n'}, "/health"),
    ("laravel: parameter", {"routes/web.php": LARAVEL + "Route::get('/posts/{post}', X::class);\n"}, "/posts/1"),
    ("laravel: api prefix", {"routes/api.php": LARAVEL + "Route::get('{x}', X::class);\n"}, "/api/health"),
    ("laravel: group", {"routes/web.php": LARAVEL + "Route::prefix('v1')->group(function () {\n    Route::get('{x}', X::class);\n});\n"}, "/v1/health"),
    ("laravel: resource", {"routes/web.php": LARAVEL + "Route::resource('posts', X::class);\n"}, "/posts/1"),
    ("laravel: catch-all", {"routes/web.php": LARAVEL + "Route::get('/{any}', X::class)->where('any', '.*');\n"}, "/a/b"),
    ("laravel: fallback", {"routes/web.php": LARAVEL + "Route::fallback(X::class);\n"}, "/health"),
    ("spring: parameter", {"A.java": SPRING + '  @GetMapping("/{x}")\n  String x() {}\n}\n'}, "/health"),
    ("spring: class and method", {"A.java": '@RequestMapping("/api")\nclass A {\n  @GetMapping("/{x}")\n  String x() {}\n}\n'}, "/api/health"),
    ("spring: actuator", {"A.java": SPRING + "}\n", "pom.xml": "<artifactId>spring-boot-starter-actuator</artifactId>"}, "/actuator/health"),
]  # fmt: skip

NOT_SERVED = [
    ("flask", {"app.py": FLASK + '@app.get("/items/<int:i>")\ndef i(i): ...\n'}, "/health"),
    (
        "flask: blueprint elsewhere",
        {
            "app.py": FLASK + 'app.register_blueprint(bp, url_prefix="/api")\n',
            "a.py": 'from flask import Blueprint\nbp = Blueprint("a", __name__)\n@bp.get("/<what>")\ndef w(what): ...\n',
        },
        "/health",
    ),
    ("fastapi", {"main.py": FASTAPI + '@app.post("/items/{item}")\ndef i(item): ...\n'}, "/health"),
    (
        "fastapi: router with a prefix",
        {"main.py": FASTAPI + "app.include_router(r.router)\n", "r.py": 'from fastapi import APIRouter\nrouter = APIRouter(prefix="/r")\n@router.get("/{x}")\ndef x(x): ...\n'},
        "/health",
    ),
    ("django", {"urls.py": DJANGO + "    path('items/<int:i>/', views.i),\n    path('admin/', admin.site.urls),\n]\n"}, "/health/"),
    ("express", {"app.js": EXPRESS + "app.get('/items/:i', h)\napp.use(express.json())\napp.use('/api', helmet())\n"}, "/health"),
    (
        "express: mounted router of the project",
        {"app.js": EXPRESS + "app.use('/api', require('./api'))\n", "api.js": "const r = require('express').Router()\nr.get('/items/:i', h)\n"},
        "/api/health",
    ),
    ("fastify", {"app.js": FASTIFY + "app.register(r, { prefix: '/v1' })\n", "r.js": "export default async (fastify) => {\n  fastify.get('/a/:x', h)\n}\n"}, "/health"),
    ("hono", {"app.ts": HONO + "app.use('/api/*', cors())\napp.route('/b', b)\n", "b.ts": "import { Hono } from 'hono'\nexport const b = new Hono()\nb.get('/x/:id', h)\n"}, "/health"),
    ("koa", {"app.js": KOA + "router.get('/items/:i', h)\napp.use(router.routes())\n"}, "/health"),
    ("nest", {"a.ts": NEST + "@Controller('cats')\nclass A {\n  @Get('x/:x')\n  x() {}\n}\n"}, "/health"),
    ("next", {"package.json": PACKAGE, "app/page.tsx": "x", "app/blog/[slug]/page.tsx": "x"}, "/health"),
    ("express: package of the workspace", {"app.js": EXPRESS, "package.json": '{"workspaces": ["web"], "dependencies": {"web": "workspace:*"}}'}, "/health"),
    ("phoenix: assets", {"router.ex": PHOENIX + "end\n", "assets/package.json": '{"dependencies": {"phoenix": "file:../deps/phoenix"}}'}, "/health"),
    ("rails", {"config/routes.rb": RAILS + "  resources :posts\n  namespace :api do\n    root to: 'a#b'\n  end\nend\n"}, "/health"),
    ("sinatra", {"app.rb": SINATRA + 'get "/roll/:x" do\nend\n'}, "/health"),
    ("phoenix", {"router.ex": PHOENIX + '  resources "/posts", P\nend\n'}, "/health"),
    ("go", {"main.go": GO + '\tmux.HandleFunc("GET /{$}", f)\n\tmux.HandleFunc("/items/{id}", f)\n}\n'}, "/health"),
    ("gin", {"main.go": GIN + '\tg := r.Group("/api")\n\tg.GET("/items/:x", f)\n}\n'}, "/health"),
    ("echo", {"main.go": ECHO + '\te.GET("/items/:x", f)\n}\n'}, "/health"),
    ("chi", {"main.go": CHI + '\tr.Route("/api", func(r chi.Router) {\n\t\tr.Get("/items/{x}", f)\n\t})\n}\n'}, "/health"),
    ("axum", {"src/main.rs": AXUM + '        .route("/items/{x}", get(f))\n        .nest("/api", api())\n}\nfn api() -> Router { Router::new().route("/a", get(f)) }\n'}, "/api/health"),
    ("actix", {"src/main.rs": ACTIX + '#[get("/items/{x}")]\nasync fn x() {}\n'}, "/health"),
    ("laravel", {"routes/web.php": LARAVEL + "Route::resource('posts', X::class);\n"}, "/health"),
    ("nest: parameter below the controller", {"a.ts": NEST + "@Controller('cats')\nclass A {\n  @Get(':x')\n  x() {}\n}\n"}, "/health"),
    ("rails: parameter below a namespace", {"config/routes.rb": RAILS + '  namespace :api do\n    get ":x", to: "a#b"\n  end\nend\n'}, "/health"),
    ("phoenix: parameter below a scope", {"router.ex": PHOENIX + '  scope "/api", W do\n    pipe_through :api\n    get "/:x", X, :x\n  end\nend\n'}, "/health"),
    ("gin: parameter below a group", {"main.go": GIN + '\tg := r.Group("/api")\n\tg.GET("/:x", f)\n}\n'}, "/health"),
    ("chi: parameter below a route", {"main.go": CHI + '\tr.Route("/api", func(r chi.Router) {\n\t\tr.Get("/{x}", f)\n\t})\n}\n'}, "/health"),
    ("laravel: parameter below a prefix", {"routes/web.php": LARAVEL + "Route::prefix('v1')->group(function () {\n    Route::get('{x}', X::class);\n});\n"}, "/health"),
    ("spring: parameter below the class", {"A.java": '@RequestMapping("/api")\nclass A {\n  @GetMapping("/{x}")\n  String x() {}\n}\n'}, "/health"),
    ("hono: parameter of another app", {"app.ts": HONO + "app.route('/a/b', b)\n", "b.ts": "import { Hono } from 'hono'\nexport const b = new Hono()\nb.get('/:id', h)\n"}, "/a/health"),
    ("express: parameter of a mounted router", {"app.js": EXPRESS + "app.use('/api', require('./api'))\n", "api.js": "const r = require('express').Router()\nr.get('/:x', h)\n"}, "/health"),
    ("spring", {"A.java": SPRING + '  @GetMapping("/items/{x}")\n  String x() {}\n}\n'}, "/health"),
]  # fmt: skip

UNKNOWN = [
    ("a client", {"api.ts": "export const api = make()\napi.get('/items')\napi.post('/items/1', body)\n"}, "/health"),
    ("nothing", {"main.c": "int main() {}"}, "/health"),
    ("a test", {"tests/app.py": FLASK}, "/health"),
]

OBSTACLES = [
    ("flask", {"app.py": FLASK + '@app.route("/go")\ndef go():\n    return redirect("/x")\n'}, "/go", "redirects"),
    ("flask", {"app.py": FLASK + '@app.route("/go")\n@login_required\ndef go():\n    return "x"\n'}, "/go", "asks for a login"),
    ("flask", {"app.py": FLASK + '@login_required\n@app.route("/go")\ndef go():\n    return "x"\n'}, "/go", "asks for a login"),
    ("fastapi", {"a.py": FASTAPI + '@app.get("/go")\ndef go():\n    return RedirectResponse("/x")\n'}, "/go", "redirects"),
    ("fastapi", {"a.py": FASTAPI + '@app.get("/go")\ndef go(user: User = Depends(get_current_user)):\n    return 1\n'}, "/go", "asks for a login"),
    ("django", {"urls.py": DJANGO + "    path('go/', RedirectView.as_view(url='/x')),\n]\n"}, "/go/", "redirects"),
    ("django", {"urls.py": DJANGO + "    path('go/', login_required(views.go)),\n]\n"}, "/go/", "asks for a login"),
    ("django", {"urls.py": DJANGO + "    path('go/', views.go),\n]\n", "views.py": "@login_required\ndef go(request):\n    return 1\n"}, "/go/", "asks for a login"),
    ("express", {"a.js": EXPRESS + "app.get('/go', (req, res) => {\n  res.redirect('/x')\n})\n"}, "/go", "redirects"),
    ("express", {"a.js": EXPRESS + "app.get('/go', requireAuth, (req, res) => {\n  res.send('x')\n})\n"}, "/go", "asks for a login"),
    ("fastify", {"a.js": FASTIFY + "app.get('/go', { preHandler: app.authenticate }, h)\n"}, "/go", "asks for a login"),
    ("fastify", {"a.js": FASTIFY + "app.get('/go', async (r, reply) => reply.redirect('/x'))\n"}, "/go", "redirects"),
    ("hono", {"a.ts": HONO + "app.get('/go', (c) => c.redirect('/x'))\n"}, "/go", "redirects"),
    ("hono", {"a.ts": HONO + "app.get('/go', bearerAuth({ token }), h)\n"}, "/go", "asks for a login"),
    ("nest", {"a.ts": NEST + "@UseGuards(AuthGuard)\n@Get('go')\ngo() {}\n"}, "/go", "asks for a login"),
    ("next", {"package.json": PACKAGE, "app/go/page.tsx": "export default function P() {\n  redirect('/x')\n}\n"}, "/go", "redirects"),
    ("nuxt", {"package.json": '{"dependencies": {"nuxt": "3"}}', "nuxt.config.ts": "export default defineNuxtConfig({\n  routeRules: {\n    '/': { redirect: '/en' },\n  },\n})\n"}, "/", "redirects"),
    ("rails", {"config/routes.rb": RAILS + '  get "/go", to: redirect("/x")\nend\n'}, "/go", "redirects"),
    ("rails", {"config/routes.rb": RAILS + '  authenticate :user do\n    get "/go", to: "x#y"\n  end\nend\n'}, "/go", "asks for a login"),
    ("sinatra", {"a.rb": SINATRA + 'get "/go" do\n  redirect "/x"\nend\n'}, "/go", "redirects"),
    ("phoenix", {"router.ex": PHOENIX + '  scope "/", W do\n    pipe_through [:browser, :require_authenticated_user]\n    get "/go", X, :x\n  end\nend\n'}, "/go", "asks for a login"),
    ("go", {"main.go": GO + '\tmux.HandleFunc("/go", func(w http.ResponseWriter, r *http.Request) {\n\t\thttp.Redirect(w, r, "/x", 302)\n\t})\n}\n'}, "/go", "redirects"),
    ("go", {"main.go": GO + '\tmux.HandleFunc("/go", goTo)\n}\n\nfunc goTo(w http.ResponseWriter, r *http.Request) {\n\thttp.Redirect(w, r, "/x", 302)\n}\n'}, "/go", "redirects"),
    ("go", {"main.go": GO + '\tmux.Handle("/go", requireAuth(f))\n}\n'}, "/go", "asks for a login"),
    ("gin", {"main.go": GIN + '\tr.GET("/go", func(c *gin.Context) {\n\t\tc.Redirect(302, "/x")\n\t})\n}\n'}, "/go", "redirects"),
    ("gin", {"main.go": GIN + '\tr.GET("/go", AuthRequired(), f)\n}\n'}, "/go", "asks for a login"),
    ("echo", {"main.go": ECHO + '\te.GET("/go", func(c echo.Context) error { return c.Redirect(302, "/x") })\n}\n'}, "/go", "redirects"),
    ("chi", {"main.go": CHI + '\tr.With(jwtauth.Authenticator).Get("/go", f)\n}\n'}, "/go", "asks for a login"),
    ("axum", {"src/main.rs": AXUM + '        .route("/go", get(|| async { Redirect::to("/x") }))\n}\n'}, "/go", "redirects"),
    ("actix", {"src/main.rs": ACTIX + '#[get("/go")]\nasync fn go() -> impl Responder {\n    Redirect::to("/x")\n}\n'}, "/go", "redirects"),
    ("laravel", {"routes/web.php": LARAVEL + "Route::redirect('/go', '/x');\n"}, "/go", "redirects"),
    ("laravel", {"routes/web.php": LARAVEL + "Route::get('/go', fn () => redirect('/x'));\n"}, "/go", "redirects"),
    ("laravel", {"routes/web.php": LARAVEL + "Route::get('/go', X::class)->middleware('auth');\n"}, "/go", "asks for a login"),
    ("laravel", {"routes/web.php": LARAVEL + "Route::middleware('auth')->get('/go', X::class);\n"}, "/go", "asks for a login"),
    ("laravel", {"routes/web.php": LARAVEL + "Route::middleware(['auth'])->group(function () {\n    Route::get('/go', X::class);\n});\n"}, "/go", "asks for a login"),
    ("spring", {"A.java": SPRING + '  @GetMapping("/go")\n  String go() { return "redirect:/x"; }\n}\n'}, "/go", "redirects"),
    ("spring", {"A.java": SPRING + '  @PreAuthorize("hasRole(\'A\')")\n  @GetMapping("/go")\n  String go() { return "x"; }\n}\n'}, "/go", "asks for a login"),
]  # fmt: skip

NO_OBSTACLE = [
    ("flask", {"app.py": FLASK + '@app.route("/go")\ndef go():\n    if x:\n        return redirect("/x")\n    return "x"\n'}, "/go"),
    ("flask", {"app.py": FLASK + '@app.route("/go")\ndef go():\n    return "x"\n\n\n@app.route("/b")\n@login_required\ndef b(): ...\n'}, "/go"),
    ("express", {"a.js": EXPRESS + "app.get('/go', (req, res) => res.send('x'))\napp.get('/b', requireAuth, h)\n"}, "/go"),
    ("express", {"a.js": EXPRESS + "app.get('/go', (req, res) => {\n  res.send('x')\n})\n\nfunction f() {\n  res.redirect('/x')\n}\n"}, "/go"),
    ("laravel", {"routes/web.php": LARAVEL + "Route::middleware(['auth'])->group(function () {\n    Route::get('/b', X::class);\n});\nRoute::get('/go', X::class);\n"}, "/go"),
    ("phoenix", {"router.ex": PHOENIX + '  scope "/b", W do\n    pipe_through :require_authenticated_user\n    get "/b", X, :x\n  end\n  scope "/" do\n    pipe_through :api\n    get "/go", X, :x\n  end\nend\n'}, "/go"),
    ("rails", {"config/routes.rb": RAILS + '  authenticate :user do\n    get "/b", to: "x#y"\n  end\n  get "/go", to: "x#y"\nend\n'}, "/go"),
    ("go", {"main.go": GO + '\tmux.HandleFunc("/go", f)\n}\n\nfunc other() {\n\thttp.Redirect(w, r, "/x", 302)\n}\n'}, "/go"),
]  # fmt: skip


def ids(case: object) -> str | None:
    return case if isinstance(case, str) else ""


@pytest.mark.parametrize(("framework", "files", "path"), SERVED, ids=ids)
def test_may_be_served(framework: str, files: dict[str, str], path: str, tmp_path: Path) -> None:
    write(tmp_path, files)
    project = Project(str(tmp_path))
    assert routes(project).open or served(project, path) or mentioned(project, path)


@pytest.mark.parametrize(("framework", "files", "path"), NOT_SERVED, ids=ids)
def test_is_not_served(framework: str, files: dict[str, str], path: str, tmp_path: Path) -> None:
    write(tmp_path, files)
    project = Project(str(tmp_path))
    known = routes(project)
    assert (known.sure, known.open, served(project, path), mentioned(project, path)) == (True, "", False, False)


@pytest.mark.parametrize(("what", "files", "path"), UNKNOWN, ids=ids)
def test_says_nothing_about_routes(what: str, files: dict[str, str], path: str, tmp_path: Path) -> None:
    write(tmp_path, files)
    assert not routes(Project(str(tmp_path))).sure


@pytest.mark.parametrize(
    "rules",
    [
        "routeRules: { '/': { prerender: true }, '/old': { redirect: '/' } }",
        "routeRules: {\n    // '/': { redirect: '/en' },\n  }",
        "links: { '/': { redirect: '/en' } }",
    ],
)
def test_nuxt_does_not_redirect(rules: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "package.json": '{"dependencies": {"nuxt": "3"}}',
            "nuxt.config.ts": f"export default defineNuxtConfig({{\n  {rules}\n}})\n",
        },
    )
    assert route_for(Project(str(tmp_path)), "/") is None


@pytest.mark.parametrize(("framework", "files", "path", "why"), OBSTACLES, ids=ids)
def test_obstacle(framework: str, files: dict[str, str], path: str, why: str, tmp_path: Path) -> None:
    write(tmp_path, files)
    project = Project(str(tmp_path))
    route = route_for(project, path)
    assert route is not None
    assert obstacle(project, route) == why


@pytest.mark.parametrize(("framework", "files", "path"), NO_OBSTACLE, ids=ids)
def test_no_obstacle(framework: str, files: dict[str, str], path: str, tmp_path: Path) -> None:
    write(tmp_path, files)
    project = Project(str(tmp_path))
    route = route_for(project, path)
    assert route is not None
    assert obstacle(project, route) == ""


def test_many_checks_and_mounts_take_no_more_looks_at_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    look = Project.sources

    def counting(project: Project, *endings: str) -> Iterator[tuple[str, str]]:
        nonlocal looks
        looks += 1
        return look(project, *endings)

    monkeypatch.setattr(Project, "sources", counting)

    def count(times: int) -> int:
        nonlocal looks
        looks, folder = 0, tmp_path / str(times)
        lines = "app.get('/health', check)\n" + "".join(f"app.use('/p', r{n})\n" for n in range(times))
        check = '[[http_service.checks]]\npath = "/health"\n[[http_service.checks]]\npath = "/p/a"\n'
        toml = 'app = "x"\n[http_service]\ninternal_port = 8080\n' + check * times
        write(folder, {"fly.toml": toml, "Dockerfile": "FROM node\nCOPY . .\n", "app.js": EXPRESS + lines})
        assert not engine.check(
            Document(toml, str(folder / "fly.toml")), Settings(), project=Project(str(folder))
        ).failures
        return looks

    assert 0 < count(20) == count(2)


@pytest.mark.parametrize(
    ("known", "line"),
    [
        (True, "function users() {}"),
        (True, "import { items, users } from './users'"),
        (True, "const users = require('./users')"),
        (True, "const { users } = await import('./users')"),
        (True, "const users = express.Router()"),
        (False, "import users from 'users'"),
        (False, "import users from 'users'; import x from './x'"),
        (False, "const users = require('users')"),
        (False, "const users = 1\nconst other = express.Router()"),
    ],
)
def test_what_is_mounted_is_a_part_of_the_project(tmp_path: Path, known: bool, line: str) -> None:
    """Then its routes are known, and it serves no others."""
    write(tmp_path, {"app.js": EXPRESS + line + "\napp.use('/users', users)\n"})
    assert served(Project(str(tmp_path)), "/users/a") is not known
