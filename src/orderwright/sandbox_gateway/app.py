from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette

from orderwright.sandbox_gateway.faults import Modes
from orderwright.sandbox_gateway.gateway import Gateway
from orderwright.sandbox_gateway.ledger import Ledger
from orderwright.sandbox_gateway.routes import Routes
from orderwright.sandbox_gateway.webhooks import Webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTarget:
    url: str
    secret: str


def create_app(
    file: Path,
    *,
    api_key: str | None = None,
    seed: int | None = None,
    webhook: WebhookTarget | None = None,
) -> Starlette:
    """The gateway with its ledger in `file`, to be served over `delivery.Connection` by one process.

    Made inside the event loop that serves it.
    """
    ledger = Ledger(file)
    webhooks = None if webhook is None else Webhooks(ledger, webhook.url, webhook.secret)
    wake = None if webhooks is None else webhooks.wake
    gateway = Gateway(ledger, Modes(seed=seed), wake)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        sending = asyncio.create_task(webhooks.run()) if webhooks else None
        yield
        if sending is not None:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
        ledger.close()

    return Starlette(routes=Routes(gateway, api_key=api_key).routes(), lifespan=lifespan)
