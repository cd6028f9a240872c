"""A service in the middle of its work: an order of every kind, some with the gateway still silent."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from orderwright.application.commands.adjust_stock import AdjustStock, adjust_stock
from orderwright.application.commands.change_customer import ChangeCustomer, change_customer
from orderwright.application.commands.create_location import CreateLocation, create_location
from orderwright.application.commands.create_product import CreateProduct, create_product
from orderwright.application.commands.place_order import (
    PlaceOrder,
    WantedAdjustment,
)
from orderwright.application.commands.process_order import ProcessOrder, process_order
from orderwright.application.commands.refund_order import RefundOrder
from orderwright.application.commands.request_return import WantedReturnLine
from orderwright.application.services.pricing import WantedItem
from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.user import User
from orderwright.domain.interfaces.payment_gateway import PaymentGateway
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import UnitPrice
from orderwright.domain.value_objects.permission import Permission
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.builders import units
from tests.events import Copying, handover, relay
from tests.gateways import RefusingGateway, UnreliableGateway

MUG, BOOK, VOUCHER, RUG = 1, 2, 3, 4  # ids of the products
LINES = [WantedItem(product_id=MUG, quantity=3), WantedItem(product_id=BOOK, quantity=1)]


@dataclass
class BusyService:
    """Orders by how they went; the names are the keys of `orders`."""

    database: Database
    orders: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.office = BackOffice(self.database)

    def with_gateway(self, gateway: PaymentGateway) -> BackOffice:
        return BackOffice(self.database, gateway, self.office.clock, self.office.ids)

    async def work(self) -> dict[str, int]:
        await self.open()
        await self.sell()
        await self.take_back()
        await self.cancel()
        await self.wait_for_the_gateway()
        # More than either location has left.
        await self.place("from_both_locations", [WantedItem(product_id=MUG, quantity=45)])
        await handover(self.office, Copying()).begin()
        await relay(self.office).number_due()
        await self.office.customer()  # whose event waits for its position
        return self.orders

    async def open(self) -> None:
        office = self.office
        customer = await office.customer()
        change = ChangeCustomer(customer_id=customer, changes={"name": "Ada Lovelace"})
        await change_customer(change, office.uow(), now=office.clock.now())
        annexe = await create_location(
            CreateLocation(name="Annexe"), office.uow(), now=office.clock.now()
        )
        await self.product("MUG", "2.555", stock=60)
        await self.product("BOOK", "12.50", stock=100)
        await self.product("VOUCHER", "10", track_inventory=False)
        await self.product("RUG", "99.99", backorder=True, stock=1)
        await self.admit()
        adjustment = AdjustStock(product_id=MUG, delta=40, reason="delivery", location_id=annexe.id)
        await adjust_stock(adjustment, office.uow(), now=office.clock.now())

    async def admit(self) -> None:
        now, rights = self.office.clock.now(), frozenset({Permission.ADMIN})
        user = User.create(
            username="ada", email=None, password_hash="$hash", permissions=rights, now=now
        )
        key = ApiKey.create(
            name="shop", lookup="lookup", secret_hash="hash", permissions=rights, now=now
        )
        async with self.office.uow() as uow:
            await uow.users.add(user)
            await uow.api_keys.add(key)
            await uow.commit()

    async def product(self, sku: str, price: str, *, stock: int = 0, **more: bool) -> None:
        command = CreateProduct(
            sku=sku, name=sku.title(), price=UnitPrice.parse(price, Currency.of("GBP")), **more
        )
        product = await create_product(command, self.office.uow(), now=self.office.clock.now())
        if stock:
            adjustment = AdjustStock(product_id=product.id, delta=stock, reason="opening stock")
            await adjust_stock(adjustment, self.office.uow(), now=self.office.clock.now())

    async def place(self, how: str, items: Sequence[WantedItem] = LINES) -> int:
        delivery = WantedAdjustment(kind=AdjustmentKind.SHIPPING, label="Delivery", amount="4.95")
        command = PlaceOrder(customer_id=1, items=items, adjustments=[delivery], reference=how)
        order_id = await self.office.place_command(command)
        self.orders[how] = order_id
        return order_id

    async def paid(self, how: str, items: Sequence[WantedItem] = LINES) -> int:
        order_id = await self.place(how, items)
        await self.office.process(order_id)
        return order_id

    async def shipped(self, how: str) -> int:
        order_id = await self.paid(how)
        await self.office.ship(order_id)
        return order_id

    async def sell(self) -> None:
        await self.place("pending")
        await self.place("backordered", [WantedItem(product_id=RUG, quantity=3)])
        await self.paid("confirmed")
        await self.paid("voucher", [WantedItem(product_id=VOUCHER, quantity=2)])
        partly = await self.paid("partly_shipped")
        await self.office.ship(partly, [units(2)])
        await self.shipped("shipped")
        delivered = await self.shipped("delivered")
        (shipment,) = await self.office.details.shipments(delivered)
        await self.office.deliver(delivered, shipment.id)
        declined = await self.place("declined")
        await self.office.process(declined, "tok_decline")
        second = await self.place("paid_at_second_attempt")
        await self.office.process(second, "tok_decline")
        await self.office.process(second)

    async def take_back(self) -> None:
        partly = await self.shipped("partly_refunded")
        await self.office.refund(RefundOrder(order_id=partly, amount="4.95"))
        restocked = await self.shipped("restocked")
        await self.office.refund(RefundOrder(order_id=restocked, lines=[units(1)], restock=True))
        expected = await self.shipped("return_requested")
        await self.office.request_return(expected, WantedReturnLine(item_id=1, quantity=1))
        returned = await self.shipped("returned")
        line = WantedReturnLine(item_id=1, quantity=2, restock=True)
        return_ = await self.office.request_return(returned, line)
        await self.office.receive_return(returned, return_.id)
        await self.office.refund(RefundOrder(order_id=returned, return_id=return_.id))
        unlucky = await self.shipped("refund_refused")
        refusing = self.with_gateway(RefusingGateway(OperationKind.REFUND))
        await refusing.refund(RefundOrder(order_id=unlucky, amount="1.00"))

    async def cancel(self) -> None:
        await self.office.cancel(await self.place("cancelled_unpaid"))
        await self.office.cancel(await self.paid("cancelled_paid"), "changed my mind")

    async def wait_for_the_gateway(self) -> None:
        silent = self.with_gateway(UnreliableGateway(OperationKind.CHARGE, OperationKind.REFUND))
        await silent.process(await self.place("charge_unknown"))
        await silent.cancel(await self.paid("cancelling"))
        shipped = await self.shipped("refund_unknown")
        await silent.refund(RefundOrder(order_id=shipped, amount="1.00"))
        await silent.settle(shipped)  # asks once more, and hears nothing again
        await self.start_charging(await self.place("charge_underway"))
        declined = await self.place("second_charge_underway")
        await self.office.process(declined, "tok_decline")
        await self.start_charging(declined)

    async def start_charging(self, order_id: int) -> None:
        """As when the process dies before it asks the gateway."""

        async def die(_order_id: int, _context: RequestContext) -> None: ...

        command = ProcessOrder(order_id=order_id, provider="sandbox")
        await process_order(
            command,
            self.office.uow(),
            settle=die,
            now=self.office.clock.now(),
            ids=self.office.ids,
        )
