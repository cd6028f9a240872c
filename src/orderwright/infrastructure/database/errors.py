"""What the database refuses, in the domain's words. A broken invariant that no use case foresaw is
a bug and stays one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from orderwright.domain.entities.customer import EmailTaken, ExternalRefTaken
from orderwright.domain.entities.imported_document import DocumentAlreadyImported
from orderwright.domain.entities.location import LocationNameTaken
from orderwright.domain.entities.order import DuplicateReference
from orderwright.domain.entities.product import SkuTaken
from orderwright.domain.entities.task import TaskAlreadyQueued
from orderwright.domain.entities.user import UsernameTaken
from orderwright.domain.errors import DomainError
from orderwright.domain.interfaces.unit_of_work import (
    DatabaseBusy,
    DatabaseUnavailable,
    TransactionConflict,
)

_IMPORTED = (DocumentAlreadyImported, "another import has placed one of these documents")
_TAKEN: Final[dict[str, tuple[type[DomainError], str]]] = {
    "uq_customers_email": (EmailTaken, "another customer has this e-mail address"),
    "uq_customers_external_ref": (ExternalRefTaken, "another customer has this external_ref"),
    "uq_products_sku": (SkuTaken, "another product has this sku"),
    "uq_locations_name": (LocationNameTaken, "another location has this name"),
    "uq_orders_channel_reference": (
        DuplicateReference,
        "the channel has an order with this reference",
    ),
    "pk_imported_documents": _IMPORTED,
    "uq_imported_documents_channel_reference": _IMPORTED,  # as SQLite's message has it
    "uq_tasks_dedupe_key": (TaskAlreadyQueued, "a task for the same work is unfinished"),
    "uq_users_username": (UsernameTaken, "another user has this name"),
}
# SQLite names the columns (or, for an index on an expression, the index) and not the constraint.
_SQLITE_UNIQUE: Final = re.compile(
    r"UNIQUE constraint failed: (?:index '(?P<index>\w+)'|(?P<columns>.+))"
)
_CONFLICTS: Final = frozenset({"40001", "40P01", "55P03"})  # serialisation, deadlock, lock timeout
# A table was altered under a statement that was prepared: the driver prepares it anew the next time.
_STALE_PLAN: Final = "InvalidCachedStatementError"
_STATEMENT_TIMEOUT: Final = "57014"
# Lost; the server has no connection or disk to spare; it is going down; it got tired of waiting.
_GONE: Final = ("08", "53", "57P", "25P03")
_GONE_ERRORS: Final = frozenset({"InterfaceError", "ConnectionResetError", "TimeoutError"})
# What asyncpg says of a connection that is ended while it reads the types of a statement.
_CUT_SHORT: Final = "cannot switch to state"
_SQLITE_OUT_OF_DISK: Final = ("database or disk is full", "disk I/O error")
_LOST: Final = "the connection to the database was lost"


@contextmanager
def in_domain_words() -> Iterator[None]:
    """Raises: the domain's error for a taken name, `TransactionConflict`, `DatabaseBusy`,
    `DatabaseUnavailable`; anything else passes unchanged."""
    try:
        yield
    except IntegrityError as error:
        raise _taken(error.orig) or error from error
    except DBAPIError as error:
        lost = DatabaseUnavailable(_LOST) if error.connection_invalidated else None
        raise said_by_driver(error.orig) or lost or error from error
    except PoolTimeout as error:
        raise DatabaseBusy("the database is busy") from error
    except OSError as error:
        raise DatabaseUnavailable("the database cannot be reached") from error


def said_by_driver(error: BaseException | None) -> DomainError | None:
    """What an error of asyncpg or SQLite means, if it is more than a bug; bare or as SQLAlchemy's
    adapter has wrapped it."""
    state = sql_state(error)
    if state in _CONFLICTS or "database is locked" in str(error):
        return TransactionConflict("another transaction was in the way")
    if type(error).__name__ == _STALE_PLAN:
        return TransactionConflict("a table was altered meanwhile")
    if state == _STATEMENT_TIMEOUT:
        return DatabaseBusy("the database is busy")
    if state.startswith(_GONE) or _is_gone(error) or _is_out_of_disk(error):
        return DatabaseUnavailable(_LOST)
    return _taken(error)


def sql_state(error: object) -> str:
    """PostgreSQL's five-character code, or nothing."""
    return str(getattr(error, "sqlstate", None) or "")


def _is_gone(error: object) -> bool:
    kind = type(error).__name__
    is_cut_short = kind == "InternalClientError" and str(error).startswith(_CUT_SHORT)
    return is_cut_short or kind in _GONE_ERRORS


def _is_out_of_disk(error: object) -> bool:
    return any(sign in str(error) for sign in _SQLITE_OUT_OF_DISK)


def _taken(error: object) -> DomainError | None:
    taken = _TAKEN.get(_unique_constraint(error) or "")
    if taken is None:
        return None
    kind, detail = taken
    return kind(detail)


def _unique_constraint(error: object) -> str | None:
    match = _SQLITE_UNIQUE.search(str(error))
    if match is None:
        named = getattr(getattr(error, "__cause__", None) or error, "constraint_name", None)
        return str(named) if named else None
    if match["index"]:
        return match["index"]
    columns = [column.strip().split(".") for column in match["columns"].split(",")]
    return "_".join(["uq", columns[0][0], *(name for _, name in columns)])
