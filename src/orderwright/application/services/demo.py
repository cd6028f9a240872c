"""Fills an empty database with the made-up shop, through the same use cases as everybody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orderwright.application.commands.create_customer import CreateCustomer, create_customer
from orderwright.application.commands.create_product import CreateProduct, create_product
from orderwright.application.placement.requests import Placing
from orderwright.application.services.demo_orders import CONTEXT, DemoOrders
from orderwright.application.services.demo_stories import (
    CURRENCY,
    CUSTOMERS,
    PRODUCTS,
    STORIES,
    DemoCustomer,
    DemoProduct,
)
from orderwright.application.services.settlement import Settle
from orderwright.domain.entities.location import DEFAULT_LOCATION_ID
from orderwright.domain.errors import Conflict
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.readers import CatalogueReader
from orderwright.domain.interfaces.unit_of_work import UnitOfWork, UnitOfWorkFactory
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import UnitPrice

Progress = Callable[[int, int], None]


class NotADemo(Conflict):
    code = "not_a_demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """How many of each the demo has, whether made now or before."""

    customers: int
    products: int
    orders: int


class DemoShop:
    """Every step looks first whether it was done, so that an interrupted seeding is completed by
    the next and a complete one changes nothing."""

    def __init__(
        self,
        *,
        units: UnitOfWorkFactory,
        catalogue: CatalogueReader,
        placing: Placing,
        settle: Settle,
        clock: Clock,
        ids: Ids,
        provider: str,
    ) -> None:
        self._units = units
        self._catalogue = catalogue
        self._clock = clock
        self._orders = DemoOrders(
            units=units, placing=placing, settle=settle, clock=clock, ids=ids, provider=provider
        )

    async def seed(self, progress: Progress | None = None) -> Seeded:
        """`progress` hears after each order how many of how many there are.

        Raises:
            NotADemo: the database holds customers of somebody else.
        """
        await self._must_be_ours()
        customers = [await self._customer(each) for each in CUSTOMERS]
        products = [await self._product(each) for each in PRODUCTS]
        for number, story in enumerate(STORIES, start=1):
            await self._orders.tell(number, story, customers, products)
            if progress is not None:
                progress(number, len(STORIES))
        return Seeded(customers=len(customers), products=len(products), orders=len(STORIES))

    async def _must_be_ours(self) -> None:
        anybody = await self._catalogue.customers(skip=0, limit=1)
        first = _reference(CUSTOMERS[0].email)
        ours = await self._catalogue.customers(skip=0, limit=1, external_ref=first)
        if anybody and not ours:
            raise NotADemo("the database is in use; demo data goes into an empty one only")

    async def _customer(self, wanted: DemoCustomer) -> int:
        external_ref = _reference(wanted.email)
        async with self._uow() as uow:
            known = await uow.customers.find_by_external_ref(external_ref)
        if known is not None:
            return known.id
        command = CreateCustomer(name=wanted.name, email=wanted.email, external_ref=external_ref)
        return (await create_customer(command, self._uow(), now=self._clock.now())).id

    async def _product(self, wanted: DemoProduct) -> int:
        async with self._uow() as uow:
            known = await uow.products.find_by_skus([wanted.sku])
        if wanted.sku in known:
            product = known[wanted.sku]
        else:
            price = UnitPrice.parse(wanted.price, Currency.of(CURRENCY))
            command = CreateProduct(
                sku=wanted.sku,
                name=wanted.name,
                price=price,
                track_inventory=wanted.track_inventory,
            )
            product = await create_product(command, self._uow(), now=self._clock.now())
        await self._stock_up(product.id, wanted.on_hand)
        return product.id

    async def _stock_up(self, product_id: int, on_hand: int) -> None:
        if not on_hand:
            return
        async with self._uow() as uow:
            level = await uow.stock.level(product_id, DEFAULT_LOCATION_ID)
            if level.version == 0:
                level.adjust(on_hand, "opening stock of the demo", self._clock.now())
            await uow.commit()

    def _uow(self) -> UnitOfWork:
        return self._units(CONTEXT)


def _reference(email: str) -> str:
    return f"demo:{email}"
