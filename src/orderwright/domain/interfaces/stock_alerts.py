from __future__ import annotations

from typing import Protocol


class StockAlerts(Protocol):
    def stock_is_low(self, *, product_id: int, location_id: int, available: int) -> None:
        """Tell the people who order goods. What gets lost is told with the next change."""
        ...
