from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from orderwright.application.commands.process_order import processing_task
from orderwright.application.services import stock_keeping
from orderwright.application.services.pricing import WantedItem, priced_items
from orderwright.domain.entities.order import DEFAULT_CHANNEL, Order
from orderwright.domain.entities.order_parts import Adjustment, AdjustmentKind
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAdjustment:
    """`amount` is a decimal in the order's currency, which the products decide."""

    kind: AdjustmentKind
    label: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    customer_id: int
    items: Sequence[WantedItem]
    adjustments: Sequence[WantedAdjustment] = ()
    channel: str = DEFAULT_CHANNEL
    reference: str | None = None
    notes: str | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    payment_token: str | None = None
    pay_now: bool = False


async def place_order(command: PlaceOrder, uow: UnitOfWork, *, now: datetime, ids: Ids) -> Order:
    """Place an order: everything it needs is there and set aside, or nothing has changed.

    Raises:
        CustomerNotFound, UnknownProduct, ProductInactive, CurrencyMismatch, EmptyOrder,
        InvalidQuantity, AmountTooLarge, NegativeTotal: it makes no sense.
        PermissionDenied: a price of one's own without catalog:write.
        OutOfStock, DuplicateReference: not now.
    """
    async with uow:
        await uow.customers.require(command.customer_id)
        items, currency = await priced_items(command.items, uow)
        order = Order.place(
            customer_id=command.customer_id,
            currency=currency,
            items=items,
            adjustments=_adjustments(command.adjustments, currency),
            channel=command.channel,
            reference=command.reference,
            notes=command.notes,
            shipping_address=command.shipping_address,
            billing_address=command.billing_address,
            metadata=command.metadata,
            now=now,
        )
        await uow.orders.add(order)
        await stock_keeping.reserve(order, uow, now)
        if command.pay_now:
            await uow.tasks.enqueue(processing_task(order, command.payment_token, uow, ids, now))
        await uow.reached("place.before_commit")
        placed = await uow.commit(order)
    await uow.reached("place.after_commit_before_reply")
    return placed


def _adjustments(wanted: Sequence[WantedAdjustment], currency: Currency) -> list[Adjustment]:
    return [
        Adjustment.of(
            position=position,
            kind=each.kind,
            label=each.label,
            amount=Money.parse(each.amount, currency),
        )
        for position, each in enumerate(wanted, start=1)
    ]
