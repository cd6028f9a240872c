from __future__ import annotations

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
        """Raises: QueueFull, Stopping, at once; otherwise as `place_order`."""
        return _order(await self._queue.submit(request))

    async def place_when_room(self, request: PlacementRequest) -> OrderInFull:
        """As `place`, for orders of which many come at once, from one that can wait."""
        return _order(await self._queue.submit_when_room(request))


def _order(outcome: Outcome) -> OrderInFull:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
