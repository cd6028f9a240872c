from typing import Annotated, Any, Final

from fastapi import APIRouter, Body
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import rendered
from orderwright.api.dependencies import Ids, Now, Settling
from orderwright.api.parameters import IntId, TextId
from orderwright.api.preconditions import OnceIfMatch
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.payments import CaptureBody, PaymentJson
from orderwright.application.commands.capture_payment import capture_payment
from orderwright.application.commands.void_payment import VoidPayment, void_payment
from orderwright.domain.entities.payment import Payment
from orderwright.domain.interfaces.requests import Answer
from orderwright.domain.value_objects.permission import Permission

router = APIRouter(
    prefix="/api/v1/orders/{order_id}/payments/{payment_id}",
    tags=["payments"],
    route_class=StrictRoute,
    dependencies=[requires(Permission.PAYMENTS_WRITE)],
)
UNDERWAY: Final[dict[int | str, dict[str, Any]]] = {
    202: {"model": PaymentJson, "description": "The provider has not answered yet"}
}


@router.post("/capture", response_model=PaymentJson, responses=UNDERWAY)
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
    """Take money that was authorised: all of it, or the `amount`, in parts until nothing is left.
    What became of it is the last of the `operations`."""
    command = body.to_command(order_id, payment_id)
    return await once.run(
        lambda uow: capture_payment(command, uow, settle=settlement.settle, now=now, ids=ids),
        _done_or_underway,
    )


@router.post("/void", response_model=PaymentJson, responses=UNDERWAY)
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
        _done_or_underway,
    )


_done = rendered(200, PaymentJson.model_validate)
_underway = rendered(202, PaymentJson.model_validate)


def _done_or_underway(payment: Payment) -> Answer:
    return _underway(payment) if payment.open_operations else _done(payment)
