from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from orderwright.api.wire.body import Body, Code, Decimals, Shown, Time
from orderwright.api.wire.fulfilment import LINES_MAX, LineBody, LineJson
from orderwright.api.wire.numbers import Amount
from orderwright.api.wire.text import Reason
from orderwright.application.commands.capture_payment import CapturePayment
from orderwright.application.commands.refund_order import RefundOrder
from orderwright.domain.entities.payment_operation import OperationKind, OperationState
from orderwright.domain.entities.payment_status import PaymentState
from orderwright.domain.entities.refund import RefundStatus


class RefundBody(Body):
    """By `amount`, by `items`, or for a received return; `items` without `amount` pay their price."""

    amount: Amount | None = None
    items: Annotated[list[LineBody], Field(min_length=1, max_length=LINES_MAX)] | None = None
    return_id: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9-]+$")] | None = None
    reason: Reason | None = None
    restock: bool = False

    @model_validator(mode="after")
    def _what_is_restocked_is_named(self) -> Self:
        if self.restock and self.items is None:
            raise PydanticCustomError("items_missing", "restock needs items to restock")
        return self

    def to_command(self, order_id: int) -> RefundOrder:
        return RefundOrder(
            order_id=order_id,
            amount=self.amount,
            lines=[line.to_domain() for line in self.items or ()],
            return_id=self.return_id,
            reason=self.reason,
            restock=self.restock,
        )


class CaptureBody(Body):
    amount: Amount | None = Field(None, description="all that is left, unless named")

    def to_command(self, order_id: int, payment_id: str) -> CapturePayment:
        return CapturePayment(order_id=order_id, payment_id=payment_id, amount=self.amount)


class RefundJson(Shown):
    id: str
    order_id: int
    payment_id: str
    return_id: str | None
    status: RefundStatus
    amount: Decimals
    currency: Code
    reason: str | None
    restock: bool
    items: list[LineJson]
    created_at: Time


class OperationJson(Shown):
    id: str
    kind: OperationKind
    state: OperationState
    amount: Decimals
    planned_at: Time
    finished_at: Time | None
    error_code: str | None


class PaymentJson(Shown):
    id: str
    order_id: int
    provider: str
    provider_payment_id: str | None
    status: PaymentState
    amount: Decimals
    authorised: Decimals
    captured: Decimals
    refunded: Decimals
    currency: Code
    operations: list[OperationJson]
    created_at: Time
    updated_at: Time
