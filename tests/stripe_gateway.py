"""The Stripe adapter as the container builds it, but for how long it waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random
from typing import Final

import httpx2

from orderwright.infrastructure.external_services.payments_stripe import StripeGateway
from orderwright.infrastructure.resilience.bounded_client import BoundedClient, ClientLimits
from orderwright.infrastructure.resilience.breakers import Breakers
from orderwright.infrastructure.resilience.circuit_breaker import BreakerSettings
from orderwright.infrastructure.resilience.guarded_client import GuardedClient
from orderwright.infrastructure.resilience.http_answers import Answer, transient_answer
from orderwright.infrastructure.resilience.retry import STANDARD, Retry, transient_unless_sent
from orderwright.infrastructure.resilience.retry_budget import RetryBudget
from tests.builders import NOW

KEY: Final = "sk_test_" + "k" * 32


@asynccontextmanager
async def stripe_gateway(url: str, *, tries: int = 1) -> AsyncIterator[StripeGateway]:
    # To read all certificates there are would cost each test a third of a second.
    plain = httpx2.AsyncHTTPTransport(verify=False)
    policy = replace(STANDARD, attempts_max=tries, wait_min_s=0, wait_max_s=0)
    budget, random = RetryBudget(), Random(1)  # noqa: S311 - spreads waits, guards nothing
    async with BoundedClient(ClientLimits(total_s=5), transport=plain) as client:
        breaker = Breakers(BreakerSettings(failure_threshold=3)).named("payments")
        sending = Retry[Answer](
            policy, budget=budget, random=random, of_error=transient_unless_sent
        )
        asking = Retry[Answer](
            policy, budget=budget, random=random, of_result=transient_answer(lambda: NOW)
        )
        yield StripeGateway(
            sending=GuardedClient(client, breaker, sending, total_s=5),
            asking=GuardedClient(client, breaker, asking, total_s=5),
            api_key=KEY,
            api_url=url,
            now=lambda: NOW,
        )
