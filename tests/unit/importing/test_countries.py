import csv
from pathlib import Path

import pytest

from orderwright.application.importing.countries import (
    COUNTRY_CODES,
    COUNTRY_CODES_BY_NAME,
    country_code,
)

ODD = {"eire": "IE", "everywhere": ""}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("France", "FR"),
        ("united kingdom", "GB"),
        ("NA", "NA"),
        ("Namibia", "NA"),
        ("EIRE", "IE"),
        ("Everywhere", None),
        ("Narnia", None),
    ],
)
def test_countries_are_known_by_name_and_code(name: str, code: str | None) -> None:
    assert country_code(name, ODD) == code


def test_every_code_of_the_standard_has_a_name(shared_data: Path) -> None:
    with (shared_data / "iso" / "country-codes.csv").open(encoding="utf-8") as file:
        standard = list(csv.DictReader(file))

    assert {row["ISO3166-1-Alpha-2"] for row in standard} == COUNTRY_CODES


def test_the_common_name_of_a_country_leads_to_its_own_code(shared_data: Path) -> None:
    with (shared_data / "iso" / "country-codes.csv").open(encoding="utf-8") as file:
        standard = {row["CLDR display name"].casefold(): row for row in csv.DictReader(file)}

    shared = standard.keys() & COUNTRY_CODES_BY_NAME.keys()
    assert len(shared) > 200
    for name in shared:
        assert COUNTRY_CODES_BY_NAME[name] == standard[name]["ISO3166-1-Alpha-2"]
