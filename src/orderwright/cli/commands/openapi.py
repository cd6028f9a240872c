"""The contract of the HTTP API as a file."""

from __future__ import annotations

from orderwright.cli.output import print_json
from orderwright.cli.plain_typer import single
from orderwright.cli.runtime import load_settings


def openapi() -> None:
    """Print the OpenAPI document of this version."""
    from orderwright.main import create_app

    print_json(create_app(load_settings()).openapi())


app = single(openapi)
