from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orderwright.api.problems import refuse
from orderwright.api.raw_headers import header


class BodyLimit:
    """Refuses a body by the length it claims, or at the chunk with which it gets too long."""

    def __init__(self, app: ASGIApp, *, max_bytes_of: Callable[[Scope], int]) -> None:
        self._app = app
        self._max_bytes_of = max_bytes_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        claimed = header(scope, b"content-length") or ""
        limit = self._max_bytes_of(scope)
        received = 0

        async def receive_up_to_the_limit() -> Message:
            nonlocal received
            _check(int(claimed) if claimed.isdecimal() else 0, limit)
            message = await receive()
            received += len(message.get("body", b""))
            _check(received, limit)
            return message

        await self._app(scope, receive_up_to_the_limit, send)


def _check(length: int, limit: int) -> None:
    if length > limit:
        raise refuse(
            413,
            "payload_too_large",
            f"the request body has more than {limit} bytes",
            max_bytes=limit,
        )
