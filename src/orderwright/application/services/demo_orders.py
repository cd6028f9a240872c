"""The orders of the made-up shop, each taken as far as its story goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from orderwright.application.commands.cancel_order import CancelOrder, cancel_order
from orderwright.application.commands.deliver_shipment import DeliverShipment, deliver_shipment
from orderwright.application.commands.place_order import PlaceOrder, WantedAdjustment
from orderwright.application.commands.process_order import ProcessOrder, process_order
from orderwright.application.commands.receive_return import ReceiveReturn, receive_return
from orderwright.application.commands.refund_order import RefundOrder, refund_order
from orderwright.application.commands.request_return import (
    RequestReturn,
    WantedReturnLine,
    request_return,
)
from orderwright.application.commands.ship_order import ShipOrder, ship_order
from orderwright.application.placement.requests import PlacementRequest, Placing
from orderwright.application.services.demo_stories import (
    CHANNEL,
    CUSTOMERS,
    DemoCustomer,
    Ending,
    Story,
)
from orderwright.application.services.pricing import WantedItem
from orderwright.application.services.settlement import Settle
from orderwright.domain.entities.order import FulfilmentStatus, Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.entities.shipment import ShipmentStatus
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork, UnitOfWorkFactory
from orderwright.domain.value_objects.address import Address

CONTEXT: Final = RequestContext(correlation_id="demo")
# The sandbox's word for a card without money.
_DECLINED_TOKEN: Final = "tok_decline"  # noqa: S105 - a word, not a secret

_PAID: Final = frozenset(Ending) - {Ending.PENDING, Ending.DECLINED, Ending.CANCELLED_UNPAID}
_SHIPPED: Final = frozenset(
    {Ending.SHIPPED, Ending.DELIVERED, Ending.REFUNDED_IN_PART, Ending.RETURNED}
)
_DELIVERED: Final = _SHIPPED - {Ending.SHIPPED}


class DemoOrders:
    """Every act looks first whether it was done: telling a story again changes nothing."""

    def __init__(
        self,
        *,
        units: UnitOfWorkFactory,
        placing: Placing,
        settle: Settle,
        clock: Clock,
        ids: Ids,
        provider: str,
    ) -> None:
        self._units = units
        self._placing = placing
        self._settle = settle
        self._clock = clock
        self._ids = ids
        self._provider = provider

    async def tell(
        self, number: int, story: Story, customers: Sequence[int], products: Sequence[int]
    ) -> None:
        reference = f"DEMO-{number:04}"
        known = await self._find(reference)
        order_id = known.id if known else await self._place(reference, story, customers, products)
        for applies, act in self._acts().items():
            if story.ending in applies:
                await act(order_id, story)

    def _acts(self) -> Mapping[frozenset[Ending], Callable[[int, Story], Awaitable[None]]]:
        """Who does what, in the order it happens."""
        return {
            frozenset({Ending.DECLINED}) | _PAID: self._pay,
            frozenset({Ending.CANCELLED_UNPAID, Ending.CANCELLED_PAID}): self._cancel,
            frozenset({Ending.PARTLY_SHIPPED}): self._ship_first_line,
            _SHIPPED: self._ship,
            _DELIVERED: self._deliver,
            frozenset({Ending.REFUNDED_IN_PART}): self._refund_delivery,
            frozenset({Ending.RETURNED}): self._return,
        }

    async def _find(self, reference: str) -> Order | None:
        async with self._uow() as uow:
            return await uow.orders.find_by_reference(CHANNEL, reference)

    async def _place(
        self, reference: str, story: Story, customers: Sequence[int], products: Sequence[int]
    ) -> int:
        lines = [WantedItem(product_id=products[at], quantity=many) for at, many in story.lines]
        delivery = WantedAdjustment(
            kind=AdjustmentKind.SHIPPING, label="Delivery", amount=story.delivery
        )
        command = PlaceOrder(
            customer_id=customers[story.customer],
            items=lines,
            adjustments=[delivery] if story.delivery != "0.00" else [],
            channel=CHANNEL,
            reference=reference,
            shipping_address=_address(CUSTOMERS[story.customer]),
        )
        placed_at = self._clock.now() - timedelta(days=story.days_ago)
        placed = await self._placing.place(PlacementRequest(command, CONTEXT, placed_at))
        return placed.order.id

    async def _pay(self, order_id: int, story: Story) -> None:
        order = await self._load(order_id)
        if order.payment_status is not PaymentStatus.UNPAID:
            return
        token = _DECLINED_TOKEN if story.ending is Ending.DECLINED else None
        command = ProcessOrder(order_id=order_id, provider=self._provider, payment_token=token)
        await process_order(
            command, self._uow(), settle=self._settle, now=self._clock.now(), ids=self._ids
        )

    async def _cancel(self, order_id: int, _story: Story) -> None:
        if (await self._load(order_id)).status is OrderStatus.CANCELLED:
            return
        command = CancelOrder(order_id=order_id, reason="the customer changed their mind")
        await cancel_order(
            command, self._uow(), settle=self._settle, now=self._clock.now(), ids=self._ids
        )

    async def _ship_first_line(self, order_id: int, _story: Story) -> None:
        first = (await self._load(order_id)).items[0]
        if not first.shipped:
            await self._hand_over(
                order_id, [LineQuantity(item_id=first.id, quantity=first.quantity)]
            )

    async def _ship(self, order_id: int, _story: Story) -> None:
        if (await self._load(order_id)).fulfilment_status is not FulfilmentStatus.FULFILLED:
            await self._hand_over(order_id, None)

    async def _hand_over(self, order_id: int, lines: Sequence[LineQuantity] | None) -> None:
        command = ShipOrder(
            order_id=order_id,
            lines=lines,
            carrier="Northern Parcel",
            tracking_number=f"NP{order_id:09}GB",
        )
        await ship_order(command, self._uow(), now=self._clock.now(), ids=self._ids)

    async def _deliver(self, order_id: int, _story: Story) -> None:
        async with self._uow() as uow:
            await uow.orders.get_by_id(order_id)
            shipments = await uow.shipments.of_order(order_id)
        for shipment in shipments:
            if shipment.status is not ShipmentStatus.DELIVERED:
                command = DeliverShipment(order_id=order_id, shipment_id=shipment.id)
                await deliver_shipment(command, self._uow(), now=self._clock.now())

    async def _refund_delivery(self, order_id: int, story: Story) -> None:
        if (await self._load(order_id)).payment_status is not PaymentStatus.PAID:
            return
        command = RefundOrder(order_id=order_id, amount=story.delivery, reason="arrived late")
        await refund_order(
            command, self._uow(), settle=self._settle, now=self._clock.now(), ids=self._ids
        )

    async def _return(self, order_id: int, _story: Story) -> None:
        return_id = await self._returned(order_id)
        if (await self._load(order_id)).payment_status is not PaymentStatus.PAID:
            return
        command = RefundOrder(order_id=order_id, return_id=return_id, reason="glaze was chipped")
        await refund_order(
            command, self._uow(), settle=self._settle, now=self._clock.now(), ids=self._ids
        )

    async def _returned(self, order_id: int) -> str:
        async with self._uow() as uow:
            await uow.orders.get_by_id(order_id)
            known = await uow.returns.of_order(order_id)
        if not known:
            line = WantedReturnLine(item_id=1, quantity=1, restock=False)
            command = RequestReturn(order_id=order_id, lines=[line], reason="glaze was chipped")
            known = [
                await request_return(command, self._uow(), now=self._clock.now(), ids=self._ids)
            ]
        if known[0].received_at is None:
            received = ReceiveReturn(order_id=order_id, return_id=known[0].id)
            await receive_return(received, self._uow(), now=self._clock.now())
        return known[0].id

    async def _load(self, order_id: int) -> Order:
        async with self._uow() as uow:
            return await uow.orders.get_by_id(order_id)

    def _uow(self) -> UnitOfWork:
        return self._units(CONTEXT)


def _address(customer: DemoCustomer) -> Address:
    return Address(
        name=customer.name,
        line1="1 High Street",
        city=customer.city,
        postal_code=customer.postal_code,
        country="GB",
    )
