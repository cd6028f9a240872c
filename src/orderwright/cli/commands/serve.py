"""Run the service."""

from __future__ import annotations

from typing import Annotated

import typer

from orderwright.cli.plain_typer import single
from orderwright.cli.runtime import load_settings
from orderwright.cli.stop_signals import stop_on_signal_from_now_on


def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Server processes.")] = 1,
    no_background: Annotated[
        bool, typer.Option("--no-background", help="Leave queued tasks to other processes.")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty database with a made-up shop.")
    ] = False,
) -> None:
    """Run the API, and the work behind it, until stopped by SIGTERM or Ctrl-C."""
    settings = load_settings()
    stop_on_signal_from_now_on()
    from orderwright.cli.serving.service import Service

    if no_background:
        settings = settings.model_copy(update={"background_work": False})
    raise typer.Exit(Service(settings, host=host, port=port, workers=workers, demo=demo).run())


app = single(serve)
