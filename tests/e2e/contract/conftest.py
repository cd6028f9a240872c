from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.api.service import Service


@pytest.fixture
async def service(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """On one database only: what is proved here is decided before any is asked."""
    async with Service.running(sqlite_url, tmp_path / "data") as service:
        yield service
