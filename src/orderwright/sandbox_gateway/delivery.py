"""How an answer gets to the caller, or does not."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from orderwright.sandbox_gateway.answers import Answer

_TRANSPORT: Final = "sandbox_gateway.transport"
# Linger for zero seconds: a close is then a reset.
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class Connection(HttpToolsProtocol):
    """HTTP as uvicorn speaks it; the application may lay hands on the connection itself."""

    scope: Any

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[_TRANSPORT] = self.transport


class Once(Response):
    media_type = "application/json"

    def __init__(self, answer: Answer, headers: dict[str, str] | None = None) -> None:
        super().__init__(answer.body, answer.status, headers)


class Twice(Once):
    """Two answers to one request: the second stays in the connection, for whoever uses it next."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_TRANSPORT].write(self._whole())
        await super().__call__(scope, receive, send)

    def _whole(self) -> bytes:
        phrase = HTTPStatus(self.status_code).phrase
        lines = [f"HTTP/1.1 {self.status_code} {phrase}".encode()]
        lines += [name + b": " + value for name, value in self.raw_headers]
        return b"\r\n".join([*lines, b"", bytes(self.body)])


class Unanswered(Response):
    """Silence for a while, then a closed or a reset connection."""

    def __init__(self, *, hold_s: float = 0.0, reset: bool = False) -> None:
        super().__init__()
        self._hold_s = hold_s
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._hold_s):
                await _gone(receive)
        transport: asyncio.Transport = scope[_TRANSPORT]
        if self._reset:
            connection: socket.socket = transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
        await _gone(receive)  # else the server would answer in our place


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
