"""Gateways for tests: the sandbox, made to misbehave or watched."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import cast

from sqlalchemy import QueuePool

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import (
    GatewayCall,
    GatewayTraits,
    Outcome,
    OutcomeKind,
    Surplus,
)
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.external_services.payments_sandbox import SandboxGateway

UNKNOWN = Outcome(kind=OutcomeKind.UNKNOWN)


class UnreliableGateway(SandboxGateway):
    """Executes what it is asked, and for some kinds of operation says nothing until it is mended."""

    def __init__(self, *silent: OperationKind) -> None:
        self._silent = set(silent)
        self.executed: Counter[str] = Counter()

    def mend(self) -> None:
        self._silent.clear()

    async def carry_out(self, call: GatewayCall) -> Outcome:
        self.executed[call.reference] += 1
        outcome = await super().carry_out(call)
        return UNKNOWN if call.kind in self._silent else outcome

    async def look_up(self, call: GatewayCall) -> Outcome | None:
        if call.reference not in self.executed:
            return None
        return UNKNOWN if call.kind in self._silent else await super().carry_out(call)


class DoubleGateway(UnreliableGateway):
    """Says nothing of charges at first, and then that it made them twice."""

    def __init__(self) -> None:
        super().__init__(OperationKind.CHARGE)
        self.given_back: Counter[str | None] = Counter()

    async def carry_out(self, call: GatewayCall) -> Outcome:
        if call.kind is OperationKind.REFUND:
            self.given_back[call.provider_payment_id] += call.amount.minor
        return await super().carry_out(call)

    async def look_up(self, call: GatewayCall) -> Outcome | None:
        once = Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id="once")
        return replace(once, surplus=(Surplus("again", call.amount),))


class KeylessGateway(SandboxGateway):
    """Keeps no keys: charges as often as it is asked, and answers the first who asked last."""

    def __init__(self) -> None:
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.given_back: Counter[str | None] = Counter()
        self._charges = 0

    async def carry_out(self, call: GatewayCall) -> Outcome:
        if call.kind is OperationKind.REFUND:
            self.given_back[call.provider_payment_id] += call.amount.minor
            return await super().carry_out(call)
        self._charges += 1
        number = str(self._charges)
        if not self.is_asked.is_set():
            self.is_asked.set()
            await self.may_answer.wait()
        return Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id=number)

    async def look_up(self, call: GatewayCall) -> Outcome | None:  # noqa: ARG002 - knows nothing
        return None


class HangingGateway(SandboxGateway):
    """Says nothing to charges, and is silent for long when it is asked what came of them."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()

    async def carry_out(self, call: GatewayCall) -> Outcome:
        outcome = await super().carry_out(call)
        return UNKNOWN if call.kind is OperationKind.CHARGE else outcome

    async def look_up(self, call: GatewayCall) -> Outcome | None:
        await self.may_answer.wait()
        return await super().carry_out(call)


class RefusingGateway(SandboxGateway):
    """Declines what it is told to decline, until it relents."""

    def __init__(self, *refused: OperationKind) -> None:
        self._refused = set(refused)

    def relent(self) -> None:
        self._refused.clear()

    async def carry_out(self, call: GatewayCall) -> Outcome:
        if call.kind in self._refused:
            return Outcome(kind=OutcomeKind.DECLINED, error_code="not_today")
        return await super().carry_out(call)


class BusyGateway(SandboxGateway):
    """Takes no call until it is free."""

    def __init__(self) -> None:
        self.is_free = False

    async def carry_out(self, call: GatewayCall) -> Outcome:
        if not self.is_free:
            return Outcome(kind=OutcomeKind.NOT_EXECUTED, retry_after_s=7)
        return await super().carry_out(call)


class ForgetfulBusyGateway(BusyGateway):
    async def look_up(self, call: GatewayCall) -> Outcome | None:  # noqa: ARG002 - knows nothing
        return None


class ForgetfulGateway(SandboxGateway):
    """Says nothing to anything, and may forget what it was asked."""

    def __init__(self, *, key_lifetime: timedelta, can_look_up: bool) -> None:
        self._traits = GatewayTraits(
            key_lifetime=key_lifetime, can_look_up=can_look_up, stores_errors=False
        )
        self.calls = 0

    @property
    def traits(self) -> GatewayTraits:
        return self._traits

    async def carry_out(self, call: GatewayCall) -> Outcome:  # noqa: ARG002 - says nothing
        self.calls += 1
        return UNKNOWN

    async def look_up(self, call: GatewayCall) -> Outcome | None:  # noqa: ARG002 - forgets
        return None if self.calls > 1 else UNKNOWN


class LateGateway(ForgetfulGateway):
    """Remembers at last what it had done."""

    has_done_it = False

    async def look_up(self, call: GatewayCall) -> Outcome | None:
        if self.has_done_it:
            return Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id="late")
        return await super().look_up(call)


class WatchedGateway(SandboxGateway):
    """Fails the test when it is called while this process holds a transaction open."""

    def __init__(self, database: Database) -> None:
        pool = cast("QueuePool", database.write_engine.sync_engine.pool)
        self._open_transactions = pool.checkedout
        self.calls = 0

    async def carry_out(self, call: GatewayCall) -> Outcome:
        assert self._open_transactions() == 0, "a network call inside a transaction"
        self.calls += 1
        return await super().carry_out(call)
