from datetime import UTC, datetime

import pytest

from orderwright.application.importing.times import Times
from tests.unit.importing.made_up import a_mapping


@pytest.mark.parametrize(
    ("text", "moment", "month"),
    [
        ("2011-01-04 10:00", datetime(2011, 1, 4, 10, tzinfo=UTC), "2011-01"),
        ("2011-05-04 10:00", datetime(2011, 5, 4, 9, tzinfo=UTC), "2011-05"),
        # In British summer the first hour of a month is still the old month in UTC.
        ("2011-05-01 00:30", datetime(2011, 4, 30, 23, 30, tzinfo=UTC), "2011-05"),
    ],
)
def test_local_times_are_read_in_their_zone(text: str, moment: datetime, month: str) -> None:
    assert Times(a_mapping()).read(text) == (moment, month)


def test_the_forms_are_tried_in_turn() -> None:
    times = Times(a_mapping(date_formats=["%d/%m/%Y", "iso"], time_zone="UTC"))

    assert times.read("04/01/2011") == (datetime(2011, 1, 4, tzinfo=UTC), "2011-01")
    assert times.read("2011-01-04T10:00:00+02:00") == (
        datetime(2011, 1, 4, 8, tzinfo=UTC),
        "2011-01",
    )


@pytest.mark.parametrize("text", ["", "soon", "2011-02-30 10:00", "0001-01-01 00:00"])
def test_what_is_no_time_of_a_sale_is_none(text: str) -> None:
    assert Times(a_mapping()).read(text) is None
