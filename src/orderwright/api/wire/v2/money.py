from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from orderwright.domain.value_objects.money import Money, UnitPrice


class MoneyJson(BaseModel):
    amount: str = Field(examples=["30.50"])
    currency: str = Field(examples=["GBP"], description="ISO 4217")


def _as_object(value: Any) -> Any:
    if isinstance(value, Money | UnitPrice):
        return MoneyJson(amount=str(value), currency=value.currency.code)
    return value


MoneyObject = Annotated[MoneyJson, BeforeValidator(_as_object)]
