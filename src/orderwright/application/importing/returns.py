"""Cancellation documents as returns and refunds on the orders they take goods back from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwright.application.importing.coverage import Part
from orderwright.application.importing.sales import SUCCEEDED
from orderwright.application.services.money_back import plan_refund
from orderwright.application.services.settled_money import record_outcome
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment, payment_status_of
from orderwright.domain.entities.refund import Refund
from orderwright.domain.entities.return_ import Return, ReturnLine
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.money import Money, total_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingBack:
    """What one cancellation document does to the orders that it takes goods back from.

    Nothing goes back on the shelf: imported history leaves today's stock as it is.
    """

    reference: str
    at: datetime
    uow: UnitOfWork
    ids: Ids

    async def take_back(self, parts: Sequence[Part]) -> None:
        """One return, received and refunded, for each order that `parts` belong to."""
        by_order: dict[int, list[Part]] = defaultdict(list)
        for part in parts:
            by_order[part.order_id].append(part)
        for order_id in sorted(by_order):
            order = await self.uow.orders.get_by_id(order_id)
            return_ = await self._receive(order, by_order[order_id])
            amount = total_of([part.amount for part in by_order[order_id]], order.currency)
            if amount:
                await self._pay_back(order, return_, amount)

    async def _receive(self, order: Order, parts: Sequence[Part]) -> Return:
        quantities: dict[int, int] = defaultdict(int)
        for part in parts:
            quantities[part.item_id] += part.quantity
        lines = [
            ReturnLine(item_id=item_id, quantity=quantity, restock=False)
            for item_id, quantity in sorted(quantities.items())
        ]
        reason = f"imported from {self.reference}"
        return_ = Return.request(order, lines, id=self.ids.new_id(), reason=reason, now=self.at)
        return_.receive(order, self.at)
        await self.uow.returns.add(return_)
        return return_

    async def _pay_back(self, order: Order, return_: Return, amount: Money) -> None:
        payments = await self.uow.payments.of_order(order.id)
        refunds = [
            await self._refund(order, payment, part, return_)
            for payment, part in _spread(amount, payments)
        ]
        order.payment_status = payment_status_of(order.total, payments)
        return_.refund(order, refunds[0].id, self.at)

    async def _refund(
        self, order: Order, payment: Payment, amount: Money, return_: Return
    ) -> Refund:
        refund = await plan_refund(
            order,
            payment,
            amount,
            self.uow,
            ids=self.ids,
            now=self.at,
            reason=return_.reason,
            return_id=return_.id,
        )
        operation = next(each for each in payment.operations if each.id == refund.operation_id)
        operation.mark_sent(self.at)
        record_outcome(order, payment, operation.id, SUCCEEDED, refunds=[refund], now=self.at)
        return refund


def _spread(amount: Money, payments: Sequence[Payment]) -> Iterator[tuple[Payment, Money]]:
    for payment in payments:
        part = min(amount, payment.refundable)
        if part:
            amount = amount - part
            yield payment, part
