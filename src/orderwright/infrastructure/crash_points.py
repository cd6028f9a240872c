"""Named places where tests kill, fail or hang the service, to see that nothing is lost.

`CRASH_POINTS=place.before_commit:kill,pay.after_record:hang`; refused in production.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Final, NoReturn

CRASH_POINTS: Final = frozenset(
    {
        "place.before_commit",
        "place.after_commit_before_reply",
        "process.after_claim",
        "pay.after_sent_commit",
        "pay.after_gateway_before_record",
        "pay.after_record",
        "refund.after_gateway_before_record",
        "cancel.after_void_before_release",
        "expiry.mid",
        "job.after_attempt_commit",
        "relay.before_commit",
        "relay.after_claim",
        "relay.after_publish_before_mark",
        "import.mid",
        "webhook.after_send_before_mark",
        "migrate.mid",
    }
)
_HANG_S: Final = 60.0


class CrashAction(StrEnum):
    KILL = "kill"
    RAISE = "raise"
    HANG = "hang"


class PlannedCrash(RuntimeError):
    """Raised on purpose at a crash point."""


async def nothing(_point: str) -> None:
    """The crash point of a service that nobody is testing to destruction."""


def parse_crash_points(text: str) -> dict[str, CrashAction]:
    """Raises: ValueError: a name or an action that does not exist."""
    armed = {}
    for part in filter(None, text.split(",")):
        point, _, action = part.strip().partition(":")
        if point not in CRASH_POINTS:
            raise ValueError(f"there is no crash point {point}")
        armed[point] = CrashAction(action)
    return armed


def crash_points(armed: Mapping[str, CrashAction]) -> Callable[[str], Awaitable[None]]:
    """What a unit of work calls at each point; with nothing armed it costs nothing."""
    if not armed:
        return nothing

    async def reached(point: str) -> None:
        match armed.get(point):
            case CrashAction.KILL:
                _die()
            case CrashAction.RAISE:
                raise PlannedCrash(point)
            case CrashAction.HANG:
                await asyncio.sleep(_HANG_S)
            case None:
                pass

    return reached


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("the process outlived SIGKILL")
