"""What is done with one claim: events are handed over to one consumer until it has taken a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from orderwright.domain.errors import DomainError, Unavailable
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.event_delivery import Claim, ParkedEvent
from orderwright.domain.interfaces.event_feed import EventConsumer, EventFeedReader, FeedEvent
from orderwright.domain.interfaces.failure_log import EventFailureLog
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork, UnitOfWorkFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverLimits:
    """A lease outlives the few statements of a batch with room; who loses it loses nothing but its
    own work, for the position moves in the transaction of the effects."""

    lease: timedelta = timedelta(seconds=5)
    retry_countdown: timedelta = timedelta(seconds=10)
    attempts_max: int = 5
    # Of positions, whatever of them the consumer wants
    at_once: int = 1_000
    one_by_one: int = 50


class ClaimLost(Exception):
    """Somebody else serves this consumer by now; what was written is undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    consumer: EventConsumer
    claim: Claim
    units: UnitOfWorkFactory
    feed: EventFeedReader
    clock: Clock
    failures: EventFailureLog
    limits: HandoverLimits
    # Of positions, in one transaction
    part_max: int

    async def take(self) -> int:
        """How many events it went through.

        Raises: ClaimLost.
        """
        tried = await self._try_parked() if self.claim.is_waiting else 0
        return tried + await self._go_on()

    async def _go_on(self) -> int:
        # A batch that was begun before and not ended may have taken its relay down.
        if self.claim.attempts > 1:
            return await self._one_by_one()
        last, went, goes_on, turn = self._until(self.limits.at_once), 0, True, self
        while goes_on:
            until = min(last, turn.claim.position + self.part_max)
            some, goes_on = await turn.take_part(until, is_last=until == last)
            turn, went = replace(turn, claim=replace(turn.claim, position=until)), went + some
        return went

    async def take_part(self, until: int, *, is_last: bool) -> tuple[int, bool]:
        """Through how many events it went, and whether it is to go on with those after them.

        Raises: ClaimLost.
        """
        try:
            await self._whole(await self._wanted(until), until, is_last=is_last)
        except ClaimLost:
            raise
        except Unavailable:  # nobody's fault: the same again in a moment
            await self._give_back()
            return 0, False
        except Exception:  # noqa: BLE001 - whose fault it is, is found out one by one
            return await self._one_by_one(), False
        return until - self.claim.position, not is_last

    async def _whole(self, wanted: Sequence[FeedEvent], until: int, *, is_last: bool) -> None:
        async with self.units(RequestContext()) as uow:
            # Asked anew: whoever held the claim before may have parked one since this one was asked for.
            behind = await self._blocked(uow, wanted) if wanted else []
            await self._park(uow, [self._parked(each) for each in behind], self.clock.now())
            ready = [each for each in wanted if each not in behind] if behind else wanted
            if ready:
                await self.consumer.consume(ready, uow)
            held_until = None if is_last else self.clock.now() + self.limits.lease
            await self._advance(uow, until, lease_until=held_until)
            await uow.reached("relay.after_publish_before_mark")
            await uow.commit()

    async def _one_by_one(self) -> int:
        until = self._until(self.limits.one_by_one)
        for event in await self._wanted(until):
            await self._by_itself(event)
        async with self.units(RequestContext()) as uow:
            await self._advance(uow, until)
            await uow.commit()
        return until - self.claim.position

    def _until(self, many: int) -> int:
        # Who waited for the claim may have seen the head as it was before.
        return max(self.claim.position, min(self.claim.head, self.claim.position + many))

    async def _wanted(self, until: int) -> Sequence[FeedEvent]:
        names = await self.consumer.wanted()
        return await self.feed.between(self.claim.position, until, names=names)

    async def _by_itself(self, event: FeedEvent) -> None:
        """It is parked before it is tried, so that the attempt counts whatever becomes of us."""
        async with self.units(RequestContext()) as uow:
            is_behind = bool(await self._blocked(uow, [event]))
            parked = self._parked(event, attempts=0 if is_behind else 1)
            now = self.clock.now()
            await self._park(uow, [parked], now if is_behind else self._next_attempt())
            await self._advance(uow, event.position, lease_until=now + self.limits.lease)
            await uow.commit()
        if not is_behind:
            await self._attempt(parked, event)

    async def _try_parked(self) -> int:
        async with self.units(RequestContext()) as uow:
            due = await uow.event_delivery.due(
                self.consumer.name, now=self.clock.now(), limit=self.limits.one_by_one
            )
        for parked in due:
            if parked.attempts >= self.limits.attempts_max:
                # Who tried it died each time: what kills relays must not be given another one.
                await self._give_up(parked, "crashed", "the event took its relay down too often")
            else:
                await self._try_again(parked)
        return len(due)

    async def _try_again(self, parked: ParkedEvent) -> None:
        async with self.units(RequestContext()) as uow:
            await self._hold(uow)
            counted = await uow.event_delivery.count_attempt(parked, due_at=self._next_attempt())
            await uow.commit()
        event = await self.feed.event(parked.position)
        if event is not None:
            await self._attempt(counted, event)

    async def _attempt(self, parked: ParkedEvent, event: FeedEvent) -> None:
        try:
            await self._take_one(parked, event)
        except ClaimLost:
            raise
        except Unavailable as error:  # nobody's fault, so it does not count
            await self._put_back(parked, error)
        except DomainError as error:
            await self._not_taken(parked, error.code, error.detail)
        except Exception as error:  # noqa: BLE001 - a bug in a consumer must not end the relay
            self.failures.event_failed(parked, error)
            await self._not_taken(parked, "internal_error", "the consumer failed unexpectedly")

    async def _take_one(self, parked: ParkedEvent, event: FeedEvent) -> None:
        async with self.units(RequestContext()) as uow:
            await self.consumer.consume([event], uow)
            _still_ours(await uow.event_delivery.take(parked))
            await self._hold(uow)
            await uow.reached("relay.after_publish_before_mark")
            await uow.commit()

    async def _put_back(self, parked: ParkedEvent, error: Unavailable) -> None:
        async with self.units(RequestContext()) as uow:
            await uow.event_delivery.put_back(parked, error.code, error.detail)
            await uow.commit()

    async def _not_taken(self, parked: ParkedEvent, code: str, detail: str) -> None:
        if parked.attempts >= self.limits.attempts_max:
            await self._give_up(parked, code, detail)
            return
        async with self.units(RequestContext()) as uow:
            await uow.event_delivery.put_off(parked, code, detail)
            await uow.commit()

    async def _give_up(self, parked: ParkedEvent, code: str, detail: str) -> None:
        async with self.units(RequestContext()) as uow:
            await uow.event_delivery.give_up(parked, code, detail, now=self.clock.now())
            await uow.commit()

    async def _give_back(self) -> None:
        async with self.units(RequestContext()) as uow:
            await uow.event_delivery.give_back(self.claim)
            await uow.commit()

    async def _advance(
        self, uow: UnitOfWork, position: int, *, lease_until: datetime | None = None
    ) -> None:
        _still_ours(await uow.event_delivery.advance(self.claim, position, until=lease_until))

    async def _hold(self, uow: UnitOfWork) -> None:
        until = self.clock.now() + self.limits.lease
        _still_ours(await uow.event_delivery.hold(self.claim, until=until))

    async def _blocked(self, uow: UnitOfWork, events: Sequence[FeedEvent]) -> list[FeedEvent]:
        aggregates = {(each.aggregate, each.aggregate_id) for each in events}
        blocked = await uow.event_delivery.blocked(self.consumer.name, aggregates)
        return [each for each in events if (each.aggregate, each.aggregate_id) in blocked]

    async def _park(self, uow: UnitOfWork, parked: Sequence[ParkedEvent], due_at: datetime) -> None:
        await uow.event_delivery.park(self.consumer.name, parked, due_at=due_at)

    def _next_attempt(self) -> datetime:
        return self.clock.now() + self.limits.retry_countdown

    def _parked(self, event: FeedEvent, *, attempts: int = 0) -> ParkedEvent:
        return ParkedEvent(
            consumer=self.consumer.name,
            position=event.position,
            aggregate=event.aggregate,
            aggregate_id=event.aggregate_id,
            attempts=attempts,
        )


def _still_ours(changed: bool) -> None:  # noqa: FBT001 - it is what the change itself answers
    """Raises: ClaimLost."""
    if not changed:
        raise ClaimLost
