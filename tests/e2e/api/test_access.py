"""Who may do what: an undecided route does not start, a decided one keeps its word."""

import re

import pytest
from fastapi import APIRouter, FastAPI, Request, WebSocket
from fastapi.routing import APIWebSocketRoute
from starlette.responses import Response
from starlette.routing import BaseRoute, Host, Mount, Route, WebSocketRoute

from orderwright.api.access import (
    OPEN_ROUTES,
    SIGNED_ROUTES,
    UndeclaredPermission,
    check_every_route,
    declared,
)
from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.e2e.contract.expected_permissions import EXPECTED
from tests.shop import Shop


def test_a_route_without_a_permission_stops_the_start() -> None:
    app = FastAPI()

    @app.get("/forgotten")
    async def forgotten() -> None: ...

    with pytest.raises(UndeclaredPermission, match="GET /forgotten"):
        check_every_route(app)


async def _page(_: Request) -> Response:
    return Response()


async def _listen(_: WebSocket) -> None: ...


@pytest.mark.parametrize(
    ("route", "told"),
    [
        (Route("/hidden", _page), "/hidden is a Route"),
        (Route("/docs", _page, methods=["POST"]), "/docs is a Route"),
        (Mount("/docs", FastAPI()), "/docs is a Mount"),
        (WebSocketRoute("/docs", _listen), "/docs is a WebSocketRoute"),
        (APIWebSocketRoute("/live", _listen), "/live is a APIWebSocketRoute"),
        (Host("admin.example", FastAPI()), " is a Host"),
    ],
)
@pytest.mark.parametrize("prefix", [None, "", "/inner"])
def test_what_can_declare_no_permission_stops_the_start(
    route: BaseRoute, told: str, prefix: str | None
) -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    if prefix is None:
        app.router.routes.append(route)
    else:
        inner = APIRouter(routes=[route])
        app.include_router(inner, prefix=prefix)

    with pytest.raises(UndeclaredPermission, match=told):
        check_every_route(app)


def test_a_page_of_the_documentation_may_stand_only_where_it_stands() -> None:
    app = FastAPI(docs_url=None, redoc_url=None)
    pages = APIRouter(routes=[Route("/docs", _page)])
    app.include_router(pages)
    check_every_route(app)

    app.include_router(pages, prefix="/api")
    with pytest.raises(UndeclaredPermission, match="/api/docs is a Route"):
        check_every_route(app)


async def test_every_route_needs_the_permission_it_was_given(service: Service) -> None:
    told = {
        f"{method} {path}": ",".join(str(each.permission or "any") for each in requirements)
        for method, path, requirements in declared(service.app)
    }
    told |= {f"{method} {path}": "open" for method, path in OPEN_ROUTES}
    told |= {f"{method} {path}": "signed" for method, path in SIGNED_ROUTES}

    assert told == EXPECTED


async def test_every_route_but_the_open_ones_asks_who_is_calling(service: Service) -> None:
    anonymous = await service.anonymous()
    stranger = await service.bearer("ow_stranger_secret")

    for method, path, _ in declared(service.app):
        if (method, path) in OPEN_ROUTES:
            continue
        filled = re.sub(r"{\w+}", "1", path)
        for client, code in ((anonymous, "not_signed_in"), (stranger, "invalid_token")):
            response = await client.request(method, filled)
            assert (response.status_code, response.json()["code"]) == (401, code), filled
            assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_caller_with_every_other_permission_is_refused(service: Service) -> None:
    clients = {
        needed: await service.client(*(set(Permission) - {needed, Permission.ADMIN}))
        for needed in Permission
    }

    for method, path, requirements in declared(service.app):
        for needed in {each.permission for each in requirements if each.permission}:
            response = await clients[needed].request(method, re.sub(r"{\w+}", "1", path))
            assert response.status_code == 403, path
            assert response.json()["code"] == "permission_denied"


async def test_the_right_permission_opens_the_route(service: Service) -> None:
    client = await service.client(Permission.ORDERS_READ)

    assert (await client.get("/api/v1/orders")).json() == []


async def test_a_price_of_ones_own_needs_catalog_write_and_without_it_nothing_is_placed(
    service: Service, shop: Shop
) -> None:
    product = await shop.product("A", stock=5, price="12.50")
    body = shop.order_for(product)
    body["items"][0]["unit_price"] = "1.25"
    seller = await service.client(Permission.ORDERS_WRITE)
    manager = await service.client(Permission.ORDERS_WRITE, Permission.CATALOG_WRITE)

    refused = await seller.post("/api/v1/orders", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert await shop.get("/api/v1/orders") == []

    placed = await manager.post("/api/v1/orders", json=body)
    assert (placed.status_code, placed.json()["total"]) == (201, "1.25")


async def test_an_api_key_is_shown_once_works_and_is_revoked(service: Service) -> None:
    admin = await service.client()
    body = {"name": "till 7", "permissions": ["orders:read", "customers:read"]}

    made = await admin.post("/api/v1/api-keys", json=body)

    assert made.status_code == 201
    created = made.json()
    assert created["name"] == "till 7"
    assert created["permissions"] == ["customers:read", "orders:read"]
    till = await service.bearer(created["key"])
    assert (await till.get("/me")).json() == {
        "id": created["id"],
        "kind": "api_key",
        "username": "till 7",
        "email": None,
        "permissions": ["customers:read", "orders:read"],
    }
    listed = (await admin.get("/api/v1/api-keys")).json()
    assert [each["id"] for each in listed] == [1, created["id"]]
    assert not any("key" in each or "secret_hash" in each for each in listed)

    revoked = await admin.delete(f"/api/v1/api-keys/{created['id']}")
    assert (revoked.status_code, revoked.content) == (204, b"")
    assert (await till.get("/me")).json()["code"] == "invalid_token"


async def test_a_key_is_found_where_its_making_said_and_never_with_its_secret(
    service: Service,
) -> None:
    admin = await service.client()
    body = {"name": "till 7", "permissions": ["orders:read"]}
    made = await admin.post("/api/v1/api-keys", json=body)
    shown = made.json()
    del shown["key"]

    found = await admin.get(made.headers["Location"])
    assert (found.status_code, found.json()) == (200, shown)
    assert found.json()["revoked_at"] is None

    await admin.delete(made.headers["Location"])
    revoked = (await admin.get(made.headers["Location"])).json()
    assert revoked == {**shown, "revoked_at": revoked["revoked_at"]}
    assert revoked["revoked_at"] is not None
    missing = await admin.get("/api/v1/api-keys/999")
    assert (missing.status_code, missing.json()["code"]) == (404, "api_key_not_found")
    assert missing.json()["detail"] == "no API key 999"


async def test_a_repeated_request_for_a_key_hears_everything_but_the_key(
    service: Service,
) -> None:
    admin = await service.client()
    body = {"name": "till 7", "permissions": ["orders:read"]}
    headers = {"Idempotency-Key": "k"}

    first = await admin.post("/api/v1/api-keys", json=body, headers=headers)
    second = await admin.post("/api/v1/api-keys", json=body, headers=headers)

    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.json() == {**first.json(), "key": None}
    assert len((await admin.get("/api/v1/api-keys")).json()) == 2
