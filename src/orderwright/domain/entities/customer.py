from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orderwright.domain.entities.aggregate import UNSAVED, Aggregate
from orderwright.domain.errors import Conflict, NotFound
from orderwright.domain.events.catalog import CustomerChanged, CustomerCreated


class CustomerNotFound(NotFound):
    code = "customer_not_found"


class EmailTaken(Conflict):
    code = "email_taken"


class ExternalRefTaken(Conflict):
    code = "external_ref_taken"


@dataclass(kw_only=True, eq=False)
class Customer(Aggregate):
    name: str
    created_at: datetime
    updated_at: datetime
    email: str | None = None
    external_ref: str | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    id: int = UNSAVED

    @classmethod
    def create(
        cls,
        *,
        name: str,
        now: datetime,
        email: str | None = None,
        external_ref: str | None = None,
        metadata: dict[str, object] | None = None,
    ) -> Customer:
        customer = cls(
            name=name,
            email=email,
            external_ref=external_ref,
            metadata=metadata or {},
            created_at=now,
            updated_at=now,
        )
        customer.record(CustomerCreated(external_ref=external_ref), now)
        return customer

    def change(self, changes: Mapping[str, object], now: datetime) -> None:
        """Set the named fields; the event names them and keeps personal data out."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.updated_at = now
        self.record(CustomerChanged(changed=tuple(sorted(changes))), now)
