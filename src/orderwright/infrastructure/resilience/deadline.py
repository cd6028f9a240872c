"""Time that a caller has left, known to whatever it calls without being handed on by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from math import inf
from typing import Final

# An inner deadline ends this much before the outer one, so that whoever set it can still say what
# became of the call; if both ended at once, only the outer one would be heard.
LAST_WORDS_S: Final = 0.05

_ends_at: ContextVar[float] = ContextVar("deadline_ends_at", default=inf)


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Cancels the block after `seconds`, or before if less is left of a deadline around it.

    Tasks that the block starts inherit it. A cancellation from elsewhere passes through untouched.

    Raises:
        TimeoutError: the time was up.
    """
    now = asyncio.get_running_loop().time()
    ends_at = min(now + seconds, _ends_at.get() - LAST_WORDS_S)
    token = _ends_at.set(ends_at)
    try:
        async with asyncio.timeout_at(ends_at):
            yield
    finally:
        _ends_at.reset(token)


def time_left_s() -> float:
    """Of the nearest deadline: infinite without one, never negative."""
    return max(0.0, _ends_at.get() - asyncio.get_running_loop().time())


@contextmanager
def passing_on(seconds: float) -> Iterator[None]:
    """A deadline for what the block calls, which does not end the block itself: what it is doing, such
    as committing, is better finished late than cut off. A task that is to outlive the block must not
    be started in it."""
    ends_at = min(asyncio.get_running_loop().time() + seconds, _ends_at.get())
    token = _ends_at.set(ends_at)
    try:
        yield
    finally:
        _ends_at.reset(token)
