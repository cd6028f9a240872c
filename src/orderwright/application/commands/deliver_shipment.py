from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.shipment import Shipment, ShipmentNotFound, ShipmentStatus
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverShipment:
    order_id: int
    shipment_id: str


async def deliver_shipment(command: DeliverShipment, uow: UnitOfWork, *, now: datetime) -> Shipment:
    """Note that the carrier delivered it; the last one of a shipped order makes it delivered.

    Raises:
        OrderNotFound, ShipmentNotFound, AlreadyDelivered.
    """
    async with uow:
        order = await uow.orders.get_by_id(command.order_id)
        await uow.context.precondition.check(order, uow)
        shipments = await uow.shipments.of_order(order.id)
        shipment = next((each for each in shipments if each.id == command.shipment_id), None)
        if shipment is None:
            raise ShipmentNotFound("the order has no such shipment")
        shipment.deliver(order, now)
        if _all_has_arrived(order, shipments):
            order.deliver(now)
        return await uow.commit(shipment)


def _all_has_arrived(order: Order, shipments: Sequence[Shipment]) -> bool:
    return order.status is OrderStatus.SHIPPED and all(
        each.status is ShipmentStatus.DELIVERED for each in shipments
    )
