"""Look at everything the service needs, and say how to repair what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.output import Json, print_json, print_text, shown
from orderwright.cli.plain_typer import single
from orderwright.cli.runtime import SchemaCare, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orderwright.cli.diagnosis.check import Check


def doctor(
    *,
    host: Annotated[str, typer.Option(help="Address `serve` will listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="And its port.")] = 8000,
    as_json: Json = False,
) -> None:
    """Check what the service needs and tell the fix of what is wrong."""
    from orderwright.cli.diagnosis.check import Status

    checks = list(_checks(host, port))
    healthy = all(check.status is not Status.FAIL for check in checks)
    if as_json:
        print_json({"ok": healthy, "checks": list(map(vars, checks))})
    else:
        _print(checks)
    raise typer.Exit(ExitCode.OK if healthy else ExitCode.VIOLATIONS)


def _checks(host: str, port: int) -> Iterator[Check]:
    from orderwright.cli.diagnosis import database, dependencies, machine
    from orderwright.cli.diagnosis.check import fail, ok
    from orderwright.config import get_settings
    from orderwright.config_faults import BadConfiguration

    yield machine.python()
    yield machine.port(host, port)
    try:
        settings = get_settings()
    except BadConfiguration as error:
        for fault in error.faults:
            yield fail("configuration", str(fault), fix=f"set {fault.name} as `reference` says")
        return
    yield ok("configuration", f"complete, for {settings.environment}")
    yield machine.data_directory(settings.data_dir)
    yield machine.private_files(settings.data_dir)
    yield machine.disk_space(settings.data_dir)
    yield from run(database.checks, schema=SchemaCare.NONE)
    yield from run(dependencies.checks, schema=SchemaCare.NONE)


def _print(checks: Sequence[Check]) -> None:
    for check in checks:
        print_text(f"{check.status.upper():<4}  {check.name}: {shown(check.detail)}")
        if check.fix:
            print_text(f"      fix: {check.fix}")


app = single(doctor)
