"""The second half: whatever has been answered is written down together, and the orders whose money is
there are confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwright.application.processing.limits import ProcessingLimits
from orderwright.application.processing.paying import Intent
from orderwright.application.services.asking_again import again_at
from orderwright.application.services.processing_result import (
    as_error,
    declined,
    result_of,
    unresolved,
)
from orderwright.application.services.settled_money import SUCCESS_EVENTS
from orderwright.domain.entities.payable_order import PayableOrder
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.entities.task import TaskState
from orderwright.domain.events.event import Event
from orderwright.domain.events.payment import PaymentFailed, PaymentUnknown
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind
from orderwright.domain.interfaces.processing import (
    Claim,
    ProcessingStore,
    ProcessingTransaction,
    Recorded,
    Step,
    TaskEnd,
)


@dataclass(frozen=True, slots=True)
class Answered:
    intent: Intent
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Recorder:
    """Of one whole group: `left` are those that changed meanwhile, or are locked by somebody."""

    store: ProcessingStore
    limits: ProcessingLimits
    chance: Callable[[], float]

    async def record(self, group: Sequence[Answered], now: datetime) -> set[str]:
        """The ids of the tasks that are left for a closer look; the others are done with."""
        recorded = Recorded()
        async with self.store.transaction() as tx:
            held = await tx.still_held([each.intent.claim for each in group])
            mine = [each for each in group if each.intent.claim.task_id in held]
            plain = await self._plain(mine, tx)
            for each, order in plain:
                self._take(each, order, recorded, now)
            await tx.record(recorded)
            await tx.commit()
        done = {each.intent.claim.task_id for each, _ in plain}
        return {each.intent.claim.task_id for each in mine} - done

    async def _plain(
        self, group: Sequence[Answered], tx: ProcessingTransaction
    ) -> list[tuple[Answered, PayableOrder]]:
        orders = await tx.orders({each.intent.claim.order_id for each in group})
        is_open = await tx.still_open([each.intent.payment.operation_id for each in group])
        return [
            (each, orders[each.intent.claim.order_id])
            for each in group
            if each.intent.payment.operation_id in is_open
            and not each.outcome.surplus
            and each.intent.claim.order_id in orders
            and orders[each.intent.claim.order_id].is_waiting
        ]

    def _take(
        self, answered: Answered, order: PayableOrder, recorded: Recorded, now: datetime
    ) -> None:
        intent, outcome = answered.intent, answered.outcome
        at = again_at(1, self.chance(), now, at_least_s=outcome.retry_after_s or 0.0)
        intent.payment.apply(outcome, now, again_at=at)
        event = _event_of(answered)
        if event is not None:
            order.note(event, now)
        order.updated_at = now
        order.take_payment(intent.payment, now)
        recorded.steps.append(Step(order, intent.payment, intent.claim.correlation_id))
        recorded.ends.append(_end(intent.claim, order, self.limits, now))


def _event_of(answered: Answered) -> Event | None:
    payment, outcome = answered.intent.payment, answered.outcome
    amount, kind = payment.amount, str(payment.kind)
    match outcome.kind:
        case OutcomeKind.SUCCEEDED:
            return SUCCESS_EVENTS[payment.kind](payment_id=payment.id, amount=amount)
        case OutcomeKind.DECLINED:
            return PaymentFailed(
                payment_id=payment.id, amount=amount, operation=kind, error_code=outcome.error_code
            )
        case OutcomeKind.UNKNOWN:
            return PaymentUnknown(payment_id=payment.id, amount=amount, operation=kind)
        case OutcomeKind.NOT_EXECUTED:
            return None


def _end(claim: Claim, order: PayableOrder, limits: ProcessingLimits, now: datetime) -> TaskEnd:
    match order.payment_status:
        case PaymentStatus.PAID | PaymentStatus.AUTHORISED:
            return _ended(claim, TaskState.SUCCEEDED, now, result=result_of(order))
        case PaymentStatus.FAILED:
            return _ended(claim, TaskState.FAILED, now, error=as_error(declined(order.id)))
        case _ if claim.attempts > limits.retries_max:
            return _ended(claim, TaskState.DEAD, now, error=as_error(unresolved(order.id)))
        case _:
            return TaskEnd(
                task_id=claim.task_id,
                fence=claim.fence,
                state=TaskState.QUEUED,
                due_at=now + limits.retry_countdown,
                finished_at=None,
                error=as_error(unresolved(order.id)),
            )


def _ended(
    claim: Claim,
    state: TaskState,
    now: datetime,
    *,
    result: dict[str, object] | None = None,
    error: dict[str, object] | None = None,
) -> TaskEnd:
    return TaskEnd(
        task_id=claim.task_id,
        fence=claim.fence,
        state=state,
        due_at=claim.due_at,
        finished_at=now,
        result=result,
        error=error,
    )
