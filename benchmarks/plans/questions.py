"""Every filter with every sort, for values that many orders have and for values that few have."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from benchmarks.plans.shop import (
    BEGAN,
    DISCONTINUED,
    ORDERS_PER_CUSTOMER,
    RARE_PRODUCT,
    SPAN,
)
from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.order_reader import OrderFilter, OrderSort

PAGE: Final = 20
_SORTED_BY: Final = {
    "none": ("created_at", "total", "id"),
    "status": ("created_at",),
    "payment_status": ("created_at",),
    "fulfilment_status": ("created_at",),
    "channel": ("created_at",),
    "customer_id": ("created_at",),
    "created": ("created_at",),
    "total": ("total",),
}
_OF_SOME_TIME: Final = frozenset(
    {"status: on their way", "created: last half year", "status + created: an old year"}
)


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    narrowed: OrderFilter
    sort: OrderSort
    deep: bool

    def __str__(self) -> str:
        return f"{self.name}, {self.sort}, {'deep' if self.deep else 'first'} page"

    @property
    def by(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def in_order(self) -> bool:
        """One index has the orders of this filter in the order of this sort."""
        return self.by in _SORTED_BY.get(self.name.partition(":")[0], ())

    @property
    def is_served(self) -> bool:
        """Not: those of some time by ascending id. All earlier ones are passed over, once (ADR 9)."""
        return self.sort is not OrderSort.LOWEST_ID or self.deep or self.name not in _OF_SOME_TIME


def questions(orders: int) -> Iterator[Question]:
    """Interleaved, so that a statement is prepared for one value and asked for another."""
    for sort, deep in itertools.product(OrderSort, (False, True)):
        for name, narrowed in filters(orders).items():
            yield Question(name, narrowed, sort, deep)


def filters(orders: int) -> dict[str, OrderFilter]:
    typical_customer = orders // ORDERS_PER_CUSTOMER // 2
    last = BEGAN + SPAN
    return {
        "none": OrderFilter(),
        "status: most": OrderFilter(status=OrderStatus.DELIVERED),
        "status: new ones": OrderFilter(status=OrderStatus.PENDING),
        "status: on their way": OrderFilter(status=OrderStatus.SHIPPED),
        "payment_status: most": OrderFilter(payment_status=PaymentStatus.PAID),
        "payment_status: few": OrderFilter(payment_status=PaymentStatus.UNKNOWN),
        "fulfilment_status: most": OrderFilter(fulfilment_status=FulfilmentStatus.FULFILLED),
        "fulfilment_status: few": OrderFilter(
            fulfilment_status=FulfilmentStatus.PARTIALLY_FULFILLED
        ),
        "channel: most": OrderFilter(channel="api"),
        "channel: few": OrderFilter(channel="fair"),
        "channel: none": OrderFilter(channel="nowhere"),
        "customer_id: the largest": OrderFilter(customer_id=1),
        "customer_id: typical": OrderFilter(customer_id=typical_customer),
        "reference": OrderFilter(reference="R-1"),
        "product_id: best sold": OrderFilter(product_id=1),
        "product_id: typical": OrderFilter(product_id=2_500),
        "product_id: few": OrderFilter(product_id=RARE_PRODUCT),
        "product_id: no longer sold": OrderFilter(product_id=DISCONTINUED),
        "created: last half year": OrderFilter(created_from=last - timedelta(days=182)),
        "created: one old day": OrderFilter(
            created_from=BEGAN + timedelta(days=300), created_to=BEGAN + timedelta(days=301)
        ),
        "total: upper half": OrderFilter(min_total=Decimal(40)),
        "total: highest": OrderFilter(min_total=Decimal(1_000)),
        "q: order id": OrderFilter(q=str(orders // 2)),
        "q: reference": OrderFilter(q="R-1"),
        "q: typical e-mail": OrderFilter(q=f"c{typical_customer}@example.com"),
        "q: e-mail of the largest": OrderFilter(q="c1@example.com"),
        "q: SKU, best sold": OrderFilter(q="SKU-1"),
        "q: SKU, few": OrderFilter(q=f"SKU-{RARE_PRODUCT}"),
        "q: nothing": OrderFilter(q="nothing at all"),
        "status + customer_id": OrderFilter(
            status=OrderStatus.DELIVERED, customer_id=typical_customer
        ),
        "status + created: one day": OrderFilter(
            status=OrderStatus.PENDING, created_from=last - timedelta(days=1)
        ),
        "status + created: an old year": OrderFilter(
            status=OrderStatus.DELIVERED,
            created_from=BEGAN + timedelta(days=300),
            created_to=BEGAN + timedelta(days=665),
        ),
        "status + total": OrderFilter(status=OrderStatus.DELIVERED, min_total=Decimal(1_000)),
        "channel + product_id": OrderFilter(channel="web", product_id=1),
    }
