"""What `GET /payments?reference=` says became of an operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Final, Generic, TypeVar

from pydantic import Field

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.errors import Rejected
from orderwright.domain.interfaces.payment_gateway import (
    GatewayCall,
    Outcome,
    OutcomeKind,
    Surplus,
)
from orderwright.domain.value_objects.money import Money
from orderwright.infrastructure.external_services.http_payment_answers import (
    DONE,
    MAKES_PAYMENT,
    UNKNOWN,
    Id,
    Told,
    declined,
    is_amount,
    log,
    not_believed,
    read,
    succeeded,
)
from orderwright.infrastructure.resilience.http_answers import Answer

_DECLINED: Final = "declined"
# A payment goes on from where its first operation left it.
_SINCE_CAPTURED: Final = frozenset({"captured", "partially_refunded", "refunded"})
_SINCE_AUTHORISED: Final = _SINCE_CAPTURED | {"authorised", "partially_captured", "voided"}
_SINCE: Final = {
    OperationKind.CHARGE: _SINCE_CAPTURED,
    OperationKind.AUTHORISE: _SINCE_AUTHORISED,
}


class _Move(Told):
    """One that is in a list was done, unless its status says otherwise."""

    reference: str
    status: str | None = None
    amount: str


class _Payment(Told):
    id: Id
    reference: str
    status: str
    amount: str
    currency: str
    decline_code: str = ""


class _PaymentSince(_Payment):
    """With what was done to it; read only where it is asked for."""

    captures: tuple[_Move, ...] = ()
    refunds: tuple[_Move, ...] = ()
    voided: bool = False


P = TypeVar("P", bound=_Payment)


class _Found(Told, Generic[P]):
    items: Annotated[tuple[P, ...], Field(max_length=100)]


def outcome_found(answer: Answer, call: GatewayCall) -> Outcome | None:
    """None if the gateway knows of no such operation."""
    if answer.status != HTTPStatus.OK:
        return UNKNOWN
    if call.kind in MAKES_PAYMENT:
        made = read(_Found[_Payment], answer)
        return not_believed(call, ["body"]) if made is None else _payment(made.items, call)
    changed = read(_Found[_PaymentSince], answer)
    return not_believed(call, ["body"]) if changed is None else _move(changed.items, call)


def _payment(items: Sequence[_Payment], call: GatewayCall) -> Outcome | None:
    made = [each for each in items if each.reference == call.reference]
    if not made:
        return not_believed(call, ["reference"]) if items else None
    taken = [each for each in made if each.status != _DECLINED]
    if not taken:
        return declined(made[0].decline_code, made[0].id)
    # What was given back meanwhile counts only where nothing else is held.
    taken.sort(key=lambda each: each.status != DONE[call.kind])
    outcome = _taken(taken[0], call)
    if len(taken) > 1:
        log.error("payments.made_twice", reference=call.reference, times=len(taken))
        return replace(outcome, surplus=_surplus(taken, outcome, call))
    return outcome


def _surplus(taken: Sequence[_Payment], counted: Outcome, call: GatewayCall) -> tuple[Surplus, ...]:
    """What the gateway still holds beside the payment that counts; none while none counts."""
    if counted.kind is not OutcomeKind.SUCCEEDED:
        return ()
    amounts = {each.id: _held(each, call) for each in taken}
    amounts.pop(counted.provider_payment_id or "", None)
    return tuple(Surplus(id, amount) for id, amount in amounts.items() if amount is not None)


def _held(payment: _Payment, call: GatewayCall) -> Money | None:
    is_whole = payment.status == DONE[call.kind]
    if not is_whole or payment.currency != call.amount.currency.code:
        return None
    try:
        held = Money.parse(payment.amount, call.amount.currency)
    except Rejected:
        return None
    return held if held.minor > 0 else None


def _taken(payment: _Payment, call: GatewayCall) -> Outcome:
    right = {
        "status": payment.status in _SINCE[call.kind],
        "amount": is_amount(payment.amount, call.amount),
        "currency": payment.currency == call.amount.currency.code,
    }
    wrong = [name for name, is_right in right.items() if not is_right]
    return not_believed(call, wrong) if wrong else succeeded(payment.id)


def _move(items: Sequence[_PaymentSince], call: GatewayCall) -> Outcome | None:
    if not items:
        return None
    payment = next((each for each in items if each.id == call.provider_payment_id), None)
    if payment is None:
        return not_believed(call, ["payment_id"])
    if call.kind is OperationKind.VOID:
        # It was found by this reference, and a void is the only thing of it that has no list.
        return succeeded(payment.id) if payment.voided else not_believed(call, ["voided"])
    moves = payment.captures if call.kind is OperationKind.CAPTURE else payment.refunds
    return _moved([each for each in moves if each.reference == call.reference], payment, call)


def _moved(moves: Sequence[_Move], payment: _Payment, call: GatewayCall) -> Outcome:
    if not moves:
        return not_believed(call, ["reference"])
    if len(moves) > 1:
        log.error("payments.moved_twice", reference=call.reference, times=len(moves))
    move = moves[0]
    if move.status == _DECLINED:
        return declined(_DECLINED)
    right = {
        "status": move.status in (None, DONE[call.kind]),
        "amount": is_amount(move.amount, call.amount),
        "currency": payment.currency == call.amount.currency.code,
    }
    wrong = [name for name, is_right in right.items() if not is_right]
    return not_believed(call, wrong) if wrong else succeeded(payment.id)
