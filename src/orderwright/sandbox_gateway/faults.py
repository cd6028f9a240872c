"""How the gateway misbehaves: which fault, of which operation, how often."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from orderwright.sandbox_gateway.wire import Amount


class Operation(StrEnum):
    PAYMENTS = "payments"
    CAPTURES = "captures"
    VOIDS = "voids"
    REFUNDS = "refunds"
    LOOKUPS = "lookups"


class Fault(StrEnum):
    NONE = "none"
    DECLINE = "decline"  # 402, and nothing is done
    DELAY = "delay"  # done and answered, late
    TIMEOUT_AFTER = "timeout_after"  # done, and no answer until the caller has gone
    TIMEOUT_BEFORE = "timeout_before"  # the same, and nothing is done
    RESET_AFTER = "reset_after"  # done, and the connection is reset
    RESET_BEFORE = "reset_before"  # the same, and nothing is done
    ERROR_AFTER = "error_after"  # done, and answered 500
    ERROR_BEFORE = "error_before"  # the same, and nothing is done
    ANSWER_TWICE = "answer_twice"  # done once; the answer and the webhook are sent two times
    DOWN = "down"  # 503 with Retry-After, and nothing is done
    BUSY = "busy"  # 429 with Retry-After, and nothing is done
    FORGET_KEYS = "forget_keys"  # a key that was seen is taken for new: done again


# Longer than any caller waits for an answer.
_SILENCE_S: Final = 60.0
_LATE_BY_S: Final = 1.0


class Mode(BaseModel):
    """From now on `fault` befalls this share of the requests for `operation`: all of them, or those
    of exactly this amount, and no more often than `times`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    operation: Operation | Literal["*"] = "*"
    fault: Fault = Fault.NONE
    rate: Annotated[float, Field(ge=0, le=1)] = 1.0
    delay_s: Annotated[float, Field(ge=0, le=3600)] | None = None
    amount: Amount | None = None
    times: Annotated[int, Field(ge=1)] | None = None
    seed: int | None = None  # of the dice that `rate` throws; without it they roll on

    @property
    def wait_s(self) -> float:
        if self.delay_s is not None:
            return self.delay_s
        return _LATE_BY_S if self.fault is Fault.DELAY else _SILENCE_S

    def concerns(self, amount: Decimal | None) -> bool:
        return self.amount is None or amount == Decimal(self.amount)


class Modes:
    """One mode an operation. They are forgotten with the process; the ledger is not."""

    def __init__(self, *, seed: int | None = None) -> None:
        self._dice = Random(seed)  # noqa: S311 - chooses whom a fault befalls, nothing secret
        self._modes = dict.fromkeys(Operation, Mode())
        self._left: dict[Operation, int] = {}

    def set(self, mode: Mode) -> None:
        if mode.seed is not None:
            self._dice.seed(mode.seed)
        for operation in operations_of(mode):
            self._modes[operation] = mode
            self._left.pop(operation, None)
            if mode.times is not None:
                self._left[operation] = mode.times

    def shown(self) -> dict[str, object]:
        return {
            operation.value: mode.model_dump(mode="json", exclude={"operation", "seed"})
            for operation, mode in self._modes.items()
        }

    def of_request(self, operation: Operation, amount: Decimal | None) -> Mode:
        """What befalls this request; asked once for each."""
        mode = self._modes[operation]
        if mode.fault is Fault.NONE or not mode.concerns(amount):
            return _CALM
        if self._dice.random() >= mode.rate or self._left.get(operation) == 0:
            return _CALM
        if operation in self._left:
            self._left[operation] -= 1
        return mode


def operations_of(mode: Mode) -> tuple[Operation, ...]:
    return tuple(Operation) if mode.operation == "*" else (mode.operation,)


_CALM: Final = Mode()
