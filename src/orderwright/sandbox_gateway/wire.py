"""What callers send."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _exact(text: str) -> str:
    if Decimal(text) == 0:
        raise ValueError("must be more than nothing")
    return text


# Fourteen digits before the point and four behind it hold any amount of any currency.
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,14}(\.[0-9]{1,4})?$"), AfterValidator(_exact)]
Reference = Annotated[str, Field(min_length=1, max_length=255)]
OrderId = (
    Annotated[int, Field(ge=1, lt=2**63)] | Annotated[str, Field(min_length=1, max_length=255)]
)


class Body(BaseModel):
    """Unknown fields are passed over: a caller may be newer than this gateway."""

    model_config = ConfigDict(strict=True, frozen=True)

    reference: Reference

    @property
    def sum(self) -> Decimal | None:
        """How much it is about; None of what is about no amount."""
        return None


class MoneyBody(Body):
    amount: Amount

    @property
    def sum(self) -> Decimal:
        return Decimal(self.amount)


class PaymentBody(MoneyBody):
    order_id: OrderId
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    capture: bool
    token: Annotated[str, Field(max_length=255)] | None = None
