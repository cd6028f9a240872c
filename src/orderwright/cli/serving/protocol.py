"""What never becomes a request still gets an answer in the form that every error has."""

from __future__ import annotations

import json
from typing import Final
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from orderwright.api.middleware.standard_headers import DATA_POLICY, FIXED_HEADERS
from orderwright.api.problems import Problem
from orderwright.api.versions import API_VERSION

# Ours have some hundred; what proxies pass on is a quarter of this.
HEAD_BYTES_MAX: Final = 64 * 1024
# How long a refused client may go on sending, unheard.
LINGER_S: Final = 1.0
MALFORMED = Problem(status=400, code="malformed_request", detail="the request is not valid HTTP")


class Protocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, but for the refusal of what is no HTTP, and of a head without end:
    what a client may make the server hold is bounded before anything can be asked."""

    _is_refused = False
    _in_head = False
    _received = 0
    _parsed = 0

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        super().data_received(data)
        if self._in_head and not self._is_refused:  # still, after all of this
            self._received += len(data)
            if self._received > HEAD_BYTES_MAX:
                self.send_400_response("the head of the request is too large")

    def on_message_begin(self) -> None:
        self._in_head = True
        self._received = self._parsed = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._parsed += len(name) + len(value)
        if self._parsed > HEAD_BYTES_MAX:
            raise ValueError("the head of the request is too large")  # ends the parsing
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the signature is fixed
        correlation_id = uuid4().hex
        body = json.dumps(MALFORMED.members(correlation_id)).encode()
        headers = {
            **FIXED_HEADERS,
            "x-api-version": API_VERSION,
            "x-correlation-id": correlation_id,
            "content-security-policy": DATA_POLICY,
            "content-type": "application/json",
            "content-length": str(len(body)),
            "connection": "close",
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{lines}\r\n".encode() + body)
        self._hang_up()

    def _hang_up(self) -> None:
        """Closed with bytes unread, a connection is reset, and the answer lost with it."""
        self._is_refused = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER_S, self.transport.close)
