from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from orderwright.api.answers import unless_current
from orderwright.api.dependencies import FullOrderReader
from orderwright.api.order_api import V2
from orderwright.api.paging import link_to_next
from orderwright.api.parameters import IfNoneMatch, IntId
from orderwright.api.rate_limits import LISTS, limited_by_caller
from orderwright.api.routes.orders import NOT_MODIFIED, READ
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.v2.order_list import OrderPageV2Json, OrderPageV2Query
from orderwright.api.wire.v2.orders import OrderV2Json
from orderwright.application.queries.get_order import get_order_in_full
from orderwright.application.queries.list_orders import list_full_orders

router = APIRouter(prefix=V2.path, tags=["orders"], route_class=StrictRoute)


@router.get("", dependencies=[limited_by_caller(LISTS), *READ])
async def list_some(
    request: Request,
    response: Response,
    orders: FullOrderReader,
    query: Annotated[OrderPageV2Query, Query()],
) -> OrderPageV2Json:
    """A page of orders, newest first unless sorted otherwise. By `page` while counting is cheap,
    by `cursor` as deep as there are orders."""
    page = await list_full_orders(query.to_query(), orders)
    if page.next_cursor is not None:
        response.headers.update(
            link_to_next(request, {"cursor": page.next_cursor}, instead_of="page")
        )
    return OrderPageV2Json(
        items=[OrderV2Json.of(order) for order in page.orders],
        total=page.total,
        total_is_exact=page.total_is_exact,
        page=query.page if query.cursor is None else None,
        page_size=query.page_size,
        has_more=page.next_cursor is not None,
        next_cursor=page.next_cursor,
    )


@router.get("/{order_id}", response_model=OrderV2Json, responses=NOT_MODIFIED, dependencies=READ)
async def get(
    order_id: IntId, orders: FullOrderReader, if_none_match: IfNoneMatch = None
) -> Response:
    """One order in full. With `If-None-Match`, 304 while the client has what there is."""
    answer = V2.answer(200)(await get_order_in_full(order_id, orders))
    return unless_current(if_none_match, answer)
