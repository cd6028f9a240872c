from __future__ import annotations

from collections.abc import Mapping

from orderwright.application.placement.requests import PlacementRequest
from orderwright.application.services.pricing import priced_lines
from orderwright.domain.entities.placed_order import PlacedAdjustment, PlacedOrder
from orderwright.domain.interfaces.placement import CatalogueProduct
from orderwright.domain.value_objects.money import Money


def draft_order(request: PlacementRequest, products: Mapping[int, CatalogueProduct]) -> PlacedOrder:
    """The order as it would be placed: priced and added up, without a number or stock.

    Raises:
        EmptyOrder, UnknownProduct, ProductInactive, CurrencyMismatch, InvalidQuantity,
        InvalidAmount, AmountTooLarge, NegativeTotal: it makes no sense.
        PermissionDenied: a price of one's own without catalog:write.
    """
    command = request.command
    lines, currency = priced_lines(command.items, products, request.context.actor)
    adjustments = [
        PlacedAdjustment(
            kind=each.kind, label=each.label, amount=Money.parse(each.amount, currency)
        )
        for each in command.adjustments
    ]
    return PlacedOrder.of(
        customer_id=command.customer_id,
        currency=currency,
        items=lines,
        adjustments=adjustments,
        channel=command.channel,
        reference=command.reference,
        notes=command.notes,
        shipping_address=command.shipping_address,
        billing_address=command.billing_address,
        metadata=command.metadata,
        now=request.now,
    )
