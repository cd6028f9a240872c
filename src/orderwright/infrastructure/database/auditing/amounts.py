"""Amounts that depend on how many decimals a currency has."""

from __future__ import annotations

from typing import Final

from orderwright.domain.value_objects.currency import CURRENCY_CODES, Currency
from orderwright.domain.value_objects.money import PRICE_DECIMALS
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.auditing.check import Check


def _scales() -> str:
    """For each currency, how many ten-thousandths make a minor unit."""
    scales = (
        f"('{code}', {10 ** (PRICE_DECIMALS - Currency.of(code).exponent)})"
        for code in CURRENCY_CODES
    )
    return f"WITH scales (currency, scale) AS (VALUES {', '.join(scales)})"


# Whole-number arithmetic, half to even. A product that would not fit 64 bits is beyond any amount,
# so it is found by a division that does fit.
_LINE_TOTAL = """
SELECT 'line ' || item_id || ' of order ' || order_id,
       'line_total_minor ' || line_total_minor || ', but ' || quantity || ' times '
       || unit_price_ten_thousandths || ' ten-thousandths is something else'
FROM (
    SELECT order_id, items.id AS item_id, quantity, unit_price_ten_thousandths, line_total_minor,
           scale, unit_price_ten_thousandths > 9000000000000000000 / NULLIF(quantity, 0) AS beyond
    FROM order_items AS items
    LEFT JOIN scales ON scales.currency = items.currency
) AS lines
WHERE CASE
    WHEN beyond THEN 1
    WHEN line_total_minor = quantity * unit_price_ten_thousandths / scale
         + CASE
               WHEN 2 * (quantity * unit_price_ten_thousandths % scale) > scale THEN 1
               WHEN 2 * (quantity * unit_price_ten_thousandths % scale) = scale
               THEN quantity * unit_price_ten_thousandths / scale % 2
               ELSE 0
           END
    THEN 0
    ELSE 1
END = 1
"""

_SORTED = """
SELECT 'order ' || orders.id,
       'is sorted by ' || total_ten_thousandths || ' ten-thousandths, but its total_minor is '
       || total_minor
FROM orders
LEFT JOIN scales ON scales.currency = orders.currency
WHERE total_ten_thousandths IS DISTINCT FROM total_minor * scale
"""

AMOUNT_CHECKS: Final = (
    Check(
        name="line_total_equals_price_times_quantity",
        of=tables.order_items,
        wrong=_scales() + _LINE_TOTAL,
    ),
    Check(name="totals_sort_as_they_are", of=tables.orders, wrong=_scales() + _SORTED),
)
