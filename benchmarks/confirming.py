"""From placed to confirmed: paid through the sandbox gateway by the work behind the API."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx2
from sqlalchemy import func, select

from benchmarks.sample import Sample
from benchmarks.subject import Subject
from devtools.ports import free_port
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Database

_LOOK_EVERY_S: Final = 0.1
_READY_WITHIN_S: Final = 10.0
# How many times as long as placing them takes they may all take to be confirmed.
_PATIENCE: Final = 20
# It asks this of whoever calls it, whatever it is.
_KEY: Final = "only-for-benchmarks-on-this-machine"


@asynccontextmanager
async def gateway(directory: Path) -> AsyncIterator[dict[str, str]]:
    """Settings of a server that pays through the sandbox gateway over HTTP."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "orderwright", "sandbox-gateway"),
        *("--port", str(port), "--db", str(directory / "gateway.db")),
        env={**os.environ, "PAYMENT_API_KEY": _KEY, "DATA_DIR": str(directory / "gateway")},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        await _wait_for(url)
        yield {"PAYMENT_PROVIDER": "http", "PAYMENT_API_URL": url, "PAYMENT_API_KEY": _KEY}
    finally:
        if process.returncode is None:
            os.kill(process.pid, signal.SIGTERM)
        await process.wait()


async def confirm(subject: Subject, *, orders: int, clients: int, seconds: float) -> Sample:
    """Orders a second from the first request until the last of them is confirmed."""
    began_at, began = datetime.now(UTC), time.perf_counter()
    _, sample = await subject.place(
        subject.requests.placing(paid=True),
        clients=clients,
        seconds=seconds * _PATIENCE,
        at_most=orders,
    )
    database = Database(subject.url)
    confirmed = 0
    while confirmed < sample.orders and time.perf_counter() - began < seconds * _PATIENCE:
        await asyncio.sleep(_LOOK_EVERY_S)
        confirmed = await _confirmed_since(database, began_at)
    await database.dispose()
    return Sample(rate=confirmed / (time.perf_counter() - began), orders=confirmed)


async def _confirmed_since(database: Database, moment: datetime) -> int:
    orders = tables.orders.c
    counted = select(func.count()).where(
        orders.status == OrderStatus.CONFIRMED, orders.created_at >= moment
    )
    async with database.read_sessions() as session:
        return await session.scalar(counted) or 0


async def _wait_for(url: str) -> None:
    """Until anything answers, be it that there is nothing at this address."""
    async with asyncio.timeout(_READY_WITHIN_S), httpx2.AsyncClient() as client:
        while True:
            try:
                await client.get(url)
            except httpx2.TransportError:
                await asyncio.sleep(_LOOK_EVERY_S)
            else:
                return
