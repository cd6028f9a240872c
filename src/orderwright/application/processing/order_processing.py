"""Processing orders in groups: claimed together, paid side by side, recorded as they are answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from orderwright.application.commands.process_order import PROCESS_ORDER
from orderwright.application.processing.limits import ProcessingLimits
from orderwright.application.processing.paying import Begun, Intent, begin_payments
from orderwright.application.processing.recording import Answered, Recorder
from orderwright.application.services.asking import Asking
from orderwright.application.services.settlement import Settlement
from orderwright.application.services.underway import Underway
from orderwright.domain.entities.payment_operation import IN_FLIGHT, OperationKind
from orderwright.domain.entities.task import Task, TaskState
from orderwright.domain.errors import Unavailable
from orderwright.domain.interfaces.batching import Batching
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.failure_log import FailureLog
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.payment_gateway import Outcome, PaymentGateway
from orderwright.domain.interfaces.processing import Claim, ProcessingStore
from orderwright.domain.interfaces.requests import RequestContext

Reached = Callable[[str], Awaitable[None]]
RunTask = Callable[[Task], Awaitable[None]]


class OrderProcessing:
    """Claims orders that wait to be processed for as long as there is room, and pays and confirms them.

    No group waits for its slowest: an answer is recorded with whatever else is answered by then, and
    the next orders are claimed meanwhile. What is not simple (a second attempt, an order that is
    being cancelled, an outcome that came too late) is handed on, one order at a time, to those who
    know all rules. Lives as long as the application; `finish` waits for calls that are underway.
    """

    def __init__(
        self,
        store: ProcessingStore,
        gateway: PaymentGateway,
        settlement: Settlement,
        *,
        run_task: RunTask,
        recording: Batching[Answered, bool],
        clock: Clock,
        ids: Ids,
        failures: FailureLog,
        reached: Reached,
        limits: ProcessingLimits,
        capture: bool = True,
    ) -> None:
        """`recording` gathers what is answered and gives it to `Recording`; `run_task` runs one claimed
        task by itself; `capture`: or else the money is only authorised."""
        self._store = store
        self._gateway = gateway
        self._asking = Asking(gateway)
        self._settlement = settlement
        self._run_task = run_task
        self._recording = recording
        self._clock = clock
        self._ids = ids
        self._failures = failures
        self._reached = reached
        self._limits = limits
        self._kind = OperationKind.CHARGE if capture else OperationKind.AUTHORISE
        self._calls = asyncio.Semaphore(limits.calls_at_once)
        self._beginning = asyncio.Lock()
        self._unanswered = 0
        self._alone = asyncio.Semaphore(limits.alone_at_once)
        self._claims: dict[str, Claim] = {}
        self._freed = asyncio.Event()
        self._groups = Underway()

    @property
    def orders_in_progress(self) -> int:
        """How many are claimed by this process and not done with."""
        return len(self._claims)

    async def run_due(self) -> int:
        """Claim what is due and there is room for, and begin with it; how many there were."""
        claims = await self._claim(await self._room())
        if claims:
            self._groups.begin("order-group", self._process(claims))
            await asyncio.sleep(self._limits.gather_s)
        return len(claims)

    async def process_due(self) -> int:
        """As `run_due`, until nothing is due and everything begun is done; how many there were."""
        count = 0
        while claimed := await self.run_due():
            count += claimed
            await self._groups.wait()
        return count

    async def renew_leases(self) -> None:
        claims = list(self._claims.values())
        if claims:
            async with self._store.transaction() as tx:
                await tx.extend(claims, self._clock.now() + self._limits.lease)
                await tx.commit()

    async def finish(self, within_s: float) -> None:
        """Wait so long for what is begun; what is cut off is claimed again when its lease is over."""
        await self._groups.finish(within_s)

    async def _room(self) -> int:
        """How many more may be begun; waits until that is worth a claim."""
        while (room := self._limits.at_once - self.orders_in_progress) < self._limits.room_min:
            self._freed.clear()
            await self._freed.wait()
        return room

    async def _claim(self, room: int) -> Sequence[Claim]:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            claims = await tx.claim(
                PROCESS_ORDER, now=now, lease_until=now + self._limits.lease, limit=room
            )
            await tx.commit()
        self._claims |= {each.task_id: each for each in claims}
        return claims

    async def _process(self, claims: Sequence[Claim]) -> None:
        try:
            await self._reached("job.after_attempt_commit")
            await self._reached("process.after_claim")
            begun = await self._begin(claims)
            await self._reached("pay.after_sent_commit")
        except Exception as error:  # noqa: BLE001 - their leases run out, and they are claimed again
            self._failures.worker_failed(error)
            self._let_go(claims)
            return
        kept = {each.task_id for each in begun.alone} | {
            each.claim.task_id for each in begun.intents
        }
        self._let_go([each for each in claims if each.task_id not in kept])
        async with asyncio.TaskGroup() as calls:
            for intent in begun.intents:
                calls.create_task(self._pay(intent))
            for claim in begun.alone:
                calls.create_task(self._process_alone(claim))

    async def _begin(self, claims: Sequence[Claim]) -> Begun:
        # One group after the other: calls are made in the order in which they were written down.
        async with self._beginning:
            ahead = self._unanswered
            begun = await begin_payments(
                claims,
                self._store,
                self._ids,
                self._clock.now(),
                provider=self._gateway.name,
                kind=self._kind,
                may_try=lambda claim: claim.attempts <= self._limits.retries_max + 1,
                waits=lambda position: self._wait_behind(ahead + position),
            )
            self._unanswered += len(begun.intents)
        return begun

    def _wait_behind(self, calls: int) -> timedelta:
        """For as many calls as may be made at once, at most as long as one of them may last."""
        return IN_FLIGHT * (calls // self._limits.calls_at_once)

    async def _ask(self, intent: Intent) -> Outcome:
        try:
            async with self._calls:
                return await self._asking.ask(intent.sent)
        finally:
            self._unanswered -= 1

    async def _pay(self, intent: Intent) -> None:
        try:
            outcome = await self._ask(intent)
            await self._reached("pay.after_gateway_before_record")
            answered = Answered(intent, outcome)
            if await self._recording.submit(answered):
                await self._look_closer(answered)
        except Exception as error:  # noqa: BLE001 - its lease runs out; the others go on
            self._failures.worker_failed(error)
        finally:
            self._let_go([intent.claim])

    async def _look_closer(self, answered: Answered) -> None:
        claim = answered.intent.claim
        context = RequestContext(correlation_id=claim.correlation_id)
        await self._settlement.hear(
            claim.order_id, [(answered.intent.sent, answered.outcome)], context
        )
        await self._process_alone(claim)

    async def _process_alone(self, claim: Claim) -> None:
        try:
            async with self._alone:
                await self._run_task(_task_of(claim))
        except Exception as error:  # noqa: BLE001 - its lease runs out; the others go on
            self._failures.worker_failed(error)
        finally:
            self._let_go([claim])

    def _let_go(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            self._claims.pop(claim.task_id, None)
        self._freed.set()


class Recording:
    """What the queue of answers is worked on with: for each, whether it needs a closer look."""

    def __init__(
        self, recorder: Recorder, clock: Clock, failures: FailureLog, reached: Reached
    ) -> None:
        self._recorder = recorder
        self._clock = clock
        self._failures = failures
        self._reached = reached

    async def record(self, group: Sequence[Answered]) -> list[bool]:
        left = await self._recorded(group)
        await self._reached("pay.after_record")
        return [each.intent.claim.task_id in left for each in group]

    async def _recorded(self, group: Sequence[Answered]) -> set[str]:
        try:
            return await self._recorder.record(group, self._clock.now())
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one of them is at fault, the others are not
            self._failures.worker_failed(error)
            return {each.intent.claim.task_id for each in group}


def _task_of(claim: Claim) -> Task:
    return Task(
        id=claim.task_id,
        name=PROCESS_ORDER,
        payload={
            "order_id": claim.order_id,
            "payment_token": claim.token,
            "payments_before": claim.payments_before,
        },
        order_id=claim.order_id,
        correlation_id=claim.correlation_id,
        created_at=claim.created_at,
        due_at=claim.due_at,
        state=TaskState.RUNNING,
        attempts=claim.attempts,
        fence=claim.fence,
        lease_until=claim.lease_until,
    )
