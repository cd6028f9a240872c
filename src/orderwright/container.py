"""The composition root: the one place that knows which class stands behind which interface."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any, Protocol, TextIO

from dependency_injector import providers

from orderwright.api.versions import Retirement
from orderwright.api.wire.events import event_frame
from orderwright.application.queries.low_stock import LowStock
from orderwright.application.services.demo import DemoShop
from orderwright.application.services.demo_traffic import DemoTraffic
from orderwright.application.services.event_hub import EventHub
from orderwright.application.services.task_runner import TaskRunner
from orderwright.composition.background import BackgroundParts
from orderwright.composition.events import EventParts
from orderwright.composition.foundation import Foundation
from orderwright.composition.payments import PaymentParts
from orderwright.composition.placement import PlacementParts
from orderwright.config import Settings
from orderwright.infrastructure.concurrency.running import BackgroundService, SideBySide, running
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.deprecated_calls import SqlDeprecatedCalls
from orderwright.infrastructure.database.engine_report import report_engine
from orderwright.infrastructure.database.health import DatabaseHealth
from orderwright.infrastructure.database.mapping import map_entities
from orderwright.infrastructure.messaging.broker_publisher import BrokerPublisher
from orderwright.infrastructure.messaging.rounds import Rounds
from orderwright.infrastructure.observability.logging import configure_logging
from orderwright.infrastructure.observability.metrics import Metrics
from orderwright.infrastructure.observability.stock_alerts import StructuredStockAlerts
from orderwright.infrastructure.system.readiness import Readiness
from orderwright.infrastructure.system.redis_answers import RedisAnswers
from orderwright.infrastructure.system.watched_dependency import WatchedDependency


def _is_draining(readiness: Readiness) -> bool:
    return readiness.draining


class _InProgress(Protocol):
    @property
    def orders_in_progress(self) -> int: ...


class _Queued(Protocol):
    @property
    def depth(self) -> int: ...


def _looking_at_orders(
    metrics: Metrics, processing: _InProgress, placing: _Queued
) -> Callable[[], Awaitable[None]]:
    """Looked at every so often rather than counted along, which would cost every order something."""

    async def look() -> None:
        metrics.orders(in_progress=processing.orders_in_progress, in_queue=placing.depth)

    return look


def _spared(
    redis_url: str | None, publishers: Sequence[BrokerPublisher]
) -> Mapping[str, Callable[[], Awaitable[bool]]]:
    """What the service has a use for, but takes orders without."""
    redis: list[tuple[str, Callable[[], Awaitable[bool]]]] = (
        [("redis", RedisAnswers(redis_url))] if redis_url else []
    )
    return dict([*redis, *(("task_backend", each.answers) for each in publishers)])


def _watched(
    payments: WatchedDependency,
    watch: Callable[..., WatchedDependency],
    backend: str,
    publishers: Sequence[BrokerPublisher],
) -> Sequence[WatchedDependency]:
    return [payments, *(watch("broker", each.probe, provider=backend) for each in publishers)]


class Container(BackgroundParts, PlacementParts):
    """What lives as long as the application. Tests override single providers."""

    # Versions of the API
    first_version_retirement = providers.Factory(
        Retirement,
        deprecated_at=Foundation.config.api_v1_deprecated_at,
        sunset_at=Foundation.config.api_v1_sunset_at,
    )
    deprecated_calls = providers.Singleton(SqlDeprecatedCalls, Foundation.database)
    counting = providers.Singleton(
        Rounds, deprecated_calls.provided.write, Foundation.failure_log, 1.0
    )

    # Watching and trying out
    low_stock = providers.Singleton(
        LowStock,
        Foundation.catalogue_reader,
        providers.Singleton(StructuredStockAlerts),
        at_most=Foundation.config.low_stock_units,
    )
    auditor = providers.Singleton(SqlAuditor, Foundation.database)
    engine_report = providers.Coroutine(report_engine, Foundation.database)
    database_health = providers.Singleton(DatabaseHealth, Foundation.database, Foundation.schema)
    readiness = providers.Singleton(
        Readiness,
        providers.Dict(
            database=database_health.provided.answers,
            migrations=database_health.provided.is_migrated,
        ),
        spared=providers.Callable(
            _spared, Foundation.config.redis_url, BackgroundParts.task_publishers
        ),
    )
    # Clients that follow events
    draining = providers.Callable(_is_draining, readiness)
    event_hub = providers.Singleton(
        EventHub,
        EventParts.event_feed_reader,
        event_frame,
        Foundation.failure_log,
        wait=EventParts.hub_wake_up.provided.wait,
        is_draining=draining.provider,
        poll_s=Foundation.config.event_poll_seconds,
        clients_max=Foundation.config.event_stream_clients_max,
    )
    watched_dependency = providers.Factory(
        WatchedDependency, now=Foundation.clock.provided.now, monotonic=Foundation.monotonic
    )
    watched_dependencies = providers.Singleton(
        _watched,
        providers.Factory(
            watched_dependency,
            "payments",
            PaymentParts.payment_gateway.provided.probe,
            provider=PaymentParts.payment_gateway.provided.name,
        ),
        watched_dependency.provider,
        Foundation.config.task_backend,
        BackgroundParts.task_publishers,
    )
    looking_at_orders = providers.Singleton(
        Rounds,
        providers.Singleton(
            _looking_at_orders,
            Foundation.metrics,
            providers.Selector(
                Foundation.config.task_backend,
                embedded=BackgroundParts.order_processing,
                arq=BackgroundParts.task_handlers,
                celery=BackgroundParts.task_handlers,
            ),
            PlacementParts.placement_queue,
        ),
        Foundation.failure_log,
        1.0,
    )
    demo_shop = providers.Factory(
        DemoShop,
        units=Foundation.unit_of_work.provider,
        catalogue=Foundation.catalogue_reader,
        placing=PlacementParts.group_placer,
        settle=BackgroundParts.settlement.provided.settle,
        clock=Foundation.clock,
        ids=Foundation.ids,
        provider=PaymentParts.payment_gateway.provided.name,
    )
    demo_traffic = providers.Factory(
        DemoTraffic,
        placing=PlacementParts.order_processor,
        catalogue=Foundation.catalogue_reader,
        clock=Foundation.clock,
        random=providers.Factory(Random),
    )


def build_container(settings: Settings) -> Container:
    """Everything wired, nothing opened: the first use connects."""
    map_entities()
    container = Container()
    container.config.from_dict(_plain_values(settings))
    return container


def configure_log(
    settings: Settings, *, level: str | None = None, to: TextIO | None = None
) -> None:
    """For the whole process: every line to `to` (standard output), as the settings say."""
    configure_logging(level=level or settings.log_level, log_format=settings.log_format, stream=to)


@asynccontextmanager
async def opened(container: Container) -> AsyncIterator[Container]:
    """What was opened since the container was built is closed at the end, in the reverse order."""
    try:
        yield container
    finally:
        await container.payment_client().close()
        container.password_hasher().close()
        await container.attachment_storage().close()
        container.attachment_threads().close()
        await container.report_processes().close()
        await container.rate_limiter().close()
        await container.database().dispose()


@asynccontextmanager
async def at_work(container: Container, services: Sequence[Any]) -> AsyncIterator[None]:
    """Those run, in a process that answers no requests."""
    looking = container.looking_at_orders()
    async with running([looking, *container.task_publishers(), SideBySide(services)]):
        yield


@asynccontextmanager
async def working_for_a_broker(container: Container) -> AsyncIterator[TaskRunner]:
    """What a worker of ARQ or Celery runs named tasks with. Meanwhile it sweeps the database for those
    that nobody was told of."""
    services: list[BackgroundService] = [
        container.looking_at_orders(),
        container.task_sweeper(),
    ]
    async with opened(container), running(services):
        yield container.broker_task_runner()


def _plain_values(settings: Settings) -> dict[str, object]:
    """The settings as the constructors want them: secrets opened, names made one."""
    return settings.model_dump() | {
        "database_dsn": settings.database_dsn,
        "captures_at_once": settings.payment_capture == "automatic",
        "webhook_secrets": settings.webhook_secrets,
        "mail_way": settings.mail_way,
        "sends_mail": settings.mail_way != "none",
        "smtp_password": settings.smtp_password and settings.smtp_password.get_secret_value(),
        "jwt_secrets": settings.jwt_secrets,
        "attachment_bucket_url": f"{settings.attachment_s3_endpoint}/{settings.attachment_s3_bucket}",
        "attachment_s3_secret_key": settings.attachment_s3_secret_key
        and settings.attachment_s3_secret_key.get_secret_value(),
        "api_secret_keys": settings.api_secret_keys,
        "api_secret_key": settings.api_secret_key.get_secret_value(),
        "payment_api_key": settings.payment_api_key and settings.payment_api_key.get_secret_value(),
        "celery_broker": settings.celery_broker,
        "redis_url": settings.redis_url and settings.redis_url.get_secret_value(),
    }
