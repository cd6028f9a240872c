"""What cancellation documents do to the orders they take goods back from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.application.importing.coverage import Part
from orderwright.application.services.money_back import planned_refund
from orderwright.application.services.settled_money import record_outcome
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_ledger import payment_status_of
from orderwright.domain.entities.refund import Refund
from orderwright.domain.entities.return_ import Return, ReturnLine
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.money import Money, total_of

_SUCCEEDED: Final = Outcome(kind=OutcomeKind.SUCCEEDED)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The parts of earlier sales that one cancellation document takes back."""

    reference: str
    at: datetime
    parts: Sequence[Part]

    def by_order(self) -> Iterator[tuple[int, list[Part]]]:
        by_order: dict[int, list[Part]] = defaultdict(list)
        for part in self.parts:
            by_order[part.order_id].append(part)
        yield from sorted(by_order.items())


class Returns:
    """Makes one return, received and refunded, for each document and order.

    Nothing goes back on the shelf: imported history leaves today's stock as it is.
    """

    def __init__(self, uow: UnitOfWork, ids: Ids) -> None:
        self._uow = uow
        self._ids = ids
        self._returns: list[Return] = []
        self._refunds: list[Refund] = []
        self._payments: dict[int, list[Payment]] = defaultdict(list)

    async def make(self, documents: Sequence[TakenBack]) -> None:
        order_ids = {part.order_id for document in documents for part in document.parts}
        orders = await self._uow.orders.of_ids(order_ids)
        for payment in await self._uow.payments.of_orders(order_ids):
            self._payments[payment.order_id].append(payment)
        for document in documents:
            for order_id, parts in document.by_order():
                self._take_back(orders[order_id], document, parts)
        await self._uow.returns.add_all(self._returns)
        await self._uow.refunds.add_all(self._refunds)

    def _take_back(self, order: Order, document: TakenBack, parts: Sequence[Part]) -> None:
        return_ = Return.request(
            order,
            _lines(parts),
            id=self._ids.new_id(),
            reason=f"imported from {document.reference}",
            now=document.at,
        )
        return_.receive(order, document.at)
        self._returns.append(return_)
        amount = total_of([part.amount for part in parts], order.currency)
        if amount:
            self._pay_back(order, return_, amount, document.at)

    def _pay_back(self, order: Order, return_: Return, amount: Money, at: datetime) -> None:
        payments = self._payments[order.id]
        units = order.unrefunded_of(return_.units)
        refunds = []
        for payment, part in _spread(amount, payments):
            refunds.append(self._refund(order, return_, payment, part, at, units=units))
            units = []  # the first is for the goods, the others for what it could not pay
        order.payment_status = payment_status_of(order.total, payments)
        return_.refund(order, refunds[0].id, at)
        self._refunds += refunds

    def _refund(
        self,
        order: Order,
        return_: Return,
        payment: Payment,
        amount: Money,
        at: datetime,
        *,
        units: Sequence[LineQuantity],
    ) -> Refund:
        refund = planned_refund(
            order,
            payment,
            amount,
            ids=self._ids,
            now=at,
            reason=return_.reason,
            return_id=return_.id,
            items=units,
        )
        operation = payment.operations[-1]
        operation.mark_sent(at)
        record_outcome(order, payment, operation.id, _SUCCEEDED, refunds=[refund], now=at)
        return refund


def _lines(parts: Sequence[Part]) -> list[ReturnLine]:
    quantities: dict[int, int] = defaultdict(int)
    for part in parts:
        quantities[part.item_id] += part.quantity
    return [
        ReturnLine(item_id=item_id, quantity=quantity, restock=False)
        for item_id, quantity in sorted(quantities.items())
    ]


def _spread(amount: Money, payments: Sequence[Payment]) -> Iterator[tuple[Payment, Money]]:
    for payment in payments:
        part = min(amount, payment.refundable)
        if part:
            amount = amount - part
            yield payment, part
