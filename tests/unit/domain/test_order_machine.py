"""An order driven at random beside a model that is a few numbers; after every step both agree."""

from collections.abc import Callable
from copy import deepcopy
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from orderwright.domain.entities.order import FulfilmentStatus, Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.return_ import Return, ReturnLine
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.errors import DomainError
from tests.builders import GBP, NOW, a_line, units

Lines = list[tuple[int, int]]  # number of a line, and how many units

# Mostly what an order may have, sometimes what none has.
SOME_LINES: Final = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=3
) | st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 5)), min_size=1, max_size=3)


class OrderMachine(RuleBasedStateMachine):
    order: Order

    @initialize(
        quantities=st.lists(st.integers(1, 4), min_size=1, max_size=3), confirmed=st.booleans()
    )
    def place(self, quantities: list[int], *, confirmed: bool) -> None:
        self.ordered = dict(enumerate(quantities, start=1))
        self.shipped = dict.fromkeys(self.ordered, 0)
        self.returned = dict.fromkeys(self.ordered, 0)
        self.status = "pending"
        self.cancelling = False
        self.timeline = ["order.placed"]
        lines = [
            a_line(number, quantity=quantity, price="0.335", product_id=number)
            for number, quantity in self.ordered.items()
        ]
        self.order = Order.place(customer_id=1, currency=GBP, items=lines, now=NOW)
        self.total = self.order.total
        self.recorded = self.order.take_events()
        if confirmed:  # else half of all orders would never be
            self.confirm()

    @rule()
    def confirm(self) -> None:
        possible = self.status == "pending" and not self.cancelling
        if self.attempt(lambda order: order.confirm(NOW), possible=possible):
            self.status = "confirmed"
            self.timeline.append("order.confirmed")

    @rule(lines=SOME_LINES)
    def ship(self, lines: Lines) -> None:
        left = {number: self.ordered[number] - self.shipped[number] for number in self.ordered}
        open_ = self.status == "confirmed" and not self.cancelling
        if self.attempt(lambda order: ship(order, lines), possible=open_ and fits(lines, left)):
            self.count(self.shipped, lines)
            self.timeline.append("shipment.created")
            if self.shipped == self.ordered:
                self.status = "shipped"
                self.timeline.append("order.shipped")

    @rule(number=st.integers(1, 3))
    def ship_one(self, number: int) -> None:
        self.ship([(number, 1)])

    @rule()
    def ship_the_rest(self) -> None:
        rest = [(line.item_id, line.quantity) for line in self.order.lines_left_to_ship()]
        self.ship(rest or [(1, 1)])

    @rule(number=st.integers(1, 3))
    def take_one_back(self, number: int) -> None:
        self.take_back([(number, 1)])

    @rule()
    def deliver(self) -> None:
        if self.attempt(lambda order: order.deliver(NOW), possible=self.status == "shipped"):
            self.status = "delivered"
            self.timeline.append("order.delivered")

    @rule(lines=SOME_LINES)
    def take_back(self, lines: Lines) -> None:
        out = {number: self.shipped[number] - self.returned[number] for number in self.ordered}
        if self.attempt(lambda order: take_back(order, lines), possible=fits(lines, out)):
            self.count(self.returned, lines)
            self.timeline.append("return.requested")

    @rule(at_once=st.booleans())
    def cancel(self, *, at_once: bool) -> None:
        """At once, or when the gateway will have answered."""
        if not at_once:
            self.request_cancellation()
        elif self.attempt(lambda order: order.cancel(NOW), possible=self.can_be_cancelled):
            self.status, self.cancelling = "cancelled", False
            self.timeline.append("order.cancelled")

    def request_cancellation(self) -> None:
        asked = self.attempt(
            lambda order: order.request_cancellation("no longer needed", NOW),
            possible=self.can_be_cancelled,
        )
        if asked and not self.cancelling:
            self.cancelling = True
            self.timeline.append("order.cancellation_requested")

    @property
    def can_be_cancelled(self) -> bool:
        return self.status in ("pending", "confirmed") and not any(self.shipped.values())

    def attempt(self, act: Callable[[Order], object], *, possible: bool) -> bool:
        """What is refused is undone, as by a unit of work."""
        attempted = deepcopy(self.order)
        if not possible:
            with pytest.raises(DomainError):
                act(attempted)
            return False
        act(attempted)
        self.order = attempted
        self.recorded += self.order.take_events()
        return True

    def count(self, counter: dict[int, int], lines: Lines) -> None:
        for number, quantity in lines:
            counter[number] += quantity

    @invariant()
    def the_order_stands_where_the_model_does(self) -> None:
        assert self.order.status is OrderStatus(self.status)
        assert self.order.is_cancelling == self.cancelling
        assert {item.id: item.shipped for item in self.order.items} == self.shipped
        assert {item.id: item.returned for item in self.order.items} == self.returned
        assert self.order.total == self.total

    @invariant()
    def the_timeline_tells_everything_without_a_gap(self) -> None:
        assert [each.event.name for each in self.recorded] == self.timeline
        assert [each.sequence for each in self.recorded] == list(range(1, self.order.version + 1))

    @invariant()
    def no_counter_leaves_its_bounds(self) -> None:
        for item in self.order.items:
            assert 0 <= item.returned <= item.shipped <= item.quantity

    @invariant()
    def statuses_agree_with_each_other(self) -> None:
        shipped, ordered = sum(self.shipped.values()), sum(self.ordered.values())
        expected = FulfilmentStatus.PARTIALLY_FULFILLED if shipped else FulfilmentStatus.UNFULFILLED
        if shipped == ordered:
            expected = FulfilmentStatus.FULFILLED
        assert self.order.fulfilment_status is expected
        gone = self.order.status in (OrderStatus.SHIPPED, OrderStatus.DELIVERED)
        assert gone == (shipped == ordered)
        assert not (self.order.status is OrderStatus.CANCELLED and shipped)


def fits(lines: Lines, left: dict[int, int]) -> bool:
    numbers = [number for number, _ in lines]
    possible = all(1 <= quantity <= left.get(number, 0) for number, quantity in lines)
    return possible and len(set(numbers)) == len(numbers)


def ship(order: Order, lines: Lines) -> Shipment:
    wanted = [units(quantity, number) for number, quantity in lines]
    return Shipment.of(order, wanted, id="shipment", carrier=None, tracking_number=None, now=NOW)


def take_back(order: Order, lines: Lines) -> Return:
    wanted = [
        ReturnLine(item_id=number, quantity=quantity, restock=False) for number, quantity in lines
    ]
    return Return.request(order, wanted, id="return", reason=None, now=NOW)


TestOrderMachine = OrderMachine.TestCase
TestOrderMachine.settings = settings(stateful_step_count=25)
