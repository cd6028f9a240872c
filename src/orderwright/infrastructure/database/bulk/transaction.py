from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class DriverTransaction(Protocol):
    """Begun and ended by plain statements: what asyncpg has for it takes a BEGIN that was cut off for
    begun, and rolls back no COMMIT that was."""

    async def begin(self) -> None: ...

    async def roll_back(self) -> None:
        """What was not committed; nothing, if there is nothing."""
        ...


Transaction = TypeVar("Transaction", bound=DriverTransaction)


@asynccontextmanager
async def driver_transaction(
    engine: AsyncEngine, of: Callable[[Any], Transaction]
) -> AsyncIterator[Transaction]:
    """On the driver's own connection, of which the pool knows only that it was lent.

    It is closed, and so undone by the database, when nobody knows what it is in the middle of: after
    a cancellation, when no answer came, or when it can't be rolled back. Lent again, it would take
    what others commit into a transaction that never ends.
    """
    async with engine.connect() as connection, _closed_if_cut_off(connection):
        tx = of((await connection.get_raw_connection()).driver_connection)
        try:
            await tx.begin()
            yield tx
        except TimeoutError as silence:
            await connection.invalidate(silence)
            raise
        except Exception:
            with suppress(Exception):  # what went wrong before is to be told
                await _roll_back(tx, connection)
            raise
        await _roll_back(tx, connection)


async def _roll_back(tx: DriverTransaction, connection: AsyncConnection) -> None:
    try:
        await tx.roll_back()
    except Exception as error:
        await connection.invalidate(error)
        raise


@asynccontextmanager
async def _closed_if_cut_off(connection: AsyncConnection) -> AsyncIterator[None]:
    try:
        yield
    except Exception:
        raise
    except BaseException as end:
        await connection.invalidate(end)
        raise
