from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from orderwright.api.answers import as_response, etag, is_current
from orderwright.api.dependencies import OrderReader
from orderwright.api.order_api import V1
from orderwright.api.paging import link_to_next
from orderwright.api.parameters import IfNoneMatch, IntId
from orderwright.api.rate_limits import LISTS, limited_by_caller
from orderwright.api.routes.orders import NOT_MODIFIED, READ
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.order_bytes import order_bytes
from orderwright.api.wire.order_list import OrderPageQuery
from orderwright.api.wire.orders import OrderJson
from orderwright.application.queries.get_order import get_order
from orderwright.application.queries.list_orders import list_orders

router = APIRouter(prefix=V1.path, tags=["orders"], route_class=StrictRoute, dependencies=V1.gates)


@router.get("", response_model=list[OrderJson], dependencies=[limited_by_caller(LISTS), *READ])
async def list_some(
    request: Request, orders: OrderReader, query: Annotated[OrderPageQuery, Query()]
) -> Response:
    """Orders, newest first unless sorted otherwise. `Link` leads to the next page."""
    page = await list_orders(query.to_query(), orders)
    headers = {"content-type": "application/json"}
    if page.next_cursor is not None:
        headers |= link_to_next(request, {"cursor": page.next_cursor}, instead_of="skip")
    if page.total is not None:
        headers["x-total-count"] = str(page.total)
    shown = b",".join(map(order_bytes, page.orders))
    return Response(b"[%b]" % shown, headers=headers)


@router.get("/{order_id}", response_model=OrderJson, responses=NOT_MODIFIED, dependencies=READ)
async def get(order_id: IntId, orders: OrderReader, if_none_match: IfNoneMatch = None) -> Response:
    """One order. With `If-None-Match`, 304 while the client's version is the current one."""
    order = await get_order(order_id, orders)
    if is_current(if_none_match, etag(order.version)):
        return Response(status_code=304, headers={"etag": etag(order.version)})
    return as_response(V1.answer(200)(order))
