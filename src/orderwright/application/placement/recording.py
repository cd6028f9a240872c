from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from orderwright.application.commands.process_order import processing_task
from orderwright.application.placement.candidate import Candidate
from orderwright.domain.entities.shelf import Shelf
from orderwright.domain.entities.task import Task
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.placement import (
    AnsweredRequest,
    GroupRecords,
    Hold,
    PlacedBy,
)


def records_of(candidates: Sequence[Candidate], shelves: Iterable[Shelf], ids: Ids) -> GroupRecords:
    """What is to be written of a decided group: its orders, and answers to whoever sends one again,
    refusals too."""
    placed = [each for each in candidates if not isinstance(each.outcome, Exception)]
    return GroupRecords(
        orders=[_placed_by(each) for each in placed],
        holds=[hold for each in placed for hold in _holds(each)],
        tasks=[task for each in placed for task in _tasks(each, ids)],
        answers=_answers(candidates),
        shelves=[shelf for shelf in shelves if shelf.granted],
    )


def _placed_by(candidate: Candidate) -> PlacedBy:
    context = candidate.request.context
    return PlacedBy(candidate.order, context.actor.name, context.correlation_id)


def _holds(candidate: Candidate) -> Iterator[Hold]:
    order, actor = candidate.order, candidate.request.context.actor.name
    for part in candidate.held:
        level = part.level
        yield Hold(
            order.id,
            part.item_id,
            level.product_id,
            level.location_id,
            part.quantity,
            order.created_at,
            actor,
        )


def _tasks(candidate: Candidate, ids: Ids) -> Iterator[Task]:
    request = candidate.request
    if request.command.pay_now:
        yield processing_task(
            candidate.order.id,
            request.command.payment_token,
            payments_before=0,
            correlation_id=request.context.correlation_id,
            ids=ids,
            now=request.now,
        )


def _answers(candidates: Iterable[Candidate]) -> list[AnsweredRequest]:
    """In the order of their keys, in which every group takes them: none waits for one that waits."""
    kept = [answer for each in candidates if (answer := each.to_keep()) is not None]
    return sorted(kept, key=lambda answer: (answer.caller, answer.key))
