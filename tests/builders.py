"""Things of the domain as tests need them: what a test does not name is ordinary."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import Adjustment, AdjustmentKind, OrderItem
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import OperationKind, PaymentOperation
from orderwright.domain.entities.stock import StockLevel
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money, UnitPrice

NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER: Final = NOW + timedelta(minutes=1)
GBP: Final = Currency.of("GBP")
EUR: Final = Currency.of("EUR")
JPY: Final = Currency.of("JPY")  # no decimals
KWD: Final = Currency.of("KWD")  # three
CLF: Final = Currency.of("CLF")  # four

SUCCEEDED: Final = Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id="provider_1")
DECLINED: Final = Outcome(kind=OutcomeKind.DECLINED, error_code="card_declined")
UNKNOWN: Final = Outcome(kind=OutcomeKind.UNKNOWN)
NOT_EXECUTED: Final = Outcome(kind=OutcomeKind.NOT_EXECUTED)


def gbp(amount: str) -> Money:
    return Money.parse(amount, GBP)


def a_line(
    number: int = 1,
    *,
    quantity: int = 2,
    price: str = "12.50",
    product_id: int = 1,
    tracked: bool = True,
    currency: Currency = GBP,
) -> OrderItem:
    return OrderItem.of(
        number=number,
        product_id=product_id,
        sku=f"SKU-{product_id}",
        name=f"Product {product_id}",
        quantity=quantity,
        unit_price=UnitPrice.parse(price, currency),
        track_inventory=tracked,
    )


def an_adjustment(amount: str, position: int = 1, *, currency: Currency = GBP) -> Adjustment:
    return Adjustment.of(
        position=position,
        kind=AdjustmentKind.SHIPPING,
        label="Delivery",
        amount=Money.parse(amount, currency),
    )


def an_order(
    *lines: OrderItem,
    status: OrderStatus = OrderStatus.PENDING,
    adjustments: Sequence[Adjustment] = (),
) -> Order:
    """An order that came to its status by the acts that lead there; one line of two units, or
    `lines`."""
    order = Order.place(
        customer_id=1,
        currency=GBP,
        items=lines or [a_line()],
        adjustments=adjustments,
        now=NOW,
    )
    order.id = 1
    if status is OrderStatus.CANCELLED:
        order.cancel(NOW)
    elif status is not OrderStatus.PENDING:
        order.confirm(NOW)
    if status in (OrderStatus.SHIPPED, OrderStatus.DELIVERED):
        order.ship(order.lines_left_to_ship())
        order.complete_shipping(NOW)
    if status is OrderStatus.DELIVERED:
        order.deliver(NOW)
    return order


def units(quantity: int, of_line: int = 1) -> LineQuantity:
    return LineQuantity(item_id=of_line, quantity=quantity)


def a_level(
    on_hand: int,
    reserved: int = 0,
    *,
    product_id: int = 1,
    location_id: int = 1,
    backorder: bool = False,
) -> StockLevel:
    return StockLevel(
        product_id=product_id,
        location_id=location_id,
        on_hand=on_hand,
        reserved=reserved,
        backorder=backorder,
    )


def a_payment(amount: str = "25.00", *, id: str = "payment-1") -> Payment:
    """Attempted, with nothing asked of the gateway yet."""
    return Payment.attempt(
        id=id, order_id=1, provider="sandbox", amount=gbp(amount), token=None, now=NOW
    )


def carry_out(
    payment: Payment, kind: OperationKind, amount: str, outcome: Outcome = SUCCEEDED
) -> PaymentOperation:
    """Plan an operation, send it, and record what the gateway said."""
    number = len(payment.operations) + 1
    operation = payment.plan(kind, gbp(amount), id=f"{payment.id}-{number}", now=NOW)
    operation.mark_sent(NOW)
    payment.apply(operation, outcome, NOW)
    return operation


def a_captured_payment(amount: str = "25.00", *, id: str = "payment-1") -> Payment:
    payment = a_payment(amount, id=id)
    carry_out(payment, OperationKind.CHARGE, amount)
    return payment
