"""Who may call, remembered for a second and no longer."""

import asyncio
from datetime import UTC, datetime

from orderwright.application.services.known_callers import FRESH_FOR_S, KnownCallers
from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.user import User
from orderwright.domain.value_objects.permission import Permission

NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Database:
    """As another process may change it at any time, and as slow as a test wants it."""

    def __init__(self) -> None:
        self.time_s = 0.0
        self.keys = {"known": _key("known")}
        self.users: dict[int, User] = {}
        self.asked: list[str] = []
        self.answers = asyncio.Event()
        self.answers.set()

    async def user(self, user_id: int) -> User | None:
        return self.users.get(user_id)

    async def api_key_with(self, lookup: str) -> ApiKey | None:
        self.asked.append(lookup)
        found = self.keys.get(lookup)
        await self.answers.wait()
        return found

    def remembered(self, callers_max: int = 10) -> KnownCallers:
        return KnownCallers(self, lambda: self.time_s, callers_max=callers_max)


def _key(lookup: str) -> ApiKey:
    return ApiKey.create(
        name=lookup,
        lookup=lookup,
        secret_hash="-",
        permissions=frozenset({Permission.ADMIN}),
        now=NOW,
    )


async def test_the_database_is_asked_once_for_many_requests() -> None:
    database = Database()
    callers = database.remembered()

    for _ in range(100):
        assert await callers.api_key_with("known") is database.keys["known"]

    assert database.asked == ["known"]


async def test_what_another_process_takes_away_is_gone_within_the_second() -> None:
    database = Database()
    callers = database.remembered()
    await callers.api_key_with("known")

    del database.keys["known"]
    database.time_s = FRESH_FOR_S

    assert await callers.api_key_with("known") is None
    assert await callers.api_key_with("known") is None


async def test_a_caller_who_never_pauses_is_no_exception() -> None:
    database = Database()
    callers = database.remembered()
    known = [await callers.api_key_with("known")]
    del database.keys["known"]

    for hundredth in range(1, 101):
        database.time_s = hundredth / 100
        known.append(await callers.api_key_with("known"))

    assert known[-1] is None


async def test_one_request_looks_again_and_the_others_need_not_wait() -> None:
    database = Database()
    callers = database.remembered()
    await callers.api_key_with("known")
    database.time_s = FRESH_FOR_S / 2
    database.answers.clear()

    looking = asyncio.create_task(callers.api_key_with("known"))
    await asyncio.sleep(0)
    assert await callers.api_key_with("known") is database.keys["known"]
    database.answers.set()
    await looking

    assert database.asked == ["known"] * 2


async def test_what_this_process_takes_away_is_gone_at_once() -> None:
    database = Database()
    database.users[3] = User.create(
        username="ada", email=None, password_hash="-", permissions=frozenset(), now=NOW
    )
    callers = database.remembered()
    assert await callers.user(3) is not None
    await callers.api_key_with("known")

    database.keys.clear()
    database.users.clear()
    callers.forget()

    assert (await callers.user(3), await callers.api_key_with("known")) == (None, None)


async def test_an_answer_of_before_the_change_is_not_kept() -> None:
    database = Database()
    callers = database.remembered()
    database.answers.clear()
    asking = asyncio.create_task(callers.api_key_with("known"))
    await asyncio.sleep(0)

    database.keys.clear()
    callers.forget()
    database.answers.set()
    await asking

    assert await callers.api_key_with("known") is None


async def test_who_is_new_is_known_at_once() -> None:
    database = Database()
    callers = database.remembered()
    assert await callers.api_key_with("new") is None

    database.keys["new"] = _key("new")

    assert await callers.api_key_with("new") is database.keys["new"]


async def test_only_so_many_are_remembered_and_no_strangers() -> None:
    database = Database()
    database.keys = {name: _key(name) for name in "abc"}
    callers = database.remembered(callers_max=2)

    for name in ("a", "b", "stranger", "c", "c", "b", "a"):
        await callers.api_key_with(name)

    assert database.asked == ["a", "b", "stranger", "c", "a"]
