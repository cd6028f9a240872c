"""Shoppers who buy whatever there is, at a pace: something to look at, and something to try a setup with."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from orderwright.application.commands.place_order import PlaceOrder
from orderwright.application.placement.requests import PlacementRequest, Placing
from orderwright.application.services.pricing import WantedItem
from orderwright.domain.errors import Conflict, DomainError
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.readers import CatalogueReader
from orderwright.domain.interfaces.requests import RequestContext

CHANNELS: Final = ("web", "web", "web", "app", "pos")
LINES_MAX: Final = 3
QUANTITY_MAX: Final = 3
# As many as one look shows; a shop with more has enough to buy in these.
LOOKED_AT: Final = 100
CONTEXT: Final = RequestContext(correlation_id="demo-traffic")


class NothingToBuy(Conflict):
    code = "nothing_to_buy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """`refused` counts by code: a shop that sells out says so."""

    placed: int
    refused: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class DemoTraffic:
    placing: Placing
    catalogue: CatalogueReader
    clock: Clock
    random: Random
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self, orders: int, per_second: float) -> Traffic:
        """Place so many orders, begun at that pace however long each takes.

        Raises:
            NothingToBuy: there is no customer, or no product that is sold.
        """
        customers = [each.id for each in await self.catalogue.customers(skip=0, limit=LOOKED_AT)]
        sold = await self.catalogue.products(skip=0, limit=LOOKED_AT, active=True)
        currency = sold[0].currency if sold else None
        products = [each.id for each in sold if each.currency == currency]
        if not customers or not products:
            raise NothingToBuy("there are no customers, or nothing to buy: try `demo seed`")
        verdicts: Counter[str] = Counter()
        async with asyncio.TaskGroup() as shoppers:
            for _ in range(orders):
                shoppers.create_task(self._buy(customers, products, verdicts))
                await self.sleep(1 / per_second)
        placed = verdicts.pop("placed", 0)
        return Traffic(placed=placed, refused=dict(verdicts))

    async def _buy(
        self, customers: Sequence[int], products: Sequence[int], verdicts: Counter[str]
    ) -> None:
        wanted = self.random.sample(products, min(len(products), self._up_to(LINES_MAX)))
        command = PlaceOrder(
            customer_id=self.random.choice(customers),
            items=[
                WantedItem(product_id=product, quantity=self._up_to(QUANTITY_MAX))
                for product in wanted
            ],
            channel=self.random.choice(CHANNELS),
            pay_now=True,
        )
        try:
            await self.placing.place(PlacementRequest(command, CONTEXT, self.clock.now()))
        except DomainError as refusal:
            verdicts[refusal.code] += 1
        else:
            verdicts["placed"] += 1

    def _up_to(self, most: int) -> int:
        return self.random.randint(1, most)
