"""The contract of the HTTP API as a file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from orderwright.cli.output import print_json
from orderwright.cli.plain_typer import single
from orderwright.cli.runtime import load_settings


class Document(StrEnum):
    V1 = "v1"
    V2 = "v2"


def openapi(
    version: Annotated[
        Document | None, typer.Option("--version", help="Of one version only.")
    ] = None,
) -> None:
    """Print the OpenAPI document of this release."""
    from orderwright.api.documents import document_of
    from orderwright.main import create_app

    app = create_app(load_settings())
    print_json(app.openapi() if version is None else document_of(app, version))


app = single(openapi)
