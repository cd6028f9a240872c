from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import as_response, etag, is_current, rendered
from orderwright.api.dependencies import Ids, Now, OrderReader
from orderwright.api.idempotency import Once
from orderwright.api.parameters import IfNoneMatch, IntId
from orderwright.api.rate_limits import LISTS, limited_by_caller
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.order_list import OrderPageQuery
from orderwright.api.wire.orders import OrderJson, PlaceOrderBody
from orderwright.application.commands.place_order import place_order
from orderwright.application.queries.get_order import get_order
from orderwright.application.queries.list_orders import list_orders
from orderwright.domain.interfaces.order_reader import OrderView
from orderwright.domain.value_objects.permission import Permission

PATH = "/api/v1/orders"
READ = [requires(Permission.ORDERS_READ)]
WRITE = [requires(Permission.ORDERS_WRITE)]
router = APIRouter(prefix=PATH, tags=["orders"], route_class=StrictRoute)


@router.post("", status_code=201, response_model=OrderJson, dependencies=WRITE)
async def place(body: PlaceOrderBody, once: Once, now: Now, ids: Ids) -> Response:
    """Place an order: all of its stock is reserved, or nothing happens. Safe to repeat with the
    same `Idempotency-Key`."""
    command = body.to_command()
    return await once.run(
        lambda uow: place_order(command, uow, now=now, ids=ids),
        rendered(
            201,
            OrderJson.model_validate,
            location=lambda order: f"{PATH}/{order.id}",
            version=lambda order: order.version,
        ),
    )


@router.get("", response_model=list[OrderJson], dependencies=[limited_by_caller(LISTS), *READ])
async def list_some(
    request: Request,
    response: Response,
    orders: OrderReader,
    query: Annotated[OrderPageQuery, Query()],
) -> Sequence[OrderView]:
    """Orders, newest first unless sorted otherwise. `Link` leads to the next page."""
    page = await list_orders(query.to_query(), orders)
    if page.next_cursor is not None:
        response.headers["link"] = f'<{_next_page(request, page.next_cursor)}>; rel="next"'
    if page.total is not None:
        response.headers["x-total-count"] = str(page.total)
    return page.orders


@router.get(
    "/{order_id}",
    response_model=OrderJson,
    responses={304: {"description": "The client has this version"}},
    dependencies=READ,
)
async def get(order_id: IntId, orders: OrderReader, if_none_match: IfNoneMatch = None) -> Response:
    """One order. With `If-None-Match`, 304 while the client's version is the current one."""
    order = await get_order(order_id, orders)
    if is_current(if_none_match, order.version):
        return Response(status_code=304, headers={"etag": etag(order.version)})
    return as_response(_shown(order))


_shown = rendered(200, OrderJson.model_validate, version=lambda order: order.version)


def _next_page(request: Request, cursor: str) -> str:
    """Relative, for only the proxy in front knows under which name the client called."""
    following = request.url.remove_query_params("skip").include_query_params(cursor=cursor)
    return f"{following.path}?{following.query}"
