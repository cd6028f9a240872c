"""Events on their way to those who asked for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from dependency_injector import providers

from orderwright.application.services.webhook_fan_out import WebhookFanOut
from orderwright.application.services.webhook_sending import SendingLimits, WebhookSending
from orderwright.composition.foundation import Foundation
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.webhooks import WebhookReader
from orderwright.infrastructure.external_services.webhook_client import HttpWebhookClient
from orderwright.infrastructure.messaging.webhook_sender import WebhookSender
from orderwright.infrastructure.security.pinned_network import (
    PinnedNetwork,
    ThreadedResolver,
    pinned_transport,
)
from orderwright.infrastructure.security.sealed_secrets import AesGcmSecrets
from orderwright.infrastructure.security.url_guard import OutboundUrls

# Below the grace of a shutdown: what is still under way then is sent again by whoever comes next.
_STOP_GRACE_S = 1.5


def _due_endpoints(webhooks: WebhookReader, clock: Clock) -> Callable[[], Awaitable[Sequence[int]]]:
    return lambda: webhooks.due_endpoints(clock.now())


def _closing(
    client: HttpWebhookClient, resolver: ThreadedResolver
) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        await client.close()
        resolver.close()

    return close


class WebhookParts(Foundation):
    url_guard = providers.Singleton(
        OutboundUrls,
        ports=providers.Callable(frozenset, Foundation.config.webhook_ports),
        local_too=Foundation.config.webhook_allow_local,
    )
    webhook_sealer = providers.Singleton(
        AesGcmSecrets, Foundation.config.api_secret_keys, "webhook secrets"
    )
    webhook_rotation = providers.Factory(timedelta, hours=Foundation.config.webhook_rotation_hours)
    webhook_fan_out = providers.Singleton(
        WebhookFanOut, Foundation.webhook_reader, Foundation.clock
    )
    resolver = providers.Singleton(ThreadedResolver)
    webhook_client = providers.Singleton(
        HttpWebhookClient,
        providers.Singleton(
            pinned_transport,
            providers.Singleton(PinnedNetwork, url_guard, resolver),
            connections_max=Foundation.config.webhook_concurrency,
        ),
        url_guard,
        Foundation.breakers,
        Foundation.clock.provided.now,
        timeout_s=Foundation.config.webhook_timeout_seconds,
        at_once=Foundation.config.webhook_concurrency,
    )
    webhook_sending = providers.Singleton(
        WebhookSending,
        Foundation.unit_of_work.provider,
        webhook_client,
        webhook_sealer,
        Foundation.clock,
        providers.Factory(
            SendingLimits,
            delays_s=Foundation.config.webhook_retry_seconds,
            lease=providers.Factory(timedelta, seconds=Foundation.config.webhook_lease_seconds),
            bear_for=providers.Factory(
                timedelta, days=Foundation.config.webhook_disable_after_days
            ),
        ),
        failures=Foundation.failure_log,
        chance=Foundation.random.provided.random,
        reached=Foundation.crash_point,
    )
    webhook_sender = providers.Singleton(
        WebhookSender,
        providers.Singleton(_due_endpoints, Foundation.webhook_reader, Foundation.clock),
        webhook_sending.provided.send_due,
        providers.Singleton(_closing, webhook_client, resolver),
        Foundation.failure_log,
        Foundation.webhook_wake_up,
        poll_s=Foundation.config.webhook_poll_seconds,
        at_once_each=Foundation.config.webhook_endpoint_concurrency,
        stop_grace_s=_STOP_GRACE_S,
    )
