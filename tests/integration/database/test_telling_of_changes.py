from datetime import UTC, datetime

from orderwright.domain.entities.location import Location
from orderwright.domain.entities.user import User
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.mapping import map_entities

NOW = datetime(2026, 11, 1, tzinfo=UTC)


async def test_a_commit_that_changed_a_user_is_told_and_no_other(database: Database) -> None:
    map_entities()
    told: list[str] = []
    database.when_changed((User,), lambda: told.append("changed"))

    async with database.write_sessions() as session:
        user = User.create(
            username="ada", email=None, password_hash="-", permissions=frozenset(), now=NOW
        )
        session.add(user)
        await session.commit()
    async with database.write_sessions() as session:
        (await session.get_one(Location, 1)).name = "Somewhere else"
        await session.commit()
    async with database.write_sessions() as session:
        (await session.get_one(User, user.id)).active = False
        await session.flush()
        await session.rollback()
    assert told == []

    async with database.write_sessions() as session:
        async with session.begin_nested():
            (await session.get_one(User, user.id)).active = False
        assert told == []
        await session.commit()
    assert told == ["changed"]
