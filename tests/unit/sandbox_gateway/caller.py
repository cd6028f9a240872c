from typing import Any

import httpx2


class Caller:
    """A caller of the gateway who sends well-formed requests, or what a test puts in their place."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def post(self, path: str, body: dict[str, object]) -> httpx2.Response:
        """The key is the reference, unless the body has another."""
        key = str(body.pop("key", body["reference"]))
        return await self._client.post(path, json=body, headers={"Idempotency-Key": key})

    async def pay(self, reference: str, **changes: object) -> httpx2.Response:
        body: dict[str, object] = {
            "reference": reference,
            "order_id": 7,
            "amount": "10.50",
            "currency": "GBP",
            "capture": True,
        }
        return await self.post("/payments", body | changes)

    async def authorised(self, reference: str) -> str:
        """The id of a payment of 10.50 that is yet to be captured."""
        id: str = (await self.pay(reference, capture=False)).json()["id"]
        return id

    async def move(
        self, payment_id: str, what: str, reference: str, **body: object
    ) -> httpx2.Response:
        return await self.post(f"/payments/{payment_id}/{what}", {"reference": reference, **body})

    async def found(self, reference: str) -> Any:
        answer = await self._client.get("/payments", params={"reference": reference})
        assert answer.status_code == 200
        return answer.json()["items"]

    async def ledger(self) -> Any:
        return (await self._client.get("/_sandbox/ledger")).json()

    async def misbehave(self, **mode: object) -> None:
        answer = await self._client.put("/_sandbox/mode", json=mode)
        assert answer.status_code == 200, answer.text
