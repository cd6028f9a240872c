from typing import Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from orderwright.api.wire.body import Body, Code, Decimals, Shown, Time
from orderwright.api.wire.numbers import Amount
from orderwright.api.wire.paging import Skipping
from orderwright.api.wire.text import CurrencyCode, Name, Sku
from orderwright.application.commands.change_product import ChangeProduct
from orderwright.application.commands.create_product import CreateProduct
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import UnitPrice


class CreateProductBody(Body):
    sku: Sku
    name: Name
    price: Amount
    currency: CurrencyCode
    active: bool = True
    track_inventory: bool = True
    backorder: bool = False

    def to_command(self) -> CreateProduct:
        """Raises: UnknownCurrency, InvalidAmount, AmountTooLarge."""
        return CreateProduct(
            sku=self.sku,
            name=self.name,
            price=UnitPrice.parse(self.price, Currency.of(self.currency)),
            active=self.active,
            track_inventory=self.track_inventory,
            backorder=self.backorder,
        )


class ChangeProductBody(Body):
    """What is not named stays. The currency changes only together with the price."""

    model_config = ConfigDict(json_schema_extra={"dependentRequired": {"currency": ["price"]}})

    sku: Sku = Field(default_factory=str)
    name: Name = Field(default_factory=str)
    price: Amount = Field(default_factory=str)
    currency: CurrencyCode = Field(default_factory=str)
    active: bool = Field(default_factory=bool)
    track_inventory: bool = Field(default_factory=bool)
    backorder: bool = Field(default_factory=bool)

    @model_validator(mode="after")
    def _a_currency_has_its_price(self) -> Self:
        if "currency" in self.model_fields_set and "price" not in self.model_fields_set:
            raise PydanticCustomError("price_missing", "a new currency needs a new price")
        return self

    def to_command(self, product_id: int) -> ChangeProduct:
        named = self.model_dump(exclude_unset=True)
        price, currency = named.pop("price", None), named.pop("currency", None)
        return ChangeProduct(product_id=product_id, changes=named, price=price, currency=currency)


class ProductPage(Skipping):
    sku: Sku | None = None
    active: bool | None = None


class ProductJson(Shown):
    id: int
    sku: str
    name: str
    price: Decimals
    currency: Code
    active: bool
    track_inventory: bool
    backorder: bool
    created_at: Time
    updated_at: Time
    version: int
