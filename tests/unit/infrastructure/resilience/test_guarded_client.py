"""All guards around one call, and what their interplay says about whether it was carried out."""

from collections.abc import Sequence
from random import Random

import httpx2
import pytest

from orderwright.infrastructure.resilience.bounded_client import BoundedClient, ClientLimits
from orderwright.infrastructure.resilience.circuit_breaker import (
    BreakerSettings,
    CircuitBreaker,
    CircuitState,
)
from orderwright.infrastructure.resilience.failures import CircuitOpen, NotSent, OutcomeUnknown
from orderwright.infrastructure.resilience.guarded_client import GuardedClient
from orderwright.infrastructure.resilience.http_answers import transient_answer
from orderwright.infrastructure.resilience.retry import STANDARD, Retry
from orderwright.infrastructure.resilience.retry_budget import RetryBudget
from tests.unit.infrastructure.resilience.passing_time import PassingTime

KEY = {"Idempotency-Key": "op-1"}
REFUSED, TORN = httpx2.ConnectError, httpx2.ReadError
Outcome = int | type[httpx2.TransportError]


class Gateway:
    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._outcomes = list(outcomes)
        self.keys: list[str | None] = []
        time = PassingTime()
        self.breaker = CircuitBreaker(
            "gateway", BreakerSettings(), monotonic=time.monotonic, now=time.now
        )
        self.client = GuardedClient(
            BoundedClient(ClientLimits(), transport=httpx2.MockTransport(self._answer)),
            self.breaker,
            Retry(
                STANDARD,
                budget=RetryBudget(),
                random=Random(7),  # noqa: S311 - jitter is no secret
                of_result=transient_answer(time.now),
                sleep=time.sleep,
                monotonic=time.monotonic,
            ),
            total_s=10,
        )

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.keys.append(request.headers.get("idempotency-key"))
        outcome = self._outcomes[min(len(self.keys), len(self._outcomes)) - 1]
        if isinstance(outcome, int):
            return httpx2.Response(outcome)
        raise outcome("", request=request)

    async def charge(self, headers: dict[str, str] = KEY) -> int:
        return (await self.client.send("POST", "http://gateway.example", headers=headers)).status


async def test_a_keyed_call_is_tried_again_with_the_same_key() -> None:
    gateway = Gateway([REFUSED, 503, 201])

    assert await gateway.charge() == 201
    assert gateway.keys == ["op-1"] * 3


async def test_without_a_key_nothing_is_sent_twice() -> None:
    gateway = Gateway([503])

    assert await gateway.charge(headers={}) == 503
    assert gateway.keys == [None]


async def test_what_none_of_the_tries_sent_was_not_carried_out() -> None:
    with pytest.raises(NotSent):
        await Gateway([REFUSED]).charge()


@pytest.mark.parametrize("first", [TORN, 500, 502, 504])
@pytest.mark.parametrize("last", [REFUSED, 429, 503, 401, 404])
async def test_a_last_try_that_fails_says_nothing_of_one_that_may_have_been_carried_out(
    first: Outcome, last: Outcome
) -> None:
    with pytest.raises(OutcomeUnknown):
        await Gateway([first, last]).charge()


@pytest.mark.parametrize("last", [201, 402, 422])
async def test_an_answer_to_the_same_key_tells_what_became_of_all_tries(last: int) -> None:
    assert await Gateway([TORN, last]).charge() == last


async def test_every_try_counts_and_an_open_circuit_ends_the_tries() -> None:
    gateway = Gateway([503])
    assert await gateway.charge() == 503
    # The fifth failure is the second try of this one.
    with pytest.raises(CircuitOpen):
        await gateway.charge()
    assert (gateway.breaker.state, len(gateway.keys)) == (CircuitState.OPEN, 5)

    with pytest.raises(CircuitOpen):
        await gateway.charge()
    assert len(gateway.keys) == 5


async def test_an_open_circuit_after_a_torn_answer_leaves_the_outcome_unknown() -> None:
    gateway = Gateway([503, 503, 503, 503, TORN])
    await gateway.charge()

    with pytest.raises(OutcomeUnknown):
        await gateway.charge()
    assert gateway.breaker.state is CircuitState.OPEN


async def test_refusals_of_requests_do_not_open_the_circuit() -> None:
    gateway = Gateway([402])
    for _ in range(20):
        await gateway.charge()

    assert gateway.breaker.report().failures == 0
