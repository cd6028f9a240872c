from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.application.services import stock_keeping
from orderwright.domain.entities.return_ import Return, ReturnNotFound
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveReturn:
    order_id: int
    return_id: str


async def receive_return(command: ReceiveReturn, uow: UnitOfWork, *, now: datetime) -> Return:
    """The goods are here; the lines marked so go back on the shelf they came from.

    Raises:
        OrderNotFound, ReturnNotFound, ReturnAlreadyReceived.
    """
    async with uow:
        order = await uow.orders.get_by_id(command.order_id)
        uow.context.precondition.check(order.version)
        returns = await uow.returns.of_order(order.id)
        return_ = next((each for each in returns if each.id == command.return_id), None)
        if return_ is None:
            raise ReturnNotFound("the order has no such return")
        return_.receive(order, now)
        await stock_keeping.restock(order, return_.restocked, uow, now)
        return await uow.commit(return_)
