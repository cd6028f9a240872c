from typing import Final

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orderwright.api.problems import Problem, response_to

log = structlog.get_logger(__name__)

INTERNAL_ERROR: Final = Problem(
    status=500, code="internal_error", detail="something went wrong on our side"
)


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
            await response_to(Request(scope), INTERNAL_ERROR)(scope, receive, send)
