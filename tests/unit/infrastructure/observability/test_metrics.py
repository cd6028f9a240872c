import os
import subprocess
import sys
from pathlib import Path

import pytest

from orderwright.infrastructure.observability.metrics import SHARED_IN, Metrics
from orderwright.infrastructure.resilience.breakers import Breakers
from orderwright.infrastructure.resilience.circuit_breaker import BreakerSettings

_ONE_OF_SEVERAL = """
import os, sys
from orderwright.infrastructure.observability.metrics import Metrics
from orderwright.infrastructure.resilience.circuit_breaker import BreakerReport, CircuitState
metrics = Metrics()
metrics.payment("succeeded", 0.2)
metrics.retried("payments")
state = CircuitState(sys.argv[1])
metrics.circuit(BreakerReport(name="payments", state=state, failures=5, opened_at=None, trips=1))
print(metrics.text().decode())
"""


def samples(text: bytes | str) -> set[str]:
    text = text.decode() if isinstance(text, bytes) else text
    return {line for line in text.splitlines() if not line.startswith("#")}


class Service:
    is_down = True

    async def call(self) -> None:
        if self.is_down:
            raise ConnectionError


async def test_an_outage_and_the_recovery_from_it_are_seen_in_the_metric() -> None:
    metrics, service, seconds = Metrics(), Service(), [0.0]
    breakers = Breakers(
        BreakerSettings(failure_threshold=2, recovery_timeout_s=30.0),
        monotonic=lambda: seconds[0],
        listener=metrics.circuit,
    )
    breaker = breakers.named("payments")
    assert samples(metrics.text()) >= {'circuit_state{name="payments"} 0.0'}

    for _ in range(2):
        with pytest.raises(ConnectionError):
            await breaker.call(service.call)
    assert samples(metrics.text()) >= {
        'circuit_state{name="payments"} 2.0',
        'circuit_open_total{name="payments"} 1.0',
    }

    seconds[0], service.is_down = 30.0, False
    await breaker.call(service.call)
    assert samples(metrics.text()) >= {
        'circuit_state{name="payments"} 0.0',
        'circuit_open_total{name="payments"} 1.0',
    }


def test_payments_are_counted_by_outcome_and_measured() -> None:
    metrics = Metrics()
    metrics.payment("succeeded", 0.2)
    metrics.payment("unknown", 10.0)

    assert samples(metrics.text()) >= {
        'payment_requests_total{outcome="succeeded"} 1.0',
        'payment_requests_total{outcome="unknown"} 1.0',
        'payment_request_duration_seconds_bucket{le="0.1"} 0.0',
        'payment_request_duration_seconds_bucket{le="0.25"} 1.0',
        "payment_request_duration_seconds_count 2.0",
    }


def test_processes_that_share_a_directory_tell_the_sum_and_only_how_the_living_are(
    tmp_path: Path,
) -> None:
    shared = {**os.environ, SHARED_IN: str(tmp_path)}
    told = [
        subprocess.run(
            [sys.executable, "-c", _ONE_OF_SEVERAL, state],
            env=shared,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for state in ("open", "closed")
    ]

    assert samples(told[1]) >= {
        'payment_requests_total{outcome="succeeded"} 2.0',
        'retries_total{name="payments"} 2.0',
        'circuit_open_total{name="payments"} 1.0',
        'circuit_state{name="payments"} 0.0',
    }
