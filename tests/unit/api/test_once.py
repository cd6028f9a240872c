"""What surrounds a use case: how often it is tried, and which refusals a key remembers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self

import pytest
from starlette.requests import Request

from orderwright.api.idempotency import ATTEMPTS, Keyed, OnceRunner
from orderwright.domain.entities.order import OrderNotFound
from orderwright.domain.errors import (
    Conflict,
    DomainError,
    Forbidden,
    PreconditionFailed,
    Rejected,
    Unauthenticated,
)
from orderwright.domain.interfaces.requests import (
    Answer,
    IdempotencyInProgress,
    IdempotencyKeyReused,
    Replayed,
    RequestContext,
)
from orderwright.domain.interfaces.unit_of_work import DatabaseBusy, TransactionConflict


@dataclass
class Ledger:
    """Stands for the database: what was stored, and what the next one who enters hears."""

    stored: list[Answer] = field(default_factory=list)
    entering: Exception | None = None


@dataclass
class OneTransaction:
    context: RequestContext
    ledger: Ledger

    async def __aenter__(self) -> Self:
        if self.ledger.entering is not None:
            raise self.ledger.entering
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def commit(self, result: object) -> object:
        if self.context.request is not None:
            self.ledger.stored.append(self.context.request.render(result))
        return result


def runner(ledger: Ledger, key: str | None = "k") -> OnceRunner:
    request = Request({"type": "http", "headers": [], "state": {"correlation_id": "c"}})
    return OnceRunner(
        request,
        lambda context: OneTransaction(context, ledger),  # type: ignore[arg-type,return-value]
        RequestContext(),
        Keyed(key, "fingerprint") if key else None,
    )


def as_text(result: object) -> Answer:
    return Answer(201, {"content-type": "text/plain"}, str(result).encode())


async def commits(uow: object) -> object:
    assert isinstance(uow, OneTransaction)
    async with uow:
        return await uow.commit("done")


async def test_what_is_sent_is_what_is_stored() -> None:
    ledger = Ledger()

    response = await runner(ledger).run(commits, as_text)

    assert (response.status_code, response.body) == (201, b"done")
    assert ledger.stored == [Answer(201, {"content-type": "text/plain"}, b"done")]


async def test_without_a_key_nothing_is_stored() -> None:
    ledger = Ledger()

    response = await runner(ledger, key=None).run(commits, as_text)

    assert response.body == b"done"
    assert ledger.stored == []


@pytest.mark.parametrize("key", ["k", None])
async def test_a_transaction_in_anothers_way_is_tried_three_times(key: str | None) -> None:
    tries = 0

    async def unlucky(_: object) -> object:
        nonlocal tries
        tries += 1
        raise TransactionConflict("another transaction was in the way")

    with pytest.raises(TransactionConflict):
        await runner(Ledger(), key).run(unlucky, as_text)

    assert tries == ATTEMPTS == 3


async def test_the_second_try_may_succeed() -> None:
    tries = 0

    async def lucky_at_last(uow: object) -> object:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise TransactionConflict("another transaction was in the way")
        return await commits(uow)

    response = await runner(Ledger()).run(lucky_at_last, as_text)

    assert (response.body, tries) == (b"done", 2)


@pytest.mark.parametrize(
    "refusal", [OrderNotFound("no order 1"), Conflict("not now"), Rejected("makes no sense")]
)
async def test_a_final_refusal_is_stored_as_it_is_sent(refusal: DomainError) -> None:
    ledger = Ledger()

    response = await runner(ledger).run(raising(refusal), as_text)

    (stored,) = ledger.stored
    assert (stored.status, stored.body) == (response.status_code, response.body)
    assert b'"code":"%s"' % refusal.code.encode() in stored.body


@pytest.mark.parametrize(
    "refusal",
    [
        IdempotencyInProgress("wait"),
        IdempotencyKeyReused("another request's"),
        Forbidden("no"),
        Unauthenticated("who?"),
        PreconditionFailed("older version"),
        DatabaseBusy("busy"),
    ],
)
async def test_a_refusal_of_the_moment_leaves_the_key_alone(refusal: DomainError) -> None:
    ledger = Ledger()

    with pytest.raises(type(refusal)):
        await runner(ledger).run(raising(refusal), as_text)

    assert ledger.stored == []


async def test_a_refusal_that_comes_second_gives_way_to_the_first_answer() -> None:
    first = Answer(201, {"content-type": "text/plain"}, b"first")

    response = await runner(Ledger(entering=Replayed(first))).run(
        raising(Conflict("not now")), as_text
    )

    assert (response.status_code, response.body) == (201, b"first")
    assert response.headers["Idempotency-Replayed"] == "true"


async def test_a_refusal_that_cannot_be_stored_is_true_all_the_same() -> None:
    with pytest.raises(OrderNotFound):
        await runner(Ledger(entering=DatabaseBusy("busy"))).run(
            raising(OrderNotFound("no order 1")), as_text
        )


async def test_a_secret_is_sent_and_not_stored() -> None:
    ledger = Ledger()

    response = await runner(ledger).run(
        commits, as_text, keep=lambda _: Answer(201, {}, b"(hidden)")
    )

    assert response.body == b"done"
    assert [answer.body for answer in ledger.stored] == [b"(hidden)"]


def raising(refusal: Exception) -> Callable[[object], Awaitable[object]]:
    async def act(_: object) -> object:
        raise refusal

    return act
