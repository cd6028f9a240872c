"""One question to the gateway: to do something, or what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.application.services.asking_again import is_forgotten
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import BEGINS, PaymentOperation
from orderwright.domain.interfaces.payment_gateway import (
    GatewayCall,
    Outcome,
    OutcomeKind,
    PaymentGateway,
)

# The error code of what was to begin at a gateway that is not in use any more.
OTHER_GATEWAY: Final = "other_gateway"


@dataclass(frozen=True, slots=True)
class Sent:
    """`is_forgotten`: it may have been executed under a key that the gateway may have forgotten.
    `is_elsewhere`: it is of a payment at another gateway than the one in use."""

    call: GatewayCall
    payment_id: str
    sends: int
    asked_before: bool = False
    is_forgotten: bool = False
    is_elsewhere: bool = False


def call_of(operation: PaymentOperation, payment: Payment) -> GatewayCall:
    return GatewayCall(
        reference=operation.id,
        kind=operation.kind,
        order_id=payment.order_id,
        amount=operation.amount,
        token=payment.token,
        provider_payment_id=payment.provider_payment_id,
    )


class Asking:
    def __init__(self, gateway: PaymentGateway) -> None:
        self._gateway = gateway
        self.can_look_up = gateway.traits.can_look_up

    def send(self, operation: PaymentOperation, payment: Payment, now: datetime) -> Sent:
        """Mark it as sent, to be committed before it is."""
        asked_before = operation.first_sent_at is not None
        elsewhere = self.is_elsewhere(payment)
        # Nobody here can ask for it: that is for a person too.
        forgotten = elsewhere or is_forgotten(operation, self._gateway.traits, now)
        operation.mark_sent(now)
        call = call_of(operation, payment)
        return Sent(call, payment.id, operation.sends, asked_before, forgotten, elsewhere)

    def is_elsewhere(self, payment: Payment) -> bool:
        """Whether another gateway than the one in use has it, which knows nothing of it: to ask that
        one for the money would take it twice, or give back what it never had."""
        return payment.provider != self._gateway.name

    async def look_up(self, sent: Sent) -> Outcome | None:
        """None: the gateway knows nothing of it, or cannot be asked."""
        if sent.is_elsewhere or not self.can_look_up:
            return None
        return await self._gateway.look_up(sent.call)

    async def ask(self, sent: Sent) -> Outcome:
        """What was sent before is looked up first, and sent again only while its key protects it."""
        if sent.is_elsewhere:
            return _not_asked(sent)
        if sent.asked_before:
            known = await self.look_up(sent)
            if known is not None:
                return known
        if sent.is_forgotten:
            return Outcome(kind=OutcomeKind.UNKNOWN)
        return await self._gateway.carry_out(sent.call)


def _not_asked(sent: Sent) -> Outcome:
    """Money that was not asked for yet may be asked for anew, where it can be."""
    if sent.call.kind in BEGINS and not sent.asked_before:
        return Outcome(kind=OutcomeKind.DECLINED, error_code=OTHER_GATEWAY)
    return Outcome(kind=OutcomeKind.UNKNOWN)
