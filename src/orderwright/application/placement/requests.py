from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderwright.application.commands.place_order import PlaceOrder
from orderwright.domain.errors import DomainError
from orderwright.domain.interfaces.order_reader import OrderInFull
from orderwright.domain.interfaces.requests import RequestContext, is_final


@dataclass(frozen=True, slots=True)
class PlacementRequest:
    """An order that somebody waits for. `now` is the moment it was asked for."""

    command: PlaceOrder
    context: RequestContext
    now: datetime


# What became of one: the order as it was placed, or why not (`Replayed`: it was before).
Outcome = OrderInFull | Exception


def is_settled(outcome: Outcome | BaseException | None) -> bool:
    """Whether it would be the same another time, so that it is the answer to a repetition."""
    if isinstance(outcome, BaseException):
        return isinstance(outcome, DomainError) and is_final(outcome)
    return outcome is not None


class Placing(Protocol):
    async def place(self, request: PlacementRequest) -> OrderInFull:
        """Raises: Replayed: the request was answered before; or why it is refused."""
        ...
