"""What Stripe's errors say became of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

from orderwright.domain.interfaces.payment_gateway import GatewayCall, Outcome, OutcomeKind
from orderwright.infrastructure.external_services.gateway_words import is_id
from orderwright.infrastructure.external_services.stripe_answers import (
    UNKNOWN,
    Members,
    code_of,
    declined,
    members_of,
    outcome_of,
    part,
)
from orderwright.infrastructure.resilience.http_answers import Answer, retry_after_s

# Refused before anything was looked at. The key was wrong and not the payment: it is sent again when
# the key is right.
WRONG_KEY: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


def outcome_of_error(answer: Answer, call: GatewayCall, now: datetime) -> Outcome:
    error = part(members_of(answer), "error")
    if answer.status in WRONG_KEY:
        return Outcome(kind=OutcomeKind.NOT_EXECUTED, error_code=code_of(error))
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return _later(answer.headers, now)
    if not _is_final(answer.status, error):
        return UNKNOWN
    return _done_already(error, call) or declined(code_of(error), _intent_id(error))


def _is_final(status: int, error: Members) -> bool:
    """A conflict is another request with this key that is still running, or one that is in the way;
    an `idempotency_error` says that the key stands for something else. Neither tells what came of the
    first request."""
    is_refusal = (
        HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        and status not in _NO_ANSWER
    )
    return is_refusal and str(error.get("type")) in _REFUSALS


_NO_ANSWER: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.FAILED_DEPENDENCY}
)
_REFUSALS: Final = frozenset({"card_error", "invalid_request_error"})


def _done_already(error: Members, call: GatewayCall) -> Outcome | None:
    """An intent that is captured or cancelled already refuses to be so again; it may have been by
    this very operation."""
    told = outcome_of(part(error, "payment_intent"), call)
    is_done = told is not None and told.kind is OutcomeKind.SUCCEEDED
    return told if is_done else None


def _later(headers: Mapping[str, str], now: datetime) -> Outcome:
    wait_s = retry_after_s(headers.get("retry-after", ""), now)
    return Outcome(kind=OutcomeKind.NOT_EXECUTED, retry_after_s=wait_s or None)


def _intent_id(error: Members) -> str | None:
    found = part(error, "payment_intent").get("id")
    return found if isinstance(found, str) and is_id(found) else None
