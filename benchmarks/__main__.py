"""`python -m benchmarks`: place, get and list over HTTP on both databases, in interleaved rounds."""

import argparse
import asyncio
import json
import os
import platform
import secrets
import sqlite3
import tempfile
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.load import CLIENTS, Rate, one_round, rate_of
from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.infrastructure.database import migrate
from tests.server_process import ServerProcess
from tests.shop import Shop


class Subject:
    """One server on one database, and what is asked of it."""

    def __init__(self, name: str, server: ServerProcess, client: httpx2.AsyncClient) -> None:
        self.name = name
        self.server = server
        self._client = client

    async def prepare(self) -> None:
        self._shop = await Shop.open(self._client)
        self._products = [
            await self._shop.product(f"BENCH-{number}", stock=10_000_000) for number in range(100)
        ]
        self._order_id = (await self._shop.placed(self._products[0], 2))["id"]

    async def measure(self, requests: int) -> dict[str, tuple[float, list[float]]]:
        return {
            "place": await one_round(self._client, self._place, 201, requests),
            "get": await one_round(self._client, self._get, 200, requests),
            "list": await one_round(self._client, self._list, 200, requests),
        }

    async def _place(self, _client: httpx2.AsyncClient, number: int) -> httpx2.Response:
        body = self._shop.order_for(self._products[number % 100])
        body["items"].append({"product_id": self._products[(number + 37) % 100], "quantity": 2})
        return await self._shop.place(body, secrets.token_hex(16))

    async def _get(self, client: httpx2.AsyncClient, _number: int) -> httpx2.Response:
        return await client.get(f"/api/v1/orders/{self._order_id}")

    async def _list(self, client: httpx2.AsyncClient, _number: int) -> httpx2.Response:
        return await client.get("/api/v1/orders", params={"limit": 20})


async def measure(rounds: int, requests: int) -> dict[str, dict[str, Rate]]:
    """Requests per second by database and operation. Every server is audited afterwards."""
    measured: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(EmbeddedPostgres(durable=True))
        subjects = [
            await _subject(stack, "sqlite", f"sqlite+aiosqlite:///{directory}/bench.db", directory),
            await _subject(stack, "postgresql", postgres.url(), directory),
        ]
        for _ in range(rounds):
            for subject in subjects:
                for operation, figures in (await subject.measure(requests)).items():
                    measured[subject.name][operation].append(figures)
        for subject in subjects:
            assert await subject.server.audit() == [], subject.name
    return {
        name: {operation: rate_of(figures) for operation, figures in operations.items()}
        for name, operations in measured.items()
    }


async def _subject(stack: AsyncExitStack, name: str, url: str, directory: Path) -> Subject:
    home = directory / name
    home.mkdir()
    await migrate.upgrade(url)
    server = await stack.enter_async_context(ServerProcess(url, home))
    client = await stack.enter_async_context(server.client(await server.api_key()))
    subject = Subject(name, server, client)
    await subject.prepare()
    return subject


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=500, help="per round and operation")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    chosen = parser.parse_args()
    rates = asyncio.run(measure(chosen.rounds, chosen.requests))
    machine = {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cores": os.cpu_count(),
        "clients": CLIENTS,
        "rounds": chosen.rounds,
        "requests_per_round": chosen.requests,
    }
    print(machine)
    print(
        f"{'database':<12}{'operation':<11}{'req/s':>9}{'spread':>9}{'p50 ms':>9}{'÷ sqlite':>10}"
    )
    for database, operations in rates.items():
        for operation, rate in operations.items():
            ratio = rate.median / rates["sqlite"][operation].median
            print(
                f"{database:<12}{operation:<11}{rate.median:>9.1f}{rate.spread:>9.1f}"
                f"{rate.p50_ms:>9.2f}{ratio:>10.2f}"
            )
    if chosen.json:
        figures = {
            database: {operation: asdict(rate) for operation, rate in operations.items()}
            for database, operations in rates.items()
        }
        chosen.json.write_text(json.dumps({"machine": machine, "rates": figures}, indent=2))


if __name__ == "__main__":
    main()
