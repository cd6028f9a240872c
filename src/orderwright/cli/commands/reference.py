"""Reference pages that are made from the code they describe."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from orderwright.cli.output import print_text
from orderwright.cli.plain_typer import single


class Page(StrEnum):
    SETTINGS = "settings"
    CLI = "cli"
    ERRORS = "errors"
    EVENTS = "events"


def reference(page: Annotated[Page, typer.Argument(help="Which page.")]) -> None:
    """Print a page of docs/reference as Markdown."""
    if page is Page.SETTINGS:
        from orderwright.cli.settings_reference import settings_reference

        print_text(settings_reference())
    elif page is Page.ERRORS:
        from orderwright.cli.error_reference import error_reference

        print_text(error_reference())
    elif page is Page.EVENTS:
        from orderwright.cli.event_reference import event_reference

        print_text(event_reference())
    else:
        from orderwright.cli.app import app
        from orderwright.cli.command_reference import command_reference

        print_text(command_reference(app))


app = single(reference)
