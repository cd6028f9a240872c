"""A made-up shop: what it sells, who buys, and how each order went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

CHANNEL: Final = "demo"
CURRENCY: Final = "GBP"


class Ending(Enum):
    """How far an order gets."""

    PENDING = auto()
    DECLINED = auto()
    CANCELLED_UNPAID = auto()
    CONFIRMED = auto()
    CANCELLED_PAID = auto()
    PARTLY_SHIPPED = auto()
    SHIPPED = auto()
    DELIVERED = auto()
    REFUNDED_IN_PART = auto()
    RETURNED = auto()


@dataclass(frozen=True, slots=True)
class DemoProduct:
    sku: str
    name: str
    price: str
    on_hand: int = 0
    track_inventory: bool = True


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    name: str
    email: str
    city: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Story:
    """`lines` are positions in the catalogue with quantities, `customer` one among the customers."""

    customer: int
    lines: tuple[tuple[int, int], ...]
    ending: Ending
    days_ago: int
    delivery: str = "3.95"


PRODUCTS: Final = (
    DemoProduct("TEA-ASSAM-250", "Assam leaf tea, 250 g", "8.50", 140),
    DemoProduct("TEA-EARL-250", "Earl Grey leaf tea, 250 g", "8.95", 90),
    DemoProduct("TEA-MINT-100", "Garden mint infusion, 100 g", "5.20", 75),
    DemoProduct("POT-CAST-08", "Cast iron teapot, 0.8 l", "42.00", 18),
    DemoProduct("POT-GLASS-10", "Glass teapot with strainer, 1 l", "27.50", 25),
    DemoProduct("MUG-STONE-BL", "Stoneware mug, blue", "11.00", 120),
    DemoProduct("MUG-STONE-GR", "Stoneware mug, grey", "11.00", 4),
    DemoProduct("TIN-STORE-M", "Storage tin, medium", "6.75", 60),
    DemoProduct("STRAINER-ST", "Steel strainer", "4.40", 200),
    DemoProduct("KETTLE-GN-12", "Gooseneck kettle, 1.2 l", "64.00", 9),
    DemoProduct("SUGAR-BROWN-5", "Brown sugar cubes, 0.3333 kg", "2.1250", 300),
    DemoProduct("GIFT-WRAP", "Gift wrapping", "3.00", track_inventory=False),
)

CUSTOMERS: Final = (
    DemoCustomer("Ines Halloran", "ines.halloran@example.com", "Bristol", "BS1 5TR"),
    DemoCustomer("Tom Adeyemi", "tom.adeyemi@example.com", "Leeds", "LS2 8JS"),
    DemoCustomer("Wren & Daughters Café", "orders@wren.example", "York", "YO1 7HH"),
    DemoCustomer("Mirela Kovač", "mirela.kovac@example.com", "Cardiff", "CF10 1EP"),
    DemoCustomer("Oskar Lindqvist", "oskar.lindqvist@example.com", "Edinburgh", "EH1 1YZ"),
    DemoCustomer("Priya Raman", "priya.raman@example.com", "Leicester", "LE1 6TP"),
    DemoCustomer("The Reading Room", "shop@readingroom.example", "Bath", "BA1 2LR"),
    DemoCustomer("Jonah Okafor", "jonah.okafor@example.com", "Norwich", "NR2 1RF"),
)

# Pending orders are of today: an older one would be abandoned, not waiting.
STORIES: Final = (
    Story(2, ((0, 12), (1, 12), (8, 6)), Ending.DELIVERED, 13, "0.00"),
    Story(0, ((3, 1), (0, 2)), Ending.DELIVERED, 12),
    Story(5, ((5, 4),), Ending.RETURNED, 12),
    Story(4, ((9, 1), (8, 1)), Ending.DELIVERED, 11),
    Story(1, ((7, 3), (10, 5)), Ending.CANCELLED_PAID, 10),
    Story(6, ((1, 10), (2, 10), (11, 1)), Ending.DELIVERED, 9, "0.00"),
    Story(3, ((4, 1),), Ending.REFUNDED_IN_PART, 9),
    Story(7, ((0, 1), (10, 2)), Ending.DELIVERED, 8),
    Story(0, ((2, 2), (7, 1)), Ending.DELIVERED, 7),
    Story(5, ((6, 2), (11, 1)), Ending.SHIPPED, 6),
    Story(2, ((0, 20), (10, 40)), Ending.SHIPPED, 5, "0.00"),
    Story(1, ((3, 1),), Ending.CANCELLED_UNPAID, 5),
    Story(4, ((1, 2), (5, 2)), Ending.SHIPPED, 4),
    Story(6, ((5, 12), (4, 3)), Ending.PARTLY_SHIPPED, 4, "0.00"),
    Story(3, ((8, 2), (0, 1)), Ending.SHIPPED, 3),
    Story(7, ((9, 1),), Ending.CONFIRMED, 3),
    Story(0, ((5, 2), (11, 1)), Ending.CONFIRMED, 2),
    Story(5, ((0, 3), (1, 3), (2, 3)), Ending.CONFIRMED, 2),
    Story(2, ((1, 24), (8, 12)), Ending.PARTLY_SHIPPED, 1, "0.00"),
    Story(1, ((4, 1), (7, 2)), Ending.CONFIRMED, 1),
    Story(4, ((6, 1),), Ending.CONFIRMED, 0),
    Story(3, ((3, 1), (11, 1)), Ending.DECLINED, 0),
    Story(6, ((10, 60),), Ending.PENDING, 0, "0.00"),
    Story(7, ((2, 1), (5, 1)), Ending.PENDING, 0),
    Story(0, ((9, 2),), Ending.PENDING, 0),
)
