from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final

_END_OF_HEAD: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_STATUS: Final = slice(9, 12)  # HTTP/1.1 201 Created
_WITHOUT_BODY: Final = (b"204", b"304")

OnAnswer = Callable[["Connection", int, bytes], None]
OnLoss = Callable[["Connection"], None]


class NotUnderstood(Exception):
    """An answer has neither a length nor a status that needs none."""


class Connection(asyncio.Protocol):
    """Kept alive; one request at a time. It reads no more of an answer than it must."""

    def __init__(self, on_answer: OnAnswer, on_loss: OnLoss) -> None:
        self._on_answer = on_answer
        self._on_loss = on_loss
        self._received = b""
        self._complete_at = 0
        self._body_at = 0
        self._transport: asyncio.Transport
        self.asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def ask(self, request: bytes, at: float) -> None:
        self.asked_at = at
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received = self._received + data if self._received else data
        if not self._complete_at and not self._read_head(received):
            return
        if len(received) < self._complete_at:
            return
        body = received[self._body_at : self._complete_at]
        self._received, self._complete_at = b"", 0
        self._on_answer(self, int(received[_STATUS]), body)

    def connection_lost(self, _error: Exception | None) -> None:
        self._on_loss(self)

    def close(self) -> None:
        self._on_loss = _is_no_loss
        self._transport.close()

    def _read_head(self, received: bytes) -> bool:
        end = received.find(_END_OF_HEAD)
        if end < 0:
            return False
        self._body_at = end + len(_END_OF_HEAD)
        length = _LENGTH.search(received, 0, self._body_at)
        if length is None and received[_STATUS] not in _WITHOUT_BODY:
            raise NotUnderstood(received[: self._body_at])
        self._complete_at = self._body_at + (int(length[1]) if length else 0)
        return True


def _is_no_loss(_connection: Connection) -> None:
    pass
