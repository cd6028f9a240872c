"""The OpenAPI documents: one of everything, and one of each version, which stays as it was frozen."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from orderwright.api.access import declared
from orderwright.api.versions import FIRST, SECOND, VERSIONS, Version

DOCUMENTS: Final[Mapping[str, Version]] = {"v1": FIRST, "v2": SECOND}
# What a client of any version needs beside its version's own.
SHARED: Final = frozenset({"/token", "/token/refresh", "/token/revoke", "/me", "/api"})
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_TEXT: Final = {"schema": {"type": "string"}}
_ON_EVERY_ANSWER: Final = {
    "X-API-Version": _TEXT | {"description": "the version that was served"},
    "X-Correlation-ID": _TEXT | {"description": "names the request in logs and on timelines"},
}
_REPLAYED: Final = {
    "Idempotency-Replayed": _TEXT | {"description": "`true` where this is the first answer again"}
}
_ETAG: Final = {"ETag": _TEXT | {"description": "for If-Match and If-None-Match"}}
_LINK: Final = {"Link": _TEXT | {"description": 'the next page, with `rel="next"`'}}


def install(app: FastAPI) -> None:
    """Serve each version's document at /openapi/<name>.json, open to all."""
    for name in DOCUMENTS:
        app.add_route(f"/openapi/{name}.json", _serving(app, name), include_in_schema=False)


def operation_id(route: APIRoute) -> str:
    """`v1_orders_place`: what a generated client calls its function."""
    owner = next((each for each in VERSIONS if each.owns(route.path)), None)
    version = [] if owner is None else [owner.path.rpartition("/")[2]]
    return "_".join([*version, *map(str, route.tags[:1]), route.name])


def document_of(app: FastAPI, name: str) -> dict[str, Any]:
    """Raises: KeyError: there is no document of that name."""
    version = DOCUMENTS[name]
    whole = app.openapi()
    paths = {path: item for path, item in whole["paths"].items() if _belongs(path, version)}
    permissions = _permissions(app)
    document = {
        **whole,
        "info": {**whole["info"], "version": version.number},
        "paths": {path: _told(path, item, permissions) for path, item in paths.items()},
    }
    return {**document, "components": _needed(document)}


def _serving(app: FastAPI, name: str) -> Callable[[Request], Awaitable[Response]]:
    made: list[bytes] = []  # by the first who asks

    async def serve(_: Request) -> Response:
        if not made:
            made.append(json.dumps(document_of(app, name)).encode())
        return Response(made[0], media_type="application/json")

    return serve


def _belongs(path: str, version: Version) -> bool:
    if any(each.owns(path) for each in VERSIONS):
        return version.owns(path)
    return version is FIRST or path in SHARED


def _permissions(app: FastAPI) -> dict[tuple[str, str], str]:
    return {
        (path, method.lower()): str(requirement.permission)
        for method, path, requirements in declared(app)
        for requirement in requirements
        if requirement.permission is not None
    }


def _told(
    path: str, item: Mapping[str, Any], permissions: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    told = dict(item)
    for method in _METHODS:
        if method in item:
            told[method] = _operation(item[method], permissions.get((path, method)))
    return told


def _operation(operation: Mapping[str, Any], permission: str | None) -> dict[str, Any]:
    told = dict(operation)
    told["responses"] = {
        status: {**answer, "headers": dict(_headers(operation, status))}
        for status, answer in operation["responses"].items()
    }
    return told if permission is None else {**told, "x-permission": permission}


def _headers(operation: Mapping[str, Any], status: str) -> Iterator[tuple[str, Any]]:
    yield from _ON_EVERY_ANSWER.items()
    asked = {each["name"].lower() for each in operation.get("parameters", ())}
    if "idempotency-key" in asked:
        yield from _REPLAYED.items()
    if "if-none-match" in asked and status in ("200", "304"):
        yield from _ETAG.items()
    if "cursor" in asked and status == "200":
        yield from _LINK.items()
    if "count" in asked and status == "200":
        yield "X-Total-Count", {"schema": {"type": "integer"}}


def _needed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The components without the schemas that nothing here refers to."""
    schemas = document["components"]["schemas"]
    found: set[str] = set()
    waiting = [document["paths"]]
    while waiting:
        for name in _references(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(schemas[name])
    kept = {name: schema for name, schema in schemas.items() if name in found}
    return {**document["components"], "schemas": kept}


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        for each in part.values():
            yield from _references(each)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)
