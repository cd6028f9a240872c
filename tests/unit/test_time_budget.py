"""Of two limits the inner one ends first, or the service does not start."""

import pytest

from orderwright.config import Settings
from orderwright.config_faults import BadConfiguration


def faults(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, str]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadConfiguration) as caught:
        Settings.load(env_file=None)
    return {fault.name: fault.problem for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("inner", "value", "outer"),
    [
        ("DATABASE_LOCK_TIMEOUT_SECONDS", "2", "DATABASE_STATEMENT_TIMEOUT_SECONDS"),
        ("DATABASE_STATEMENT_TIMEOUT_SECONDS", "8", "REQUEST_DEADLINE_SECONDS"),
        ("DATABASE_POOL_TIMEOUT_SECONDS", "9", "REQUEST_DEADLINE_SECONDS"),
        ("PAYMENT_TIMEOUT_SECONDS", "15", "TASK_LEASE_SECONDS"),
        ("SHUTDOWN_GRACE_SECONDS", "10", "STOP_TIMEOUT_SECONDS"),
    ],
)
def test_an_inner_limit_must_be_below_the_one_around_it(
    inner: str, value: str, outer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = faults(monkeypatch, **{inner: value})

    assert found == {outer: f"must be more than {inner}"}


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = faults(
        monkeypatch,
        DATABASE_STATEMENT_TIMEOUT_SECONDS="9",
        DATABASE_POOL_TIMEOUT_SECONDS="9",
        PAYMENT_TIMEOUT_SECONDS="20",
        CIRCUIT_FAILURE_THRESHOLD="0",
        LOG_LEVEL="loud",
    )

    assert found["REQUEST_DEADLINE_SECONDS"] == (
        "must be more than DATABASE_STATEMENT_TIMEOUT_SECONDS and DATABASE_POOL_TIMEOUT_SECONDS"
    )
    assert sorted(found) == [
        "CIRCUIT_FAILURE_THRESHOLD",
        "LOG_LEVEL",
        "REQUEST_DEADLINE_SECONDS",
        "TASK_LEASE_SECONDS",
    ]


def test_a_limit_that_cannot_be_read_is_one_fault_and_not_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert list(faults(monkeypatch, PAYMENT_TIMEOUT_SECONDS="soon")) == ["PAYMENT_TIMEOUT_SECONDS"]
