"""What comes in is read strictly: refused clearly or taken exactly, and never a 500."""

from itertools import product
from typing import Any

import httpx2

from tests.e2e.api.service import Service
from tests.shop import Shop

JSON = {"Content-Type": "application/json"}


async def post(client: httpx2.AsyncClient, body: str | bytes) -> tuple[int, str]:
    response = await client.post("/api/v1/customers", content=body, headers=JSON)
    return response.status_code, response.json()["code"]


async def test_what_parsers_disagree_about_is_refused(service: Service) -> None:
    client = await service.client()

    for body, expected in [
        (b"{", (400, "malformed_json")),
        (b"", (422, "validation_error")),
        (b'{"name": "A",}', (400, "malformed_json")),
        (b"{'name': 'A'}", (400, "malformed_json")),
        (b'{"name": "A"} {}', (400, "malformed_json")),
        (b'{"name": NaN}', (400, "malformed_json")),
        (b'{"name": -Infinity}', (400, "malformed_json")),
        (b'{"name": "\xff"}', (400, "malformed_json")),
        ('{"name": "A"}'.encode("utf-16"), (400, "malformed_json")),
        (b'\xef\xbb\xbf{"name": "A"}', (400, "malformed_json")),
        (b'{"name": "A", "name": "B"}', (422, "duplicate_member")),
        (b'{"name": "A", "metadata": {"a": 9223372036854775808}}', (422, "number_out_of_range")),
        (b'{"metadata": {"a": ' + b"9" * 5000 + b"}}", (422, "number_out_of_range")),
        (b'{"metadata": {"a": 1e400}}', (422, "number_out_of_range")),
        (b'{"metadata": {"a": 0.' + b"1" * 100 + b"}}", (422, "number_out_of_range")),
        (b'{"name": "a\\u0000b"}', (422, "invalid_text")),
        (b'{"name": "\\ud800"}', (422, "invalid_text")),
        (b'{"\\udfff": "A"}', (422, "invalid_text")),
        (b'{"name": "A", "metadata": ' + nested(32) + b"}", (422, "json_too_deep")),
        (b"[" * 100_000, (422, "json_too_deep")),
        (b"[]", (422, "validation_error")),
        (b'{"name": "A", "is_admin": true}', (422, "validation_error")),
        (b'{"name": true}', (422, "validation_error")),
        (b'{"name": "A", "metadata": {"a": 0.1000000000000000000001}}', (422, "validation_error")),
    ]:
        assert await post(client, body) == expected, body[:60]
    assert (await client.get("/api/v1/customers")).json() == []


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


async def test_what_is_allowed_is_kept_exactly(service: Service) -> None:
    client = await service.client()
    body = b'{"name": "Zoe\\u0308 \\ud83d\\ude00", "metadata": ' + nested(31) + b"}"

    made = await client.post("/api/v1/customers", content=body, headers=JSON)

    assert made.status_code == 201
    assert made.json()["name"] == "Zo\u00eb \U0001f600"  # composed: Unicode NFC
    customer = (await client.get(made.headers["Location"])).json()
    assert customer == made.json()
    inner: Any = customer["metadata"]
    for _ in range(31):
        inner = inner["a"]
    assert inner == 1


async def test_only_json_that_says_so_is_read(service: Service) -> None:
    client = await service.client()

    for headers in (
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {**JSON, "Content-Encoding": "gzip"},
    ):
        response = await client.post("/api/v1/customers", content=b'{"name":"A"}', headers=headers)
        assert response.status_code == 415, headers
        assert response.json()["code"] == "unsupported_media_type"
        assert response.json()["error"] == "Unsupported Media Type"


async def test_a_validation_error_points_at_every_fault_and_repeats_no_value(
    service: Service,
) -> None:
    client = await service.client()
    body = {
        "customer_id": "hunter2",
        "items": [{"product_id": 1, "quantity": 0}, {"product_id": 1, "quantity": 1, "sku": "x"}],
        "notes": "a\x07b",
        "hunter2~/x": 1,
    }

    response = await client.post("/api/v1/orders", json=body)

    assert response.status_code == 422
    told = response.json()
    assert (told["error"], told["code"]) == ("Validation Error", "validation_error")
    assert {(each["pointer"], each["code"]) for each in told["errors"]} == {
        ("/customer_id", "int_type"),
        ("/items/0/quantity", "greater_than_equal"),
        ("/items/1/sku", "extra_forbidden"),
        ("/notes", "control_character"),
        ("/hunter2~0~1x", "extra_forbidden"),
    }
    assert all(set(each) == {"pointer", "message", "code", "in"} for each in told["errors"])
    assert '"hunter2"' not in response.text


async def test_no_column_of_a_table_can_be_set_by_naming_it(service: Service) -> None:
    client = await service.client()

    for column in ("id", "version", "created_at", "updated_at", "is_admin"):
        response = await client.post("/api/v1/customers", json={"name": "A", column: 1})
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == f"/{column}"


