from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwright.application.services import stock_keeping
from orderwright.domain.entities.order_lifecycle import OrderAct
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipOrder:
    """Without `lines`, everything that is left to ship."""

    order_id: int
    lines: Sequence[LineQuantity] | None = None
    carrier: str | None = None
    tracking_number: str | None = None


async def ship_order(command: ShipOrder, uow: UnitOfWork, *, now: datetime, ids: Ids) -> Shipment:
    """Hand goods to a carrier: off their reservations and off the shelf.

    Raises:
        OrderNotFound, LineNotFound, DuplicateLine, InvalidQuantity.
        IllegalTransition, CancellationInProgress, NothingLeftToShip, NotEnoughOnHand: not now.
    """
    async with uow:
        order = await uow.orders.get_by_id(command.order_id)
        await uow.context.precondition.check(order, uow)
        order.check(OrderAct.SHIP)
        lines = list(command.lines or order.lines_left_to_ship())
        shipment = Shipment.of(
            order,
            lines,
            id=ids.new_id(),
            carrier=command.carrier,
            tracking_number=command.tracking_number,
            now=now,
        )
        await stock_keeping.ship(order, lines, uow, now)
        await uow.shipments.add(shipment)
        return await uow.commit(shipment)
