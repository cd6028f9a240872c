"""The gateway misbehaves as it is told; what happens to the connection is tried with a real one."""

import asyncio
from decimal import Decimal

import httpx2
import pytest

from orderwright.sandbox_gateway.faults import Fault, Mode, Modes, Operation
from tests.unit.sandbox_gateway.caller import Caller


@pytest.mark.parametrize(
    ("fault", "status", "executions"),
    [
        ("none", 201, {"p": 1}),
        ("decline", 402, {}),
        ("error_before", 500, {}),
        ("error_after", 500, {"p": 1}),
        ("down", 503, {}),
        ("busy", 429, {}),
    ],
)
async def test_a_fault_shows_in_the_answer_and_in_the_ledger(
    caller: Caller, fault: str, status: int, executions: dict[str, int]
) -> None:
    await caller.misbehave(operation="payments", fault=fault)

    answer = await caller.pay("p")

    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == ("1" if status in (429, 503) else None)
    assert (await caller.ledger())["executions"] == executions


@pytest.mark.parametrize("fault", ["error_after", "error_before", "down"])
async def test_asking_again_after_a_fault_does_it_once(caller: Caller, fault: str) -> None:
    await caller.misbehave(operation="payments", fault=fault, times=1)
    await caller.pay("p")

    answer = await caller.pay("p")

    assert (answer.status_code, answer.json()["status"]) == (201, "captured")
    assert (await caller.ledger())["executions"] == {"p": 1}


async def test_a_request_of_a_key_that_still_runs_is_told_so(caller: Caller) -> None:
    await caller.misbehave(operation="payments", fault="delay", delay_s=0.05)
    first = asyncio.create_task(caller.pay("p"))
    await asyncio.sleep(0)
    await caller.misbehave(operation="payments", fault="none")

    meanwhile = await caller.pay("p")

    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency_key_in_use")
    assert (await first).status_code == 201
    assert (await caller.ledger())["executions"] == {"p": 1}


@pytest.mark.parametrize("when", ["before", "meanwhile"])
async def test_a_forgotten_key_is_taken_for_new_and_the_ledger_shows_the_duplicate(
    caller: Caller, when: str
) -> None:
    await caller.pay("p")
    await caller.misbehave(operation="payments", fault="forget_keys")
    if when == "before":
        await caller.misbehave(operation="payments", fault="none")

    answer = await caller.pay("p")

    assert answer.status_code == 201
    ledger = await caller.ledger()
    assert (ledger["executions"], ledger["duplicates"]) == ({"p": 2}, ["p"])
    assert len(await caller.found("p")) == 2


async def test_a_fault_of_one_operation_leaves_the_others_alone(caller: Caller) -> None:
    await caller.misbehave(operation="refunds", fault="down")

    payment = await caller.pay("p")
    refund = await caller.move(payment.json()["id"], "refunds", "r", amount="1.00")

    assert (payment.status_code, refund.status_code) == (201, 503)


async def test_a_star_is_every_operation_and_takes_back_what_was_told_before(
    caller: Caller, client: httpx2.AsyncClient
) -> None:
    await caller.misbehave(operation="lookups", fault="error_before")
    await caller.misbehave(operation="*", fault="down")

    assert (await caller.pay("p")).status_code == 503
    assert (await client.get("/payments?reference=p")).status_code == 503


async def test_a_mode_that_does_not_exist_changes_nothing(client: httpx2.AsyncClient) -> None:
    before = (await client.get("/_sandbox/mode")).json()

    for wrong in ({"fault": "burn"}, {"operation": "loans"}, {"rate": 1.5}, {"fault_": "down"}):
        assert (await client.put("/_sandbox/mode", json=wrong)).status_code == 422

    assert (await client.get("/_sandbox/mode")).json() == before


def befallen(modes: Modes, requests: int, amount: str = "1.00") -> list[bool]:
    faults = (modes.of_request(Operation.PAYMENTS, Decimal(amount)).fault for _ in range(requests))
    return [fault is not Fault.NONE for fault in faults]


def test_a_rate_befalls_a_share_of_the_requests_and_the_same_ones_with_the_same_seed() -> None:
    modes = Modes()
    half = Mode(operation=Operation.PAYMENTS, fault=Fault.DOWN, rate=0.5, seed=7)

    modes.set(half)
    first = befallen(modes, 200)
    modes.set(half)

    assert 70 < sum(first) < 130
    assert befallen(modes, 200) == first


def test_a_fault_may_befall_so_many_requests_and_one_amount_only() -> None:
    modes = Modes()
    modes.set(Mode(operation=Operation.PAYMENTS, fault=Fault.DOWN, amount="2.0", times=2))

    assert befallen(modes, 3, "1.00") == [False, False, False]
    assert befallen(modes, 3, "2.00") == [True, True, False]
