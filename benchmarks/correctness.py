"""Whatever is measured is counted: in the same run, on the same databases."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from benchmarks.catalogue import RARE_ON_HAND
from benchmarks.subject import Account, Subject, unclear_in
from orderwright.application.queries.audit import audit
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database

_CONFLICT: Final = "409"
# So many want it as there are of it, times
_TIMES_TOO_MANY: Final = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    subject: str
    orders: int
    faults: list[str]


async def sell_out(subject: Subject, clients: int) -> list[str]:
    """Many want what there is little of: exactly that much is sold, and everybody else is told."""
    wanted = _TIMES_TOO_MANY * RARE_ON_HAND
    outcome, _ = await subject.place(
        subject.requests.placing_only(subject.rare_product),
        clients=clients,
        seconds=60,
        at_most=wanted,
    )
    sold, refused = outcome.granted, outcome.statuses.get(_CONFLICT, 0)
    unclear = unclear_in(outcome)  # a service with too much to do may say so
    if sold > RARE_ON_HAND or sold + unclear < RARE_ON_HAND or sold + refused + unclear != wanted:
        return [f"{RARE_ON_HAND} to be had, {wanted} wanted, answered {outcome.statuses}"]
    return []


async def check(name: str, url: str, account: Account) -> Verdict:
    database = Database(url)
    try:
        async with database.read_sessions() as session:
            found = set((await session.scalars(select(tables.orders.c.id))).all())
        violations = (await audit(SqlAuditor(database))).violations
    finally:
        await database.dispose()
    faults = [*_faults(account, found), *(f"{each.check}: {each.subject}" for each in violations)]
    return Verdict(name, len(found), faults)


def _faults(account: Account, found: set[int]) -> list[str]:
    told = Counter(account.acknowledged)
    twice = [order for order, times in told.items() if times > 1]
    missing = [order for order in told if order not in found]
    least = len(told) + account.unnamed
    faults = []
    if twice:
        faults.append(f"{len(twice)} orders were acknowledged twice, such as {twice[0]}")
    if missing:
        faults.append(f"{len(missing)} acknowledged orders are not there, such as {missing[0]}")
    if not least <= len(found) <= least + account.maybe:
        faults.append(f"{len(found)} orders, but {least} acknowledged ({account.maybe} unclear)")
    return faults
