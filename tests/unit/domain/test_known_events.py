"""No event is forgotten: each is known by its name, has a reader and a schema that says what it holds."""

import importlib
import pkgutil
from collections.abc import Iterator

from jsonschema_rs import Draft202012Validator, meta

from orderwright.application.services.event_schemas import event_schema, event_schemas
from orderwright.domain import events
from orderwright.domain.events.event import Event
from orderwright.domain.events.known import EVENTS, read_by
from orderwright.domain.events.order import LineQuantity, OrderPlaced, ReturnReceived
from orderwright.domain.events.payment import PaymentFailed
from orderwright.domain.value_objects.permission import Permission
from orderwright.infrastructure.database.event_payload import event_payload
from tests.builders import gbp

TOLD = {
    "id": 7,
    "aggregate": "order",
    "aggregate_id": 1,
    "sequence": 1,
    "occurred_at": "2026-11-28T17:00:00Z",
    "actor": "system",
    "correlation_id": None,
}


def written() -> Iterator[type[Event]]:
    for module in pkgutil.iter_modules(events.__path__, f"{events.__name__}."):
        for each in vars(importlib.import_module(module.name)).values():
            if isinstance(each, type) and issubclass(each, Event) and hasattr(each, "name"):
                yield each


def faults(event: Event, **changed: object) -> list[list[str | int]]:
    told = {**TOLD, "type": event.name, "data": {**event_payload(event), **changed}}
    validator = Draft202012Validator(event_schema(event.name))
    return [each.instance_path for each in validator.iter_errors(told)]


def test_every_event_is_known_and_has_a_schema() -> None:
    assert set(EVENTS.values()) == set(written())
    assert event_schemas().keys() == EVENTS.keys()
    for schema in event_schemas().values():
        meta.validate(schema)


def test_every_event_has_a_permission_to_read_it() -> None:
    assert {read_by(name) for name in EVENTS} == {
        Permission.ORDERS_READ,
        Permission.CUSTOMERS_READ,
        Permission.CATALOG_READ,
        Permission.INVENTORY_READ,
        Permission.WEBHOOKS_MANAGE,
        Permission.ADMIN,
    }


def test_what_is_written_is_what_the_schema_says() -> None:
    placed = OrderPlaced(
        customer_id=1, channel="web", reference=None, total=gbp("12.50"), item_count=1
    )
    line = LineQuantity(item_id=1, quantity=2)
    received = ReturnReceived(return_id="r", items=(line,), restocked=(), reason="broken")
    failed = PaymentFailed(payment_id="p", amount=gbp("1.00"), operation="charge", error_code=None)

    assert [faults(each) for each in (placed, received, failed)] == [[], [], []]
    assert faults(placed, customer_id="1") == [["data", "customer_id"]]
    assert faults(placed, total={"amount": 12.5, "currency": "GBP"}) == [
        ["data", "total", "amount"]
    ]
