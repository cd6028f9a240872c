"""What is counted and measured, for Prometheus.

One process keeps its numbers to itself. Of several, each writes into files of its own in the directory
that `PROMETHEUS_MULTIPROC_DIR` names when it starts, and whichever is asked adds all of them up.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from orderwright.infrastructure.resilience.circuit_breaker import BreakerReport, CircuitState

SHARED_IN: Final = "PROMETHEUS_MULTIPROC_DIR"
_LEVELS: Final = {CircuitState.CLOSED: 0, CircuitState.HALF_OPEN: 1, CircuitState.OPEN: 2}
# A gateway answers in 50 ms to 2 s; 10 s is the time that a payment has.
_PAYMENT_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_OF_PROCESS: Final = re.compile(r"_([0-9]+)\.db$")

disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """Made once a process: processes that share a directory tell theirs apart by process id."""

    def __init__(self) -> None:
        self._own = CollectorRegistry()
        self._circuit_state = Gauge(
            "circuit_state",
            "0 closed, 1 half open, 2 open; of several processes the worst.",
            ["name"],
            registry=self._own,
            multiprocess_mode="livemax",
        )
        self._circuit_open = Counter(
            "circuit_open_total", "How often a circuit opened.", ["name"], registry=self._own
        )
        self._retries = Counter(
            "retries_total", "Calls of others that were tried again.", ["name"], registry=self._own
        )
        self._payment_requests = Counter(
            "payment_requests_total",
            "Operations that the payment gateway was asked to carry out, by what became of them.",
            ["outcome"],
            registry=self._own,
        )
        self._payment_seconds = Histogram(
            "payment_request_duration_seconds",
            "How long the payment gateway took for them, with all tries.",
            registry=self._own,
            buckets=_PAYMENT_SECONDS,
        )

        # Every process sees the same outbox.
        self._outbox_pending = Gauge(
            "outbox_pending",
            "Events that have no position yet.",
            registry=self._own,
            multiprocess_mode="livemostrecent",
        )
        self._outbox_lag = Gauge(
            "outbox_lag_seconds",
            "For how long the oldest of them has waited.",
            registry=self._own,
            multiprocess_mode="livemostrecent",
        )

    def outbox(self, pending: int, lag_s: float) -> None:
        self._outbox_pending.set(pending)
        self._outbox_lag.set(lag_s)

    def circuit(self, report: BreakerReport) -> None:
        self._circuit_state.labels(report.name).set(_LEVELS[report.state])
        if report.state is CircuitState.OPEN:
            self._circuit_open.labels(report.name).inc()

    def retried(self, name: str) -> None:
        self._retries.labels(name).inc()

    def payment(self, outcome: str, seconds: float) -> None:
        self._payment_requests.labels(outcome).inc()
        self._payment_seconds.observe(seconds)

    def text(self) -> bytes:
        """In the text format of Prometheus; reads files where processes share a directory."""
        shared = os.environ.get(SHARED_IN)
        return generate_latest(self._own if shared is None else _of_all(shared))


def _of_all(directory: str) -> CollectorRegistry:
    _forget_the_dead(directory)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, directory)  # type: ignore[no-untyped-call]
    return registry


def _forget_the_dead(directory: str) -> None:
    """What a process that is gone had counted stays; what it was like does not."""
    files = Path(directory).glob("gauge_live*.db")
    pids = {int(found[1]) for file in files if (found := _OF_PROCESS.search(file.name))}
    for pid in pids:
        if not _is_alive(pid):
            with suppress(FileNotFoundError):  # somebody else who reads does the same
                mark_process_dead(pid, directory)  # type: ignore[no-untyped-call]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
