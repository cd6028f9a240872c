"""Every way to be refused that a client can provoke, and what it hears: one row each."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
import pytest

from orderwright.api.error_catalogue import ERRORS
from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.e2e.faults.contract_form import faults_of_form, rows
from tests.patience import AWAITED_S
from tests.shop import Shop

API: Final = "/api/v1"
JSON: Final = {"content-type": "application/json"}
FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Fault:
    """`who`: everybody, reader, admin. `path` may name what the shop has, as {pending}."""

    method: str
    path: str
    status: int
    code: str
    json: Any = None
    content: str | bytes | None = None
    headers: dict[str, str] | list[tuple[str, str]] = field(default_factory=dict)
    who: str = "admin"

    async def ask(self, client: httpx2.AsyncClient, known: dict[str, Any]) -> httpx2.Response:
        body: dict[str, Any] = {"json": _filled(self.json, known)} if self.json is not None else {}
        if self.content is not None:
            body = {"content": self.content}
        path = self.path.format(**known)
        return await client.request(self.method, path, headers=self.headers, **body)


def _filled(value: Any, known: dict[str, Any]) -> Any:
    """With what the shop has in place of its name: `$pending` is the id of the pending order."""
    if isinstance(value, dict):
        return {name: _filled(member, known) for name, member in value.items()}
    if isinstance(value, list):
        return [_filled(item, known) for item in value]
    return known[value[1:]] if isinstance(value, str) and value.startswith("$") else value


def raw(content: str | bytes, status: int, code: str, **more: Any) -> Fault:
    headers = more.pop("headers", JSON)
    return Fault("POST", f"{API}/customers", status, code, content=content, headers=headers, **more)


def form(content: str | bytes, status: int, code: str, **headers: str) -> Fault:
    return Fault(
        "POST",
        "/token",
        status,
        code,
        content=content,
        headers={**FORM, **headers},
        who="everybody",
    )


def order(status: int, code: str, **members: Any) -> Fault:
    body = {"customer_id": "$customer", "items": [{"product_id": "$apple", "quantity": 1}]}
    return Fault("POST", f"{API}/orders", status, code, json={**body, **members})


def invalid(method: str, path: str, json: Any) -> Fault:
    return Fault(method, path, 422, "validation_error", json=json)


ITEM: Final = {"product_id": "$apple", "quantity": 1}
RETRY: Final = f"{API}/tasks/none/retry"
LINE: Final = {"item_id": "$line", "quantity": 1}

FAULTS: Final = [
    # addresses and methods
    Fault("GET", "/nowhere", 404, "route_not_found", who="everybody"),
    Fault("POST", "/nowhere", 404, "route_not_found", who="everybody", content=b"{", headers=JSON),
    Fault("GET", f"{API}/orders/", 404, "route_not_found", who="everybody"),
    Fault("GET", f"{API}/orders/1%2f2", 404, "route_not_found"),
    Fault("GET", f"{API}/tasks/%2e%2e%2f1", 404, "route_not_found"),
    Fault("PUT", f"{API}/orders", 405, "method_not_allowed", who="everybody"),
    Fault("OPTIONS", f"{API}/orders", 405, "method_not_allowed", who="everybody"),
    Fault("TRACE", "/me", 405, "method_not_allowed", who="everybody"),
    Fault("DELETE", "/token", 405, "method_not_allowed", who="everybody"),
    # versions
    Fault("GET", f"{API}/orders", 400, "api_version_conflict", headers={"x-api-version": "2.0"}),
    Fault("GET", f"{API}/orders", 400, "api_version_unknown", headers={"x-api-version": "9"}),
    # what may be said once
    *[
        Fault(
            "POST",
            f"{API}/customers",
            400,
            "duplicate_header",
            json={"name": "A"},
            who=who,
            headers=[(name, value), (name, value)],
        )
        for who in ("everybody", "admin")
        for name, value in [
            ("x-api-version", "1.0"),
            ("idempotency-key", "k"),
            ("authorization", "Bearer x"),
            ("content-type", "application/json"),
            ("content-encoding", "identity"),
        ]
    ],
    # what may come back
    Fault("GET", f"{API}/orders", 406, "not_acceptable", headers={"accept": "text/html"}),
    Fault("GET", "/me", 406, "not_acceptable", headers={"accept": "text/*, image/png;q=0.1"}),
    Fault("GET", "/me", 406, "not_acceptable", headers={"accept": "application/*;q=0"}),
    raw(b"{", 406, "not_acceptable", headers={**JSON, "accept": "text/csv"}),
    # who is calling comes before what is said
    Fault("GET", "/me", 401, "not_signed_in", who="everybody"),
    Fault(
        "GET", "/me", 401, "not_signed_in", who="everybody", headers={"authorization": "Basic x"}
    ),
    Fault(
        "GET", "/me", 401, "invalid_token", who="everybody", headers={"authorization": "Bearer x"}
    ),
    Fault(
        "GET",
        "/me",
        401,
        "invalid_token",
        who="everybody",
        headers={"authorization": "Bearer ow_a_b"},
    ),
    raw(b"{", 401, "not_signed_in", who="everybody"),
    raw(b"x", 401, "not_signed_in", who="everybody", headers={"content-type": "text/plain"}),
    raw(b" " * 1_100_000, 401, "not_signed_in", who="everybody"),
    raw(b"{", 403, "permission_denied", who="reader"),
    raw(b" " * 1_100_000, 403, "permission_denied", who="reader"),
    Fault("POST", f"{API}/api-keys", 403, "permission_denied", who="reader", json={}),
    Fault("GET", f"{API}/customers?nonsense=1", 403, "permission_denied", who="reader"),
    # bodies
    raw(b"{", 400, "malformed_json"),
    raw(b'{"name": NaN}', 400, "malformed_json"),
    raw(b'{"name": "\xff"}', 400, "malformed_json"),
    raw(b"\xef\xbb\xbf{}", 400, "malformed_json"),
    raw('{"name": "A"}'.encode("utf-16"), 400, "malformed_json"),
    raw(b" " * 1_100_000, 413, "payload_too_large"),
    raw(b"{}", 415, "unsupported_media_type", headers={"content-type": "text/plain"}),
    raw(b"{}", 415, "unsupported_media_type", headers={}),
    raw(
        b"{}",
        415,
        "unsupported_media_type",
        headers={"content-type": "application/json; charset=utf-16"},
    ),
    raw(b"{}", 415, "unsupported_media_type", headers={**JSON, "content-encoding": "gzip"}),
    raw(b'{"name": "A", "name": "B"}', 422, "duplicate_member"),
    raw(b'{"name": "\\u0000"}', 422, "invalid_text"),
    raw(b'{"name": "\\ud800"}', 422, "invalid_text"),
    raw(b'{"a": 9223372036854775808}', 422, "number_out_of_range"),
    raw(b'{"a": 1e999}', 422, "number_out_of_range"),
    raw(b"[" * 40 + b"]" * 40, 422, "json_too_deep"),
    raw(b"[" * 200_000, 422, "json_too_deep"),
    raw(b"", 422, "validation_error"),
    raw(b"null", 422, "validation_error"),
    raw(b"[]", 422, "validation_error"),
    raw(b'{"name": "A", "id": 7}', 422, "validation_error"),
    raw(b'{"name": " "}', 422, "validation_error"),
    raw(b'{"name": "a\\u0085b"}', 422, "validation_error"),
    raw(b'{"name": "A", "metadata": {"a": "b\\u0007"}}', 422, "validation_error"),
    raw(b'{"name": "A", "metadata": {"\\u00e9": 1, "e\\u0301": 2}}', 422, "validation_error"),
    raw(
        b'{"name": "A"}', 422, "invalid_idempotency_key", headers={**JSON, "idempotency-key": "a b"}
    ),
    # bodies of what needs none
    *(
        Fault(method, f"{API}{path}", status, code, content=content, headers=headers | keyed)
        for method, path in (
            ("POST", "/orders/{pending}/payments/none/void"),
            ("POST", "/orders/{pending}/shipments/none/deliver"),
            ("DELETE", "/orders/{pending}"),
            ("DELETE", "/api-keys/999"),
            ("POST", "/tasks/none/retry"),
            ("GET", "/orders/{pending}"),
        )
        for keyed in ({}, {"idempotency-key": "k"})
        for content, headers, status, code in (
            (b"{", JSON, 400, "malformed_json"),
            (b"{", {"content-type": "text/plain"}, 415, "unsupported_media_type"),
            (b"{}", {}, 415, "unsupported_media_type"),
            (b" " * 1_100_000, JSON, 413, "payload_too_large"),
            (b'{"amount": "1.00"}', JSON, 422, "validation_error"),
            (b"null", JSON, 422, "validation_error"),
            (b"[]", JSON, 422, "validation_error"),
            (b'{"a": 1, "a": 1}', JSON, 422, "duplicate_member"),
        )
    ),
    Fault("POST", RETRY, 403, "permission_denied", content=b"{", who="reader"),
    Fault("POST", RETRY, 401, "not_signed_in", content=b"{", who="everybody"),
    # forms
    form(b"", 422, "validation_error"),
    form(b"username=a", 422, "validation_error"),
    form(b"username=a&password=b&grant_type=magic", 422, "validation_error"),
    form(b"username=a&username=b&password=c", 422, "duplicate_parameter"),
    form(b"username=%ff&password=b", 400, "malformed_request"),
    form(b"username=\xc3\xa9&password=b", 400, "malformed_request"),
    form(b"&".join(b"a%d=1" % n for n in range(200)), 400, "malformed_request"),
    form(b"username=a%00&password=b", 422, "invalid_text"),
    form(b"username=a%07&password=b", 422, "validation_error"),
    form(b"{}", 415, "unsupported_media_type", **JSON),
    form(
        b"--x", 415, "unsupported_media_type", **{"content-type": "multipart/form-data; boundary=x"}
    ),
    form(b"a=b", 415, "unsupported_media_type", **{"content-encoding": "deflate"}),
    form(b"username=nobody&password=wrong+password", 401, "invalid_credentials"),
    Fault(
        "POST", "/token/refresh", 401, "invalid_token", json={"refresh_token": "x"}, who="everybody"
    ),
    Fault("POST", "/token/revoke", 422, "validation_error", json={}, who="everybody"),
    # addresses with parameters
    Fault("GET", f"{API}/orders?limit=0", 422, "validation_error"),
    Fault("GET", f"{API}/orders?nonsense=1", 422, "validation_error"),
    Fault("GET", "/me?nonsense=1", 422, "validation_error"),
    Fault("GET", f"{API}/orders/1?expand=items", 422, "validation_error"),
    Fault("GET", f"{API}/orders?limit=1&limit=2", 422, "duplicate_parameter"),
    Fault("GET", f"{API}/orders?q=%ff", 400, "malformed_request"),
    Fault("GET", f"{API}/orders?q=a%00b", 422, "invalid_text"),
    Fault("GET", f"{API}/orders?q=a%1bb", 422, "validation_error"),
    Fault("GET", f"{API}/orders?cursor=nonsense", 422, "invalid_cursor"),
    Fault("GET", f"{API}/orders/abc", 422, "validation_error"),
    Fault("GET", f"{API}/orders/99999999999999999999", 422, "validation_error"),
    Fault("GET", f"{API}/tasks/a%00b", 422, "validation_error"),
    Fault("GET", f"{API}/tasks/%ff", 422, "validation_error"),
    # what does not exist
    Fault("GET", f"{API}/orders/999", 404, "order_not_found"),
    Fault("POST", f"{API}/orders/999/cancel", 404, "order_not_found"),
    Fault("GET", f"{API}/customers/999", 404, "customer_not_found"),
    Fault("PATCH", f"{API}/customers/999", 404, "customer_not_found", json={"name": "B"}),
    Fault("GET", f"{API}/products/999", 404, "product_not_found"),
    Fault("GET", f"{API}/tasks/nothing", 404, "task_not_found"),
    Fault("POST", f"{API}/events/dead/nobody/1/retry", 404, "dead_event_not_found"),
    Fault("GET", f"{API}/events/schemas/order.eaten", 404, "event_schema_not_found"),
    Fault("GET", f"{API}/events?type=order.eaten", 422, "unknown_event_type"),
    Fault("GET", f"{API}/events/stream?after=-1", 422, "validation_error"),
    Fault("GET", f"{API}/api-keys/999", 404, "api_key_not_found"),
    Fault("DELETE", f"{API}/api-keys/999", 404, "api_key_not_found"),
    Fault("POST", f"{API}/orders/{{confirmed}}/shipments/none/deliver", 404, "shipment_not_found"),
    Fault("POST", f"{API}/orders/{{confirmed}}/returns/none/receive", 404, "return_not_found"),
    Fault(
        "POST",
        f"{API}/orders/{{confirmed}}/shipments",
        404,
        "line_not_found",
        json={"items": [{"item_id": 999, "quantity": 1}]},
    ),
    # orders that make no sense
    order(404, "customer_not_found", customer_id=999),
    order(422, "unknown_product", items=[{"product_id": 999, "quantity": 1}]),
    order(422, "product_inactive", items=[{"product_id": "$withdrawn", "quantity": 1}]),
    order(422, "currency_mismatch", items=[ITEM, {"product_id": "$dollar", "quantity": 1}]),
    order(409, "out_of_stock", items=[{"product_id": "$apple", "quantity": 1000}]),
    order(422, "negative_total", adjustments=[{"kind": "discount", "label": "x", "amount": "-99"}]),
    order(422, "validation_error", adjustments=[{"kind": "x", "label": "x", "amount": "1"}]),
    order(422, "validation_error", items=[]),
    order(422, "validation_error", items=[ITEM] * 101),
    order(422, "validation_error", items=[{"product_id": "$apple", "quantity": 0}]),
    order(422, "validation_error", items=[{"product_id": "$apple", "quantity": True}]),
    order(422, "validation_error", notes="x" * 501),
    order(422, "validation_error", shipping_address={"country": "gb"}),
    order(409, "duplicate_reference", reference="till-1"),
    # what the present state does not allow
    Fault("POST", f"{API}/orders/{{cancelled}}/cancel", 409, "illegal_transition"),
    Fault("POST", f"{API}/orders/{{cancelled}}/process", 409, "illegal_transition"),
    Fault("POST", f"{API}/orders/{{pending}}/shipments", 409, "illegal_transition", json={}),
    Fault("DELETE", f"{API}/orders/{{cancelled}}", 409, "illegal_transition"),
    Fault(
        "POST",
        f"{API}/orders/{{confirmed}}/returns",
        409,
        "return_exceeds_shipped",
        json={"items": [LINE]},
    ),
    Fault(
        "POST",
        f"{API}/orders/{{confirmed}}/refunds",
        409,
        "refund_exceeds_captured",
        json={"amount": "999.00"},
    ),
    Fault(
        "POST",
        f"{API}/orders/{{confirmed}}/refunds",
        422,
        "invalid_amount",
        json={"amount": "1.001"},
    ),
    # taken, and too much
    Fault(
        "POST", f"{API}/customers", 409, "email_taken", json={"name": "B", "email": "a@b.example"}
    ),
    Fault("POST", f"{API}/locations", 409, "location_name_taken", json={"name": "attic"}),
    Fault(
        "POST",
        f"{API}/products",
        409,
        "sku_taken",
        json={"sku": "apple", "name": "B", "price": "1", "currency": "GBP"},
    ),
    Fault(
        "POST",
        f"{API}/products",
        422,
        "unknown_currency",
        json={"sku": "B", "name": "B", "price": "1", "currency": "ZZZ"},
    ),
    Fault(
        "POST",
        f"{API}/products",
        422,
        "invalid_amount",
        json={"sku": "B", "name": "B", "price": "-1", "currency": "GBP"},
    ),
    Fault(
        "POST",
        f"{API}/inventory/adjustments",
        409,
        "stock_is_reserved",
        json={"product_id": "$apple", "delta": -10, "reason": "lost"},
    ),
    invalid("POST", f"{API}/inventory/adjustments", {"product_id": 1, "delta": 0, "reason": "x"}),
    invalid("PATCH", f"{API}/products/1", {"currency": "USD"}),
    invalid("POST", f"{API}/api-keys", {"name": "k", "permissions": ["everything"]}),
    invalid("POST", f"{API}/orders/1/refunds", {"restock": True}),
    # versions of one thing
    Fault(
        "POST",
        f"{API}/orders/{{pending}}/cancel",
        412,
        "precondition_failed",
        headers={"if-match": '"77"'},
    ),
    Fault(
        "POST",
        f"{API}/orders/{{pending}}/cancel",
        400,
        "malformed_if_match",
        headers={"if-match": "77"},
    ),
]


async def stocked(shop: Shop) -> dict[str, Any]:
    """One of everything that a row can stumble over."""
    client = shop.client
    apple = await shop.product("apple", stock=10)
    withdrawn = await shop.product("withdrawn", stock=0)
    await client.patch(f"{API}/products/{withdrawn}", json={"active": False})
    dollar = {"sku": "dollar", "name": "D", "price": "1", "currency": "USD"}
    await client.post(f"{API}/customers", json={"name": "A", "email": "a@b.example"})
    await client.post(f"{API}/locations", json={"name": "attic"})
    pending = await shop.placed(apple, reference="till-1")
    cancelled = await shop.placed(apple)
    await client.post(f"{API}/orders/{cancelled['id']}/cancel")
    paid = await shop.placed(apple, payment={"token": "tok_ok"})
    confirmed = await shop.until_processed(paid["id"])
    return {
        "customer": shop.customer_id,
        "apple": apple,
        "withdrawn": withdrawn,
        "dollar": (await client.post(f"{API}/products", json=dollar)).json()["id"],
        "pending": pending["id"],
        "cancelled": cancelled["id"],
        "confirmed": confirmed["id"],
        "line": confirmed["items"][0]["id"],
    }


async def test_every_fault_is_told_in_the_same_form_and_writes_nothing(service: Service) -> None:
    known = await stocked(await service.shop())
    clients = {
        "everybody": await service.anonymous(),
        "reader": await service.client(Permission.ORDERS_READ),
        "admin": await service.client(),
    }
    async with asyncio.timeout(AWAITED_S):
        while (await rows(service))["tasks"] < 2:  # the payment, and the mail that follows it
            await asyncio.sleep(0.01)
    before = await rows(service)
    wrong = []

    for fault in FAULTS:
        response = await fault.ask(clients[fault.who], known)
        heard = (response.status_code, response.json()["code"], faults_of_form(response))
        if heard != (fault.status, fault.code, []):
            wrong.append((fault.method, fault.path, fault.json or fault.content, heard))

    assert wrong == []
    after = await rows(service)
    assert after.pop("sign_in_tallies") == 3, "whose failed sign-in it was, from where, and both"
    before.pop("sign_in_tallies")
    assert after == before
    assert len(FAULTS) >= 80


async def test_the_same_faults_are_problems_for_those_who_ask_for_problems(
    service: Service,
) -> None:
    client = await service.anonymous()
    accept = {"accept": "application/json;q=0.5, application/problem+json"}

    for method, path in [("GET", "/nowhere"), ("PUT", "/me"), ("GET", "/me"), ("POST", "/token")]:
        response = await client.request(method, path, headers=accept)
        assert response.headers["content-type"] == "application/problem+json"
        told = response.json()
        assert faults_of_form(response) == []
        assert told["type"] == f"urn:orderwright:error:{told['code']}"
        assert (told["title"], told["status"]) == (told["error"], response.status_code)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json, application/problem+json", "application/problem+json"),
        ("application/json, application/problem+json;q=0.9", "application/json"),
        ("application/json;q=0, */*", "application/problem+json"),
        ("application/problem+json;q=0, */*;q=0.1", "application/json"),
        ("APPLICATION/PROBLEM+JSON;Q=0.4", "application/problem+json"),
        ("text/html", "application/json"),
    ],
)
async def test_the_form_of_an_error_is_chosen_by_quality(
    accept: str, media_type: str, sqlite_service: Service
) -> None:
    response = await (await sqlite_service.anonymous()).get("/me", headers={"accept": accept})

    assert response.status_code == 401
    assert response.headers["content-type"] == media_type


async def test_head_is_get_without_the_body(sqlite_service: Service) -> None:
    client = await sqlite_service.client()

    for path in ("/me", f"{API}/orders", f"{API}/orders/1", "/health/live", "/nowhere"):
        read, asked = await client.get(path), await client.head(path)
        assert asked.content == b""
        assert asked.status_code == read.status_code
        assert asked.headers["content-length"] == str(len(read.content))
    assert (await client.head("/token")).headers["allow"] == "POST"


def test_most_of_the_catalogue_is_provoked() -> None:
    provoked = {fault.code for fault in FAULTS}

    assert provoked <= {entry.code for entry in ERRORS}
    assert len(provoked) >= 45
