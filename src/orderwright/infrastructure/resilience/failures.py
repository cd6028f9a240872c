"""How a call to the outside can end without an answer. What matters most is whether it can have
been carried out, for that decides whether it may be repeated.

    CallFailed
    ├── NotSent         nothing of it has left: it was not carried out
    │   ├── Busy        too many calls are running already
    │   └── CircuitOpen the one asked has been failing: it is left alone for a while
    └── OutcomeUnknown  something of it was sent: it may have been carried out, or not
        └── AnswerTooLarge
"""

from __future__ import annotations

from typing import ClassVar


class CallFailed(Exception):
    """Its text names the kind of failure and nothing of the request, so it may be logged."""

    # Whether the same call, a little later, may fare better.
    is_transient: ClassVar[bool] = True


class NotSent(CallFailed):
    pass


class Busy(NotSent):
    pass


class CircuitOpen(NotSent):
    # Whoever asks again before the time gets the same answer.
    is_transient = False

    def __init__(self, name: str, *, retry_after_s: int) -> None:
        super().__init__(f"{name} has been failing and is not asked for now")
        self.retry_after_s = retry_after_s


class OutcomeUnknown(CallFailed):
    pass


class AnswerTooLarge(OutcomeUnknown):
    is_transient = False
