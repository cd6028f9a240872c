from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from random import Random
from typing import Protocol

import httpx2
import pytest

from orderwright.infrastructure.external_services.payments_stripe import StripeGateway
from orderwright.infrastructure.resilience.bounded_client import BoundedClient, ClientLimits
from orderwright.infrastructure.resilience.breakers import Breakers
from orderwright.infrastructure.resilience.circuit_breaker import BreakerSettings
from orderwright.infrastructure.resilience.guarded_client import GuardedClient
from orderwright.infrastructure.resilience.http_answers import Answer
from orderwright.infrastructure.resilience.retry import STANDARD, Retry
from orderwright.infrastructure.resilience.retry_budget import RetryBudget
from tests.builders import NOW
from tests.fake_stripe import FakeStripe, fake_stripe

KEY = "sk_test_" + "k" * 32


class Connect(Protocol):
    def __call__(self, url: str, *, tries: int = 1) -> StripeGateway: ...


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """A gateway that talks to this address, until the test ends."""
    async with AsyncExitStack() as clients:
        opened: list[BoundedClient] = []

        def to(url: str, *, tries: int = 1) -> StripeGateway:
            # To read all certificates there are would cost each test a third of a second.
            plain = httpx2.AsyncHTTPTransport(verify=False)
            client = BoundedClient(ClientLimits(total_s=5), transport=plain)
            opened.append(client)
            breaker = Breakers(BreakerSettings(failure_threshold=3)).named("stripe")
            retry = Retry[Answer](
                replace(STANDARD, attempts_max=tries, wait_min_s=0, wait_max_s=0),
                budget=RetryBudget(),
                random=Random(1),  # noqa: S311 - alike in every run
            )
            guarded = GuardedClient(client, breaker, retry, total_s=5)
            return StripeGateway(
                sending=guarded, asking=guarded, api_key=KEY, api_url=url, now=lambda: NOW
            )

        yield to
        for client in opened:
            await clients.enter_async_context(client)


@pytest.fixture
async def stripe() -> AsyncIterator[FakeStripe]:
    async with fake_stripe() as stripe:
        yield stripe


@pytest.fixture
def gateway(stripe: FakeStripe, connect: Connect) -> StripeGateway:
    return connect(stripe.url)
