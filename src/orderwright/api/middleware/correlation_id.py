import re
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from orderwright.api.raw_headers import header

CORRELATION_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")


class CorrelationId:
    """One id for all that a request causes: the client's own, if it is a decent one."""

    def __init__(self, app: ASGIApp, new_id: Callable[[], str]) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        offered = header(scope, b"x-correlation-id") or ""
        correlation_id = offered if CORRELATION_ID.fullmatch(offered) else self._new_id()
        # A dictionary of this request's own, to which those inside add who is asking.
        scope["state"] = {**scope.get("state", {}), "correlation_id": correlation_id}
        bound = bind_contextvars(correlation_id=correlation_id)
        try:
            await self._app(scope, receive, send)
        finally:
            reset_contextvars(**bound)
