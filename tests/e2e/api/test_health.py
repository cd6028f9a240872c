from pathlib import Path

from tests.e2e.api.service import Service


async def test_a_live_process_says_so(service: Service) -> None:
    response = await (await service.anonymous()).get("/health/live")

    assert (response.status_code, response.json()) == (200, {"status": "alive"})


async def test_a_service_with_its_database_is_ready(service: Service) -> None:
    response = await (await service.anonymous()).get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {
        "status": "healthy",
        "checks": {"database": "healthy", "migrations": "healthy"},
    }


async def test_a_draining_service_asks_for_no_more_requests(service: Service) -> None:
    service.container.readiness().drain()

    client = await service.anonymous()

    response = await client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["status"] == "unhealthy"
    assert (await client.get("/health/live")).status_code == 200
    refused = await client.get("/api/v1/orders")
    assert (refused.status_code, refused.json()["code"]) == (503, "draining")
    assert refused.json()["retryable"] is True
    assert refused.headers["Retry-After"] == "2"
    assert refused.headers["X-API-Version"] == "1.0"


async def test_a_lost_database_makes_it_unready_and_leaks_nothing(
    tmp_path: Path,
) -> None:
    nowhere = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
    async with Service.running(nowhere, tmp_path, background_work=False) as service:
        response = await (await service.anonymous()).get("/health/ready")

        assert response.status_code == 503
        assert response.json() == {
            "status": "unhealthy",
            "checks": {"database": "unhealthy", "migrations": "unhealthy"},
        }


async def test_a_request_without_a_database_is_answered_503_and_may_be_repeated(
    tmp_path: Path,
) -> None:
    nowhere = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
    async with Service.running(nowhere, tmp_path, background_work=False) as service:
        client = await service.bearer(f"ow_{'0' * 32}_{'s' * 43}")

        response = await client.get("/api/v1/orders")

        assert response.status_code == 503
        assert response.json()["code"] == "database_unavailable"
        assert response.json()["retryable"] is True
        assert response.headers["Retry-After"] == "1"
