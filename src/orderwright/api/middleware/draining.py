from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from orderwright.api.problems import Problem, response_to

# By then a proxy has noticed, or the next process has started.
DRAINED_IN_S: Final = 2


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
