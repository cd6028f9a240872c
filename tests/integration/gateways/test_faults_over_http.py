"""Each fault of a real gateway at each operation: what the adapter says, and what was really done."""

import asyncio
from typing import Final

import pytest

from devtools.ports import free_port
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind
from orderwright.infrastructure.external_services.payments_http import HttpGateway
from orderwright.sandbox_gateway.faults import Fault
from tests.gateway_calls import UNKNOWN, a_call, a_call_that_can_be_made, paid
from tests.http_gateway import http_gateway
from tests.sandbox_process import SandboxProcess

# Shorter than the sandbox keeps silent, and longer than it takes to answer on a busy machine.
_PATIENCE_S: Final = 3.0
_OPERATION: Final = {
    OperationKind.CHARGE: "payments",
    OperationKind.AUTHORISE: "payments",
    OperationKind.CAPTURE: "captures",
    OperationKind.VOID: "voids",
    OperationKind.REFUND: "refunds",
}
# What the call says, what a look-up says after it, and how often it was done.
_SUCCEEDED, _UNKNOWN = OutcomeKind.SUCCEEDED, OutcomeKind.UNKNOWN
_DECLINED, _NOT_EXECUTED = OutcomeKind.DECLINED, OutcomeKind.NOT_EXECUTED
_EXPECTED: Final = {
    "none": (_SUCCEEDED, _SUCCEEDED, 1),
    "delay": (_SUCCEEDED, _SUCCEEDED, 1),
    "timeout_after": (_UNKNOWN, _SUCCEEDED, 1),
    "reset_after": (_UNKNOWN, _SUCCEEDED, 1),
    "error_after": (_UNKNOWN, _SUCCEEDED, 1),
    "timeout_before": (_UNKNOWN, None, 0),
    "reset_before": (_UNKNOWN, None, 0),
    "error_before": (_UNKNOWN, None, 0),
    "down": (_NOT_EXECUTED, None, 0),
    "busy": (_NOT_EXECUTED, None, 0),
    "forget_keys": (_SUCCEEDED, _SUCCEEDED, 1),
}


@pytest.mark.parametrize("fault", _EXPECTED)
async def test_a_fault_leaves_every_operation_as_the_table_says(
    sandbox: SandboxProcess, fault: str
) -> None:
    async with http_gateway(sandbox.url, patience_s=_PATIENCE_S) as gateway:
        calls = [await a_call_that_can_be_made(gateway, kind) for kind in OperationKind]
        for operation in set(_OPERATION.values()):
            await sandbox.misbehave(fault, operation=operation, delay_s=_delay_s(fault))

        told = await asyncio.gather(*(gateway.carry_out(call) for call in calls))
        await sandbox.behave()
        found = [await gateway.look_up(call) for call in calls]

    done = [await sandbox.executions(call.reference) for call in calls]
    seen = {
        str(call.kind): (outcome.kind, known and known.kind, times)
        for call, outcome, known, times in zip(calls, told, found, done, strict=True)
    }
    assert seen == {str(kind): _EXPECTED[fault] for kind in OperationKind}


def _delay_s(fault: str) -> float:
    return 0.01 if fault == "delay" else 60.0


@pytest.mark.parametrize("kind", OperationKind)
async def test_what_is_declined_is_declined_and_was_not_done(
    sandbox: SandboxProcess, over_http: HttpGateway, kind: OperationKind
) -> None:
    call = await a_call_that_can_be_made(over_http, kind)
    await sandbox.misbehave("decline", operation=_OPERATION[kind])

    outcome = await over_http.carry_out(call)

    assert (outcome.kind, outcome.error_code) == (_DECLINED, "card_declined")
    assert await sandbox.executions(call.reference) == 0


@pytest.mark.parametrize(("fault", "wait_s"), [("down", 1.0), ("busy", 1.0)])
async def test_a_gateway_that_takes_nothing_says_when_to_come_back(
    sandbox: SandboxProcess, over_http: HttpGateway, fault: str, wait_s: float
) -> None:
    await sandbox.misbehave(fault)

    outcome = await over_http.carry_out(a_call())

    assert outcome == Outcome(kind=_NOT_EXECUTED, retry_after_s=wait_s)


@pytest.mark.parametrize("fault", ["error_after", "reset_after", "error_before"])
async def test_asking_again_after_a_lost_answer_does_it_once(
    sandbox: SandboxProcess, over_http: HttpGateway, fault: str
) -> None:
    call = a_call()
    await sandbox.misbehave(fault, operation="payments", times=1)

    lost, again = await over_http.carry_out(call), await over_http.carry_out(call)

    assert (lost, again.kind) == (UNKNOWN, _SUCCEEDED)
    assert await sandbox.executions(call.reference) == 1


async def test_an_operation_that_may_have_been_done_is_not_sent_again_unasked(
    sandbox: SandboxProcess, over_http: HttpGateway
) -> None:
    """The key would stop a second charge, but not at a gateway that has lost its keys."""
    call = a_call()
    await sandbox.misbehave("reset_after", operation="payments", times=1)

    assert await over_http.carry_out(call) == UNKNOWN
    await sandbox.misbehave("forget_keys", operation="payments")

    known = await over_http.look_up(call)
    assert known is not None
    assert known.kind is _SUCCEEDED
    assert await sandbox.executions(call.reference) == 1


