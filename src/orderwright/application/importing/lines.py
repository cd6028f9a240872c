"""A row as a line of a document, or as what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from orderwright.application.importing.cells import Cells, NoSuchRow, Values, stripped
from orderwright.application.importing.csv_rows import Row
from orderwright.application.importing.facts import FactsReader
from orderwright.application.importing.mapping import Charge, Mapping
from orderwright.application.importing.number_cells import number_cell
from orderwright.application.importing.numbers import EXACT, ZERO
from orderwright.application.importing.text import clean, clipped
from orderwright.application.importing.times import Times
from orderwright.application.importing.verdicts import Unreadable, Verdict, rejected
from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.value_objects.currency import Currency, UnknownCurrency
from orderwright.domain.value_objects.money import UnitPrice

_REFERENCE_MAX: Final = 200
_SKU_MAX: Final = 64
_NAME_MAX: Final = 200
_ITEM: Final = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A readable line. `facts` reads what `values` say about the whole document."""

    placed_at: datetime
    currency: Currency
    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    discount: Decimal  # an amount
    customer: str
    charge: Charge | None
    content: Sequence[str]  # the mapped columns as they stand in the file
    values: Values
    facts: FactsReader

    @property
    def net(self) -> Decimal:
        """Exactly what the line comes to."""
        return EXACT.subtract(self.gross, self.discount)

    @property
    def gross(self) -> Decimal:
        return EXACT.multiply(Decimal(self.quantity), self.unit_price)

    @property
    def price(self) -> UnitPrice:
        """Raises: InvalidAmount: negative, or finer than any price; AmountTooLarge."""
        return _price(self.unit_price, self.currency.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row: what it says, or what is wrong with it.

    `units` and `value` are what it counts for in the control totals, and are nought where they
    cannot be read; `value` is quantity times unit price less the discount, exactly.
    """

    row: Row
    said: Entry | Verdict
    document: str = ""
    units: int = 0
    value: Decimal = ZERO
    month: str | None = None


@dataclass(slots=True)
class _SoFar:
    """What of a row could be read before a fault in it, which still counts."""

    document: str = ""
    units: int = 0
    value: Decimal = ZERO
    month: str | None = None


class LineReader:
    """Reads the rows of one file as its mapping says."""

    def __init__(self, mapping: Mapping, cells: Cells, times: Times) -> None:
        columns = mapping.columns
        self._charge_of = mapping.charges
        self._usual_currency = str(mapping.currency)
        self._times = times
        self._facts = FactsReader(mapping, cells, times)
        self._document = cells.cell(columns.document)
        self._sku = cells.cell(columns.sku)
        self._name = cells.cell(columns.name)
        self._kind = cells.cell(columns.kind)
        self._customer = cells.cell(columns.customer)
        self._currency = cells.cell(columns.currency)
        self._placed_at = cells.cell(columns.placed_at)
        self._quantity = number_cell(cells, columns.quantity, mapping, "quantity")
        self._unit_price = number_cell(cells, columns.unit_price, mapping, "unit price")
        self._discount = number_cell(cells, columns.discount, mapping, "discount")
        self._content = cells.cells(mapping.mapped_columns())

    def read(self, row: Row) -> Line:
        """Never raises: what cannot be read is the line's fault."""
        so_far = _SoFar()
        said = self._said(row, so_far)
        return Line(
            row=row,
            said=said,
            document=so_far.document,
            units=so_far.units,
            value=so_far.value,
            month=so_far.month,
        )

    def _said(self, row: Row, so_far: _SoFar) -> Entry | Verdict:
        if row.problem is not None:
            return rejected(*row.problem)
        try:
            return self._entry(stripped(row.values), so_far)
        except Unreadable as unreadable:
            return unreadable.verdict
        except NoSuchRow as missed:
            return rejected("unmatched_row", str(missed))

    def _entry(self, values: Values, so_far: _SoFar) -> Entry:
        so_far.document = _reference(self._document(values))
        quantity, price = _whole(self._quantity(values)), self._unit_price(values)
        gross = EXACT.multiply(Decimal(quantity), price)
        discount = EXACT.multiply(gross, rate) if (rate := self._rate(values)) else ZERO
        so_far.units, so_far.value = quantity, EXACT.subtract(gross, discount)
        placed_at, so_far.month = self._time(values)
        sku, name = _code(self._sku(values)), _name(self._name(values))
        return Entry(
            placed_at=placed_at,
            currency=self._currency_of(values),
            sku=sku,
            name=name,
            quantity=quantity,
            unit_price=price,
            discount=discount,
            customer=clean(self._customer(values)),
            charge=self._charge(sku, name, values),
            content=self._content(values),
            values=values,
            facts=self._facts,
        )

    def _rate(self, values: Values) -> Decimal:
        rate = self._discount(values)
        if not 0 <= rate <= 1:
            raise Unreadable("bad_number", "a discount is a fraction between 0 and 1")
        return rate

    def _time(self, values: Values) -> tuple[datetime, str]:
        found = self._times.read(self._placed_at(values))
        if found is None:
            raise Unreadable("bad_date", "the date is not in a form that the mapping names")
        return found

    def _currency_of(self, values: Values) -> Currency:
        try:
            return Currency.of(self._currency(values) or self._usual_currency)
        except UnknownCurrency as error:
            raise Unreadable(error.code, error.detail) from error

    def _charge(self, sku: str, name: str, values: Values) -> Charge | None:
        kind = self._kind(values)
        if kind in ("", _ITEM):
            return self._charge_of.get(sku)
        try:
            return Charge(kind=AdjustmentKind(kind), label=name or sku)
        except ValueError:
            known = ", ".join([_ITEM, *AdjustmentKind])
            raise Unreadable("unknown_kind", f"the kind of a line is one of {known}") from None


@lru_cache(maxsize=8192)  # a shop has few prices and sells at them often
def _price(amount: Decimal, currency: str) -> UnitPrice:
    return UnitPrice.parse(amount, Currency.of(currency))


@lru_cache(maxsize=8192)
def _code(text: str) -> str:
    sku = clean(text).upper()
    if not 1 <= len(sku) <= _SKU_MAX:
        raise Unreadable("bad_sku", f"a product code has 1 to {_SKU_MAX} characters")
    return sku


@lru_cache(maxsize=8192)
def _name(text: str) -> str:
    return clipped(clean(text), _NAME_MAX)


@lru_cache(maxsize=64)  # the rows of a document stand together
def _reference(text: str) -> str:
    reference = clean(text)
    if not 1 <= len(reference) <= _REFERENCE_MAX:
        told = f"a document number has 1 to {_REFERENCE_MAX} characters"
        raise Unreadable("bad_document_number", told)
    return reference


@lru_cache(maxsize=8192)
def _whole(quantity: Decimal) -> int:
    if quantity != quantity.to_integral_value():
        raise Unreadable("bad_number", "the quantity is not a whole number")
    return int(quantity)
