from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from orderwright.domain.errors import Unavailable

Item_contra = TypeVar("Item_contra", contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)


class QueueFull(Unavailable):
    """So much waits already that one more would wait too long: nothing was done."""

    code = "queue_full"


class Stopping(Unavailable):
    """Nothing is taken in any more: nothing was done."""

    code = "stopping"


class Batching(Protocol[Item_contra, Result_co]):
    """Gathers what is submitted while others are worked on, and works on all of it together."""

    async def submit(self, item: Item_contra) -> Result_co:
        """What became of `item`; whoever is cancelled while waiting takes nothing back.

        Raises:
            QueueFull, Stopping: `item` was not taken.
            Exception: what the work on this item ended with.
        """
        ...

    async def submit_all(self, items: Sequence[Item_contra]) -> Sequence[Result_co | BaseException]:
        """What became of each, in their order; what the work on one ended with is its result, and
        Stopping that of those that were not taken any more when others were.

        They go in a group at a time, the next when the last is done, so that others get their turn.

        Raises:
            QueueFull, Stopping: none was taken.
        """
        ...
