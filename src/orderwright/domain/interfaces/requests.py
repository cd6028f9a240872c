"""The request a unit of work serves: who asks, and how to answer the same again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from orderwright.domain.errors import (
    Conflict,
    DomainError,
    InProgress,
    NotFound,
    PreconditionFailed,
    Rejected,
)
from orderwright.domain.value_objects.actor import SYSTEM, Actor


class IdempotencyKeyReused(Rejected):
    code = "idempotency_key_reused"


class IdempotencyInProgress(InProgress):
    code = "idempotency_in_progress"


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, exactly as it left: what a repeated request gets again, byte for byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Replayed(Exception):
    """The key was answered before; `answer` is what to say again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """A request with an Idempotency-Key. `fingerprint` tells it from another with the same key;
    `render` makes the answer of what the use case commits."""

    key: str
    fingerprint: str
    render: Callable[[object], Answer]


def is_final(refusal: DomainError) -> bool:
    """Whether the same request would be refused again: then its key has its answer."""
    final = isinstance(refusal, NotFound | Conflict | Rejected)
    return final and not isinstance(refusal, InProgress | IdempotencyKeyReused)


class Versioned(Protocol):
    @property
    def version(self) -> int: ...


async def _version_alone(thing: Versioned, _uow: object) -> str:
    return str(thing.version)


@dataclass(frozen=True, slots=True)
class Precondition:
    """The tags of what the caller would have acted on; None: whatever there is.

    `tag_of` gives the present tag: handed the thing to act on, under its lock, and the unit of work,
    for what was looked at before may be of the past.
    """

    tags: frozenset[str] | None = None
    tag_of: Callable[[Any, Any], Awaitable[str]] = _version_alone

    async def check(self, thing: Versioned, uow: object) -> None:
        """Raises: PreconditionFailed."""
        if self.tags is None:
            return
        tag = await self.tag_of(thing, uow)
        if tag not in self.tags:
            raise PreconditionFailed(
                f"it has changed since: it is at version {thing.version}",
                current_version=thing.version,
                current_etag=tag,
            )


ANY_VERSION: Final = Precondition()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    actor: Actor = SYSTEM
    correlation_id: str | None = None
    request: KeyedRequest | None = None
    precondition: Precondition = ANY_VERSION
    # Reads, in the transaction that commits a result, what an answer shows beside it. Handed the
    # result and the unit of work.
    complete: Callable[[Any, Any], Awaitable[object]] | None = None

    def unkeyed(self) -> RequestContext:
        """The same actor and correlation, for further transactions of the same work."""
        return replace(self, request=None, complete=None)
