from collections.abc import AsyncIterator

import pytest

from orderwright.domain.interfaces.payment_gateway import PaymentGateway
from orderwright.infrastructure.external_services.payments_http import HttpGateway
from orderwright.infrastructure.external_services.payments_sandbox import SandboxGateway
from orderwright.infrastructure.external_services.payments_stripe import StripeGateway
from tests.fake_stripe import fake_stripe
from tests.http_gateway import http_gateway
from tests.sandbox_process import SandboxProcess
from tests.stripe_gateway import stripe_gateway


@pytest.fixture(scope="session")
async def _running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxProcess]:
    async with SandboxProcess(tmp_path_factory.mktemp("gateway")) as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(_running: SandboxProcess) -> AsyncIterator[SandboxProcess]:
    """One process for all tests, which behaves at the beginning of each; references are their own."""
    await _running.behave()
    yield _running
    await _running.behave()


@pytest.fixture
async def over_http(sandbox: SandboxProcess) -> AsyncIterator[HttpGateway]:
    async with http_gateway(sandbox.url) as gateway:
        yield gateway


@pytest.fixture
def inside() -> SandboxGateway:
    return SandboxGateway()


@pytest.fixture
async def at_stripe() -> AsyncIterator[StripeGateway]:
    async with fake_stripe() as stripe, stripe_gateway(stripe.url) as gateway:
        yield gateway


@pytest.fixture(params=["inside", "over_http", "at_stripe"])
def gateway(request: pytest.FixtureRequest) -> PaymentGateway:
    """Each there is, and none needs an account anywhere."""
    gateway: PaymentGateway = request.getfixturevalue(request.param)
    return gateway


@pytest.fixture(params=["inside", "over_http"])
def generous(request: pytest.FixtureRequest) -> PaymentGateway:
    """Those that take any currency, to its last decimal, and capture in parts."""
    gateway: PaymentGateway = request.getfixturevalue(request.param)
    return gateway
