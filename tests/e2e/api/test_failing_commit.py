from typing import NoReturn

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.shop import Shop


async def test_a_commit_that_fails_is_never_answered_as_done(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = await shop.product("A", stock=10)

    async def fail(_session: AsyncSession) -> NoReturn:
        raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    with monkeypatch.context() as failing:
        failing.setattr(AsyncSession, "commit", fail)
        answer = await shop.place(shop.order_for(product, 2), "key-1")

    assert answer.status_code == 500
    assert await shop.get("/api/v1/orders") == []
    assert await shop.stock(product) == {"on_hand": 10, "reserved": 0, "available": 10}
    # The key was not burnt: the retry places the order.
    assert (await shop.place(shop.order_for(product, 2), "key-1")).status_code == 201
