"""`python -m tests.chaos.payments --kills 50`: paid orders, a misbehaving gateway and a killed worker,
on both databases."""

import argparse
import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.infrastructure.database import migrate
from tests.chaos.payment_storm import PaymentStorm, Reckoning
from tests.sandbox_process import KEY, SandboxProcess
from tests.server_process import PreloadedServer

# So that what was lost by a kill is found again while somebody watches.
QUICK: Final = {
    "LOG_LEVEL": "WARNING",
    "TASK_LEASE_SECONDS": "1",
    "TASK_RETRY_SECONDS": "1",
    "TASK_RETRIES_MAX": "50",
    "IDEMPOTENCY_LEASE_SECONDS": "1",
    "PAYMENT_TIMEOUT_SECONDS": "0.9",
    "PAYMENT_CONNECT_TIMEOUT_SECONDS": "0.5",
    "CIRCUIT_RECOVERY_SECONDS": "1",
}


async def storm(url: str, directory: Path, *, kills: int, seed: int) -> Reckoning:
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(SandboxProcess(directory))
        server = await stack.enter_async_context(
            PreloadedServer(
                url,
                directory,
                PAYMENT_PROVIDER="http",
                PAYMENT_API_URL=gateway.url,
                PAYMENT_API_KEY=KEY,
                **QUICK,
            )
        )
        key = await server.api_key()
        return await PaymentStorm(server, gateway, key, kills, seed).run()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with EmbeddedPostgres(durable=True) as postgres:
        for kind in ("sqlite", "postgresql"):
            with tempfile.TemporaryDirectory() as directory:
                url = f"sqlite+aiosqlite:///{directory}/storm.db"
                url = url if kind == "sqlite" else postgres.url()
                asyncio.run(migrate.upgrade(url))
                reckoning = asyncio.run(
                    storm(url, Path(directory), kills=chosen.kills, seed=chosen.seed)
                )
                print(f"{kind}: {reckoning}")  # noqa: T201 - its output is what it prints
                if not reckoning.is_clean:
                    raise SystemExit(1)


if __name__ == "__main__":
    main()
