from collections.abc import AsyncIterator

import pytest

from orderwright.domain.interfaces.payment_gateway import PaymentGateway
from orderwright.infrastructure.external_services.payments_http import HttpGateway
from orderwright.infrastructure.external_services.payments_sandbox import SandboxGateway
from tests.http_gateway import http_gateway
from tests.sandbox_process import SandboxProcess


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


@pytest.fixture(params=["inside", "over_http"])
def gateway(request: pytest.FixtureRequest) -> PaymentGateway:
    """Each gateway that needs no account anywhere."""
    if request.param == "inside":
        return SandboxGateway()
    over_http: HttpGateway = request.getfixturevalue("over_http")
    return over_http
