from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from orderwright.domain.entities.aggregate import UNSAVED, Aggregate
from orderwright.domain.entities.order_lifecycle import OrderAct, OrderStatus, after
from orderwright.domain.entities.order_parts import (
    Adjustment,
    DuplicateLine,
    LineNotFound,
    OrderItem,
)
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.errors import Conflict, NotFound, Rejected
from orderwright.domain.events import order as events
from orderwright.domain.events.event import Event
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import CurrencyMismatch, Money, total_of

DEFAULT_CHANNEL: Final = "api"
ADDRESSES: Final = frozenset({"shipping_address", "billing_address"})
_OVER: Final = frozenset({OrderStatus.DELIVERED, OrderStatus.CANCELLED})


class OrderNotFound(NotFound):
    code = "order_not_found"


class EmptyOrder(Rejected):
    code = "empty_order"


class NegativeTotal(Rejected):
    code = "negative_total"


class DuplicateReference(Conflict):
    code = "duplicate_reference"


class CancellationInProgress(Conflict):
    code = "cancellation_in_progress"


class AlreadyShippedInPart(Conflict):
    code = "already_shipped_in_part"


class AlreadyShipped(Conflict):
    code = "already_shipped"


class OrderIsOver(Conflict):
    code = "order_is_over"


class FulfilmentStatus(StrEnum):
    UNFULFILLED = "unfulfilled"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    FULFILLED = "fulfilled"


