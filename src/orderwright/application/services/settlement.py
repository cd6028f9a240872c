"""Carrying out the payment journal: what was planned is sent, and what the gateway says is recorded.

The gateway is called between two transactions, never inside one. What is sent twice, because a
process died in between, carries the same reference; the gateway does it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from orderwright.application.services.asking import Asking, Sent, call_of
from orderwright.application.services.asking_again import again_at
from orderwright.application.services.money_back import plan_excess_back, plan_money_back
from orderwright.application.services.progress import advance
from orderwright.application.services.settled_money import record_outcome
from orderwright.application.services.surplus import made_again
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.refund import Refund
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind, PaymentGateway
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork, UnitOfWorkFactory

Settle = Callable[[int, RequestContext], Awaitable[None]]
Result = tuple[Sent, Outcome]


class Settlement:
    """Brings the money of one order to rest. Safe to run twice, side by side, and after a crash."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        gateway: PaymentGateway,
        clock: Clock,
        ids: Ids,
        chance: Callable[[], float],
    ) -> None:
        """`chance` gives a number in [0, 1): it spreads what is asked again."""
        self._units = units
        self._asking = Asking(gateway)
        self._clock = clock
        self._ids = ids
        self._chance = chance

    async def settle(self, order_id: int, context: RequestContext) -> None:
        """Until nothing is left to send: an outcome may call for another operation (a charge that
        succeeds while its order is being cancelled is given back). Unknown outcomes stay open, and
        so does what the gateway did not take; both have their time when they are due again."""
        uow = self._units(context.unkeyed())
        more = True
        while more:
            sent = await self._send(order_id, uow)
            await uow.reached("pay.after_sent_commit")
            outcomes = await self._ask(sent)
            if sent:
                await self._reach_gateway_point(sent, uow)
            more = await self._record(order_id, list(zip(sent, outcomes, strict=True)), uow)
            await uow.reached("pay.after_record")

    async def hear(self, order_id: int, results: Sequence[Result], context: RequestContext) -> None:
        """Write down what the gateway said to somebody else, and go on from there.

        Raises: OrderNotFound.
        """
        if await self._record(order_id, results, self._units(context.unkeyed())):
            await self.settle(order_id, context)

    async def hear_after_all(
        self, order_id: int, operation_id: str, context: RequestContext
    ) -> None:
        """Ask what became of an operation that had failed as far as anybody knew: a person said so,
        or the gateway before it thought better of it. Only that it succeeded is news.

        Raises: OrderNotFound.
        """
        sent = await self._failed(order_id, operation_id, self._units(context.unkeyed()))
        if sent is None:
            return
        outcome = await self._asking.look_up(sent)
        if outcome is not None and outcome.kind is OutcomeKind.SUCCEEDED:
            await self.hear(order_id, [(sent, outcome)], context)

    async def _failed(self, order_id: int, operation_id: str, uow: UnitOfWork) -> Sent | None:
        async with uow:
            await uow.orders.get_by_id(order_id)  # its lock covers the payments
            for payment in await uow.payments.of_order(order_id):
                operation = payment.failed_beginning(operation_id)
                if operation is not None:
                    elsewhere = self._asking.is_elsewhere(payment)
                    return Sent(
                        call_of(operation, payment),
                        payment.id,
                        operation.sends,
                        is_elsewhere=elsewhere,
                    )
        return None

    async def _send(self, order_id: int, uow: UnitOfWork) -> list[Sent]:
        now = self._clock.now()
        async with uow:
            await uow.orders.get_by_id(order_id)  # its lock covers the payments
            sent = [
                self._asking.send(operation, payment, now)
                for payment in await uow.payments.of_order(order_id)
                for operation in payment.open_operations
            ]
            await uow.commit()
        return sent

    async def _ask(self, sent: Sequence[Sent]) -> list[Outcome]:
        async with asyncio.TaskGroup() as group:
            asking = [group.create_task(self._asking.ask(each)) for each in sent]
        return [task.result() for task in asking]

    async def _reach_gateway_point(self, sent: Sequence[Sent], uow: UnitOfWork) -> None:
        refunding = any(each.call.kind is OperationKind.REFUND for each in sent)
        voiding = any(each.call.kind is OperationKind.VOID for each in sent)
        await uow.reached("pay.after_gateway_before_record")
        if refunding:
            await uow.reached("refund.after_gateway_before_record")
        if refunding or voiding:
            await uow.reached("cancel.after_void_before_release")

    async def _record(self, order_id: int, results: Sequence[Result], uow: UnitOfWork) -> bool:
        """Write the outcomes and let what waited for them go on; is anything to be sent after that?"""
        now = self._clock.now()
        async with uow:
            order = await uow.orders.get_by_id(order_id)
            payments = list(await uow.payments.of_order(order_id))
            refunds = await uow.refunds.of_order(order_id)
            by_id = {payment.id: payment for payment in payments}
            for result in results:
                self._write_down(result, order, by_id[result[0].payment_id], refunds, now)
            for again in list(made_again(order, payments, results, ids=self._ids, now=now)):
                await uow.payments.add(again)
                payments.append(again)
            if order.is_cancelling or order.is_cancelled:
                await plan_money_back(order, payments, uow, self._ids, now, despite_refusals=False)
            else:
                await plan_excess_back(order, payments, uow, self._ids, now)
            await advance(order, payments, uow, now)
            await uow.commit()
            asked = {sent.call.reference for sent, _ in results}
            return any(
                operation.is_unsent and operation.id not in asked
                for payment in payments
                for operation in payment.open_operations
            )

    def _write_down(
        self,
        result: Result,
        order: Order,
        payment: Payment,
        refunds: Sequence[Refund],
        now: datetime,
    ) -> None:
        sent, outcome = result
        record_outcome(
            order,
            payment,
            sent.call.reference,
            outcome,
            refunds=refunds,
            now=now,
            again_at=again_at(
                sent.sends, self._chance(), now, at_least_s=outcome.retry_after_s or 0.0
            ),
            is_forgotten=sent.is_forgotten,
            can_ask_on=self._asking.can_look_up,
        )
