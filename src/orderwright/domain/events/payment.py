"""What happens to an order's money. These are written on the order's own timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from orderwright.domain.events.event import Event
from orderwright.domain.value_objects.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent(Event):
    payment_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequested(PaymentEvent):
    name: ClassVar[str] = "payment.requested"
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAuthorised(PaymentEvent):
    name: ClassVar[str] = "payment.authorised"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRequested(PaymentEvent):
    name: ClassVar[str] = "payment.capture_requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidRequested(PaymentEvent):
    name: ClassVar[str] = "payment.void_requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCaptured(PaymentEvent):
    name: ClassVar[str] = "payment.captured"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentVoided(PaymentEvent):
    name: ClassVar[str] = "payment.voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFailed(PaymentEvent):
    name: ClassVar[str] = "payment.failed"
    operation: str
    error_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentUnknown(PaymentEvent):
    name: ClassVar[str] = "payment.unknown"
    operation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentNeedsAttention(PaymentEvent):
    name: ClassVar[str] = "payment.needs_attention"
    operation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMadeTwice(PaymentEvent):
    """The gateway took the money again, under the reference of another payment of the order."""

    name: ClassVar[str] = "payment.made_twice"
    operation: str
    provider_payment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentResolved(PaymentEvent):
    """A person has said what became of an operation."""

    name: ClassVar[str] = "payment.resolved"
    operation: str
    succeeded: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequested(PaymentEvent):
    name: ClassVar[str] = "refund.requested"
    refund_id: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSucceeded(PaymentEvent):
    name: ClassVar[str] = "refund.succeeded"
    refund_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(PaymentEvent):
    name: ClassVar[str] = "refund.failed"
    refund_id: str
    error_code: str | None
