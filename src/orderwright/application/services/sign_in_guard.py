from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.sign_in_tally import (
    WITH_A_NETWORK,
    WITH_A_NEWCOMER,
    WITH_STRANGERS,
    WITH_THE_OWNER,
    Patience,
)
from orderwright.domain.interfaces.security import SecretHasher
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """Counted against `subjects`; right, it makes the user's network known as `owner`.

    `newcomer` is the subject that tells a first attempt from there; `name` the one that is then not
    waited for.
    """

    owner: str
    subjects: Mapping[str, Patience]
    newcomer: str | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class SignInGuard:
    """Slows down whoever guesses, and never locks the owner out for what others did.

    From a network that the user signed in from before, only attempts from there count. From any
    other, all strangers together wait, but for the first attempt of a network in a day: an owner
    who is somewhere new and knows the password gets in. Who guesses gains one try a network by it,
    against passwords that are long and not among the common ones.
    """

    secrets: SecretHasher

    async def count(
        self, username: str, network: str, uow: UnitOfWork, now: datetime
    ) -> SignInAttempt:
        """To be committed before the password is looked at.

        Raises: TooManySignIns.
        """
        attempt = await self._attempt(username.lower(), network, uow, now)
        tallies = await uow.sign_in_tallies.of_subjects(attempt.subjects, now)
        is_first = attempt.newcomer is not None and tallies[attempt.newcomer].is_new(now)
        for subject in attempt.subjects:
            if not (is_first and subject == attempt.name):
                tallies[subject].check(now)
        for subject, patience in attempt.subjects.items():
            tallies[subject].count(patience, now)
        return attempt

    async def succeeded(self, attempt: SignInAttempt, uow: UnitOfWork, now: datetime) -> None:
        tallies = await uow.sign_in_tallies.of_subjects({attempt.owner, *attempt.subjects}, now)
        for subject, patience in attempt.subjects.items():
            tallies[subject].take_back(patience, now)
        tallies[attempt.owner].forgive(now)

    async def _attempt(
        self, name: str, network: str, uow: UnitOfWork, now: datetime
    ) -> SignInAttempt:
        owner = self.secrets.hash(f"sign-in of {name} from {network}")
        if await uow.sign_in_tallies.exists(owner, now):
            return SignInAttempt(owner, {owner: WITH_THE_OWNER})
        by_name = self.secrets.hash(f"sign-in of {name}")
        newcomer = self.secrets.hash(f"sign-in of {name} from new {network}")
        strangers = {
            by_name: WITH_STRANGERS,
            newcomer: WITH_A_NEWCOMER,
            self.secrets.hash(f"sign-in from {network}"): WITH_A_NETWORK,
        }
        return SignInAttempt(owner, strangers, newcomer=newcomer, name=by_name)
