"""The database: whether it answers, keeps data safely, and has the schema of this release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orderwright.cli.diagnosis.check import Check, fail, ok, warn
from orderwright.domain.errors import DomainError

if TYPE_CHECKING:
    from orderwright.container import Container

_SCHEMA_FIXES = {
    "behind": "run `orderwright db upgrade`",
    "unversioned": "run `orderwright db upgrade`",
    "ahead": "upgrade Orderwright: a newer release prepared this database",
}


async def checks(container: Container) -> list[Check]:
    try:
        standing = await container.schema().check()
    except DomainError as error:
        return [fail("database", error.detail, fix="start it, or correct DATABASE_URL")]
    dialect = container.database().dialect
    return [await _engine(container), _schema(standing, dialect)]


async def _engine(container: Container) -> Check:
    report = await container.engine_report()
    if report.remedy is None:
        return ok("database", report.detail)
    return warn("database", report.detail, fix=report.remedy)


def _schema(standing: str, dialect: str) -> Check:
    if standing == "at_head":
        return ok("schema", "of this release")
    if standing != "ahead" and dialect == "sqlite":
        return ok("schema", f"{standing}; the next start brings it up to date")
    return fail("schema", standing, fix=_SCHEMA_FIXES[standing])
