"""What goes on without being asked: paying, confirming, expiring, forgetting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from dependency_injector import providers

from orderwright.application.commands.forget_expired import ForgetExpired
from orderwright.application.commands.process_order import PROCESS_ORDER
from orderwright.application.processing.limits import ProcessingLimits
from orderwright.application.processing.order_processing import OrderProcessing, Recording
from orderwright.application.processing.recording import Recorder
from orderwright.application.services.expiry import Expiry
from orderwright.application.services.forgetting import Forgetting
from orderwright.application.services.open_operations import OpenOperations
from orderwright.application.services.schedules import Schedule, Schedules
from orderwright.application.services.settlement import Settlement
from orderwright.application.services.task_handlers import TaskHandler, TaskHandlers
from orderwright.application.services.task_runner import TaskLimits, TaskRunner
from orderwright.composition.attachments import AttachmentParts
from orderwright.composition.events import EventParts
from orderwright.composition.foundation import Foundation
from orderwright.composition.mails import MailParts
from orderwright.composition.payments import PaymentParts
from orderwright.composition.webhooks import WebhookParts
from orderwright.domain.interfaces.clock import Clock
from orderwright.infrastructure.concurrency.batcher import Batcher
from orderwright.infrastructure.concurrency.running import Stacked
from orderwright.infrastructure.database.processing.store import SqlProcessingStore
from orderwright.infrastructure.database.readers.tasks import SqlTaskReader
from orderwright.infrastructure.database.schedules import SqlSchedules
from orderwright.infrastructure.messaging.embedded_worker import EmbeddedWorker
from orderwright.infrastructure.messaging.rounds import Rounds
from orderwright.infrastructure.messaging.wake_up import WakeUp

# A task that is due for so long is one that no message told of.
_LEFT_TO_THE_BROKER: Final = timedelta(seconds=2)

_SCHEDULES_POLL_S: Final = 0.5


def _a_third(seconds: float) -> float:
    return seconds / 3


def _merged(*handlers: Mapping[str, TaskHandler]) -> dict[str, TaskHandler]:
    return {name: handler for each in handlers for name, handler in each.items()}


def _if_any(
    has_due: Callable[[datetime], Awaitable[bool]],
    clock: Clock,
    run_due: Callable[[], Awaitable[int]],
) -> Callable[[], Awaitable[int]]:
    """A claim is a write, and most looks find nothing."""

    async def run() -> int:
        return await run_due() if await has_due(clock.now()) else 0

    return run


class BackgroundParts(PaymentParts, EventParts, AttachmentParts):
    settlement = providers.Singleton(
        Settlement,
        Foundation.unit_of_work.provider,
        PaymentParts.payment_gateway,
        Foundation.clock,
        Foundation.ids,
        chance=Foundation.random.provided.random,
    )
    open_operations = providers.Singleton(
        OpenOperations,
        Foundation.unit_of_work.provider,
        settlement.provided.settle,
        Foundation.clock,
        Foundation.failure_log,
    )
    task_handlers = providers.Singleton(
        TaskHandlers,
        Foundation.unit_of_work.provider,
        PaymentParts.payment_gateway,
        settlement,
        Foundation.clock,
        Foundation.ids,
        capture=Foundation.config.captures_at_once,
    )
    all_task_handlers = providers.Singleton(
        _merged,
        task_handlers.provided.by_name.call(),
        MailParts.order_mail_tasks.provided.by_name.call(),
    )
    task_limits = providers.Factory(
        TaskLimits,
        lease=providers.Factory(timedelta, seconds=Foundation.config.task_lease_seconds),
        time_limit=providers.Factory(timedelta, seconds=Foundation.config.task_time_limit_seconds),
        retry_countdown=providers.Factory(timedelta, seconds=Foundation.config.task_retry_seconds),
        retries_max=Foundation.config.task_retries_max,
    )
    task_runner = providers.Singleton(
        TaskRunner,
        Foundation.unit_of_work.provider,
        all_task_handlers,
        Foundation.clock,
        Foundation.failure_log,
        task_limits,
        claimed_elsewhere=[PROCESS_ORDER],
        freed=Foundation.wake_up.provided.wake,
    )
    worker = providers.Singleton(
        EmbeddedWorker,
        providers.Singleton(
            _if_any,
            providers.Singleton(
                SqlTaskReader, Foundation.database, except_for=[PROCESS_ORDER]
            ).provided.has_due,
            Foundation.clock,
            task_runner.provided.run_due,
        ),
        Foundation.failure_log,
        Foundation.wake_up,
        Foundation.config.task_poll_seconds,
        finish=task_runner.provided.finish,
    )
    sweep_wake_up = providers.Singleton(WakeUp)
    broker_task_runner = providers.Singleton(
        TaskRunner,
        Foundation.unit_of_work.provider,
        all_task_handlers,
        Foundation.clock,
        Foundation.failure_log,
        providers.Factory(task_limits, left_for=_LEFT_TO_THE_BROKER),
        freed=sweep_wake_up.provided.wake,
    )
    task_sweeper = providers.Singleton(
        EmbeddedWorker,
        broker_task_runner.provided.run_due,
        Foundation.failure_log,
        sweep_wake_up,
        Foundation.config.task_poll_seconds,
        finish=broker_task_runner.provided.finish,
    )

    # Paying and confirming orders
    processing_store = providers.Singleton(
        SqlProcessingStore, Foundation.database, events_wait=Foundation.events_wait
    )
    processing_limits = providers.Singleton(
        ProcessingLimits,
        lease=providers.Factory(timedelta, seconds=Foundation.config.task_lease_seconds),
        retry_countdown=providers.Factory(timedelta, seconds=Foundation.config.task_retry_seconds),
        retries_max=Foundation.config.task_retries_max,
        calls_at_once=Foundation.config.payment_max_concurrency,
    )
    recorder = providers.Singleton(
        Recorder, processing_store, processing_limits, Foundation.random.provided.random
    )
    recording = providers.Singleton(
        Recording, recorder, Foundation.clock, Foundation.failure_log, Foundation.crash_point
    )
    recording_queue = providers.Singleton(
        Batcher,
        recording.provided.record,
        capacity=processing_limits.provided.at_once,
        group_max=processing_limits.provided.at_once,
        gather_s=processing_limits.provided.gather_s,
    )
    order_processing = providers.Singleton(
        OrderProcessing,
        processing_store,
        PaymentParts.payment_gateway,
        settlement,
        run_task=task_runner.provided.run,
        recording=recording_queue,
        clock=Foundation.clock,
        ids=Foundation.ids,
        failures=Foundation.failure_log,
        reached=Foundation.crash_point,
        limits=processing_limits,
        capture=Foundation.config.captures_at_once,
    )
    processing_worker = providers.Singleton(
        EmbeddedWorker,
        order_processing.provided.run_due,
        Foundation.failure_log,
        Foundation.processing_wake_up,
        Foundation.config.task_poll_seconds,
        finish=order_processing.provided.finish,
    )
    lease_renewal = providers.Singleton(
        Rounds,
        order_processing.provided.renew_leases,
        Foundation.failure_log,
        providers.Callable(_a_third, Foundation.config.task_lease_seconds),
    )

    # Unpaid orders
    expiry = providers.Singleton(
        Expiry,
        Foundation.unit_of_work.provider,
        settlement.provided.settle,
        Foundation.clock,
        Foundation.ids,
        Foundation.failure_log,
        after=providers.Factory(timedelta, minutes=Foundation.config.order_expiry_minutes),
    )

    # What is kept for a while
    forgetting = providers.Singleton(
        Forgetting,
        providers.Factory(
            ForgetExpired,
            idempotency_keys=providers.Factory(
                timedelta, hours=Foundation.config.idempotency_key_hours
            ),
            webhook_deliveries=providers.Factory(
                timedelta, days=Foundation.config.webhook_keep_days
            ),
        ),
        Foundation.unit_of_work.provider,
        Foundation.clock,
    )
    schedules = providers.Singleton(
        Schedules,
        providers.List(
            providers.Factory(
                Schedule,
                "ask_payments",
                providers.Factory(timedelta, seconds=Foundation.config.payment_sweep_seconds),
                open_operations.provided.ask_due,
            ),
            providers.Factory(
                Schedule,
                "expire_orders",
                providers.Factory(timedelta, seconds=Foundation.config.order_expiry_sweep_seconds),
                expiry.provided.expire_due,
            ),
            providers.Factory(
                Schedule,
                "forget_expired",
                providers.Factory(
                    timedelta, seconds=Foundation.config.housekeeping_interval_seconds
                ),
                forgetting.provided.forget,
            ),
        ),
        providers.Singleton(SqlSchedules, Foundation.database),
        Foundation.clock,
        Foundation.failure_log,
    )
    schedule_worker = providers.Singleton(
        EmbeddedWorker,
        schedules.provided.run_due,
        Foundation.failure_log,
        providers.Factory(WakeUp),
        providers.Callable(min, _SCHEDULES_POLL_S, schedules.provided.shortest_s),
        finish=schedules.provided.finish,
    )
    if_match_is_required = providers.Callable(bool, Foundation.config.require_if_match)

    task_services = providers.Selector(
        Foundation.config.task_backend,
        embedded=providers.List(
            # What is answered while the worker stops is written down.
            providers.Singleton(
                Stacked, providers.List(recording_queue, lease_renewal, processing_worker)
            ),
            worker,
        ),
        arq=providers.List(),
        celery=providers.List(),
    )
    task_publishers = providers.Selector(
        Foundation.config.task_backend,
        embedded=providers.List(),
        arq=providers.List(Foundation.task_publisher),
        celery=providers.List(Foundation.task_publisher),
    )
    background_services = providers.List(
        EventParts.relay,
        EventParts.handover,
        EventParts.measuring,
        schedule_worker,
        WebhookParts.webhook_sender,
        AttachmentParts.removing_ownerless_files,
    )
