"""Does signing in take longer for a name that somebody has? Measured, not assumed: real hashing, known
and unknown names in turn, and Welch's t of the two. `python -m devtools.sign_in_timing [PAIRS]`
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from math import sqrt
from pathlib import Path
from statistics import fmean, variance
from typing import TYPE_CHECKING

import httpx2

from orderwright.application.commands.create_user import CreateUser, create_user
from orderwright.config import Settings
from orderwright.container import build_container
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.main import create_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI

    from orderwright.container import Container


async def measure(pairs: int) -> tuple[list[float], list[float]]:
    """Seconds of a refused sign-in with a known and with an unknown name."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings.load(
            env_file=None, data_dir=Path(directory), rate_limit_enabled=False, log_level="ERROR"
        )
        container = build_container(settings)
        app = create_app(settings, container)
        async with app.router.lifespan_context(app):
            await _sign_up(container, pairs)
            known, unknown = [], []
            for number in range(pairs):
                known.append(await _refused(app, number, f"known-{number}"))
                unknown.append(await _refused(app, number, f"never-{number}"))
            return known, unknown


async def _sign_up(container: Container, count: int) -> None:
    for number in range(count):
        await create_user(
            CreateUser(
                username=f"known-{number}",
                password="four unlikely words here",  # noqa: S106 - of nobody
                permissions=frozenset(),
            ),
            container.unit_of_work(RequestContext()),
            hasher=container.password_hasher(),
            now=container.clock().now(),
        )


async def _refused(app: FastAPI, number: int, username: str) -> float:
    """From an address of its own: nobody is to wait for having guessed."""
    address = f"198.18.{number // 250}.{number % 250}"
    transport = httpx2.ASGITransport(app=app, client=(address, 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://timing.test") as client:
        began = time.perf_counter()
        answer = await client.post("/token", data={"username": username, "password": "a guess"})
        took = time.perf_counter() - began
    answer.raise_for_status() if answer.status_code != httpx2.codes.UNAUTHORIZED else None
    return took


def welch_t(one: Sequence[float], other: Sequence[float]) -> float:
    """Beyond about 2.6 the means differ (p < 0.01 for large samples)."""
    error = sqrt(variance(one) / len(one) + variance(other) / len(other))
    return (fmean(one) - fmean(other)) / error


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    known, unknown = asyncio.run(measure(pairs))
    for name, seconds in (("known", known), ("unknown", unknown)):
        print(f"{name:8} {pairs} sign-ins, mean {fmean(seconds) * 1000:.2f} ms")
    print(f"Welch's t = {welch_t(known, unknown):+.2f}")


if __name__ == "__main__":
    main()
