from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from orderwright.sandbox_gateway.app import create_app
from tests.unit.sandbox_gateway.caller import Caller


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(tmp_path / "ledger.db", api_key="right", seed=1)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),
            base_url="http://gateway",
            headers={"Authorization": "Bearer right"},
        ) as client,
    ):
        yield client


@pytest.fixture
def caller(client: httpx2.AsyncClient) -> Caller:
    return Caller(client)
