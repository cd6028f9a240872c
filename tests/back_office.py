"""The use cases with their dependencies filled in, for tests below HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from orderwright.application.commands.adjust_stock import AdjustStock, adjust_stock
from orderwright.application.commands.cancel_order import CancelOrder, cancel_order
from orderwright.application.commands.capture_payment import CapturePayment, capture_payment
from orderwright.application.commands.create_customer import CreateCustomer, create_customer
from orderwright.application.commands.create_product import CreateProduct, create_product
from orderwright.application.commands.deliver_shipment import DeliverShipment, deliver_shipment
from orderwright.application.commands.place_order import PlaceOrder
from orderwright.application.commands.process_order import (
    ProcessOrder,
    RequestProcessing,
    process_order,
    request_processing,
)
from orderwright.application.commands.receive_return import ReceiveReturn, receive_return
from orderwright.application.commands.refund_order import RefundOrder, refund_order
from orderwright.application.commands.request_return import (
    RequestReturn,
    WantedReturnLine,
    request_return,
)
from orderwright.application.commands.resolve_operation import (
    ResolveOperation,
    resolve_operation,
)
from orderwright.application.commands.ship_order import ShipOrder, ship_order
from orderwright.application.commands.void_payment import VoidPayment, void_payment
from orderwright.application.placement.catalogue_cache import CatalogueCache
from orderwright.application.placement.group_placer import GroupPlacer
from orderwright.application.placement.requests import PlacementRequest
from orderwright.application.services.asking import Sent, call_of
from orderwright.application.services.expiry import Expiry
from orderwright.application.services.pricing import WantedItem
from orderwright.application.services.settlement import Settlement
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.refund import Refund
from orderwright.domain.entities.return_ import ReceivedLine, Return
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.entities.task import Task
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind, PaymentGateway
from orderwright.domain.interfaces.readers import StockLevelView
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import UnitPrice
from orderwright.infrastructure.crash_points import nothing
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.mapping import map_entities
from orderwright.infrastructure.database.placement.store import SqlPlacementStore
from orderwright.infrastructure.database.readers.catalogue import SqlCatalogueReader
from orderwright.infrastructure.database.readers.order_details import SqlOrderDetailsReader
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from orderwright.infrastructure.external_services.payments_sandbox import SandboxGateway
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog

GBP = Currency.of("GBP")


class SteppingClock:
    """Each look is a second later: times differ, and tests can say which comes first."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, 12, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


class CountedIds:
    def __init__(self) -> None:
        self._numbers = count(1)

    def new_id(self) -> str:
        return f"id-{next(self._numbers):06d}"

    def secret(self) -> str:
        return f"secret-{next(self._numbers):06d}"


