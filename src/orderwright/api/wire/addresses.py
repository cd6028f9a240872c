from typing import Annotated

from pydantic import Field

from orderwright.api.wire.body import Body, Shown
from orderwright.api.wire.text import ONE_LINE
from orderwright.domain.value_objects.address import Address

Part = Annotated[str, Field(max_length=200), ONE_LINE]


class AddressBody(Body):
    name: Part | None = None
    company: Part | None = None
    line1: Part | None = None
    line2: Part | None = None
    city: Part | None = None
    region: Part | None = None
    postal_code: Annotated[str, Field(max_length=32), ONE_LINE] | None = None
    country: (
        Annotated[
            str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2", examples=["GB"])
        ]
        | None
    ) = None
    phone: Annotated[str, Field(max_length=64), ONE_LINE] | None = None

    def to_domain(self) -> Address:
        return Address(**self.model_dump())


class AddressJson(Shown):
    name: str | None
    company: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    phone: str | None
