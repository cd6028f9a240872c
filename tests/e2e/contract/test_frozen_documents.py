"""What a version promised in its frozen document, the service serves."""

from __future__ import annotations

from typing import Any

import pytest

from devtools.freeze_openapi import frozen, served
from devtools.openapi_breaks import breaks
from orderwright.api.documents import DOCUMENTS
from tests.e2e.api.service import Service


@pytest.fixture(scope="module")
def documents() -> dict[str, dict[str, Any]]:
    return served()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_client_of_a_version_is_broken(name: str, documents: dict[str, Any]) -> None:
    promised = frozen(name)

    assert promised is not None
    assert breaks(promised, documents[name]) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_came_since_is_frozen_too(name: str, documents: dict[str, Any]) -> None:
    assert frozen(name) == documents[name], "`make openapi` freezes what is new"


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_everybody_can_fetch_the_document_of_a_version(name: str, service: Service) -> None:
    answer = await (await service.anonymous()).get(f"/openapi/{name}.json")

    assert answer.json() == frozen(name)


@pytest.mark.parametrize(("name", "other"), [("v1", "v2"), ("v2", "v1")])
def test_a_document_tells_of_its_own_version_only(
    name: str, other: str, documents: dict[str, Any]
) -> None:
    assert documents[name]["info"]["version"] == DOCUMENTS[name].number
    assert not [path for path in documents[name]["paths"] if path.startswith(f"/api/{other}")]
    assert "/token" in documents[name]["paths"]
