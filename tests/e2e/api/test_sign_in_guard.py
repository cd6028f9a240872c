"""Guessing gets slower, and the owner of an account gets in all the same."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from dependency_injector import providers

from orderwright.domain.entities.sign_in_tally import (
    FAILURES_KEPT,
    NETWORK_KNOWN,
    WITH_A_NETWORK,
    WITH_STRANGERS,
    WITH_THE_OWNER,
)
from orderwright.domain.interfaces.security import PasswordHasher
from tests.e2e.api.service import PASSWORD, Service

ADA = "ada@example.com"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


class Shifted:
    """The real clock and what tests add to it; or a moment that stays."""

    def __init__(self, real: object) -> None:
        self._real = real
        self.ahead = timedelta(0)
        self._stopped_at: datetime | None = None

    def stop(self) -> None:
        self._stopped_at = self.now()

    def now(self) -> datetime:
        if self._stopped_at is not None:
            return self._stopped_at
        moment: datetime = self._real.now()  # type: ignore[attr-defined]
        return moment + self.ahead


class Counting:
    """A hasher that remembers what it was asked."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self.judged: list[str] = []

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.judged.append(password)
        return await self._hasher.verify(password, password_hash)

    def close(self) -> None:
        """The one behind it is closed by who made it."""


class SignIns:
    def __init__(self, service: Service, clock: Shifted) -> None:
        self.service = service
        self.clock = clock

    async def from_(
        self, address: str, password: str = PASSWORD, username: str = ADA
    ) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.service.app, client=(address, 50_000))
        async with httpx2.AsyncClient(transport=transport, base_url="http://t") as client:
            form = {"username": username, "password": password}
            return await client.post("/token", data=form)

    async def fail(self, times: int, address: str, username: str = ADA) -> None:
        for _ in range(times):
            answer = await self.from_(address, "wrong", username)
            assert answer.status_code == 401, answer.text


@pytest.fixture
async def sign_ins(database_url: str, tmp_path: Path) -> AsyncIterator[SignIns]:
    async with Service.running(database_url, tmp_path / "data") as service:
        clock = Shifted(service.container.clock())
        service.container.clock.override(providers.Object(clock))
        await service.user(ADA)
        yield SignIns(service, clock)


async def test_after_some_failures_each_further_one_doubles_the_wait(sign_ins: SignIns) -> None:
    await sign_ins.fail(WITH_STRANGERS.free + 1, ELSEWHERE)

    refused = await sign_ins.from_(ELSEWHERE)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_sign_ins")
    assert refused.json()["retryable"] is True
    assert refused.headers["Retry-After"] == "1"

    sign_ins.clock.ahead += timedelta(seconds=1)
    await sign_ins.fail(1, ELSEWHERE)
    assert (await sign_ins.from_(ELSEWHERE)).headers["Retry-After"] == "2"
    sign_ins.clock.ahead += timedelta(seconds=2)
    assert (await sign_ins.from_(ELSEWHERE)).status_code == 200


