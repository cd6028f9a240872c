"""A small shop behind the HTTP API, for journeys and crash tests."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.patience import AWAITED_S


@dataclass(frozen=True, slots=True)
class Shop:
    client: httpx2.AsyncClient
    customer_id: int

    @classmethod
    async def open(cls, client: httpx2.AsyncClient) -> "Shop":
        customer = await _created(client, "/api/v1/customers", {"name": "Ada Example"})
        return cls(client, customer["id"])

    async def product(self, sku: str, *, stock: int, price: str = "12.50") -> int:
        body = {"sku": sku, "name": f"Product {sku}", "price": price, "currency": "GBP"}
        product = await _created(self.client, "/api/v1/products", body)
        if stock:
            adjustment = {"product_id": product["id"], "delta": stock, "reason": "opening stock"}
            await _created(self.client, "/api/v1/inventory/adjustments", adjustment)
        product_id: int = product["id"]
        return product_id

    def order_for(self, product_id: int, quantity: int = 1, **more: object) -> dict[str, Any]:
        item = {"product_id": product_id, "quantity": quantity}
        return {"customer_id": self.customer_id, "items": [item], **more}

    async def place(self, body: dict[str, Any], key: str | None = None) -> httpx2.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return await self.client.post("/api/v1/orders", json=body, headers=headers)

    async def placed(self, product_id: int, quantity: int = 1, **more: object) -> dict[str, Any]:
        body = self.order_for(product_id, quantity, **more)
        order: dict[str, Any] = await _created(self.client, "/api/v1/orders", body)
        return order

    async def until_processed(self, order_id: int, deadline_s: float = AWAITED_S) -> dict[str, Any]:
        """The order, once its payment is settled one way or another."""
        async with asyncio.timeout(deadline_s):
            while True:
                order: dict[str, Any] = await self.get(f"/api/v1/orders/{order_id}")
                if order["status"] != "pending" or order["payment_status"] == "failed":
                    return order
                await asyncio.sleep(0.02)

    async def until(
        self, order_id: int, deadline_s: float = AWAITED_S, **shown: str
    ) -> dict[str, Any]:
        """The order, once it shows these."""
        async with asyncio.timeout(deadline_s):
            while True:
                order: dict[str, Any] = await self.get(f"/api/v1/orders/{order_id}")
                if shown.items() <= order.items():
                    return order
                await asyncio.sleep(0.02)

    async def get(self, path: str) -> Any:
        response = await self.client.get(path)
        assert response.status_code == 200, response.text
        return response.json()

    async def stock(self, product_id: int) -> dict[str, int]:
        (level,) = await self.get(f"/api/v1/inventory?product_id={product_id}")
        return {name: level[name] for name in ("on_hand", "reserved", "available")}


async def _created(client: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> Any:
    response = await client.post(path, json=body)
    assert response.status_code == 201, response.text
    return response.json()
