"""Everything that can be wrong."""

from typing import Final

from tests.integration.audit.planted_events import EVENTS
from tests.integration.audit.planted_money import MONEY
from tests.integration.audit.planted_orders import ORDERS
from tests.integration.audit.planted_stock import STOCK

PLANTED: Final = [*STOCK, *ORDERS, *MONEY, *EVENTS]
