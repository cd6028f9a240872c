"""Every foreseen error becomes one sentence on standard error and a documented exit code."""

import json

import pytest

from orderwright.cli.exit_codes import MEANING, ExitCode
from orderwright.cli.failures import Failure, explained
from orderwright.domain.errors import (
    Conflict,
    DomainError,
    Forbidden,
    NotFound,
    PreconditionFailed,
    Rejected,
    Unauthenticated,
    Unavailable,
)


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (NotFound("no order 7"), 3),
        (Conflict("already shipped"), 4),
        (Rejected("no such currency"), 4),
        (Forbidden("not for you"), 4),
        (Unauthenticated("who are you?"), 4),
        (PreconditionFailed("changed meanwhile"), 4),
        (Unavailable("the database is away"), 5),
        (Failure("not now", code="not_now", exit_code=ExitCode.UNAVAILABLE), 5),
    ],
)
def test_each_kind_of_error_has_its_exit_code(
    error: DomainError | Failure, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop, explained(as_json=False):
        raise error

    assert stop.value.code == exit_code
    printed = capsys.readouterr()
    assert printed.err == f"orderwright: {error.detail}\n"
    assert printed.out == ""


def test_with_json_the_error_is_json_with_its_facts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), explained(as_json=True):
        raise Conflict("already shipped", current_status="shipped", allowed=[])

    printed = capsys.readouterr()
    assert printed.out == ""
    assert json.loads(printed.err) == {
        "detail": "already shipped",
        "code": "conflict",
        "current_status": "shipped",
        "allowed": [],
    }


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), explained(as_json=False):
        raise ZeroDivisionError


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANING) == set(ExitCode)
