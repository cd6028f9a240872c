"""The edge of the wire, on real sockets, with little patience: what comes late or stays away."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from orderwright.cli.serving import protocol
from orderwright.cli.serving.protocol import HttpsProtocol, Protocol

DEADLINE_S: Final = 10.0
HEAD: Final = b"GET / HTTP/1.1\r\nHost: t\r\n"
BODY: Final = b"POST /api/v2/orders HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n"
ASGI = Callable[[Scope, Receive, Send], Any]


class Impatient(Protocol):
    head_s = 0.1
    body_s = 0.2


class ImpatientHttps(HttpsProtocol):
    head_s = 0.1


class Application:
    """Answers with the length of what it was sent, and keeps what became of each request."""

    def __init__(self) -> None:
        self.heard: list[int | str] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.may_answer.wait()
        try:
            self.heard.append(len(await Request(scope, receive).body()))
        except ClientDisconnect:
            self.heard.append("gone")
            await PlainTextResponse("too late")(scope, receive, send)
            return
        await PlainTextResponse(f"{self.heard[-1]} bytes")(scope, receive, send)


class Connections:
    """Each as the server has it, in the order in which they came."""

    def __init__(self, app: ASGI, kind: type[Protocol], keep_alive_s: int) -> None:
        self._config = uvicorn.Config(
            app, http=kind, ws="none", lifespan="off", log_config=None, access_log=False
        )
        self._config.timeout_keep_alive = keep_alive_s
        self._kind = kind
        self.made: list[Protocol] = []
        self.port = 0

    def make(self) -> Protocol:
        self.made.append(self._kind(self._config, ServerState(), {}))
        return self.made[-1]


@asynccontextmanager
async def serving(
    app: ASGI, kind: type[Protocol] = Impatient, *, keep_alive_s: int = 75
) -> AsyncIterator[Connections]:
    connections = Connections(app, kind, keep_alive_s)
    server = await asyncio.get_running_loop().create_server(connections.make, "127.0.0.1", 0)
    connections.port = server.sockets[0].getsockname()[1]
    async with server, asyncio.timeout(DEADLINE_S):
        yield connections
        for each in connections.made:
            each.transport.close()


async def heard(port: int, *parts: bytes, pause_s: float = 0.0) -> bytes:
    """All that the server says until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(pause_s)
    try:
        return await reader.read()
    finally:
        writer.close()


def told(answer: bytes) -> tuple[int, dict[str, str], dict[str, Any]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    return (
        int(line.split()[1]),
        dict(each.split(": ", 1) for each in lines),
        json.loads(body),
    )


async def test_a_head_that_does_not_end_in_time_is_answered_and_cut() -> None:
    app = Application()

    async with serving(app) as server:
        status, headers, body = told(await heard(server.port, HEAD))

    assert status == 408
    assert body == {
        "error": "Request Timeout",
        "detail": "the request did not arrive in time",
        "code": "request_timeout",
        "correlation_id": headers["x-correlation-id"],
    }
    assert headers["connection"] == "close"
    assert headers["content-type"] == "application/json"
    assert headers["x-api-version"] == "1.0"
    assert headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in headers
    assert app.heard == []


async def test_a_head_that_drips_is_late_all_the_same() -> None:
    app = Application()

    async with serving(app) as server:
        answer = await heard(server.port, b"G", b"E", b"T", b" ", b"/", b" ", pause_s=0.04)

    assert told(answer)[0] == 408


async def test_a_body_that_stays_away_is_answered_in_form_and_its_request_is_over() -> None:
    app = Application()

    async with serving(app) as server:
        status, headers, body = told(await heard(server.port, BODY + b"\r\n", b"x"))

    assert (status, body["code"]) == (408, "request_timeout")
    assert headers["x-api-version"] == "2.0"
    assert headers["connection"] == "close"
    assert app.heard == ["gone"]


async def test_a_body_is_waited_for_while_it_comes_fast_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "BODY_BYTES_PER_S_MIN", 100)
    app = Application()
    parts = [BODY + b"Connection: close\r\n\r\n", *[b"x" * 20] * 5]

    async with serving(app) as server:
        answer = await heard(server.port, *parts, pause_s=0.08)

    assert answer.endswith(b"\r\n\r\n100 bytes")
    assert app.heard == [100]


