"""Placing the sales of a group together: their customers, products, stock and orders in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orderwright.application.importing.decision import Decision
from orderwright.application.importing.known import Known, external_ref, new_customer
from orderwright.application.importing.mapping import Mapping
from orderwright.application.importing.sales import Sale, hold, live_through, place
from orderwright.application.importing.verdicts import refused
from orderwright.domain.entities.location import DEFAULT_LOCATION_ID
from orderwright.domain.entities.past_sale import PastSale
from orderwright.domain.entities.placed_order import PlacedOrder
from orderwright.domain.errors import Rejected
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(slots=True)
class PlannedSale:
    sale: Sale
    decision: Decision


class SalesPlacer:
    def __init__(self, uow: UnitOfWork, mapping: Mapping, known: Known, ids: Ids) -> None:
        self._uow = uow
        self._mapping = mapping
        self._known = known
        self._ids = ids

    async def place(self, planned: Sequence[PlannedSale]) -> None:
        """Write the orders, and what each came to into its decision."""
        await self._meet(planned)
        numbers = await self._uow.history.order_ids(len(planned))
        sales = [
            live_through(order, each.sale.facts.shipped_at, self._ids)
            for number, each in zip(numbers, planned, strict=True)
            if (order := self._order(number, each)) is not None
        ]
        await self._hold(sales)
        await self._uow.history.add_sales(sales)

    async def _meet(self, planned: Sequence[PlannedSale]) -> None:
        """Find or make everyone and everything that the sales name."""
        await self._known.make_customers(
            [new_customer(self._mapping, each.sale.goods[0], each.sale.facts) for each in planned]
        )
        goods = [entry for each in planned for entry in each.sale.goods]
        await self._known.make_products(goods, self._mapping)

    def _order(self, number: int, planned: PlannedSale) -> PlacedOrder | None:
        sale, decision = planned.sale, planned.decision
        try:
            order = place(
                sale,
                self._mapping,
                customer_id=self._known.customers[external_ref(self._mapping, sale.customer)],
                products=self._known.products,
            )
        except Rejected as error:
            decision.decide(refused(error))
            return None
        order.id = number
        decision.booked = order.total.amount - decision.charged
        return order

    async def _hold(self, sales: Sequence[PastSale]) -> None:
        """Stock for what is still to be shipped. Products that were not met before get a level too:
        every product has one, if only to say that nothing is there."""
        stock = self._uow.stock
        await stock.make_levels(DEFAULT_LOCATION_ID, self._known.newly_met_products())
        waiting = [sale for sale in sales if sale.shipment is None]
        wanted = {line.product_id for sale in waiting for line in sale.tracked_lines()}
        levels = await stock.levels_at(DEFAULT_LOCATION_ID, wanted)
        for sale in waiting:
            hold(sale, levels)
