"""The schema at the command line, and who may change it."""

import pytest

from orderwright.cli.exit_codes import ExitCode
from tests.integration.cli.conftest import CommandLine


def test_a_prepared_database_is_at_its_head(orderwright: CommandLine) -> None:
    assert orderwright("db", "check", "--json").json == {"standing": "at_head"}
    assert (
        orderwright("db", "upgrade", "--json").json == orderwright("db", "current", "--json").json
    )


def test_an_older_database_is_behind_and_is_brought_up_again(orderwright: CommandLine) -> None:
    assert orderwright("db", "downgrade", "base", "--yes", "--json").json == {"revision": None}

    checked = orderwright("db", "check")
    assert (checked.exit_code, checked.out) == (ExitCode.UNAVAILABLE, "unversioned\n")
    assert orderwright("db", "upgrade").exit_code == ExitCode.OK
    assert orderwright("db", "check").out == "at_head\n"


def test_a_downgrade_without_a_terminal_wants_to_hear_yes(orderwright: CommandLine) -> None:
    ran = orderwright("db", "downgrade", "base")

    assert ran.exit_code == ExitCode.USAGE
    assert "--yes" in ran.err
    assert orderwright("db", "check").out == "at_head\n"


def test_the_statements_can_be_printed(orderwright: CommandLine) -> None:
    assert "CREATE TABLE orders" in orderwright("db", "upgrade", "--sql").out


def test_sqlite_prepares_itself_for_a_command_that_writes(on_empty_desk: CommandLine) -> None:
    made = on_empty_desk("keys", "create", "--name", "shop", "--permission", "admin", "--json")

    assert made.json["name"] == "shop"
    assert on_empty_desk("db", "check").out == "at_head\n"


def test_an_audit_prepares_nothing(on_empty_desk: CommandLine) -> None:
    ran = on_empty_desk("audit")

    assert ran.exit_code == ExitCode.UNAVAILABLE
    assert "orderwright db upgrade" in ran.err
    assert not list(on_empty_desk.data_dir.glob("*.db"))


def test_a_server_database_is_never_prepared_by_itself(
    postgresql_url: str, on_empty_desk: CommandLine
) -> None:
    settings = {"DATABASE_URL": postgresql_url}
    on_empty_desk("db", "downgrade", "base", "--yes", **settings)

    for command in (("orders", "list"), ("audit",)):
        ran = on_empty_desk(*command, **settings)

        assert ran.exit_code == ExitCode.UNAVAILABLE
        assert "orderwright db upgrade" in ran.err
    assert on_empty_desk("db", "check", **settings).out == "unversioned\n"


@pytest.mark.parametrize("command", [("orders", "list"), ("db", "upgrade"), ("audit",)])
def test_a_database_that_cannot_be_reached_is_said_in_one_line(
    command: tuple[str, ...], on_empty_desk: CommandLine
) -> None:
    away = "postgresql+asyncpg://shop:hunter2@127.0.0.1:9/orders"

    ran = on_empty_desk(*command, DATABASE_URL=away)

    assert ran.exit_code == ExitCode.UNAVAILABLE
    assert "Traceback" not in ran.err
    assert "hunter2" not in ran.err


def test_a_revision_that_does_not_exist_is_told_in_a_sentence(orderwright: CommandLine) -> None:
    for command in ("upgrade", "downgrade"):
        ran = orderwright("db", command, "zzz", *(["--yes"] if command == "downgrade" else []))

        assert (ran.exit_code, ran.out) == (ExitCode.NOT_FOUND, "")
        assert ran.err == "orderwright: the schema has no revision zzz to go to\n"
