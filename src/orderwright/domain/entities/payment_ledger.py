"""What the journal of operations says, derived in one place: whoever stores a sum or a status of a
payment, or the payment status of an order, takes it from here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from orderwright.domain.entities.payment_operation import (
    OPEN_STATES,
    OperationKind,
    OperationState,
)
from orderwright.domain.entities.payment_status import PaymentState, PaymentStatus
from orderwright.domain.value_objects.money import Money


class Entry(Protocol):
    @property
    def kind(self) -> OperationKind: ...
    @property
    def state(self) -> OperationState: ...
    @property
    def amount(self) -> Money: ...


@dataclass(frozen=True, slots=True)
class Ledger:
    """Of one payment, in minor units: always `authorised >= captured >= refunded + refunding`, and
    none below zero. `refunding` is on its way back."""

    authorised: int
    captured: int
    refunded: int
    refunding: int
    state: PaymentState


class HasLedger(Protocol):
    @property
    def authorised(self) -> Money: ...
    @property
    def captured(self) -> Money: ...
    @property
    def refunded(self) -> Money: ...
    @property
    def status(self) -> PaymentState: ...


def ledger_of(operations: Sequence[Entry]) -> Ledger:
    done: Counter[OperationKind] = Counter()
    for each in operations:
        if each.state is OperationState.SUCCEEDED:
            done[each.kind] += each.amount.minor
    taken = done[OperationKind.CHARGE]
    authorised = taken + done[OperationKind.AUTHORISE] - done[OperationKind.VOID]
    captured = taken + done[OperationKind.CAPTURE]
    refunded = done[OperationKind.REFUND]
    state = _state(operations, authorised, captured, refunded)
    return Ledger(authorised, captured, refunded, _refunding(operations), state)


def _refunding(operations: Sequence[Entry]) -> int:
    return sum(
        each.amount.minor
        for each in operations
        if each.kind is OperationKind.REFUND and each.state in OPEN_STATES
    )


def _state(
    operations: Iterable[Entry], authorised: int, captured: int, refunded: int
) -> PaymentState:
    of_kinds = {(each.kind, each.state) for each in operations}
    states = {state for _, state in of_kinds}
    if OperationState.UNKNOWN in states:
        return PaymentState.UNKNOWN
    if refunded:
        return PaymentState.REFUNDED if refunded == captured else PaymentState.PARTIALLY_REFUNDED
    if captured:
        return PaymentState.CAPTURED
    if authorised:
        return PaymentState.AUTHORISED
    if states & {OperationState.PLANNED, OperationState.SENT}:
        return PaymentState.PENDING
    voided = (OperationKind.VOID, OperationState.SUCCEEDED) in of_kinds
    return PaymentState.VOIDED if voided else PaymentState.FAILED


def payment_status_of(total: Money, payments: Sequence[HasLedger]) -> PaymentStatus:
    """How an order of `total` stands, from the ledgers of all its payments.

    What was taken more than once and given back leaves it paid; and what is not known of one payment
    matters only where the others do not cover the total.
    """
    known = [payment for payment in payments if payment.status is not PaymentState.UNKNOWN]
    if covered := _covered(total, known):
        return covered
    if len(known) < len(payments):
        return PaymentStatus.UNKNOWN
    captured = sum(payment.captured.minor for payment in payments)
    refunded = sum(payment.refunded.minor for payment in payments)
    if refunded:
        return PaymentStatus.REFUNDED if refunded == captured else PaymentStatus.PARTIALLY_REFUNDED
    if not total:
        return PaymentStatus.PAID
    states = {payment.status for payment in payments}
    if PaymentState.FAILED in states and PaymentState.PENDING not in states:
        return PaymentStatus.FAILED
    return PaymentStatus.UNPAID


def _covered(total: Money, payments: Sequence[HasLedger]) -> PaymentStatus | None:
    refunded = sum(payment.refunded.minor for payment in payments)
    if sum(payment.captured.minor for payment in payments) - refunded >= total.minor > 0:
        return PaymentStatus.PAID
    if sum(payment.authorised.minor for payment in payments) - refunded >= total.minor > 0:
        return PaymentStatus.AUTHORISED
    return None
