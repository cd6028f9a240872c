from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from orderwright.domain.interfaces.payment_gateway import (
    GatewayCall,
    GatewayTraits,
    Outcome,
    PaymentGateway,
)


class ProbedGateway(PaymentGateway, Protocol):
    async def probe(self) -> None: ...


class MeasuredGateway:
    """Any gateway, and how long it takes to carry out what it is asked. Looking up is not measured: it
    is asking about operations that were counted when they were sent."""

    def __init__(
        self,
        gateway: ProbedGateway,
        told: Callable[[str, float], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._gateway = gateway
        self._told = told
        self._monotonic = monotonic

    @property
    def name(self) -> str:
        return self._gateway.name

    @property
    def traits(self) -> GatewayTraits:
        return self._gateway.traits

    async def carry_out(self, call: GatewayCall) -> Outcome:
        began = self._monotonic()
        outcome = await self._gateway.carry_out(call)
        self._told(str(outcome.kind), self._monotonic() - began)
        return outcome

    async def look_up(self, call: GatewayCall) -> Outcome | None:
        return await self._gateway.look_up(call)

    async def probe(self) -> None:
        """Raises: as that of the gateway."""
        await self._gateway.probe()
