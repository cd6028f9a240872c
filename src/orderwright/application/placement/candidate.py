from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orderwright.application.placement.requests import Outcome, PlacementRequest, is_settled
from orderwright.domain.entities.aggregate import UNSAVED
from orderwright.domain.entities.placed_order import PlacedOrder
from orderwright.domain.entities.reservation import Allocation
from orderwright.domain.entities.shelf import Shelf
from orderwright.domain.interfaces.placement import (
    AnsweredRequest,
    KeptRequest,
    Reference,
    RequestKey,
)
from orderwright.domain.interfaces.requests import (
    IdempotencyInProgress,
    IdempotencyKeyReused,
    Replayed,
)


@dataclass(slots=True, eq=False)
class Candidate:
    """One order on its way through a group. Once it has an outcome nothing more happens to it."""

    request: PlacementRequest
    outcome: Outcome | None = None
    order: PlacedOrder = UNSAVED  # not before it is drafted; its number comes last
    held: Sequence[Allocation[Shelf]] = ()
    # It has the key of one before it in its group: when that one has its answer, this one has its own.
    repeats: bool = False

    @property
    def key(self) -> RequestKey | None:
        keyed = self.request.context.request
        return None if keyed is None else (self.request.context.actor.name, keyed.key)

    @property
    def reference(self) -> Reference | None:
        command = self.request.command
        return None if command.reference is None else (command.channel, command.reference)

    def repeat(self, kept: KeptRequest) -> None:
        """What an earlier request with the same key left decides; or nothing does, where that one
        gave up without an answer."""
        keyed = self.request.context.request
        if keyed is None:
            return
        if kept.fingerprint != keyed.fingerprint:
            self.outcome = IdempotencyKeyReused("the Idempotency-Key belongs to another request")
        elif kept.answer is not None:
            self.outcome = Replayed(kept.answer)
        elif self.request.now < kept.lease_until:
            self.outcome = IdempotencyInProgress(
                "a request with this Idempotency-Key is being served"
            )

    def to_keep(self) -> AnsweredRequest | None:
        """The answer to give to a repetition; none where it might be another next time."""
        keyed = self.request.context.request
        if keyed is None or not is_settled(self.outcome):
            return None
        return AnsweredRequest(
            caller=self.request.context.actor.name,
            key=keyed.key,
            fingerprint=keyed.fingerprint,
            answer=keyed.render(self.outcome),
            at=self.request.now,
        )
