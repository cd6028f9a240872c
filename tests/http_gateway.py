"""The HTTP adapter as the container builds it, but for how long it waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import httpx2

from orderwright.infrastructure.external_services.payments_http import HttpGateway
from orderwright.infrastructure.resilience.bounded_client import BoundedClient, ClientLimits
from orderwright.infrastructure.resilience.breakers import Breakers
from orderwright.infrastructure.resilience.circuit_breaker import BreakerSettings
from orderwright.infrastructure.resilience.guarded_client import GuardedClient
from orderwright.infrastructure.resilience.http_answers import Answer, transient_answer
from orderwright.infrastructure.resilience.retry import (
    Retry,
    RetryPolicy,
    transient_unless_sent,
)
from orderwright.infrastructure.resilience.retry_budget import RetryBudget
from tests.sandbox_process import KEY

_HURRIED: Final = RetryPolicy("hurried", 3, wait_min_s=0.001, wait_max_s=0.001, total_s=0.5)


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def http_gateway(
    url: str,
    *,
    key: str = KEY,
    patience_s: float = 30.0,
    failure_threshold: int = 1_000,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> AsyncIterator[HttpGateway]:
    limits = ClientLimits(idle_s=patience_s, total_s=patience_s)
    async with BoundedClient(limits, transport=transport) as client:
        settings = BreakerSettings(failure_threshold=failure_threshold)
        breaker = Breakers(settings).named("payments")
        budget = RetryBudget(share=1.0, reserve=1_000)
        random = Random(1)  # noqa: S311 - spreads waits, guards nothing
        sending = Retry[Answer](
            _HURRIED, budget=budget, random=random, of_error=transient_unless_sent
        )
        asking = Retry[Answer](
            _HURRIED, budget=budget, random=random, of_result=transient_answer(_now)
        )
        yield HttpGateway(
            sending=GuardedClient(client, breaker, sending, patience_s),
            asking=GuardedClient(client, breaker, asking, patience_s),
            api_url=url,
            api_key=key,
            key_lifetime=timedelta(hours=24),
            now=_now,
        )