async def test_a_wait_has_an_end_however_long_somebody_guesses(sign_ins: SignIns) -> None:
    for _ in range(WITH_STRANGERS.free + 14):
        sign_ins.clock.ahead += WITH_STRANGERS.longest
        await sign_ins.fail(1, ELSEWHERE)

    refused = await sign_ins.from_(ELSEWHERE)

    assert refused.headers["Retry-After"] == str(WITH_STRANGERS.longest // timedelta(seconds=1))


async def test_strangers_cannot_lock_the_owner_out(sign_ins: SignIns) -> None:
    assert (await sign_ins.from_(HOME)).status_code == 200
    await sign_ins.fail(WITH_STRANGERS.free + 1, ELSEWHERE)
    assert (await sign_ins.from_(ELSEWHERE)).status_code == 429

    assert (await sign_ins.from_(HOME)).status_code == 200
    assert (await sign_ins.from_(ELSEWHERE)).status_code == 429, "and that opened it to nobody else"


async def test_many_addresses_are_one_stranger(sign_ins: SignIns) -> None:
    for number in range(WITH_STRANGERS.free + 1):
        await sign_ins.fail(1, f"203.0.113.{number}")

    await sign_ins.fail(1, "203.0.113.99")
    assert (await sign_ins.from_("203.0.113.99")).status_code == 429
    assert (await sign_ins.from_("203.0.113.0")).status_code == 429


async def test_an_owner_somewhere_new_gets_in_while_strangers_guess(sign_ins: SignIns) -> None:
    await sign_ins.fail(WITH_STRANGERS.free + 1, ELSEWHERE)
    assert (await sign_ins.from_(ELSEWHERE)).status_code == 429

    assert (await sign_ins.from_("203.0.113.5")).status_code == 200
    assert (await sign_ins.from_("203.0.113.5")).status_code == 200, "it is a home from then on"
    assert (await sign_ins.from_(ELSEWHERE)).status_code == 429, "and opened to nobody else"


async def test_one_network_that_tries_many_names_has_to_wait_too(sign_ins: SignIns) -> None:
    for number in range(WITH_A_NETWORK.free + 1):
        await sign_ins.fail(1, ELSEWHERE, f"somebody-{number}")

    assert (await sign_ins.from_(ELSEWHERE, username="yet another")).status_code == 429
    assert (await sign_ins.from_(HOME)).status_code == 200


async def test_a_name_that_nobody_has_is_treated_like_one_that_somebody_has(
    sign_ins: SignIns,
) -> None:
    for username in (ADA, "nobody@example.com"):
        address = HOME if username == ADA else ELSEWHERE
        await sign_ins.fail(WITH_STRANGERS.free + 1, address, username)

    known = await sign_ins.from_(HOME)
    unknown = await sign_ins.from_(ELSEWHERE, username="nobody@example.com")
    assert known.status_code == unknown.status_code == 429
    assert known.json()["detail"] == unknown.json()["detail"]


async def test_the_owner_who_mistypes_waits_a_minute_at_most(sign_ins: SignIns) -> None:
    assert (await sign_ins.from_(HOME)).status_code == 200
    for _ in range(WITH_THE_OWNER.free + 10):
        sign_ins.clock.ahead += WITH_THE_OWNER.longest
        await sign_ins.fail(1, HOME)

    assert (await sign_ins.from_(HOME)).headers["Retry-After"] == "60"
    sign_ins.clock.ahead += WITH_THE_OWNER.longest
    assert (await sign_ins.from_(HOME)).status_code == 200
    await sign_ins.fail(WITH_THE_OWNER.free, HOME)


async def test_failures_are_forgotten_after_a_day_and_networks_after_a_season(
    sign_ins: SignIns,
) -> None:
    await sign_ins.fail(WITH_STRANGERS.free + 1, ELSEWHERE)
    assert (await sign_ins.from_(ELSEWHERE)).status_code == 429
    sign_ins.clock.ahead += FAILURES_KEPT
    assert (await sign_ins.from_(HOME)).status_code == 200
    await sign_ins.fail(WITH_STRANGERS.free + 1, ELSEWHERE)
    assert (await sign_ins.from_(HOME)).status_code == 200

    sign_ins.clock.ahead += NETWORK_KNOWN + timedelta(seconds=1)
    async with sign_ins.service.uow() as uow:
        forgotten = await uow.sign_in_tallies.forget_expired(sign_ins.clock.now(), limit=9)
        await uow.commit()
    assert forgotten == 6, "a name, two networks, its attempts from them, and its owner's home"


async def test_an_attempt_counts_before_it_is_judged(sign_ins: SignIns) -> None:
    """So that many at once are no way around the wait."""
    sign_ins.clock.stop()  # on a slow machine the first wait is over before the last guess
    hasher = Counting(sign_ins.service.container.password_hasher())
    sign_ins.service.container.password_hasher.override(providers.Object(hasher))
    answers = await asyncio.gather(
        *(sign_ins.from_(ELSEWHERE, f"guess {number}") for number in range(20))
    )

    assert [each.status_code for each in answers].count(401) == WITH_STRANGERS.free + 1
    assert len(hasher.judged) == WITH_STRANGERS.free + 1
