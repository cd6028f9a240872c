import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from orderwright.api.wire.body import Page
from orderwright.api.wire.numbers import Amount, QueryId
from orderwright.api.wire.paging import Skipping
from orderwright.api.wire.text import Channel, Reference, SearchText
from orderwright.application.queries.list_orders import ListOrders
from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.order_reader import OrderFilter, OrderSort

# A bare number would be read as seconds since 1970, or as milliseconds when it is large.
_DATE_FIRST: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")


def _begins_with_a_date(text: object) -> object:
    if isinstance(text, str) and not _DATE_FIRST.match(text):
        raise PydanticKnownError("datetime_parsing", {"error": "it does not begin with a date"})
    return text


def _in_utc(moment: datetime) -> datetime:
    """Without an offset it is UTC already."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise PydanticCustomError("out_of_range", "there is no such time in UTC") from None


Moment = Annotated[
    datetime,
    BeforeValidator(_begins_with_a_date),
    AfterValidator(_in_utc),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": each} for each in ("date-time", "date")]}
    ),
]


class OrderNarrowing(Page):
    """Which orders, in which order: the same in every version."""

    cursor: Annotated[str, Field(max_length=500)] | None = None
    sort: OrderSort = OrderSort.NEWEST
    status: OrderStatus | None = None
    customer_id: QueryId | None = None
    payment_status: PaymentStatus | None = None
    fulfilment_status: FulfilmentStatus | None = None
    channel: Channel | None = None
    reference: Reference | None = None
    product_id: QueryId | None = None
    created_from: Moment | None = None
    created_to: Moment | None = None
    min_total: Amount | None = None
    max_total: Amount | None = None
    q: SearchText | None = Field(
        None, description="order id, reference, customer e-mail or SKU, whole"
    )

    def narrowed_to(self, *, skip: int, limit: int) -> ListOrders:
        return ListOrders(
            narrowed=self._filter(), sort=self.sort, skip=skip, limit=limit, cursor=self.cursor
        )

    def _filter(self) -> OrderFilter:
        return OrderFilter(
            status=self.status,
            customer_id=self.customer_id,
            payment_status=self.payment_status,
            fulfilment_status=self.fulfilment_status,
            channel=self.channel,
            reference=self.reference,
            product_id=self.product_id,
            created_from=self.created_from,
            created_to=self.created_to,
            min_total=None if self.min_total is None else Decimal(self.min_total),
            max_total=None if self.max_total is None else Decimal(self.max_total),
            q=self.q,
        )


class OrderPageQuery(OrderNarrowing, Skipping):
    count: bool = Field(default=False, description="say how many there are in X-Total-Count")

    def to_query(self) -> ListOrders:
        return replace(self.narrowed_to(skip=self.skip, limit=self.limit), count=self.count)
