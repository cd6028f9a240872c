"""Limits for tests that test no limit: what works on a slow machine too, but later, is no failure.

The product's own are short, because somebody waits for the answer. A test that is about a limit
names its own, or asks for `Limits()`.
"""

from typing import Final

from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.engines import Limits

# All below the time that pytest gives a test, so that what hangs is still told by name.
_LOCK_S: Final = 20.0
_STATEMENT_S: Final = 30.0
_CONNECTION_S: Final = 30.0
_REQUEST_S: Final = 60.0
REDIS_S: Final = 10.0
# For a condition that is waited for: it comes at once, but not on a machine that has no time.
AWAITED_S: Final = 90.0

PATIENT: Final = Limits(
    pool_timeout_s=_CONNECTION_S,
    connect_timeout_s=_CONNECTION_S,
    lock_timeout_s=_LOCK_S,
    statement_timeout_s=_STATEMENT_S,
    idle_in_transaction_timeout_s=_REQUEST_S,
    sqlite_busy_timeout_s=_STATEMENT_S,
)

# The same for all that reads settings: servers, commands, applications in this process.
PATIENT_SETTINGS: Final = {
    "DATABASE_LOCK_TIMEOUT_SECONDS": str(_LOCK_S),
    "DATABASE_STATEMENT_TIMEOUT_SECONDS": str(_STATEMENT_S),
    "DATABASE_POOL_TIMEOUT_SECONDS": str(_CONNECTION_S),
    "REQUEST_DEADLINE_SECONDS": str(_REQUEST_S),
}


def patient_database(url: str) -> Database:
    return Database(url, PATIENT)
