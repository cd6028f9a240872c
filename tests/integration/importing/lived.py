"""Past sales and what became of them, told by plain values and by entities."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from orderwright.application.importing.sales import IMPORT_PROVIDER, hold, live_through
from orderwright.application.services.settled_money import record_outcome
from orderwright.domain.entities.location import DEFAULT_LOCATION_ID
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_parts import Adjustment, AdjustmentKind, OrderItem
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_ledger import payment_status_of
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.placed_order import PlacedAdjustment, PlacedLine, PlacedOrder
from orderwright.domain.entities.reservation import Reservation
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.entities.stock import movements_of_past_sale
from orderwright.domain.events.payment import PaymentRequested
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind
from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.money import Money, UnitPrice
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from tests.builders import GBP, NOW

SUCCEEDED: Final = Outcome(kind=OutcomeKind.SUCCEEDED)


@dataclass(frozen=True)
class Line:
    product_id: int
    quantity: int
    ten_thousandths: int
    tracked: bool

    def facts(self) -> dict[str, object]:
        return {
            "product_id": self.product_id,
            "sku": f"SKU-{self.product_id}",
            "name": f"Product {self.product_id}",
            "quantity": self.quantity,
            "unit_price": UnitPrice(self.ten_thousandths, GBP),
            "track_inventory": self.tracked,
        }


@dataclass(frozen=True)
class Sold:
    """`hours` until it was shipped; None: not yet."""

    lines: tuple[Line, ...]
    postage_minor: int | None
    hours: int | None
    address: Address | None

    @property
    def shipped_at(self) -> datetime | None:
        return None if self.hours is None else NOW + timedelta(hours=self.hours)

    def facts(self, customer_id: int) -> dict[str, object]:
        return {
            "customer_id": customer_id,
            "currency": GBP,
            "channel": "import",
            "reference": None,
            "notes": None,
            "shipping_address": self.address,
            "billing_address": None,
            "metadata": {} if self.address else {"country": "Nowhere"},
            "now": NOW,
        }

    def postage(self) -> list[tuple[AdjustmentKind, str, Money]]:
        if self.postage_minor is None:
            return []
        return [(AdjustmentKind.SHIPPING, "Postage", Money(self.postage_minor, GBP))]


class IdsOf:
    """Ids that tell whose they are: two sides that make the same ones can be compared."""

    def __init__(self, side: str) -> None:
        self._side = side
        self._numbers = count(1)

    def new_id(self) -> str:
        return f"{self._side}-{next(self._numbers)}"

    def secret(self) -> str:
        raise NotImplementedError


async def by_values(sold: Sold, customer_id: int, uow: SqlUnitOfWork, ids: IdsOf) -> int:
    lines = [
        PlacedLine.of(number=number, **line.facts())  # type: ignore[arg-type]
        for number, line in enumerate(sold.lines, start=1)
    ]
    postage = [
        PlacedAdjustment(kind=kind, label=label, amount=amount)
        for kind, label, amount in sold.postage()
    ]
    order = PlacedOrder.of(items=lines, adjustments=postage, **sold.facts(customer_id))  # type: ignore[arg-type]
    (order.id,) = await uow.history.order_ids(1)
    sale = live_through(order, sold.shipped_at, ids)
    if sale.shipment is None:
        products = {line.product_id for line in sold.lines}
        hold(sale, await uow.stock.levels_at(DEFAULT_LOCATION_ID, products))
    await uow.history.add_sales([sale])
    return order.id


async def by_entities(sold: Sold, customer_id: int, uow: SqlUnitOfWork, ids: IdsOf) -> int:
    """Act by act, as it would happen to a live order."""
    items = [
        OrderItem.of(number=number, **line.facts())  # type: ignore[arg-type]
        for number, line in enumerate(sold.lines, start=1)
    ]
    postage = [
        Adjustment.of(position=position, kind=kind, label=label, amount=amount)
        for position, (kind, label, amount) in enumerate(sold.postage())
    ]
    order = Order.place(items=items, adjustments=postage, **sold.facts(customer_id))  # type: ignore[arg-type]
    await uow.orders.add(order)
    if sold.shipped_at is None:
        await _reserve(order, uow)
    units = sum(item.quantity for item in order.items if item.track_inventory)
    order.validate_inventory(units, NOW)
    if order.total:
        await _pay(order, uow, ids)
    order.confirm(NOW)
    if sold.shipped_at is not None:
        await _ship(order, sold.shipped_at, uow, ids)
    return order.id


async def _reserve(order: Order, uow: SqlUnitOfWork) -> None:
    products = {item.product_id for item in order.items}
    levels = await uow.stock.levels_at(DEFAULT_LOCATION_ID, products)
    for item in order.items:
        if item.track_inventory:
            level = levels[item.product_id]
            level.receive_history(item.quantity, order.id, NOW)
            level.reserve(item.quantity, order.id, NOW)
            uow._session.add(
                Reservation(
                    order_id=order.id,
                    item_id=item.id,
                    product_id=item.product_id,
                    location_id=DEFAULT_LOCATION_ID,
                    quantity=item.quantity,
                )
            )


async def _pay(order: Order, uow: SqlUnitOfWork, ids: IdsOf) -> None:
    payment = Payment.attempt(
        id=ids.new_id(),
        order_id=order.id,
        provider=IMPORT_PROVIDER,
        amount=order.total,
        token=None,
        now=NOW,
    )
    charge = payment.plan(OperationKind.CHARGE, order.total, id=ids.new_id(), now=NOW)
    requested = PaymentRequested(
        payment_id=payment.id, amount=order.total, provider=IMPORT_PROVIDER
    )
    order.note(requested, NOW)
    charge.mark_sent(NOW)
    record_outcome(order, payment, charge.id, SUCCEEDED, refunds=[], now=NOW)
    order.payment_status = payment_status_of(order.total, [payment])
    await uow.payments.add(payment)


async def _ship(order: Order, at: datetime, uow: SqlUnitOfWork, ids: IdsOf) -> None:
    shipment = Shipment.of(
        order,
        order.lines_left_to_ship(),
        id=ids.new_id(),
        carrier=None,
        tracking_number=None,
        now=at,
    )
    shipment.deliver(order, at)
    order.deliver(at)
    await uow.shipments.add(shipment)
    moved = [
        movement
        for item in order.items
        if item.track_inventory
        for movement in movements_of_past_sale(
            item.product_id,
            DEFAULT_LOCATION_ID,
            item.quantity,
            order_id=order.id,
            sold_at=NOW,
            shipped_at=at,
        )
    ]
    await uow.stock.write_movements(moved, uow.context.actor.name)
