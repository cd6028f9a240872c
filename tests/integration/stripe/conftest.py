from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from orderwright.infrastructure.external_services.payments_stripe import StripeGateway
from orderwright.infrastructure.resilience.bounded_client import BoundedClient, ClientLimits
from orderwright.infrastructure.resilience.breakers import Breakers
from orderwright.infrastructure.resilience.circuit_breaker import BreakerSettings
from tests.builders import NOW
from tests.integration.stripe.fake_stripe import FakeStripe, fake_stripe

KEY = "sk_test_" + "k" * 32

Connect = Callable[[str], StripeGateway]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """A gateway that talks to this address, until the test ends."""
    async with AsyncExitStack() as clients:
        opened: list[BoundedClient] = []

        def to(url: str) -> StripeGateway:
            client = BoundedClient(ClientLimits(total_s=5))
            opened.append(client)
            breaker = Breakers(BreakerSettings(failure_threshold=3)).named("stripe")
            return StripeGateway(client, breaker, api_key=KEY, api_url=url, now=lambda: NOW)

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
