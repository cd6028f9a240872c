"""A payment provider for trying things out: it moves no money and answers at once.

What it answers is a pure function of the request, so it has no memory to lose: asking again, even
after a crash, gives the same answer, and a look-up knows every reference it could have been sent.
"""

from __future__ import annotations

from typing import Final

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import (
    GatewayCall,
    GatewayTraits,
    Outcome,
    OutcomeKind,
)

# Tokens that decline, with the reason a bank would give; every other token, or none, is good.
DECLINING_TOKENS: Final = {
    "tok_decline": "card_declined",
    "tok_insufficient_funds": "insufficient_funds",
    "tok_expired_card": "expired_card",
}
_TAKES_MONEY: Final = frozenset({OperationKind.CHARGE, OperationKind.AUTHORISE})


class SandboxGateway:
    @property
    def name(self) -> str:
        return "sandbox"

    @property
    def traits(self) -> GatewayTraits:
        return GatewayTraits(key_lifetime=None, can_look_up=True, stores_errors=True)

    async def carry_out(self, call: GatewayCall) -> Outcome:
        decline_code = DECLINING_TOKENS.get(call.token or "")
        if decline_code is not None and call.kind in _TAKES_MONEY:
            return Outcome(kind=OutcomeKind.DECLINED, error_code=decline_code)
        provider_payment_id = call.provider_payment_id or f"sandbox_{call.reference}"
        return Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id=provider_payment_id)

    async def probe(self) -> None:
        """It is here."""

    async def look_up(self, call: GatewayCall) -> Outcome | None:
        return await self.carry_out(call)
