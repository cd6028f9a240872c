"""The feed as a list: in order, in pages, by type, and only of what the caller may read."""

import asyncio
from typing import Any

import httpx2
from jsonschema_rs import Draft202012Validator

from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.shop import Shop

EVENTS = "/api/v1/events"


async def all_of(client: httpx2.AsyncClient, path: str) -> list[dict[str, Any]]:
    """Page by page, along the links."""
    found: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        response = await client.get(following)
        assert response.status_code == 200, response.text
        found += response.json()
        link = response.headers.get("link")
        following = link.partition(">")[0].removeprefix("<") if link else None
    return found


async def numbered(client: httpx2.AsyncClient, last: str) -> list[dict[str, Any]]:
    """All events, as soon as one of that type is among them."""
    async with asyncio.timeout(30):
        while not (found := await all_of(client, f"{EVENTS}?type={last}")):
            await asyncio.sleep(0.02)
    assert found
    return await all_of(client, f"{EVENTS}?limit=3")


async def test_events_are_read_in_their_order_and_as_their_schemas_say(
    service: Service, shop: Shop
) -> None:
    order = await shop.placed(await shop.product("A", stock=5))
    found = await numbered(shop.client, "order.placed")

    assert [event["id"] for event in found] == list(range(1, len(found) + 1))
    (placed,) = [event for event in found if event["type"] == "order.placed"]
    assert (placed["aggregate"], placed["aggregate_id"], placed["sequence"]) == (
        "order",
        order["id"],
        1,
    )
    schemas = (await shop.client.get(f"{EVENTS}/schemas")).json()
    for event in found:
        Draft202012Validator(schemas[event["type"]]).validate(event)
    assert (await shop.client.get(f"{EVENTS}/schemas/order.placed")).json() == schemas[
        "order.placed"
    ]


async def test_events_are_shown_to_who_may_read_what_they_tell_of(
    service: Service, shop: Shop
) -> None:
    await shop.placed(await shop.product("A", stock=5))
    everything = await numbered(shop.client, "order.placed")
    clerk = await service.client(Permission.ORDERS_READ, Permission.CATALOG_READ)
    packer = await service.client(Permission.ORDERS_WRITE)

    seen = await all_of(clerk, f"{EVENTS}?limit=2")
    families = ("order.", "product.")
    assert seen == [event for event in everything if event["type"].startswith(families)]
    assert await all_of(clerk, f"{EVENTS}?type=product.*") == [
        event for event in everything if event["type"].startswith("product.")
    ]
    assert (await clerk.get(f"{EVENTS}?type=customer.created")).status_code == 403
    assert (await packer.get(EVENTS)).json() == []
    assert (await packer.get(f"{EVENTS}/stream?type=order.*")).status_code == 403


async def test_a_last_id_that_is_none_is_refused_by_the_name_of_its_header(
    service: Service,
) -> None:
    client = await service.client()
    for told in ("abc", "-1", "1.5", "9" * 30, "'; --"):
        refused = await client.get(f"{EVENTS}/stream", headers={"Last-Event-ID": told})

        assert refused.status_code == 422
        assert refused.json()["detail"].startswith("header/last-event-id: ")
