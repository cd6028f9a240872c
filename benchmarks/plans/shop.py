"""Three years of a made-up shop, the same in each database: skewed as real ones are.

A few customers and products have most of the orders, old orders are mostly delivered, new ones mostly
are not, some products are no longer sold, and imported orders are older than their ids tell.
"""

# ruff: noqa: PLR2004 - the shares of a made-up shop have no names

import itertools
import math
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Row = tuple[Any, ...]
Rows = Iterator[Row]

BEGAN: Final = datetime(2023, 11, 1, tzinfo=UTC)
SPAN: Final = timedelta(days=3 * 365)
ORDERS_PER_CUSTOMER: Final = 10
PRODUCTS: Final = 5_000
DISCONTINUED: Final = 3  # among the best sold, but only in the first half
RARE_PRODUCT: Final = PRODUCTS
RARELY: Final = 50  # times that it was sold
ON_HAND: Final = 1_000_000_000  # nobody may be refused
SHIPPING_MINOR: Final = 350
CHANNELS: Final = ("api", "web", "import", "till", "fair")
_CHANNEL_WEIGHTS: Final = (0.55, 0.30, 0.10, 0.0495, 0.0005)

ORDER_COLUMNS: Final = (
    "id customer_id status payment_status fulfilment_status currency total_minor"
    " total_ten_thousandths channel reference notes metadata created_at updated_at version"
)
ITEM_COLUMNS: Final = (
    "order_id id product_id sku name quantity unit_price_ten_thousandths line_total_minor currency"
    " track_inventory shipped returned"
)
LOCATION_COLUMNS: Final = "id name created_at version"
LEVEL_COLUMNS: Final = "id product_id location_id on_hand reserved backorder version"
PRODUCT_COLUMNS: Final = (
    "id sku name price_ten_thousandths currency active track_inventory backorder created_at"
    " updated_at version"
)


def customers_of(orders: int) -> int:
    return max(orders // ORDERS_PER_CUSTOMER, 10)


class History:
    """Every row, by a fixed seed; times as the database has them. Each has version 1."""

    def __init__(self, orders: int, time: Callable[[datetime], Any]) -> None:
        self._orders = orders
        self.customers = customers_of(orders)
        self._time = time
        self._random = random.Random(20261123)  # noqa: S311 - not a secret

    def products(self) -> Rows:
        now = self._time(BEGAN)
        for number in range(1, PRODUCTS + 1):
            yield (
                *(number, f"SKU-{number}", f"Product {number}", 125_000, "GBP"),
                *(number % 1_000 > 0, True, False, now, now, 1),
            )

    def locations(self) -> Rows:
        """Besides the first, which is there."""
        yield (2, "Back room", self._time(BEGAN), 1)

    def stock_levels(self) -> Rows:
        places = ((product, 1) for product in range(1, PRODUCTS + 1))
        behind = ((product, 2) for product in range(100, PRODUCTS + 1, 100))
        for level_id, (product, location) in enumerate(itertools.chain(places, behind), 1):
            yield (level_id, product, location, ON_HAND, 0, False, 1)

    def orders(self) -> Iterator[tuple[Row, list[Row]]]:
        for order_id in range(1, self._orders + 1):
            age = 1 - math.sqrt(
                order_id / self._orders
            )  # the shop grows: half are of the last year
            yield self._order(order_id, age)

    def placed_now(self) -> Rows:
        """More orders, without end."""
        for order_id in itertools.count(self._orders + 1):
            yield self._order(order_id, age=0.0)[0]

    def _order(self, order_id: int, age: float) -> tuple[Row, list[Row]]:
        chance = self._random
        channel = chance.choices(CHANNELS, _CHANNEL_WEIGHTS)[0]
        if channel == "import":
            age = min(1.0, age + chance.random() * (1 - age))
        # Whole seconds, so that some are of the same moment.
        created = (BEGAN + SPAN * (1 - age)).replace(microsecond=0)
        status, payment_status, fulfilment_status = self._statuses(age)
        lines = chance.choice((1, 2, 3))
        price = max(1, (int(math.exp(chance.gauss(8.3, 1.0))) - SHIPPING_MINOR) // lines)
        total = lines * price + SHIPPING_MINOR
        # The first has one for sure, so that it can be asked for.
        reference = f"R-{order_id}" if chance.random() < 0.4 or order_id == 1 else None
        customer = int(self.customers * chance.random() ** 3) + 1
        order = (
            *(order_id, customer, status, payment_status, fulfilment_status, "GBP"),
            *(total, total * 100, channel, reference, None, "{}"),
            *(self._time(created), self._time(created), 1),
        )
        return order, [self._item(order_id, item, age, price) for item in range(lines)]

    def _statuses(self, age: float) -> tuple[str, str, str]:
        chance = self._random.random()
        return _late(age, chance) or _settled(chance)

    def _item(self, order_id: int, item: int, age: float, price: int) -> Row:
        product = int((PRODUCTS - 1) * self._random.random() ** 2.5) + 1
        if product == DISCONTINUED and age < 0.5:
            product += 1
        if order_id % max(self._orders // RARELY, 1) == 0 and item == 0:
            product = RARE_PRODUCT
        return (
            *(order_id, item + 1, product, f"SKU-{product}", f"Product {product}", 1),
            *(price * 100, price, "GBP", True, 0, 0),
        )


def _late(age: float, chance: float) -> tuple[str, str, str] | None:
    if age < 0.005 and chance < 0.6:
        return ("pending", "unpaid" if chance < 0.5 else "authorised", "unfulfilled")
    if age < 0.01 and chance < 0.5:
        return ("confirmed", "paid", "unfulfilled" if chance < 0.45 else "partially_fulfilled")
    if age < 0.02 and chance < 0.5:
        return ("shipped", "paid", "fulfilled")
    return None


def _settled(chance: float) -> tuple[str, str, str]:
    if chance > 0.94:
        return ("cancelled", "refunded" if chance > 0.98 else "unpaid", "unfulfilled")
    if chance < 0.0002:
        return ("confirmed", "unknown", "unfulfilled")
    if chance < 0.003:
        return ("pending", "failed", "unfulfilled")
    return ("delivered", "partially_refunded" if chance < 0.02 else "paid", "fulfilled")


def sqlite_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000000Z"
