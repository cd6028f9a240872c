from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from orderwright.domain.interfaces.auditor import Violation
from orderwright.infrastructure.database.auditing.amounts import AMOUNT_CHECKS
from orderwright.infrastructure.database.auditing.check import Check
from orderwright.infrastructure.database.auditing.events import EVENT_CHECKS
from orderwright.infrastructure.database.auditing.feed import FEED_CHECKS
from orderwright.infrastructure.database.auditing.money import MONEY_CHECKS
from orderwright.infrastructure.database.auditing.orders import ORDER_CHECKS
from orderwright.infrastructure.database.auditing.stock import STOCK_CHECKS
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.errors import in_domain_words

CHECKS: Final = (
    *STOCK_CHECKS,
    *ORDER_CHECKS,
    *AMOUNT_CHECKS,
    *MONEY_CHECKS,
    *EVENT_CHECKS,
    *FEED_CHECKS,
)


class SqlAuditor:
    """Each check is one statement over whole tables; all of them see the same snapshot, so a busy
    service may go on writing meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def examine(self, report: Callable[[Violation], None]) -> Mapping[str, int]:
        with in_domain_words():
            async with self._database.unhurried() as connection:
                return await run_checks(connection, report)


async def run_checks(
    connection: AsyncConnection, report: Callable[[Violation], None]
) -> Mapping[str, int]:
    """As `Auditor.examine`, in the transaction of `connection`."""
    return {check.name: await _run(check, connection, report) for check in CHECKS}


async def _run(
    check: Check, connection: AsyncConnection, report: Callable[[Violation], None]
) -> int:
    async with connection.stream(text(check.wrong)) as found:
        async for subject, detail in found:
            report(Violation(check.name, subject, detail))
    return await connection.scalar(select(func.count()).select_from(check.of)) or 0
