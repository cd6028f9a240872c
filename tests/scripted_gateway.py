"""A gateway that keeps its own ledger and fails as it is told: what it did and what it says differ."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, repeat

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import GatewayCall, Outcome, OutcomeKind
from orderwright.infrastructure.external_services.payments_sandbox import SandboxGateway

CHARGE, AUTHORISE, CAPTURE = OperationKind.CHARGE, OperationKind.AUTHORISE, OperationKind.CAPTURE
VOID, REFUND = OperationKind.VOID, OperationKind.REFUND
UNKNOWN = Outcome(kind=OutcomeKind.UNKNOWN)


class Fault(StrEnum):
    NONE = "none"
    DECLINE = "decline"
    SILENT_AFTER = "silent_after"  # does it and says nothing: a timeout, a reset, a 500
    SILENT_BEFORE = "silent_before"  # says nothing and does nothing
    BUSY = "busy"  # refuses to be asked: 429, 503, no connection


@dataclass
class Account:
    """What the gateway knows of one order's money, in minor units."""

    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    charges: int = 0

    @property
    def net(self) -> int:
        return self.captured - self.refunded

    @property
    def held(self) -> int:
        return self.authorised - self.captured

    def take(self, kind: OperationKind, amount: int) -> None:
        if kind in (CHARGE, AUTHORISE):
            self.charges += 1
            self.authorised += amount
        if kind in (CHARGE, CAPTURE):
            self.captured += amount
        if kind is VOID:
            self.authorised = self.captured
        if kind is REFUND:
            self.refunded += amount
        assert self.authorised >= self.captured >= self.refunded >= 0, f"after {kind}: {self}"


@dataclass
class ScriptedGateway(SandboxGateway):
    """Each call that is not a repetition takes the next fault; when there is none left, all is well."""

    accounts: dict[int, Account] = field(default_factory=lambda: defaultdict(Account))
    answers: dict[str, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.behave()

    def behave(self, *faults: Fault, look_ups: Iterable[bool] = ()) -> None:
        """`look_ups`: whether each is answered."""
        self._faults = chain(faults, repeat(Fault.NONE))
        self._look_ups = chain(look_ups, repeat(True))

    async def carry_out(self, call: GatewayCall) -> Outcome:
        if call.reference in self.answers:
            return self.answers[call.reference]
        fault = next(self._faults)
        if fault is Fault.BUSY:
            return Outcome(kind=OutcomeKind.NOT_EXECUTED, retry_after_s=1)
        if fault is Fault.SILENT_BEFORE:
            return UNKNOWN
        answer = await self._execute(call, declines=fault is Fault.DECLINE)
        return UNKNOWN if fault is Fault.SILENT_AFTER else answer

    async def look_up(self, call: GatewayCall) -> Outcome | None:
        return self.answers.get(call.reference) if next(self._look_ups) else UNKNOWN

    async def _execute(self, call: GatewayCall, *, declines: bool) -> Outcome:
        answer = Outcome(kind=OutcomeKind.DECLINED, error_code="no")
        if not declines:
            answer = await super().carry_out(call)
        if answer.kind is OutcomeKind.SUCCEEDED:
            self.accounts[call.order_id].take(call.kind, call.amount.minor)
        self.answers[call.reference] = answer
        return answer
