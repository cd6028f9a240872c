from __future__ import annotations

from enum import StrEnum


class PaymentState(StrEnum):
    """How one payment stands; derived by `payment_ledger.ledger_of`."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    FAILED = "failed"
    UNKNOWN = "unknown"


class PaymentStatus(StrEnum):
    """How an order stands with its money; derived by `payment_ledger.payment_status_of`."""

    UNPAID = "unpaid"
    AUTHORISED = "authorised"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"
    UNKNOWN = "unknown"