async def test_a_problem_is_told_as_such_to_whom_asked_for_it_before_the_body() -> None:
    accept = b"Accept: application/problem+json\r\n"

    async with serving(Application()) as server:
        _, headers, body = told(await heard(server.port, BODY + accept + b"\r\n"))

    assert headers["content-type"] == "application/problem+json"
    assert (body["type"], body["status"]) == ("urn:orderwright:error:request_timeout", 408)


async def test_in_production_a_refusal_of_the_wire_insists_on_https_too() -> None:
    async with serving(Application(), ImpatientHttps) as server:
        for sent in (HEAD, b"NONSENSE\r\n\r\n"):
            _, headers, _ = told(await heard(server.port, sent))
            assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_after_the_answer_a_body_that_stays_away_is_cut() -> None:
    async def answers_at_once(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("no")(scope, receive, send)

    async with serving(answers_at_once) as server:
        answer = await heard(server.port, BODY + b"\r\n", b"x")

    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.endswith(b"\r\n\r\nno")


async def test_who_waits_for_the_server_is_not_late() -> None:
    app = Application()
    app.may_answer.clear()

    async with serving(app) as server:
        expects = BODY + b"Expect: 100-continue\r\nConnection: close\r\n\r\n"
        waiting = asyncio.create_task(heard(server.port, expects))
        half = asyncio.create_task(heard(server.port, HEAD + b"\r\n" + HEAD))
        await asyncio.sleep(3 * Impatient.body_s)
        assert not waiting.done()
        app.may_answer.set()
        assert (await waiting).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 408 ")
        answer = await half

    first, second = answer.split(b"HTTP/1.1 ")[1:]
    assert first.startswith(b"200 OK")
    assert first.endswith(b"\r\n\r\n0 bytes")
    assert second.startswith(b"408 Request Timeout")


async def test_a_refusal_waits_for_the_answers_before_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = Application()

    async with serving(app) as server:
        answer = await heard(server.port, (HEAD + b"\r\n") * 2 + b"NONSENSE\r\n\r\n")
        half = await heard(server.port, HEAD + b"\r\n" + BODY.replace(b"100", b"-4") + b"\r\n")
        chunk = BODY.replace(b"Content-Length: 100", b"Transfer-Encoding: chunked")
        bad = await heard(server.port, HEAD + b"\r\n" + chunk + b"\r\nzz\r\n")

    assert [each[:3] for each in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"400"]
    assert [each[:3] for each in half.split(b"HTTP/1.1 ")[1:]] == [b"200", b"400"]
    assert [each[:3] for each in bad.split(b"HTTP/1.1 ")[1:]] == [b"200", b"400"]
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("sent", [b"", b"\r\n", HEAD + b"\r\n"])
async def test_an_idle_connection_is_closed_without_a_word_whatever_it_began_with(
    sent: bytes,
) -> None:
    async with serving(Application(), keep_alive_s=1) as server:
        answer = await heard(server.port, sent)

    assert answer.count(b"HTTP/1.1 ") == (1 if sent == HEAD + b"\r\n" else 0)


@pytest.mark.parametrize("sent", [b"", HEAD, BODY + b"\r\n", HEAD + b"\r\n"])
async def test_no_timer_outlives_its_connection(sent: bytes) -> None:
    async with serving(Application(), Protocol) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(sent)
        await asyncio.sleep(0.05)
        (connection,) = server.made
        timers = [connection._deadline, connection.timeout_keep_alive_task]
        writer.close()
        await writer.wait_closed()
        await asyncio.sleep(0.05)

    assert sum(each is not None for each in timers) == 1
    assert all(each is None or each.cancelled() for each in timers)
    assert connection._deadline is None
    assert connection.timeout_keep_alive_task is None


async def test_what_arrives_whole_needs_no_timer() -> None:
    watched = []

    class Watched(Impatient):
        def _begin_to_wait(self) -> None:
            watched.append(self._in_body)
            super()._begin_to_wait()

    async with serving(Application(), Watched) as server:
        whole = BODY + b"Connection: close\r\n\r\n" + b"x" * 100
        assert (await heard(server.port, HEAD + b"\r\n" + whole)).endswith(b"100 bytes")
        assert watched == []
        parts = [HEAD[:9], HEAD[9:] + b"\r\n" + BODY, b"Connection: close\r\n\r\n", b"x" * 100]
        assert (await heard(server.port, *parts, pause_s=0.02)).endswith(b"100 bytes")

    assert watched == [False, False, True]
