from typing import Any

from pydantic import Field

from orderwright.api.wire.body import Body, Metadata, Shown, Time
from orderwright.api.wire.paging import Skipping
from orderwright.api.wire.text import Email, Name, Reference
from orderwright.application.commands.create_customer import CreateCustomer


class CreateCustomerBody(Body):
    name: Name
    email: Email | None = None
    external_ref: Reference | None = None
    metadata: Metadata = Field(default_factory=dict)

    def to_command(self) -> CreateCustomer:
        return CreateCustomer(
            name=self.name,
            email=self.email,
            external_ref=self.external_ref,
            metadata=self.metadata,
        )


class ChangeCustomerBody(Body):
    """What is not named stays; null clears what may be empty."""

    name: Name = Field(default_factory=str)
    email: Email | None = None
    external_ref: Reference | None = None
    metadata: Metadata = Field(default_factory=dict)

    def changes(self) -> dict[str, object]:
        return self.model_dump(exclude_unset=True)


class CustomerPage(Skipping):
    email: Email | None = None
    external_ref: Reference | None = None


class CustomerJson(Shown):
    id: int
    name: str
    email: str | None
    external_ref: str | None
    metadata: dict[str, Any]
    created_at: Time
    updated_at: Time
    version: int
