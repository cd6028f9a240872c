"""Ask the database whether everything adds up."""

from __future__ import annotations

import typer

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.output import Json, as_data, print_json, print_table, print_text
from orderwright.cli.plain_typer import single
from orderwright.cli.runtime import SchemaCare, run


def audit(*, as_json: Json = False) -> None:
    """Check every invariant of orders, stock and money; exit 6 when one is broken.

    Only reads, in one snapshot: safe while the service is running.
    """
    found = as_data(run(lambda container: container.auditor().audit(), schema=SchemaCare.CURRENT))
    if as_json:
        print_json(found)
    elif found["ok"]:
        print_table(("CHECK", "LOOKED AT"), found["checked"].items())
        print_text("Everything adds up.")
    else:
        rows = [(each["check"], each["subject"], each["detail"]) for each in found["violations"]]
        print_table(("CHECK", "SUBJECT", "DETAIL"), rows)
    raise typer.Exit(ExitCode.OK if found["ok"] else ExitCode.VIOLATIONS)


app = single(audit)
