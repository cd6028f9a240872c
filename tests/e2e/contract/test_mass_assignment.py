"""No column can be set by naming it: every object of every body refuses all that it does not list."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, Final

from sqlalchemy import select

from orderwright.api.access import declared
from orderwright.api.errors import FAULTS_MAX
from orderwright.infrastructure.database.tables import metadata
from tests.e2e.api.service import Service
from tests.e2e.contract.operations import Operation
from tests.e2e.contract.samples import Place, Sampler
from tests.patience import patient_database

COLUMNS: Final = {column.name for table in metadata.tables.values() for column in table.columns}
ATTRIBUTES: Final = {"is_admin", "owner_id", "tenant_id", "role", "__proto__", "constructor"}
# In its own time, from what was written before.
MOVED_MEANWHILE: Final = {
    "outbox",
    "event_feed",
    "event_feed_head",
    "event_consumers",
    "schedules",
}

Attempt = tuple[Operation, set[str]]


async def test_a_body_that_names_columns_is_refused_and_nothing_is_written(
    service: Service, sqlite_url: str, record_property: Callable[[str, object], None]
) -> None:
    admin = await service.client()
    before = await everything(sqlite_url)
    cases = 0

    for operation, pointers in attempts(service):
        response = await operation.ask(admin)
        assert response.status_code == 422, operation
        refused = {
            fault["pointer"]
            for fault in response.json()["errors"]
            if fault["code"] == "extra_forbidden"
        }
        assert refused == pointers, operation.name
        cases += len(pointers)

    assert await everything(sqlite_url) == before
    assert cases > 1000
    record_property("cases", cases)


def attempts(service: Service) -> Iterator[Attempt]:
    document = service.app.openapi()
    sampler = Sampler(document, whole=True)
    for method, path, _ in declared(service.app):
        told = document["paths"].get(path, {}).get(method.lower(), {})
        for place, members in sampler.objects(told):
            for names in _some_at_a_time(sorted((COLUMNS | ATTRIBUTES) - members)):
                body = deepcopy(sampler.body(told))
                _at(body, place).update(dict.fromkeys(names, 1))
                yield Operation(method, path, body), {_pointer(place, name) for name in names}


def _some_at_a_time(names: list[str]) -> Iterator[list[str]]:
    """Fewer than an answer lists faults, for the sample may have some of its own."""
    for start in range(0, len(names), FAULTS_MAX // 2):
        yield names[start : start + FAULTS_MAX // 2]


def _at(body: Any, place: Place) -> dict[str, object]:
    for step in place:
        body = body[step]
    assert isinstance(body, dict)
    return body


def _pointer(place: Place, name: str) -> str:
    return "".join(f"/{step}" for step in (*place, name))


async def everything(database_url: str) -> dict[str, list[Any]]:
    database = patient_database(database_url)
    async with database.read_engine.connect() as connection:
        tables = {
            name: sorted(map(repr, (await connection.execute(select(table))).all()))
            for name, table in metadata.tables.items()
            if name not in MOVED_MEANWHILE
        }
    await database.dispose()
    return tables
