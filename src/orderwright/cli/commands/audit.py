"""Ask the database whether everything adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.output import Json, as_data, print_json, print_table, print_text
from orderwright.cli.plain_typer import single
from orderwright.cli.runtime import SchemaCare, run

if TYPE_CHECKING:
    from orderwright.application.queries.audit import AuditReport
    from orderwright.container import Container


def audit(*, as_json: Json = False) -> None:
    """Check every invariant of orders, stock and money; exit 6 when one is broken.

    Only reads, in one snapshot: safe while the service is running.
    """
    report = run(_audit, schema=SchemaCare.CURRENT)
    if as_json:
        print_json({"ok": report.ok} | as_data(report))
    elif report.ok:
        print_table(("CHECK", "LOOKED AT"), report.checked.items())
        print_text("Everything adds up.")
    else:
        rows = [(each.check, each.subject, each.detail) for each in report.violations]
        print_table(("CHECK", "SUBJECT", "DETAIL"), rows)
    raise typer.Exit(ExitCode.OK if report.ok else ExitCode.VIOLATIONS)


async def _audit(container: Container) -> AuditReport:
    from orderwright.application.queries.audit import audit as audit_everything

    return await audit_everything(container.auditor())


app = single(audit)
