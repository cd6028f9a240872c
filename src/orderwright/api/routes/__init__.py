"""Every route of the API, in the order in which the documentation shows them and in which they are
tried: the busiest first."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from orderwright.api.order_api import V1, V2, OrderApi
from orderwright.api.routes import (
    api_keys,
    attachments,
    customers,
    dead_events,
    dependencies,
    deprecations,
    docs,
    events,
    gateway_webhooks,
    health,
    identity,
    metrics,
    open_operations,
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
    reports,
    returns,
    schedules,
    shipments,
    stock,
    tasks,
    tokens,
    users,
    versions,
    webhook_deliveries,
    webhooks,
)


def _of_orders(api: OrderApi, reading: APIRouter) -> Iterator[APIRouter]:
    """All that can be asked of orders in one version."""
    yield orders.routes(api)
    yield order_batches.routes(api)
    yield reading
    yield order_changes.routes(api)
    yield order_acts.routes(api)
    yield order_details.routes(api)
    yield attachments.routes(api)
    yield shipments.routes(api)
    yield returns.routes(api)
    yield refunds.routes(api)
    yield payments.routes(api)


_ROUTERS: Final = (
    *_of_orders(V1, orders_v1.router),
    *_of_orders(V2, orders_v2.router),
    open_operations.router,
    tasks.router,
    events.router,
    schedules.router,
    dead_events.router,
    customers.router,
    products.router,
    stock.router,
    reports.router,
    tokens.router,
    identity.router,
    users.router,
    api_keys.router,
    webhooks.router,
    webhook_deliveries.router,
    versions.router,
    deprecations.router,
    dependencies.router,
    gateway_webhooks.router,
    health.router,
    metrics.router,
    docs.router,
)


def _apart(routes: tuple[BaseRoute, ...]) -> tuple[BaseRoute, ...]:
    """An address that is written out, such as `/orders/batch`, is nobody's id: with another method it
    is refused as itself, not as an order that nobody has."""
    told = [route for route in routes if isinstance(route, APIRoute)]
    written_out = [route.path for route in told if "{" not in route.path]
    for route in told:
        taken = [path for path in written_out if "{" in route.path and route.path_regex.match(path)]
        if taken:
            others = "|".join(map(re.escape, taken))
            form = route.path_regex.pattern.removeprefix("^")
            route.path_regex = re.compile(f"^(?!(?:{others})$){form}")
    return routes


# One flat list: routers inside of routers are searched again on every level. Made once a process.
ROUTES: Final = _apart(tuple(chain.from_iterable(router.routes for router in _ROUTERS)))
