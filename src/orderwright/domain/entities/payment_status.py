from __future__ import annotations

from enum import StrEnum


class PaymentStatus(StrEnum):
    """How an order stands with its money; derived by `payment.payment_status_of`."""

    UNPAID = "unpaid"
    AUTHORISED = "authorised"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"
    UNKNOWN = "unknown"
