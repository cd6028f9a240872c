"""Amounts that depend on how many decimals a currency has."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from orderwright.domain.value_objects.currency import CURRENCY_CODES, Currency
from orderwright.domain.value_objects.money import PRICE_DECIMALS
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.auditing.check import Check


def _scale() -> str:
    """SQL for how many ten-thousandths make a minor unit of the row's currency."""
    codes = defaultdict(list)
    for code in CURRENCY_CODES:
        codes[10 ** (PRICE_DECIMALS - Currency.of(code).exponent)].append(f"'{code}'")
    cases = (f"WHEN currency IN ({', '.join(codes[scale])}) THEN {scale}" for scale in codes)
    return f"CASE {' '.join(cases)} END"


# Whole-number arithmetic, half to even. A product that would not fit 64 bits is beyond any amount,
# so it is found by a division that does fit.
_LINE_TOTAL = f"""
SELECT 'line ' || item_id || ' of order ' || order_id,
       'line_total_minor ' || line_total_minor || ', but ' || quantity || ' times '
       || unit_price_ten_thousandths || ' ten-thousandths is something else'
FROM (
    SELECT order_id, items.id AS item_id, quantity, unit_price_ten_thousandths, line_total_minor,
           {_scale()} AS scale,
           unit_price_ten_thousandths > 9000000000000000000 / NULLIF(quantity, 0) AS beyond
    FROM order_items AS items
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
"""  # noqa: S608 - constants of ours

_SORTED = f"""
SELECT 'order ' || orders.id,
       'is sorted by ' || total_ten_thousandths || ' ten-thousandths, but its total_minor is '
       || total_minor
FROM orders
WHERE total_ten_thousandths IS DISTINCT FROM total_minor * {_scale()}
"""  # noqa: S608 - constants of ours

AMOUNT_CHECKS: Final = (
    Check(name="line_total_equals_price_times_quantity", of=tables.order_items, wrong=_LINE_TOTAL),
    Check(name="totals_sort_as_they_are", of=tables.orders, wrong=_SORTED),
)
