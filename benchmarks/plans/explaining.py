"""What a database does for the statements of one page, by its own account."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import event, make_url

from orderwright.infrastructure.database import sqlite_driver
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.direct import Direct, Row

Statement = tuple[str, tuple[Any, ...]]

_STEPS_BETWEEN_LOOKS: Final = 10
# From a statement that walks an index, looks each order up and rejects it.
_STEPS_A_ROW: Final = 10
_SCAN: Final = re.compile(r"SCAN (\w+)(?! USING (?:COVERING )?INDEX)")
# In each of these there may be any number of rows.
_LARGE: Final = frozenset(
    {"orders", "order_items", "order_adjustments", "customers", "products", "stock_levels"}
)
# SQLite keeps a table sorted by id: to read orders from one end is to walk an index. How many were
# read is counted.
_SORTED_BY_ID: Final = frozenset({"orders"})


@dataclass(frozen=True, slots=True)
class Work:
    """`rows` were looked at; `scans` are of whole tables; `sorted_rows` only PostgreSQL tells."""

    rows: int
    scans: tuple[str, ...]
    sorted_rows: int
    indexes: tuple[str, ...]
    plan: Any


class Explainer(Protocol):
    async def explain(self, statement: Statement) -> Work: ...


@contextmanager
def overheard(database: Database) -> Iterator[list[Statement]]:
    """Every statement that is sent to read while this lasts."""
    statements: list[Statement] = []
    engine = database.read_engine.sync_engine

    def note(_connection: Any, _cursor: Any, text: str, parameters: Any, *_others: Any) -> None:
        if text.startswith(("SELECT", "WITH")):
            statements.append((text, tuple(parameters)))

    event.listen(engine, "before_cursor_execute", note)
    direct, database.direct = database.direct, _Overhearing(database.direct, statements)
    try:
        yield statements
    finally:
        database.direct = direct
        event.remove(engine, "before_cursor_execute", note)


@dataclass(frozen=True, slots=True)
class _Overhearing:
    direct: Direct
    statements: list[Statement]

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Row]:
        self.statements.append((statement, tuple(values)))
        return await self.direct.fetch(statement, values)


class SqliteExplainer:
    """SQLite counts no rows, but steps of its virtual machine: the same number every time."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite_driver.driver().connect(make_url(url).database)

    async def explain(self, statement: Statement) -> Work:
        text, parameters = statement
        explained = self._connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters)
        plan = [detail for *_, detail in explained.fetchall()]
        return Work(
            rows=self._steps(statement) // _STEPS_A_ROW,
            scans=tuple(sorted((_LARGE - _SORTED_BY_ID).intersection(_scanned(plan)))),
            sorted_rows=0,
            indexes=tuple(_indexes_of_sqlite(plan)),
            plan=plan,
        )

    def close(self) -> None:
        self._connection.close()

    def _steps(self, statement: Statement) -> int:
        looks = 0

        def look() -> int:
            nonlocal looks
            looks += 1
            return 0

        self._connection.set_progress_handler(look, _STEPS_BETWEEN_LOOKS)
        self._connection.execute(*statement).fetchall()
        self._connection.set_progress_handler(None, 0)
        return looks * _STEPS_BETWEEN_LOOKS


def _scanned(plan: Sequence[str]) -> Iterator[str]:
    for line in plan:
        if found := _SCAN.search(line):
            yield found[1]


def _indexes_of_sqlite(plan: Sequence[str]) -> Iterator[str]:
    for line in plan:
        if found := re.search(r"(?:SCAN|SEARCH) orders USING (?:COVERING )?INDEX (\w+)", line):
            yield found[1]
        elif "SEARCH orders USING INTEGER PRIMARY KEY" in line or line == "SCAN orders":
            yield "pk_orders"


class PostgresExplainer:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def explain(self, statement: Statement) -> Work:
        text, parameters = statement
        told = await self._connection.fetchval(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", *parameters
        )
        plan = told[0]["Plan"]
        nodes = list(_nodes(plan))
        scans = [node for node in nodes if node.get("Relation Name") in _LARGE]
        return Work(
            rows=sum(map(_looked_at, nodes)),
            scans=tuple(node["Relation Name"] for node in scans if node["Node Type"] == "Seq Scan"),
            sorted_rows=max((_sorted(node) for node in nodes), default=0),
            indexes=tuple(node["Index Name"] for node in nodes if node.get("Index Name")),
            plan=plan,
        )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


def _looked_at(node: dict[str, Any]) -> int:
    if "Relation Name" not in node and "Index Name" not in node:
        return 0
    kept = node["Actual Rows"]
    rejected = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    rows: float = (kept + rejected) * node["Actual Loops"]
    return round(rows)


def _sorted(node: dict[str, Any]) -> int:
    if node["Node Type"] not in {"Sort", "Incremental Sort"}:
        return 0
    rows: float = node["Plans"][0]["Actual Rows"]
    return round(rows)
