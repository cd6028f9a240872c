from __future__ import annotations

import structlog

_log: structlog.stdlib.BoundLogger = structlog.get_logger("orderwright.stock")


class StructuredStockAlerts:
    def stock_is_low(self, *, product_id: int, location_id: int, available: int) -> None:
        _log.warning(
            "stock.low", product_id=product_id, location_id=location_id, available=available
        )
