"""The invariants that SQL can say, each shown to refuse: whoever writes, past whatever code."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.mapping import map_entities
from orderwright.infrastructure.database.tables import metadata
from tests.integration.database.broken_rules import BROKEN, CHANGES_OF_THE_PAST, REFERRED_TO
from tests.integration.database.whole_entities import whole_entities
from tests.patience import patient_database
from tests.postgres import MigratedPostgres

_ON_SQLITE: Final = {
    "uq": "UNIQUE constraint failed",
    "pk": "UNIQUE constraint failed",
    "fk": "FOREIGN KEY constraint failed",
}


@pytest.fixture(scope="module")
async def kept_sqlite(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[AsyncEngine]:
    file = shutil.copy(sqlite_template, tmp_path_factory.mktemp("kept") / "orderwright.db")
    database = patient_database(f"sqlite+aiosqlite:///{file}")
    await _keep(database)
    yield database.write_engine
    await database.dispose()


@pytest.fixture(scope="module")
async def kept_postgresql(postgres: MigratedPostgres) -> AsyncIterator[AsyncEngine]:
    name = await postgres.create_database()
    database = patient_database(postgres.url_of(name))
    await _keep(database)
    yield database.write_engine
    await database.dispose()
    await postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest) -> AsyncEngine:
    """With one row of everything; tests undo what they do."""
    engine: AsyncEngine = request.getfixturevalue(f"kept_{request.param}")
    return engine


async def _keep(database: Database) -> None:
    map_entities()
    movement = text(
        "INSERT INTO stock_movements"
        " (product_id, location_id, kind, on_hand_delta, reserved_delta, actor, occurred_at)"
        " SELECT 12, 13, 'adjustment', 1, 0, 'system', created_at FROM orders"
    )
    async with database.write_sessions.begin() as session:
        for entity in whole_entities():
            session.add(entity)
            await session.flush()
        await session.execute(movement)


async def refusal_of(statement: str, engine: AsyncEngine) -> str:
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as refused:
            await connection.execute(text(statement))
        await connection.rollback()
    return str(refused.value.orig)


@pytest.mark.parametrize(("constraint", "statement"), BROKEN)
async def test_the_database_refuses_what_breaks_a_rule(
    kept: AsyncEngine, constraint: str, statement: str
) -> None:
    refusal = await refusal_of(statement, kept)

    kind = constraint.partition("_")[0]
    on_sqlite = kept.dialect.name == "sqlite"
    assert (_ON_SQLITE.get(kind, constraint) if on_sqlite else f'"{constraint}"') in refusal


@pytest.mark.parametrize("statement", REFERRED_TO)
async def test_what_others_refer_to_cannot_be_deleted(kept: AsyncEngine, statement: str) -> None:
    refusal = await refusal_of(statement, kept)

    assert "FOREIGN KEY constraint failed" in refusal or "violates foreign key" in refusal


@pytest.mark.parametrize("statement", CHANGES_OF_THE_PAST)
async def test_ledgers_are_only_appended_to(kept: AsyncEngine, statement: str) -> None:
    refusal = await refusal_of(statement, kept)

    assert "is append-only" in refusal


def test_every_rule_of_the_schema_is_seen_to_refuse() -> None:
    rules = {
        str(rule.name)
        for table in metadata.sorted_tables
        for rule in (*table.constraints, *table.indexes)
        if isinstance(rule, (CheckConstraint, UniqueConstraint, ForeignKeyConstraint))
        or (isinstance(rule, Index) and rule.unique)
    }

    assert {constraint for constraint, _ in BROKEN} - {"pk_idempotency_keys"} == rules


async def test_units_that_only_a_backorder_promises_need_one(kept: AsyncEngine) -> None:
    async with kept.connect() as connection:
        oversold = await connection.execute(text("UPDATE stock_levels SET reserved = on_hand + 5"))
        await connection.rollback()

    assert oversold.rowcount == 1
