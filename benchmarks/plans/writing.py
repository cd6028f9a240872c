"""What the indexes cost those who write: the same orders, with fewer indexes and with more."""

import itertools
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.plans.shop import ORDER_COLUMNS, History, sqlite_time
from orderwright.infrastructure.database import engines, tables

_AT_A_TIME: Final = 500
_ROUNDS: Final = 9
_FILTERS: Final = ("customer_id", "channel", "status", "payment_status", "fulfilment_status")
_BY_ID: Final = {f"ix_orders_{each}_by_id": f"{each}, id" for each in _FILTERS}
_BY_TOTAL: Final = {
    f"ix_orders_{each}_by_total": f"{each}, total_ten_thousandths, id" for each in _FILTERS
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds an order."""

    indexes: str
    count: int
    insert_us: float
    update_us: float


async def measure_writes(url: str, orders: int) -> list[Cost]:
    """Leaves the database with more orders and without indexes."""
    ours = [index.name for index in tables.orders.indexes]
    engine = engines.for_migrations(url)
    async with engine.connect() as connection:
        writing = _Writing(connection, orders)
        costs = [await writing.cost("these", len(ours))]
        await _create(connection, _BY_ID)
        costs.append(await writing.cost("and each filter by id", len(ours) + len(_BY_ID)))
        await _create(connection, _BY_TOTAL)
        every = len(ours) + len(_BY_ID) + len(_BY_TOTAL)
        costs.append(await writing.cost("and each filter by total", every))
        await _drop(connection, [*ours, *_BY_ID, *_BY_TOTAL])
        costs.append(await writing.cost("none", 0))
    await engine.dispose()
    return costs


class _Writing:
    """An UPDATE moves an order on: on PostgreSQL that is a new entry in every index."""

    def __init__(self, connection: AsyncConnection, orders: int) -> None:
        self._connection = connection
        sqlite = connection.dialect.name == "sqlite"
        self._rows = History(orders, sqlite_time if sqlite else _as_it_is).placed_now()
        columns = ORDER_COLUMNS.split()
        places = ["?" if sqlite else f"${number}" for number in range(1, len(columns) + 1)]
        named, given = ", ".join(columns), ", ".join(places)
        self._insert = f"INSERT INTO orders ({named}) VALUES ({given})"  # noqa: S608
        moved = "status = 'shipped', payment_status = 'paid', fulfilment_status = 'fulfilled'"
        self._update = f"UPDATE orders SET {moved} WHERE id = {places[0]}"  # noqa: S608

    async def cost(self, indexes: str, count: int) -> Cost:
        inserts, updates = [], []
        for _ in range(_ROUNDS):
            new = list(itertools.islice(self._rows, _AT_A_TIME))
            inserts.append(await self._timed(self._insert, new))
            updates.append(await self._timed(self._update, [(row[0],) for row in new]))
        return Cost(indexes, count, round(median(inserts), 1), round(median(updates), 1))

    async def _timed(self, statement: str, rows: list[Any]) -> float:
        began = time.perf_counter()
        await self._connection.exec_driver_sql(statement, rows)
        await self._connection.commit()
        return (time.perf_counter() - began) / len(rows) * 1e6


async def _create(connection: AsyncConnection, indexes: dict[str, str]) -> None:
    for name, columns in indexes.items():
        await connection.exec_driver_sql(f"CREATE INDEX {name} ON orders ({columns})")
    await connection.commit()


async def _drop(connection: AsyncConnection, names: Iterable[Any]) -> None:
    for name in names:
        await connection.exec_driver_sql(f"DROP INDEX {name}")
    await connection.commit()


def _as_it_is(moment: datetime) -> datetime:
    return moment
