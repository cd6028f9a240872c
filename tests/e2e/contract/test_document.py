"""The served document says enough to write a client by, and the truth about every operation."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from openapi_spec_validator import validate

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
