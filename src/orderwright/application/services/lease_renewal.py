from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from orderwright.domain.interfaces.failure_log import FailureLog

# Of a lease: there is time to try again twice before it runs out.
_SHARE: Final = 1 / 3


@asynccontextmanager
async def renewed(
    lease: timedelta, extend: Callable[[], Awaitable[object]], failures: FailureLog
) -> AsyncIterator[None]:
    """`extend` is called again and again, for as long as what is done here takes."""
    over = asyncio.Event()
    renewal = asyncio.create_task(_renew(lease, extend, failures, over))
    try:
        yield
    finally:
        over.set()
        renewal.cancel()
        await asyncio.wait([renewal])


async def _renew(
    lease: timedelta,
    extend: Callable[[], Awaitable[object]],
    failures: FailureLog,
    over: asyncio.Event,
) -> None:
    # Not for ever until cancelled: what fails on being cut off says that it failed, and no more.
    while not over.is_set():
        await asyncio.sleep(lease.total_seconds() * _SHARE)
        try:
            await extend()
        except Exception as error:  # noqa: BLE001 - there is time to try again
            failures.worker_failed(error)
