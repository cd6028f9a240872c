from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orderwright.application.commands.settle_order import SETTLE_ORDER
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import PaymentOperation
from orderwright.domain.entities.task import Task
from orderwright.domain.interfaces.gateway_webhooks import GatewayEvent
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


class Heard(StrEnum):
    ASKING = "asking"  # the gateway is asked what became of what is open, or failed after all
    NOTHING_OPEN = "nothing_open"  # all that is known of the payment is settled
    UNKNOWN_REFERENCE = "unknown_reference"
    HEARD_BEFORE = "heard_before"


@dataclass(frozen=True, slots=True, kw_only=True)
class HearFromGateway:
    provider: str
    event: GatewayEvent


async def hear_from_gateway(
    command: HearFromGateway, uow: UnitOfWork, *, ids: Ids, now: datetime
) -> Heard:
    """Have the order settled that an event is about, once an event.

    What the event says of the payment is not looked at: settling asks the gateway itself.
    """
    reference = command.event.reference
    async with uow:
        payment = None
        if reference is not None:
            payment = await uow.payments.find_by_operation(reference)
        order_id = None if payment is None else payment.order_id
        if not await uow.gateway_events.note(command.provider, command.event, order_id, now=now):
            return Heard.HEARD_BEFORE
        failed = None if payment is None else payment.failed_beginning(reference)
        heard = _meaning_of(payment, failed)
        if payment is not None and heard is Heard.ASKING:
            await uow.tasks.enqueue(_settling_now(payment, failed, uow, ids, now))
        return await uow.commit(heard)


def _meaning_of(payment: Payment | None, failed: PaymentOperation | None) -> Heard:
    if payment is None:
        return Heard.UNKNOWN_REFERENCE
    return Heard.ASKING if payment.open_operations or failed else Heard.NOTHING_OPEN


def _settling_now(
    payment: Payment, failed: PaymentOperation | None, uow: UnitOfWork, ids: Ids, now: datetime
) -> Task:
    late = {} if failed is None else {"late": failed.id}
    return Task(
        id=ids.new_id(),
        name=SETTLE_ORDER,
        payload={"order_id": payment.order_id, **late},
        order_id=payment.order_id,
        correlation_id=uow.context.correlation_id,
        created_at=now,
        due_at=now,
    )
