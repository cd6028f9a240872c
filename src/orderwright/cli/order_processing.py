"""Processing orders from the command line: the same tasks as over HTTP, worked off here and now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from orderwright.application.commands.process_order import RequestProcessing, request_processing
from orderwright.domain.interfaces.requests import RequestContext

if TYPE_CHECKING:
    from orderwright.container import Container
    from orderwright.domain.entities.task import Task

_GRACE_S: Final = 5.0


async def process(container: Container, order_ids: Sequence[int]) -> list[Task]:
    """What became of the task of each.

    Raises:
        OrderNotFound, IllegalTransition, CancellationInProgress: one cannot be processed; those before
            it wait for whoever works off tasks.
    """
    asked = [await _ask(container, order_id) for order_id in order_ids]
    await work_off(container)
    async with container.unit_of_work(RequestContext()) as uow:
        return [await uow.tasks.get_by_id(task.id) for task in asked]


async def work_off(container: Container) -> int:
    """All orders that wait to be processed; how many."""
    queue = container.recording_queue()
    queue.start()
    try:
        done: int = await container.order_processing().process_due()
        return done
    finally:
        await container.order_processing().finish(_GRACE_S)
        await queue.stop()


async def _ask(container: Container, order_id: int) -> Task:
    return await request_processing(
        RequestProcessing(order_id=order_id),
        container.unit_of_work(RequestContext()),
        now=container.clock().now(),
        ids=container.ids(),
    )
