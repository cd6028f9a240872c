import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class AccessLog:
    """One line a request, when it is over."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        # Bound once: a logger that is looked up by each request costs more than the line.
        self._log = structlog.get_logger(__name__).bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status: int | None = None

        async def send_and_see(message: Message) -> None:
            nonlocal status
            await send(message)
            if message["type"] == "http.response.start":
                status = message["status"]

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            self._log.info(
                "request.finished",
                method=scope["method"],
                route=getattr(scope.get("route"), "path", "unmatched"),
                status=status,  # None when there was none, or it could not be sent
                duration_ms=round((time.perf_counter() - begun) * 1000, 3),
                user=scope["state"].get("actor"),
            )
