from __future__ import annotations

import asyncio


class WakeUp:
    """Tells a waiting worker of this process that there is something to do.

    Only a hint: one that is lost costs a poll interval, since the tasks are in the database.
    """

    def __init__(self) -> None:
        self._called = asyncio.Event()

    # Not `call`: `provided.call` of the container is something else, and calling it does nothing.
    def wake(self) -> None:
        self._called.set()

    async def wait(self, at_most_s: float) -> bool:
        """Until called, which it answers, or for so long; a call from before the wait counts."""
        try:
            async with asyncio.timeout(at_most_s):
                return await self._called.wait()
        except TimeoutError:
            return False
        finally:
            self._called.clear()
