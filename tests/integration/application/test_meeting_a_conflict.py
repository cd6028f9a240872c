"""A request whose second half meets another transaction goes on; it does not begin again."""

from dataclasses import dataclass

import pytest
from starlette.requests import Request

from orderwright.api.answers import rendered
from orderwright.api.idempotency import Keyed, OnceRunner
from orderwright.api.wire.payments import RefundJson
from orderwright.application.commands.refund_order import RefundOrder, refund_order
from orderwright.application.services.settlement import Settle
from orderwright.domain.entities.refund import Refund
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import TransactionConflict, UnitOfWork
from orderwright.domain.value_objects.actor import Actor
from orderwright.domain.value_objects.permission import Permission
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice

CASHIER = Actor("user:1", frozenset({Permission.PAYMENTS_WRITE}))


@dataclass
class Unlucky:
    """Settles, after another transaction was in the way so many times."""

    settle_at_last: Settle
    conflicts: int

    async def settle(self, order_id: int, context: RequestContext) -> None:
        if self.conflicts:
            self.conflicts -= 1
            raise TransactionConflict("another transaction was in the way")
        await self.settle_at_last(order_id, context)


@pytest.mark.parametrize("key", ["k", None])
@pytest.mark.parametrize("conflicts", [1, 2])
async def test_a_refund_that_meets_a_conflict_is_one_refund(
    database: Database, key: str | None, conflicts: int
) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product(), 2)
    settling = Unlucky(office.settlement.settle, conflicts)

    async def act(uow: UnitOfWork) -> Refund:
        command = RefundOrder(order_id=order.id, amount="5.00")
        return await refund_order(
            command, uow, settle=settling.settle, now=office.clock.now(), ids=office.ids
        )

    runner = OnceRunner(
        Request({"type": "http", "headers": [], "state": {"correlation_id": "c"}}),
        office.units,
        RequestContext(actor=CASHIER),
        Keyed(key, "f" * 64) if key else None,
    )
    shown = rendered(201, RefundJson.model_validate)

    first = await runner.run(act, shown)

    assert (first.status_code, settling.conflicts) == (201, 0)
    payment = await office.payment(order.id)
    assert str(payment.refunded) == "5.00"
    assert [str(each.kind) for each in payment.operations] == ["charge", "refund"]
    if key:
        again = await runner.run(act, shown)
        assert (again.status_code, again.body) == (201, first.body)
        assert again.headers["Idempotency-Replayed"] == "true"
