from orderwright.cli.exit_codes import ExitCode
from tests.integration.cli.conftest import CommandLine


def test_there_are_no_dead_events_where_nothing_went_wrong(orderwright: CommandLine) -> None:
    assert orderwright("events", "dead", "--json").json == []
    assert orderwright("events", "dead").out == ""


def test_an_event_that_is_not_dead_is_not_offered_again(orderwright: CommandLine) -> None:
    assert orderwright("events", "retry", "mail", "1").exit_code == ExitCode.NOT_FOUND
