"""Every router of the API, in the order in which the documentation shows them."""

from orderwright.api.routes import (
    api_keys,
    customers,
    health,
    identity,
    order_acts,
    order_details,
    orders,
    products,
    refunds,
    returns,
    shipments,
    stock,
    tasks,
    tokens,
    versions,
)

ROUTERS = (
    orders.router,
    order_acts.router,
    order_details.router,
    shipments.router,
    returns.router,
    refunds.router,
    tasks.router,
    customers.router,
    products.router,
    stock.router,
    tokens.router,
    identity.router,
    api_keys.router,
    versions.router,
    health.router,
)
