from __future__ import annotations

from collections.abc import Sequence

from orderwright.application.placement.order_processor import OrderProcessor
from orderwright.application.placement.requests import Outcome, PlacementRequest, is_settled
from orderwright.domain.interfaces.requests import Replayed
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


async def place_orders(
    requests: Sequence[PlacementRequest], uow: UnitOfWork, processor: OrderProcessor
) -> Sequence[Outcome | BaseException]:
    """Place many orders, each on its own merits: one outcome a request, in their order.

    When `uow` serves a request with an Idempotency-Key, every order should have one too: then a
    repetition after a crash places those that are missing, and two at once place none twice. The whole
    is answered for good once each of them is; until then a repetition tries the others again.

    Raises:
        Replayed, IdempotencyKeyReused: the whole was answered before, or is something else.
        QueueFull, Stopping: nothing was done.
    """
    is_keyed = uow.context.request is not None
    if is_keyed:
        async with uow:
            pass  # to hear of an earlier answer before anything is done
    outcomes = await processor.place_all(requests)
    if is_keyed and all(isinstance(each, Replayed) or is_settled(each) for each in outcomes):
        async with uow:
            await uow.commit(outcomes)
    return outcomes
