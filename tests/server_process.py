"""The product as its users start it: a process of its own, on a port and a directory of its own."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final, Self

import httpx2

from devtools.ports import free_port
from orderwright.application.commands.create_api_key import CreateApiKey, create_api_key
from orderwright.application.queries.audit import audit
from orderwright.config import Settings
from orderwright.container import Container, build_container, opened
from orderwright.domain.interfaces.auditor import Violation
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.value_objects.permission import Permission
from tests.command_process import Running, Start, as_users_do, preloaded
from tests.patience import AWAITED_S

_POLL_S: Final = 0.02


class ServerDidNotStart(Exception):
    """It ended by itself or was not ready in time; the message is its log."""


class ServerProcess:
    """`async with` starts it and stops it; in between it may be killed and started again."""

    _start: ClassVar[Start] = staticmethod(as_users_do)

    def __init__(
        self, database_url: str, directory: Path, *arguments: str, **settings: str
    ) -> None:
        self._arguments = arguments
        self._settings = {
            "DATABASE_URL": database_url,
            "DATA_DIR": str(directory / "data"),
            "RATE_LIMIT_ENABLED": "false",
            **settings,
        }
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = directory / "server.log"
        self._process: Running | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.terminate()

    async def start(self, **settings: str) -> None:
        """Settings given here hold for this start only."""
        serve = ["serve", "--port", str(self.port), *self._arguments]
        self._process = self._start(serve, self._environment(settings), self.log)
        await self._become_ready()

    @property
    def pid(self) -> int:
        """Of the first process; with `--workers` it has others below it."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(AWAITED_S)

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def wait_until_dead(self) -> int:
        assert self._process is not None
        async with asyncio.timeout(AWAITED_S):
            while (code := self._process.poll()) is None:
                await asyncio.sleep(_POLL_S)
        return code

    async def terminate(self) -> int:
        """SIGTERM, as an operator would; its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return await self.wait_until_dead()

    async def api_key(self) -> str:
        """A key that may do everything, made beside the server, as `orderwright keys create` is."""
        async with self._container() as container:
            created = await create_api_key(
                CreateApiKey(name="test", permissions=frozenset({Permission.ADMIN})),
                container.unit_of_work(RequestContext()),
                ids=container.ids(),
                secrets=container.secret_hasher(),
                now=container.clock().now(),
            )
        return created.text

    async def audit(self) -> list[Violation]:
        """What `orderwright audit` finds wrong with the database as it is now."""
        async with self._container() as container:
            return list((await audit(container.auditor())).violations)

    @asynccontextmanager
    async def _container(self) -> AsyncIterator[Container]:
        settings = Settings.load(
            env_file=None,
            database_url=self._settings["DATABASE_URL"],
            data_dir=self._settings["DATA_DIR"],
        )
        async with opened(build_container(settings)) as container:
            yield container

    def client(self, key: str) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=30.0,
            limits=httpx2.Limits(max_connections=300, max_keepalive_connections=50),
        )

    async def _become_ready(self) -> None:
        try:
            async with asyncio.timeout(AWAITED_S), httpx2.AsyncClient() as client:
                while not await self._is_ready(client):
                    await asyncio.sleep(_POLL_S)
        except TimeoutError:
            await self.terminate()
            raise ServerDidNotStart(self._read_log()) from None

    async def _is_ready(self, client: httpx2.AsyncClient) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise ServerDidNotStart(self._read_log())
        try:
            return (await client.get(f"{self.url}/health/ready")).status_code == 200
        except httpx2.TransportError:
            return False

    def _read_log(self) -> str:
        return self.log.read_text(errors="replace")

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        return {**os.environ, **self._settings, **settings}


class PreloadedServer(ServerProcess):
    """For tests that start it more than once."""

    _start = staticmethod(preloaded)
