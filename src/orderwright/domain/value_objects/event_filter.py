from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from orderwright.domain.errors import Rejected
from orderwright.domain.events import catalog, order, payment
from orderwright.domain.events.event import Event

# What others may be told of. Users, keys and endpoints are nobody's business but ours.
_UNTOLD: Final = ("user", "api_key", "webhook_endpoint")


class UnknownEventType(Rejected):
    code = "unknown_event_type"


def _names() -> frozenset[str]:
    found = {
        kind.name
        for module in (catalog, order, payment)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Event) and "name" in vars(kind)
    }
    return frozenset(name for name in found if name.partition(".")[0] not in _UNTOLD)


EVENT_TYPES: Final = _names()
_FAMILIES: Final = frozenset(name.partition(".")[0] for name in EVENT_TYPES)


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Names of events, or `family.*` for all of one kind, or `*`."""

    patterns: tuple[str, ...]

    OF_ORDERS: ClassVar[EventFilter]

    @classmethod
    def of(cls, patterns: Iterable[str]) -> EventFilter:
        """Raises: UnknownEventType."""
        told = tuple(dict.fromkeys(patterns))
        for each in told:
            if not _is_known(each):
                raise UnknownEventType(f"there are no events {each}", known=sorted(EVENT_TYPES))
        return cls(told)

    def matches(self, name: str) -> bool:
        if name not in EVENT_TYPES:
            return False
        wanted = {"*", f"{name.partition('.')[0]}.*", name}
        return not wanted.isdisjoint(self.patterns)

    def names(self) -> frozenset[str]:
        return frozenset(filter(self.matches, EVENT_TYPES))


# All that is written on the timeline of an order.
EventFilter.OF_ORDERS = EventFilter(("order.*", "payment.*", "refund.*", "return.*", "shipment.*"))


def _is_known(pattern: str) -> bool:
    family, _, rest = pattern.partition(".")
    return pattern == "*" or pattern in EVENT_TYPES or (rest == "*" and family in _FAMILIES)
