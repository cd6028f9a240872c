from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import rendered
from orderwright.api.dependencies import Ids, Now, OrderDetails, Settling
from orderwright.api.order_api import OrderApi, many
from orderwright.api.parameters import IntId
from orderwright.api.preconditions import OnceIfMatch
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.payments import RefundBody
from orderwright.application.commands.refund_order import refund_order
from orderwright.application.queries.order_details import of_existing_order
from orderwright.domain.entities.refund import Refund
from orderwright.domain.value_objects.permission import Permission


def routes(api: OrderApi) -> APIRouter:
    router = APIRouter(
        prefix=f"{api.path}/{{order_id}}/refunds",
        tags=["payments"],
        route_class=StrictRoute,
        dependencies=api.gates,
    )

    @router.post(
        "",
        status_code=201,
        response_model=api.refund,
        dependencies=[requires(Permission.PAYMENTS_WRITE)],
    )
    async def refund(
        order_id: IntId,
        body: RefundBody,
        *,
        once: OnceIfMatch,
        settlement: Settling,
        now: Now,
        ids: Ids,
    ) -> Response:
        """Give money back: an amount, the price of some items, or what a received return is worth."""
        command = body.to_command(order_id)
        return await once.run(
            lambda uow: refund_order(command, uow, settle=settlement.settle, now=now, ids=ids),
            rendered(201, api.refund.model_validate),
        )

    @router.get(
        "", response_model=many(api.refund), dependencies=[requires(Permission.ORDERS_READ)]
    )
    async def list_refunds(order_id: IntId, details: OrderDetails) -> Sequence[Refund]:
        """The order's refunds, oldest first."""
        return await of_existing_order(order_id, details, details.refunds)

    return router
