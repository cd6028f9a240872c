"""How fast passwords may be guessed, without anybody being able to lock the owner out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orderwright.domain.errors import TooManyRequests

# A tally that nobody added to for so long counts nothing any more.
FAILURES_KEPT: Final = timedelta(days=1)
# A network that a user signed in from is known as theirs for so long.
NETWORK_KNOWN: Final = timedelta(days=90)


class TooManySignIns(TooManyRequests):
    code = "too_many_sign_ins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`free` failures cost nothing; each further one doubles the wait, from a second to `longest`."""

    free: int
    longest: timedelta

    def wait_after(self, failures: int) -> timedelta:
        if failures <= self.free:
            return timedelta(0)
        doublings = min(failures - self.free - 1, 30)  # 2^30 s is beyond any `longest`
        return min(timedelta(seconds=2**doublings), self.longest)


# From a network that this user is known by: nobody else counts here, so nobody else can lock it.
WITH_THE_OWNER: Final = Patience(free=5, longest=timedelta(minutes=1))
# From everywhere else together, by user name, whether or not anybody has it.
WITH_STRANGERS: Final = Patience(free=5, longest=timedelta(minutes=15))
# By user name from one network that it is not known by: the first attempt of a day waits for nobody.
WITH_A_NEWCOMER: Final = WITH_STRANGERS
# From one network, over all names: many people may sit behind it.
WITH_A_NETWORK: Final = Patience(free=20, longest=timedelta(minutes=15))


@dataclass(kw_only=True, eq=False)
class SignInTally:
    """Attempts of one subject that did not succeed. An attempt counts before it is judged, so that
    many at once are no way around the wait. `subject` is a hash: people type all kinds of things into
    the field for the user name, their password among them."""

    subject: str
    failures: int
    wait_until: datetime
    expires_at: datetime

    def is_new(self, now: datetime) -> bool:
        return self.failures == 0 or self.expires_at <= now

    def check(self, now: datetime) -> None:
        """Raises: TooManySignIns: not yet."""
        if now < self.wait_until:
            seconds = -(-(self.wait_until - now) // timedelta(seconds=1))
            raise TooManySignIns(
                f"too many failed sign-ins: try again in {seconds} s", retry_after_s=seconds
            )

    def count(self, patience: Patience, now: datetime) -> None:
        if self.expires_at <= now:
            self.failures = 0
        self.failures += 1
        self.wait_until = now + patience.wait_after(self.failures)
        self.expires_at = max(self.expires_at, now + FAILURES_KEPT)

    def take_back(self, patience: Patience, now: datetime) -> None:
        """An attempt that was counted was right after all."""
        self.failures = max(0, self.failures - 1)
        self.wait_until = now + patience.wait_after(self.failures)

    def forgive(self, now: datetime) -> None:
        """The owner was here."""
        self.failures = 0
        self.wait_until = now
        self.expires_at = now + NETWORK_KNOWN
