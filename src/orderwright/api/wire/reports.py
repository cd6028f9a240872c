import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

import orjson
from pydantic import BeforeValidator, Field

from orderwright.api.wire.body import Code, Decimals, Page, Shown, Time
from orderwright.api.wire.order_list import Moment
from orderwright.domain.interfaces.sales import SalesGroup, SalesQuestion, SalesRow

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_ROWS_AT_ONCE: Final = 500


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


_COLUMNS: Final = tuple(SalesRowJson.model_fields)


class SalesReportJson(Shown):
    """Times are UTC; `to` is the first moment that is not in it."""

    group_by: SalesGroup
    since: Annotated[Time | None, Field(serialization_alias="from")]
    until: Annotated[Time, Field(serialization_alias="to")]
    rows: list[SalesRowJson]


async def as_json(
    question: SalesQuestion, since: datetime | None, rows: Sequence[SalesRow]
) -> bytes:
    head = SalesReportJson(group_by=question.group_by, since=since, until=question.until, rows=[])
    shown = [cells async for some in _in_turns(rows) for cells in map(_cells, some)]
    return orjson.dumps(
        head.model_dump(mode="json", by_alias=True)
        | {"rows": [dict(zip(_COLUMNS, cells, strict=True)) for cells in shown]}
    )


async def as_csv(rows: Sequence[SalesRow]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    async for some in _in_turns(rows):
        for key, label, *rest in map(_cells, some):
            table.writerow((_as_text(key), _as_text(label), *rest))
    return text.getvalue()


async def _in_turns(rows: Sequence[SalesRow]) -> AsyncIterator[Sequence[SalesRow]]:
    """Ten thousand rows are a tenth of a second, in which nobody else would be answered."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        yield rows[start : start + _ROWS_AT_ONCE]
        await asyncio.sleep(0)


def _cells(row: SalesRow) -> tuple[Any, ...]:
    """As `SalesRowJson` has them, which a test sees to; the model takes four times as long."""
    return (
        row.key,
        row.label,
        row.currency.code,
        row.net_units,
        row.net_value,
        row.units_sold,
        row.units_returned,
        row.sales,
        row.refunds,
    )


def _as_text(value: str | None) -> str:
    if value is None:
        return ""
    return f"'{value}" if value.startswith(_FORMULA) else value
