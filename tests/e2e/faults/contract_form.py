"""The form that every error has, and how to see that nothing was written."""

from collections.abc import Mapping
from typing import Any, Final

import httpx2
from sqlalchemy import func, select

from orderwright.api.error_catalogue import ERRORS, FAULTS, TITLES
from orderwright.infrastructure.database.tables import metadata
from tests.e2e.api.service import Service

STATUS_OF_CODE: Final = {entry.code: entry.status for entry in ERRORS}
FAULT_CODES: Final = {fault.code for fault in FAULTS}
# Filled by being asked at all: refusals that are kept for a retry. And what the service writes in its own
# time: the relay moves events, which are counted themselves, and the first look at the schedules writes
# them down.
MEMORY: Final = frozenset({"idempotency_keys", "outbox", "event_feed", "schedules"})


def faults_of_form(response: httpx2.Response) -> list[str]:
    """What the answer lacks of the contract's form; nothing for an answer that is no error."""
    if response.status_code < 400:
        return []
    if response.headers.get("content-type") not in ("application/json", "application/problem+json"):
        return [f"content-type {response.headers.get('content-type')}"]
    told = response.json()
    checks: Mapping[str, bool] = {
        "error": told.get("error") == TITLES.get(response.status_code),
        "detail": isinstance(told.get("detail"), str) and told["detail"] != "",
        "code": STATUS_OF_CODE.get(told.get("code")) == response.status_code,
        "correlation_id": told.get("correlation_id") == response.headers.get("x-correlation-id"),
        "X-API-Version": bool(response.headers.get("x-api-version")),
        "WWW-Authenticate": response.status_code != 401 or "www-authenticate" in response.headers,
        "Allow": response.status_code != 405 or "allow" in response.headers,
        "Retry-After": response.status_code not in (429, 503) or "retry-after" in response.headers,
        "errors": told.get("code") != "validation_error" or _has_pointers(told),
    }
    return [name for name, holds in checks.items() if not holds]


def _has_pointers(told: Mapping[str, Any]) -> bool:
    members = {"pointer", "message", "code", "in"}
    return bool(told["errors"]) and all(
        set(each) == members and each["code"] in FAULT_CODES for each in told["errors"]
    )


async def rows(service: Service) -> dict[str, int]:
    """How many rows each table has."""
    tables = [table for table in metadata.sorted_tables if table.name not in MEMORY]
    counts = [
        select(func.count()).select_from(table).scalar_subquery().label(table.name)
        for table in tables
    ]
    async with service.container.database().read_engine.connect() as connection:
        return dict((await connection.execute(select(*counts))).one()._mapping)
