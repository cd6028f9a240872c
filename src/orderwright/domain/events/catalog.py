"""What happens to customers, products, locations, stock and those who may act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from orderwright.domain.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCreated(Event):
    name: ClassVar[str] = "customer.created"
    external_ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChanged(Event):
    name: ClassVar[str] = "customer.changed"
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCreated(Event):
    name: ClassVar[str] = "product.created"
    sku: str
    price: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChanged(Event):
    name: ClassVar[str] = "product.changed"
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationCreated(Event):
    name: ClassVar[str] = "location.created"
    location_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockAdjusted(Event):
    name: ClassVar[str] = "stock.adjusted"
    product_id: int
    location_id: int
    delta: int
    reason: str | None
    on_hand: int
    reserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCreated(Event):
    name: ClassVar[str] = "user.created"
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanged(Event):
    """`permissions` and `active` are what they are now."""

    name: ClassVar[str] = "user.changed"
    changed: tuple[str, ...]
    permissions: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSignedOut(Event):
    name: ClassVar[str] = "user.signed_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyCreated(Event):
    name: ClassVar[str] = "api_key.created"
    key_name: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRevoked(Event):
    name: ClassVar[str] = "api_key.revoked"
