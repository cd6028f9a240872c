"""Lines and documents as tests need them, read from made-up CSV with a small mapping."""

from collections.abc import Sequence
from pathlib import Path

from orderwright.application.importing.documents import Document
from orderwright.application.importing.lines import Line
from orderwright.application.importing.mapping import Mapping
from orderwright.application.importing.reading import Reading

HEADER = "no,sku,text,qty,price,at,customer,country"
COLUMNS = {
    "document": "no",
    "sku": "sku",
    "name": "text",
    "quantity": "qty",
    "unit_price": "price",
    "placed_at": "at",
    "customer": "customer",
}


def a_mapping(**changes: object) -> Mapping:
    content: dict[str, object] = {
        "name": "corner-shop",
        "currency": "GBP",
        "time_zone": "Europe/London",
        "date_formats": ["%Y-%m-%d %H:%M"],
        "customer_namespace": "corner-shop",
        "cancellation_prefix": "C",
        "skipped_prefixes": {"A": "an adjustment sells nothing"},
        "untracked": ["GIFT*"],
        "columns": COLUMNS,
        "address": {"country": "country"},
        "charges": {
            "POST": {"kind": "shipping", "label": "Postage"},
            "D": {"kind": "discount", "label": "Discount"},
        },
        "countries": {"EIRE": "IE", "Everywhere": ""},
    }
    return Mapping.model_validate(content | changes)


def a_row(
    document: str = "1",
    sku: str = "MUG",
    quantity: str | int = 2,
    price: str = "1.50",
    *,
    text: str = "A mug",
    at: str = "2011-01-04 10:00",
    customer: str = "7",
    country: str = "France",
) -> str:
    cells = [document, sku, text, str(quantity), price, at, customer, country]
    return ",".join(f'"{cell}"' if "," in cell else cell for cell in cells)


def a_file(folder: Path, rows: Sequence[str], name: str = "sales.csv") -> Path:
    file = folder / name
    file.write_text("\n".join([HEADER, *rows, ""]), "utf-8")
    return file


def documents_of(folder: Path, *rows: str, mapping: Mapping | None = None) -> list[Document]:
    return list(Reading([a_file(folder, rows)], mapping or a_mapping()).documents())


def the_line(folder: Path, row: str, mapping: Mapping | None = None) -> Line:
    ((line,),) = [each.lines for each in documents_of(folder, row, mapping=mapping)]
    return line
