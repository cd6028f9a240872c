import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from orderwright.api.wire.body import Code, Decimals, Page, Shown, Time
from orderwright.api.wire.order_list import Moment
from orderwright.domain.interfaces.sales import SalesGroup, SalesQuestion, SalesRow

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def _through_the_day(text: object) -> object:
    """A date alone means all of that day."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        return text
    try:
        return (date.fromisoformat(text) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return text  # no date: told as such by what comes next


class SalesParameters(Page):
    since: Annotated[
        Moment | None,
        Field(alias="from", description="The first moment; without it, the first sale."),
    ] = None
    until: Annotated[
        Annotated[Moment, BeforeValidator(_through_the_day)] | None,
        Field(
            alias="to", description="The moment after the last, or the last day; without it, now."
        ),
    ] = None
    group_by: SalesGroup = SalesGroup.DAY

    def to_question(self, now: datetime) -> SalesQuestion:
        return SalesQuestion(
            since=self.since or _BEGINNING, until=self.until or now, group_by=self.group_by
        )


class SalesRowJson(Shown):
    """`key`: a date, a month, an id, a country or a channel; null for what belongs to none. `label`: a
    product's SKU, a customer's name."""

    key: str | None
    label: str | None
    currency: Code
    net_units: int
    net_value: Decimals
    units_sold: int
    units_returned: int
    sales: Decimals
    refunds: Decimals


class SalesReportJson(Shown):
    """Times are UTC; `to` is the first moment that is not in it."""

    group_by: SalesGroup
    since: Annotated[Time | None, Field(serialization_alias="from")]
    until: Annotated[Time, Field(serialization_alias="to")]
    rows: list[SalesRowJson]


def as_csv(rows: Sequence[SalesRow]) -> str:
    text = io.StringIO()
    columns = list(SalesRowJson.model_fields)
    table = csv.DictWriter(text, columns, lineterminator="\r\n")
    table.writeheader()
    for row in rows:
        shown = SalesRowJson.model_validate(row).model_dump()
        table.writerow(shown | {name: _as_text(shown[name]) for name in ("key", "label")})
    return text.getvalue()


def _as_text(value: str | None) -> str:
    if value is None:
        return ""
    return f"'{value}" if value.startswith(_FORMULA) else value
