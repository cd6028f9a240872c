from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def next_ids(session: AsyncSession, table: Table, count: int) -> Sequence[int]:
    """Ids for new rows of `table`, to be inserted in this transaction.

    Rows that bring their id are inserted all in one statement; those whose id has to be asked back
    go one by one on SQLite.
    """
    if session.get_bind().dialect.name == "sqlite":
        # The one writer that SQLite admits is this transaction: it numbers rows as SQLite would.
        last = await session.scalar(select(func.max(table.c.id))) or 0
        return range(last + 1, last + 1 + count)
    sequence = func.pg_get_serial_sequence(table.name, "id")
    numbers = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
    return (await session.scalars(numbers)).all()
