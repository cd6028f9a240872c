from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.api.service import Service
from tests.shop import Shop


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with Service.running(database_url, tmp_path / "data") as service:
        yield service


@pytest.fixture
async def shop(service: Service) -> Shop:
    return await service.shop()
