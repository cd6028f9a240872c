"""An order as the first version shows it, straight to bytes: what `OrderJson` documents, and would give
at five times the cost. A test holds the two to each other."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import orjson

from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money, UnitPrice


class ShownItem(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def product_id(self) -> int: ...
    @property
    def sku(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def quantity(self) -> int: ...
    @property
    def unit_price(self) -> UnitPrice: ...
    @property
    def line_total(self) -> Money: ...
    @property
    def shipped(self) -> int: ...
    @property
    def returned(self) -> int: ...


class ShownAdjustment(Protocol):
    @property
    def kind(self) -> AdjustmentKind: ...
    @property
    def label(self) -> str: ...
    @property
    def amount(self) -> Money: ...


class ShownOrder(Protocol):
    """What an order, a new one and one that was read have in common."""

    @property
    def id(self) -> int: ...
    @property
    def status(self) -> OrderStatus: ...
    @property
    def payment_status(self) -> PaymentStatus: ...
    @property
    def fulfilment_status(self) -> FulfilmentStatus: ...
    @property
    def customer_id(self) -> int: ...
    @property
    def currency(self) -> Currency: ...
    @property
    def total(self) -> Money: ...
    @property
    def channel(self) -> str: ...
    @property
    def reference(self) -> str | None: ...
    @property
    def notes(self) -> str | None: ...
    @property
    def items(self) -> Sequence[ShownItem]: ...
    @property
    def adjustments(self) -> Sequence[ShownAdjustment]: ...
    @property
    def shipping_address(self) -> Address | None: ...
    @property
    def billing_address(self) -> Address | None: ...
    @property
    def metadata(self) -> dict[str, object]: ...
    @property
    def cancellation_requested_at(self) -> datetime | None: ...
    @property
    def cancellation_reason(self) -> str | None: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def updated_at(self) -> datetime: ...
    @property
    def version(self) -> int: ...


def order_bytes(order: ShownOrder) -> bytes:
    return _encode(_members(order))


def _members(order: ShownOrder) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": order.status,
        "payment_status": order.payment_status,
        "fulfilment_status": order.fulfilment_status,
        "total": str(order.total),
        "currency": order.currency.code,
        "customer_id": order.customer_id,
        "channel": order.channel,
        "reference": order.reference,
        "notes": order.notes,
        "items": [_item(each) for each in order.items],
        "adjustments": [_adjustment(each) for each in order.adjustments],
        "shipping_address": _address(order.shipping_address),
        "billing_address": _address(order.billing_address),
        "metadata": order.metadata,
        "cancellation_requested_at": _time(order.cancellation_requested_at),
        "cancellation_reason": order.cancellation_reason,
        "created_at": _time(order.created_at),
        "updated_at": _time(order.updated_at),
        "version": order.version,
    }


def _item(item: ShownItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "product_id": item.product_id,
        "sku": item.sku,
        "name": item.name,
        "quantity": item.quantity,
        "unit_price": str(item.unit_price),
        "line_total": str(item.line_total),
        "shipped": item.shipped,
        "returned": item.returned,
    }


def _adjustment(adjustment: ShownAdjustment) -> dict[str, Any]:
    return {
        "kind": adjustment.kind,
        "label": adjustment.label,
        "amount": str(adjustment.amount),
    }


def _address(address: Address | None) -> dict[str, str | None] | None:
    return None if address is None else {part: getattr(address, part) for part in _PARTS}


def _time(moment: datetime | None) -> datetime | None:
    """In UTC, which the encoder writes as `Z`."""
    return None if moment is None else moment.astimezone(UTC)


_PARTS: Final = Address.__slots__


def _encode(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)
