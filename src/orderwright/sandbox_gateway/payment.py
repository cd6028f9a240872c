"""One payment and what was done with it since."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final


class MoveKind(StrEnum):
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


# The status that a move has, and keeps.
STATUSES: Final = {
    MoveKind.CAPTURE: "captured",
    MoveKind.VOID: "voided",
    MoveKind.REFUND: "refunded",
}


@dataclass(frozen=True, slots=True)
class Move:
    """A capture, a void or a refund; a void is of no amount."""

    id: str
    kind: MoveKind
    reference: str
    amount: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        amount = {} if self.amount is None else {"amount": str(self.amount)}
        return {"id": self.id, "reference": self.reference, "status": STATUSES[self.kind]} | amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    id: str
    reference: str
    order_id: int | str
    amount: Decimal
    currency: str
    at_once: bool  # authorised and captured by one request
    decline_code: str | None
    moves: tuple[Move, ...]

    @property
    def captures(self) -> tuple[Move, ...]:
        """With that of a payment that was captured at once: it has the reference of the payment."""
        if self.at_once and self.decline_code is None:
            return (Move(self.id, MoveKind.CAPTURE, self.reference, self.amount),)
        return self._moves(MoveKind.CAPTURE)

    @property
    def refunds(self) -> tuple[Move, ...]:
        return self._moves(MoveKind.REFUND)

    @property
    def voids(self) -> tuple[Move, ...]:
        return self._moves(MoveKind.VOID)

    @property
    def captured(self) -> Decimal:
        return _sum(self.captures)

    @property
    def refunded(self) -> Decimal:
        return _sum(self.refunds)

    @property
    def status(self) -> str:
        if self.decline_code is not None:
            return "declined"
        if self.captures:
            return "captured"
        return "voided" if self.voids else "authorised"

    def as_json(self) -> dict[str, Any]:
        declined = {} if self.decline_code is None else {"decline_code": self.decline_code}
        return {
            "id": self.id,
            "reference": self.reference,
            "order_id": self.order_id,
            "status": self.status,
            "amount": str(self.amount),
            "currency": self.currency,
            "captures": [each.as_json() for each in self.captures],
            "refunds": [each.as_json() for each in self.refunds],
            "voids": [each.as_json() for each in self.voids],
            "voided": bool(self.voids),
            "captured": str(self.captured),
            "refunded": str(self.refunded),
        } | declined

    def _moves(self, kind: MoveKind) -> tuple[Move, ...]:
        return tuple(each for each in self.moves if each.kind is kind)


def _sum(moves: tuple[Move, ...]) -> Decimal:
    return sum((each.amount for each in moves if each.amount is not None), Decimal(0))
