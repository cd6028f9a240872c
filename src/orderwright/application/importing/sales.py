"""A document of goods as the order it was, with everything that has happened to it since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.application.importing.facts import Facts
from orderwright.application.importing.lines import Entry
from orderwright.application.importing.mapping import Mapping
from orderwright.application.importing.numbers import EXACT, ZERO
from orderwright.domain.entities.location import DEFAULT_LOCATION_ID
from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.entities.past_sale import PastPayment, PastSale, PastShipment
from orderwright.domain.entities.placed_order import PlacedAdjustment, PlacedLine, PlacedOrder
from orderwright.domain.entities.stock import StockLevel
from orderwright.domain.interfaces.history import KnownProduct
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.value_objects.money import Money

IMPORT_PROVIDER: Final = "import"  # no gateway answers to it: the money moved long ago

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
) -> PlacedOrder:
    """The order as it was agreed, without a number.

    Raises: NegativeTotal, CurrencyMismatch, AmountTooLarge.
    """
    metadata: dict[str, object] = {}
    if sale.facts.country_name:
        metadata["country"] = sale.facts.country_name
    return PlacedOrder.of(
        customer_id=customer_id,
        currency=sale.goods[0].currency,
        items=[
            _line(number, entry, products[entry.sku])
            for number, entry in enumerate(sale.goods, start=1)
        ],
        adjustments=_adjustments(sale),
        channel=mapping.channel,
        reference=sale.reference,
        notes=None,
        shipping_address=sale.facts.address,
        billing_address=None,
        metadata=metadata,
        now=sale.placed_at,
    )


def live_through(order: PlacedOrder, shipped_at: datetime | None, ids: Ids) -> PastSale:
    """The order with all that the document says has happened to it since."""
    return PastSale(
        order=order,
        location_id=DEFAULT_LOCATION_ID,
        payment=_payment(order, ids) if order.total else None,
        shipment=PastShipment(id=ids.new_id(), at=shipped_at) if shipped_at else None,
    )


def hold(sale: PastSale, levels: Levels) -> None:
    """What is still to be shipped is received first: what today's stock was, it stays."""
    order = sale.order
    for line in sale.tracked_lines():
        level = levels[line.product_id]
        level.receive_history(line.quantity, order.id, order.created_at)
        level.reserve(line.quantity, order.id, order.created_at)


def _line(number: int, entry: Entry, product: KnownProduct) -> PlacedLine:
    return PlacedLine.of(
        number=number,
        product_id=product.id,
        sku=entry.sku,
        name=entry.name or product.name,
        quantity=entry.quantity,
        unit_price=entry.price,
        track_inventory=product.track_inventory,
    )


def _adjustments(sale: Sale) -> list[PlacedAdjustment]:
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
    currency = sale.goods[0].currency
    return [
        PlacedAdjustment(kind=kind, label=label, amount=Money.rounded(amount, currency))
        for kind, label, amount in amounts
    ]


def _payment(order: PlacedOrder, ids: Ids) -> PastPayment:
    return PastPayment(
        id=ids.new_id(),
        charge_id=ids.new_id(),
        provider=IMPORT_PROVIDER,
        amount=order.total,
        at=order.created_at,
    )
