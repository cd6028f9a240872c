from orderwright.api.wire.body import Shown, Time
from orderwright.api.wire.fulfilment import LineJson
from orderwright.api.wire.v2.money import MoneyObject
from orderwright.domain.entities.payment_operation import OperationKind, OperationState
from orderwright.domain.entities.payment_status import PaymentState
from orderwright.domain.entities.refund import RefundStatus


class OperationV2Json(Shown):
    id: str
    kind: OperationKind
    state: OperationState
    amount: MoneyObject
    planned_at: Time
    finished_at: Time | None
    error_code: str | None


class PaymentV2Json(Shown):
    id: str
    order_id: int
    provider: str
    provider_payment_id: str | None
    status: PaymentState
    amount: MoneyObject
    authorised: MoneyObject
    captured: MoneyObject
    refunded: MoneyObject
    operations: list[OperationV2Json]
    created_at: Time
    updated_at: Time


class RefundV2Json(Shown):
    id: str
    order_id: int
    payment_id: str
    return_id: str | None
    status: RefundStatus
    amount: MoneyObject
    reason: str | None
    restock: bool
    items: list[LineJson]
    created_at: Time
