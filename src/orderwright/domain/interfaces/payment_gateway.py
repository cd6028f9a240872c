"""What the service asks of whoever moves the money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.value_objects.money import Money


class OutcomeKind(StrEnum):
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    UNKNOWN = "unknown"  # it may or may not have happened: ask again, never charge again
    NOT_EXECUTED = "not_executed"  # it certainly did not happen, and was not refused: send later


@dataclass(frozen=True, slots=True)
class Surplus:
    """A payment that the gateway made once more for one reference: money that was taken twice."""

    provider_payment_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    kind: OutcomeKind
    provider_payment_id: str | None = None
    error_code: str | None = None
    retry_after_s: float | None = None
    """Where the gateway took nothing or was not even asked: not before that much time has passed."""
    surplus: tuple[Surplus, ...] = ()
    """Of a charge or an authorisation that succeeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayTraits:
    """What a gateway remembers, and for how long; a fact of the provider, not of its adapter."""

    key_lifetime: timedelta | None
    """How long the same key is surely not executed again; None: for ever."""
    can_look_up: bool
    """Whether `look_up` can find an operation by its reference."""
    stores_errors: bool
    """Whether the same key gets the same refusal again, rather than another try."""


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

    @property
    def traits(self) -> GatewayTraits: ...

    async def carry_out(self, call: GatewayCall) -> Outcome:
        """Do it, once however often it is asked. Never raises for what the network does.

        NOT_EXECUTED only if this call surely did nothing: a refused connection, an answer that
        says so (429, 503), a circuit that is open. Once bytes were sent and no answer was
        understood it is UNKNOWN.
        """
        ...

    async def look_up(self, call: GatewayCall) -> Outcome | None:
        """What became of an earlier `carry_out` with this reference; None if the gateway has
        answered that it knows of none. UNKNOWN if it did not answer; never NOT_EXECUTED.

        Not called where `traits.can_look_up` is false.
        """
        ...
