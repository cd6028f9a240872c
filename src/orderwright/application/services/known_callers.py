from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.user import User
from orderwright.domain.interfaces.readers import CallerReader

# How long another process may not notice that somebody lost access. Longer saves next to nothing.
FRESH_FOR_S: Final = 1.0
# About 10 MB of each kind.
CALLERS_MAX: Final = 10_000

Key = TypeVar("Key")
Caller = TypeVar("Caller")


class KnownCallers:
    """Who may call, remembered for a moment, so that not every request asks the database.

    What this process changes counts from the next request on: `forget` is to be called with each
    commit that changes one of them. What other processes change counts within `FRESH_FOR_S`.

    Holds what the database holds, so neither a key nor a password; and only who was found, so that
    strangers take no room and a new caller is known at once.
    """

    def __init__(
        self,
        access: CallerReader,
        monotonic: Callable[[], float],
        *,
        callers_max: int = CALLERS_MAX,
    ) -> None:
        self._users = _Remembered(access.user, monotonic, callers_max)
        self._api_keys = _Remembered(access.api_key_with, monotonic, callers_max)

    async def user(self, user_id: int) -> User | None:
        return await self._users.get(user_id)

    async def api_key_with(self, lookup: str) -> ApiKey | None:
        return await self._api_keys.get(lookup)

    def forget(self) -> None:
        self._users.forget()
        self._api_keys.forget()


@dataclass(slots=True)
class _Seen(Generic[Caller]):
    caller: Caller
    renew_at: float
    until: float


class _Remembered(Generic[Key, Caller]):
    """The answers to one question, the oldest first."""

    def __init__(
        self,
        look: Callable[[Key], Awaitable[Caller | None]],
        monotonic: Callable[[], float],
        callers_max: int,
    ) -> None:
        self._look = look
        self._monotonic = monotonic
        self._callers_max = callers_max
        self._seen: dict[Key, _Seen[Caller]] = {}
        self._forgotten = 0

    async def get(self, key: Key) -> Caller | None:
        seen, now = self._seen.get(key), self._monotonic()
        if seen is not None and now < seen.until:
            if now < seen.renew_at:
                return seen.caller
            # This request looks in time, so that not all have to when it is too late.
            seen.renew_at = seen.until
        forgotten = self._forgotten
        caller = await self._look(key)
        if forgotten == self._forgotten:  # else it may be of before the change
            self._keep(key, caller, now)
        return caller

    def forget(self) -> None:
        self._seen.clear()
        self._forgotten += 1

    def _keep(self, key: Key, caller: Caller | None, asked_at: float) -> None:
        """For as long as since it was asked for: what is found may be older than its arrival."""
        self._seen.pop(key, None)
        if caller is None:
            return
        self._seen[key] = _Seen(caller, asked_at + FRESH_FOR_S / 2, asked_at + FRESH_FOR_S)
        if len(self._seen) > self._callers_max:
            del self._seen[next(iter(self._seen))]
