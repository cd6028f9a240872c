"""Placing, listing and getting orders. Only the list and the getting differ by version: see
`orders_v1` and `orders_v2`."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.dependencies import Now, Processor
from orderwright.api.idempotency import Once
from orderwright.api.order_api import OrderApi
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.orders import PlaceOrderBody
from orderwright.application.placement.requests import PlacementRequest
from orderwright.domain.value_objects.permission import Permission

READ = [requires(Permission.ORDERS_READ)]
NOT_MODIFIED: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "The client has this version"}
}


def routes(api: OrderApi) -> APIRouter:
    router = APIRouter(
        prefix=api.path, tags=["orders"], route_class=StrictRoute, dependencies=api.gates
    )

    @router.post(
        "",
        status_code=201,
        response_model=api.order,
        dependencies=[requires(Permission.ORDERS_WRITE)],
    )
    async def place(body: PlaceOrderBody, once: Once, now: Now, processor: Processor) -> Response:
        """Place an order: all of its stock is reserved, or nothing happens. Safe to repeat with the
        same `Idempotency-Key`."""
        command = body.to_command()
        return await once.place(
            lambda context: processor.place(PlacementRequest(command, context, now)), api.placed()
        )

    return router
