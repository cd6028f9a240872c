from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.task import Task, TaskNotFound, TaskState
from orderwright.domain.interfaces.task_queue import WaitingTask
from orderwright.infrastructure.database import tables_work
from orderwright.infrastructure.database.deleting import deleted
from orderwright.infrastructure.database.repositories.kept import Kept
from orderwright.infrastructure.database.upsert import insert_unless_there, rows_unless_there

_tasks = tables_work.tasks.c
_UNFINISHED = _tasks.state.in_([TaskState.QUEUED, TaskState.RUNNING])


class SqlTasks(Kept[Task, str]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, Task, TaskNotFound)
        self.put_down: list[WaitingTask] = []  # by this unit of work, for the runners

    async def enqueue(self, task: Task) -> Task:
        inserting = insert_unless_there(self._session, tables_work.tasks, _row(task))
        await self._session.execute(inserting)
        kept = await self._first(_tasks.id == task.id)
        if kept is None:
            kept = await self._first(and_(_tasks.dedupe_key == task.dedupe_key, _UNFINISHED))
        if kept is None:
            # The unfinished twin may finish between the two statements; then there is room again.
            return await self.enqueue(task)
        self.put_down.append(WaitingTask(kept.id, kept.fence))
        return kept

    async def enqueue_all(self, tasks: Sequence[Task]) -> None:
        if tasks:
            inserting = rows_unless_there(self._session, tables_work.tasks)
            await self._session.execute(inserting, [*map(_row, tasks)])
            self.put_down += [WaitingTask(each.id, each.fence) for each in tasks]

    async def requeue(self, task: Task) -> None:
        self._session.add(task)
        await self._session.flush()
        self.put_down.append(WaitingTask(task.id, task.fence))

    async def claim_due(
        self,
        *,
        now: datetime,
        lease_until: datetime,
        limit: int,
        except_for: Collection[str] = (),
    ) -> list[Task]:
        due = (
            select(_tasks.id)
            .where(_tasks.name.not_in(except_for), is_due(now))
            .order_by(_tasks.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = await self._claim(due, lease_until)
        return sorted(claimed, key=lambda task: task.due_at)

    async def claim(self, task_id: str, *, now: datetime, lease_until: datetime) -> Task | None:
        due = (
            select(_tasks.id)
            .where(_tasks.id == task_id, is_due(now))
            .with_for_update(skip_locked=True)
        )
        return next(iter(await self._claim(due, lease_until)), None)

    async def _claim(self, due: Select[tuple[str]], lease_until: datetime) -> Sequence[Task]:
        claimed = await self._session.scalars(
            update(Task)
            .where(_tasks.id.in_(due))
            .values(
                state=TaskState.RUNNING,
                attempts=_tasks.attempts + 1,
                fence=_tasks.fence + 1,
                lease_until=lease_until,
            )
            .returning(Task)
            .execution_options(synchronize_session=False)
        )
        return claimed.all()

    async def finish(self, task: Task, fence: int) -> bool:
        return await self._write(
            task.id,
            fence,
            state=task.state,
            due_at=task.due_at,
            finished_at=task.finished_at,
            lease_until=None,
            result=task.result,
            error=task.error,
        )

    async def extend_lease(self, task_id: str, fence: int, lease_until: datetime) -> bool:
        return await self._write(task_id, fence, lease_until=lease_until)

    async def forget(self, before: datetime, *, limit: int) -> int:
        old = (
            select(_tasks.id)
            .where(_tasks.state == TaskState.SUCCEEDED, _tasks.finished_at < before)
            .order_by(_tasks.finished_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return await deleted(self._session, delete(tables_work.tasks).where(_tasks.id.in_(old)))

    async def _write(self, task_id: str, fence: int, **values: object) -> bool:
        written = await self._session.execute(
            update(tables_work.tasks)
            .where(_tasks.id == task_id, _tasks.fence == fence)
            .values(values)
            .returning(_tasks.id)
        )
        return written.first() is not None


def is_due(now: Any) -> ColumnElement[bool]:
    waiting = and_(_tasks.state == TaskState.QUEUED, _tasks.due_at <= now)
    orphaned = and_(_tasks.state == TaskState.RUNNING, _tasks.lease_until < now)
    return or_(waiting, orphaned)


def _row(task: Task) -> dict[str, Any]:
    return {column.name: getattr(task, column.name) for column in tables_work.tasks.columns}
