"""What a row says about the document as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from orderwright.application.importing.cells import Cell, Cells, Values
from orderwright.application.importing.countries import country_code
from orderwright.application.importing.mapping import DocumentCharge, Mapping
from orderwright.application.importing.number_cells import number_cell
from orderwright.application.importing.text import clean, clipped
from orderwright.application.importing.times import Times
from orderwright.application.importing.verdicts import Unreadable
from orderwright.domain.value_objects.address import Address

_TEXT_MAX: Final = 200
_COUNTRY: Final = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`shipped_at` is None for goods that have not left yet. `country_name` is what the file calls
    a country that has no code."""

    customer_name: str
    address: Address | None
    country_name: str | None
    shipped_at: datetime | None
    charges: list[tuple[DocumentCharge, Decimal]]


class FactsReader:
    def __init__(self, mapping: Mapping, cells: Cells, times: Times) -> None:
        self._times = times
        self._countries = {name.casefold(): code for name, code in mapping.countries.items()}
        self._customer_name = cells.cell(mapping.columns.customer_name)
        self._ships_at_once = mapping.columns.shipped_at is None
        self._shipped_at = cells.cell(mapping.columns.shipped_at)
        self._list_price = number_cell(cells, mapping.columns.list_price, mapping, "list price")
        self._address: dict[str, Cell] = {
            part: cells.cell(column) for part, column in mapping.address if column is not None
        }
        # Shops sell to the same places, and some files name no more than the country.
        self._made_of = lru_cache(maxsize=1024)(self._make)
        self._charges = [
            (charge, number_cell(cells, charge.amount, mapping, charge.label))
            for charge in mapping.document_charges
        ]

    def read(self, values: Values, placed_at: datetime) -> Facts:
        """Raises: Unreadable, NoSuchRow."""
        address, country_name = self._address_of(values)
        return Facts(
            customer_name=clipped(clean(self._customer_name(values)), _TEXT_MAX),
            address=address,
            country_name=country_name,
            shipped_at=self._shipping_time(values, placed_at),
            charges=[(charge, amount(values)) for charge, amount in self._charges],
        )

    def list_price(self, values: Values) -> Decimal:
        """Nought when the file knows none."""
        try:
            return self._list_price(values)
        except Unreadable:
            return Decimal(0)

    def _address_of(self, values: Values) -> tuple[Address | None, str | None]:
        return self._made_of(tuple([cell(values) for cell in self._address.values()]))

    def _make(self, texts: Sequence[str]) -> tuple[Address | None, str | None]:
        cleaned = {part: clean(text) for part, text in zip(self._address, texts, strict=True)}
        known = {part: clipped(text, _TEXT_MAX) for part, text in cleaned.items() if text}
        name = known.pop(_COUNTRY, None)
        code = country_code(name, self._countries) if name else None
        if code:
            known[_COUNTRY] = code
        return Address(**known) if known else None, None if code else name

    def _shipping_time(self, values: Values, placed_at: datetime) -> datetime | None:
        if self._ships_at_once:
            return placed_at
        text = self._shipped_at(values)
        if not text:
            return None
        found = self._times.read(text)
        if found is None:
            raise Unreadable("bad_date", "the shipping date is not in a form the mapping names")
        return max(placed_at, found[0])
