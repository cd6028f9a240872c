from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from orderwright.application.services.webhook_message import NOTHING, Message, message_of
from orderwright.application.services.webhook_signature import signed_headers
from orderwright.domain.entities.webhook_endpoint import (
    DisabledBecause,
    WebhookEndpoint,
    WebhookNotFound,
)
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.failure_log import FailureLog
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.security import SecretSealer, UnreadableSecret
from orderwright.domain.interfaces.unit_of_work import UnitOfWorkFactory
from orderwright.domain.interfaces.webhooks import (
    Attempt,
    ClaimedDelivery,
    DeliveryState,
    Reply,
    Tried,
    WebhookClient,
)

# So that endpoints that failed at the same moment are not tried again at the same moment.
JITTER: Final = 0.2
EXCERPT_CHARS_MAX: Final = 1_000
CRASHED: Final = "crashed"
CORRELATION_HEADER: Final = "x-correlation-id"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingLimits:
    """`delays_s` before each further attempt; after the last a delivery is dead."""

    delays_s: Sequence[float]
    lease: timedelta
    bear_for: timedelta


@dataclass(frozen=True, slots=True)
class Round:
    """What was tried at one endpoint at once."""

    tried: int
    arrived: int


class WebhookSending:
    """Tries what is due at one endpoint. An attempt is counted before it is made, and noted after; what
    was sent by a process that died in between is sent again, with the same id."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        client: WebhookClient,
        sealer: SecretSealer,
        clock: Clock,
        limits: SendingLimits,
        *,
        failures: FailureLog,
        chance: Callable[[], float],
        reached: Callable[[str], Awaitable[None]],
    ) -> None:
        """`chance` gives numbers from 0 to 1."""
        self._units = units
        self._client = client
        self._sealer = sealer
        self._clock = clock
        self._limits = limits
        self._failures = failures
        self._chance = chance
        self._reached = reached

    async def send_due(self, endpoint_id: int, limit: int) -> Round:
        """Up to `limit` of them at once, each of another aggregate."""
        found = await self._claim(endpoint_id, limit)
        if found is None:
            return Round(0, 0)
        endpoint, claimed = found
        tried = await asyncio.gather(*(self._try(each, endpoint) for each in claimed))
        await self._reached("webhook.after_send_before_mark")
        await self._note(endpoint, tried)
        return Round(len(tried), sum(each.attempt.reply.arrived for each in tried))

    async def _claim(
        self, endpoint_id: int, limit: int
    ) -> tuple[WebhookEndpoint, Sequence[ClaimedDelivery]] | None:
        now = self._clock.now()
        with suppress(WebhookNotFound):
            async with self._units(RequestContext()) as uow:
                endpoint = await uow.webhook_endpoints.get_by_id(endpoint_id)
                if not endpoint.active:
                    return None
                claimed = await uow.webhook_deliveries.claim_due(
                    endpoint_id, now=now, lease_until=now + self._limits.lease, limit=limit
                )
                await uow.commit()
            return endpoint, claimed
        return None

    async def _try(self, claimed: ClaimedDelivery, endpoint: WebhookEndpoint) -> Tried:
        started_at = self._clock.now()
        message, headers, reply = await self._post(claimed, endpoint, started_at)
        ended_at = self._clock.now()
        attempt = Attempt(
            number=claimed.fence,
            started_at=started_at,
            duration_ms=max(0, round((ended_at - started_at).total_seconds() * 1000)),
            request_headers=headers,
            request_body=message.body.decode()[:EXCERPT_CHARS_MAX],
            reply=reply,
        )
        return self._judged(claimed, attempt, ended_at)

    async def _post(
        self, claimed: ClaimedDelivery, endpoint: WebhookEndpoint, at: datetime
    ) -> tuple[Message, Mapping[str, str], Reply]:
        """An error of ours ends this attempt, and not the others of its round."""
        message, headers = NOTHING, dict[str, str]()
        if claimed.delivery.attempts > self._attempts_max:
            # Its sender died each time: what kills senders must not be given another one.
            return message, headers, Reply(error=CRASHED, sent=False)
        try:
            message = message_of(claimed, endpoint)
            headers = self._headers(claimed, endpoint, message, at)
            reply = await self._client.post(endpoint.url, headers, message.body)
        except UnreadableSecret:
            reply = Reply(error="secret_unreadable")
        except Exception as error:  # noqa: BLE001 - nobody foresaw it, and it is seen all the same
            self._failures.worker_failed(error)
            reply = Reply(error="internal_error")
        return message, headers, reply

    def _headers(
        self, claimed: ClaimedDelivery, endpoint: WebhookEndpoint, message: Message, at: datetime
    ) -> dict[str, str]:
        secrets = [self._sealer.open(each) for each in endpoint.live_secrets(at)]
        signed = signed_headers(secrets, claimed.delivery.webhook_id, at, message.body)
        correlation_id = claimed.event and claimed.event.correlation_id
        told = {CORRELATION_HEADER: correlation_id} if correlation_id else {}
        return {"content-type": message.content_type, **told, **signed}

    def _judged(self, claimed: ClaimedDelivery, attempt: Attempt, now: datetime) -> Tried:
        reply, failures = attempt.reply, claimed.delivery.attempts
        state, due_at = DeliveryState.PENDING, now
        if reply.error == CRASHED:
            state = DeliveryState.DEAD
        elif not reply.sent:
            due_at = now + self._delay(1, reply)
        elif reply.arrived:
            state = DeliveryState.DELIVERED
        elif reply.says_gone or failures >= self._attempts_max:
            state = DeliveryState.DEAD
        else:
            due_at = now + self._delay(failures, reply)
        return Tried(claimed=claimed, attempt=attempt, state=state, due_at=due_at)

    @property
    def _attempts_max(self) -> int:
        return 1 + len(self._limits.delays_s)

    def _delay(self, failures: int, reply: Reply) -> timedelta:
        jittered = self._limits.delays_s[failures - 1] * (1 + JITTER * (2 * self._chance() - 1))
        return timedelta(seconds=max(jittered, reply.retry_after_s))

    async def _note(self, asked: WebhookEndpoint, tried: Sequence[Tried]) -> None:
        if not tried:
            return
        # Deleted meanwhile: its deliveries are dead, and what came of this one is of no use.
        with suppress(WebhookNotFound):
            async with self._units(RequestContext()) as uow:
                endpoint = await uow.webhook_endpoints.get_by_id(asked.id)
                if endpoint.url == asked.url:
                    noted = await uow.webhook_deliveries.note(tried)
                    self._draw_conclusions(endpoint, noted)
                else:  # what the former address says is nothing that the new one said
                    await uow.webhook_deliveries.note([*map(self._for_the_new_address, tried)])
                await uow.commit()

    def _for_the_new_address(self, tried: Tried) -> Tried:
        if tried.attempt.reply.arrived:
            return tried
        none_of_its = replace(tried.attempt, reply=replace(tried.attempt.reply, sent=False))
        return replace(
            tried, attempt=none_of_its, state=DeliveryState.PENDING, due_at=self._clock.now()
        )

    def _draw_conclusions(self, endpoint: WebhookEndpoint, noted: Sequence[Tried]) -> None:
        now = self._clock.now()
        replies = [each.attempt.reply for each in noted if each.attempt.reply.sent]
        if any(each.says_gone for each in replies):
            endpoint.disable(DisabledBecause.GONE, now)
        elif any(each.arrived for each in replies):
            endpoint.note_arrival()
        elif replies:
            endpoint.note_failure(now, bear_for=self._limits.bear_for)
