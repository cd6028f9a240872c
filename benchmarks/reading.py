"""Reading over HTTP, by the service and by a bare application that does the same SELECTs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx2

from benchmarks.requests import Pieces
from benchmarks.sample import Sample
from benchmarks.subject import Subject, asked
from devtools.ports import free_port

# Of the first orders; they are there before the first round.
_READ: Final = 200
_READY_WITHIN_S: Final = 10.0
_POLL_S: Final = 0.05

Side = Callable[[], Awaitable[Sample | None]]


@dataclass(frozen=True, slots=True)
class Bare:
    subject: Subject
    pid: int
    port: int

    async def ask(self, requests: list[Pieces], *, clients: int, seconds: float) -> Sample:
        _, sample = await asked(
            *(self.pid, self.port, self.subject.postgres, requests),
            clients=clients,
            seconds=seconds,
        )
        return sample


@asynccontextmanager
async def bare_app(subject: Subject) -> AsyncIterator[Bare]:
    """On the database of a subject."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.bare"),
        *(subject.url.replace("+asyncpg", ""), str(port)),
    )
    try:
        async with asyncio.timeout(_READY_WITHIN_S):
            while not await _listens(port):  # noqa: ASYNC110 - it cannot set events of ours
                await asyncio.sleep(_POLL_S)
        yield Bare(subject, process.pid, port)
    finally:
        if process.returncode is None:
            os.kill(process.pid, signal.SIGTERM)
        await process.wait()


async def reading_sides(bare: Bare, *, clients: int, seconds: float) -> dict[str, Side]:
    """Raises: AssertionError: the two do not answer alike."""
    subject = bare.subject
    ids = sorted(subject.account.acknowledged)[:_READ]
    await _check_alike(bare, ids[0])
    how = {"clients": clients, "seconds": seconds}

    def side(requests: list[Pieces]) -> tuple[Side, Side]:
        async def of_service() -> Sample:
            return (await subject.ask(requests, **how))[1]

        async def of_bare() -> Sample:
            return await bare.ask(requests, clients=clients, seconds=seconds)

        return of_service, of_bare

    get, bare_get = side(subject.requests.getting(ids))
    listed, bare_listed = side(subject.requests.listing())
    return {"get": get, "bare get": bare_get, "list": listed, "bare list": bare_listed}


async def _check_alike(bare: Bare, order_id: int) -> None:
    headers = {"Authorization": f"Bearer {bare.subject.requests.key}"}
    urls = (bare.subject.server.url, f"http://127.0.0.1:{bare.port}")
    async with httpx2.AsyncClient(headers=headers) as client:
        for path in (f"/api/v1/orders/{order_id}", "/api/v1/orders?limit=20"):
            answers = [await client.get(url + path) for url in urls]
            assert answers[0].status_code == 200, answers[0].text  # noqa: PLR2004
            assert answers[0].content == answers[1].content, path


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
