"""One question to the gateway: to do something, or what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.application.services.asking_again import is_forgotten
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import PaymentOperation
from orderwright.domain.interfaces.payment_gateway import (
    GatewayCall,
    Outcome,
    OutcomeKind,
    PaymentGateway,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """`is_forgotten`: it may have been executed under a key that the gateway may have forgotten."""

    call: GatewayCall
    payment_id: str
    sends: int
    asked_before: bool = False
    is_forgotten: bool = False


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
        forgotten = is_forgotten(operation, self._gateway.traits, now)
        operation.mark_sent(now)
        call = call_of(operation, payment)
        return Sent(call, payment.id, operation.sends, asked_before, forgotten)

    async def look_up(self, sent: Sent) -> Outcome | None:
        """None: the gateway knows nothing of it, or cannot be asked."""
        return await self._gateway.look_up(sent.call) if self.can_look_up else None

    async def ask(self, sent: Sent) -> Outcome:
        """What was sent before is looked up first, and sent again only while its key protects it."""
        if sent.asked_before:
            known = await self.look_up(sent)
            if known is not None:
                return known
        if sent.is_forgotten:
            return Outcome(kind=OutcomeKind.UNKNOWN)
        return await self._gateway.carry_out(sent.call)
