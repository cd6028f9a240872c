"""Every router of the API, in the order in which the documentation shows them."""

from collections.abc import Iterator

from fastapi import APIRouter

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


def _of_orders(api: OrderApi, reading: APIRouter) -> APIRouter:
    """All that can be asked of orders in one version."""
    router = APIRouter()
    for each in _parts(api, reading):
        router.include_router(each)
    return router


def _parts(api: OrderApi, reading: APIRouter) -> Iterator[APIRouter]:
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


ROUTERS = (
    _of_orders(V1, orders_v1.router),
    _of_orders(V2, orders_v2.router),
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
