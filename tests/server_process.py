"""The product as its users start it: a process of its own, on a port and a directory of its own."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx2

_READY_WITHIN_S: Final = 30.0
_STOPPED_WITHIN_S: Final = 30.0
_POLL_S: Final = 0.02


class ServerDidNotStart(Exception):
    """It ended by itself or was not ready in time; the message is its log."""


class ServerProcess:
    """`async with` starts it and stops it; in between it may be killed and started again."""

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
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = directory / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

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
        command = [*_ORDERWRIGHT, "serve", "--port", str(self.port), *self._arguments]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - starting takes no time
                command, env=self._environment(settings), stdout=log, stderr=subprocess.STDOUT
            )
        await self._become_ready()

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(_STOPPED_WITHIN_S)

    async def wait_until_dead(self) -> int:
        assert self._process is not None
        async with asyncio.timeout(_STOPPED_WITHIN_S):
            while (code := self._process.poll()) is None:
                await asyncio.sleep(_POLL_S)
        return code

    async def terminate(self) -> int:
        """SIGTERM, as an operator would; its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return await self.wait_until_dead()

    def run(self, *arguments: str) -> Any:
        """What `orderwright ... --json` says, on the same database."""
        done = subprocess.run(
            [*_ORDERWRIGHT, *arguments, "--json"],
            env=self._environment({}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def api_key(self, *permissions: str) -> str:
        wanted = [part for each in permissions or ("admin",) for part in ("--permission", each)]
        key: str = self.run("keys", "create", "--name", "test", *wanted)["key"]
        return key

    def client(self, key: str) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=30.0,
            limits=httpx2.Limits(max_connections=300, max_keepalive_connections=50),
        )

    async def _become_ready(self) -> None:
        try:
            async with asyncio.timeout(_READY_WITHIN_S), httpx2.AsyncClient() as client:
                while not await self._is_ready(client):
                    await asyncio.sleep(_POLL_S)
        except TimeoutError:
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


_ORDERWRIGHT: Final = [sys.executable, "-m", "orderwright"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
