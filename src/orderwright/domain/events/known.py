"""Every event there is, by its public name."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Final

from orderwright.domain.events import catalog, order, payment, webhook
from orderwright.domain.events.event import Event
from orderwright.domain.value_objects.permission import Permission

# Who may read of what events with this first part tell, may read them.
_READ_BY: Final[Mapping[str, Permission]] = {
    "order": Permission.ORDERS_READ,
    "payment": Permission.ORDERS_READ,
    "shipment": Permission.ORDERS_READ,
    "return": Permission.ORDERS_READ,
    "refund": Permission.ORDERS_READ,
    "customer": Permission.CUSTOMERS_READ,
    "product": Permission.CATALOG_READ,
    "location": Permission.INVENTORY_READ,
    "stock": Permission.INVENTORY_READ,
    "webhook_endpoint": Permission.WEBHOOKS_MANAGE,
    "user": Permission.ADMIN,
    "api_key": Permission.ADMIN,
}


def _in(module: ModuleType) -> dict[str, type[Event]]:
    kinds = [each for each in vars(module).values() if isinstance(each, type)]
    return {each.name: each for each in kinds if issubclass(each, Event) and hasattr(each, "name")}


EVENTS: Final[Mapping[str, type[Event]]] = {
    **_in(order),
    **_in(payment),
    **_in(catalog),
    **_in(webhook),
}


def read_by(name: str) -> Permission:
    return _READ_BY[name.partition(".")[0]]
