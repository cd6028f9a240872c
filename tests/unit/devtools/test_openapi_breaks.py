"""Each way of breaking a client is planted once, beside each change that breaks none."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

import pytest

from devtools.openapi_breaks import breaks

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENT: Final[dict[str, Any]] = {
    "paths": {
        "/things": {
            "post": {
                "operationId": "things_make",
                "x-permission": "things:write",
                "parameters": [
                    {"in": "header", "name": "key", "schema": {"type": "string", "maxLength": 9}}
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}}
                    },
                },
                "responses": {
                    "201": {
                        "headers": {"Location": {"schema": {"type": "string"}}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        },
                    },
                    "4XX": {"content": {"application/json": {"schema": {"type": "object"}}}},
                },
            },
            "get": {
                "operationId": "things_list",
                "parameters": [{"in": "query", "name": "q", "schema": {"type": "string"}}],
                "responses": {"200": {"content": {}}},
            },
        }
    },
    "components": {
        "schemas": {
            "NewThing": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 200},
                    "size": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
                    "colour": {"enum": ["red", "green"]},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/NewThing"}},
                },
            },
            "Thing": {
                "type": "object",
                "required": ["id", "colour"],
                "properties": {
                    "id": {"type": "integer"},
                    "colour": {"enum": ["red", "green"]},
                    "price": {"type": "string"},
                    "maker": {"type": "string"},
                },
            },
        }
    },
}


def post(document: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"]["/things"]["post"]
    return operation


def asked(document: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = document["components"]["schemas"]["NewThing"]
    return schema


def told(document: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = document["components"]["schemas"]["Thing"]
    return schema


def _rename(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    schemas["MadeThing"] = schemas.pop("Thing")
    content = post(document)["responses"]["201"]["content"]["application/json"]
    content["schema"] = {"$ref": "#/components/schemas/MadeThing"}


BREAKING: Final[dict[str, Any]] = {
    "POST /things is gone": lambda d: d["paths"]["/things"].pop("post"),
    "GET /things is gone": lambda d: d["paths"]["/things"].pop("get"),
    "POST /things: operationId was things_make and is make": lambda d: post(d).update(
        operationId="make"
    ),
    "POST /things: x-permission was things:write and is admin": lambda d: post(d).update(
        {"x-permission": "admin"}
    ),
    "GET /things: query q is gone": lambda d: d["paths"]["/things"]["get"]["parameters"].clear(),
    "POST /things: header key beyond maxLength 5 is refused now": lambda d: post(d)["parameters"][
        0
    ]["schema"].update(maxLength=5),
    "POST /things: header key is needed now": lambda d: post(d)["parameters"][0].update(
        required=True
    ),
    "POST /things: header way is needed now": lambda d: post(d)["parameters"].append(
        {"in": "header", "name": "way", "required": True, "schema": {}}
    ),
    "POST /things: the body is gone": lambda d: post(d).pop("requestBody"),
    "GET /things: a body is needed now": lambda d: d["paths"]["/things"]["get"].update(
        requestBody={"required": True, "content": {}}
    ),
    "POST /things: no longer takes application/json": lambda d: post(d)["requestBody"][
        "content"
    ].clear(),
    "POST /things: body without size is refused now": lambda d: asked(d)["required"].append("size"),
    "POST /things: body.parts is refused now": lambda d: asked(d)["properties"].pop("parts"),
    "POST /things: body.name beyond maxLength 100 is refused now": lambda d: asked(d)["properties"][
        "name"
    ].update(maxLength=100),
    "POST /things: body.name beyond pattern ^a is refused now": lambda d: asked(d)["properties"][
        "name"
    ].update(pattern="^a"),
    "POST /things: body.name of type string is refused now": lambda d: asked(d)["properties"][
        "name"
    ].update(type="integer"),
    "POST /things: body.size of type null is refused now": lambda d: asked(d)["properties"]["size"][
        "anyOf"
    ].pop(),
    "POST /things: body.colour = green is refused now": lambda d: asked(d)["properties"][
        "colour"
    ].update(enum=["red"]),
    "POST /things: answer 201 is gone": lambda d: post(d)["responses"].pop("201"),
    "POST /things: answer 201: header Location is gone": lambda d: post(d)["responses"]["201"][
        "headers"
    ].clear(),
    "POST /things: answer 201: no longer as application/json": lambda d: post(d)["responses"][
        "201"
    ]["content"].clear(),
    "POST /things: answer 201 without id was not to be expected before": lambda d: told(d)[
        "required"
    ].remove("id"),
    "POST /things: answer 201.id of type string was not to be expected before": lambda d: told(d)[
        "properties"
    ]["id"].update(type="string"),
    "POST /things: answer 201.colour = blue was not to be expected before": lambda d: told(d)[
        "properties"
    ]["colour"]["enum"].append("blue"),
    "POST /things: answer 201.maker of type null was not to be expected before": lambda d: told(d)[
        "properties"
    ].update(maker={"anyOf": [{"type": "string"}, {"type": "null"}]}),
}
HARMLESS: Final[dict[str, Any]] = {
    "a new path": lambda d: d["paths"].update({"/more": d["paths"]["/things"]}),
    "a new parameter": lambda d: post(d)["parameters"].append(
        {"in": "query", "name": "dry", "schema": {"type": "boolean"}}
    ),
    "a new member to send": lambda d: asked(d)["properties"].update(note={"type": "string"}),
    "a new value to send": lambda d: asked(d)["properties"]["colour"]["enum"].append("blue"),
    "a longer text": lambda d: asked(d)["properties"]["name"].update(maxLength=300),
    "a member less to send": lambda d: asked(d)["required"].clear(),
    "a new member in answers": lambda d: told(d)["properties"].update(weight={"type": "number"}),
    "a member that is always there now": lambda d: told(d)["required"].append("price"),
    "a value less in answers": lambda d: told(d)["properties"]["colour"]["enum"].pop(),
    "a new answer": lambda d: post(d)["responses"].update({"202": {}}),
    "a new header": lambda d: post(d)["responses"]["201"]["headers"].update(ETag={}),
    "other words": lambda d: post(d).update(summary="Makes a thing."),
    "another name of a schema": _rename,
}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document = deepcopy(DOCUMENT)
    change(document)
    return document


def test_a_document_keeps_its_own_word() -> None:
    assert breaks(DOCUMENT, DOCUMENT) == []


@pytest.mark.parametrize(("sentence", "change"), BREAKING.items(), ids=BREAKING)
def test_what_a_client_would_trip_over_is_named(sentence: str, change: Any) -> None:
    assert sentence in breaks(DOCUMENT, changed(change))


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_what_no_client_notices_passes(change: Any) -> None:
    assert breaks(DOCUMENT, changed(change)) == []


def test_what_breaks_one_way_may_be_harmless_the_other() -> None:
    longer = changed(HARMLESS["a longer text"])

    assert breaks(DOCUMENT, longer) == []
    assert breaks(longer, DOCUMENT) == [
        "POST /things: body.name beyond maxLength 200 is refused now"
    ]
