from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.api.service import Service


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with Service.running(database_url, tmp_path / "data") as service:
        yield service


@pytest.fixture
async def sqlite_service(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """For what is decided before any database is asked."""
    async with Service.running(sqlite_url, tmp_path / "data") as service:
        yield service
