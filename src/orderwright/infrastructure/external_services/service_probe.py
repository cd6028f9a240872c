"""A question that changes nothing, to see whether somebody answers."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from orderwright.infrastructure.resilience.guarded_client import GuardedClient
from orderwright.infrastructure.system.watched_dependency import NotServed


async def see_served(
    client: GuardedClient, url: str, *, headers: Mapping[str, str], params: Mapping[str, str]
) -> None:
    """Raises: CallFailed: no answer. NotServed: one that refuses, such as of a wrong key."""
    answer = await client.send("GET", url, headers=headers, params=params)
    if answer.status != HTTPStatus.OK:
        raise NotServed(f"answered {answer.status}")
