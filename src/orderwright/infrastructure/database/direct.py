"""Single SELECTs on the driver itself. What SQLAlchemy does around a statement, to find it in its cache,
to convert each value, to begin and to end a transaction, costs several times the statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Dialect, Select
from sqlalchemy.ext.asyncio import AsyncEngine

Row = Sequence[Any]


class Direct(Protocol):
    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        """The rows as the driver has them, of a moment of their own."""
        ...


class PostgresDirect:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        pooled = await self._engine.raw_connection()
        try:
            driver: Any = pooled.driver_connection
            rows: Sequence[Row] = await driver.fetch(statement, *values)
        except TimeoutError:
            pooled.invalidate()  # or the next one would wait for a server that says nothing any more
            raise
        finally:
            pooled.close()  # nothing to wait for: no transaction was begun
        return rows


class SqliteDirect:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            rows: Sequence[Row] = await driver.execute_fetchall(statement, values)
            return rows


class Prepared:
    """A SELECT that is compiled once, and asked again with other values for what it left open."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self._text = str(compiled)
        self._takes = [
            (name, _converter(compiled.binds[name].type, dialect)) for name in compiled.positiontup
        ]
        self._said = {
            name: bound.value for name, bound in compiled.binds.items() if not bound.required
        }

    async def ask(self, direct: Direct, values: Mapping[str, Any]) -> Sequence[Row]:
        """With each value that it left open."""
        all_values = {**self._said, **values}
        return await direct.fetch(
            self._text, [convert(all_values[name]) for name, convert in self._takes]
        )


def _converter(kind: Any, dialect: Dialect) -> Callable[[Any], Any]:
    convert: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return convert or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