@dataclass
class BackOffice:
    database: Database
    gateway: PaymentGateway = field(default_factory=SandboxGateway)
    clock: SteppingClock = field(default_factory=SteppingClock)
    ids: CountedIds = field(default_factory=CountedIds)
    tasks: dict[int, str] = field(default_factory=dict)  # the last one to process each order

    def __post_init__(self) -> None:
        map_entities()
        self.settlement = Settlement(self.units, self.gateway, self.clock, self.ids, lambda: 0.0)
        self.details = SqlOrderDetailsReader(self.database)
        self.placing = GroupPlacer(
            SqlPlacementStore(self.database), CatalogueCache(), self.ids, nothing
        )

    def units(self, context: RequestContext) -> SqlUnitOfWork:
        return SqlUnitOfWork(self.database, self.clock, nothing, context)

    def uow(self) -> SqlUnitOfWork:
        return self.units(RequestContext())

    async def customer(self, name: str = "Ada Example") -> int:
        customer = await create_customer(
            CreateCustomer(name=name), self.uow(), now=self.clock.now()
        )
        return customer.id

    async def product(self, sku: str = "A", *, stock: int = 10, price: str = "12.50") -> int:
        command = CreateProduct(sku=sku, name=f"Product {sku}", price=UnitPrice.parse(price, GBP))
        product = await create_product(command, self.uow(), now=self.clock.now())
        if stock:
            adjustment = AdjustStock(product_id=product.id, delta=stock, reason="opening stock")
            await adjust_stock(adjustment, self.uow(), now=self.clock.now())
        return product.id

    async def place(self, product_id: int, quantity: int = 1) -> Order:
        command = PlaceOrder(
            customer_id=await self.customer(),
            items=[WantedItem(product_id=product_id, quantity=quantity)],
        )
        return await self.order(await self.place_command(command))

    async def place_command(
        self, command: PlaceOrder, context: RequestContext | None = None
    ) -> int:
        """The number of the order; raises why there is none."""
        request = PlacementRequest(command, context or RequestContext(), self.clock.now())
        return (await self.placing.place(request)).order.id

    async def process(self, order_id: int, token: str | None = None) -> Order:
        command = ProcessOrder(order_id=order_id, provider=self.gateway.name, payment_token=token)
        return await process_order(
            command,
            self.uow(),
            settle=self.settlement.settle,
            now=self.clock.now(),
            ids=self.ids,
        )

    async def request_processing(self, order_id: int, token: str | None = None) -> Task:
        command = RequestProcessing(order_id=order_id, payment_token=token)
        task = await request_processing(command, self.uow(), now=self.clock.now(), ids=self.ids)
        self.tasks[order_id] = task.id
        return task

    async def paid(self, product_id: int, quantity: int = 1) -> Order:
        return await self.process((await self.place(product_id, quantity)).id)

    async def shipped(self, product_id: int, quantity: int = 1) -> Order:
        order = await self.paid(product_id, quantity)
        await self.ship(order.id)
        return await self.order(order.id)

    async def ship(self, order_id: int, lines: Sequence[LineQuantity] | None = None) -> Shipment:
        command = ShipOrder(order_id=order_id, lines=lines)
        return await ship_order(command, self.uow(), now=self.clock.now(), ids=self.ids)

    async def deliver(self, order_id: int, shipment_id: str) -> Shipment:
        command = DeliverShipment(order_id=order_id, shipment_id=shipment_id)
        return await deliver_shipment(command, self.uow(), now=self.clock.now())

    async def cancel(self, order_id: int, reason: str | None = None) -> Order:
        command = CancelOrder(order_id=order_id, reason=reason)
        return await cancel_order(
            command,
            self.uow(),
            settle=self.settlement.settle,
            now=self.clock.now(),
            ids=self.ids,
        )

    def expiry(self, *, minutes: int = 60) -> Expiry:
        return Expiry(
            self.units,
            self.settlement.settle,
            self.clock,
            self.ids,
            StructuredFailureLog(),
            after=timedelta(minutes=minutes),
        )

    async def capture_last(self, order_id: int, amount: str | None = None) -> Payment:
        command = CapturePayment(
            order_id=order_id, payment_id=await self._last_payment(order_id), amount=amount
        )
        return await capture_payment(
            command,
            self.uow(),
            settle=self.settlement.settle,
            now=self.clock.now(),
            ids=self.ids,
        )

    async def void_last(self, order_id: int) -> Payment:
        command = VoidPayment(order_id=order_id, payment_id=await self._last_payment(order_id))
        return await void_payment(
            command,
            self.uow(),
            settle=self.settlement.settle,
            now=self.clock.now(),
            ids=self.ids,
        )

    async def _last_payment(self, order_id: int) -> str:
        payments = await self.details.payments(order_id)
        return payments[-1].id if payments else "none"

    async def refund(self, command: RefundOrder) -> Refund:
        return await refund_order(
            command,
            self.uow(),
            settle=self.settlement.settle,
            now=self.clock.now(),
            ids=self.ids,
        )

    async def request_return(self, order_id: int, *lines: WantedReturnLine) -> Return:
        command = RequestReturn(order_id=order_id, lines=lines, reason="too small")
        return await request_return(command, self.uow(), now=self.clock.now(), ids=self.ids)

    async def receive_return(self, order_id: int, return_id: str, *came: ReceivedLine) -> Return:
        command = ReceiveReturn(order_id=order_id, return_id=return_id, lines=came or None)
        return await receive_return(command, self.uow(), now=self.clock.now())

    async def settle(self, order_id: int) -> Order:
        await self.settlement.settle(order_id, RequestContext())
        return await self.order(order_id)

    async def resolve(
        self, operation_id: str, *, succeeded: bool, provider_payment_id: str | None = None
    ) -> Payment:
        command = ResolveOperation(
            operation_id=operation_id,
            succeeded=succeeded,
            reason="seen in the provider's dashboard",
            provider_payment_id=provider_payment_id,
        )
        return await resolve_operation(
            command, self.uow(), hear=self.settlement.hear, now=self.clock.now()
        )

    async def hear(self, order_id: int, operation_id: str) -> None:
        """The gateway says by itself that it did this."""
        for payment in await self.details.payments(order_id):
            for each in payment.operations:
                if each.id == operation_id:
                    sent = Sent(call_of(each, payment), payment.id, each.sends)
                    done = Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id="late")
                    await self.settlement.hear(order_id, [(sent, done)], RequestContext())

    async def order(self, order_id: int) -> Order:
        order = await self.details.order(order_id)
        assert order is not None
        return order

    async def payment(self, order_id: int) -> Payment:
        (payment,) = await self.details.payments(order_id)
        return payment

    async def stock(self, product_id: int) -> StockLevelView:
        reader = SqlCatalogueReader(self.database)
        (level,) = await reader.stock_levels(
            skip=0, limit=10, product_id=product_id, location_id=None
        )
        return level

    async def events(self, order_id: int) -> list[str]:
        return [entry.event for entry in await self.details.timeline(order_id)]
