from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from orderwright.domain.errors import Forbidden


class Permission(StrEnum):
    """What a caller may do; `ADMIN` implies all the others."""

    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    CATALOG_READ = "catalog:read"
    CATALOG_WRITE = "catalog:write"
    INVENTORY_READ = "inventory:read"
    INVENTORY_WRITE = "inventory:write"
    PAYMENTS_WRITE = "payments:write"
    WEBHOOKS_MANAGE = "webhooks:manage"
    REPORTS_READ = "reports:read"
    ADMIN = "admin"


class PermissionDenied(Forbidden):
    code = "permission_denied"


def allows(granted: Iterable[Permission], needed: Permission) -> bool:
    held = frozenset(granted)
    return needed in held or Permission.ADMIN in held
