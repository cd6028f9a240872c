"""Those whom the service asks: whether they answer from here, now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orderwright.application.queries.dependencies import dependencies
from orderwright.cli.diagnosis.check import Check, ok, warn

if TYPE_CHECKING:
    from orderwright.application.queries.dependencies import DependencyStatus
    from orderwright.container import Container

_FIXES: Final = {
    "payments": "correct PAYMENT_API_URL and PAYMENT_API_KEY, or wait for the provider: orders stay "
    "unpaid",
    "broker": "start it, or correct REDIS_URL and CELERY_BROKER_URL: tasks begin seconds later",
}


async def checks(container: Container) -> list[Check]:
    """A warning at most: without them the service still takes orders."""
    try:
        found = await dependencies(container.watched_dependencies(), container.breakers())
    finally:
        for each in container.task_publishers():
            await each.stop()
    return [_check(each) for each in found]


def _check(status: DependencyStatus) -> Check:
    known, circuit = status.reachability, status.circuit
    state = f", circuit {circuit.state}" if circuit else ""
    if known.reachable:
        return ok(known.name, f"{known.provider} answers in {known.latency_ms} ms{state}")
    return warn(
        known.name,
        f"{known.provider} does not answer: {known.reason}{state}",
        fix=_FIXES[known.name],
    )
