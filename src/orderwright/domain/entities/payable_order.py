"""An order at its first payment, as groups are made of: claimed pending, confirmed once it is paid.

The rules are those of `Order`, `Payment` and the journal; whatever is not that simple goes the way of
those entities, one order at a time. Nothing here is mapped, so it costs a tenth of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from orderwright.domain.entities.aggregate import RecordedEvent
from orderwright.domain.entities.order_lifecycle import OrderAct, OrderStatus, after
from orderwright.domain.entities.payment_ledger import Ledger, ledger_of, payment_status_of
from orderwright.domain.entities.payment_operation import (
    IN_FLIGHT,
    OperationKind,
    OperationState,
)
from orderwright.domain.entities.payment_status import PaymentState, PaymentStatus
from orderwright.domain.events.event import Event
from orderwright.domain.events.order import InventoryValidated, OrderConfirmed
from orderwright.domain.events.payment import PaymentRequested
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind
from orderwright.domain.value_objects.money import Money


@dataclass(slots=True, kw_only=True, eq=False)
class PayableOrder:
    """`held` and `needed` count units of tracked lines; `payments`, how often it was tried."""

    id: int
    status: OrderStatus
    payment_status: PaymentStatus
    total: Money
    version: int
    is_cancelling: bool
    held: int = 0
    needed: int = 0
    payments: int = 0
    updated_at: datetime | None = None
    events: list[RecordedEvent] = field(default_factory=list)

    @property
    def is_waiting(self) -> bool:
        return self.status is OrderStatus.PENDING and not self.is_cancelling

    @property
    def is_plain(self) -> bool:
        """There is something to pay, it was never tried, and the stock is there."""
        untried = self.payments == 0 and self.held == self.needed
        return self.is_waiting and untried and self.total.minor > 0

    def note(self, event: Event, now: datetime) -> None:
        self.version += 1
        self.events.append(RecordedEvent(self.version, event, now))
        self.updated_at = now

    def request_payment(self, payment: FirstPayment, now: datetime) -> None:
        self.note(InventoryValidated(units=self.held), now)
        requested = PaymentRequested(
            payment_id=payment.id, amount=payment.amount, provider=payment.provider
        )
        self.note(requested, now)

    def take_payment(self, payment: FirstPayment, now: datetime) -> None:
        """Derive the payment status, and confirm if the money is there."""
        self.payment_status = payment_status_of(self.total, [payment])
        if self.payment_status in (PaymentStatus.PAID, PaymentStatus.AUTHORISED):
            self.status = after(OrderAct.CONFIRM, self.status)
            self.note(OrderConfirmed(payment_status=str(self.payment_status)), now)


@dataclass(slots=True, kw_only=True, eq=False)
class FirstPayment:
    """A payment with the one operation that begins it, sent as soon as it is planned."""

    id: str
    order_id: int
    operation_id: str
    provider: str
    kind: OperationKind
    amount: Money
    token: str | None
    planned_at: datetime
    due_at: datetime | None
    first_sent_at: datetime | None
    state: OperationState = OperationState.SENT
    finished_at: datetime | None = None
    error_code: str | None = None
    provider_payment_id: str | None = None
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = ledger_of([self])

    @classmethod
    def sent(
        cls,
        order: PayableOrder,
        *,
        id: str,
        operation_id: str,
        provider: str,
        kind: OperationKind,
        token: str | None,
        now: datetime,
        waits: timedelta,
    ) -> FirstPayment:
        """`waits`: how long it may be until the gateway is called."""
        return cls(
            id=id,
            order_id=order.id,
            operation_id=operation_id,
            provider=provider,
            kind=kind,
            amount=order.total,
            token=token,
            planned_at=now,
            due_at=now + waits + IN_FLIGHT,
            first_sent_at=now,
        )

    @property
    def status(self) -> PaymentState:
        return self.ledger.state

    @property
    def authorised(self) -> Money:
        return Money(self.ledger.authorised, self.amount.currency)

    @property
    def captured(self) -> Money:
        return Money(self.ledger.captured, self.amount.currency)

    @property
    def refunded(self) -> Money:
        return Money(self.ledger.refunded, self.amount.currency)

    def apply(self, outcome: Outcome, now: datetime, *, again_at: datetime) -> None:
        """As `Payment.apply`, for the first thing that was ever sent."""
        self.provider_payment_id = outcome.provider_payment_id
        match outcome.kind:
            case OutcomeKind.SUCCEEDED:
                self._finish(OperationState.SUCCEEDED, now)
            case OutcomeKind.DECLINED:
                self._finish(OperationState.FAILED, now)
                self.error_code = outcome.error_code
            case OutcomeKind.UNKNOWN:
                self.state, self.due_at = OperationState.UNKNOWN, again_at
            case OutcomeKind.NOT_EXECUTED:
                self.state, self.due_at = OperationState.PLANNED, again_at
                self.first_sent_at = None
        self.ledger = ledger_of([self])

    def _finish(self, state: OperationState, now: datetime) -> None:
        self.state, self.finished_at, self.due_at = state, now, None
