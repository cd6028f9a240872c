"""An order as the drivers give it: times as they store them, everything nested as text of JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

import orjson
from sqlalchemy import ColumnElement, Text, cast

from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.order_reader import OrderView
from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Dialect
from orderwright.infrastructure.database.readers.order_parts import (
    adjustments_in,
    items_in,
    part_columns,
)

_orders: Final = tables.orders.c
Choice = TypeVar("Choice", bound=StrEnum)


def order_columns(dialect: Dialect) -> Sequence[ColumnElement[Any]]:
    """What `order_in` takes, in its order; before it, what a list may be sorted by."""
    return (
        _orders.total_ten_thousandths,
        _orders.id,
        _orders.status,
        _orders.payment_status,
        _orders.fulfilment_status,
        _orders.customer_id,
        _orders.currency,
        _orders.total_minor,
        _orders.channel,
        _orders.reference,
        _orders.notes,
        *(cast(each, Text) for each in _DOCUMENTS),
        _orders.cancellation_requested_at,
        _orders.cancellation_reason,
        _orders.created_at,
        _orders.updated_at,
        _orders.version,
        *(cast(each.element, Text) for each in part_columns(dialect)),
    )


def order_in(  # noqa: PLR0913, PLR0917 - a row, as it is selected
    _total: int,
    id: int,
    status: str,
    payment_status: str,
    fulfilment_status: str,
    customer_id: int,
    code: str,
    total_minor: int,
    channel: str,
    reference: str | None,
    notes: str | None,
    shipping_address: str | None,
    billing_address: str | None,
    metadata: str,
    cancellation_requested_at: Any,
    cancellation_reason: str | None,
    created_at: Any,
    updated_at: Any,
    version: int,
    items: str | None,
    adjustments: str | None,
) -> OrderView:
    currency = Currency.of(code)
    return OrderView(
        id=id,
        status=_STATUSES[status],
        payment_status=_PAYMENT_STATUSES[payment_status],
        fulfilment_status=_FULFILMENT_STATUSES[fulfilment_status],
        customer_id=customer_id,
        currency=currency,
        total=Money(total_minor, currency),
        channel=channel,
        reference=reference,
        notes=notes,
        shipping_address=_address(shipping_address),
        billing_address=_address(billing_address),
        metadata=orjson.loads(metadata),
        cancellation_requested_at=_moment(cancellation_requested_at),
        cancellation_reason=cancellation_reason,
        created_at=_moment(created_at),
        updated_at=_moment(updated_at),
        version=version,
        items=items_in(_listed(items)),
        adjustments=adjustments_in(_listed(adjustments)),
    )


def _moment(stored: Any) -> Any:
    """PostgreSQL's driver makes a time of it, in UTC; SQLite has text, in UTC as well."""
    return datetime.fromisoformat(stored) if isinstance(stored, str) else stored


def _address(stored: str | None) -> Address | None:
    return None if stored is None else Address(**orjson.loads(stored))


def _listed(stored: str | None) -> Sequence[Any]:
    """None is what PostgreSQL makes of no rows."""
    return () if stored is None else orjson.loads(stored)


def _by_text(choices: type[Choice]) -> Mapping[str, Choice]:
    return {str(each): each for each in choices}


_DOCUMENTS: Final = (_orders.shipping_address, _orders.billing_address, _orders.metadata)
_STATUSES: Final = _by_text(OrderStatus)
_PAYMENT_STATUSES: Final = _by_text(PaymentStatus)
_FULFILMENT_STATUSES: Final = _by_text(FulfilmentStatus)
