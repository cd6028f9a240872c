from collections.abc import AsyncIterator

import pytest

from orderwright.infrastructure.external_services.payments_stripe import StripeGateway
from tests.fake_stripe import FakeStripe, fake_stripe
from tests.stripe_gateway import stripe_gateway


@pytest.fixture
async def stripe() -> AsyncIterator[FakeStripe]:
    async with fake_stripe() as stripe:
        yield stripe


@pytest.fixture
async def gateway(stripe: FakeStripe) -> AsyncIterator[StripeGateway]:
    async with stripe_gateway(stripe.url) as gateway:
        yield gateway
