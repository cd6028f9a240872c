"""The values of an order and of what goes with it, by column."""

from __future__ import annotations

from typing import Any

from orderwright.domain.entities.placed_order import PlacedAdjustment, PlacedLine, PlacedOrder
from orderwright.domain.entities.reservation import ReservationState
from orderwright.domain.entities.stock import MovementKind
from orderwright.domain.interfaces.placement import Hold
from orderwright.domain.value_objects.money import PRICE_DECIMALS, Money
from orderwright.infrastructure.database.bulk.rows_of import Values


def order_values(order: PlacedOrder) -> dict[str, Any]:
    return {
        "id": order.id,
        "customer_id": order.customer_id,
        "status": order.status,
        "payment_status": order.payment_status,
        "fulfilment_status": order.fulfilment_status,
        "currency": order.currency,
        "total_minor": order.total.minor,
        "total_ten_thousandths": _ten_thousandths(order.total),
        "channel": order.channel,
        "reference": order.reference,
        "notes": order.notes,
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "metadata": order.metadata,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "version": order.version,
    }


def _ten_thousandths(total: Money) -> int:
    scale: int = 10 ** (PRICE_DECIMALS - total.currency.exponent)
    return total.minor * scale


def item_values(order_id: int, line: PlacedLine, *, shipped: int) -> Values:
    return {
        "order_id": order_id,
        "id": line.id,
        "product_id": line.product_id,
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "unit_price_ten_thousandths": line.unit_price.ten_thousandths,
        "line_total_minor": line.line_total.minor,
        "currency": line.line_total.currency,
        "track_inventory": line.track_inventory,
        "shipped": shipped,
        "returned": line.returned,
    }


def adjustment_values(order_id: int, position: int, adjustment: PlacedAdjustment) -> Values:
    return {
        "order_id": order_id,
        "position": position,
        "kind": adjustment.kind,
        "label": adjustment.label,
        "amount_minor": adjustment.amount.minor,
        "currency": adjustment.amount.currency,
    }


def reservation_values(
    order_id: int, item_id: int, product_id: int, location_id: int, quantity: int
) -> Values:
    return {
        "order_id": order_id,
        "item_id": item_id,
        "location_id": location_id,
        "product_id": product_id,
        "quantity": quantity,
        "state": ReservationState.ACTIVE,
    }


def reserve_values(hold: Hold) -> Values:
    """Its movement in the ledger of stock."""
    return {
        "product_id": hold.product_id,
        "location_id": hold.location_id,
        "kind": MovementKind.RESERVE,
        "on_hand_delta": 0,
        "reserved_delta": hold.quantity,
        "occurred_at": hold.at,
        "order_id": hold.order_id,
        "actor": hold.actor,
    }
