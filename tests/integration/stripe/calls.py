"""What the journal asks of the gateway, with ordinary values."""

from dataclasses import replace
from typing import Any

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import GatewayCall, Outcome, OutcomeKind
from tests.builders import gbp

UNKNOWN = Outcome(kind=OutcomeKind.UNKNOWN)


def a_call(kind: OperationKind = OperationKind.CHARGE, **changed: Any) -> GatewayCall:
    call = GatewayCall(
        reference=f"ref-{kind}", kind=kind, order_id=7, amount=gbp("10.50"), token="pm_card_visa"
    )
    return replace(call, **changed)


def succeeded(intent_id: str) -> Outcome:
    return Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id=intent_id)


def declined(code: str, intent_id: str | None = None) -> Outcome:
    return Outcome(kind=OutcomeKind.DECLINED, error_code=code, provider_payment_id=intent_id)


def not_executed(**more: Any) -> Outcome:
    return Outcome(kind=OutcomeKind.NOT_EXECUTED, **more)
