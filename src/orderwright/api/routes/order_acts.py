from typing import Annotated, Any

from fastapi import APIRouter, Body
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import Render, no_content, rendered
from orderwright.api.dependencies import Ids, Now, Settling
from orderwright.api.order_api import OrderApi
from orderwright.api.parameters import IntId
from orderwright.api.preconditions import OnceIfMatch
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.orders import CancelBody, ProcessBody
from orderwright.api.wire.tasks import AcceptedTaskJson
from orderwright.application.commands.cancel_order import CancelOrder, cancel_order
from orderwright.application.commands.process_order import request_processing
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.interfaces.order_reader import OrderInFull
from orderwright.domain.interfaces.requests import Answer
from orderwright.domain.value_objects.permission import Permission


def routes(api: OrderApi) -> APIRouter:
    router = APIRouter(
        prefix=f"{api.path}/{{order_id}}",
        tags=["orders"],
        route_class=StrictRoute,
        dependencies=[*api.gates, requires(Permission.ORDERS_WRITE)],
    )

    @router.post("/cancel", response_model=api.order)
    async def cancel(
        order_id: IntId,
        *,
        once: OnceIfMatch,
        settlement: Settling,
        now: Now,
        ids: Ids,
        body: Annotated[CancelBody, Body(default_factory=CancelBody)],
    ) -> Response:
        """Give stock and money back. While the gateway has not said that the money is back, the order
        keeps its status and has `cancellation_requested_at`."""
        command = body.to_command(order_id)
        return await once.run(
            lambda uow: cancel_order(command, uow, settle=settlement.settle, now=now, ids=ids),
            api.answer(200),
            complete=api.complete,
        )

    @router.delete("", status_code=204, responses={202: {"model": api.order}})
    async def delete(
        order_id: IntId, once: OnceIfMatch, settlement: Settling, now: Now, ids: Ids
    ) -> Response:
        """Cancel. 202 when the money is still on its way back; the order itself is never erased."""
        command = CancelOrder(order_id=order_id)
        return await once.run(
            lambda uow: cancel_order(command, uow, settle=settlement.settle, now=now, ids=ids),
            _gone_or(api.answer(202)),
            complete=api.complete,
        )

    @router.post("/process", status_code=202, response_model=AcceptedTaskJson)
    async def process(
        order_id: IntId,
        *,
        once: OnceIfMatch,
        now: Now,
        ids: Ids,
        body: Annotated[ProcessBody, Body(default_factory=ProcessBody)],
    ) -> Response:
        """Promise to validate the stock, take the payment and confirm. `Location` tells how it goes."""
        command = body.to_command(order_id)
        return await once.run(
            lambda uow: request_processing(command, uow, now=now, ids=ids),
            rendered(202, AcceptedTaskJson.of, location=lambda task: f"/api/v1/tasks/{task.id}"),
        )

    return router


def _gone_or(going: Render[Any]) -> Render[Any]:
    def render(shown: Order | OrderInFull) -> Answer:
        order = shown.order if isinstance(shown, OrderInFull) else shown
        return no_content(order) if order.status is OrderStatus.CANCELLED else going(shown)

    return render
