from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from orderwright.application.importing.cells import Cells, Values
from orderwright.application.importing.mapping import Column, Mapping
from orderwright.application.importing.numbers import ZERO, read_decimal
from orderwright.application.importing.verdicts import Unreadable

NumberCell = Callable[[Values], Decimal]


def number_cell(cells: Cells, column: Column | None, mapping: Mapping, what: str) -> NumberCell:
    """How to read a number, called `what` when it is none; without a column it is nought."""
    if column is None:
        return lambda _values: ZERO
    cell, decimals = cells.cell(column), column.decimals
    thousands, mark = mapping.thousands_mark, mapping.decimal_mark

    def read(values: Values) -> Decimal:
        text = cell(values)
        if thousands:
            text = text.replace(thousands, "")
        number = read_decimal(text.replace(mark, "."), decimals)
        if number is None:
            raise Unreadable("bad_number", f"the {what} is not a number")
        return number

    return read
