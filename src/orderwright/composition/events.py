"""The way of events: to their positions, and on to those who follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dependency_injector import providers

from orderwright.application.services.backlog import Backlog
from orderwright.application.services.event_handover import EventHandover
from orderwright.application.services.event_relay import AT_ONCE, EventRelay
from orderwright.application.services.event_turn import HandoverLimits
from orderwright.composition.foundation import Foundation, wake_all
from orderwright.composition.mails import MailParts
from orderwright.composition.webhooks import WebhookParts
from orderwright.infrastructure.database.readers.backlog import SqlBacklogReader
from orderwright.infrastructure.database.readers.event_delivery import SqlDeliveryReader
from orderwright.infrastructure.database.readers.event_feed import SqlEventFeedReader
from orderwright.infrastructure.messaging.embedded_worker import EmbeddedWorker
from orderwright.infrastructure.messaging.pace import Pace
from orderwright.infrastructure.messaging.rounds import Rounds
from orderwright.infrastructure.messaging.wake_up import WakeUp

# As often as Prometheus asks, or more.
MEASURED_EVERY_S: Final = 5.0


class EventParts(MailParts, WebhookParts):
    event_feed_reader = providers.Singleton(SqlEventFeedReader, Foundation.database)
    delivery_reader = providers.Singleton(SqlDeliveryReader, Foundation.database)

    # Who follows, in this service itself
    event_consumers = providers.List(MailParts.order_mails, WebhookParts.webhook_fan_out)

    pace = providers.Singleton(Pace, full=AT_ONCE)
    hub_wake_up = providers.Singleton(WakeUp)
    handover_wake_up = providers.Singleton(WakeUp)
    event_relay = providers.Singleton(
        EventRelay,
        Foundation.unit_of_work.provider,
        delivery_reader,
        Foundation.clock,
        numbered=providers.Singleton(wake_all, handover_wake_up, hub_wake_up),
    )
    relay = providers.Singleton(
        EmbeddedWorker,
        event_relay.provided.number_due,
        Foundation.failure_log,
        Foundation.relay_wake_up,
        Foundation.config.event_poll_seconds,
        pace=pace,
    )
    backlog = providers.Singleton(
        Backlog,
        providers.Singleton(SqlBacklogReader, Foundation.database),
        Foundation.clock,
        Foundation.metrics.provided.backlog,
    )
    measuring = providers.Singleton(
        Rounds, backlog.provided.measure, Foundation.failure_log, MEASURED_EVERY_S
    )
    event_handover = providers.Singleton(
        EventHandover,
        Foundation.unit_of_work.provider,
        event_feed_reader,
        delivery_reader,
        Foundation.clock,
        Foundation.failure_log,
        consumers=event_consumers,
        limits=providers.Factory(
            HandoverLimits,
            lease=providers.Factory(timedelta, seconds=Foundation.config.event_lease_seconds),
            retry_countdown=providers.Factory(
                timedelta, seconds=Foundation.config.event_retry_seconds
            ),
            attempts_max=Foundation.config.event_attempts_max,
        ),
    )
    handover = providers.Singleton(
        EmbeddedWorker,
        event_handover.provided.run_due,
        Foundation.failure_log,
        handover_wake_up,
        Foundation.config.event_poll_seconds,
        pace=pace,
    )
