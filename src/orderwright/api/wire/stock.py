from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from orderwright.api.wire.body import Body, Shown, Time
from orderwright.api.wire.numbers import Delta, Id, QueryId
from orderwright.api.wire.paging import Skipping
from orderwright.api.wire.text import ShortName, WrittenReason
from orderwright.application.commands.adjust_stock import AdjustStock
from orderwright.application.commands.create_location import CreateLocation
from orderwright.domain.entities.location import DEFAULT_LOCATION_ID


def _not_zero(delta: int) -> int:
    if not delta:
        raise PydanticCustomError("zero", "an adjustment changes something")
    return delta


class CreateLocationBody(Body):
    name: ShortName

    def to_command(self) -> CreateLocation:
        return CreateLocation(name=self.name)


class LocationJson(Shown):
    id: int
    name: str
    created_at: Time


class AdjustStockBody(Body):
    product_id: Id
    location_id: Id = DEFAULT_LOCATION_ID
    delta: Annotated[
        Delta, AfterValidator(_not_zero), Field(json_schema_extra={"not": {"const": 0}})
    ]
    reason: WrittenReason

    def to_command(self) -> AdjustStock:
        return AdjustStock(
            product_id=self.product_id,
            location_id=self.location_id,
            delta=self.delta,
            reason=self.reason,
        )


class StockPage(Skipping):
    product_id: QueryId | None = None
    location_id: QueryId | None = None


class StockLevelJson(Shown):
    product_id: int
    location_id: int
    on_hand: int
    reserved: int
    available: int
