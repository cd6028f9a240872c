"""The world outside, the database, and who is calling."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from random import Random

from dependency_injector import containers, providers

from orderwright.application.queries.authenticate import Authenticator
from orderwright.application.services.known_callers import KnownCallers
from orderwright.application.services.sign_in_guard import SignInGuard
from orderwright.application.services.token_pair import TokenIssuer
from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.user import User
from orderwright.domain.interfaces.readers import CallerReader
from orderwright.infrastructure.concurrency.process_pool import ProcessRunner
from orderwright.infrastructure.crash_points import crash_points
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.engines import Limits
from orderwright.infrastructure.database.readers.access import SqlAccessReader
from orderwright.infrastructure.database.readers.catalogue import SqlCatalogueReader
from orderwright.infrastructure.database.readers.full_orders import SqlFullOrderReader
from orderwright.infrastructure.database.readers.open_operations import SqlOpenOperationReader
from orderwright.infrastructure.database.readers.order_details import SqlOrderDetailsReader
from orderwright.infrastructure.database.readers.orders import SqlOrderReader
from orderwright.infrastructure.database.readers.sales import SqlSalesReader
from orderwright.infrastructure.database.readers.sales_elsewhere import SalesElsewhere
from orderwright.infrastructure.database.readers.webhooks import SqlWebhookReader
from orderwright.infrastructure.database.schema import Schema
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from orderwright.infrastructure.messaging.broker_publisher import Broker, BrokerPublisher
from orderwright.infrastructure.messaging.wake_up import WakeUp
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog
from orderwright.infrastructure.observability.metrics import Metrics
from orderwright.infrastructure.resilience.breakers import Breakers
from orderwright.infrastructure.resilience.circuit_breaker import BreakerSettings
from orderwright.infrastructure.security.jwt_tokens import JwtAccessTokens
from orderwright.infrastructure.security.passwords import Argon2Passwords
from orderwright.infrastructure.security.rate_limits import build_rate_limiter, rates_by_policy
from orderwright.infrastructure.security.secret_hashes import HmacSecrets
from orderwright.infrastructure.system.clock import SystemClock
from orderwright.infrastructure.system.ids import TimeOrderedIds


def _known_callers(
    database: Database, access: CallerReader, monotonic: Callable[[], float]
) -> KnownCallers:
    callers = KnownCallers(access, monotonic)
    database.when_changed((User, ApiKey), callers.forget)
    return callers


def wake_all(*wake_ups: WakeUp) -> Callable[..., None]:
    """Whatever they are told."""

    def wake(*_: object) -> None:
        for each in wake_ups:
            each.wake()

    return wake


def _arq(redis_url: str) -> Broker:
    from orderwright.infrastructure.messaging.arq_queue import ArqBroker  # noqa: PLC0415 - an extra

    return ArqBroker(redis_url)


def _celery(url: str) -> Broker:
    from orderwright.infrastructure.messaging.celery_queue import (  # noqa: PLC0415 - an extra
        CeleryBroker,
    )

    return CeleryBroker(url)


class Foundation(containers.DeclarativeContainer):
    """What every other part stands on: clock and chance, the database, who is calling."""

    config = providers.Configuration()

    # The world outside the rules
    clock = providers.Singleton(SystemClock)
    ids = providers.Singleton(TimeOrderedIds)
    monotonic = providers.Object(time.monotonic)
    random = providers.Singleton(Random)
    failure_log = providers.Singleton(StructuredFailureLog)
    metrics = providers.Singleton(Metrics)
    crash_point = providers.Singleton(crash_points, config.crash_points)
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
        listener=metrics.provided.circuit,
    )

    # Database
    database_limits = providers.Factory(
        Limits,
        pool_size=config.database_pool_size,
        pool_timeout_s=config.database_pool_timeout_seconds,
        lock_timeout_s=config.database_lock_timeout_seconds,
        statement_timeout_s=config.database_statement_timeout_seconds,
    )
    database = providers.Singleton(Database, config.database_dsn, limits=database_limits)
    schema = providers.Singleton(Schema, config.database_dsn)
    wake_up = providers.Singleton(WakeUp)
    processing_wake_up = providers.Singleton(WakeUp)
    relay_wake_up = providers.Singleton(WakeUp)
    webhook_wake_up = providers.Singleton(WakeUp)
    events_wait = relay_wake_up.provided.wake
    task_publisher = providers.Singleton(
        BrokerPublisher,
        providers.Selector(
            config.task_backend,
            arq=providers.Singleton(_arq, config.redis_url),
            celery=providers.Singleton(_celery, config.celery_broker),
        ),
    )
    tasks_wait = providers.Selector(
        config.task_backend,
        embedded=providers.Singleton(wake_all, wake_up, processing_wake_up),
        arq=task_publisher.provided.tell,
        celery=task_publisher.provided.tell,
    )
    unit_of_work = providers.Factory(
        SqlUnitOfWork,
        database,
        clock,
        crash_point,
        request_lease=providers.Factory(timedelta, seconds=config.idempotency_lease_seconds),
        tasks_wait=tasks_wait,
        events_wait=events_wait,
        webhooks_wait=webhook_wake_up.provided.wake,
    )
    order_reader = providers.Singleton(SqlOrderReader, database)
    full_order_reader = providers.Singleton(SqlFullOrderReader, database, order_reader)
    order_details_reader = providers.Singleton(SqlOrderDetailsReader, database)
    open_operation_reader = providers.Singleton(SqlOpenOperationReader, database)
    # Each may take a core, and one of the database's, for seconds.
    report_processes = providers.Singleton(
        ProcessRunner, "reports", processes=2, waiting_max=8, timeout_s=60.0
    )
    sales_reader = providers.Singleton(
        SalesElsewhere,
        providers.Singleton(SqlSalesReader, database),
        report_processes,
        config.database_dsn,
        database_limits,
    )
    catalogue_reader = providers.Singleton(SqlCatalogueReader, database)
    access_reader = providers.Singleton(SqlAccessReader, database)
    webhook_reader = providers.Singleton(SqlWebhookReader, database)

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
