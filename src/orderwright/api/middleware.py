"""What happens to every request, whatever becomes of it. Pure ASGI, outermost first: see `install`."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Final

import structlog
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from orderwright.api.problems import Problem, correlation_id_of, refuse, response_to
from orderwright.api.versions import API_VERSION

CORRELATION_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
# Pages for people need their scripts; everything else is data.
DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY: Final = "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
PAGES: Final = frozenset({"/docs"})
FIXED_HEADERS: Final = {
    "x-api-version": API_VERSION,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
ONE_YEAR_S: Final = 31_536_000
# By then a proxy has noticed, or the next process has started.
DRAINED_IN_S: Final = 2

log = structlog.get_logger(__name__)


def install(
    app: FastAPI,
    *,
    new_id: Callable[[], str],
    is_draining: Callable[[], bool],
    max_body_bytes: int,
    only_https: bool,
) -> None:
    # The last one added sees a request first.
    app.add_middleware(BodyLimit, max_bytes=max_body_bytes)
    app.add_middleware(Draining, is_draining=is_draining)
    app.add_middleware(LastResort)
    app.add_middleware(ResponseHeaders, only_https=only_https)
    app.add_middleware(AccessLog)
    app.add_middleware(CorrelationId, new_id=new_id)


class CorrelationId:
    """One id for all that a request causes: the client's own, if it is a decent one."""

    def __init__(self, app: ASGIApp, new_id: Callable[[], str]) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        offered = Headers(scope=scope).get("x-correlation-id", "")
        correlation_id = offered if CORRELATION_ID.fullmatch(offered) else self._new_id()
        # A dictionary of this request's own, to which those inside add who is asking.
        scope["state"] = {**scope.get("state", {}), "correlation_id": correlation_id}
        with bound_contextvars(correlation_id=correlation_id):
            await self._app(scope, receive, send)


class AccessLog:
    """One line a request, when it is over."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status: int | None = None

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            log.info(
                "request.finished",
                method=scope["method"],
                route=getattr(scope.get("route"), "path", "unmatched"),
                status=status,  # None when the client went away before there was one
                duration_ms=round((time.perf_counter() - begun) * 1000, 3),
                user=scope["state"].get("actor"),
            )


class ResponseHeaders:
    """What every response says beside its own: version, correlation, and how to treat it."""

    def __init__(self, app: ASGIApp, *, only_https: bool) -> None:
        self._app = app
        self._fixed = dict(FIXED_HEADERS)
        if only_https:
            self._fixed["strict-transport-security"] = f"max-age={ONE_YEAR_S}; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers_for(scope).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _headers_for(self, scope: Scope) -> Mapping[str, str]:
        return self._fixed | {
            "x-correlation-id": correlation_id_of(scope) or "",
            "content-security-policy": PAGE_POLICY if scope["path"] in PAGES else DATA_POLICY,
        }


class LastResort:
    """What nobody foresaw is logged once with its trace; the client learns nothing of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_and_see(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        except Exception:
            if started:
                raise  # too late for another answer: the server cuts the connection, and logs it
            log.exception("request.failed", method=scope["method"])
            problem = Problem(
                status=500, code="internal_error", detail="something went wrong on our side"
            )
            await response_to(Request(scope), problem)(scope, receive, send)


class Draining:
    """Once the service drains nothing new gets in; only the health checks still answer."""

    def __init__(self, app: ASGIApp, *, is_draining: Callable[[], bool]) -> None:
        self._app = app
        self._is_draining = is_draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._is_draining() or _asks_for_health(scope):
            await self._app(scope, receive, send)
            return
        problem = Problem(
            status=503,
            code="draining",
            detail="this server is about to stop; another one will take the request",
            facts={"retryable": True},
            headers={"retry-after": str(DRAINED_IN_S), "connection": "close"},
        )
        await response_to(Request(scope), problem)(scope, receive, send)


def _asks_for_health(scope: Scope) -> bool:
    return str(scope["path"]).startswith("/health/")


class BodyLimit:
    """Refuses a body by the length it claims, or at the chunk with which it gets too long."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        claimed = Headers(scope=scope).get("content-length", "")
        received = 0

        async def receive_up_to_the_limit() -> Message:
            nonlocal received
            self._check(int(claimed) if claimed.isdecimal() else 0)
            message = await receive()
            received += len(message.get("body", b""))
            self._check(received)
            return message

        await self._app(scope, receive_up_to_the_limit, send)

    def _check(self, length: int) -> None:
        if length > self._max_bytes:
            limit = self._max_bytes
            raise refuse(
                413,
                "payload_too_large",
                f"the request body has more than {limit} bytes",
                max_bytes=limit,
            )