@pytest.mark.parametrize("fault", ["error_before", "reset_before", "down", "timeout_before"])
async def test_a_look_up_that_gets_no_answer_says_that_nothing_is_known(
    sandbox: SandboxProcess, fault: str
) -> None:
    async with http_gateway(sandbox.url, patience_s=_PATIENCE_S) as gateway:
        call = a_call()
        await paid(gateway, call)
        await sandbox.misbehave(fault, operation="lookups", delay_s=60.0)

        assert await gateway.look_up(call) == UNKNOWN


async def test_a_look_up_is_tried_again(sandbox: SandboxProcess, over_http: HttpGateway) -> None:
    call = a_call()
    payment = await paid(over_http, call)
    await sandbox.misbehave("reset_before", operation="lookups", times=2)

    assert await over_http.look_up(call) == Outcome(kind=_SUCCEEDED, provider_payment_id=payment)


async def test_answers_that_come_twice_are_never_taken_for_those_of_another_call(
    sandbox: SandboxProcess,
) -> None:
    """A second answer waits in the connection for the next call. Whatever that makes of it, it does
    not say that something was done which was not, or the other way round."""
    calls = [a_call(token="tok_decline" if each % 3 else None) for each in range(30)]
    await sandbox.misbehave("answer_twice", operation="payments")
    async with http_gateway(sandbox.url) as gateway:
        outcomes = [await gateway.carry_out(call) for call in calls]

    truth = [_DECLINED if call.token else _SUCCEEDED for call in calls]
    believed = [outcome.kind for outcome in outcomes]
    assert all(kind in (right, _UNKNOWN) for kind, right in zip(believed, truth, strict=True))
    assert _SUCCEEDED in believed
    done = [await sandbox.executions(call.reference) for call in calls]
    assert [each for each, kind in zip(done, believed, strict=True) if kind is not _UNKNOWN] == [
        1 if kind is _SUCCEEDED else 0 for kind in believed if kind is not _UNKNOWN
    ]
    # One whose answer seemed to be there was perhaps not read yet when its connection was closed.
    assert all(each <= (kind is _SUCCEEDED) for each, kind in zip(done, truth, strict=True))


async def test_a_key_that_still_runs_leaves_the_outcome_open(
    sandbox: SandboxProcess, over_http: HttpGateway
) -> None:
    call = a_call()
    await sandbox.misbehave("delay", operation="payments", delay_s=1.0)

    outcomes = await asyncio.gather(over_http.carry_out(call), over_http.carry_out(call))

    assert {outcome.kind for outcome in outcomes} == {_SUCCEEDED, _UNKNOWN}
    assert await sandbox.executions(call.reference) == 1


async def test_too_much_is_refused_for_good(
    sandbox: SandboxProcess, over_http: HttpGateway
) -> None:
    call = await a_call_that_can_be_made(over_http, OperationKind.REFUND)
    await over_http.carry_out(call)
    another = a_call(OperationKind.REFUND, provider_payment_id=call.provider_payment_id)

    outcome = await over_http.carry_out(another)

    assert outcome == Outcome(kind=_DECLINED, error_code="amount_exceeds_captured")
    assert await sandbox.executions(another.reference) == 0


async def test_a_wrong_key_is_nobodys_refusal(sandbox: SandboxProcess) -> None:
    call = a_call()
    async with http_gateway(sandbox.url, key="wrong") as gateway:
        outcome, known = await gateway.carry_out(call), await gateway.look_up(call)

    assert (outcome, known) == (Outcome(kind=_NOT_EXECUTED), UNKNOWN)
    assert await sandbox.executions(call.reference) == 0


async def test_where_nobody_listens_nothing_was_done() -> None:
    async with http_gateway(f"http://127.0.0.1:{free_port()}") as gateway:
        assert await gateway.carry_out(a_call()) == Outcome(kind=_NOT_EXECUTED)
        assert await gateway.look_up(a_call()) == UNKNOWN


async def test_a_gateway_that_keeps_failing_is_left_alone(sandbox: SandboxProcess) -> None:
    await sandbox.misbehave("error_before", operation="payments")
    async with http_gateway(sandbox.url, failure_threshold=3) as gateway:
        failed = [await gateway.carry_out(a_call()) for _ in range(3)]
        spared = await gateway.carry_out(a_call())
        not_looked_up = await gateway.look_up(a_call())

    assert failed == [UNKNOWN] * 3
    assert spared == Outcome(kind=_NOT_EXECUTED, retry_after_s=30)
    assert not_looked_up == Outcome(kind=_UNKNOWN, retry_after_s=30)


def test_the_table_has_every_fault_but_those_that_have_a_test_of_their_own() -> None:
    assert set(_EXPECTED) == set(Fault) - {Fault.DECLINE, Fault.ANSWER_TWICE}
