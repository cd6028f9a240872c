from __future__ import annotations

from orderwright.domain.errors import DomainError
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


async def remember_refusal(refusal: DomainError, uow: UnitOfWork) -> None:
    """Keep the answer to a request that was refused, in a transaction of its own: the request's was
    undone. A retry hears the same, even if by then the request would succeed.

    Raises: Replayed: an equal request got an answer meanwhile.
    """
    async with uow:
        await uow.commit(refusal)
