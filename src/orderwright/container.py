"""The composition root: the one place that knows which class stands behind which interface."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from typing import TextIO

from dependency_injector import containers, providers

from orderwright.api.versions import Retirement
from orderwright.application.commands.forget_expired import ForgetExpired
from orderwright.application.commands.process_order import PROCESS_ORDER
from orderwright.application.placement.catalogue_cache import CatalogueCache
from orderwright.application.placement.group_placer import GroupPlacer
from orderwright.application.placement.order_processor import OrderProcessor
from orderwright.application.processing.limits import ProcessingLimits
from orderwright.application.processing.order_processing import OrderProcessing, Recording
from orderwright.application.processing.recording import Recorder
from orderwright.application.queries.authenticate import Authenticator
from orderwright.application.services.demo import DemoShop
from orderwright.application.services.demo_traffic import DemoTraffic
from orderwright.application.services.expiry import Expiry
from orderwright.application.services.forgetting import Forgetting
from orderwright.application.services.known_callers import KnownCallers
from orderwright.application.services.open_operations import OpenOperations
from orderwright.application.services.settlement import Settlement
from orderwright.application.services.sign_in_guard import SignInGuard
from orderwright.application.services.task_handlers import TaskHandlers
from orderwright.application.services.task_runner import TaskLimits, TaskRunner
from orderwright.application.services.token_pair import TokenIssuer
from orderwright.config import Settings
from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.user import User
from orderwright.domain.interfaces.readers import CallerReader
from orderwright.infrastructure.concurrency.batcher import Batcher
from orderwright.infrastructure.crash_points import crash_points
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.deprecated_calls import SqlDeprecatedCalls
from orderwright.infrastructure.database.engine_report import report_engine
from orderwright.infrastructure.database.engines import Limits
from orderwright.infrastructure.database.health import DatabaseHealth
from orderwright.infrastructure.database.mapping import map_entities
from orderwright.infrastructure.database.placement.store import SqlPlacementStore
from orderwright.infrastructure.database.processing.store import SqlProcessingStore
from orderwright.infrastructure.database.readers.access import SqlAccessReader
from orderwright.infrastructure.database.readers.catalogue import SqlCatalogueReader
from orderwright.infrastructure.database.readers.full_orders import SqlFullOrderReader
from orderwright.infrastructure.database.readers.open_operations import SqlOpenOperationReader
from orderwright.infrastructure.database.readers.order_details import SqlOrderDetailsReader
from orderwright.infrastructure.database.readers.orders import SqlOrderReader
from orderwright.infrastructure.database.schema import Schema
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from orderwright.infrastructure.external_services.gateway_webhooks import webhooks_by_provider
from orderwright.infrastructure.external_services.payments_http import HttpGateway
from orderwright.infrastructure.external_services.payments_sandbox import SandboxGateway
from orderwright.infrastructure.external_services.payments_stripe import StripeGateway
from orderwright.infrastructure.messaging.embedded_worker import EmbeddedWorker
from orderwright.infrastructure.messaging.rounds import Rounds
from orderwright.infrastructure.messaging.wake_up import WakeUp
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog
from orderwright.infrastructure.observability.logging import configure_logging
from orderwright.infrastructure.resilience.bounded_client import BoundedClient, ClientLimits
from orderwright.infrastructure.resilience.breakers import Breakers
from orderwright.infrastructure.resilience.circuit_breaker import BreakerSettings
from orderwright.infrastructure.resilience.guarded_client import GuardedClient
from orderwright.infrastructure.resilience.http_answers import transient_answer
from orderwright.infrastructure.resilience.retry import Retry, retry_policy, transient_unless_sent
from orderwright.infrastructure.resilience.retry_budget import RetryBudget
from orderwright.infrastructure.security.jwt_tokens import JwtAccessTokens
from orderwright.infrastructure.security.passwords import Argon2Passwords
from orderwright.infrastructure.security.rate_limits import build_rate_limiter, rates_by_policy
from orderwright.infrastructure.security.secret_hashes import HmacSecrets
from orderwright.infrastructure.system.clock import SystemClock
from orderwright.infrastructure.system.ids import TimeOrderedIds
from orderwright.infrastructure.system.readiness import Readiness
from orderwright.infrastructure.system.watched_dependency import WatchedDependency


def _known_callers(
    database: Database, access: CallerReader, monotonic: Callable[[], float]
) -> KnownCallers:
    callers = KnownCallers(access, monotonic)
    database.when_changed((User, ApiKey), callers.forget)
    return callers


def _call_all(*wake_ups: WakeUp) -> Callable[[], None]:
    def call() -> None:
        for each in wake_ups:
            each.call()

    return call


def _a_third(seconds: float) -> float:
    return seconds / 3


class Container(containers.DeclarativeContainer):
    """What lives as long as the application. Tests override single providers."""

    config = providers.Configuration()

    # The world outside the rules
    clock = providers.Singleton(SystemClock)
    ids = providers.Singleton(TimeOrderedIds)
    failure_log = providers.Singleton(StructuredFailureLog)
    crash_point = providers.Singleton(crash_points, config.crash_points)

    # Database
    database = providers.Singleton(
        Database,
        config.database_dsn,
        limits=providers.Factory(
            Limits,
            pool_size=config.database_pool_size,
            pool_timeout_s=config.database_pool_timeout_seconds,
            lock_timeout_s=config.database_lock_timeout_seconds,
            statement_timeout_s=config.database_statement_timeout_seconds,
        ),
    )
    schema = providers.Singleton(Schema, config.database_dsn)
    wake_up = providers.Singleton(WakeUp)
    processing_wake_up = providers.Singleton(WakeUp)
    tasks_wait = providers.Singleton(_call_all, wake_up, processing_wake_up)
    unit_of_work = providers.Factory(
        SqlUnitOfWork,
        database,
        clock,
        crash_point,
        request_lease=providers.Factory(timedelta, seconds=config.idempotency_lease_seconds),
        tasks_wait=tasks_wait,
    )
    order_reader = providers.Singleton(SqlOrderReader, database)
    full_order_reader = providers.Singleton(SqlFullOrderReader, database, order_reader)
    order_details_reader = providers.Singleton(SqlOrderDetailsReader, database)
    open_operation_reader = providers.Singleton(SqlOpenOperationReader, database)
    catalogue_reader = providers.Singleton(SqlCatalogueReader, database)
    access_reader = providers.Singleton(SqlAccessReader, database)

    # Who is calling
    password_hasher = providers.Singleton(Argon2Passwords)
    secret_hasher = providers.Singleton(HmacSecrets, config.api_secret_key)
    access_tokens = providers.Singleton(
        JwtAccessTokens,
        config.jwt_secrets,
        providers.Factory(timedelta, minutes=config.access_token_minutes),
        ids,
    )
    token_issuer = providers.Singleton(
        TokenIssuer,
        access_tokens=access_tokens,
        secrets=secret_hasher,
        ids=ids,
        refresh_lifetime=providers.Factory(timedelta, days=config.refresh_token_days),
    )
    sign_in_guard = providers.Singleton(SignInGuard, secrets=secret_hasher)
    monotonic = providers.Object(time.monotonic)
    callers = providers.Singleton(_known_callers, database, access_reader, monotonic)
    authenticator = providers.Singleton(
        Authenticator, callers=callers, access_tokens=access_tokens, secrets=secret_hasher
    )

    # Who calls too often
    rates = providers.Singleton(
        rates_by_policy,
        config.rate_limit_enabled,
        default=config.rate_limit_default,
        token=config.rate_limit_token,
    )
    rate_limiter = providers.Singleton(build_rate_limiter, config.redis_url, monotonic)

    # Calls to the outside
    breakers = providers.Singleton(
        Breakers,
        providers.Factory(
            BreakerSettings,
            failure_threshold=config.circuit_failure_threshold,
            window_s=config.circuit_window_seconds,
            recovery_timeout_s=config.circuit_recovery_seconds,
        ),
        monotonic=monotonic,
        now=clock.provided.now,
    )
    payment_client = providers.Singleton(
        BoundedClient,
        providers.Factory(
            ClientLimits,
            concurrency_max=config.payment_max_concurrency,
            connect_s=config.payment_connect_timeout_seconds,
            # A gateway may think in silence for as long as it may take.
            idle_s=config.payment_timeout_seconds,
            total_s=config.payment_timeout_seconds,
            answer_bytes_max=config.payment_max_answer_bytes,
        ),
    )
    payment_breaker = breakers.provided.named.call("payments")
    payment_retry = providers.Factory(
        Retry,
        providers.Callable(
            retry_policy, config.payment_retry_policy, total_s=config.payment_timeout_seconds
        ),
        budget=providers.Singleton(RetryBudget, config.payment_retry_share),
        random=providers.Singleton(Random),
    )
    guarded_payment_client = providers.Singleton(
        GuardedClient,
        payment_client,
        payment_breaker,
        providers.Factory(
            payment_retry, of_result=providers.Callable(transient_answer, clock.provided.now)
        ),
        total_s=config.payment_timeout_seconds,
    )
    # Sends nothing again that may have been carried out.
    careful_payment_client = providers.Singleton(
        GuardedClient,
        payment_client,
        payment_breaker,
        providers.Factory(payment_retry, of_error=providers.Object(transient_unless_sent)),
        total_s=config.payment_timeout_seconds,
    )

    # Money and background work
    payment_gateway = providers.Selector(
        config.payment_provider,
        sandbox=providers.Singleton(SandboxGateway),
        http=providers.Singleton(
            HttpGateway,
            sending=careful_payment_client,
            asking=guarded_payment_client,
            api_url=config.payment_api_url,
            api_key=config.payment_api_key,
            key_lifetime=providers.Factory(timedelta, hours=config.payment_key_lifetime_hours),
            now=clock.provided.now,
        ),
        stripe=providers.Singleton(
            StripeGateway,
            sending=careful_payment_client,
            asking=guarded_payment_client,
            api_url=config.payment_api_url,
            api_key=config.payment_api_key,
            now=clock.provided.now,
        ),
    )
    gateway_webhooks = providers.Singleton(
        webhooks_by_provider, config.payment_provider, config.webhook_secrets
    )
    random = providers.Singleton(Random)
    settlement = providers.Singleton(
        Settlement,
        unit_of_work.provider,
        payment_gateway,
        clock,
        ids,
        chance=random.provided.random,
    )
    open_operations = providers.Singleton(
        OpenOperations,
        unit_of_work.provider,
        settlement.provided.settle,
        clock,
        failure_log,
    )
    asking_again = providers.Singleton(
        Rounds,
        open_operations.provided.ask_due,
        failure_log,
        config.payment_sweep_seconds,
    )
    task_handlers = providers.Singleton(
        TaskHandlers,
        unit_of_work.provider,
        payment_gateway,
        settlement,
        clock,
        ids,
        capture=config.captures_at_once,
    )
    task_runner = providers.Singleton(
        TaskRunner,
        unit_of_work.provider,
        task_handlers.provided.by_name.call(),
        clock,
        failure_log,
        providers.Factory(
            TaskLimits,
            lease=providers.Factory(timedelta, seconds=config.task_lease_seconds),
            retry_countdown=providers.Factory(timedelta, seconds=config.task_retry_seconds),
            retries_max=config.task_retries_max,
        ),
        claimed_elsewhere=[PROCESS_ORDER],
    )
    worker = providers.Singleton(
        EmbeddedWorker,
        task_runner.provided.run_due,
        failure_log,
        wake_up,
        config.task_poll_seconds,
    )

    # Paying and confirming orders
    processing_store = providers.Singleton(SqlProcessingStore, database)
    processing_limits = providers.Singleton(
        ProcessingLimits,
        lease=providers.Factory(timedelta, seconds=config.task_lease_seconds),
        retry_countdown=providers.Factory(timedelta, seconds=config.task_retry_seconds),
        retries_max=config.task_retries_max,
        calls_at_once=config.payment_max_concurrency,
    )
    recorder = providers.Singleton(
        Recorder, processing_store, processing_limits, random.provided.random
    )
    recording = providers.Singleton(Recording, recorder, clock, failure_log, crash_point)
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
        payment_gateway,
        settlement,
        run_task=task_runner.provided.run,
        recording=recording_queue,
        clock=clock,
        ids=ids,
        failures=failure_log,
        reached=crash_point,
        limits=processing_limits,
        capture=config.captures_at_once,
    )
    processing_worker = providers.Singleton(
        EmbeddedWorker,
        order_processing.provided.run_due,
        failure_log,
        processing_wake_up,
        config.task_poll_seconds,
    )
    lease_renewal = providers.Singleton(
        Rounds,
        order_processing.provided.renew_leases,
        failure_log,
        providers.Callable(_a_third, config.task_lease_seconds),
    )

    # Unpaid orders
    expiry = providers.Singleton(
        Expiry,
        unit_of_work.provider,
        settlement.provided.settle,
        clock,
        ids,
        failure_log,
        after=providers.Factory(timedelta, minutes=config.order_expiry_minutes),
    )
    expiring = providers.Singleton(
        Rounds, expiry.provided.expire_due, failure_log, config.order_expiry_sweep_seconds
    )

    # Placing orders
    placement_store = providers.Singleton(SqlPlacementStore, database)
    catalogue_cache = providers.Singleton(CatalogueCache)
    group_placer = providers.Singleton(
        GroupPlacer,
        placement_store,
        catalogue_cache,
        ids,
        crash_point,
        tasks_wait=tasks_wait,
    )
    placement_queue = providers.Singleton(
        Batcher,
        group_placer.provided.place_all,
        capacity=config.placement_queue_size,
        group_max=config.placement_batch_max,
        workers=config.placement_workers,
    )
    order_processor = providers.Singleton(OrderProcessor, placement_queue)

    # What is kept for a while
    forgetting = providers.Singleton(
        Forgetting,
        providers.Factory(
            ForgetExpired,
            idempotency_keys=providers.Factory(timedelta, hours=config.idempotency_key_hours),
        ),
        unit_of_work.provider,
        clock,
    )
    housekeeping = providers.Singleton(
        Rounds,
        forgetting.provided.forget,
        failure_log,
        config.housekeeping_interval_seconds,
    )
    if_match_is_required = providers.Callable(bool, config.require_if_match)

    # Versions of the API
    first_version_retirement = providers.Factory(
        Retirement, deprecated_at=config.api_v1_deprecated_at, sunset_at=config.api_v1_sunset_at
    )
    deprecated_calls = providers.Singleton(SqlDeprecatedCalls, database)
    counting = providers.Singleton(Rounds, deprecated_calls.provided.write, failure_log, 1.0)

    # Watching and trying out
    auditor = providers.Singleton(SqlAuditor, database)
    engine_report = providers.Coroutine(report_engine, database)
    database_health = providers.Singleton(DatabaseHealth, database, schema)
    readiness = providers.Singleton(
        Readiness,
        providers.Dict(
            database=database_health.provided.answers,
            migrations=database_health.provided.is_migrated,
        ),
    )
    watched_dependencies = providers.List(
        providers.Singleton(
            WatchedDependency,
            "payments",
            payment_gateway.provided.probe,
            provider=payment_gateway.provided.name,
            now=clock.provided.now,
            monotonic=monotonic,
        )
    )
    demo_shop = providers.Factory(
        DemoShop,
        units=unit_of_work.provider,
        catalogue=catalogue_reader,
        placing=group_placer,
        settle=settlement.provided.settle,
        clock=clock,
        ids=ids,
        provider=payment_gateway.provided.name,
    )
    demo_traffic = providers.Factory(
        DemoTraffic,
        placing=order_processor,
        catalogue=catalogue_reader,
        clock=clock,
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
        await container.rate_limiter().close()
        await container.database().dispose()


def _plain_values(settings: Settings) -> dict[str, object]:
    """The settings as the constructors want them: secrets opened, names made one."""
    return settings.model_dump() | {
        "database_dsn": settings.database_dsn,
        "captures_at_once": settings.payment_capture == "automatic",
        "webhook_secrets": settings.webhook_secrets,
        "jwt_secrets": settings.jwt_secrets,
        "api_secret_key": settings.api_secret_key.get_secret_value(),
        "payment_api_key": settings.payment_api_key and settings.payment_api_key.get_secret_value(),
        "redis_url": settings.redis_url and settings.redis_url.get_secret_value(),
    }
