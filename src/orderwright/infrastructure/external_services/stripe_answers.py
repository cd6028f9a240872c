"""What Stripe's answers say became of an operation.

A success is believed only of an object that names the operation, its currency and its whole amount.
Of anything else that is not clearly a refusal nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import (
    GatewayCall,
    Outcome,
    OutcomeKind,
    Surplus,
)
from orderwright.infrastructure.external_services.gateway_words import is_code, is_id
from orderwright.infrastructure.external_services.stripe_amounts import (
    stripe_amount,
    stripe_currency,
)
from orderwright.infrastructure.resilience.http_answers import Answer

# Members of `metadata`. A capture changes its payment intent and makes no object of its own, so it
# leaves its reference under a name of its own.
REFERENCE: Final = "reference"
CAPTURE_REFERENCE: Final = "capture_reference"

Members = Mapping[str, Any]

UNKNOWN: Final = Outcome(kind=OutcomeKind.UNKNOWN)


def members_of(answer: Answer) -> Members:
    """Of the object that is answered; none where it is something else."""
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        return {}
    return _members(said)


def listed(told: Members) -> Sequence[Members]:
    """What is in a list, or was found by a search."""
    found = told.get("data")
    return [_members(each) for each in found] if isinstance(found, list) else []


def part(of: Members, name: str) -> Members:
    return _members(of.get(name))


def outcome_of(told: Members, call: GatewayCall) -> Outcome | None:
    """None where the object is not about this operation, or does not say that it was carried out."""
    if told.get("currency") != stripe_currency(call.amount):
        return None
    if call.kind is OperationKind.REFUND:
        return _refund(told, call)
    if told.get("object") != "payment_intent" or not is_id(told.get("id")):
        return None
    return _BY_KIND[call.kind](told, call)


def outcome_of_several(intents: Sequence[Members], call: GatewayCall) -> Outcome:
    """Of what was made for one reference, though it was to be made once: what took the money counts,
    and what took it again is surplus. It was declined only if nothing else may have become of any."""
    outcomes = [outcome_of(each, call) or UNKNOWN for each in intents]
    taken = [each for each in outcomes if each.kind is OutcomeKind.SUCCEEDED]
    if taken:
        again = [each.provider_payment_id for each in taken[1:] if each.provider_payment_id]
        return replace(taken[0], surplus=tuple(Surplus(id_, call.amount) for id_ in again))
    return UNKNOWN if UNKNOWN in outcomes else outcomes[0]


def declined(code: str, provider_payment_id: str | None = None) -> Outcome:
    """Of a code that is no code, only that it was declined is kept."""
    return Outcome(
        kind=OutcomeKind.DECLINED,
        error_code=code if is_code(code) else "declined",
        provider_payment_id=provider_payment_id,
    )


def code_of(error: Members) -> str:
    """As exact as Stripe is: the bank's reason, Stripe's own, or only the kind of error."""
    codes = (error.get(name) for name in ("decline_code", "code", "type"))
    return next((code for code in codes if isinstance(code, str) and is_code(code)), "declined")


def _charge(intent: Members, call: GatewayCall) -> Outcome | None:
    status = intent.get("status")
    if not _is_attempt(intent, call):
        return None
    if status == "succeeded" and intent.get("amount_received") == stripe_amount(call.amount):
        return _succeeded(intent)
    return _not_taken(intent)


def _authorise(intent: Members, call: GatewayCall) -> Outcome | None:
    status = intent.get("status")
    if not _is_attempt(intent, call):
        return None
    if status == "requires_capture" and intent.get("amount_capturable") == stripe_amount(
        call.amount
    ):
        return _succeeded(intent)
    return _not_taken(intent)


def _is_attempt(intent: Members, call: GatewayCall) -> bool:
    is_ours = part(intent, "metadata").get(REFERENCE) == call.reference
    return is_ours and intent.get("amount") == stripe_amount(call.amount)


def _not_taken(intent: Members) -> Outcome:
    """Of an intent that holds no money, or of which that cannot be said."""
    error = part(intent, "last_payment_error")
    match intent.get("status"):
        case "requires_action":
            # The customer would have to prove who they are. Nobody has the secret by which that
            # could still be done, so nothing is taken later.
            return declined("authentication_required", intent["id"])
        case "requires_payment_method" if error:
            return declined(code_of(error), intent["id"])
        case "canceled":
            return declined("canceled", intent["id"])
        case _:
            return UNKNOWN


def _capture(intent: Members, call: GatewayCall) -> Outcome | None:
    if intent.get("id") != call.provider_payment_id:
        return None
    if intent.get("status") == "canceled":
        return declined("canceled", intent["id"])
    is_ours = part(intent, "metadata").get(CAPTURE_REFERENCE) == call.reference
    taken = intent.get("amount_received") == stripe_amount(call.amount)
    if intent.get("status") == "succeeded" and is_ours:
        return _succeeded(intent) if taken else UNKNOWN
    return None


def _void(intent: Members, call: GatewayCall) -> Outcome | None:
    if intent.get("id") != call.provider_payment_id:
        return None
    if intent.get("status") == "canceled":
        return _succeeded(intent)
    # What a capture in part leaves is let go by Stripe itself, at once.
    is_let_go = intent.get("status") == "succeeded" and _remainder(intent) == stripe_amount(
        call.amount
    )
    return _succeeded(intent) if is_let_go else None


def _remainder(intent: Members) -> int | None:
    amount, received = intent.get("amount"), intent.get("amount_received")
    if isinstance(amount, int) and isinstance(received, int):
        return amount - received
    return None


def _refund(refund: Members, call: GatewayCall) -> Outcome | None:
    is_ours = (
        refund.get("object") == "refund"
        and refund.get("payment_intent") == call.provider_payment_id
        and part(refund, "metadata").get(REFERENCE) == call.reference
    )
    if not is_ours or refund.get("amount") != stripe_amount(call.amount):
        return None
    match refund.get("status"):
        case "succeeded":
            return Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id=call.provider_payment_id)
        case "failed" | "canceled" as status:
            return declined(str(refund.get("failure_reason") or status), call.provider_payment_id)
        case _:
            return UNKNOWN  # on its way: it is asked for until it has arrived


def _succeeded(intent: Members) -> Outcome:
    return Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id=intent["id"])


def _members(said: object) -> Members:
    return said if isinstance(said, dict) else {}


_BY_KIND: Final = {
    OperationKind.CHARGE: _charge,
    OperationKind.AUTHORISE: _authorise,
    OperationKind.CAPTURE: _capture,
    OperationKind.VOID: _void,
}
