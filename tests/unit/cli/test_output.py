"""What is printed for people: lined up, one line each, and harmless to a terminal."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from orderwright.cli.output import print_json, print_record, print_table, say, shown
from orderwright.domain.value_objects.permission import Permission


def test_a_table_lines_up_under_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("ID", "STATUS"), [(7, "pending"), (1234, None)])

    assert capsys.readouterr().out == "ID    STATUS\n7     pending\n1234  -\n"


def test_a_table_without_rows_shows_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("ID", "STATUS"), [])

    assert capsys.readouterr().out == "ID  STATUS\n"


def test_a_record_lines_up_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    print_record({"id": 7, "status": "pending", "expired": False})

    assert capsys.readouterr().out == "id       7\nstatus   pending\nexpired  no\n"


def test_json_says_money_and_time_as_the_api_does(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(
        {
            "total": Decimal("30.50"),
            "at": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
            "permission": Permission.ADMIN,
            "permissions": frozenset({"b", "a"}),
            "name": "Łódź",
        }
    )

    printed = capsys.readouterr().out
    assert json.loads(printed) == {
        "total": "30.50",
        "at": "2026-11-22T09:30:00Z",
        "permission": "admin",
        "permissions": ["a", "b"],
        "name": "Łódź",
    }
    assert "Łódź" in printed


def test_several_things_are_shown_on_one_line() -> None:
    assert shown(["orders:read", Permission.ADMIN]) == "orders:read, admin"
    assert shown({"city": "Leeds", "country": "GB"}) == "Leeds, GB"


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\n", "\r", "\x9b31m", "\u2028"])
def test_a_customer_cannot_speak_to_the_terminal(hostile: str) -> None:
    text = shown(f"Eve{hostile}l")

    assert text.startswith("Eve ")
    assert hostile not in text


def test_talk_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    say("25 orders")

    assert capsys.readouterr() == ("", "25 orders\n")
