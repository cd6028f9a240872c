"""What was sold less what came back: the same total however it is grouped."""

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers

from orderwright.api.wire.reports import SalesReportJson, SalesRowJson, as_csv, as_json
from orderwright.domain.interfaces.sales import ReportTooLong, SalesGroup, SalesQuestion, SalesRow
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.permission import Permission
from orderwright.infrastructure.database.engines import Limits
from orderwright.infrastructure.database.readers.sales import SqlSalesReader
from orderwright.infrastructure.database.readers.sales_elsewhere import SalesElsewhere
from tests.e2e.api.service import Service
from tests.shop import Shop

_NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GROUPS = ("day", "month", "product", "customer", "country", "channel")
ADDRESS = {
    "name": "Ada",
    "line1": "1 High St",
    "city": "Leeds",
    "postal_code": "LS1",
    "country": "GB",
}


@dataclass(frozen=True, slots=True)
class Sold:
    """Four gadgets at 12.50 with shipping, of which one came back and some money for nothing; three
    nuts for 4.00, of which one was paid back; and two orders that are no sales."""

    shop: Shop
    gadget: int
    nut: int

    async def rows(self, group_by: str, **query: str) -> list[dict[str, Any]]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        report = await self.shop.get(f"/api/v1/reports/sales?group_by={group_by}&{asked}")
        rows: list[dict[str, Any]] = report["rows"]
        return rows


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with Service.running(database_url, tmp_path / "data") as service:
        yield service


@pytest.fixture
async def sold(service: Service) -> Sold:
    shop = await service.shop()
    gadget = await shop.product("GADGET", stock=99)
    nut = await shop.product("NUT", stock=99, price="1.3333")
    gadgets = await _paid(
        shop,
        *(gadget, 4),
        shipping_address=ADDRESS,
        channel="web",
        adjustments=[{"kind": "shipping", "label": "Post", "amount": "5.00"}],
    )
    await _post(shop, gadgets, "shipments", {})
    line = {"item_id": gadgets["items"][0]["id"], "quantity": 1}
    back = await _post(shop, gadgets, "returns", {"items": [line | {"restock": True}]})
    await _post(shop, gadgets, f"returns/{back['id']}/receive", {}, status=200)
    await _post(shop, gadgets, "refunds", {"return_id": back["id"], "reason": "came back"})
    await _post(shop, gadgets, "refunds", {"amount": "2.00", "reason": "a scratch"})
    nuts = await _paid(shop, nut, 3, channel="pos")
    line = {"item_id": nuts["items"][0]["id"], "quantity": 1}
    await _post(shop, nuts, "refunds", {"items": [line], "reason": "rusty"})
    cancelled = await _paid(shop, gadget, 9)
    await _post(shop, cancelled, "cancel", {}, status=200)
    await shop.placed(gadget, 9)
    return Sold(shop, gadget, nut)


async def _paid(shop: Shop, product_id: int, quantity: int, **more: object) -> dict[str, Any]:
    order = await shop.placed(product_id, quantity, payment={}, **more)
    return await shop.until(order["id"], payment_status="paid")


async def _post(
    shop: Shop, order: dict[str, Any], act: str, body: dict[str, Any], *, status: int = 201
) -> dict[str, Any]:
    answer = await shop.client.post(f"/api/v1/orders/{order['id']}/{act}", json=body)
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


def told(row: dict[str, Any]) -> tuple[object, ...]:
    return (row["key"], row["label"], row["currency"], row["net_units"], row["net_value"])


async def test_sales_less_returns_and_refunds_are_the_same_in_every_grouping(
    service: Service, sold: Sold
) -> None:
    today = datetime.now(UTC).date().isoformat()
    assert {group: [told(row) for row in await sold.rows(group)] for group in GROUPS} == {
        "day": [(today, None, "GBP", 6, "43.17")],
        "month": [(today[:7], None, "GBP", 6, "43.17")],
        "product": [
            (str(sold.gadget), "GADGET", "GBP", 3, "37.50"),
            (str(sold.nut), "NUT", "GBP", 3, "2.67"),
            (None, None, "GBP", 0, "3.00"),  # shipping, less what was paid back for nothing
        ],
        "customer": [(str(sold.shop.customer_id), "Ada Example", "GBP", 6, "43.17")],
        "country": [("GB", None, "GBP", 3, "40.50"), (None, None, "GBP", 3, "2.67")],
        "channel": [("pos", None, "GBP", 3, "2.67"), ("web", None, "GBP", 3, "40.50")],
    }
    reader = providers.Singleton(SqlSalesReader, service.container.database, orders_at_once=1)
    with service.container.sales_reader.override(reader):
        [row] = await sold.rows("day", **{"from": today, "to": today})

    assert row == {
        "key": today,
        "label": None,
        "currency": "GBP",
        "net_units": 6,
        "net_value": "43.17",
        "units_sold": 7,
        "units_returned": 1,
        "sales": "59.00",
        "refunds": "15.83",
    }
    assert await sold.rows("day", to="2020-01-01") == []

    container = service.container
    elsewhere = SalesElsewhere(
        SqlSalesReader(container.database()),
        container.report_processes(),
        container.config.database_dsn(),
        container.database_limits(),
        large=1,
    )
    with container.sales_reader.override(providers.Object(elsewhere)):
        assert await sold.rows("day", **{"from": today, "to": today}) == [row]

    reader = providers.Singleton(SqlSalesReader, service.container.database, rows_max=1)
    with service.container.sales_reader.override(reader):
        refused = await sold.shop.client.get("/api/v1/reports/sales?group_by=channel")
    assert (refused.status_code, refused.json()["code"]) == (422, "report_too_long")


async def test_the_report_comes_as_csv_for_who_prefers_that(service: Service) -> None:
    client = await service.client(Permission.REPORTS_READ)
    path = "/api/v1/reports/sales?group_by=channel"

    answer = await client.get(path, headers={"Accept": "text/csv"})
    refused = await client.get(path, headers={"Accept": "text/html"})
    both = await client.get(path, headers={"Accept": "*/*"})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("key,label,currency,net_units,net_value,")
    assert (refused.status_code, both.json()["rows"]) == (406, [])


async def test_no_cell_of_the_csv_is_taken_for_a_formula_and_json_is_as_its_model_has_it() -> None:
    row = SalesRow(
        key=None,
        label="=HYPERLINK(1)",
        currency=Currency.of("JPY"),
        units_sold=1,
        units_returned=2,
        sales_minor=0,
        refunds_minor=7,
    )

    [shown] = csv.DictReader(io.StringIO(await as_csv([row])))
    question = SalesQuestion(since=_NOW, until=_NOW, group_by=SalesGroup.PRODUCT)
    report = json.loads(await as_json(question, None, [row]))

    assert report == SalesReportJson(
        group_by=SalesGroup.PRODUCT,
        since=None,
        until=_NOW,
        rows=[SalesRowJson.model_validate(row)],
    ).model_dump(mode="json", by_alias=True)
    assert (shown["key"], shown["label"]) == ("", "'=HYPERLINK(1)")
    assert (shown["net_units"], shown["net_value"]) == ("-1", "-7")


async def test_a_report_whose_time_is_over_asks_for_less() -> None:
    class Late:
        async def has_more_than(self, *_: object) -> bool:
            return True

        async def run(self, *_: object) -> None:
            raise TimeoutError

    late: Any = Late()
    question = SalesQuestion(since=_NOW, until=_NOW, group_by=SalesGroup.DAY)
    with pytest.raises(ReportTooLong):
        await SalesElsewhere(late, late, "", Limits()).sales(question)
