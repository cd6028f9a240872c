from collections.abc import Callable
from contextlib import AbstractContextManager

from starlette.types import ASGIApp, Receive, Scope, Send


class Deadline:
    """What a request calls elsewhere has only as long as whoever asked will wait for its answer."""

    def __init__(
        self, app: ASGIApp, *, passing_on: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._app = app
        self._passing_on = passing_on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._passing_on():
            await self._app(scope, receive, send)
