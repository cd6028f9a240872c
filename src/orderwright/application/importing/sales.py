"""A document of goods as the order it was, with everything that has happened to it since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from orderwright.application.importing.facts import Facts
from orderwright.application.importing.known import KnownProduct
from orderwright.application.importing.lines import Entry
from orderwright.application.importing.mapping import Mapping
from orderwright.application.importing.numbers import EXACT, ZERO
from orderwright.application.services.settled_money import record_outcome
from orderwright.domain.entities.location import DEFAULT_LOCATION_ID
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_parts import Adjustment, AdjustmentKind, OrderItem
from orderwright.domain.entities.payment import Payment, payment_status_of
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.entities.stock import StockLevel, movements_of_past_sale
from orderwright.domain.events.payment import PaymentRequested
from orderwright.domain.interfaces.history import PastSale
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind
from orderwright.domain.value_objects.money import Money

IMPORT_PROVIDER: Final = "import"  # no gateway answers to it: the money moved long ago
SUCCEEDED: Final = Outcome(kind=OutcomeKind.SUCCEEDED)

Levels = dict[int, StockLevel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What a document asks for: `goods` and `charges` are its lines of each kind."""

    reference: str
    goods: Sequence[Entry]
    charges: Sequence[Entry]
    facts: Facts

    @property
    def customer(self) -> str:
        return self.goods[0].customer

    @property
    def placed_at(self) -> datetime:
        return self.goods[0].placed_at


def place(
    sale: Sale, mapping: Mapping, *, customer_id: int, products: dict[str, KnownProduct]
) -> Order:
    """The order as it was agreed, still pending.

    Raises: NegativeTotal, CurrencyMismatch, AmountTooLarge.
    """
    currency = sale.goods[0].currency
    metadata: dict[str, object] = {}
    if sale.facts.country_name:
        metadata["country"] = sale.facts.country_name
    return Order.place(
        customer_id=customer_id,
        currency=currency,
        items=[
            _item(number, entry, products[entry.sku])
            for number, entry in enumerate(sale.goods, start=1)
        ],
        adjustments=_adjustments(sale),
        channel=mapping.channel,
        reference=sale.reference,
        shipping_address=sale.facts.address,
        metadata=metadata,
        now=sale.placed_at,
    )


def live_through(order: Order, sale: Sale, levels: Levels, ids: Ids) -> PastSale:
    """Take the order to where the document says it is: paid, and shipped and delivered unless the
    goods have not left yet. Only then does it need the `levels` of its products."""
    shipped_at = sale.facts.shipped_at
    if shipped_at is None:
        _reserve(order, levels, sale.placed_at)
    tracked = [item for item in order.items if item.track_inventory]
    order.validate_inventory(sum(item.quantity for item in tracked), sale.placed_at)
    payment = _pay(order, sale.placed_at, ids) if order.total else None
    order.confirm(sale.placed_at)
    return PastSale(
        order=order,
        payment=payment,
        shipment=_ship(order, shipped_at, ids) if shipped_at else None,
        location_id=DEFAULT_LOCATION_ID,
        movements=[
            movement
            for item in tracked
            if shipped_at
            for movement in movements_of_past_sale(
                item.product_id,
                DEFAULT_LOCATION_ID,
                item.quantity,
                order_id=order.id,
                sold_at=sale.placed_at,
                shipped_at=shipped_at,
            )
        ],
    )


def _item(number: int, entry: Entry, product: KnownProduct) -> OrderItem:
    return OrderItem.of(
        number=number,
        product_id=product.id,
        sku=entry.sku,
        name=entry.name or product.name,
        quantity=entry.quantity,
        unit_price=entry.price,
        track_inventory=product.track_inventory,
    )


def _adjustments(sale: Sale) -> list[Adjustment]:
    """The charges of the document, then what stands beside its lines, then one discount for all
    lines: rounded once, so that an order is off by half a minor unit at most."""
    amounts = [
        (entry.charge.kind, entry.charge.label, entry.net)
        for entry in sale.charges
        if entry.charge is not None
    ]
    amounts += [
        (charge.kind, charge.label, amount) for charge, amount in sale.facts.charges if amount
    ]
    discount = ZERO
    for entry in sale.goods:
        discount = EXACT.add(discount, entry.discount)
    if discount:
        amounts.append((AdjustmentKind.DISCOUNT, "Discount", -discount))
    return [
        Adjustment.of(position=position, kind=kind, label=label, amount=_money(amount, sale))
        for position, (kind, label, amount) in enumerate(amounts)
    ]


def _money(amount: Decimal, sale: Sale) -> Money:
    return Money.rounded(amount, sale.goods[0].currency)


def _reserve(order: Order, levels: Levels, at: datetime) -> None:
    """What is still to be shipped is received first: what today's stock was, it stays."""
    for item in order.items:
        if item.track_inventory:
            level = levels[item.product_id]
            level.receive_history(item.quantity, order.id, at)
            level.reserve(item.quantity, order.id, at)


def _pay(order: Order, at: datetime, ids: Ids) -> Payment:
    payment = Payment.attempt(
        id=ids.new_id(),
        order_id=order.id,
        provider=IMPORT_PROVIDER,
        amount=order.total,
        token=None,
        now=at,
    )
    charge = payment.plan(OperationKind.CHARGE, order.total, id=ids.new_id(), now=at)
    requested = PaymentRequested(
        payment_id=payment.id, amount=order.total, provider=IMPORT_PROVIDER
    )
    order.note(requested, at)
    charge.mark_sent(at)
    record_outcome(order, payment, charge.id, SUCCEEDED, refunds=[], now=at)
    order.payment_status = payment_status_of(order.total, [payment])
    return payment


def _ship(order: Order, at: datetime, ids: Ids) -> Shipment:
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
    return shipment
