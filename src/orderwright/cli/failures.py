"""From an exception to one sentence on standard error and an exit code."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from orderwright.cli.exit_codes import ExitCode
from orderwright.domain.errors import DomainError, NotFound, Unavailable


class Failure(Exception):
    """A command that cannot go on, and knows why."""

    def __init__(self, detail: str, *, code: str, exit_code: ExitCode, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.exit_code = exit_code
        self.facts = facts


@contextmanager
def explained(*, as_json: bool) -> Iterator[None]:
    """Turn every foreseen error into its explanation; leave bugs their traceback."""
    try:
        yield
    except (DomainError, Failure) as error:
        _show(error, as_json=as_json)
        sys.exit(_exit_code(error))


def _show(error: DomainError | Failure, *, as_json: bool) -> None:
    if as_json:
        body = {"detail": error.detail, "code": error.code} | error.facts
        sys.stderr.write(json.dumps(body, default=str) + "\n")
    else:
        sys.stderr.write(f"orderwright: {error.detail}\n")


def _exit_code(error: DomainError | Failure) -> ExitCode:
    if isinstance(error, Failure):
        return error.exit_code
    if isinstance(error, NotFound):
        return ExitCode.NOT_FOUND
    return ExitCode.UNAVAILABLE if isinstance(error, Unavailable) else ExitCode.REFUSED
