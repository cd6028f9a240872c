"""What the journal asks of a gateway, with ordinary values and references of their own."""

from dataclasses import replace
from itertools import count
from typing import Any

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import (
    GatewayCall,
    Outcome,
    OutcomeKind,
    PaymentGateway,
)
from tests.builders import gbp

_numbers = count(1)
UNKNOWN = Outcome(kind=OutcomeKind.UNKNOWN)


def a_call(kind: OperationKind = OperationKind.CHARGE, **changed: Any) -> GatewayCall:
    number = next(_numbers)
    call = GatewayCall(
        reference=f"{kind}-{number}",
        kind=kind,
        order_id=number,
        amount=gbp("10.50"),
        token="tok_good",
    )
    return replace(call, **changed)


async def a_call_that_can_be_made(gateway: PaymentGateway, kind: OperationKind) -> GatewayCall:
    """After whatever must have come before it."""
    before = {
        OperationKind.CAPTURE: OperationKind.AUTHORISE,
        OperationKind.VOID: OperationKind.AUTHORISE,
        OperationKind.REFUND: OperationKind.CHARGE,
    }.get(kind)
    if before is None:
        return a_call(kind)
    return a_call(kind, provider_payment_id=await paid(gateway, a_call(before)))


async def paid(gateway: PaymentGateway, call: GatewayCall) -> str:
    """The gateway's id of a payment that it makes without trouble."""
    outcome = await gateway.carry_out(call)
    assert outcome.kind is OutcomeKind.SUCCEEDED, outcome
    assert outcome.provider_payment_id is not None
    return outcome.provider_payment_id
