from typing import Annotated, Any

from fastapi import APIRouter, Body
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import Render, rendered
from orderwright.api.dependencies import Ids, Now, Settling
from orderwright.api.order_api import OrderApi
from orderwright.api.parameters import IntId, TextId
from orderwright.api.preconditions import OnceIfMatch
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.payments import CaptureBody
from orderwright.application.commands.capture_payment import capture_payment
from orderwright.application.commands.void_payment import VoidPayment, void_payment
from orderwright.domain.entities.payment import Payment
from orderwright.domain.value_objects.permission import Permission


def routes(api: OrderApi) -> APIRouter:
    router = APIRouter(
        prefix=f"{api.path}/{{order_id}}/payments/{{payment_id}}",
        tags=["payments"],
        route_class=StrictRoute,
        dependencies=[*api.gates, requires(Permission.PAYMENTS_WRITE)],
    )
    underway: dict[int | str, dict[str, Any]] = {
        202: {"model": api.payment, "description": "The provider has not answered yet"}
    }

    @router.post("/capture", response_model=api.payment, responses=underway)
    async def capture(
        order_id: IntId,
        payment_id: TextId,
        *,
        once: OnceIfMatch,
        settlement: Settling,
        now: Now,
        ids: Ids,
        body: Annotated[CaptureBody, Body(default_factory=CaptureBody)],
    ) -> Response:
        """Take money that was authorised: all of it, or the `amount`, in parts until nothing is
        left. What became of it is the last of the `operations`."""
        command = body.to_command(order_id, payment_id)
        return await once.run(
            lambda uow: capture_payment(command, uow, settle=settlement.settle, now=now, ids=ids),
            _done_or_underway(api),
        )

    @router.post("/void", response_model=api.payment, responses=underway)
    async def void(
        order_id: IntId,
        payment_id: TextId,
        *,
        once: OnceIfMatch,
        settlement: Settling,
        now: Now,
        ids: Ids,
    ) -> Response:
        """Let go what was authorised and not captured. The order stays; to end it too, cancel it."""
        command = VoidPayment(order_id=order_id, payment_id=payment_id)
        return await once.run(
            lambda uow: void_payment(command, uow, settle=settlement.settle, now=now, ids=ids),
            _done_or_underway(api),
        )

    return router


def _done_or_underway(api: OrderApi) -> Render[Payment]:
    done = rendered(200, api.payment.model_validate)
    underway = rendered(202, api.payment.model_validate)
    return lambda payment: underway(payment) if payment.open_operations else done(payment)
