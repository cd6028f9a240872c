"""Every route of the API, in the order in which the documentation shows them and in which they are
tried: the busiest first."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from fastapi import APIRouter
from starlette.routing import BaseRoute

from orderwright.api.order_api import V1, V2, OrderApi
from orderwright.api.routes import (
    api_keys,
    customers,
    deprecations,
    docs,
    health,
    identity,
    order_acts,
    order_batches,
    order_changes,
    order_details,
    orders,
    orders_v1,
    orders_v2,
    payments,
    products,
    refunds,
    returns,
    shipments,
    stock,
    tasks,
    tokens,
    users,
    versions,
)


def _of_orders(api: OrderApi, reading: APIRouter) -> Iterator[APIRouter]:
    """All that can be asked of orders in one version."""
    yield orders.routes(api)
    yield order_batches.routes(api)
    yield reading
    yield order_changes.routes(api)
    yield order_acts.routes(api)
    yield order_details.routes(api)
    yield shipments.routes(api)
    yield returns.routes(api)
    yield refunds.routes(api)
    yield payments.routes(api)


_ROUTERS: Final = (
    *_of_orders(V1, orders_v1.router),
    *_of_orders(V2, orders_v2.router),
    tasks.router,
    customers.router,
    products.router,
    stock.router,
    tokens.router,
    identity.router,
    users.router,
    api_keys.router,
    versions.router,
    deprecations.router,
    health.router,
    docs.router,
)

# One flat list: routers inside of routers are searched again on every level. Made once a process.
ROUTES: Final[tuple[BaseRoute, ...]] = tuple(
    chain.from_iterable(router.routes for router in _ROUTERS)
)
