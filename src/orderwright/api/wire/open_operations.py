from typing import Annotated, Literal

from pydantic import Field

from orderwright.api.wire.body import Body, Code, Decimals, Shown, Time
from orderwright.api.wire.text import Reason
from orderwright.application.commands.resolve_operation import ResolveOperation
from orderwright.domain.entities.payment_operation import OperationKind, OperationState


class OperationInNeedJson(Shown):
    """`state`: `unknown`, or `succeeded` for money that the gateway took though it had it already; that
    is given back by itself. Or `failed` for what it refused to give back for an order that is cancelled
    or to be: cancel it once more, or refund it. `due_at`: when the service asks the gateway again by itself; null if only a
    person can find out."""

    id: str
    order_id: int
    payment_id: str
    provider: str
    provider_payment_id: str | None
    kind: OperationKind
    state: OperationState
    amount: Decimals
    currency: Code
    first_sent_at: Time
    attention_at: Time
    due_at: Time | None


class ResolveBody(Body):
    """What the provider's own records show. `succeeded` for money that moved, `failed` for none."""

    outcome: Literal["succeeded", "failed"]
    reason: Reason
    provider_payment_id: Annotated[str, Field(max_length=255, pattern=r"^[\x21-\x7e]+$")] | None = (
        None
    )

    def to_command(self, operation_id: str) -> ResolveOperation:
        return ResolveOperation(
            operation_id=operation_id,
            succeeded=self.outcome == "succeeded",
            reason=self.reason,
            provider_payment_id=self.provider_payment_id,
        )
