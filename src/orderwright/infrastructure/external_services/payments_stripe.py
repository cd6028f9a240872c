"""Payments through Stripe's PaymentIntents: cards, confirmed as they are created.

Plain HTTP rather than Stripe's own library: ADR 15 says why.

An operation that got no answer is asked for:

- a capture, a void or a refund at the payment intent, which is known and read as it is now;
- a charge or an authorisation by searching for its reference. The search may lag behind by a minute,
  in an outage by an hour. That it finds nothing is therefore no more than a reason to send the same
  request again under the same key, which Stripe carries out once for as long as it keeps the key.

Stripe answers a key with the same answer again even where that was a 500. Such an operation stays
unknown until the search finds it, or a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode

import structlog

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import (
    GatewayCall,
    GatewayTraits,
    Outcome,
    OutcomeKind,
)
from orderwright.infrastructure.external_services.service_probe import see_served
from orderwright.infrastructure.external_services.stripe_amounts import AmountNotSupported
from orderwright.infrastructure.external_services.stripe_answers import (
    REFERENCE,
    UNKNOWN,
    Members,
    declined,
    listed,
    members_of,
    outcome_of,
    outcome_of_several,
)
from orderwright.infrastructure.external_services.stripe_refusals import (
    WRONG_KEY,
    outcome_of_error,
)
from orderwright.infrastructure.external_services.stripe_requests import (
    Fields,
    NothingToAsk,
    request_of,
)
from orderwright.infrastructure.resilience.failures import CallFailed, CircuitOpen, NotSent
from orderwright.infrastructure.resilience.guarded_client import GuardedClient
from orderwright.infrastructure.resilience.http_answers import Answer

API_URL: Final = "https://api.stripe.com"
# All that is used here has kept its meaning since; Stripe goes on serving the versions of the past.
API_VERSION: Final = "2025-03-31.basil"
_KEY_LIFETIME: Final = timedelta(hours=24)
# As many as a list gives at once, newest first.
_REFUNDS_MAX: Final = "100"

log: structlog.stdlib.BoundLogger = structlog.get_logger("orderwright.payments")


class _NotAnswered(Exception):
    """Stripe answered, but not what was asked."""


class StripeGateway:
    """`sending` must not try again what was answered: Stripe keeps the answer with the key, that of a
    server error too, and would only give it again. `asking` may try as often as it likes."""

    def __init__(
        self,
        *,
        sending: GuardedClient,
        asking: GuardedClient,
        api_key: str,
        now: Callable[[], datetime],
        api_url: str | None = None,
    ) -> None:
        self._sending = sending
        self._asking = asking
        self._now = now
        self._api = f"{(api_url or API_URL).rstrip('/')}/v1"
        self._headers = {"authorization": f"Bearer {api_key}", "stripe-version": API_VERSION}

    @property
    def name(self) -> str:
        return "stripe"

    @property
    def traits(self) -> GatewayTraits:
        return GatewayTraits(key_lifetime=_KEY_LIFETIME, can_look_up=True, stores_errors=True)

    async def carry_out(self, call: GatewayCall) -> Outcome:
        try:
            path, fields = request_of(call)
        except NothingToAsk as lack:
            return declined(lack.code)
        except AmountNotSupported:
            return declined("amount_not_supported")
        try:
            answer = await self._post(path, fields, key=call.reference)
        except CallFailed as failure:
            return _outcome_without_answer(failure)
        if answer.status == HTTPStatus.OK:
            return outcome_of(members_of(answer), call) or UNKNOWN
        self._tell_of_wrong_key(answer)
        return outcome_of_error(answer, call, self._now())

    async def look_up(self, call: GatewayCall) -> Outcome | None:
        try:
            return await self._found(call)
        except CircuitOpen as spared:
            return Outcome(kind=OutcomeKind.UNKNOWN, retry_after_s=spared.retry_after_s)
        except (CallFailed, _NotAnswered, AmountNotSupported):
            return UNKNOWN

    async def probe(self) -> None:
        """A list rather than the balance, which a restricted key may not read.

        Raises: CallFailed, NotServed.
        """
        intents = f"{self._api}/payment_intents"
        await see_served(self._sending, intents, headers=self._headers, params={"limit": "1"})

    async def _found(self, call: GatewayCall) -> Outcome | None:
        """Raises: CallFailed, _NotAnswered, AmountNotSupported."""
        if call.kind is OperationKind.REFUND:
            return await self._found_refund(call)
        if call.provider_payment_id is not None:
            return outcome_of(await self._intent(call.provider_payment_id), call)
        query = {"query": f"metadata['{REFERENCE}']:'{call.reference}'"}
        found = listed(await self._get("/payment_intents/search", "search_result", query))
        if not found:
            return None
        # What was found are copies, which may be old.
        intents = [await self._intent(str(each.get("id"))) for each in found]
        outcome = outcome_of_several(intents, call)
        if outcome.surplus:
            log.error("payments.made_twice", reference=call.reference, times=len(intents))
        return outcome

    async def _found_refund(self, call: GatewayCall) -> Outcome | None:
        """Raises: CallFailed, _NotAnswered, AmountNotSupported."""
        of_intent = {"payment_intent": call.provider_payment_id or "", "limit": _REFUNDS_MAX}
        refunds = listed(await self._get("/refunds", "list", of_intent))
        outcomes = (outcome_of(refund, call) for refund in refunds)
        return next((each for each in outcomes if each is not None), None)

    async def _intent(self, intent_id: str) -> Members:
        return await self._get(f"/payment_intents/{quote(intent_id, safe='')}", "payment_intent")

    async def _get(self, path: str, kind: str, params: Mapping[str, str] | None = None) -> Members:
        """An object of this kind.

        Raises: CallFailed, _NotAnswered.
        """
        address = self._api + path
        answer = await self._asking.send("GET", address, headers=self._headers, params=params)
        told = members_of(answer)
        if answer.status != HTTPStatus.OK or told.get("object") != kind:
            self._tell_of_wrong_key(answer)
            raise _NotAnswered
        return told

    async def _post(self, path: str, fields: Fields, *, key: str) -> Answer:
        """Raises: CallFailed."""
        headers = self._headers | {
            "idempotency-key": key,
            "content-type": "application/x-www-form-urlencoded",
        }
        form = urlencode(fields).encode()
        return await self._sending.send("POST", self._api + path, headers=headers, content=form)

    def _tell_of_wrong_key(self, answer: Answer) -> None:
        if answer.status in WRONG_KEY:
            log.error("payments.key_refused", provider=self.name, status=answer.status)


def _outcome_without_answer(failure: CallFailed) -> Outcome:
    match failure:
        case CircuitOpen(retry_after_s=wait_s):
            return Outcome(kind=OutcomeKind.NOT_EXECUTED, retry_after_s=wait_s)
        case NotSent():
            return Outcome(kind=OutcomeKind.NOT_EXECUTED)
        case _:
            return UNKNOWN
