"""Everything that takes part, started: one PostgreSQL, a database a side, the servers on them."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import catalogue, statements
from benchmarks.confirming import gateway
from benchmarks.native import Native
from benchmarks.reading import Bare, bare_app
from benchmarks.sizes import Sizes
from benchmarks.subject import Subject, started
from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.infrastructure.database import migrate

_DATABASES: Final = ("native", "one", "several", "paid")
_COMPARED: Final = ("placement", "hot")
# Lists may be asked for only so often a minute. Logs are written as a deployment writes them.
_SETTINGS: Final = {"RATE_LIMIT_ENABLED": "false", "LOG_FORMAT": "json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arena:
    """`one` is a single process on PostgreSQL. The rest is there when some row needs it."""

    sizes: Sizes
    directory: Path
    postgres: EmbeddedPostgres
    one: Subject
    native: Native | None
    several: Subject | None
    sqlite: Subject | None
    paid: Subject | None
    bare: Bare | None

    @property
    def subjects(self) -> list[Subject]:
        there = (self.one, self.several, self.sqlite, self.paid)
        return list({each.name: each for each in there if each is not None}.values())


@asynccontextmanager
async def opened(sizes: Sizes) -> AsyncIterator[Arena]:
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="orderwright-")))
        postgres = stack.enter_context(EmbeddedPostgres(durable=True, settings=statements.SETTINGS))
        await statements.prepare(postgres)
        await statements.make_databases(postgres, list(_DATABASES))
        yield await _Starting(sizes, directory, postgres, stack).everything()


@dataclass(frozen=True, slots=True)
class _Starting:
    sizes: Sizes
    directory: Path
    postgres: EmbeddedPostgres
    stack: AsyncExitStack

    async def everything(self) -> Arena:
        rows = self.sizes.rows
        compared = any(row in rows for row in _COMPARED)
        one = await self._on_postgresql("one")
        return Arena(
            sizes=self.sizes,
            directory=self.directory,
            postgres=self.postgres,
            one=one,
            native=await self._native() if compared else None,
            several=await self._several() if compared else None,
            sqlite=await self._on_sqlite() if "sqlite" in rows else None,
            paid=await self._paid() if "confirmed" in rows else None,
            bare=await self.stack.enter_async_context(bare_app(one)) if "reads" in rows else None,
        )

    async def _native(self) -> Native:
        url = self.postgres.url("native")
        await migrate.upgrade(url)
        sizes = self.sizes
        await catalogue.fill(url, products=sizes.products, customers=sizes.customers)
        return Native(self.postgres, "native", sizes.products, sizes.customers)

    async def _several(self) -> Subject | None:
        workers = self.sizes.workers
        return await self._on_postgresql("several", workers=workers) if workers > 1 else None

    async def _paid(self) -> Subject:
        paying = await self.stack.enter_async_context(gateway(self.directory))
        return await self._on_postgresql("paid", paying)

    async def _on_postgresql(
        self, name: str, settings: dict[str, str] | None = None, *, workers: int = 1
    ) -> Subject:
        return await self.stack.enter_async_context(
            started(
                *(name, self.postgres.url(name), self.directory, self.sizes),
                postgres=self.postgres,
                workers=workers,
                settings=_SETTINGS | (settings or {}) | self.sizes.settings,
            )
        )

    async def _on_sqlite(self) -> Subject:
        url = f"sqlite+aiosqlite:///{self.directory}/orderwright.db"
        return await self.stack.enter_async_context(
            started(
                *("sqlite", url, self.directory, self.sizes),
                settings=_SETTINGS | self.sizes.settings,
            )
        )
