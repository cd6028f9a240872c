from typing import Annotated, Final

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from orderwright.api.wire.numbers import AS_WRITTEN_HERE
from orderwright.api.wire.order_list import OrderNarrowing
from orderwright.api.wire.v2.orders import OrderV2Json
from orderwright.application.queries.list_orders import LIMIT_MAX, SKIP_MAX, ListOrders

# The last page whose first order is within reach of counting.
PAGE_MAX: Final = SKIP_MAX + 1


class OrderPageV2Query(OrderNarrowing):
    page: Annotated[int, Field(ge=1, le=PAGE_MAX), AS_WRITTEN_HERE] = 1
    page_size: Annotated[int, Field(ge=1, le=LIMIT_MAX), AS_WRITTEN_HERE] = 20

    @model_validator(mode="after")
    def _within_reach(self) -> "OrderPageV2Query":
        if self._skip > SKIP_MAX:
            raise PydanticCustomError(
                "page_out_of_reach",
                "pages reach {skip_max} orders deep: follow next_cursor",
                {"skip_max": SKIP_MAX},
            )
        if self.cursor is not None and "page" in self.model_fields_set:
            raise PydanticCustomError("page_and_cursor", "a cursor and page exclude each other")
        return self

    @property
    def _skip(self) -> int:
        return (self.page - 1) * self.page_size

    def to_query(self) -> ListOrders:
        return self.narrowed_to(skip=self._skip, limit=self.page_size)


class OrderPageV2Json(BaseModel):
    items: list[OrderV2Json]
    total: int = Field(description="a floor, unless `total_is_exact`")
    total_is_exact: bool
    page: int | None = Field(description="null on a page reached by cursor")
    page_size: int
    has_more: bool
    next_cursor: str | None
