"""How long anything may take, and how much of it there may be at once: one table, checked as a whole.

From the inside outwards, each limit is below the one around it: lock < statement < request, and one
payment with all its tries < the lease of the task that makes it. What ends inside can still be told;
what is cut off from outside is found out later, by a lease that runs out.
"""

from typing import Final, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

# What must be above what: the second is never so large that the first cuts it off.
_ABOVE: Final[dict[str, tuple[str, ...]]] = {
    "database_statement_timeout_seconds": ("database_lock_timeout_seconds",),
    "request_deadline_seconds": (
        "database_statement_timeout_seconds",
        "database_pool_timeout_seconds",
    ),
    "task_lease_seconds": ("payment_timeout_seconds",),
    "stop_timeout_seconds": ("shutdown_grace_seconds",),
}


class TimeBudget(BaseSettings):
    """Field order matters: each is checked against those above it."""

    database_lock_timeout_seconds: float = Field(
        1.0, gt=0, le=300, description="How long a statement waits for a locked row (PostgreSQL)."
    )
    database_statement_timeout_seconds: float = Field(
        2.0, gt=0, le=300, description="How long one statement may take (PostgreSQL)."
    )
    database_pool_timeout_seconds: float = Field(
        5.0, gt=0, le=300, description="How long a request waits for a free connection."
    )
    request_deadline_seconds: float = Field(
        8.0,
        gt=0,
        le=300,
        description="How long the calls to other services that a request makes may take in all; must "
        "exceed one statement and one wait for a connection.",
    )
    idempotency_lease_seconds: float = Field(
        15.0,
        gt=0,
        le=3600,
        description="How long an interrupted request keeps its key from being taken over by a retry.",
    )
    payment_connect_timeout_seconds: float = Field(
        2.0, gt=0, le=60, description="How long connecting to the payment gateway may take."
    )
    # Who sent an operation that has been open for 30 s (`IN_FLIGHT`) is taken for gone.
    payment_timeout_seconds: float = Field(
        10.0,
        gt=0,
        le=25,
        description="How long one call of the payment gateway may take with all its tries; after "
        "that its outcome is unknown and looked up.",
    )
    payment_retry_policy: Literal["standard", "aggressive"] = Field(
        "standard", description="`standard` tries up to 3 times, `aggressive` up to 6."
    )
    payment_retry_share: float = Field(
        0.1, ge=0, le=1, description="Retries of the payment gateway as a share of the calls."
    )
    payment_max_concurrency: int = Field(
        20, ge=1, le=1_000, description="Calls of the payment gateway at once, in a process."
    )
    payment_max_answer_bytes: int = Field(
        1024 * 1024,
        ge=1024,
        le=25 * 1024 * 1024,
        description="Largest answer of the payment gateway that is read, decompressed.",
    )
    circuit_failure_threshold: int = Field(
        5,
        ge=1,
        le=1_000,
        description="Failures, less successes, after which a service is left alone.",
    )
    circuit_window_seconds: float = Field(
        60.0, gt=0, le=3600, description="How long a failure counts for that."
    )
    circuit_recovery_seconds: float = Field(
        30.0,
        gt=0,
        le=3600,
        description="How long it is left alone before one call finds out whether it is back.",
    )
    task_lease_seconds: float = Field(
        15.0,
        gt=0,
        le=3600,
        description="How long a silent worker keeps a task; must exceed `PAYMENT_TIMEOUT_SECONDS`.",
    )
    shutdown_grace_seconds: int = Field(
        8, ge=1, le=300, description="How long running requests may take to finish on SIGTERM."
    )
    stop_timeout_seconds: int = Field(
        10,
        ge=1,
        le=3600,
        description="After how long whoever sends SIGTERM also sends SIGKILL, such as "
        "`docker stop --time`; must exceed `SHUTDOWN_GRACE_SECONDS`.",
    )

    @field_validator(*_ABOVE)
    @classmethod
    def _longer_than_what_happens_within(cls, value: float, info: ValidationInfo) -> float:
        inner = _ABOVE[str(info.field_name)]
        # One that is missing has a fault of its own.
        too_long = [name for name in inner if info.data.get(name, 0) >= value]
        if too_long:
            raise ValueError(f"must be more than {' and '.join(map(str.upper, too_long))}")
        return value
