"""When the gateway is asked again for what it has not answered, and when asking is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from orderwright.domain.entities.payment_operation import PaymentOperation
from orderwright.domain.interfaces.payment_gateway import GatewayTraits

# A gateway that dropped one answer has the next in a second; one that is down for an hour is asked
# once a minute, and every operation is resolved a minute after it is back.
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 60.0
_DOUBLINGS_MAX: Final = 10


def again_at(sends: int, chance: float, now: datetime, *, at_least_s: float = 0.0) -> datetime:
    """Twice as long after each time, and a random half of that off (`chance` is in [0, 1)): what
    failed together does not come back together."""
    doublings = min(max(sends - 1, 0), _DOUBLINGS_MAX)
    longest = min(FIRST_WAIT_S * 2**doublings, LONGEST_WAIT_S)
    return now + timedelta(seconds=max(longest * (1 - chance / 2), at_least_s))


def is_forgotten(operation: PaymentOperation, traits: GatewayTraits, now: datetime) -> bool:
    """Whether the gateway may have forgotten the key: to send it again could charge again."""
    if operation.first_sent_at is None or traits.key_lifetime is None:
        return False
    return now - operation.first_sent_at >= traits.key_lifetime
