"""What is kept between requests, and what leaves together."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore2
import httpx2
import pytest

from orderwright.infrastructure.resilience.bounded_client import BoundedClient, ClientLimits
from orderwright.infrastructure.resilience.failures import NotSent
from orderwright.infrastructure.resilience.kept_connections import kept_connections
from orderwright.infrastructure.resilience.thrifty_network import ThriftyStream

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BODY = b"x" * 1000


class Server:
    """Answers whatever arrives at once as one request; `hangs_up` after an answer, unannounced."""

    def __init__(self, *, hangs_up: bool) -> None:
        self._hangs_up = hangs_up
        self.answer = ANSWER
        self.heard: list[list[bytes]] = []  # by connection
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.gone: asyncio.Queue[int] = asyncio.Queue()
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard: list[bytes] = []
        self.heard.append(heard)
        number = len(self.heard)
        while request := await reader.read(64 * 1024):
            heard.append(request)
            await self.may_answer.wait()
            writer.write(self.answer)
            if self._hangs_up:
                break
        writer.close()
        self.gone.put_nowait(number)


@asynccontextmanager
async def serving(*, hangs_up: bool = False) -> AsyncIterator[Server]:
    server = Server(hangs_up=hangs_up)
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    async with listener:
        server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        yield server
        server.may_answer.set()


@asynccontextmanager
async def client(*, idle_s: float = 60.0) -> AsyncIterator[httpx2.AsyncClient]:
    opened = httpx2.AsyncClient(transport=kept_connections(idle_s=idle_s))
    try:
        yield opened
    finally:
        await opened.aclose()


async def test_a_request_leaves_in_one_piece_and_its_connection_takes_the_next() -> None:
    async with serving() as server, client() as asking:
        for _ in range(3):
            assert (await asking.post(server.url, content=BODY)).text == "ok"

    ((first, *others),) = server.heard
    assert len(others) == 2
    assert first.startswith(b"POST / HTTP/1.1\r\n")
    assert first.endswith(b"\r\n\r\n" + BODY)


async def test_as_many_are_kept_as_were_used_at_once_and_all_are_closed_at_the_end() -> None:
    async with serving() as server:
        async with client() as asking:
            for _ in range(2):
                await asyncio.gather(*(asking.get(server.url) for _ in range(3)))
        async with asyncio.timeout(10):
            gone = {await server.gone.get() for _ in range(3)}

    assert len(server.heard) == 3
    assert gone == {1, 2, 3}


async def test_a_connection_that_its_server_has_closed_is_not_used_again() -> None:
    async with serving(hangs_up=True) as server, client() as asking:
        for number in (1, 2):
            assert (await asking.post(server.url, content=BODY)).text == "ok"
            assert await server.gone.get() == number

    assert [len(each) for each in server.heard] == [1, 1]


async def test_a_connection_that_has_idled_for_too_long_is_closed() -> None:
    async with serving() as server, client(idle_s=0.0) as asking:
        await asking.get(server.url)
        async with asyncio.timeout(10):
            assert await server.gone.get() == 1
        await asking.get(server.url)

    assert [len(each) for each in server.heard] == [1, 1]


async def test_an_answer_that_nobody_asked_for_is_given_to_nobody() -> None:
    async with serving() as server, client() as asking:
        server.answer = ANSWER * 2
        assert (await asking.post(server.url, content=BODY)).text == "ok"
        server.answer = ANSWER
        with pytest.raises(httpx2.RemoteProtocolError, match="before it was asked"):
            await asking.post(server.url, content=b"never")
        assert (await asking.post(server.url, content=BODY)).text == "ok"

    assert [len(each) for each in server.heard] == [1, 1]
    assert not any(b"never" in request for each in server.heard for request in each)


async def test_a_connection_whose_call_was_cut_off_is_not_used_again() -> None:
    async with serving() as server, client() as asking:
        server.may_answer.clear()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await asking.get(server.url)
        server.may_answer.set()
        assert (await asking.get(server.url)).text == "ok"

    assert [len(each) for each in server.heard] == [1, 1]


class Wire(httpcore2.AsyncNetworkStream):
    def __init__(self, *, is_deaf: bool = False) -> None:
        self._is_deaf = is_deaf
        self.sent: list[int] = []
        self.is_closed = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109
        return b"an answer"

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        if self._is_deaf:
            raise httpcore2.WriteError("it has hung up")
        self.sent.append(len(buffer))

    async def aclose(self) -> None:
        self.is_closed = True

    async def start_tls(self, *_: object) -> httpcore2.AsyncNetworkStream:
        return Wire()


async def test_a_large_body_does_not_wait_until_all_of_it_is_there() -> None:
    wire = Wire()
    stream = ThriftyStream(wire)
    for _ in range(3):
        await stream.write(bytes(40_000))
    assert wire.sent == [80_000]

    await stream.read(10)
    await stream.aclose()

    assert wire.sent == [80_000, 40_000]
    assert wire.is_closed


async def test_whoever_answers_and_hangs_up_before_the_end_of_a_request_is_heard() -> None:
    stream = ThriftyStream(Wire(is_deaf=True))
    await stream.write(BODY)

    assert await stream.read(10) == b"an answer"


async def test_under_tls_too_a_request_leaves_in_one_piece() -> None:
    encrypted = await ThriftyStream(Wire()).start_tls(ssl.create_default_context())

    assert isinstance(encrypted, ThriftyStream)


async def test_a_request_that_was_answered_unasked_was_surely_not_carried_out() -> None:
    async with serving() as server, BoundedClient(ClientLimits()) as asking:
        server.answer = ANSWER * 2
        await asking.send("POST", server.url, content=BODY)
        with pytest.raises(NotSent):
            await asking.send("POST", server.url, content=b"never")

    assert not any(b"never" in request for each in server.heard for request in each)
