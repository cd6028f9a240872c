"""A client whom no server can make wait, read or remember more than it was told."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest

from orderwright.infrastructure.resilience.bounded_client import BoundedClient, ClientLimits
from orderwright.infrastructure.resilience.deadline import within
from orderwright.infrastructure.resilience.failures import (
    AnswerTooLarge,
    Busy,
    NotSent,
    OutcomeUnknown,
)

KIB = 1024


class Server:
    """Reads a request and sends back whatever the test wants, or hangs until it may go on."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply
        self.requests: list[bytes] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            await self.may_answer.wait()
            writer.write(self.reply)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone: that is what some tests want
        finally:
            writer.close()

    async def until_asked(self, times: int) -> None:
        async with asyncio.timeout(5):
            while len(self.requests) < times:
                await asyncio.sleep(0.001)


def reply(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "Connection: close"]
    return "\r\n".join([*head, "", ""]).encode() + body


@asynccontextmanager
async def serving(reply: bytes) -> AsyncIterator[Server]:
    server = Server(reply)
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    async with listener:
        server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        yield server
        server.may_answer.set()


def failing(error: Callable[[httpx2.Request], Exception]) -> httpx2.AsyncBaseTransport:
    def handle(request: httpx2.Request) -> httpx2.Response:
        raise error(request)

    return httpx2.MockTransport(handle)


async def test_an_answer_is_read_to_its_end() -> None:
    created = reply(b'{"id": 7}', "X-Request: r-1", status="201 Created")
    async with serving(created) as server, BoundedClient(ClientLimits()) as client:
        answer = await client.send("POST", server.url, json={"amount": "1.00"})

    assert (answer.status, answer.headers["x-request"], answer.json()) == (201, "r-1", {"id": 7})


async def test_redirects_are_not_followed_and_cookies_not_kept() -> None:
    elsewhere = reply(b"", "Location: /elsewhere", "Set-Cookie: a=b", status="302 Found")
    async with serving(elsewhere) as server, BoundedClient(ClientLimits()) as client:
        answers = [await client.send("GET", server.url) for _ in range(2)]

    assert [answer.status for answer in answers] == [302, 302]
    assert len(server.requests) == 2
    assert b"cookie" not in server.requests[1].lower()


@pytest.mark.parametrize(
    "endless",
    [
        reply(b"x" * (64 * KIB + 1)),
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 256 * KIB,
        reply(gzip.compress(bytes(20 * KIB * KIB)), "Content-Encoding: gzip"),
        reply(
            gzip.compress(gzip.compress(bytes(20 * KIB * KIB))),
            "Content-Encoding: gzip, gzip",
        ),
    ],
    ids=["too long", "without an end", "a bomb", "a bomb in a bomb"],
)
async def test_an_answer_that_is_too_large_is_cut_off(endless: bytes) -> None:
    limits = ClientLimits(answer_bytes_max=64 * KIB)
    async with serving(endless) as server, BoundedClient(limits) as client:
        with pytest.raises(AnswerTooLarge, match="more than 65536 bytes"):
            await client.send("GET", server.url)


async def test_an_answer_as_large_as_allowed_is_read() -> None:
    limits = ClientLimits(answer_bytes_max=64 * KIB)
    packed = reply(gzip.compress(bytes(64 * KIB)), "Content-Encoding: gzip")
    async with serving(packed) as server, BoundedClient(limits) as client:
        assert (await client.send("GET", server.url)).body == bytes(64 * KIB)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        async with BoundedClient(ClientLimits()) as client:
            with pytest.raises(NotSent, match="ConnectError"):
                await client.send("POST", f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(
    "torn",
    [b"", b"HTTP/1.1 200", b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{", b"?!\r\n\r\n"],
)
async def test_after_an_answer_that_is_torn_the_outcome_is_unknown(torn: bytes) -> None:
    async with serving(torn) as server, BoundedClient(ClientLimits()) as client:
        with pytest.raises(OutcomeUnknown):
            await client.send("POST", server.url)


async def test_an_answer_that_cannot_be_decoded_leaves_the_outcome_unknown() -> None:
    broken = reply(b"no gzip at all", "Content-Encoding: gzip")
    async with serving(broken) as server, BoundedClient(ClientLimits()) as client:
        with pytest.raises(OutcomeUnknown, match="DecodingError"):
            await client.send("POST", server.url)


async def test_a_server_that_hangs_is_left_with_the_outcome_unknown() -> None:
    async with serving(reply(b"")) as server:
        server.may_answer.clear()
        async with BoundedClient(ClientLimits(total_s=0.05)) as client:
            with pytest.raises(OutcomeUnknown, match="TimeoutError"):
                await client.send("POST", server.url)


async def test_the_caller_s_deadline_is_kept_and_still_says_that_the_outcome_is_unknown() -> None:
    async with serving(reply(b"")) as server, BoundedClient(ClientLimits()) as client:
        await client.send("GET", server.url)
        server.may_answer.clear()
        async with within(0.2):
            with pytest.raises(OutcomeUnknown):
                await client.send("POST", server.url)


@pytest.mark.parametrize("error", [httpx2.ConnectTimeout, httpx2.PoolTimeout])
async def test_an_error_before_the_first_byte_means_that_nothing_was_sent(
    error: type[httpx2.TransportError],
) -> None:
    transport = failing(lambda request: error("", request=request))
    async with BoundedClient(ClientLimits(), transport=transport) as client:
        with pytest.raises(NotSent, match=error.__name__):
            await client.send("POST", "http://gateway.example")


@pytest.mark.parametrize("error", [httpx2.ReadTimeout, httpx2.WriteError, httpx2.ReadError])
async def test_an_error_after_it_leaves_the_outcome_unknown(
    error: type[httpx2.TransportError],
) -> None:
    transport = failing(lambda request: error("", request=request))
    async with BoundedClient(ClientLimits(), transport=transport) as client:
        with pytest.raises(OutcomeUnknown, match=error.__name__):
            await client.send("POST", "http://gateway.example")


async def test_no_more_calls_run_at_once_than_allowed() -> None:
    limits = ClientLimits(concurrency_max=2, wait_s=0.02)
    async with serving(reply(b"done")) as server, BoundedClient(limits) as client:
        server.may_answer.clear()
        running = [asyncio.create_task(client.send("GET", server.url)) for _ in range(2)]
        await server.until_asked(2)
        with pytest.raises(Busy):
            await client.send("GET", server.url)
        server.may_answer.set()

        assert [(await each).body for each in running] == [b"done", b"done"]
        assert (await client.send("GET", server.url)).body == b"done"
    assert len(server.requests) == 3


async def test_a_cancelled_call_makes_way_and_is_cancelled() -> None:
    limits = ClientLimits(concurrency_max=1)
    async with serving(reply(b"done")) as server, BoundedClient(limits) as client:
        server.may_answer.clear()
        task = asyncio.create_task(client.send("GET", server.url))
        await server.until_asked(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        server.may_answer.set()

        assert (await client.send("GET", server.url)).body == b"done"
