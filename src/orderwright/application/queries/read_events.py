"""Which events a caller sees, and the next ones of these."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orderwright.domain.events.known import EVENTS, read_by
from orderwright.domain.interfaces.event_feed import EventFeedReader, FeedEvent
from orderwright.domain.value_objects.actor import Actor
from orderwright.domain.value_objects.event_filter import UnknownEventType
from orderwright.domain.value_objects.permission import Permission, PermissionDenied, allows


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvents:
    """`type` is a name, or the first part of one and `.*`."""

    after: int = 0
    limit: int = 20
    type: str | None = None


def seen_by(actor: Actor, wanted: str | None) -> Collection[str] | None:
    """The names; None: every event there is, whatever its name.

    Raises:
        UnknownEventType.
        PermissionDenied: none of those that are asked for by type are for the actor.
    """
    if wanted is None and allows(actor.permissions, Permission.ADMIN):
        return None
    named = _matching(wanted)
    seen = {name for name in named if allows(actor.permissions, read_by(name))}
    if wanted is not None and not seen:
        needed = sorted({str(read_by(name)) for name in named})
        raise PermissionDenied(f"this needs one of the permissions {', '.join(needed)}")
    return seen


async def read_events(
    query: ReadEvents, actor: Actor, feed: EventFeedReader
) -> tuple[Sequence[FeedEvent], bool]:
    """A page in feed order, and whether there are more already.

    Raises: UnknownEventType, PermissionDenied.
    """
    names = seen_by(actor, query.type)
    found = await feed.events(after=query.after, limit=query.limit + 1, names=names)
    return found[: query.limit], len(found) > query.limit


def _matching(wanted: str | None) -> Collection[str]:
    if wanted is None:
        return EVENTS.keys()
    family = wanted.removesuffix("*") if wanted.endswith(".*") else None
    named = [name for name in EVENTS if (name.startswith(family) if family else name == wanted)]
    if not named:
        raise UnknownEventType("there are no events of this type", known=sorted(EVENTS))
    return named
