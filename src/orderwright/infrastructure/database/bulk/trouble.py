from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from orderwright.domain.errors import DomainError
from orderwright.infrastructure.database.errors import said_by_driver


@contextmanager
def driver_errors_in_domain_words() -> Iterator[None]:
    """As `in_domain_words`, for what drivers raise when nobody stands between them and us.

    Raises: the domain's error for a taken name, `TransactionConflict`, `DatabaseBusy`,
    `DatabaseUnavailable`; anything else passes unchanged.
    """
    try:
        yield
    except (DomainError, SQLAlchemyError):  # it says itself what it means: see `in_domain_words`
        raise
    except Exception as error:  # the drivers' errors have no root in common
        told = said_by_driver(error)
        if told is None:
            raise
        raise told from error