async def test_text_is_one_line_except_in_notes(shop: Shop) -> None:
    apple = await shop.product("A", stock=5)

    placed = await shop.placed(apple, notes="ring twice\r\nthen wait")
    assert placed["notes"] == "ring twice\r\nthen wait"

    for member, value in [("reference", "a\nb"), ("channel", "a\tb"), ("notes", "a\x1bb")]:
        refused = await shop.place({**shop.order_for(apple), member: value})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (
            422,
            "control_character",
        )


async def test_queries_are_read_as_strictly(service: Service) -> None:
    client = await service.client()

    for path, (query, pointer) in product(
        ("orders", "customers", "inventory"),
        [
            ("limit=0", "/limit"),
            ("limit=101", "/limit"),
            ("limit=x", "/limit"),
            ("skip=10001", "/skip"),
            ("skip=-1", "/skip"),
            ("nonsense=1", "/nonsense"),
        ],
    ):
        response = await client.get(f"/api/v1/{path}?{query}")
        assert response.status_code == 422, query
        (fault,) = response.json()["errors"]
        assert (fault["pointer"], fault["in"]) == (pointer, "query")
    twice = await client.get("/api/v1/orders?limit=1&limit=2")
    assert (twice.status_code, twice.json()["code"]) == (422, "duplicate_parameter")


async def test_ids_of_nothing_are_not_found_and_ids_of_no_number_are_refused(
    service: Service,
) -> None:
    client = await service.client()

    for written, status in [
        ("0", 404),
        ("-1", 404),
        ("9223372036854775807", 404),
        ("9223372036854775808", 422),
        ("1.5", 422),
        ("abc", 422),
    ]:
        for kind in ("orders", "customers", "products"):
            response = await client.get(f"/api/v1/{kind}/{written}")
            assert response.status_code == status, (kind, written)
    for written, status in [("nothing", 404), ("a%00b", 422), ("x" * 65, 422)]:
        assert (await client.get(f"/api/v1/tasks/{written}")).status_code == status


async def test_text_is_composed_wherever_it_comes_in(shop: Shop) -> None:
    """Unicode NFC, so that what looks the same is found and counts as the same."""
    client = shop.client
    apart, composed = "Zoe\u0308", "Zo\u00eb"
    apple = await shop.product(apart, stock=5)
    address = {"name": apart, "city": apart}

    placed = await shop.placed(
        apple, notes=apart, reference=apart, metadata={apart: [apart]}, shipping_address=address
    )

    assert (placed["notes"], placed["reference"]) == (composed, composed)
    assert placed["metadata"] == {composed: [composed]}
    assert placed["shipping_address"]["city"] == composed
    assert placed["items"][0]["sku"] == composed
    for query in ({"q": apart}, {"reference": apart}):
        (found,) = (await client.get("/api/v1/orders", params=query)).json()
        assert found["id"] == placed["id"]


async def test_a_charset_other_than_utf_8_is_refused(service: Service) -> None:
    client = await service.client()

    for charset, status in [("utf-8", 201), ('"UTF-8"', 201), ("latin-1", 415), ("utf-16", 415)]:
        headers = {"Content-Type": f"application/json; charset={charset}"}
        response = await client.post("/api/v1/customers", content=b'{"name":"A"}', headers=headers)
        assert response.status_code == status, charset


SPELLINGS = [
    "01", "%2B1", "%201", "1%20", "1.0", "1_0", "0x1", "1e0", "--1", "-", "", "%D9%A1", "00", "1%0A",
    "9223372036854775808", "1" * 5000,
]  # fmt: skip
PLACES = [
    "orders/{}",
    "orders/{}/timeline",
    "customers/{}",
    "products/{}",
    "orders?customer_id={}",
    "orders?product_id={}",
    "orders?limit={}",
    "orders?skip={}",
    "customers?limit={}",
    "inventory?product_id={}",
    "inventory?location_id={}",
]
PLACES_OF_THE_SECOND = [
    "orders/{}",
    "orders?page={}",
    "orders?page_size={}",
    "orders?customer_id={}",
]


async def test_a_number_in_an_address_has_one_spelling(service: Service) -> None:
    shop = await service.shop()
    await shop.placed(await shop.product("A", stock=5))
    places = [f"v1/{each}" for each in PLACES] + [f"v2/{each}" for each in PLACES_OF_THE_SECOND]

    for place, spelling in product(places, SPELLINGS):
        if spelling == "" and "?" not in place:
            continue  # another address
        refused = await shop.client.get(f"/api/{place.format(spelling)}")
        assert refused.status_code == 422, (place, spelling)
        assert refused.json()["code"] == "validation_error", (place, spelling)
        code = refused.json()["errors"][0]["code"]
        known = ("int_parsing", "int_parsing_size", "less_than_equal")
        assert code in (known if spelling.isdigit() else known[:1]), (place, spelling)
    for place in places:
        taken = await shop.client.get(f"/api/{place.format('1')}")
        assert taken.status_code == 200, place
    for number in ("0", "-1", "-9223372036854775807"):
        missing = await shop.client.get(f"/api/v1/orders/{number}")
        assert (missing.status_code, missing.json()["code"]) == (404, "order_not_found"), number
