"""Closed-loop load: so many clients, each waiting for its answer before it asks again."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median
from typing import Final

import httpx2

CLIENTS: Final = 16

Ask = Callable[[httpx2.AsyncClient, int], Awaitable[httpx2.Response]]


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests per second of each round, and the median latency of the middle one."""

    rounds: tuple[float, ...]
    p50_ms: float

    @property
    def median(self) -> float:
        return median(self.rounds)

    @property
    def spread(self) -> float:
        return max(self.rounds) - min(self.rounds)


async def one_round(
    client: httpx2.AsyncClient, ask: Ask, expected: int, requests: int
) -> tuple[float, list[float]]:
    """Requests per second, and each one's latency in seconds."""
    numbers = iter(range(requests))
    latencies: list[float] = []

    async def one_client() -> None:
        for number in numbers:
            began = time.perf_counter()
            response = await ask(client, number)
            latencies.append(time.perf_counter() - began)
            assert response.status_code == expected, response.text

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(one_client())
    return requests / (time.perf_counter() - began), latencies


def rate_of(rounds: list[tuple[float, list[float]]]) -> Rate:
    middle = sorted(rounds, key=lambda each: each[0])[len(rounds) // 2]
    return Rate(tuple(round(rate, 1) for rate, _ in rounds), round(median(middle[1]) * 1000, 2))
