"""Group processing over a test's own office: what the container would wire."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orderwright.application.commands.process_order import PROCESS_ORDER
from orderwright.application.processing.limits import ProcessingLimits
from orderwright.application.processing.order_processing import OrderProcessing, Recording
from orderwright.application.processing.recording import Recorder
from orderwright.application.services.task_handlers import TaskHandlers
from orderwright.application.services.task_runner import TaskLimits, TaskRunner
from orderwright.infrastructure.concurrency.batcher import Batcher
from orderwright.infrastructure.crash_points import nothing
from orderwright.infrastructure.database.processing.store import SqlProcessingStore
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog
from tests.back_office import BackOffice

LIMITS = ProcessingLimits(gather_s=0.0)
DEADLINE_S = 5.0


@asynccontextmanager
async def processing_of(
    office: BackOffice, limits: ProcessingLimits = LIMITS, *, capture: bool = True
) -> AsyncIterator[OrderProcessing]:
    failures = StructuredFailureLog()
    store = SqlProcessingStore(office.database)
    handlers = TaskHandlers(
        office.units, office.gateway, office.settlement, office.clock, office.ids, capture=capture
    )
    runner = TaskRunner(
        office.units,
        handlers.by_name(),
        office.clock,
        failures,
        TaskLimits(),
        claimed_elsewhere=[PROCESS_ORDER],
    )
    recorder = Recorder(store, limits, lambda: 0.0)
    queue = Batcher(
        Recording(recorder, office.clock, failures, nothing).record,
        capacity=limits.at_once,
        group_max=limits.at_once,
    )
    processing = OrderProcessing(
        store,
        office.gateway,
        office.settlement,
        run_task=runner.run,
        recording=queue,
        clock=office.clock,
        ids=office.ids,
        failures=failures,
        reached=nothing,
        limits=limits,
        capture=capture,
    )
    queue.start()
    try:
        yield processing
    finally:
        await processing.finish(DEADLINE_S)
        await queue.stop()
