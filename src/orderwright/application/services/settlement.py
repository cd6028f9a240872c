"""Carrying out the payment journal: what was planned is sent, and what the gateway says is recorded.

The gateway is called between two transactions, never inside one. What is sent twice, because a
process died in between, carries the same reference; the gateway does it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from orderwright.application.services.money_back import plan_money_back
from orderwright.application.services.progress import advance
from orderwright.application.services.settled_money import record_outcome
from orderwright.domain.entities.payment_operation import OperationKind, OperationState
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.payment_gateway import GatewayCall, Outcome, PaymentGateway
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork, UnitOfWorkFactory

Settle = Callable[[int, RequestContext], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Sent:
    call: GatewayCall
    payment_id: str
    asked_before: bool


class Settlement:
    """Brings the money of one order to rest. Safe to run twice, side by side, and after a crash."""

    def __init__(
        self, units: UnitOfWorkFactory, gateway: PaymentGateway, clock: Clock, ids: Ids
    ) -> None:
        self._units = units
        self._gateway = gateway
        self._clock = clock
        self._ids = ids

    async def settle(self, order_id: int, context: RequestContext) -> None:
        """Until nothing is left to send: an outcome may call for another operation (a charge that
        succeeds while its order is being cancelled is given back). Unknown outcomes stay open."""
        uow = self._units(context.unkeyed())
        while True:
            sent = await self._send(order_id, uow)
            await uow.reached("pay.after_sent_commit")
            outcomes = await self._ask(sent)
            if sent:
                await self._reach_gateway_point(sent, uow)
            more = await self._record(order_id, list(zip(sent, outcomes, strict=True)), uow)
            await uow.reached("pay.after_record")
            if not more:
                return

    async def _send(self, order_id: int, uow: UnitOfWork) -> list[_Sent]:
        now = self._clock.now()
        async with uow:
            await uow.orders.get_by_id(order_id)  # its lock covers the payments
            sent = []
            for payment in await uow.payments.of_order(order_id):
                for operation in payment.open_operations:
                    asked_before = operation.state is not OperationState.PLANNED
                    operation.mark_sent(now)
                    call = GatewayCall(
                        reference=operation.id,
                        kind=operation.kind,
                        order_id=order_id,
                        amount=operation.amount,
                        token=payment.token,
                        provider_payment_id=payment.provider_payment_id,
                    )
                    sent.append(_Sent(call, payment.id, asked_before))
            await uow.commit()
        return sent

    async def _ask(self, sent: Sequence[_Sent]) -> list[Outcome]:
        async with asyncio.TaskGroup() as group:
            asking = [group.create_task(self._carry_out(each)) for each in sent]
        return [task.result() for task in asking]

    async def _carry_out(self, sent: _Sent) -> Outcome:
        if sent.asked_before and self._gateway.traits.can_look_up:
            known = await self._gateway.look_up(sent.call)
            if known is not None:
                return known
        return await self._gateway.carry_out(sent.call)

    async def _reach_gateway_point(self, sent: Sequence[_Sent], uow: UnitOfWork) -> None:
        refunding = any(each.call.kind is OperationKind.REFUND for each in sent)
        voiding = any(each.call.kind is OperationKind.VOID for each in sent)
        await uow.reached("pay.after_gateway_before_record")
        if refunding:
            await uow.reached("refund.after_gateway_before_record")
        if refunding or voiding:
            await uow.reached("cancel.after_void_before_release")

    async def _record(
        self, order_id: int, results: Sequence[tuple[_Sent, Outcome]], uow: UnitOfWork
    ) -> bool:
        """Write the outcomes and let what waited for them go on; is anything planned after that?"""
        now = self._clock.now()
        async with uow:
            order = await uow.orders.get_by_id(order_id)
            payments = await uow.payments.of_order(order_id)
            refunds = await uow.refunds.of_order(order_id)
            by_id = {payment.id: payment for payment in payments}
            for sent, outcome in results:
                payment = by_id[sent.payment_id]
                record_outcome(
                    order, payment, sent.call.reference, outcome, refunds=refunds, now=now
                )
            if order.is_cancelling:
                await plan_money_back(order, payments, uow, self._ids, now, despite_refusals=False)
            await advance(order, payments, uow, now)
            await uow.commit()
            asked = {sent.call.reference for sent, _ in results}
            return any(
                operation.state is OperationState.PLANNED and operation.id not in asked
                for payment in payments
                for operation in payment.open_operations
            )
