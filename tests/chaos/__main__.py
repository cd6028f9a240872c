"""`python -m tests.chaos --kills 50`: the storm in earnest, on both databases."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.infrastructure.database import migrate
from tests.chaos.order_storm import OrderStorm
from tests.server_process import PreloadedServer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, EmbeddedPostgres(durable=True) as postgres:
        urls = [f"sqlite+aiosqlite:///{directory}/storm.db", postgres.url()]
        for url in urls:
            asyncio.run(_storm(url, Path(directory), chosen.kills, chosen.seed))


async def _storm(url: str, directory: Path, kills: int, seed: int) -> None:
    await migrate.upgrade(url)
    async with PreloadedServer(url, directory) as server:
        report = await OrderStorm(server, await server.api_key(), kills, seed).run()
    print(f"{url.partition('+')[0]}: {report}")  # noqa: T201 - its output is what it prints
    if report.lost or report.doubled or report.violations:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
