"""Texts of every style, whole ones, for tests that look at any place of them."""

from __future__ import annotations

import re

from tests.conftest import ROOT

PAGES = sorted((ROOT / "docs" / "rules").glob("*.md"))
EXAMPLES = [text for page in PAGES for text in re.findall(r"```toml.*?\n(.*?)```", page.read_text("utf-8"), re.DOTALL)]
"""The examples of the rule pages, good and bad ones."""

STYLES = (
    'http_service = { internal_port = 80, concurrency = { type = "requests" }, checks = [{ path = "/" }, {}] }\n',
    'http_service.internal_port = 80\nhttp_service.concurrency.type = "requests"\n\nvm = [{ size = "a10" }, { }]\n',
    'vm = [\n  { size = "shared-cpu-1x" }, # small\n  {\n    memory = "1gb",\n  },\n]\n',
    '"app" = \'x\'\nkill_signal = """SIGINT"""\n\n[ "http_service" ]\n\n[ http_service . concurrency ]\n\ntype = "x"\n',
    "[http_service.concurrency]\n\n[http_service]\n\n[[services.ports]]\n\n",
    "[services]\n\n[services.concurrency]\n\n[mounts]\nprocesses = [ 'app' , ]\n\n[vm]\n",
    "[[services]]\n\n[[services.ports]]\n\n[[services]]\nconcurrency = { }\n\n",
    'app = "x"\r\n\r\n[checks.name]\r\ntype = "tcp"\r\n\r\n[env]\r\n',
    "[checks.name]\n\n[checks.name2]\n\n[checks.alive]\n\n",
)
