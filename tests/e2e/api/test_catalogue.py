"""Customers, products, locations and stock over HTTP."""

from structlog.testing import capture_logs

from tests.e2e.api.service import Service
from tests.shop import Shop

GROCER = {
    "name": "Ada's Grocery",
    "email": "Ada@Example.com",
    "external_ref": "crm-7",
    "metadata": {"vip": True, "discount": 2.5, "tags": ["a", None]},
}


async def test_a_customer_is_made_read_listed_and_changed(service: Service) -> None:
    client = await service.client()

    made = await client.post("/api/v1/customers", json=GROCER)

    assert made.status_code == 201
    assert made.headers["Location"] == "/api/v1/customers/1"
    customer = made.json()
    assert {name: customer[name] for name in GROCER} == GROCER
    assert customer["created_at"] == customer["updated_at"]
    assert customer["created_at"].endswith("Z")
    assert (await client.get("/api/v1/customers/1")).json() == customer
    assert (await client.get("/api/v1/customers")).json() == [customer]

    changed = await client.patch("/api/v1/customers/1", json={"email": None, "name": "Ada"})
    assert changed.status_code == 200
    assert changed.json()["name"] == "Ada"
    assert changed.json()["email"] is None
    assert changed.json()["external_ref"] == "crm-7"
    assert changed.json()["version"] == 2
    assert (await client.get("/api/v1/customers/1")).json() == changed.json()


async def test_a_customer_is_found_by_what_is_unique(service: Service) -> None:
    client = await service.client()
    await client.post("/api/v1/customers", json=GROCER)
    await client.post("/api/v1/customers", json={"name": "Bob"})

    for query in ({"email": "ada@example.COM"}, {"external_ref": "crm-7"}):
        found = (await client.get("/api/v1/customers", params=query)).json()
        assert [each["id"] for each in found] == [1]
    page = (await client.get("/api/v1/customers", params={"skip": 1, "limit": 1})).json()
    assert [each["name"] for each in page] == ["Bob"]


async def test_what_is_unique_is_taken_once(service: Service) -> None:
    client = await service.client()
    await client.post("/api/v1/customers", json=GROCER)

    for same, code in [
        ({"email": "ADA@example.com"}, "email_taken"),
        ({"external_ref": "crm-7"}, "external_ref_taken"),
    ]:
        refused = await client.post("/api/v1/customers", json={"name": "Bob", **same})
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert len((await client.get("/api/v1/customers")).json()) == 1


async def test_a_price_is_exact_as_text_and_as_number(service: Service) -> None:
    client = await service.client()

    for price, shown in [
        ("30.10", "30.10"),
        ("30.1", "30.10"),
        ("0.0001", "0.0001"),
        ("7", "7.00"),
        ("0", "0.00"),
    ]:
        for sku, written in ((f"text {price}", f'"{price}"'), (f"number {price}", price)):
            body = f'{{"sku":"{sku}","name":"N","price":{written},"currency":"GBP"}}'
            made = await client.post(
                "/api/v1/products", content=body, headers={"Content-Type": "application/json"}
            )
            assert (made.status_code, made.json()["price"]) == (201, shown), written


async def test_a_price_that_is_none_is_refused(service: Service) -> None:
    client = await service.client()

    for price, currency, code in [
        ("1.00001", "GBP", "invalid_amount"),
        ("-1", "GBP", "invalid_amount"),
        ("1e3", "GBP", "validation_error"),
        ("1_000", "GBP", "validation_error"),
        (" 1", "GBP", "validation_error"),
        ("\u0661", "GBP", "validation_error"),
        (True, "GBP", "validation_error"),
        ("10000000000000", "GBP", "amount_too_large"),
        ("1", "ZZZ", "unknown_currency"),
        ("1", "gbp", "validation_error"),
        ("1", "XAU", "unknown_currency"),
    ]:
        body = {"sku": "A", "name": "N", "price": price, "currency": currency}
        refused = await client.post("/api/v1/products", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, code), price
    assert (await client.get("/api/v1/products")).json() == []


