"""What is counted and measured, for Prometheus.

One process keeps its numbers to itself. Of several, each writes into files of its own in the directory
that `PROMETHEUS_MULTIPROC_DIR` names when it starts, and whichever is asked adds all of them up.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    start_http_server,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from orderwright.domain.interfaces.backlog import Queue
from orderwright.infrastructure.resilience.circuit_breaker import BreakerReport, CircuitState

SHARED_IN: Final = "PROMETHEUS_MULTIPROC_DIR"
_LEVELS: Final = {CircuitState.CLOSED: 0, CircuitState.HALF_OPEN: 1, CircuitState.OPEN: 2}
# A gateway answers in 50 ms to 2 s; 10 s is the time that a payment has.
_PAYMENT_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_WAITS: Final = {
    Queue.OUTBOX: "Events that have no position yet.",
    Queue.TASKS: "Tasks that are due and that nobody runs.",
    Queue.WEBHOOK_DELIVERIES: "Deliveries to webhooks that are due and have not arrived.",
}
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

        self._pending = {queue: self._latest(f"{queue}_pending", _WAITS[queue]) for queue in Queue}
        self._lag = {
            queue: self._latest(
                f"{queue}_lag_seconds", "For how long the oldest of them has waited."
            )
            for queue in Queue
        }
        self._orders_in_progress = self._sum(
            "orders_in_progress", "Orders that are being processed."
        )
        self._placement_queue = self._sum(
            "placement_queue_depth", "Orders that wait to be placed with others."
        )

    def _latest(self, name: str, what: str) -> Gauge:
        """Of what every process sees alike."""
        return Gauge(name, what, registry=self._own, multiprocess_mode="livemostrecent")

    def _sum(self, name: str, what: str) -> Gauge:
        return Gauge(name, what, registry=self._own, multiprocess_mode="livesum")

    def backlog(self, queue: Queue, pending: int, lag_s: float) -> None:
        self._pending[queue].set(pending)
        self._lag[queue].set(lag_s)

    def orders(self, *, in_progress: int, in_queue: int) -> None:
        self._orders_in_progress.set(in_progress)
        self._placement_queue.set(in_queue)

    def circuit(self, report: BreakerReport) -> None:
        self._circuit_state.labels(report.name).set(_LEVELS[report.state])
        if report.state is CircuitState.OPEN:
            self._circuit_open.labels(report.name).inc()

    def retried(self, name: str) -> None:
        self._retries.labels(name).inc()

    def payment(self, outcome: str, seconds: float) -> None:
        self._payment_requests.labels(outcome).inc()
        self._payment_seconds.observe(seconds)

    @contextmanager
    def served(self, host: str, port: int) -> Iterator[int]:
        """By a server of their own, for a process that has none; at which port.

        Raises: OSError: not there.
        """
        server, thread = start_http_server(port, addr=host, registry=self._own)
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

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
