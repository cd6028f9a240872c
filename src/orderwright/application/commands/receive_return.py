from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwright.application.services import stock_keeping
from orderwright.domain.entities.return_ import ReceivedLine, Return, ReturnNotFound
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveReturn:
    """Without `lines`, all that was requested came."""

    order_id: int
    return_id: str
    lines: Sequence[ReceivedLine] | None = None
    reason: str | None = None


async def receive_return(command: ReceiveReturn, uow: UnitOfWork, *, now: datetime) -> Return:
    """The goods are here, or what came of them; the lines marked so go back on the shelf they came
    from.

    Raises:
        OrderNotFound, ReturnNotFound, LineNotFound, ReturnAlreadyReceived, ReturnExceedsRequested.
        EmptyReturn, DuplicateLine, InvalidQuantity.
    """
    async with uow:
        order = await uow.orders.get_by_id(command.order_id)
        await uow.context.precondition.check(order, uow)
        returns = await uow.returns.of_order(order.id)
        return_ = next((each for each in returns if each.id == command.return_id), None)
        if return_ is None:
            raise ReturnNotFound("the order has no such return")
        return_.receive(order, now, came=command.lines, reason=command.reason)
        await stock_keeping.restock(order, return_.restocked, uow, now)
        return await uow.commit(return_)
