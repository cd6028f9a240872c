"""Webhook endpoints over HTTP: made, seen, changed, tried, deleted."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from standardwebhooks import Webhook

from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.webhook_sink import Sink, sink

PATH = "/api/v1/webhooks"


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """Nothing here waits for a poll: what the service made itself, it sends at once."""
    async with Service.running(
        database_url,
        tmp_path,
        webhook_allow_local=True,
        webhook_poll_seconds=60,
        event_poll_seconds=60,
    ) as service:
        yield service


@pytest.fixture
async def client(service: Service) -> httpx2.AsyncClient:
    return await service.client(Permission.WEBHOOKS_MANAGE)


@pytest.fixture
async def receiver() -> AsyncIterator[Sink]:
    async with sink() as receiver:
        yield receiver


async def made(client: httpx2.AsyncClient, url: str, **more: object) -> Any:
    response = await client.post(PATH, json={"url": url, **more})
    assert response.status_code == 201, response.text
    return response.json()


async def test_an_endpoint_lives_from_its_creation_to_its_end(
    service: Service, client: httpx2.AsyncClient
) -> None:
    created = await made(client, "https://shop.example/hooks", events=["order.placed"])
    here = f"{PATH}/{created['webhook']['id']}"

    changed = await client.patch(
        here, json={"active": False, "description": "shop"}, headers={"If-Match": '"1"'}
    )
    stale = await client.patch(here, json={"active": True}, headers={"If-Match": '"1"'})
    listed = (await client.get(PATH)).json()
    gone = await client.delete(here)

    assert created["secret"].startswith("whsec_")
    assert created["webhook"]["events"] == ["order.placed"]
    assert (changed.json()["status"], changed.json()["disabled_reason"]) == ("disabled", "by_hand")
    assert stale.status_code == 412
    assert [each["description"] for each in listed] == ["shop"]
    assert gone.status_code == 204
    assert (await client.get(here)).json()["code"] == "webhook_not_found"
    assert await _event_names(service) == ["created", "changed", "disabled", "deleted"]


async def test_a_secret_is_shown_once_and_kept_sealed(
    service: Service, client: httpx2.AsyncClient
) -> None:
    key = {"Idempotency-Key": "once"}
    first = await client.post(PATH, json={"url": "https://shop.example/"}, headers=key)
    again = await client.post(PATH, json={"url": "https://shop.example/"}, headers=key)

    assert first.json()["webhook"] == again.json()["webhook"]
    assert again.json()["secret"] is None
    dump = await _dump(service)
    assert first.json()["secret"] not in dump
    assert first.json()["secret"].removeprefix("whsec_") not in dump


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "gopher://shop.example/"}, "url_refused"),
        ({"url": "https://shop.example/", "events": ["order.plcaed"]}, "unknown_event_type"),
        ({"url": "https://shop.example/", "events": ["user.created"]}, "unknown_event_type"),
    ],
)
async def test_what_cannot_be_sent_is_refused_and_nothing_is_kept(
    client: httpx2.AsyncClient, body: dict[str, object], code: str
) -> None:
    refused = await client.post(PATH, json=body)

    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await client.get(PATH)).json() == []


async def test_a_test_is_delivered_and_verified_with_both_secrets_while_they_are_rotated(
    client: httpx2.AsyncClient, receiver: Sink
) -> None:
    created = await made(client, receiver.url)
    here = f"{PATH}/{created['webhook']['id']}"
    rotated = (await client.post(f"{here}/rotate")).json()

    test = await client.post(f"{here}/test")
    await receiver.until(lambda: len(receiver.received) == 1)

    (got,) = receiver.received
    for secret in (created["secret"], rotated["secret"]):
        assert Webhook(secret).verify(got.body, got.headers)["type"] == "webhook.test"
    assert got.id == test.json()["webhook_id"]
    delivery = await _until_finished(client, test.headers["location"])
    assert (delivery["state"], delivery["attempts"], delivery["last_status"]) == (
        "delivered",
        1,
        204,
    )
    (attempt,) = delivery["tried"]
    assert attempt["request"]["headers"]["webhook-id"] == got.id
    assert attempt["request"]["body"] == got.body.decode()


async def test_nothing_is_tested_at_a_disabled_endpoint(client: httpx2.AsyncClient) -> None:
    created = await made(client, "https://shop.example/")
    here = f"{PATH}/{created['webhook']['id']}"
    await client.patch(here, json={"active": False})

    refused = await client.post(f"{here}/test")

    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_disabled")
    assert (await client.get(f"{here}/deliveries")).json() == []


async def _until_finished(client: httpx2.AsyncClient, path: str) -> Any:
    for _ in range(500):
        delivery = (await client.get(path)).json()
        if delivery["state"] != "pending":
            return delivery
    raise AssertionError(delivery)


async def _event_names(service: Service) -> list[str]:
    question = "SELECT name FROM events WHERE aggregate = 'webhook_endpoint' ORDER BY sequence"
    async with service.container.database().read_engine.connect() as connection:
        names = (await connection.scalars(text(question))).all()
    return [name.partition(".")[2] for name in names]


async def _dump(service: Service) -> str:
    async with service.container.database().read_engine.connect() as connection:
        tables = ("webhook_endpoints", "events", "idempotency_keys")
        return "".join(
            [str((await connection.execute(text(f"SELECT * FROM {t}"))).all()) for t in tables]  # noqa: S608
        )


async def test_what_happens_to_an_order_arrives_in_order_and_is_replayed_on_request(
    service: Service, client: httpx2.AsyncClient, receiver: Sink
) -> None:
    shop = await service.shop()
    created = await made(client, receiver.url, events=["order.*"])
    here = f"{PATH}/{created['webhook']['id']}"
    order = await shop.placed(await shop.product("TEA", stock=1))
    await shop.client.post(f"/api/v1/orders/{order['id']}/cancel", json={})
    await receiver.until(lambda: len(receiver.received) >= 3)

    told = [Webhook(created["secret"]).verify(got.body, got.headers) for got in receiver.received]
    assert [each["type"] for each in told] == [
        "order.placed",
        "order.cancellation_requested",
        "order.cancelled",
    ]
    assert {each["data"]["aggregate_id"] for each in told} == {order["id"]}
    assert [got.headers["x-correlation-id"] for got in receiver.received] == [
        each["data"]["correlation_id"] for each in told
    ]

    replayed = await client.post(f"{here}/replay", json={"types": ["order.placed"]})
    await receiver.until(lambda: len(receiver.received) == 4)

    assert (replayed.status_code, replayed.json()) == (202, {"replayed": 1, "next_after": None})
    assert receiver.ids[3] == receiver.ids[0]
