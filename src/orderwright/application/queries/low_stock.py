from __future__ import annotations

from contextlib import suppress

from orderwright.domain.errors import Unavailable
from orderwright.domain.interfaces.readers import CatalogueReader
from orderwright.domain.interfaces.stock_alerts import StockAlerts


class LowStock:
    """Looks after a change whether what is left is little."""

    def __init__(self, catalogue: CatalogueReader, alerts: StockAlerts, *, at_most: int) -> None:
        self._catalogue = catalogue
        self._alerts = alerts
        self._at_most = at_most

    async def look(self, product_id: int, location_id: int) -> None:
        with suppress(Unavailable):  # there is nobody left to tell, and another change will come
            await self._look(product_id, location_id)

    async def _look(self, product_id: int, location_id: int) -> None:
        levels = await self._catalogue.stock_levels(
            skip=0, limit=1, product_id=product_id, location_id=location_id
        )
        for level in levels:
            if level.available <= self._at_most:
                self._alerts.stock_is_low(
                    product_id=product_id, location_id=location_id, available=level.available
                )
