"""Random lives of orders with a gateway that fails at random: whatever is done in whatever order, the
books agree with each other and, in the end, with the gateway's."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from orderwright.application.commands.refund_order import RefundOrder
from orderwright.application.commands.request_return import WantedReturnLine
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.errors import DomainError
from orderwright.domain.events.order import LineQuantity
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.open_operations import sweep_of
from tests.patience import patient_database
from tests.postgres import MigratedPostgres
from tests.processing import processing_of
from tests.scripted_gateway import Account, Fault, ScriptedGateway

FAULTS = st.lists(st.sampled_from(Fault), max_size=3)
LOOK_UPS = st.lists(st.booleans(), max_size=2)
PICKS = st.integers(0, 7)
LINE = 1
STEPS = 20


class Money(RuleBasedStateMachine):
    """Subclasses say where the database is."""

    open_database: ClassVar[Callable[[], Awaitable[Database]]]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = self.runner.run(self._open())
        self.gateway = ScriptedGateway()
        self.office = BackOffice(self.database, self.gateway)
        self.orders: list[int] = []

    async def _open(self) -> Database:
        return await type(self).open_database()

    def do(self, act: Callable[[], Awaitable[object]]) -> None:
        """A refusal is an answer too: it must only leave everything as it was."""

        async def attempt() -> None:
            try:
                await act()
            except DomainError:
                return

        self.runner.run(attempt())

    def pick(self, number: int) -> int:
        return self.orders[number % len(self.orders)]

    async def look(self, order_id: int) -> Order:
        return await self.office.order(order_id)

    @initialize()
    def open_the_shop(self) -> None:
        self.product = self.runner.run(self.office.product(stock=1000))

    @rule(quantity=st.integers(1, 3))
    def place(self, quantity: int) -> None:
        order = self.runner.run(self.office.place(self.product, quantity))
        self.orders.append(order.id)

    @precondition(lambda self: self.orders)
    @rule(
        number=PICKS,
        faults=FAULTS,
        look_ups=LOOK_UPS,
        capture=st.booleans(),
        token=st.sampled_from([None, "tok_decline"]),
    )
    def process(
        self,
        number: int,
        faults: list[Fault],
        look_ups: list[bool],
        capture: bool,  # noqa: FBT001 - drawn
        token: str | None,
    ) -> None:
        self.gateway.behave(*faults, look_ups=look_ups)

        async def in_a_group() -> None:
            await self.office.request_processing(self.pick(number), token)
            async with processing_of(self.office, capture=capture) as processing:
                await processing.process_due()

        self.do(in_a_group)

    @precondition(lambda self: self.orders)
    @rule(number=PICKS, faults=FAULTS)
    def cancel(self, number: int, faults: list[Fault]) -> None:
        self.gateway.behave(*faults)
        self.do(lambda: self.office.cancel(self.pick(number)))

    @precondition(lambda self: self.orders)
    @rule(number=PICKS, faults=FAULTS, amount=st.sampled_from([None, "5.00"]))
    def capture_more(self, number: int, faults: list[Fault], amount: str | None) -> None:
        self.gateway.behave(*faults)
        self.do(lambda: self.office.capture_last(self.pick(number), amount))

    @precondition(lambda self: self.orders)
    @rule(number=PICKS, faults=FAULTS)
    def void(self, number: int, faults: list[Fault]) -> None:
        self.gateway.behave(*faults)
        self.do(lambda: self.office.void_last(self.pick(number)))

    @precondition(lambda self: self.orders)
    @rule(number=PICKS, faults=FAULTS, by_line=st.booleans(), restock=st.booleans())
    def refund(self, number: int, faults: list[Fault], by_line: bool, restock: bool) -> None:  # noqa: FBT001 - drawn
        self.gateway.behave(*faults)
        lines = [LineQuantity(item_id=LINE, quantity=1)]
        order_id = self.pick(number)
        command = (
            RefundOrder(order_id=order_id, lines=lines, restock=restock)
            if by_line
            else RefundOrder(order_id=order_id, amount="2.50")
        )
        self.do(lambda: self.office.refund(command))

    @precondition(lambda self: self.orders)
    @rule(number=PICKS)
    def ship(self, number: int) -> None:
        self.do(lambda: self.office.ship(self.pick(number)))

    @precondition(lambda self: self.orders)
    @rule(number=PICKS, faults=FAULTS, restock=st.booleans())
    def send_back(self, number: int, faults: list[Fault], restock: bool) -> None:  # noqa: FBT001 - drawn
        self.gateway.behave(*faults)

        async def return_one() -> None:
            order_id = self.pick(number)
            line = WantedReturnLine(item_id=LINE, quantity=1, restock=restock)
            returned = await self.office.request_return(order_id, line)
            await self.office.receive_return(order_id, returned.id)
            await self.office.refund(RefundOrder(order_id=order_id, return_id=returned.id))

        self.do(return_one)

    @rule(faults=FAULTS, look_ups=LOOK_UPS)
    def a_minute_passes(self, faults: list[Fault], look_ups: list[bool]) -> None:
        self.gateway.behave(*faults, look_ups=look_ups)
        self.office.clock.advance(timedelta(seconds=61))
        self.do(lambda: sweep_of(self.office).ask_due())

    @rule(faults=FAULTS)
    def an_hour_passes(self, faults: list[Fault]) -> None:
        self.gateway.behave(*faults)
        self.office.clock.advance(timedelta(minutes=61))
        self.do(lambda: self.office.expiry().expire_due())

    @invariant()
    def the_books_agree(self) -> None:
        violations: list[object] = []
        self.runner.run(SqlAuditor(self.database).examine(violations.append))
        assert violations == []

    @invariant()
    def nothing_is_called_off_before_its_money_is_back(self) -> None:
        for order_id in self.orders:
            if self.runner.run(self.look(order_id)).status is OrderStatus.CANCELLED:
                account = self.gateway.accounts[order_id]
                assert (account.net, account.held) == (0, 0)

    def teardown(self) -> None:
        try:
            self.runner.run(self._recover())
        finally:
            self.runner.run(self.database.dispose())
            self.runner.close()

    async def _recover(self) -> None:
        """Once the gateway behaves, every operation is resolved, as the gateway has it."""
        self.gateway.behave()
        for _ in range(3):
            self.office.clock.advance(timedelta(seconds=61))
            await sweep_of(self.office).ask_due()
        for order_id in self.orders:
            payments = await self.office.details.payments(order_id)
            assert not [each for payment in payments for each in payment.open_operations]
            assert (
                Account(
                    authorised=sum(each.authorised.minor for each in payments),
                    captured=sum(each.captured.minor for each in payments),
                    refunded=sum(each.refunded.minor for each in payments),
                    charges=self.gateway.accounts[order_id].charges,
                )
                == self.gateway.accounts[order_id]
            )


def run(machine: type[Money], *, examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_random_lives_of_orders_keep_money_and_stock_on_sqlite(sqlite_template: Path) -> None:
    with TemporaryDirectory() as directory:
        files = iter(range(10**6))

        async def opened() -> Database:
            file = Path(shutil.copy(sqlite_template, Path(directory) / f"{next(files)}.db"))
            return patient_database(f"sqlite+aiosqlite:///{file}")

        run(type("OnSqlite", (Money,), {"open_database": staticmethod(opened)}), examples=8)


def test_random_lives_of_orders_keep_money_and_stock_on_postgresql(
    postgres: MigratedPostgres,
) -> None:
    async def opened() -> Database:
        return patient_database(postgres.url_of(await postgres.create_database()))

    run(type("OnPostgresql", (Money,), {"open_database": staticmethod(opened)}), examples=2)
