"""The served document says enough to write a client by, and the truth about every operation."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from openapi_spec_validator import validate

from devtools.freeze_openapi import served
from orderwright.api.access import OPEN_ROUTES, declared
from tests.e2e.api.service import Service

Told = dict[str, Any]

JSON: Final = "application/json"
ERROR: Final = {"$ref": "#/components/schemas/ErrorJson"}


@pytest.fixture
async def document(service: Service) -> Told:
    """As a client gets it, for what is served is what counts."""
    document: Told = (await (await service.anonymous()).get("/openapi.json")).json()
    return document


def told_operations(document: Told) -> Iterator[tuple[str, str, Told]]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield method.upper(), path, told


async def test_the_document_is_valid(document: Told) -> None:
    validate(document)


async def test_what_is_served_is_told_and_nothing_else_is(service: Service, document: Told) -> None:
    served = {(method, path) for method, path, _ in declared(service.app)}

    assert {(method, path) for method, path, _ in told_operations(document)} == served


async def test_every_operation_has_a_name_of_its_own_a_sentence_and_a_place(
    document: Told,
) -> None:
    told = list(told_operations(document))

    ids = [each["operationId"] for _, _, each in told]
    assert len(ids) == len(set(ids))
    bare = [
        (method, path)
        for method, path, each in told
        if not (each.get("summary") and each.get("description") and each.get("tags"))
    ]
    assert bare == []


async def test_every_operation_says_how_it_refuses(document: Told) -> None:
    for method, path, told in told_operations(document):
        for status in ("4XX", "5XX"):
            assert told["responses"][status]["content"][JSON]["schema"] == ERROR, (method, path)


async def test_every_operation_says_whether_it_asks_who_is_calling(document: Told) -> None:
    asking = {
        (method, path) for method, path, told in told_operations(document) if told.get("security")
    }

    assert asking == {(method, path) for method, path, _ in told_operations(document)} - OPEN_ROUTES


async def test_every_act_can_be_repeated_safely_by_a_documented_key(document: Told) -> None:
    for method, path, told in told_operations(document):
        if method in {"POST", "PATCH", "DELETE"} and (method, path) not in OPEN_ROUTES:
            headers = {
                each["name"].lower() for each in told["parameters"] if each["in"] == "header"
            }
            assert "idempotency-key" in headers, (method, path)


def headers_of(document: Told, method: str, path: str, status: str) -> set[str]:
    return set(document["paths"][path][method]["responses"][status]["headers"])


def test_the_headers_of_answers_are_told() -> None:
    documents = served()
    first, second = documents["v1"], documents["v2"]
    always = {"X-API-Version", "X-Correlation-ID"}
    retiring = {"Deprecation", "Sunset", "Link"}
    limited = {"RateLimit", "RateLimit-Policy"}
    keyed = always | {"Idempotency-Replayed"}

    assert headers_of(second, "post", "/api/v2/orders", "201") == keyed | {"Location", "ETag"}
    assert headers_of(first, "post", "/api/v1/orders", "201") == (
        keyed | retiring | {"Location", "ETag"}
    )
    assert headers_of(second, "patch", "/api/v2/orders/{order_id}", "200") == keyed | {"ETag"}
    assert headers_of(second, "delete", "/api/v2/orders/{order_id}", "202") == keyed | {"ETag"}
    assert headers_of(second, "get", "/api/v2/orders/{order_id}", "304") == always | {"ETag"}
    assert headers_of(second, "post", "/api/v2/orders/{order_id}/process", "202") == (
        keyed | {"Location"}
    )
    assert headers_of(first, "post", "/api/v1/locations", "201") == keyed
    assert headers_of(first, "post", "/api/v1/api-keys", "201") == keyed | {"Location"}
    assert headers_of(second, "get", "/api/v2/orders", "200") == always | limited | {"Link"}
    assert headers_of(second, "get", "/api/v2/orders", "429") == always | limited | {"Retry-After"}
    assert headers_of(first, "post", "/token", "429") == always | limited | {"Retry-After"}
    assert headers_of(first, "post", "/api/v1/customers", "503") == keyed | {"Retry-After"}
    assert headers_of(first, "post", "/api/v1/customers", "4XX") == keyed | {"Retry-After"}
    assert headers_of(first, "get", "/api/v1/customers/{customer_id}", "4XX") == always
    health = first["paths"]["/health/ready"]["get"]["responses"]["503"]
    assert set(health["content"]) == {JSON}, "what is unhealthy, and no error"


async def test_what_is_answered_has_the_headers_that_are_told(service: Service) -> None:
    shop = await service.shop()
    order = await shop.placed(await shop.product("A", stock=5))
    document = served()["v1"]
    asked = [
        ("post", "/api/v1/customers", {"name": "B"}),
        ("post", "/api/v1/locations", {"name": "attic"}),
        ("post", "/api/v1/orders", shop.order_for(1)),
        ("post", "/api/v1/api-keys", {"name": "till", "permissions": ["orders:read"]}),
        ("patch", "/api/v1/orders/{order_id}", {"notes": "a"}),
        ("patch", "/api/v1/customers/{customer_id}", {"name": "C"}),
        ("patch", "/api/v1/products/{product_id}", {"name": "C"}),
        ("post", "/api/v1/orders/{order_id}/process", {}),
        ("post", "/api/v1/orders/{order_id}/cancel", {}),
    ]

    for method, path, body in asked:
        filled = re.sub(r"{\w+}", str(order["id"]), path)
        answer = await shop.client.request(method, filled, json=body)
        assert answer.is_success, answer.text
        told = headers_of(document, method, path, str(answer.status_code))
        for name in ("Location", "ETag"):
            assert (name in answer.headers) == (name in told), (method, path, name)


def test_every_error_is_told_as_a_problem_too() -> None:
    for document in served().values():
        for method, path, told in told_operations(document):
            for status in ("4XX", "5XX") + (() if path == "/health/ready" else ("503",)):
                content = told["responses"][status]["content"]
                assert set(content) == {JSON, "application/problem+json"}, (method, path)
                problem = content["application/problem+json"]["schema"]["allOf"]
                assert problem[0] == ERROR
                assert problem[1]["required"] == ["type", "title", "status"]


@pytest.mark.parametrize("name", ["v1", "v2"])
def test_the_document_of_a_version_is_valid(name: str) -> None:
    validate(served()[name])
