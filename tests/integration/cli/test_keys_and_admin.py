"""Credentials made at the command line work over HTTP and are stored only as hashes."""

import pytest

from orderwright.cli.exit_codes import ExitCode
from tests.integration.cli.conftest import CommandLine


def test_a_key_is_shown_once_and_listed_without_itself(orderwright: CommandLine) -> None:
    created = orderwright(
        *("keys", "create", "--name", "shop", "--json"),
        *("--permission", "orders:write", "--permission", "orders:read"),
    ).json

    assert created.keys() == {"id", "name", "key", "permissions"}
    assert created["name"] == "shop"
    assert created["permissions"] == ["orders:read", "orders:write"]
    listed = orderwright("keys", "list", "--json")
    assert [key["id"] for key in listed.json] == [created["id"]]
    assert created["key"] not in listed.out


def test_a_key_can_be_revoked(orderwright: CommandLine) -> None:
    made = orderwright("keys", "create", "--name", "shop", "--permission", "admin", "--json").json

    assert orderwright("keys", "revoke", str(made["id"])).exit_code == ExitCode.OK

    (listed,) = orderwright("keys", "list", "--json").json
    assert listed["revoked_at"] is not None


def test_a_key_that_does_not_exist_cannot_be_revoked(orderwright: CommandLine) -> None:
    ran = orderwright("keys", "revoke", "999")

    assert ran.exit_code == ExitCode.NOT_FOUND
    assert ran.out == ""


@pytest.mark.parametrize("name", ["", "  ", "k" * 101, "a\nb", "\x1b[31m"], ids=ascii)
def test_a_key_has_a_name_that_lists_and_logs_can_show(
    name: str, on_empty_desk: CommandLine
) -> None:
    ran = on_empty_desk("keys", "create", "--name", name, "--permission", "admin")

    assert (ran.exit_code, ran.out) == (ExitCode.USAGE, "")


def test_a_permission_that_does_not_exist_is_a_mistake_of_usage(orderwright: CommandLine) -> None:
    ran = orderwright("keys", "create", "--name", "shop", "--permission", "everything")

    assert ran.exit_code == ExitCode.USAGE
    assert orderwright("keys", "list", "--json").json == []


def test_an_admin_is_created_with_a_password_from_standard_input(orderwright: CommandLine) -> None:
    created = orderwright(
        *("admin", "create", "ops@example.com", "--password-stdin", "--json"),
        stdin="a long enough passphrase\n",
    ).json

    assert created["username"] == "ops@example.com"
    assert created["permissions"] == ["admin"]
    assert isinstance(created["id"], int)


def test_the_same_admin_is_not_created_twice(orderwright: CommandLine) -> None:
    arguments = ("admin", "create", "ops@example.com", "--password-stdin", "--json")
    orderwright(*arguments, stdin="a long enough passphrase\n")

    again = orderwright(*arguments, stdin="another passphrase\n")

    assert again.exit_code == ExitCode.REFUSED
    assert '"code": "username_taken"' in again.err


@pytest.mark.parametrize("password", ["", "short\n"])
def test_a_weak_password_is_refused_and_not_repeated(
    password: str, orderwright: CommandLine
) -> None:
    ran = orderwright("admin", "create", "ops@example.com", "--password-stdin", stdin=password)

    assert ran.exit_code == ExitCode.REFUSED
    assert "short" not in ran.out + ran.err


def test_without_a_terminal_the_password_must_come_from_standard_input(
    orderwright: CommandLine,
) -> None:
    ran = orderwright("admin", "create", "ops@example.com")

    assert ran.exit_code == ExitCode.USAGE
    assert "--password-stdin" in ran.err


def test_a_name_that_is_no_address_is_a_mistake_of_usage(orderwright: CommandLine) -> None:
    ran = orderwright("admin", "create", "ops", "--password-stdin", stdin="a long passphrase\n")

    assert ran.exit_code == ExitCode.USAGE
