from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from orderwright.api.wire.numbers import Amount, Id
from orderwright.api.wire.paging import Skipping
from orderwright.api.wire.text import Channel, Reference, SearchText
from orderwright.application.queries.list_orders import ListOrders
from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.order_reader import OrderFilter, OrderSort


def _in_utc(moment: datetime) -> datetime:
    """Without an offset it is UTC already."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise PydanticCustomError("out_of_range", "there is no such time in UTC") from None


Moment = Annotated[datetime, AfterValidator(_in_utc)]


class OrderPageQuery(Skipping):
    cursor: Annotated[str, Field(max_length=500)] | None = None
    count: bool = Field(default=False, description="say how many there are in X-Total-Count")
    sort: OrderSort = OrderSort.NEWEST
    status: OrderStatus | None = None
    customer_id: Id | None = None
    payment_status: PaymentStatus | None = None
    fulfilment_status: FulfilmentStatus | None = None
    channel: Channel | None = None
    reference: Reference | None = None
    product_id: Id | None = None
    created_from: Moment | None = None
    created_to: Moment | None = None
    min_total: Amount | None = None
    max_total: Amount | None = None
    q: SearchText | None = Field(
        None, description="order id, reference, customer e-mail or SKU, whole"
    )

    def to_query(self) -> ListOrders:
        return ListOrders(
            narrowed=self._filter(),
            sort=self.sort,
            skip=self.skip,
            limit=self.limit,
            cursor=self.cursor,
            count=self.count,
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
