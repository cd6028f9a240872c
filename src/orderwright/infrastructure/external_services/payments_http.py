"""Payments through whoever speaks the generic gateway protocol: docs/reference/payment-gateway.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import (
    GatewayCall,
    GatewayTraits,
    Outcome,
    OutcomeKind,
)
from orderwright.infrastructure.external_services.http_payment_answers import (
    MAKES_PAYMENT,
    UNKNOWN,
    declined,
    outcome_of,
)
from orderwright.infrastructure.external_services.http_payment_lookups import outcome_found
from orderwright.infrastructure.external_services.service_probe import see_served
from orderwright.infrastructure.resilience.failures import CallFailed, CircuitOpen, NotSent
from orderwright.infrastructure.resilience.guarded_client import GuardedClient

# No operation's: references are ids of ours, and none is a word.
_NO_REFERENCE: Final = "probe"
_PLACES: Final = {
    OperationKind.CAPTURE: "captures",
    OperationKind.VOID: "voids",
    OperationKind.REFUND: "refunds",
}


class HttpGateway:
    """`sending` must not try again what may have been carried out. The key would allow it, but a
    gateway that has lost its keys would do it twice; the journal looks it up before it sends again.
    `asking` may try as often as it likes.
    """

    def __init__(
        self,
        *,
        sending: GuardedClient,
        asking: GuardedClient,
        api_url: str,
        api_key: str,
        key_lifetime: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._sending = sending
        self._asking = asking
        self._payments = f"{api_url.rstrip('/')}/payments"
        self._headers = {"authorization": f"Bearer {api_key}"}
        self._key_lifetime = key_lifetime
        self._now = now

    @property
    def name(self) -> str:
        return "http"

    @property
    def traits(self) -> GatewayTraits:
        return GatewayTraits(key_lifetime=self._key_lifetime, can_look_up=True, stores_errors=True)

    async def carry_out(self, call: GatewayCall) -> Outcome:
        if call.kind not in MAKES_PAYMENT and call.provider_payment_id is None:
            return declined("payment_unknown_to_gateway")
        try:
            answer = await self._sending.send(
                "POST",
                self._url_of(call),
                headers=self._headers | {"idempotency-key": call.reference},
                json=_body_of(call),
            )
        except CallFailed as failure:
            return _outcome_without_answer(failure)
        return outcome_of(answer, call, self._now())

    async def look_up(self, call: GatewayCall) -> Outcome | None:
        try:
            answer = await self._asking.send(
                "GET", self._payments, headers=self._headers, params={"reference": call.reference}
            )
        except CircuitOpen as spared:
            return Outcome(kind=OutcomeKind.UNKNOWN, retry_after_s=spared.retry_after_s)
        except CallFailed:
            return UNKNOWN
        return outcome_found(answer, call)

    async def probe(self) -> None:
        """Raises: CallFailed, NotServed."""
        await see_served(
            self._sending,
            self._payments,
            headers=self._headers,
            params={"reference": _NO_REFERENCE},
        )

    def _url_of(self, call: GatewayCall) -> str:
        if call.kind in MAKES_PAYMENT:
            return self._payments
        return f"{self._payments}/{quote(call.provider_payment_id or '', safe='')}/{_PLACES[call.kind]}"


def _body_of(call: GatewayCall) -> dict[str, Any]:
    if call.kind is OperationKind.VOID:
        return {"reference": call.reference}
    of_amount = {"reference": call.reference, "amount": str(call.amount)}
    if call.kind not in MAKES_PAYMENT:
        return of_amount
    token = {} if call.token is None else {"token": call.token}
    return {
        **of_amount,
        "order_id": call.order_id,
        "currency": call.amount.currency.code,
        "capture": call.kind is OperationKind.CHARGE,
        **token,
    }


def _outcome_without_answer(failure: CallFailed) -> Outcome:
    match failure:
        case CircuitOpen(retry_after_s=wait_s):
            return Outcome(kind=OutcomeKind.NOT_EXECUTED, retry_after_s=wait_s)
        case NotSent():
            return Outcome(kind=OutcomeKind.NOT_EXECUTED)
        case _:
            return UNKNOWN
