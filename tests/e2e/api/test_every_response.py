"""What holds for every answer, whatever was asked."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.middleware import Middleware
from starlette.types import ASGIApp
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from orderwright.api.middleware.always_answered import AlwaysAnswered
from orderwright.domain.interfaces.clock import Clock
from tests.e2e.api.service import Service
from tests.e2e.faults.contract_form import faults_of_form

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


async def test_every_response_names_its_version_and_its_correlation_id(
    service: Service,
) -> None:
    client = await service.anonymous()

    for method, path, status in [
        ("GET", "/health/live", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/docs", 200),
        ("GET", "/me", 401),
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/orders/", 404),
        ("PUT", "/me", 405),
        ("POST", "/token", 422),
    ]:
        offered = {"X-Correlation-ID": "till.7_A-1"}
        response = await client.request(method, path, headers=offered)

        assert response.status_code == status, path
        headers = response.headers
        assert headers["X-API-Version"] == "1.0"
        assert headers["X-Correlation-ID"] == "till.7_A-1"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ("1.0", 200, None),
        ("2.0", 400, "api_version_conflict"),
        ("1", 400, "api_version_unknown"),
        ("3.0", 400, "api_version_unknown"),
        ("", 400, "api_version_unknown"),
    ],
)
async def test_a_header_that_contradicts_the_version_of_the_path_is_refused(
    header: str, status: int, code: str | None, service: Service
) -> None:
    client = await service.client()

    response = await client.get("/api/v1/orders", headers={"X-API-Version": header})

    assert response.status_code == status
    assert code is None or response.json()["code"] == code
    health = await client.get("/health/live", headers={"X-API-Version": header})
    assert health.status_code == 200


async def test_a_refusal_of_a_header_said_twice_names_it_and_the_version_of_the_path(
    service: Service,
) -> None:
    client = await service.anonymous()

    for path, version in [("/api/v1/orders", "1.0"), ("/api/v2/orders", "2.0"), ("/me", "1.0")]:
        twice = [("X-API-Version", version), ("x-api-version", "3.0")]
        response = await client.get(path, headers=twice)
        assert response.status_code == 400
        assert response.json() == {
            "error": "Bad Request",
            "detail": "the header x-api-version was sent more than once",
            "code": "duplicate_header",
            "header": "x-api-version",
            "correlation_id": response.headers["X-Correlation-ID"],
        }
        assert response.headers["X-API-Version"] == version


async def test_a_method_that_an_address_does_not_know_is_told_those_it_knows(
    service: Service,
) -> None:
    client = await service.anonymous()

    for path, allowed in [
        ("/api/v1/orders", "GET, HEAD, POST"),
        ("/api/v1/orders/1", "DELETE, GET, HEAD, PATCH"),
        ("/api/v1/customers/1", "GET, HEAD, PATCH"),
    ]:
        response = await client.put(path)
        assert response.status_code == 405
        assert response.json()["code"] == "method_not_allowed"
        assert response.headers["Allow"] == allowed


async def test_a_correlation_id_that_could_forge_a_log_line_is_replaced(
    service: Service,
) -> None:
    client = await service.anonymous()

    for offered in (b"", b"a b", b"x" * 129, b'a"}{', "\u00e9".encode("latin-1")):
        response = await client.get("/nowhere", headers=[(b"X-Correlation-ID", offered)])
        given = response.headers["X-Correlation-ID"]
        assert UUID.fullmatch(given)
        assert response.json()["correlation_id"] == given


async def test_a_correlation_id_reaches_the_events(service: Service) -> None:
    shop = await service.shop()
    product = await shop.product("A", stock=5)

    response = await shop.client.post(
        "/api/v1/orders", json=shop.order_for(product), headers={"X-Correlation-ID": "till-7"}
    )

    (placed,) = await shop.get(f"/api/v1/orders/{response.json()['id']}/timeline")
    assert placed["correlation_id"] == "till-7"


async def test_errors_have_one_shape_on_every_path(service: Service) -> None:
    client = await service.anonymous()

    for path, status, error, code in [
        ("/nowhere", 404, "Not Found", "route_not_found"),
        ("/me", 401, "Unauthorized", "not_signed_in"),
    ]:
        response = await client.get(path)
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/json"
        body = response.json()
        assert (body["error"], body["code"]) == (error, code)
        assert isinstance(body["detail"], str)


async def test_a_client_that_asks_for_problem_json_gets_the_same_data_in_it(
    service: Service,
) -> None:
    client = await service.client()

    response = await client.get(
        "/api/v1/orders/7", headers={"Accept": "application/problem+json", "X-Correlation-ID": "c"}
    )

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:orderwright:error:order_not_found",
        "title": "Not Found",
        "status": 404,
        "error": "Not Found",
        "detail": "no order has this id",
        "code": "order_not_found",
        "correlation_id": "c",
    }


class BrokenClock:
    def now(self) -> None:
        raise RuntimeError("SELECT secret FROM /srv/orderwright/clock.py")


@pytest.fixture
async def broken(service: Service) -> AsyncIterator[httpx2.AsyncClient]:
    client = await service.client()
    working: Clock = service.container.clock()
    service.app.state.container.clock.override(BrokenClock())
    yield client
    service.app.state.container.clock.override(working)


async def test_what_nobody_foresaw_is_a_500_that_tells_nothing_and_is_logged_once(
    broken: httpx2.AsyncClient,
) -> None:
    with capture_logs(processors=[merge_contextvars]) as lines:
        response = await broken.get("/me", headers={"X-Correlation-ID": "c-500"})

    assert response.status_code == 500
    assert response.json() == {
        "error": "Internal Server Error",
        "detail": "something went wrong on our side",
        "code": "internal_error",
        "correlation_id": "c-500",
    }
    assert response.headers["X-Correlation-ID"] == "c-500"
    assert response.headers["X-API-Version"] == "1.0"
    (failed,) = [line for line in lines if line["log_level"] == "error"]
    assert (failed["event"], failed["exc_info"]) == ("request.failed", True)
    assert failed["correlation_id"] == "c-500"


class Breaks:
    def __init__(self, app: ASGIApp) -> None: ...

    async def __call__(self, *_: object) -> None:
        raise RuntimeError("SELECT secret FROM /srv/orderwright/layer.py")


async def test_whichever_layer_breaks_the_answer_has_the_form_of_any_other(
    sqlite_url: str, tmp_path: Path
) -> None:
    settings = {"trusted_proxies": ["10.0.0.7"], "cors_origins": ["https://a.example"]}
    async with Service.deployed(sqlite_url, tmp_path, **settings) as it:
        layers = list(it.app.user_middleware)
        outermost: object = layers[0].cls
        assert outermost is AlwaysAnswered
        assert len(layers) == 13
        for depth in range(1, len(layers) + 1):
            it.app.user_middleware = [*layers[:depth], Middleware(Breaks), *layers[depth:]]
            it.app.middleware_stack = None
            client = await it.anonymous()
            with capture_logs(processors=[merge_contextvars]) as lines:
                response = await client.get("/health/live")

            assert (response.status_code, response.json()["code"]) == (500, "internal_error")
            assert faults_of_form(response) == []
            assert "secret" not in response.text
            headers = response.headers
            assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Cache-Control"] == "no-store"
            (failed,) = [line for line in lines if line["log_level"] == "error"]
            assert (failed["event"], failed["exc_info"]) == ("request.failed", True)
            assert failed["correlation_id"] == headers["X-Correlation-ID"]


async def test_every_request_leaves_one_line_that_says_who_asked_for_what(
    service: Service,
) -> None:
    client = await service.client()

    with capture_logs(processors=[merge_contextvars]) as lines:
        await client.get("/api/v1/orders/7", headers={"X-Correlation-ID": "c-1"})

    (line,) = lines
    assert isinstance(line.pop("duration_ms"), float)
    assert line == {
        "event": "request.finished",
        "log_level": "info",
        "method": "GET",
        "route": "/api/v1/orders/{order_id}",
        "status": 404,
        "user": "api_key:1",
        "correlation_id": "c-1",
    }


async def test_a_body_over_the_limit_is_refused_by_its_length_and_by_its_chunks(
    database_url: str, tmp_path: Path
) -> None:
    async with Service.running(database_url, tmp_path, max_body_bytes=1024) as service:
        client = await service.client()

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(5):
                yield b" " * 512

        for body in (b" " * 1025, chunks()):
            response = await client.post(
                "/api/v1/orders", content=body, headers={"Content-Type": "application/json"}
            )
            assert response.status_code == 413
            assert response.json()["code"] == "payload_too_large"
            assert response.json()["max_bytes"] == 1024


async def test_production_insists_on_https(database_url: str, tmp_path: Path) -> None:
    async with Service.deployed(database_url, tmp_path) as service:
        response = await (await service.anonymous()).get("/health/live")

    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
