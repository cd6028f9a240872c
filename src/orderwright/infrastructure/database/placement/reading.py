"""What both databases answer, as the placement of orders wants it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from orderwright.domain.entities.shelf import Shelf
from orderwright.domain.interfaces.order_reader import CustomerView
from orderwright.domain.interfaces.placement import CatalogueProduct, KeptRequest, RequestKey
from orderwright.domain.interfaces.requests import Answer
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import UnitPrice

Rows = Iterable[Sequence[Any]]


def kept_requests(rows: Rows) -> dict[RequestKey, KeptRequest]:
    return {
        (caller, key): KeptRequest(
            fingerprint=fingerprint,
            answer=None if status is None else Answer(status, _json(headers), bytes(body)),
            lease_until=_time(lease_until),
        )
        for caller, key, fingerprint, status, headers, body, lease_until in rows
    }


def customers(rows: Rows) -> dict[int, CustomerView]:
    return {
        customer_id: CustomerView(id=customer_id, name=name, email=email, external_ref=external_ref)
        for customer_id, name, email, external_ref in rows
    }


def products(rows: Rows) -> list[CatalogueProduct]:
    return [
        CatalogueProduct(
            id=product_id,
            sku=sku,
            name=name,
            price=UnitPrice(price, Currency.of(currency)),
            currency=Currency.of(currency),
            active=bool(active),
            track_inventory=bool(track_inventory),
            version=version,
        )
        for product_id, sku, name, price, currency, active, track_inventory, version in rows
    ]


def shelves(rows: Rows) -> list[Shelf]:
    return [
        Shelf(
            level_id=level_id,
            product_id=product_id,
            location_id=location_id,
            on_hand=on_hand,
            reserved=reserved,
            backorder=bool(backorder),
        )
        for level_id, product_id, location_id, on_hand, reserved, backorder in rows
    ]


def _json(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored


def _time(stored: Any) -> datetime:
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
