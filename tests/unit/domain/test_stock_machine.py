"""Shelves of one product, tracked or on backorder, driven at random: the ledger always adds up."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from orderwright.domain.entities.reservation import Reservation, ReservationState, allocate
from orderwright.domain.entities.stock import OutOfStock, StockLevel, StockMovement
from orderwright.domain.errors import Conflict
from tests.builders import NOW, a_level, a_line

AMOUNTS = st.integers(1, 12)


class StockMachine(RuleBasedStateMachine):
    """A refusal is an answer, too; what counts is that the numbers stay true."""

    levels: list[StockLevel]

    @initialize(backorder=st.booleans(), locations=st.integers(1, 3))
    def open_shelves(self, *, backorder: bool, locations: int) -> None:
        self.backorder = backorder
        self.levels = [
            a_level(0, location_id=number, backorder=backorder)
            for number in range(1, locations + 1)
        ]
        self.held: list[Reservation] = []
        self.ledger: list[StockMovement] = []
        self.orders = 0

    @rule(shelf=st.integers(0, 2), delta=st.integers(-15, 15).filter(bool))
    def adjust(self, shelf: int, delta: int) -> None:
        level = self.levels[shelf % len(self.levels)]
        self.attempt(lambda: level.adjust(delta, "count", NOW))

    @rule(quantities=st.lists(AMOUNTS, min_size=1, max_size=3))
    def reserve(self, quantities: list[int]) -> None:
        self.orders += 1
        available = sum(max(0, level.available) for level in self.levels)
        lines = [a_line(number, quantity=each) for number, each in enumerate(quantities, start=1)]
        try:
            parts = allocate(lines, self.levels)
        except OutOfStock:
            assert not self.backorder
            assert available < sum(quantities)
            return
        assert self.backorder or available >= sum(quantities)
        for part in parts:
            part.level.reserve(part.quantity, self.orders, NOW)
            self.held.append(
                Reservation(
                    order_id=self.orders,
                    item_id=part.item_id,
                    product_id=part.level.product_id,
                    location_id=part.level.location_id,
                    quantity=part.quantity,
                )
            )
        assert sum(part.quantity for part in parts) == sum(quantities)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def ship(self, data: st.DataObject) -> None:
        reservation = data.draw(st.sampled_from(self.held))
        quantity = data.draw(st.integers(1, reservation.quantity))
        level = self.level_of(reservation)
        if self.attempt(lambda: level.ship(quantity, reservation.order_id, NOW)):
            reservation.take(quantity)
            self.forget_closed()

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        reservation = data.draw(st.sampled_from(self.held))
        self.level_of(reservation).release(reservation.release(), reservation.order_id, NOW)
        self.forget_closed()

    @rule(shelf=st.integers(0, 2), quantity=AMOUNTS)
    def restock(self, shelf: int, quantity: int) -> None:
        self.levels[shelf % len(self.levels)].restock(quantity, 1, NOW)

    @rule(shelf=st.integers(0, 2), quantity=AMOUNTS)
    def import_a_past_sale(self, shelf: int, quantity: int) -> None:
        """Received, reserved and shipped at once: today's stock stays as it is."""
        level = self.levels[shelf % len(self.levels)]
        before = level.on_hand, level.reserved
        if self.backorder and level.available < 0:
            return  # what comes in is owed to others
        level.receive_history(quantity, 1, NOW)
        level.reserve(quantity, 1, NOW)
        level.ship(quantity, 1, NOW)
        assert (level.on_hand, level.reserved) == before

    def attempt(self, act: Callable[[], None]) -> bool:
        before = [(level.on_hand, level.reserved, level.version) for level in self.levels]
        try:
            act()
        except Conflict:
            after = [(level.on_hand, level.reserved, level.version) for level in self.levels]
            assert after == before, "a refusal changed something"
            return False
        return True

    def level_of(self, reservation: Reservation) -> StockLevel:
        return self.levels[reservation.location_id - 1]

    def forget_closed(self) -> None:
        assert all(
            (each.state is ReservationState.ACTIVE) == (each.quantity > 0) for each in self.held
        )
        self.held = [each for each in self.held if each.quantity]

    @invariant()
    def counters_are_the_sums_of_the_ledger(self) -> None:
        for level in self.levels:
            self.ledger += level.take_movements()
        for level in self.levels:
            mine = [each for each in self.ledger if each.location_id == level.location_id]
            assert level.on_hand == sum(each.on_hand_delta for each in mine)
            assert level.reserved == sum(each.reserved_delta for each in mine)

    @invariant()
    def reserved_is_what_reservations_hold(self) -> None:
        for level in self.levels:
            held = [each for each in self.held if each.location_id == level.location_id]
            assert level.reserved == sum(each.quantity for each in held)

    @invariant()
    def nothing_is_oversold(self) -> None:
        for level in self.levels:
            assert level.on_hand >= 0
            assert level.reserved >= 0
            assert level.reserved <= level.on_hand or self.backorder

    @invariant()
    def every_movement_moves_something(self) -> None:
        assert all(each.on_hand_delta or each.reserved_delta for each in self.ledger)


TestStockMachine = StockMachine.TestCase
TestStockMachine.settings = settings(stateful_step_count=25)
