from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.return_ import Return, ReturnLine
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedReturnLine:
    item_id: int
    quantity: int
    restock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReturn:
    order_id: int
    lines: Sequence[WantedReturnLine]
    reason: str | None = None


async def request_return(
    command: RequestReturn, uow: UnitOfWork, *, now: datetime, ids: Ids
) -> Return:
    """Agree that goods come back; never more than was shipped and has not been promised back.

    Raises:
        OrderNotFound, LineNotFound, DuplicateLine, InvalidQuantity, EmptyReturn.
        ReturnExceedsShipped: not that many.
    """
    async with uow:
        order = await uow.orders.get_by_id(command.order_id)
        await uow.context.precondition.check(order, uow)
        lines = [
            ReturnLine(item_id=line.item_id, quantity=line.quantity, restock=line.restock)
            for line in command.lines
        ]
        return_ = Return.request(order, lines, id=ids.new_id(), reason=command.reason, now=now)
        await uow.returns.add(return_)
        return await uow.commit(return_)
