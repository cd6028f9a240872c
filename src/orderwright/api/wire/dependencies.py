from typing import Literal

from orderwright.api.wire.body import Shown, Time
from orderwright.application.queries.dependencies import DependencyStatus


class CircuitJson(Shown):
    """Of this process: each finds out by itself. `failures` are those that count now; `opened_at` is
    the begin of the outage; `retry_after_s` is 0 unless the circuit is open."""

    state: Literal["closed", "open", "half_open"]
    failures: int
    opened_at: Time | None
    trips: int
    retry_after_s: int


class DependencyJson(Shown):
    """`stale`: it does not answer now, for the `reason` told, and all else is of the last time that it
    did, `age_s` ago. Without an answer in the last five minutes it is not `reachable`."""

    name: str
    provider: str
    reachable: bool
    latency_ms: float | None
    as_of: Time | None
    age_s: float | None
    stale: bool
    reason: str | None
    circuit: CircuitJson | None

    @classmethod
    def of(cls, status: DependencyStatus) -> "DependencyJson":
        known = status.reachability
        circuit = status.circuit
        return cls(
            name=known.name,
            provider=known.provider,
            reachable=known.reachable,
            latency_ms=known.latency_ms,
            as_of=known.as_of,
            age_s=known.age_s,
            stale=known.stale,
            reason=known.reason,
            circuit=None if circuit is None else CircuitJson.model_validate(circuit),
        )
