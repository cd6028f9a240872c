"""Which entity is kept in which table. The domain knows nothing of this.

Composites make `Money` and `UnitPrice` of a number column and the row's currency. Relationships
exist only inside an aggregate, loaded with it by a second SELECT: a JOIN with FOR UPDATE would show
the lines from before the wait for the lock.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.orm import composite, registry, relationship

from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.attachment import Attachment
from orderwright.domain.entities.customer import Customer
from orderwright.domain.entities.location import Location
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_parts import Adjustment, OrderItem
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import PaymentOperation
from orderwright.domain.entities.product import Product
from orderwright.domain.entities.refresh_token import RefreshToken
from orderwright.domain.entities.refund import Refund, RefundLine
from orderwright.domain.entities.reservation import Reservation
from orderwright.domain.entities.return_ import Return, ReturnLine
from orderwright.domain.entities.shipment import Shipment, ShipmentLine
from orderwright.domain.entities.sign_in_tally import SignInTally
from orderwright.domain.entities.stock import StockLevel
from orderwright.domain.entities.task import Task
from orderwright.domain.entities.user import User
from orderwright.domain.entities.webhook_endpoint import WebhookEndpoint
from orderwright.domain.value_objects.money import Money, UnitPrice
from orderwright.infrastructure.database import (
    tables,
    tables_access,
    tables_attachments,
    tables_fulfilment,
    tables_payments,
    tables_webhooks,
    tables_work,
)

_registry = registry(metadata=tables.metadata)


def map_entities() -> None:
    """Map every entity, once; calling it again changes nothing."""
    if list(_registry.mappers):
        return
    _map_catalogue()
    _map_orders()
    _map_payments()
    _map_fulfilment()
    _map_access()


def _money(column: Column[Any]) -> Any:
    return composite(Money, column, column.table.c.currency)


def _price(column: Column[Any]) -> Any:
    return composite(UnitPrice, column, column.table.c.currency)


def _parts(entity: type, *order_by: Column[Any]) -> Any:
    return relationship(
        entity, lazy="selectin", cascade="all, delete-orphan", order_by=list(order_by)
    )


def _map(entity: type, table: Table, **properties: Any) -> None:
    _registry.map_imperatively(entity, table, properties=properties)


def _map_catalogue() -> None:
    # `metadata` is SQLAlchemy's own name on a mapped class only when declarative; here it is ours.
    _map(Customer, tables.customers)
    _map(Product, tables.products, price=_price(tables.products.c.price_ten_thousandths))
    _map(Location, tables.locations)
    _map(StockLevel, tables.stock_levels)
    _map(Reservation, tables.reservations)


def _map_orders() -> None:
    item, adjustment = tables.order_items.c, tables.order_adjustments.c
    _map(
        OrderItem,
        tables.order_items,
        unit_price=_price(item.unit_price_ten_thousandths),
        line_total=_money(item.line_total_minor),
    )
    _map(Adjustment, tables.order_adjustments, amount=_money(adjustment.amount_minor))
    _map(
        Order,
        tables.orders,
        total=_money(tables.orders.c.total_minor),
        items=_parts(OrderItem, item.id),
        adjustments=_parts(Adjustment, adjustment.position),
    )


def _map_payments() -> None:
    payment, operation = tables_payments.payments.c, tables_payments.payment_operations.c
    _map(
        PaymentOperation, tables_payments.payment_operations, amount=_money(operation.amount_minor)
    )
    _map(
        Payment,
        tables_payments.payments,
        amount=_money(payment.amount_minor),
        authorised=_money(payment.authorised_minor),
        captured=_money(payment.captured_minor),
        refunded=_money(payment.refunded_minor),
        refunding=_money(payment.refunding_minor),
        operations=_parts(PaymentOperation, operation.planned_at, operation.id),
    )
    _map(RefundLine, tables_payments.refund_items)
    _map(
        Refund,
        tables_payments.refunds,
        amount=_money(tables_payments.refunds.c.amount_minor),
        items=_parts(RefundLine, tables_payments.refund_items.c.item_id),
    )


def _map_fulfilment() -> None:
    _map(ShipmentLine, tables_fulfilment.shipment_items)
    _map(
        Shipment,
        tables_fulfilment.shipments,
        items=_parts(ShipmentLine, tables_fulfilment.shipment_items.c.item_id),
    )
    _map(ReturnLine, tables_fulfilment.return_items)
    _map(
        Return,
        tables_fulfilment.returns,
        items=_parts(ReturnLine, tables_fulfilment.return_items.c.item_id),
    )
    _map(Attachment, tables_attachments.attachments)


def _map_access() -> None:
    _map(Task, tables_work.tasks)
    _map(User, tables_access.users)
    _map(ApiKey, tables_access.api_keys)
    _map(RefreshToken, tables_access.refresh_tokens)
    _map(SignInTally, tables_access.sign_in_tallies)
    _map(WebhookEndpoint, tables_webhooks.webhook_endpoints)
