from pathlib import Path

import pytest

from orderwright.application.importing.load_mapping import (
    BadMapping,
    UnknownMapping,
    load_mapping,
    ready_mappings,
)

MINIMAL = {
    "toml": """
        name = "mine"
        currency = "EUR"
        [columns]
        document = "a"
        sku = "b"
        quantity = "c"
        unit_price = { column = "d", decimals = 2 }
        placed_at = "e"
    """,
    "yaml": """
        name: mine
        currency: EUR
        columns:
          document: a
          sku: b
          quantity: c
          unit_price: {column: d, decimals: 2}
          placed_at: e
    """,
}


@pytest.mark.parametrize("name", ready_mappings())
def test_every_ready_mapping_can_be_followed(name: str) -> None:
    assert load_mapping(name).name == name


def test_these_mappings_are_ready() -> None:
    assert ready_mappings() == ["northwind", "online-retail", "orderwright"]


@pytest.mark.parametrize("form", ["toml", "yaml"])
def test_a_mapping_of_ones_own_is_toml_or_yaml(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"mine.{form}"
    lines = [line.removeprefix("        ") for line in MINIMAL[form].split("\n")]
    file.write_text("\n".join(lines), "utf-8")

    mapping = load_mapping(file)

    assert mapping.columns.unit_price.column == "d"
    assert mapping.columns.unit_price.decimals == 2
    assert mapping.channel == "import"


def test_a_name_that_is_neither_ready_nor_a_file_is_told_so() -> None:
    with pytest.raises(UnknownMapping) as raised:
        load_mapping("no-such")

    assert raised.value.detail == (
        "there is no mapping no-such: neither a file nor northwind, online-retail, orderwright"
    )


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ('currency = "XYZ"', "currency: "),
        ('time_zone = "Mars/Base"', "not a time zone"),
        ('encoding = "utf-99"', "not an encoding"),
        ('colour = "red"', "colour: "),
        ('[address]\ncity = "orders.City"', "there is no lookup orders"),
        (
            '[lookups.orders]\nfile = "o"\nkey = "a"\nby = "a"',
            "names the file that holds the lines",
        ),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused(
    tmp_path: Path, said: str, problem: str
) -> None:
    file = tmp_path / "mine.toml"
    columns = ", ".join(
        f'{name} = "x"' for name in ("document", "sku", "quantity", "unit_price", "placed_at")
    )
    currency = "" if said.startswith("currency") else 'currency = "EUR"\n'
    file.write_text(f'name = "mine"\n{currency}columns = {{ {columns} }}\n{said}\n', "utf-8")

    with pytest.raises(BadMapping) as raised:
        load_mapping(file)

    assert problem in raised.value.detail


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.toml", b"name = "), ("a.yaml", b"a: [b"), ("a.yaml", b"\xff\xfe\x00"), ("a.yaml", b"- 1")],
)
def test_a_mapping_that_cannot_be_read_is_refused(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(BadMapping):
        load_mapping(tmp_path / name)
