"""What could not be made durable is never answered as done, and leaves nothing."""

from typing import NoReturn

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.infrastructure.database.placement.postgresql import PostgresPlacement
from orderwright.infrastructure.database.placement.sqlite import SqlitePlacement
from tests.shop import Shop

ERRORS = [
    (OperationalError("COMMIT", {}, Exception("disk I/O error")), 503, "database_unavailable"),
    (RuntimeError("secret"), 500, "internal_error"),
]


@pytest.mark.parametrize(("error", "status", "code"), ERRORS)
async def test_a_group_whose_commit_fails_is_not_placed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    product = await shop.product("A", stock=10)

    async def fail(_placement: object) -> NoReturn:
        raise error

    with monkeypatch.context() as failing:
        for kind in (PostgresPlacement, SqlitePlacement):
            failing.setattr(kind, "commit", fail)
        answer = await shop.place(shop.order_for(product, 2), "key-1")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await shop.get("/api/v1/orders") == []
    assert await shop.stock(product) == {"on_hand": 10, "reserved": 0, "available": 10}
    # The key was not burnt: the retry places the order.
    assert (await shop.place(shop.order_for(product, 2), "key-1")).status_code == 201


@pytest.mark.parametrize(("error", "status", "code"), ERRORS)
async def test_a_change_whose_commit_fails_is_not_made(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    order = await shop.placed(await shop.product("A", stock=10))
    path = f"/api/v1/orders/{order['id']}"

    async def fail(_session: AsyncSession) -> NoReturn:
        raise error

    with monkeypatch.context() as failing:
        failing.setattr(AsyncSession, "commit", fail)
        answer = await shop.client.patch(path, json={"notes": "ring twice"})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await shop.get(path))["notes"] is None
