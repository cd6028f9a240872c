"""What the service asks of whoever moves the money."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.value_objects.money import Money


class OutcomeKind(StrEnum):
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    UNKNOWN = "unknown"  # it may or may not have happened: ask again, never charge again


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    kind: OutcomeKind
    provider_payment_id: str | None = None
    error_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayCall:
    """`reference` is unique per operation, stable over retries, and the gateway's idempotency key."""

    reference: str
    kind: OperationKind
    order_id: int
    amount: Money
    token: str | None = None
    provider_payment_id: str | None = None


class PaymentGateway(Protocol):
    @property
    def name(self) -> str: ...

    async def carry_out(self, call: GatewayCall) -> Outcome:
        """Do it, once however often it is asked. Never raises for what the network does."""
        ...

    async def look_up(self, call: GatewayCall) -> Outcome | None:
        """What became of an earlier `carry_out` with this reference; None if none is known."""
        ...
