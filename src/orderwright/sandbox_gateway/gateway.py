"""One request at the gateway: what befalls it, whether it was here before, and what is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Final

from starlette.responses import Response

from orderwright.sandbox_gateway.answers import Answer, refused
from orderwright.sandbox_gateway.delivery import Once, Twice, Unanswered
from orderwright.sandbox_gateway.faults import Fault, Mode, Modes, Operation
from orderwright.sandbox_gateway.ledger import Ledger, Remembered

# A caller who waits this long before it asks again does not wear out a gateway that is down.
_RETRY_AFTER_S: Final = "1"
_ERROR: Final = refused(500, "internal", "something went wrong")
_DOWN: Final = refused(503, "unavailable", "the gateway is down; nothing was done")
_BUSY: Final = refused(429, "too_many_requests", "the gateway is busy; nothing was done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One POST. `content` is all that two requests of one key must have in common."""

    operation: Operation
    key: str
    reference: str
    amount: Decimal | None
    content: bytes

    @property
    def fingerprint(self) -> bytes:
        return blake2b(self.content, digest_size=16).digest()

    def refused(self, status: int, code: str, detail: str) -> Answer:
        return refused(status, code, detail, reference=self.reference)

    def answered_before(self, first: Remembered) -> Answer:
        if first.fingerprint != self.fingerprint:
            return self.refused(422, "idempotency_key_reused", "it was used for something else")
        return Answer(status=first.status, body=first.body)


class Gateway:
    def __init__(
        self, ledger: Ledger, modes: Modes, wake_webhooks: Callable[[], None] | None
    ) -> None:
        self.ledger = ledger
        self.modes = modes
        self._wake_webhooks = wake_webhooks
        self._running: set[str] = set()

    async def carry_out(self, asked: Asked, act: Callable[[bool], Answer]) -> Response:
        """`act` does it and says what was done; it is told whether to decline instead."""
        mode = self.modes.of_request(asked.operation, asked.amount)
        nothing_done = _instead_of_doing(mode)
        if nothing_done is not None:
            return nothing_done
        if asked.key in self._running:
            return Once(
                asked.refused(409, "idempotency_key_in_use", "its first request still runs")
            )
        self._running.add(asked.key)
        try:
            if mode.fault is Fault.DELAY:
                await asyncio.sleep(mode.wait_s)
            answer = self._once(asked, mode, act)
        finally:
            self._running.discard(asked.key)
        return _delivered(mode, answer)

    async def look_up(self, find: Callable[[], Answer]) -> Response:
        mode = self.modes.of_request(Operation.LOOKUPS, None)
        nothing_done = _instead_of_doing(mode)
        if nothing_done is not None:
            return nothing_done
        if mode.fault is Fault.DELAY:
            await asyncio.sleep(mode.wait_s)
        return _delivered(mode, find())

    def _once(self, asked: Asked, mode: Mode, act: Callable[[bool], Answer]) -> Answer:
        with self.ledger.transaction():
            if mode.fault is Fault.FORGET_KEYS:
                self.ledger.forget(asked.key)
            first = self.ledger.remembered(asked.key)
            if first is not None:
                return asked.answered_before(first)
            answer = act(mode.fault is Fault.DECLINE)
            remembered = Remembered(asked.fingerprint, answer.status, answer.body)
            self.ledger.remember(asked.key, asked.operation, remembered)
            self._announce(asked, answer, copies=2 if mode.fault is Fault.ANSWER_TWICE else 1)
        return answer

    def _announce(self, asked: Asked, answer: Answer, *, copies: int) -> None:
        if self._wake_webhooks is None or answer.payment_id is None:
            return
        self.ledger.add_webhook(answer.payment_id, asked.reference, copies=copies)
        # Later than the answer, which is written before anything that is called soon.
        asyncio.get_running_loop().call_later(0.0, self._wake_webhooks)


def _instead_of_doing(mode: Mode) -> Response | None:
    match mode.fault:
        case Fault.DOWN:
            return Once(_DOWN, {"Retry-After": _RETRY_AFTER_S})
        case Fault.BUSY:
            return Once(_BUSY, {"Retry-After": _RETRY_AFTER_S})
        case Fault.ERROR_BEFORE:
            return Once(_ERROR)
        case Fault.TIMEOUT_BEFORE:
            return Unanswered(hold_s=mode.wait_s)
        case Fault.RESET_BEFORE:
            return Unanswered(reset=True)
        case _:
            return None


def _delivered(mode: Mode, answer: Answer) -> Response:
    match mode.fault:
        case Fault.ERROR_AFTER:
            return Once(_ERROR)
        case Fault.TIMEOUT_AFTER:
            return Unanswered(hold_s=mode.wait_s)
        case Fault.RESET_AFTER:
            return Unanswered(reset=True)
        case Fault.ANSWER_TWICE:
            return Twice(answer)
        case _:
            return Once(answer)
