from typing import Generic, TypeVar

from orderwright.api.wire.body import Shown
from orderwright.api.wire.errors import ErrorJson

OrderT = TypeVar("OrderT")


class BatchResult(Shown, Generic[OrderT]):
    """What became of one order of a batch: `order` or `error`, as it would have been answered alone,
    with the `status` of that answer. `replayed`: it was answered before."""

    index: int
    status: int
    replayed: bool
    order: OrderT | None = None
    error: ErrorJson | None = None


class BatchJson(Shown, Generic[OrderT]):
    results: list[BatchResult[OrderT]]
