"""What the answers of the generic gateway protocol say became of an operation.

A success is believed only of an answer that names the operation, its amount and its currency: an
answer may be that to another request, or that of a gateway which did something else. Then nothing is
known, and the gateway is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal, TypeVar

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.errors import Rejected
from orderwright.domain.interfaces.payment_gateway import GatewayCall, Outcome, OutcomeKind
from orderwright.domain.value_objects.money import Money
from orderwright.infrastructure.external_services.gateway_words import ID_PATTERN, is_code
from orderwright.infrastructure.resilience.http_answers import Answer, retry_after_s

UNKNOWN: Final = Outcome(kind=OutcomeKind.UNKNOWN)
# The status that an operation has when it is done.
DONE: Final = {
    OperationKind.CHARGE: "captured",
    OperationKind.AUTHORISE: "authorised",
    OperationKind.CAPTURE: "captured",
    OperationKind.VOID: "voided",
    OperationKind.REFUND: "refunded",
}
MAKES_PAYMENT: Final = frozenset({OperationKind.CHARGE, OperationKind.AUTHORISE})

# Refused before anything was looked at. The key was wrong and not the payment: it is sent again when
# the key is right.
_WRONG_KEY: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_LATER: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
# Of the gateway or of a proxy before it, which may have handed the request on.
_LEFT_OPEN: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY}
)

Id = Annotated[str, Field(pattern=ID_PATTERN)]

log: structlog.stdlib.BoundLogger = structlog.get_logger("orderwright.payments")


class Told(BaseModel):
    """What else is in it is of no interest: gateways grow."""

    model_config = ConfigDict(strict=True, frozen=True)


T = TypeVar("T", bound=Told)


class _Payment(Told):
    id: Id
    reference: str
    status: str
    amount: str
    currency: str


class _Move(Told):
    payment_id: str
    reference: str
    status: str
    amount: str | None = None


class _Decline(Told):
    id: Id | None = None
    reference: str
    status: Literal["declined"]
    decline_code: str = ""


class _Refusal(Told):
    code: str = ""
    reference: str | None = None


def outcome_of(answer: Answer, call: GatewayCall, now: datetime) -> Outcome:
    status = answer.status
    if status == HTTPStatus.CREATED:
        return _done(answer, call)
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return _declined(answer, call)
    if status in _WRONG_KEY:
        log.error("payments.key_refused", provider="http", status=status)
        return Outcome(kind=OutcomeKind.NOT_EXECUTED)
    if status in _LATER:
        wait_s = retry_after_s(answer.headers.get("retry-after", ""), now)
        return Outcome(kind=OutcomeKind.NOT_EXECUTED, retry_after_s=wait_s or None)
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    if status in _LEFT_OPEN or not is_refusal:
        return UNKNOWN
    return _refused(answer, call)


def read(kind: type[T], answer: Answer) -> T | None:
    """None if the body is not of this kind."""
    try:
        return kind.model_validate_json(answer.body)
    except ValidationError:
        return None


def is_amount(text: str | None, amount: Money) -> bool:
    try:
        return text is not None and Money.parse(text, amount.currency) == amount
    except Rejected:
        return False


def succeeded(provider_payment_id: str | None) -> Outcome:
    return Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id=provider_payment_id)


def declined(code: str, provider_payment_id: str | None = None) -> Outcome:
    """Of a code that is no code, only that it was declined is kept."""
    return Outcome(
        kind=OutcomeKind.DECLINED,
        error_code=code if is_code(code) else "declined",
        provider_payment_id=provider_payment_id,
    )


def not_believed(call: GatewayCall, because: Iterable[str]) -> Outcome:
    """Names what is wrong with the answer, and none of its words: they may be anybody's."""
    log.error(
        "payments.answer_not_believed",
        reference=call.reference,
        kind=str(call.kind),
        wrong=sorted(because),
    )
    return UNKNOWN


def _done(answer: Answer, call: GatewayCall) -> Outcome:
    if call.kind in MAKES_PAYMENT:
        return _payment_made(read(_Payment, answer), call)
    return _moved(read(_Move, answer), call)


def _payment_made(told: _Payment | None, call: GatewayCall) -> Outcome:
    if told is None:
        return not_believed(call, ["body"])
    wrong = {
        "reference": told.reference != call.reference,
        "status": told.status != DONE[call.kind],
        "amount": not is_amount(told.amount, call.amount),
        "currency": told.currency != call.amount.currency.code,
    }
    return not_believed(call, _true(wrong)) if any(wrong.values()) else succeeded(told.id)


def _moved(told: _Move | None, call: GatewayCall) -> Outcome:
    if told is None:
        return not_believed(call, ["body"])
    is_of_amount = call.kind is not OperationKind.VOID
    wrong = {
        "reference": told.reference != call.reference,
        "status": told.status != DONE[call.kind],
        "payment_id": told.payment_id != call.provider_payment_id,
        "amount": is_of_amount and not is_amount(told.amount, call.amount),
    }
    if any(wrong.values()):
        return not_believed(call, _true(wrong))
    return succeeded(call.provider_payment_id)


def _declined(answer: Answer, call: GatewayCall) -> Outcome:
    told = read(_Decline, answer)
    if told is None:
        return not_believed(call, ["body"])
    if told.reference != call.reference:
        return not_believed(call, ["reference"])
    return declined(told.decline_code, told.id if call.kind in MAKES_PAYMENT else None)


def _refused(answer: Answer, call: GatewayCall) -> Outcome:
    """Final. A body is not asked for, and neither is that it names the operation; if it names another
    one, the refusal was not of ours."""
    told = read(_Refusal, answer) or _Refusal()
    if told.reference not in (None, call.reference):
        return not_believed(call, ["reference"])
    code = told.code if is_code(told.code) else f"http_{answer.status}"
    log.warning(
        "payments.refused",
        reference=call.reference,
        kind=str(call.kind),
        status=answer.status,
        code=code,
    )
    return declined(code)


def _true(wrong: dict[str, bool]) -> list[str]:
    return [name for name, is_wrong in wrong.items() if is_wrong]
