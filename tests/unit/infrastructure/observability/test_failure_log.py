from structlog.testing import capture_logs

from orderwright.domain.interfaces.unit_of_work import DatabaseUnavailable
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog


def test_what_is_away_for_a_while_is_a_line_without_a_traceback() -> None:
    with capture_logs() as lines:
        StructuredFailureLog().worker_failed(DatabaseUnavailable("the connection was lost"))

    assert lines == [
        {
            "event": "worker.waits",
            "code": "database_unavailable",
            "detail": "the connection was lost",
            "log_level": "warning",
        }
    ]


def test_the_line_tells_what_the_driver_said() -> None:
    error = DatabaseUnavailable("the connection to the database was lost")
    error.__cause__ = OSError("could not extend file: No space left on device\nHINT: Check disk")
    with capture_logs() as lines:
        StructuredFailureLog().worker_failed(error)

    assert lines[0]["because"] == "OSError: could not extend file: No space left on device"


def test_what_nobody_foresaw_is_told_with_where_it_happened() -> None:
    error = ZeroDivisionError()
    with capture_logs() as lines:
        StructuredFailureLog().worker_failed(error)

    assert lines == [{"event": "worker.failed", "exc_info": error, "log_level": "error"}]
