from collections.abc import AsyncIterator

import pytest

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