@dataclass(kw_only=True, eq=False)
class Order(Aggregate):
    """What a customer agreed to buy: at least one line, one currency, a total that is their sum.

    The status moves only along `order_lifecycle.TRANSITIONS`. While a cancellation waits for the
    payment gateway, `cancellation_requested_at` is set and nothing else may happen to the order but
    that somebody writes on it.
    """

    customer_id: int
    currency: Currency
    total: Money
    items: list[OrderItem]
    adjustments: list[Adjustment]
    channel: str
    created_at: datetime
    updated_at: datetime
    status: OrderStatus = OrderStatus.PENDING
    payment_status: PaymentStatus = PaymentStatus.UNPAID
    fulfilment_status: FulfilmentStatus = FulfilmentStatus.UNFULFILLED
    reference: str | None = None
    notes: str | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    cancellation_requested_at: datetime | None = None
    cancellation_reason: str | None = None
    id: int = UNSAVED

    @classmethod
    def place(
        cls,
        *,
        customer_id: int,
        currency: Currency,
        items: Sequence[OrderItem],
        now: datetime,
        adjustments: Sequence[Adjustment] = (),
        channel: str = DEFAULT_CHANNEL,
        reference: str | None = None,
        notes: str | None = None,
        shipping_address: Address | None = None,
        billing_address: Address | None = None,
        metadata: dict[str, object] | None = None,
    ) -> Order:
        """A pending order; the caller reserves its stock in the same transaction.

        Raises:
            EmptyOrder: no line.
            CurrencyMismatch: a line or an adjustment in another currency.
            NegativeTotal: the adjustments take more off than the lines bring.
        """
        total = order_total(items, adjustments, currency)
        order = cls(
            customer_id=customer_id,
            currency=currency,
            total=total,
            items=list(items),
            adjustments=list(adjustments),
            channel=channel,
            reference=reference,
            notes=notes,
            shipping_address=shipping_address,
            billing_address=billing_address,
            metadata=metadata or {},
            created_at=now,
            updated_at=now,
            payment_status=payment_status_at_first(total),
        )
        placed = events.OrderPlaced(
            customer_id=customer_id,
            channel=channel,
            reference=reference,
            total=order.total,
            item_count=len(items),
        )
        order.note(placed, now)
        return order

    # What may be asked of it

    def item(self, item_id: int) -> OrderItem:
        """Raises: LineNotFound."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise LineNotFound(f"order {self.id} has no line {item_id}")

    @property
    def is_cancelling(self) -> bool:
        return self.cancellation_requested_at is not None and self.status != OrderStatus.CANCELLED

    @property
    def is_cancelled(self) -> bool:
        return self.status is OrderStatus.CANCELLED

    def check(self, act: OrderAct) -> None:
        """Raises: IllegalTransition, CancellationInProgress, AlreadyShippedInPart."""
        after(act, self.status)
        if self.is_cancelling and act is not OrderAct.CANCEL:
            raise CancellationInProgress("the order is being cancelled")
        if act is OrderAct.CANCEL and any(item.shipped for item in self.items):
            raise AlreadyShippedInPart(
                "a part of the order has been shipped",
                current_status=str(self.status),
                allowed=[str(OrderAct.SHIP)],
            )

    def check_change_of_address(self, name: str) -> None:
        """Raises: OrderIsOver, CancellationInProgress, AlreadyShipped: `name`, the member that
        holds the address, is of no more use to anybody who acts on it."""
        if self.status in _OVER:
            raise OrderIsOver(
                f"the addresses of a {self.status} order stay", current_status=str(self.status)
            )
        if self.is_cancelling:
            raise CancellationInProgress("the order is being cancelled")
        if name == "shipping_address" and any(item.shipped for item in self.items):
            raise AlreadyShipped(
                "goods are on their way to this address", current_status=str(self.status)
            )

    # What may be done to it

    def note(self, event: Event, now: datetime) -> None:
        """Write `event` on the timeline; every change of the order and of its parts goes here."""
        self.record(event, now)
        self.updated_at = max(now, self.updated_at)

    def change(self, wanted: Mapping[str, object], now: datetime) -> None:
        """Set what is named to something else: notes, addresses, metadata. What is set to what it is
        already is no change.

        Raises:
            OrderIsOver, CancellationInProgress, AlreadyShipped: not this address, not now.
        """
        before = {name: getattr(self, name) for name in wanted}
        # Compared as written: to Python, though not to a reader of JSON, 1 is True.
        changed = tuple(sorted(name for name in wanted if repr(before[name]) != repr(wanted[name])))
        for name in ADDRESSES & set(changed):
            self.check_change_of_address(name)
        for name in changed:
            setattr(self, name, wanted[name])
        if changed:
            self.note(
                events.OrderChanged(
                    changed=changed,
                    before={name: _as_json(before[name]) for name in changed},
                    after={name: _as_json(wanted[name]) for name in changed},
                ),
                now,
            )

    def validate_inventory(self, units_reserved: int, now: datetime) -> None:
        self.check(OrderAct.CONFIRM)
        self.note(events.InventoryValidated(units=units_reserved), now)

    def confirm(self, now: datetime) -> None:
        self._become(OrderAct.CONFIRM)
        self.note(events.OrderConfirmed(payment_status=str(self.payment_status)), now)

    def lines_left_to_ship(self) -> list[LineQuantity]:
        return [LineQuantity(item_id=i.id, quantity=i.unshipped) for i in self.items if i.unshipped]

    def ship(self, lines: Sequence[LineQuantity]) -> None:
        """Count `lines` as shipped; the shipment that carries them writes the event.

        Raises:
            IllegalTransition, CancellationInProgress: not now.
            LineNotFound, DuplicateLine, NothingLeftToShip: not these.
        """
        self.check(OrderAct.SHIP)
        for item, quantity in self._named_by(lines):
            item.ship(quantity)
        self.fulfilment_status = fulfilment_status_of(self.items)

    def complete_shipping(self, now: datetime) -> None:
        """Become shipped once no line is left to ship."""
        if self.fulfilment_status is FulfilmentStatus.FULFILLED:
            self._become(OrderAct.SHIP)
            self.note(events.OrderShipped(), now)

    def deliver(self, now: datetime) -> None:
        self._become(OrderAct.DELIVER)
        self.note(events.OrderDelivered(), now)

    def take_back(self, lines: Sequence[LineQuantity]) -> None:
        """Count `lines` as coming back; never more than was shipped.

        Raises:
            LineNotFound, DuplicateLine, ReturnExceedsShipped: not these.
        """
        for item, quantity in self._named_by(lines):
            item.take_back(quantity)

    def keep(self, lines: Sequence[LineQuantity]) -> None:
        """Count `lines` no longer as coming back: they did not come."""
        for item, quantity in self._named_by(lines):
            item.returned -= quantity

    def refund_lines(self, lines: Sequence[LineQuantity]) -> None:
        """Count `lines` as paid back, or about to be; no unit twice.

        Raises:
            LineNotFound, DuplicateLine, LineAlreadyRefunded: not these.
        """
        for item, quantity in self._named_by(lines):
            item.refund(quantity)

    def keep_paid(self, lines: Sequence[LineQuantity], others: Iterable[LineQuantity]) -> None:
        """Count `lines` no longer as paid back: their refund failed. `others` are those of the refunds
        that did not; before the limit was kept, these could name more units than there are."""
        named: Counter[int] = Counter()
        for line in others:
            named[line.item_id] += line.quantity
        for item, _ in self._named_by(lines):
            item.refunded = min(named[item.id], item.quantity)

    def unrefunded_of(self, lines: Sequence[LineQuantity]) -> list[LineQuantity]:
        """What of `lines` no refund has named."""
        left = [
            (item.id, min(quantity, item.unrefunded)) for item, quantity in self._named_by(lines)
        ]
        return [LineQuantity(item_id=item_id, quantity=units) for item_id, units in left if units]

    def request_cancellation(self, reason: str | None, now: datetime) -> None:
        self.check(OrderAct.CANCEL)
        if self.is_cancelling:
            return  # the first request stands; asking twice is no fault
        self.cancellation_requested_at = now
        self.cancellation_reason = reason
        self.note(events.CancellationRequested(reason=reason), now)

    def cancel(self, now: datetime) -> None:
        """Final: the caller has released the stock and the gateway has given the money back."""
        self._become(OrderAct.CANCEL)
        self.note(events.OrderCancelled(reason=self.cancellation_reason), now)

    def _named_by(self, lines: Sequence[LineQuantity]) -> list[tuple[OrderItem, int]]:
        """Found in one pass: an imported order may have hundreds of lines."""
        items = {item.id: item for item in self.items}
        try:
            return [(items[line.item_id], line.quantity) for line in distinct(lines)]
        except KeyError as missing:
            raise LineNotFound(f"order {self.id} has no line {missing}") from None

    def _become(self, act: OrderAct) -> None:
        self.check(act)
        self.status = after(act, self.status)


def _as_json(value: object) -> object:
    return value.as_dict() if isinstance(value, Address) else value


def distinct(lines: Sequence[LineQuantity]) -> Sequence[LineQuantity]:
    """Raises: DuplicateLine: one line is named twice."""
    if len({line.item_id for line in lines}) < len(lines):
        raise DuplicateLine("a line is named more than once")
    return lines


def fulfilment_status_of(items: Iterable[OrderItem]) -> FulfilmentStatus:
    lines = list(items)
    if all(item.unshipped == 0 for item in lines):
        return FulfilmentStatus.FULFILLED
    if any(item.shipped for item in lines):
        return FulfilmentStatus.PARTIALLY_FULFILLED
    return FulfilmentStatus.UNFULFILLED


class PricedLine(Protocol):
    @property
    def line_total(self) -> Money: ...


class SignedAmount(Protocol):
    @property
    def amount(self) -> Money: ...


def order_total(
    items: Sequence[PricedLine], adjustments: Sequence[SignedAmount], currency: Currency
) -> Money:
    """Raises: EmptyOrder, CurrencyMismatch, NegativeTotal, AmountTooLarge."""
    if not items:
        raise EmptyOrder("an order needs at least one line")
    if any(item.line_total.currency != currency for item in items):
        raise CurrencyMismatch("every line of an order is in the order's currency")
    parts = [item.line_total for item in items] + [each.amount for each in adjustments]
    total = total_of(parts, currency)
    if total.minor < 0:
        raise NegativeTotal("the total of an order is not negative")
    return total


def payment_status_at_first(total: Money) -> PaymentStatus:
    """Nothing to pay is paid."""
    return PaymentStatus.UNPAID if total else PaymentStatus.PAID
