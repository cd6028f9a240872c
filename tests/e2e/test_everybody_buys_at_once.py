import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.server_process import PreloadedServer
from tests.shop import Shop


@pytest.fixture(params=["1", "256"])
def group_max(request: pytest.FixtureRequest) -> dict[str, str]:
    """One transaction an order, or one for all that wait: the same comes of it."""
    return {"PLACEMENT_BATCH_MAX": request.param}


async def test_two_hundred_buyers_of_fifty_pieces_leave_exactly_fifty_orders(
    database_url: str, tmp_path: Path, group_max: dict[str, str]
) -> None:
    async with PreloadedServer(database_url, tmp_path, **group_max) as server:
        async with server.client(await server.api_key()) as client:
            shop = await Shop.open(client)
            product = await shop.product("RARE", stock=50)

            body = shop.order_for(product)
            answers = await asyncio.gather(*(shop.place(body, f"buyer-{n}") for n in range(200)))

            verdicts = Counter((each.status_code, each.json().get("code")) for each in answers)
            assert verdicts == {(201, None): 50, (409, "out_of_stock"): 150}
            assert await shop.stock(product) == {"on_hand": 50, "reserved": 50, "available": 0}
            listed = await client.get("/api/v1/orders", params={"count": "true"})
            assert listed.headers["X-Total-Count"] == "50"
        assert await server.audit() == []


async def test_fifty_requests_with_one_key_make_one_order(
    database_url: str, tmp_path: Path, group_max: dict[str, str]
) -> None:
    async with PreloadedServer(database_url, tmp_path, **group_max) as server:
        async with server.client(await server.api_key()) as client:
            shop = await Shop.open(client)
            product = await shop.product("A", stock=100)

            body = shop.order_for(product)
            answers = await asyncio.gather(*(shop.place(body, "the-key") for _ in range(50)))

            assert {each.status_code for each in answers} == {201}
            assert len({each.content for each in answers}) == 1
            replayed = [each for each in answers if "Idempotency-Replayed" in each.headers]
            assert len(replayed) == 49
            assert await shop.stock(product) == {"on_hand": 100, "reserved": 1, "available": 99}
        assert await server.audit() == []
