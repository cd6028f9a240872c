from collections.abc import Callable

import pytest

from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_ledger import payment_status_of
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.payment_status import PaymentStatus
from tests.builders import (
    DECLINED,
    NOW,
    UNKNOWN,
    a_captured_payment,
    a_payment,
    carry_out,
    gbp,
)


def a_pending_payment() -> Payment:
    payment = a_payment(id="pending")
    payment.plan(OperationKind.CHARGE, payment.amount, id="pending-1", now=NOW)
    return payment


def a_failed_payment() -> Payment:
    payment = a_payment(id="failed")
    carry_out(payment, OperationKind.CHARGE, "25.00", DECLINED)
    return payment


def an_unknown_payment() -> Payment:
    payment = a_payment(id="unknown")
    carry_out(payment, OperationKind.CHARGE, "25.00", UNKNOWN)
    return payment


def an_authorised_payment() -> Payment:
    payment = a_payment(id="authorised")
    carry_out(payment, OperationKind.AUTHORISE, "25.00")
    return payment


def a_voided_payment() -> Payment:
    payment = an_authorised_payment()
    carry_out(payment, OperationKind.VOID, "25.00")
    return payment


def a_refunded_payment(amount: str = "25.00") -> Payment:
    payment = a_captured_payment("25.00", id="refunded")
    carry_out(payment, OperationKind.REFUND, amount)
    return payment


def a_partly_refunded_payment() -> Payment:
    return a_refunded_payment("5.00")


# Built inside the test: what is built while tests are collected may not be mapped yet.
@pytest.mark.parametrize(
    ("build", "status"),
    [
        ([], PaymentStatus.UNPAID),
        ([a_pending_payment], PaymentStatus.UNPAID),
        ([an_authorised_payment], PaymentStatus.AUTHORISED),
        ([a_captured_payment], PaymentStatus.PAID),
        ([a_failed_payment], PaymentStatus.FAILED),
        ([a_voided_payment], PaymentStatus.UNPAID),
        ([an_unknown_payment], PaymentStatus.UNKNOWN),
        ([a_partly_refunded_payment], PaymentStatus.PARTIALLY_REFUNDED),
        ([a_refunded_payment], PaymentStatus.REFUNDED),
        # A second attempt after a first that failed: underway, then done.
        ([a_failed_payment, a_pending_payment], PaymentStatus.UNPAID),
        ([a_failed_payment, a_captured_payment], PaymentStatus.PAID),
        ([a_failed_payment, a_failed_payment], PaymentStatus.FAILED),
        ([a_failed_payment, an_unknown_payment], PaymentStatus.UNKNOWN),
        # Whatever the gateway may say of the second, the first is enough.
        ([a_captured_payment, an_unknown_payment], PaymentStatus.PAID),
        ([an_authorised_payment, an_unknown_payment], PaymentStatus.AUTHORISED),
        # One of two has been given back: what was taken twice, or what is missing now.
        ([a_captured_payment, a_refunded_payment], PaymentStatus.PAID),
        ([an_authorised_payment, a_refunded_payment], PaymentStatus.AUTHORISED),
        ([a_partly_refunded_payment, a_refunded_payment], PaymentStatus.PARTIALLY_REFUNDED),
        ([a_refunded_payment, a_refunded_payment], PaymentStatus.REFUNDED),
    ],
)
def test_an_orders_payment_status_follows_from_all_its_payments(
    build: list[Callable[[], Payment]], status: PaymentStatus
) -> None:
    payments = [each() for each in build]

    assert payment_status_of(gbp("25.00"), payments) is status


def test_an_order_is_paid_when_all_of_it_is() -> None:
    payments = [a_captured_payment("10.00", id="first"), a_captured_payment("15.00", id="second")]

    assert payment_status_of(gbp("25.00"), payments[:1]) is PaymentStatus.UNPAID
    assert payment_status_of(gbp("25.00"), payments) is PaymentStatus.PAID


def test_an_order_is_not_paid_by_money_of_which_nobody_knows_whether_it_went_back() -> None:
    payment = a_captured_payment("25.00")
    carry_out(payment, OperationKind.REFUND, "5.00", UNKNOWN)

    assert payment_status_of(gbp("20.00"), [payment]) is PaymentStatus.UNKNOWN


def test_an_order_of_nothing_is_paid_from_the_start() -> None:
    assert payment_status_of(gbp("0.00"), []) is PaymentStatus.PAID
    assert payment_status_of(gbp("0.00"), [a_refunded_payment()]) is PaymentStatus.REFUNDED
