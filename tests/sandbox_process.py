"""The sandbox gateway as its users start it: a process of its own, with a ledger of its own."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx2

from devtools.ports import free_port

KEY: Final = "a-key-for-tests-that-is-long-enough"
_WITHIN_S: Final = 30.0
_POLL_S: Final = 0.02


class SandboxProcess:
    """`async with` starts it and stops it; in between it may be killed and started again."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = options
        self._file = directory / "gateway.db"
        self._log = directory / "gateway.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.client = httpx2.AsyncClient(
            base_url=self.url, headers={"Authorization": f"Bearer {KEY}"}, timeout=_WITHIN_S
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.client.aclose()
        self.stop()

    async def start(self) -> None:
        command = [sys.executable, "-m", "orderwright", "sandbox-gateway"]
        place = ["--port", str(self.port), "--db", str(self._file)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - starting takes no time
                [*command, *place, *self._options],
                env={**os.environ, "PAYMENT_API_KEY": KEY},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        async with asyncio.timeout(_WITHIN_S):
            while not await self._answers():
                assert self._process.poll() is None, self._log.read_text()
                await asyncio.sleep(_POLL_S)

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(by)
        return self._process.wait(_WITHIN_S)

    async def misbehave(self, fault: str, *, operation: str = "*", **how: object) -> None:
        mode = {"operation": operation, "fault": fault, **how}
        answer = await self.client.put("/_sandbox/mode", json=mode)
        assert answer.status_code == 200, answer.text

    async def behave(self) -> None:
        await self.misbehave("none")

    async def ledger(self) -> Any:
        return (await self.client.get("/_sandbox/ledger")).json()

    async def executions(self, reference: str) -> int:
        """How often it did what was asked with this reference."""
        times: int = (await self.ledger())["executions"].get(reference, 0)
        return times

    async def _answers(self) -> bool:
        try:
            await self.client.get("/_sandbox/mode")
        except httpx2.TransportError:
            return False
        return True
