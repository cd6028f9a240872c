"""What a mapping file may say: where each fact of an order stands in the rows of a foreign file."""

from __future__ import annotations

import codecs
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.value_objects.currency import Currency, UnknownCurrency

ISO_8601: Final = "iso"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _column_alone(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("not a time zone such as Europe/London") from None
    return name


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError("not an encoding such as utf-8") from None


def _known_currency(code: str) -> str:
    try:
        return Currency.of(code).code
    except UnknownCurrency:
        raise ValueError("not a current ISO 4217 code such as GBP") from None


def _upper_keys(by_code: dict[str, Any]) -> dict[str, Any]:
    return {code.upper(): value for code, value in by_code.items()}


class Column(_Part):
    """`column` of the rows, or `lookup.column` of the row that a lookup finds for them."""

    column: str
    prefix: str = ""  # put before whatever is there
    strip_suffix: str = ""  # taken off: the `.0` of an id that somebody's spreadsheet made a number
    decimals: int | None = Field(default=None, ge=0, le=15)  # finer numbers are rounded to these


ColumnName = Annotated[Column, BeforeValidator(_column_alone)]


class LineColumns(_Part):
    document: ColumnName
    sku: ColumnName
    quantity: ColumnName
    unit_price: ColumnName
    placed_at: ColumnName
    name: ColumnName | None = None
    kind: ColumnName | None = None  # `item`, or the kind of a charge
    discount: ColumnName | None = None  # a fraction of the line: 0.15
    currency: ColumnName | None = None
    customer: ColumnName | None = None
    customer_name: ColumnName | None = None
    list_price: ColumnName | None = None  # of a product that is new; else the line's own price
    shipped_at: ColumnName | None = None  # empty: not shipped yet; no column: shipped at once


class AddressColumns(_Part):
    name: ColumnName | None = None
    company: ColumnName | None = None
    line1: ColumnName | None = None
    line2: ColumnName | None = None
    city: ColumnName | None = None
    region: ColumnName | None = None
    postal_code: ColumnName | None = None
    country: ColumnName | None = None  # a name or an ISO 3166-1 alpha-2 code
    phone: ColumnName | None = None


class Charge(_Part):
    kind: AdjustmentKind
    label: str = Field(min_length=1, max_length=200)


class DocumentCharge(Charge):
    """An amount that stands once for a document, repeated in each of its rows."""

    amount: ColumnName


class Lookup(_Part):
    """A second file, kept in memory: the row whose `key` equals the column `by` belongs to a line."""

    file: str
    key: str
    by: str
    optional: bool = False


class Mapping(_Part):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    channel: str = Field(default="import", min_length=1, max_length=50)
    currency: Annotated[str, AfterValidator(_known_currency)] | None = None
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    decimal_mark: str = Field(default=".", pattern=r"^[.,]$")
    thousands_mark: str = Field(default="", max_length=1)
    date_formats: tuple[str, ...] = (ISO_8601,)
    lines: str | None = None
    """The name of the file that holds the lines, where others come with it."""

    columns: LineColumns
    address: AddressColumns = AddressColumns()
    lookups: dict[str, Lookup] = {}

    customer_namespace: str = Field(default="", max_length=50)
    """Goes before a customer's number in its `external_ref`: `online-retail:17850`."""

    charges: Annotated[dict[str, Charge], AfterValidator(_upper_keys)] = {}
    """Codes that are no goods, with what they are."""

    document_charges: tuple[DocumentCharge, ...] = ()
    untracked: tuple[str, ...] = ()
    """Patterns of codes that are sold but not stocked, such as vouchers: `GIFT_*`."""

    cancellation_prefix: str | None = Field(default=None, min_length=1)
    skipped_prefixes: dict[str, str] = {}
    """Documents that are no sales, by the start of their number, and why: one sentence each."""

    countries: dict[str, str] = {}
    """Names that no standard knows, with their code; an empty one: no single country."""

    @model_validator(mode="after")
    def _can_be_followed(self) -> Mapping:
        if self.currency is None and self.columns.currency is None:
            raise ValueError("a mapping names a currency or a column that does")
        if self.lookups and self.lines is None:
            raise ValueError("a mapping with lookups names the file that holds the lines")
        for column in self.mapped_columns():
            lookup, dot, _ = column.column.rpartition(".")
            if dot and lookup not in self.lookups:
                raise ValueError(f"{column.column}: there is no lookup {lookup}")
        return self

    def mapped_columns(self) -> list[Column]:
        """Every column that is read, in an order that does not depend on the file."""
        fields = [*dict(self.columns).values(), *dict(self.address).values()]
        amounts = [charge.amount for charge in self.document_charges]
        return [column for column in (*fields, *amounts) if column is not None]
