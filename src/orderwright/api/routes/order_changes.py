from fastapi import APIRouter
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.dependencies import Now
from orderwright.api.order_api import OrderApi
from orderwright.api.parameters import IntId
from orderwright.api.preconditions import OnceIfMatch
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.orders import ChangeOrderBody
from orderwright.application.commands.change_order import change_order
from orderwright.domain.value_objects.permission import Permission


def routes(api: OrderApi) -> APIRouter:
    router = APIRouter(
        prefix=api.path, tags=["orders"], route_class=StrictRoute, dependencies=api.gates
    )

    @router.patch(
        "/{order_id}", response_model=api.order, dependencies=[requires(Permission.ORDERS_WRITE)]
    )
    async def change(
        order_id: IntId, body: ChangeOrderBody, once: OnceIfMatch, now: Now
    ) -> Response:
        """Change what is named and leave the rest; with `If-Match`, only what was seen."""
        command = body.to_command(order_id)
        return await once.run(
            lambda uow: change_order(command, uow, now=now),
            api.answer(200),
            complete=api.complete,
        )

    return router