async def test_a_product_is_changed_and_its_price_keeps_its_currency(service: Service) -> None:
    client = await service.client()
    body = {"sku": "A", "name": "Apple", "price": "1.50", "currency": "EUR"}
    await client.post("/api/v1/products", json=body)

    changed = await client.patch("/api/v1/products/1", json={"price": "2.25", "active": False})
    moved = await client.patch("/api/v1/products/1", json={"price": "300", "currency": "JPY"})
    refused = await client.patch("/api/v1/products/1", json={"currency": "GBP"})

    told = changed.json()
    assert (told["price"], told["currency"], told["active"]) == ("2.25", "EUR", False)
    assert (moved.json()["price"], moved.json()["currency"]) == ("300", "JPY")
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_error")
    assert (await client.get("/api/v1/products/1")).json() == moved.json()
    missing = await client.patch("/api/v1/products/9", json={"name": "x"})
    assert (missing.status_code, missing.json()["code"]) == (404, "product_not_found")


async def test_a_sku_is_taken_once(service: Service) -> None:
    client = await service.client()
    body = {"sku": "A", "name": "Apple", "price": "1.50", "currency": "EUR"}
    await client.post("/api/v1/products", json=body)

    refused = await client.post("/api/v1/products", json=body)

    assert (refused.status_code, refused.json()["code"]) == (409, "sku_taken")


async def test_stock_is_counted_in_and_never_written_off_below_what_is_reserved(
    shop: Shop,
) -> None:
    product = await shop.product("A", stock=10)
    await shop.placed(product, 4)
    level = {"product_id": product, "location_id": 1}
    path = "/api/v1/inventory/adjustments"

    taken = await shop.client.post(path, json={**level, "delta": -6, "reason": "broken"})
    refused = await shop.client.post(path, json={**level, "delta": -1, "reason": "broken"})

    assert taken.status_code == 201
    assert taken.json() == {**level, "on_hand": 4, "reserved": 4, "available": 0}
    assert (refused.status_code, refused.json()["code"]) == (409, "stock_is_reserved")
    assert await shop.stock(product) == {"on_hand": 4, "reserved": 4, "available": 0}


async def test_stock_that_gets_low_is_told_of(shop: Shop) -> None:
    product = await shop.product("A", stock=3)
    body = {"product_id": product, "delta": -2, "reason": "broken"}
    lines: list[tuple[object, object]] = []
    for delta in (-2, -1):
        with capture_logs() as logs:
            await shop.client.post("/api/v1/inventory/adjustments", json=body | {"delta": delta})
        lines += [(e["product_id"], e["available"]) for e in logs if e["event"] == "stock.low"]
    assert lines == [(product, 0)]


async def test_stock_lies_at_locations(shop: Shop) -> None:
    product = await shop.product("A", stock=3)
    made = await shop.client.post("/api/v1/locations", json={"name": "Leeds"})
    again = await shop.client.post("/api/v1/locations", json={"name": "Leeds"})
    leeds = made.json()["id"]

    adjustment = {"product_id": product, "location_id": leeds, "delta": 8, "reason": "moved"}
    await shop.client.post("/api/v1/inventory/adjustments", json=adjustment)

    assert (made.status_code, made.json()["name"]) == (201, "Leeds")
    assert (again.status_code, again.json()["code"]) == (409, "location_name_taken")
    names = [each["name"] for each in await shop.get("/api/v1/locations")]
    assert len(names) == 2
    assert names[1] == "Leeds"
    (there,) = await shop.get(f"/api/v1/inventory?location_id={leeds}")
    assert (there["product_id"], there["on_hand"]) == (product, 8)
    assert len(await shop.get(f"/api/v1/inventory?product_id={product}")) == 2


async def test_an_adjustment_changes_something_that_exists_for_a_reason(shop: Shop) -> None:
    product = await shop.product("A", stock=3)
    path = "/api/v1/inventory/adjustments"

    faults: list[tuple[dict[str, object], int, str]] = [
        ({"delta": 0}, 422, "validation_error"),
        ({"reason": " "}, 422, "validation_error"),
        ({"product_id": 99}, 404, "product_not_found"),
        ({"location_id": 99}, 404, "location_not_found"),
    ]
    for wrong, status, code in faults:
        body = {"product_id": product, "delta": 1, "reason": "count", **wrong}
        refused = await shop.client.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert (await shop.stock(product))["on_hand"] == 3
