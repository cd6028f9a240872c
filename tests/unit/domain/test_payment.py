import pytest

from orderwright.domain.entities.payment import Payment, RefundExceedsCaptured
from orderwright.domain.entities.payment_operation import OperationKind, OperationState
from orderwright.domain.entities.payment_status import PaymentState
from orderwright.domain.interfaces.payment_gateway import Outcome
from tests.builders import (
    DECLINED,
    LATER,
    NOT_EXECUTED,
    NOW,
    SUCCEEDED,
    UNKNOWN,
    a_captured_payment,
    a_payment,
    carry_out,
    gbp,
)

Step = tuple[OperationKind, str, Outcome]
CHARGE, AUTHORISE, CAPTURE = (
    OperationKind.CHARGE,
    OperationKind.AUTHORISE,
    OperationKind.CAPTURE,
)
REFUND, VOID = OperationKind.REFUND, OperationKind.VOID


def sums(payment: Payment) -> tuple[str, str, str]:
    return str(payment.authorised), str(payment.captured), str(payment.refunded)


@pytest.mark.parametrize(
    ("steps", "status", "expected"),
    [
        ([(CHARGE, "25.00", SUCCEEDED)], PaymentState.CAPTURED, ("25.00", "25.00", "0.00")),
        ([(CHARGE, "25.00", DECLINED)], PaymentState.FAILED, ("0.00", "0.00", "0.00")),
        ([(CHARGE, "25.00", UNKNOWN)], PaymentState.UNKNOWN, ("0.00", "0.00", "0.00")),
        ([(AUTHORISE, "25.00", SUCCEEDED)], PaymentState.AUTHORISED, ("25.00", "0.00", "0.00")),
        (
            [(AUTHORISE, "25.00", SUCCEEDED), (CAPTURE, "25.00", SUCCEEDED)],
            PaymentState.CAPTURED,
            ("25.00", "25.00", "0.00"),
        ),
        (
            [(AUTHORISE, "25.00", SUCCEEDED), (CAPTURE, "25.00", DECLINED)],
            PaymentState.AUTHORISED,
            ("25.00", "0.00", "0.00"),
        ),
        (
            [(AUTHORISE, "25.00", SUCCEEDED), (VOID, "25.00", SUCCEEDED)],
            PaymentState.VOIDED,
            ("0.00", "0.00", "0.00"),
        ),
        (
            [(AUTHORISE, "25.00", SUCCEEDED), (VOID, "25.00", DECLINED)],
            PaymentState.AUTHORISED,
            ("25.00", "0.00", "0.00"),
        ),
        (
            [
                (AUTHORISE, "25.00", SUCCEEDED),
                (CAPTURE, "10.00", SUCCEEDED),
                (VOID, "15.00", SUCCEEDED),
            ],
            PaymentState.CAPTURED,
            ("10.00", "10.00", "0.00"),
        ),
        (
            [(CHARGE, "25.00", SUCCEEDED), (REFUND, "5.00", SUCCEEDED)],
            PaymentState.PARTIALLY_REFUNDED,
            ("25.00", "25.00", "5.00"),
        ),
        (
            [
                (CHARGE, "25.00", SUCCEEDED),
                (REFUND, "5.00", SUCCEEDED),
                (REFUND, "20.00", SUCCEEDED),
            ],
            PaymentState.REFUNDED,
            ("25.00", "25.00", "25.00"),
        ),
        (
            [(CHARGE, "25.00", SUCCEEDED), (REFUND, "25.00", DECLINED)],
            PaymentState.CAPTURED,
            ("25.00", "25.00", "0.00"),
        ),
        (
            [(CHARGE, "25.00", SUCCEEDED), (REFUND, "25.00", UNKNOWN)],
            PaymentState.UNKNOWN,
            ("25.00", "25.00", "0.00"),
        ),
    ],
)
def test_sums_and_status_follow_from_what_the_gateway_said(
    steps: list[Step], status: PaymentState, expected: tuple[str, str, str]
) -> None:
    payment = a_payment("25.00")

    for kind, amount, outcome in steps:
        carry_out(payment, kind, amount, outcome)

    assert payment.status is status
    assert sums(payment) == expected


def test_a_planned_operation_changes_no_sum_and_no_status() -> None:
    payment = a_payment()

    operation = payment.plan(CHARGE, gbp("25.00"), id="operation-1", now=NOW)

    assert operation.state is OperationState.PLANNED
    assert (operation.sends, operation.sent_at, operation.finished_at) == (0, None, None)
    assert payment.status is PaymentState.PENDING
    assert sums(payment) == ("0.00", "0.00", "0.00")


