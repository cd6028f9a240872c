"""Who may use which route, spelled out once more: a route that changes hands is noticed.

"any" is whoever says who they are, "open" is for everybody.
"""

from typing import Final

_ORDERS_V1: Final = {
    "POST /api/v1/orders": "orders:write",
    "GET /api/v1/orders": "orders:read",
    "GET /api/v1/orders/{order_id}": "orders:read",
    "DELETE /api/v1/orders/{order_id}": "orders:write",
    "POST /api/v1/orders/{order_id}/cancel": "orders:write",
    "POST /api/v1/orders/{order_id}/process": "orders:write",
    "GET /api/v1/orders/{order_id}/timeline": "orders:read",
    "GET /api/v1/orders/{order_id}/payments": "orders:read",
    "GET /api/v1/orders/{order_id}/actions": "orders:read",
    "PATCH /api/v1/orders/{order_id}": "orders:write",
    "POST /api/v1/orders/{order_id}/payments/{payment_id}/capture": "payments:write",
    "POST /api/v1/orders/{order_id}/payments/{payment_id}/void": "payments:write",
    "POST /api/v1/orders/{order_id}/shipments": "orders:write",
    "GET /api/v1/orders/{order_id}/shipments": "orders:read",
    "POST /api/v1/orders/{order_id}/shipments/{shipment_id}/deliver": "orders:write",
    "POST /api/v1/orders/{order_id}/returns": "orders:write",
    "GET /api/v1/orders/{order_id}/returns": "orders:read",
    "POST /api/v1/orders/{order_id}/returns/{return_id}/receive": "orders:write",
    "POST /api/v1/orders/{order_id}/refunds": "payments:write",
    "GET /api/v1/orders/{order_id}/refunds": "orders:read",
}
EXPECTED: Final = {
    **_ORDERS_V1,
    **{route.replace("v1", "v2"): needed for route, needed in _ORDERS_V1.items()},
    "GET /api/v1/tasks/{task_id}": "orders:read",
    "POST /api/v1/tasks/{task_id}/retry": "orders:write",
    "POST /api/v1/customers": "customers:write",
    "GET /api/v1/customers": "customers:read",
    "GET /api/v1/customers/{customer_id}": "customers:read",
    "PATCH /api/v1/customers/{customer_id}": "customers:write",
    "POST /api/v1/products": "catalog:write",
    "GET /api/v1/products": "catalog:read",
    "GET /api/v1/products/{product_id}": "catalog:read",
    "PATCH /api/v1/products/{product_id}": "catalog:write",
    "POST /api/v1/locations": "inventory:write",
    "GET /api/v1/locations": "inventory:read",
    "GET /api/v1/inventory": "inventory:read",
    "POST /api/v1/inventory/adjustments": "inventory:write",
    "POST /api/v1/api-keys": "admin",
    "GET /api/v1/api-keys": "admin",
    "DELETE /api/v1/api-keys/{api_key_id}": "admin",
    "GET /api/v1/deprecations": "admin",
    "GET /me": "any",
    "GET /api": "any",
    "POST /token": "open",
    "POST /token/refresh": "open",
    "POST /token/revoke": "open",
    "GET /health/live": "open",
    "GET /health/ready": "open",
}
