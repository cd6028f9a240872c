"""What each operation does to the ledger. A refusal is final: nothing was done, and never will be."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, TypeVar

from orderwright.sandbox_gateway.answers import Answer, declined, done, refused
from orderwright.sandbox_gateway.ledger import Ledger
from orderwright.sandbox_gateway.payment import STATUSES, MoveKind, Payment
from orderwright.sandbox_gateway.wire import Body, MoneyBody, PaymentBody

# Tokens that decline, with the reason a bank would give; every other token, or none, is good.
DECLINING_TOKENS: Final = {
    "tok_decline": "card_declined",
    "tok_insufficient_funds": "insufficient_funds",
    "tok_expired_card": "expired_card",
}
# So do payments of exactly these amounts, in any currency.
DECLINING_AMOUNTS: Final = {
    Decimal("666.01"): "card_declined",
    Decimal("666.02"): "insufficient_funds",
    Decimal("666.03"): "expired_card",
}
_BY_ORDER: Final = "card_declined"

B = TypeVar("B", bound=Body)


def take_payment(ledger: Ledger, body: PaymentBody, *, decline: bool) -> Answer:
    decline_code = _BY_ORDER if decline else _reason_to_decline(body)
    id = ledger.add_payment(body, decline_code=decline_code)
    if decline_code is not None:
        return declined(body.reference, decline_code, payment_id=id)
    return done(
        id,
        id=id,
        reference=body.reference,
        status="captured" if body.capture else "authorised",
        amount=body.amount,
        currency=body.currency,
    )


def capture(ledger: Ledger, payment: Payment, body: MoneyBody) -> Answer:
    if payment.voids:
        return _refused(body, "payment_voided", "what was authorised has been voided")
    if payment.captured + body.sum > payment.amount:
        return _refused(body, "amount_exceeds_authorised", "less than this is left to capture")
    return _moved(ledger, MoveKind.CAPTURE, payment, body, amount=body.amount)


def void(ledger: Ledger, payment: Payment, body: Body) -> Answer:
    """Gives back whatever was not captured."""
    if payment.voids:
        return _refused(body, "payment_voided", "it has been voided already")
    if payment.captured == payment.amount:
        return _refused(body, "payment_captured", "nothing is left to void: refund it")
    return _moved(ledger, MoveKind.VOID, payment, body)


def refund(ledger: Ledger, payment: Payment, body: MoneyBody) -> Answer:
    if payment.refunded + body.sum > payment.captured:
        return _refused(body, "amount_exceeds_captured", "less than this is left to refund")
    return _moved(ledger, MoveKind.REFUND, payment, body, amount=body.amount)


def move_money(
    ledger: Ledger,
    payment_id: str,
    body: B,
    act: Callable[[Ledger, Payment, B], Answer],
    *,
    decline: bool,
) -> Answer:
    payment = next(iter(ledger.payments([payment_id])), None)
    if payment is None or payment.decline_code is not None:
        return _refused(body, "no_such_payment", "there is no such payment to do this to", 404)
    if decline:
        return declined(body.reference, _BY_ORDER)
    return act(ledger, payment, body)


def _reason_to_decline(body: PaymentBody) -> str | None:
    return DECLINING_TOKENS.get(body.token or "") or DECLINING_AMOUNTS.get(body.sum)


def _refused(body: Body, code: str, detail: str, status: int = 422) -> Answer:
    return refused(status, code, detail, reference=body.reference)


def _moved(
    ledger: Ledger, kind: MoveKind, payment: Payment, body: Body, *, amount: str | None = None
) -> Answer:
    id = ledger.add_move(kind, payment.id, body.reference, amount)
    of_amount = {} if amount is None else {"amount": amount}
    return done(
        payment.id,
        id=id,
        payment_id=payment.id,
        reference=body.reference,
        status=STATUSES[kind],
        **of_amount,
    )