def test_every_sending_is_counted_under_the_same_id() -> None:
    payment = a_payment()
    operation = payment.plan(CHARGE, gbp("25.00"), id="operation-1", now=NOW)

    operation.mark_sent(NOW)
    payment.apply(operation, UNKNOWN, NOW)
    assert (operation.state, operation.finished_at) == (OperationState.UNKNOWN, None)
    operation.mark_sent(NOW)
    payment.apply(operation, SUCCEEDED, NOW)

    assert (operation.id, operation.sends) == ("operation-1", 2)
    assert (operation.state, operation.finished_at) == (OperationState.SUCCEEDED, NOW)
    assert sums(payment) == ("25.00", "25.00", "0.00")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SUCCEEDED, SUCCEEDED),
        (SUCCEEDED, DECLINED),
        (SUCCEEDED, UNKNOWN),
        (DECLINED, DECLINED),
        (DECLINED, UNKNOWN),
    ],
)
def test_an_outcome_counts_once_and_the_first_stands(first: Outcome, second: Outcome) -> None:
    payment = a_payment()
    operation = carry_out(payment, CHARGE, "25.00", first)
    before = (payment.status, sums(payment), operation.state)

    payment.apply(operation, second, NOW)

    assert (payment.status, sums(payment), operation.state) == before


def test_a_declined_operation_keeps_the_reason() -> None:
    payment = a_payment()

    operation = carry_out(payment, CHARGE, "25.00", DECLINED)

    assert operation.error_code == "card_declined"
    assert payment.provider_payment_id is None


def test_the_providers_own_id_is_kept() -> None:
    assert a_captured_payment().provider_payment_id == "provider_1"


def test_no_more_is_refunded_than_was_captured() -> None:
    payment = a_captured_payment("25.00")

    with pytest.raises(RefundExceedsCaptured):
        payment.plan(REFUND, gbp("25.01"), id="too-much", now=NOW)

    assert len(payment.operations) == 1


def test_a_refund_on_its_way_counts_as_given_back() -> None:
    payment = a_captured_payment("25.00")

    payment.plan(REFUND, gbp("20.00"), id="first", now=NOW)

    assert payment.refundable == gbp("5.00")
    with pytest.raises(RefundExceedsCaptured):
        payment.plan(REFUND, gbp("5.01"), id="second", now=NOW)
    assert payment.plan(REFUND, gbp("5.00"), id="third", now=NOW).is_open


def test_a_declined_refund_can_be_asked_for_again() -> None:
    payment = a_captured_payment("25.00")

    carry_out(payment, REFUND, "25.00", DECLINED)

    assert payment.refundable == gbp("25.00")
    assert payment.money_back_refused


def test_nothing_is_refunded_of_what_is_only_authorised() -> None:
    payment = a_payment("25.00")
    carry_out(payment, AUTHORISE, "25.00")

    with pytest.raises(RefundExceedsCaptured):
        payment.plan(REFUND, gbp("0.01"), id="refund", now=NOW)


@pytest.mark.parametrize(
    ("steps", "live"),
    [
        ([], False),
        ([(CHARGE, "25.00", SUCCEEDED)], True),
        ([(CHARGE, "25.00", DECLINED)], False),
        ([(CHARGE, "25.00", UNKNOWN)], True),
        ([(AUTHORISE, "25.00", SUCCEEDED)], True),
        ([(AUTHORISE, "25.00", SUCCEEDED), (VOID, "25.00", SUCCEEDED)], False),
        ([(CHARGE, "25.00", SUCCEEDED), (REFUND, "5.00", SUCCEEDED)], True),
        ([(CHARGE, "25.00", SUCCEEDED), (REFUND, "25.00", SUCCEEDED)], False),
        ([(CHARGE, "25.00", SUCCEEDED), (REFUND, "25.00", DECLINED)], True),
        (
            [
                (AUTHORISE, "25.00", SUCCEEDED),
                (CAPTURE, "10.00", SUCCEEDED),
                (REFUND, "10.00", SUCCEEDED),
                (VOID, "15.00", DECLINED),
            ],
            True,
        ),
    ],
)
def test_a_payment_is_live_while_it_holds_money_or_may_come_to(
    steps: list[Step], *, live: bool
) -> None:
    payment = a_payment("25.00")

    for kind, amount, outcome in steps:
        carry_out(payment, kind, amount, outcome)

    assert payment.is_live is live


def test_a_charge_that_took_the_money_after_all_is_counted() -> None:
    payment = a_payment()
    operation = carry_out(payment, CHARGE, "25.00", DECLINED)

    payment.apply(operation, SUCCEEDED, NOW)

    assert (payment.status, operation.error_code) == (PaymentState.CAPTURED, None)
    assert sums(payment) == ("25.00", "25.00", "0.00")


def test_what_was_certainly_not_executed_is_planned_again_and_may_be_dropped() -> None:
    payment = a_payment()
    operation = payment.plan(CHARGE, gbp("25.00"), id="operation-1", now=NOW)
    operation.mark_sent(NOW)

    payment.apply(operation, NOT_EXECUTED, NOW, again_at=LATER)
    assert (operation.state, operation.due_at) == (OperationState.PLANNED, LATER)
    payment.drop_unsent(LATER)

    assert (operation.state, operation.error_code) == (OperationState.FAILED, "not_sent")
    assert payment.status is PaymentState.FAILED


def test_what_may_have_been_executed_before_is_not_dropped() -> None:
    payment = a_payment()
    operation = carry_out(payment, CHARGE, "25.00", UNKNOWN)
    operation.mark_sent(LATER)

    payment.apply(operation, NOT_EXECUTED, LATER)
    payment.drop_unsent(LATER)

    assert operation.state is OperationState.UNKNOWN
