"""Run what is due by the clock in a process of its own."""

from __future__ import annotations

import typer

from orderwright.cli.plain_typer import single


def scheduler() -> None:
    """Run what is due by the clock, and no queued tasks, until stopped by SIGTERM or Ctrl-C."""
    from orderwright.cli.background import run_until_stopped

    raise typer.Exit(
        run_until_stopped("scheduler", lambda container: list(container.background_services()))
    )


app = single(scheduler)
