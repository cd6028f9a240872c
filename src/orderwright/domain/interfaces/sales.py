"""What was sold, less what came back: sums over any stretch of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from orderwright.domain.errors import Rejected
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import with_point

# More rows than anybody reads, and few enough to keep in memory.
ROWS_MAX: Final = 10_000


class ReportTooLong(Rejected):
    code = "report_too_long"


class SalesGroup(StrEnum):
    DAY = "day"
    MONTH = "month"
    PRODUCT = "product"
    CUSTOMER = "customer"
    COUNTRY = "country"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesQuestion:
    """`since` is in, `until` is not."""

    since: datetime
    until: datetime
    group_by: SalesGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesRow:
    """One currency of one group. `key` is None for what belongs to none: a sale without an address has
    no country, and shipping is no product. `label` is the SKU of a product, the name of a customer.

    Sums of many amounts, in minor units: larger than any one amount may be.
    """

    key: str | None
    label: str | None
    currency: Currency
    units_sold: int
    units_returned: int
    sales_minor: int
    refunds_minor: int

    @property
    def net_units(self) -> int:
        return self.units_sold - self.units_returned

    @property
    def sales(self) -> str:
        return with_point(self.sales_minor, self.currency.exponent)

    @property
    def refunds(self) -> str:
        return with_point(self.refunds_minor, self.currency.exponent)

    @property
    def net_value(self) -> str:
        return with_point(self.sales_minor - self.refunds_minor, self.currency.exponent)


class SalesReader(Protocol):
    async def sales(self, question: SalesQuestion) -> Sequence[SalesRow]:
        """By key and currency, what belongs to no group last.

        An order is a sale when it was placed, once it is confirmed and unless it is cancelled; goods
        count as returned when they were received, money when its refund was made. All of one moment.

        Raises: ReportTooLong: it would have more than `ROWS_MAX` rows.
        """
        ...
