from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog

Check = Callable[[], Awaitable[bool]]

CHECK_TIMEOUT_S: Final = 2.0
# However many probes there are, a check runs once in this time.
FRESH_FOR_S: Final = 1.0

log = structlog.get_logger(__name__)


class Readiness:
    """Whether this process can serve. Why it cannot is for the log; a probe hears yes or no."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        spared: Mapping[str, Check] | None = None,
        timeout_s: float = CHECK_TIMEOUT_S,
        fresh_for_s: float = FRESH_FOR_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`spared` are shown with the others, but the service is ready without them."""
        self._checks = {**checks, **(spared or {})}
        self._spared = frozenset(spared or ())
        self._timeout_s = timeout_s
        self._fresh_for_s = fresh_for_s
        self._monotonic = monotonic
        self._stale_at = float("-inf")
        self._report: dict[str, bool] = {}
        self._lock = asyncio.Lock()
        self._drains = asyncio.Event()

    def drain(self) -> None:
        """From now on, ask for no more requests; those that are here will be finished."""
        self._drains.set()

    def needs(self, name: str) -> bool:
        """Whether it decides, of what is reported."""
        return name not in self._spared

    @property
    def draining(self) -> bool:
        return self._drains.is_set()

    async def until_draining(self) -> None:
        await self._drains.wait()

    async def report(self) -> Mapping[str, bool]:
        async with self._lock:
            if self._monotonic() >= self._stale_at:
                self._report = await self._ask_all()
                self._stale_at = self._monotonic() + self._fresh_for_s
        return self._report | ({"accepting": False} if self.draining else {})

    async def _ask_all(self) -> dict[str, bool]:
        answers = await asyncio.gather(*(self._ask(*each) for each in self._checks.items()))
        return dict(zip(self._checks, answers, strict=True))

    async def _ask(self, name: str, check: Check) -> bool:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await check()
        except Exception as error:
            log.warning("check.failed", check=name, exc_info=error)
            return False
