"""What is looked at first, and what becomes of bugs wherever they are."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from structlog.testing import capture_logs

from orderwright.api.strict_json import StrictRoute
from orderwright.application.queries.authenticate import Authenticator, Identity
from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.e2e.faults.contract_form import faults_of_form

JSON = {"content-type": "application/json"}


@dataclass
class CountingAuthenticator:
    real: Authenticator
    asked: int = 0

    async def identify(self, bearer: str, now: datetime) -> Identity:
        self.asked += 1
        return await self.real.identify(bearer, now)


async def test_a_caller_is_looked_up_once_a_request(sqlite_service: Service) -> None:
    client = await sqlite_service.client()
    counting = CountingAuthenticator(sqlite_service.container.authenticator())
    with sqlite_service.app.state.container.authenticator.override(counting):
        made = await client.post("/api/v1/customers", json={"name": "A"})
        listed = await client.get("/api/v1/orders")

    assert (made.status_code, listed.status_code) == (201, 200)
    assert counting.asked == 2


@pytest.fixture
async def limiting(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with Service.running(
        sqlite_url, tmp_path / "data", rate_limit_enabled=True, rate_limit_token="5/minute"
    ) as service:
        yield service


async def test_a_list_is_counted_once_against_its_limit(limiting: Service) -> None:
    client = await limiting.client()

    left = [(await client.get("/api/v1/orders")).headers["ratelimit"] for _ in range(2)]

    assert [each.partition(";r=")[2].partition(";")[0] for each in left] == ["99", "98"]


async def test_sign_ins_are_counted_whatever_their_form_says(limiting: Service) -> None:
    client = await limiting.anonymous()

    told = [await client.post("/token", content=b"\xff") for _ in range(7)]

    assert [each.status_code for each in told] == [415] * 5 + [429] * 2
    assert all(faults_of_form(each) == [] for each in told)


@pytest.mark.parametrize("content", [b"{", b"\xff", b" " * 1_100_000, b""])
async def test_a_body_is_not_looked_at_before_the_caller(
    content: bytes, sqlite_service: Service
) -> None:
    reader = await sqlite_service.client(Permission.ORDERS_READ)
    stranger = await sqlite_service.anonymous()

    for client, status in [(stranger, 401), (reader, 403)]:
        for type_ in ("application/json", "text/plain"):
            headers = {"content-type": type_, "accept": "text/html"}
            answer = await client.post("/api/v1/products", content=content, headers=headers)
            assert answer.status_code == status
            assert faults_of_form(answer) == []


class Shown(BaseModel):
    number: int


async def _broken() -> None:
    raise RuntimeError("SELECT secret FROM /srv/broken.py")


buggy = APIRouter(prefix="/buggy", route_class=StrictRoute)


@buggy.get("/route")
async def route() -> None:
    await _broken()


@buggy.get("/dependency")
async def dependency(_: Annotated[None, Depends(_broken)]) -> None:
    pass


@buggy.get("/answer", response_model=Shown)
async def answer() -> dict[str, str]:
    return {"number": "SELECT secret"}


@buggy.get("/recursion")
async def recursion() -> None:
    await recursion()


@pytest.mark.parametrize("place", ["route", "dependency", "answer", "recursion"])
@pytest.mark.parametrize("accept", ["application/json", "application/problem+json"])
async def test_a_bug_anywhere_is_a_500_that_tells_nothing(
    place: str, accept: str, sqlite_service: Service
) -> None:
    sqlite_service.app.include_router(buggy)
    client = await sqlite_service.anonymous()

    with capture_logs() as lines:
        told = await client.get(f"/buggy/{place}", headers={"accept": accept})

    assert (told.status_code, told.json()["code"]) == (500, "internal_error")
    assert told.headers["content-type"] == accept
    assert faults_of_form(told) == []
    assert "secret" not in told.text + str(told.headers)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["request.failed"]
