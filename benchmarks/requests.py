"""Requests as bytes, rendered before the clock starts: pieces with a nonce between each two."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from benchmarks.catalogue import HOT_PRODUCT

_NONCE: Final = "n" * 32  # as long as one, and in no request otherwise
# Enough different ones that nothing is answered from memory of the last.
_VARIETY: Final = 2_000
_FIRST_PAGE: Final = {"limit": "20"}

Pieces = list[str]


@dataclass(frozen=True, slots=True)
class Requests:
    """What one caller asks of a shop with so many products and customers."""

    key: str
    products: int
    customers: int

    def placing(self, *, hot: bool = False, paid: bool = False) -> list[Pieces]:
        more: dict[str, Any] = {"payment": {}} if paid else {}
        chance = _chance()
        return [self._place(self._order(chance, hot=hot) | more) for _ in range(_VARIETY)]

    def placing_only(self, product: int) -> list[Pieces]:
        items = [{"product_id": product, "quantity": 1}]
        return [self._place({"customer_id": 1, "items": items})]

    def placing_together(self, size: int) -> list[Pieces]:
        chance = _chance()
        bodies = [
            {
                "orders": [
                    self._order(chance) | {"idempotency_key": f"{_NONCE}-{number}"}
                    for number in range(size)
                ]
            }
            for _ in range(max(1, _VARIETY // size))
        ]
        return [self._rendered("POST", "/api/v1/orders/batch", body) for body in bodies]

    def getting(self, order_ids: list[int]) -> list[Pieces]:
        return [self._rendered("GET", f"/api/v1/orders/{order_id}") for order_id in order_ids]

    def listing(self, query: Mapping[str, str] = _FIRST_PAGE) -> list[Pieces]:
        return [self._rendered("GET", f"/api/v1/orders?{urlencode(query)}")]

    def _order(self, chance: random.Random, *, hot: bool = False) -> dict[str, Any]:
        """Two lines: the same as pgbench/place_order.sql."""
        first = HOT_PRODUCT if hot else chance.randint(1, self.products)
        second = 1 + (first + chance.randint(0, self.products - 2)) % self.products
        return {
            "customer_id": chance.randint(1, self.customers),
            "items": [
                {"product_id": product, "quantity": chance.randint(1, 2)}
                for product in (first, second)
            ],
        }

    def _place(self, body: dict[str, Any]) -> Pieces:
        return self._rendered("POST", "/api/v1/orders", body, f"idempotency-key: {_NONCE}\r\n")

    def _rendered(self, method: str, path: str, body: object = None, headers: str = "") -> Pieces:
        text = "" if body is None else json.dumps(body, separators=(",", ":"))
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {self.key}\r\n"
        )
        if body is not None:
            head += f"content-type: application/json\r\ncontent-length: {len(text)}\r\n"
        return f"{head}{headers}\r\n{text}".split(_NONCE)


def _chance() -> random.Random:
    return random.Random(20261128)  # noqa: S311 - not a secret, and the same on every side
