"""The panel as a web application: four files, a stream of news, and one endpoint for actions.

    GET  /TOKEN/            the page, and its style and scripts beside it
    GET  /TOKEN/events      server-sent events: what has changed
    POST /TOKEN/do          {"do": VERB, ...} as in the control protocol

Only this machine can reach it, and only who knows the token. A page of another origin can send
requests, too, from the user's own browser: so Host and Origin must be ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .hub import Hub

STATIC = Path(__file__).parent / "static"
FILES = {
    "": ("index.html", "text/html; charset=utf-8"),
    "panel.css": ("panel.css", "text/css; charset=utf-8"),
    "panel.js": ("panel.js", "text/javascript; charset=utf-8"),
    "add.js": ("add.js", "text/javascript; charset=utf-8"),
}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src data:; frame-ancestors 'none'; "
    "base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
VERBS = frozenset(
    {"list", "insert", "eject", "swap", "press", "pin", "touch", "phone"}
    | {"plug", "unplug", "add", "remove", "fault", "catalogue"}
)
PAUSE_S = 0.05
"""Shortest interval between news for a browser, in seconds."""
ALIVE_S = 15.0
"""A browser that hears nothing else hears a comment, so that a dead one is found out."""
LONGEST_BODY = 1 << 16


class Gate:
    """Lets in only requests for our own address that know the token."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app = app
        self.token = token
        self.hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            return
        refusal = self._refusal(Request(scope))
        if refusal:
            response = PlainTextResponse(refusal, 403, headers=HEADERS)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _refusal(self, request: Request) -> str:
        if request.headers.get("host") not in self.hosts:
            return "wrong Host"
        origin = request.headers.get("origin")
        if origin is not None and origin not in {f"http://{host}" for host in self.hosts}:
            return "wrong Origin"
        token = request.scope["path"].removeprefix("/").partition("/")[0]
        if not hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode()):
            return "wrong token"
        return ""


def application(hub: Hub, token: str, port: int) -> ASGIApp:
    """The panel of a hub, for those who know the token."""

    async def events(_: Request) -> Response:
        return StreamingResponse(
            news(hub),
            media_type="text/event-stream",
            headers={**HEADERS, "X-Accel-Buffering": "no"},
        )

    async def do(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return _told({"error": "not a request"}, 400)
        verb = body.pop("do", None)
        if not isinstance(verb, str) or verb not in VERBS:
            return _told({"error": f"cannot do {verb!r}"}, 400)
        try:
            result = await asyncio.to_thread(hub.do, verb, **body)
        except Exception as error:  # the client gets any error as text
            return _told({"error": str(error) or type(error).__name__})
        await asyncio.to_thread(hub.refresh)
        return _told({"result": result})

    routes = [
        *(Route(f"/{token}/{name}", _file(name)) for name in FILES),
        Route(f"/{token}/events", events),
        Route(f"/{token}/do", do, methods=["POST"]),
    ]
    return Gate(Starlette(routes=routes), token, port)


def _told(answer: dict[str, Any], status: int = 200) -> Response:
    """An answer as JSON in ASCII, since half a character of a user's text is none in UTF-8."""
    return Response(json.dumps(answer), status, HEADERS, "application/json")


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    file, media_type = FILES[name]

    async def respond(_: Request) -> Response:
        return Response((STATIC / file).read_bytes(), media_type=media_type, headers=HEADERS)

    return respond


async def _body(request: Request) -> dict[str, object] | None:
    """The request's object; None if it has none, or one that is too large or no JSON."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return None
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LONGEST_BODY:
            return None
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) and all(key.isidentifier() for key in body) else None


async def news(hub: Hub) -> AsyncIterator[str]:
    """Yield changes as server-sent events, until the world ends or the browser goes."""
    loop, stirred = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: there are no viewers any more
            loop.call_soon_threadsafe(stirred.set)

    viewer = hub.look(wake)
    try:
        while True:
            found = viewer.news()
            yield (
                f"data: {json.dumps(found, separators=(',', ':'))}\n\n" if found else ": alive\n\n"
            )
            if "ended" in found:
                return
            await asyncio.sleep(PAUSE_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stirred.wait(), ALIVE_S)
            stirred.clear()
    finally:
        hub.leave(viewer)
