from __future__ import annotations

from collections.abc import Sequence

from orderwright.application.placement.requests import Outcome, PlacementRequest
from orderwright.domain.interfaces.batching import Batching
from orderwright.domain.interfaces.order_reader import OrderInFull


class OrderProcessor:
    """The way in for everybody who places orders while the service runs: a bounded queue, from which
    whatever waits is placed together (see `GroupPlacer`).

    Lives as long as the application, as does the queue.
    """

    def __init__(self, queue: Batching[PlacementRequest, Outcome]) -> None:
        self._queue = queue

    async def place(self, request: PlacementRequest) -> OrderInFull:
        """Raises: QueueFull, Stopping, at once; otherwise why it is refused, or `Replayed`."""
        outcome = await self._queue.submit(request)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def place_all(
        self, requests: Sequence[PlacementRequest]
    ) -> Sequence[Outcome | BaseException]:
        """One outcome a request, in their order; `Stopping` of those that came too late.

        Raises: QueueFull, Stopping: none was taken.
        """
        return await self._queue.submit_all(requests)
