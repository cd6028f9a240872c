"""The OpenAPI documents: one of everything, and one of each version, which stays as it was frozen."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from orderwright.api.access import declared
from orderwright.api.rate_limits import limited_routes
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
_LOCATION: Final = {"Location": _TEXT | {"description": "where to read what was made or promised"}}
_NEXT: Final = 'the next page, with `rel="next"`'
_SUCCESSOR: Final = 'the same in its successor, with `rel="successor-version"`'
_WHEN_DEPRECATED: Final = {
    "Deprecation": _TEXT | {"description": "since when this version is deprecated (RFC 9745)"},
    "Sunset": _TEXT | {"description": "when this version ends, once that is decided (RFC 8594)"},
}
_NUMBER: Final = {"schema": {"type": "integer"}}
_RETRY_AFTER: Final = {"Retry-After": _NUMBER | {"description": "seconds to wait"}}
_LIMITED: Final = {
    "RateLimit": _TEXT | {"description": "how many requests are left, and for how long"},
    "RateLimit-Policy": _TEXT
    | {"description": "how many requests are let through, and in which time"},
}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the routes know of an operation that the framework's document does not say.

    `makes`: what it creates has an address below its own. `succeeded`: a later version has it too.
    """

    permission: str | None
    limited: bool
    succeeded: bool
    makes: bool


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
    known = _known(app, whole["paths"])
    document = {
        **whole,
        "info": {**whole["info"], "version": version.number},
        "paths": {
            path: _told(path, item, known, whole["components"]["schemas"])
            for path, item in whole["paths"].items()
            if _belongs(path, version)
        },
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


def _known(app: FastAPI, paths: Mapping[str, Any]) -> dict[tuple[str, str], _Known]:
    limited = {(path, method.lower()) for method, path in limited_routes(app)}
    return {
        (path, method.lower()): _Known(
            permission=next((str(each.permission) for each in found if each.permission), None),
            limited=(path, method.lower()) in limited,
            succeeded=FIRST.owns(path) and path.replace(FIRST.path, SECOND.path, 1) in paths,
            makes=method == "POST" and any(_is_below(each, path) for each in paths),
        )
        for method, path, found in declared(app)
    }


def _is_below(path: str, parent: str) -> bool:
    return re.fullmatch(re.escape(parent) + r"/\{\w+\}", path) is not None


def _told(
    path: str,
    item: Mapping[str, Any],
    known: Mapping[tuple[str, str], _Known],
    schemas: Mapping[str, Any],
) -> dict[str, Any]:
    told = dict(item)
    for method in _METHODS:
        if method in item:
            told[method] = _operation(item[method], known[path, method], schemas)
    return told


def _operation(
    operation: Mapping[str, Any], known: _Known, schemas: Mapping[str, Any]
) -> dict[str, Any]:
    told = dict(operation)
    told["responses"] = {
        status: {**answer, "headers": _headers(operation, known, status, _members(answer, schemas))}
        for status, answer in _answers(operation, known).items()
    }
    return told if known.permission is None else {**told, "x-permission": known.permission}


def _answers(operation: Mapping[str, Any], known: _Known) -> dict[str, Any]:
    """With those named that have more to say than the others of their class."""
    answers = operation["responses"]
    named = {"503": {**answers["5XX"], "description": "Not now: wait; nothing was changed"}}
    if known.limited:
        named["429"] = {**answers["4XX"], "description": "Too many requests: wait"}
    return {**named, **answers}


def _members(answer: Mapping[str, Any], schemas: Mapping[str, Any]) -> set[str]:
    """Of the object that is answered; nothing where it is none."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return set(schemas.get(name, {}).get("properties", ()))


def _headers(
    operation: Mapping[str, Any], known: _Known, status: str, members: set[str]
) -> dict[str, Any]:
    headers: dict[str, Any] = dict(_ON_EVERY_ANSWER)
    asked = {each["name"].lower() for each in operation.get("parameters", ())}
    if "idempotency-key" in asked:
        headers |= _REPLAYED
    if status == "304" or "version" in members:
        headers |= _ETAG
    if (known.makes and status == "201") or (status == "202" and "task_id" in members):
        headers |= _LOCATION
    if known.limited:
        headers |= _LIMITED
    if status in ("429", "503") or (status == "4XX" and "idempotency-key" in asked):
        headers |= _RETRY_AFTER
    if known.succeeded:
        headers |= _WHEN_DEPRECATED
    links = [_NEXT] if "cursor" in asked and status == "200" else []
    links += [_SUCCESSOR] if known.succeeded else []
    if links:
        headers["Link"] = _TEXT | {"description": "; ".join(links)}
    if "count" in asked and status == "200":
        headers["X-Total-Count"] = _NUMBER
    return headers


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
