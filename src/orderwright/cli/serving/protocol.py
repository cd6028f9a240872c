"""What never becomes a request still gets an answer in the form that every error has."""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle
from typing import Any, ClassVar, Final
from uuid import uuid4

from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from orderwright.api.middleware.standard_headers import DATA_POLICY, FIXED_HEADERS, HSTS
from orderwright.api.problems import Problem, answer_to, correlation_id_of
from orderwright.api.versions import API_VERSION, version_of

# Ours have some hundred; what proxies pass on is a quarter of this.
HEAD_BYTES_MAX: Final = 64 * 1024
# A head fits into a few packets: even a lost one is sent again by then.
HEAD_S: Final = 5.0
# A body of the largest size in this time is 35 KB/s, which bad mobile networks reach...
BODY_S: Final = 30.0
# ...and who sends more than that may take longer, but not by dripping.
BODY_BYTES_PER_S_MIN: Final = 16 * 1024
# How long a refused client may go on sending, unheard.
LINGER_S: Final = 1.0
NOT_HTTP: Final = "the request is not valid HTTP"
LATE = Problem(status=408, code="request_timeout", detail="the request did not arrive in time")


class Protocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, but for the refusal of what is no HTTP or can be read in two ways,
    and of what has no end: what a client may make the server hold, and for how long, is bounded
    before anything can be asked."""

    only_https: ClassVar[bool] = False
    head_s: ClassVar[float] = HEAD_S
    body_s: ClassVar[float] = BODY_S

    cycle: Any  # of the request that came last; None before the first
    scope: Any

    _is_refused = False
    _refusal: Problem | None = None  # waits for the answers before it
    _fault = NOT_HTTP
    _in_head = False
    _in_body = False
    _received = 0
    _parsed = 0
    _messages = 0
    _watched: tuple[int, bool] | None = None  # which message, and whether its body
    _deadline: TimerHandle | None = None
    _since = 0.0
    _body_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_idly()  # nobody has to be silent after an answer to be idle

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        super().data_received(data)
        if self._in_head:  # still, after all of this
            self._received += len(data)
            if self._received > HEAD_BYTES_MAX:
                self.send_400_response("the head of the request is too large")
        self._watch()

    def on_message_begin(self) -> None:
        self._in_head = True
        self._messages += 1
        self._received = self._parsed = self._body_bytes = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._parsed += len(name) + len(value)
        if self._parsed > HEAD_BYTES_MAX:
            raise ValueError("the head of the request is too large")  # ends the parsing
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        fault = _fault_of_framing(self.headers, self.parser.get_http_version())
        if fault is not None:
            self._fault = fault
            raise ValueError(fault)  # ends the parsing
        super().on_headers_complete()
        self._in_head = False
        self._in_body = True

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        was_last = not self.pipeline
        super().on_response_complete()
        if self._refusal is not None and was_last:
            self._unset_keepalive_if_required()
            self._tell(self._refusal)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the signature is fixed
        self._refuse(Problem(status=400, code="malformed_request", detail=self._fault))

    # Deadlines

    def _watch(self) -> None:
        """A timer only for what did not arrive whole with its first bytes."""
        if self._is_refused:
            return
        if not (self._in_head or self._in_body):
            self._stop_watching()
            if not self._is_answering():
                self._wait_idly()
            return
        part = (self._messages, self._in_body)
        if part != self._watched:
            self._stop_watching()
            self._watched = part
            self._begin_to_wait()

    def _begin_to_wait(self) -> None:
        self._since = self.loop.time()
        after_s = self.body_s if self._in_body else self.head_s
        self._deadline = self.loop.call_later(after_s, self._on_deadline)

    def _on_deadline(self) -> None:
        if self.transport.is_closing():
            return
        if self._is_ours_to_go_on():
            self._begin_to_wait()
            return
        ends_at = self._since + self.body_s + self._body_bytes / BODY_BYTES_PER_S_MIN
        if self._in_body and ends_at > self.loop.time():
            self._deadline = self.loop.call_at(ends_at, self._on_deadline)
            return
        self._refuse(LATE)

    def _is_ours_to_go_on(self) -> bool:
        """Whether the client waits for us: for the answer before this one, or to be read."""
        if self._in_head:
            return self._is_answering()
        return self.flow.read_paused or self.cycle.waiting_for_100_continue

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _stop_watching(self) -> None:
        self._watched = None
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _wait_idly(self) -> None:
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    # Refusals

    def _refuse(self, problem: Problem) -> None:
        """Hear nothing more; say why in its turn, or nothing where the answer has begun."""
        if self._is_refused:
            return
        self._is_refused = True
        self._stop_watching()
        if self._in_body:
            self._refuse_the_body(problem)
        elif self._is_answering():
            self._refusal = problem
        else:
            self._tell(problem)

    def _refuse_the_body(self, problem: Problem) -> None:
        if self.pipeline:  # its request has not even begun
            self.pipeline.popleft()
            self._refusal = problem
            return
        has_begun = self.cycle.response_started
        self.cycle.disconnected = True  # whoever still reads it is told so, and is not heard
        self.cycle.message_event.set()
        if has_begun:
            self.transport.close()
        else:
            self._tell(problem)

    def _tell(self, problem: Problem) -> None:
        if self.transport.is_closing():
            return
        is_known = self._in_head or self._in_body  # whose request it is
        correlation_id = (correlation_id_of(self.scope) if is_known else None) or uuid4().hex
        asked = {
            "type": "http",
            "headers": self.headers if is_known else [],
            "state": {"correlation_id": correlation_id},
        }
        answer = answer_to(Request(asked), problem)
        headers = {
            **FIXED_HEADERS,
            **(HSTS if self.only_https else {}),
            "x-api-version": version_of(self.scope["path"]).number
            if self._in_body
            else API_VERSION,
            "x-correlation-id": correlation_id,
            "content-security-policy": DATA_POLICY,
            **answer.headers,
            "content-length": str(len(answer.body)),
            "connection": "close",
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = STATUS_LINE[answer.status] + f"{lines}\r\n".encode()
        self.transport.write(head + answer.body)
        self._hang_up()

    def _hang_up(self) -> None:
        """Closed with bytes unread, a connection is reset, and the answer lost with it."""
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER_S, self.transport.close)


class HttpsProtocol(Protocol):
    """As it is spoken behind a proxy that speaks HTTPS."""

    only_https = True


def _fault_of_framing(headers: list[tuple[bytes, bytes]], http_version: str) -> str | None:
    """What two readers could take for two different requests (RFC 9112, 3.2 and 6.1)."""
    hosts = lengths = 0
    codings: list[bytes] = []
    for name, value in headers:
        if name == b"host":
            hosts += 1
        elif name == b"content-length":
            lengths += 1
        elif name == b"transfer-encoding":
            codings.append(value)
    if hosts > 1 or (hosts == 0 and http_version == "1.1"):
        return "a request has exactly one Host header"
    if not codings:
        return None
    if lengths or http_version != "1.1":
        return "a request has either Content-Length or, in HTTP/1.1, Transfer-Encoding"
    if [coding.strip().lower() for coding in codings] != [b"chunked"]:
        return "Transfer-Encoding can only be chunked"
    return None
