"""Ask a filled database every question through the reader, and see how it found the answer."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.plans.explaining import (
    Explainer,
    PostgresExplainer,
    SqliteExplainer,
    Work,
    overheard,
)
from benchmarks.plans.questions import PAGE, Question, filters, questions
from orderwright.application.queries.list_orders import COUNT_MAX
from orderwright.domain.interfaces.order_reader import OrderFilter
from orderwright.infrastructure.database import engines
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.order_search import FEW, OrderSearch
from orderwright.infrastructure.database.readers.orders import SqlOrderReader

# A page, one order more, its lines and its adjustments, and the odd look beside them.
_ROWS_IN_ORDER: Final = 25 * PAGE
# What two filters find is counted up to FEW, collected, looked up and checked; or walked through.
_TIMES_FEW: Final = 6


@dataclass(frozen=True, slots=True)
class Found:
    question: Question
    few: int
    ms: float
    works: list[Work]

    @property
    def rows(self) -> int:
        return sum(work.rows for work in self.works)

    @property
    def faults(self) -> Iterator[str]:
        for table in sorted({table for work in self.works for table in work.scans}):
            yield f"all of {table} is read"
        if max(work.sorted_rows for work in self.works) > self.few and self.question.is_served:
            yield f"more than {self.few} are sorted"
        most = (
            _ROWS_IN_ORDER if self.question.in_order else max(_TIMES_FEW * self.few, _ROWS_IN_ORDER)
        )
        if self.rows > most and self.question.is_served:
            yield f"{self.rows} rows are looked at, not {most}"


@dataclass(frozen=True, slots=True)
class Counted:
    name: str
    number: int
    exact_ms: float
    bounded_ms: float


@dataclass(frozen=True, slots=True)
class Asking:
    """`generic`: by plans that PostgreSQL makes without knowing the values, as it may after five."""

    orders: int
    few: int = FEW
    tries: int = 3
    generic: bool = False

    async def everything(self, url: str) -> list[Found]:
        database = Database(url)
        reader = SqlOrderReader(database, few=self.few)
        async with explainer_of(url, generic=self.generic) as explainer:
            found = [
                await self._ask(database, reader, explainer, question)
                for question in questions(self.orders)
            ]
        await database.dispose()
        return [each for each in found if each is not None]

    async def counts(self, url: str) -> list[Counted]:
        """With `count=true`, and as version 2 counts."""
        database = Database(url)
        counted = []
        for name, narrowed in filters(self.orders).items():
            exact, number = await self._counted(database, narrowed, None)
            bounded, _ = await self._counted(database, narrowed, COUNT_MAX + 1)
            counted.append(Counted(name, number, exact, bounded))
        await database.dispose()
        return counted

    async def _counted(
        self, database: Database, narrowed: OrderFilter, at_most: int | None
    ) -> tuple[float, int]:
        fastest, number = float("inf"), 0
        for _ in range(self.tries):
            async with database.read_sessions() as session:
                began = time.perf_counter()
                number = await OrderSearch(session, self.few).count(narrowed, at_most)
                fastest = min(fastest, time.perf_counter() - began)
        return round(fastest * 1000, 1), number

    async def _ask(
        self, database: Database, reader: SqlOrderReader, explainer: Explainer, question: Question
    ) -> Found | None:
        """None where the list is so short that there is nothing deep in it."""
        narrowed, sort = question.narrowed, question.sort
        cursor = None
        if question.deep and (cursor := await self._deep(reader, question)) is None:
            return None
        fastest = float("inf")
        for _ in range(self.tries):
            began = time.perf_counter()
            with overheard(database) as statements:
                await reader.page(narrowed, sort=sort, limit=PAGE, cursor=cursor)
            fastest = min(fastest, time.perf_counter() - began)
        works = [await explainer.explain(statement) for statement in statements]
        return Found(question, self.few, round(fastest * 1000, 1), works)

    async def _deep(self, reader: SqlOrderReader, question: Question) -> str | None:
        for skip in (self.few, PAGE):
            page = await reader.page(question.narrowed, sort=question.sort, limit=PAGE, skip=skip)
            if page.next_cursor is not None:
                return page.next_cursor
        return None


@asynccontextmanager
async def explainer_of(url: str, *, generic: bool = False) -> AsyncIterator[Explainer]:
    if url.startswith("sqlite"):
        sqlite = SqliteExplainer(url)
        yield sqlite
        sqlite.close()
        return
    engine = engines.for_migrations(url)
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        if generic:
            await driver.execute("SET plan_cache_mode = force_generic_plan")
        yield PostgresExplainer(driver)
    await engine.dispose()
