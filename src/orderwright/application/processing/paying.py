"""The first half: the claimed orders that can be paid get their payment, as sent, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from orderwright.application.services.asking import Sent
from orderwright.domain.entities.payable_order import FirstPayment
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.payment_gateway import GatewayCall
from orderwright.domain.interfaces.processing import Claim, ProcessingStore, Step


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment that is written down as sent, and is to be sent now."""

    claim: Claim
    payment: FirstPayment
    sent: Sent


@dataclass(frozen=True, slots=True)
class Begun:
    """`alone` are orders that are not simply to be paid, or that somebody else holds just now."""

    intents: Sequence[Intent]
    alone: Sequence[Claim]


async def begin_payments(
    claims: Sequence[Claim],
    store: ProcessingStore,
    ids: Ids,
    now: datetime,
    *,
    provider: str,
    kind: OperationKind,
    may_try: Callable[[Claim], bool],
    waits: Callable[[int], timedelta],
) -> Begun:
    """Validate the stock of each and write what its payment needs. A claim that was lost meanwhile
    is nobody's business here any more. `waits`: how long the first, second ... of these payments may
    wait for its turn; nobody else is to ask for it until then."""
    async with store.transaction() as tx:
        held = await tx.still_held(claims)
        orders = await tx.orders({each.order_id for each in claims if each.task_id in held})
        await tx.add_what_they_have(orders)
        intents: list[Intent] = []
        alone, steps = [], []
        for claim in claims:
            order = orders.get(claim.order_id)
            if claim.task_id not in held:
                continue
            if order is None or not order.is_plain or not may_try(claim):
                alone.append(claim)
                continue
            payment = FirstPayment.sent(
                order,
                id=ids.new_id(),
                operation_id=ids.new_id(),
                provider=provider,
                kind=kind,
                token=claim.token,
                now=now,
                waits=waits(len(intents)),
            )
            order.request_payment(payment, now)
            intents.append(Intent(claim, payment, _call(payment)))
            steps.append(Step(order, payment, claim.correlation_id))
        await tx.begin_payments(steps)
        await tx.commit()
    return Begun(intents, alone)


def _call(payment: FirstPayment) -> Sent:
    call = GatewayCall(
        reference=payment.operation_id,
        kind=payment.kind,
        order_id=payment.order_id,
        amount=payment.amount,
        token=payment.token,
    )
    return Sent(call, payment.id, sends=1)
