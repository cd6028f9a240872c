"""Whatever the gateway does wrong at whatever step: how order, stock and both ledgers stand in the end."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import pytest

from orderwright.application.commands.refund_order import RefundOrder
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.open_operations import sweep_of
from tests.processing import processing_of
from tests.scripted_gateway import Fault, ScriptedGateway

Step = Callable[[BackOffice, int], Awaitable[object]]
End = tuple[str, str, int, int, int]

# Status and payment status of the order, units reserved, what the gateway keeps of 12.50 and what it
# has only authorised, in minor units; once when the gateway refuses, and once whatever else it does.
ENDS: Final[dict[str, tuple[End, End]]] = {
    "charge": (("pending", "failed", 1, 0, 0), ("confirmed", "paid", 1, 1250, 0)),
    "authorise": (("pending", "failed", 1, 0, 0), ("confirmed", "authorised", 1, 0, 1250)),
    "capture": (
        ("confirmed", "authorised", 1, 0, 1250),
        ("confirmed", "paid", 1, 1250, 0),
    ),
    "void": (("confirmed", "authorised", 1, 0, 1250), ("confirmed", "unpaid", 1, 0, 0)),
    "refund": (
        ("confirmed", "paid", 1, 1250, 0),
        ("confirmed", "partially_refunded", 1, 750, 0),
    ),
    "cancel what is charged": (
        ("confirmed", "paid", 1, 1250, 0),
        ("cancelled", "refunded", 0, 0, 0),
    ),
    "cancel what is authorised": (
        ("confirmed", "authorised", 1, 0, 1250),
        ("cancelled", "unpaid", 0, 0, 0),
    ),
    "expire while it is charged": (
        ("cancelled", "failed", 0, 0, 0),
        ("cancelled", "refunded", 0, 0, 0),
    ),
}
# What the gateway surely never heard of is dropped with its order.
DROPPED: Final = {("expire while it is charged", Fault.BUSY): ("cancelled", "failed", 0, 0, 0)}
FAULTS: Final = (Fault.DECLINE, Fault.SILENT_AFTER, Fault.SILENT_BEFORE, Fault.BUSY)


async def pay(office: BackOffice, order_id: int, *, capture: bool = True) -> None:
    await office.request_processing(order_id)
    async with processing_of(office, capture=capture) as processing:
        await processing.process_due()


async def authorise(office: BackOffice, order_id: int) -> None:
    await pay(office, order_id, capture=False)


async def nothing_before(_office: BackOffice, _order_id: int) -> None:
    """The step is the first."""


async def give_back(office: BackOffice, order_id: int) -> None:
    await office.refund(RefundOrder(order_id=order_id, amount="5.00"))


async def expire(office: BackOffice, order_id: int) -> None:
    await pay(office, order_id)
    office.clock.advance(timedelta(hours=2))
    await office.expiry().expire_due()


STEPS: Final[dict[str, tuple[Step, Step]]] = {
    "charge": (nothing_before, pay),
    "authorise": (nothing_before, authorise),
    "capture": (authorise, BackOffice.capture_last),
    "void": (authorise, BackOffice.void_last),
    "refund": (pay, give_back),
    "cancel what is charged": (pay, BackOffice.cancel),
    "cancel what is authorised": (authorise, BackOffice.cancel),
    "expire while it is charged": (nothing_before, expire),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", STEPS)
async def test_in_the_end_the_order_says_what_the_gateway_has(
    step: str, fault: Fault, database: Database
) -> None:
    gateway = ScriptedGateway()
    office = BackOffice(database, gateway)
    product = await office.product()
    order = await office.place(product)
    before, act = STEPS[step]
    await before(office, order.id)

    gateway.behave(fault)
    await act(office, order.id)
    gateway.behave()
    for _ in range(2):
        office.clock.advance(timedelta(seconds=61))
        await sweep_of(office).ask_due()

    refused, otherwise = ENDS[step]
    expected = refused if fault is Fault.DECLINE else DROPPED.get((step, fault), otherwise)
    assert await standing(office, order.id, product, gateway) == expected
    assert gateway.accounts[order.id].charges <= 1
    payments = await office.details.payments(order.id)
    assert [each for payment in payments for each in payment.open_operations] == []
    violations: list[object] = []
    await SqlAuditor(database).examine(violations.append)
    assert violations == []


async def standing(
    office: BackOffice, order_id: int, product: int, gateway: ScriptedGateway
) -> End:
    order, account = await office.order(order_id), gateway.accounts[order_id]
    reserved = (await office.stock(product)).reserved
    return (str(order.status), str(order.payment_status), reserved, account.net, account.held)
