"""Calls of the payment gateway, and what guards them."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from dependency_injector import providers

from orderwright.composition.foundation import Foundation
from orderwright.infrastructure.external_services.gateway_webhooks import webhooks_by_provider
from orderwright.infrastructure.external_services.payments_http import HttpGateway
from orderwright.infrastructure.external_services.payments_measured import MeasuredGateway
from orderwright.infrastructure.external_services.payments_sandbox import SandboxGateway
from orderwright.infrastructure.external_services.payments_stripe import StripeGateway
from orderwright.infrastructure.resilience.bounded_client import BoundedClient, ClientLimits
from orderwright.infrastructure.resilience.guarded_client import GuardedClient
from orderwright.infrastructure.resilience.http_answers import transient_answer
from orderwright.infrastructure.resilience.retry import Retry, retry_policy, transient_unless_sent
from orderwright.infrastructure.resilience.retry_budget import RetryBudget


class PaymentParts(Foundation):
    payment_client = providers.Singleton(
        BoundedClient,
        providers.Factory(
            ClientLimits,
            concurrency_max=Foundation.config.payment_max_concurrency,
            connect_s=Foundation.config.payment_connect_timeout_seconds,
            # A gateway may think in silence for as long as it may take.
            idle_s=Foundation.config.payment_timeout_seconds,
            total_s=Foundation.config.payment_timeout_seconds,
            answer_bytes_max=Foundation.config.payment_max_answer_bytes,
        ),
    )
    payment_breaker = Foundation.breakers.provided.kept.call("payments")
    payment_retry = providers.Factory(
        Retry,
        providers.Callable(
            retry_policy,
            Foundation.config.payment_retry_policy,
            total_s=Foundation.config.payment_timeout_seconds,
        ),
        budget=providers.Singleton(RetryBudget, Foundation.config.payment_retry_share),
        random=providers.Singleton(Random),
        listener=Foundation.metrics.provided.retried,
    )
    guarded_payment_client = providers.Singleton(
        GuardedClient,
        payment_client,
        payment_breaker,
        providers.Factory(
            payment_retry,
            of_result=providers.Callable(transient_answer, Foundation.clock.provided.now),
        ),
        total_s=Foundation.config.payment_timeout_seconds,
    )
    # Sends nothing again that may have been carried out.
    careful_payment_client = providers.Singleton(
        GuardedClient,
        payment_client,
        payment_breaker,
        providers.Factory(payment_retry, of_error=providers.Object(transient_unless_sent)),
        total_s=Foundation.config.payment_timeout_seconds,
    )

    # Who takes the money
    payment_provider = providers.Selector(
        Foundation.config.payment_provider,
        sandbox=providers.Singleton(SandboxGateway),
        http=providers.Singleton(
            HttpGateway,
            sending=careful_payment_client,
            asking=guarded_payment_client,
            api_url=Foundation.config.payment_api_url,
            api_key=Foundation.config.payment_api_key,
            key_lifetime=providers.Factory(
                timedelta, hours=Foundation.config.payment_key_lifetime_hours
            ),
            now=Foundation.clock.provided.now,
        ),
        stripe=providers.Singleton(
            StripeGateway,
            sending=careful_payment_client,
            asking=guarded_payment_client,
            api_url=Foundation.config.payment_api_url,
            api_key=Foundation.config.payment_api_key,
            now=Foundation.clock.provided.now,
        ),
    )
    payment_gateway = providers.Singleton(
        MeasuredGateway, payment_provider, Foundation.metrics.provided.payment, Foundation.monotonic
    )
    gateway_webhooks = providers.Singleton(
        webhooks_by_provider, Foundation.config.payment_provider, Foundation.config.webhook_secrets
    )
