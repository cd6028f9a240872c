"""The load generator against servers that misbehave on purpose."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from benchmarks.load.__main__ import work
from benchmarks.load.job import Job

Answer = Callable[[int, bytes], Awaitable[bytes | None]]

CREATED = b'HTTP/1.1 201 Created\r\nContent-Length: 8\r\n\r\n{"id":1}'
BUSY = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[int]:
    """Its port. `answer` is given the number of each request, and None hangs up."""
    count = iter(range(1_000_000))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.read(4096):
            said = await answer(next(count), request)
            if said is None:
                break
            writer.write(said)
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listener:
        yield listener.sockets[0].getsockname()[1]


def job(port: int, **more: object) -> Job:
    told: dict[str, object] = {"clients": 3, "seconds": 5.0, "at_most": 30, "keep_bytes": 100}
    return Job(port=port, requests=[["POST / key: ", "\r\n\r\n"]], **{**told, **more})  # type: ignore[arg-type]


async def test_so_many_requests_are_sent_as_were_asked_for_each_with_a_nonce_of_its_own() -> None:
    seen: set[bytes] = set()

    async def answer(_number: int, request: bytes) -> bytes:
        seen.add(request)
        return CREATED

    async with server(answer) as port:
        outcome = await work(job(port))

    assert outcome.statuses == {"201": 30}
    assert outcome.bodies == ['{"id":1}'] * 30
    assert len(seen) == 30
    assert {len(request) for request in seen} == {len("POST / key: ") + 32 + 4}


async def test_an_answer_in_pieces_is_one_answer() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            for byte in CREATED:
                writer.write(bytes([byte]))
                await asyncio.sleep(0)
        writer.close()

    listener = await asyncio.start_server(trickle, "127.0.0.1", 0)
    async with listener:
        outcome = await work(job(listener.sockets[0].getsockname()[1], at_most=6))

    assert outcome.statuses == {"201": 6}
    assert outcome.bodies == ['{"id":1}'] * 6


async def test_a_refusal_and_a_lost_connection_are_counted_and_asked_again() -> None:
    async def answer(number: int, _request: bytes) -> bytes | None:
        return {0: BUSY, 1: None}.get(number, CREATED)

    async with server(answer) as port:
        outcome = await work(job(port, pause_s=0.0))

    assert outcome.statuses == {"201": 28, "503": 1, "0": 1}
    assert outcome.granted == 28
    assert outcome.lost == 1


async def test_at_a_fixed_rate_a_slow_answer_makes_those_late_that_wait_behind_it() -> None:
    """No coordinated omission: the clock does not wait for the server."""

    async def answer(number: int, _request: bytes) -> bytes:
        await asyncio.sleep(0.5 if number == 0 else 0)
        return CREATED

    began = time.perf_counter()
    async with server(answer) as port:
        outcome = await work(job(port, clients=1, rate=50.0, seconds=1.0, at_most=None))

    assert outcome.statuses == {"201": 50}
    assert time.perf_counter() - began >= 0.98
    assert outcome.max_ms >= 500
    # So late were those that came due while the first was being answered: the middle one a little.
    assert outcome.p99_ms >= 400
