from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from orderwright.domain.errors import Rejected
from orderwright.domain.interfaces.order_reader import (
    FullOrderPage,
    FullOrderReader,
    OrderFilter,
    OrderPage,
    OrderReader,
    OrderSort,
)

LIMIT_MAX: Final = 100
# Up to here a total is exact; beyond, counting would take longer than anybody reads.
COUNT_MAX: Final = 10_000
SKIP_MAX: Final = 10_000  # beyond, a database counts rows it will not show: use the cursor


class InvalidPage(Rejected):
    code = "invalid_page"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOrders:
    narrowed: OrderFilter = field(default_factory=OrderFilter)
    sort: OrderSort = OrderSort.NEWEST
    skip: int = 0
    limit: int = 20
    cursor: str | None = None
    count: bool = False


async def list_orders(query: ListOrders, orders: OrderReader) -> OrderPage:
    """One page, newest first unless sorted otherwise.

    Raises:
        InvalidPage: limit or skip beyond their caps, or a cursor together with skip.
        InvalidCursor.
    """
    _check(query)
    return await orders.page(
        query.narrowed,
        sort=query.sort,
        limit=query.limit,
        skip=query.skip,
        cursor=query.cursor,
        count=query.count,
    )


async def list_full_orders(query: ListOrders, orders: FullOrderReader) -> FullOrderPage:
    """The same with customers, payments and shipments, and a total of up to `COUNT_MAX`.

    Raises: InvalidPage, InvalidCursor.
    """
    _check(query)
    return await orders.page(
        query.narrowed,
        sort=query.sort,
        limit=query.limit,
        skip=query.skip,
        cursor=query.cursor,
        count_at_most=COUNT_MAX,
    )


def _check(query: ListOrders) -> None:
    """Raises: InvalidPage."""
    if not 1 <= query.limit <= LIMIT_MAX or not 0 <= query.skip <= SKIP_MAX:
        raise InvalidPage(f"limit is at most {LIMIT_MAX} and skip at most {SKIP_MAX}")
    if query.cursor is not None and query.skip:
        raise InvalidPage("a cursor and skip exclude each other")
