from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

from orderwright.application.placement.candidate import Candidate
from orderwright.application.placement.catalogue_cache import CatalogueCache
from orderwright.application.placement.group import Group
from orderwright.application.placement.recording import records_of
from orderwright.application.placement.requests import Outcome, PlacementRequest
from orderwright.domain.errors import Unavailable
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.order_reader import OrderInFull
from orderwright.domain.interfaces.placement import (
    AnsweredRequest,
    CommitUnknown,
    GroupRecords,
    KeptRequest,
    PlacementStore,
)
from orderwright.domain.interfaces.task_queue import TasksWait, WaitingTask, nobody
from orderwright.domain.interfaces.unit_of_work import DatabaseBusy

# A deadlock, a lost connection or a key that another process took: the next try finds it settled.
ATTEMPTS: Final = 3


class GroupPlacer:
    """Places groups of orders, each in one transaction, and tells what became of every single one."""

    def __init__(
        self,
        store: PlacementStore,
        catalogue: CatalogueCache,
        ids: Ids,
        reached: Callable[[str], Awaitable[None]],
        *,
        tasks_wait: TasksWait = nobody,
    ) -> None:
        """`reached` is called at the named crash points; `tasks_wait` after a commit that put tasks
        down for whoever runs them."""
        self._store = store
        self._catalogue = catalogue
        self._ids = ids
        self._reached = reached
        self._tasks_wait = tasks_wait

    async def place(self, request: PlacementRequest) -> OrderInFull:
        """One order, in a group of its own: for those who serve nobody else meanwhile."""
        (outcome,) = await self.place_all([request])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def place_all(
        self, requests: Sequence[PlacementRequest], attempts: int = ATTEMPTS
    ) -> list[Outcome]:
        """One outcome a request, in their order.

        Of a group that the database refuses, the culprit is found by halving, and the others are
        placed all the same. A group that lost its connection, or a deadlock, is tried again whole.
        """
        try:
            group, records = await self._committed(requests)
        except CommitUnknown as unknown:
            return await self._repeat_keyed(requests, unknown, attempts - 1)
        except Unavailable as unavailable:
            # Who has waited for a busy database as long as anybody may is told so, not made to wait again.
            if attempts > 1 and not isinstance(unavailable, DatabaseBusy):
                return await self.place_all(requests, attempts - 1)
            return [unavailable] * len(requests)
        except Exception as error:  # noqa: BLE001 - raised by whoever asked for what cannot be placed
            if len(requests) == 1:
                return [error]
            half = len(requests) // 2
            return [*await self.place_all(requests[:half]), *await self.place_all(requests[half:])]
        await self._reached("place.after_commit_before_reply")
        if records.tasks:
            self._tasks_wait([WaitingTask(each.id) for each in records.tasks])
        await self._settle(group.repeating, records.answers)
        return group.outcomes()

    async def _committed(self, requests: Sequence[PlacementRequest]) -> tuple[Group, GroupRecords]:
        records = GroupRecords()
        try:
            async with self._store.transaction() as tx:
                group = Group(requests, tx)
                await group.decide(self._catalogue)
                records = records_of(group.decided(), group.shelves, self._ids)
                await tx.write(records)
                await self._reached("place.before_commit")
                await tx.commit()
        except CommitUnknown:
            if not await self._happened(records):
                raise
        return group, records

    async def _happened(self, records: GroupRecords) -> bool:
        """Whether it is known that a commit happened."""
        orders = [each.order.id for each in records.orders]
        try:
            return bool(orders) and await self._store.have_orders(orders)
        except Exception:  # noqa: BLE001 - who cannot ask does not know; an error would be a try again
            return False

    async def _repeat_keyed(
        self, requests: Sequence[PlacementRequest], unknown: CommitUnknown, attempts: int
    ) -> list[Outcome]:
        """The commit may still happen: only who has a key can try again without placing twice."""
        if attempts == 0:
            return [unknown] * len(requests)
        keyed = [each for each in requests if each.context.request is not None]
        outcomes = iter(await self.place_all(keyed, attempts) if keyed else [])
        return [unknown if each.context.request is None else next(outcomes) for each in requests]

    async def _settle(
        self, repeating: Sequence[Candidate], answers: Iterable[AnsweredRequest]
    ) -> None:
        """Those that repeat one of their own group hear its answer; where it had none that is kept,
        they are placed for themselves, one by one: the next may repeat this one."""
        kept = {
            (each.caller, each.key): KeptRequest(each.fingerprint, each.answer, each.at)
            for each in answers
        }
        for each in repeating:
            if each.key in kept:
                each.repeat(kept[each.key])
            if each.outcome is None:
                (each.outcome,) = await self.place_all([each.request])
