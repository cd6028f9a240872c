from __future__ import annotations

from orderwright import __version__
from orderwright.cli.output import print_text
from orderwright.cli.plain_typer import single


def version() -> None:
    """Print the version."""
    print_text(__version__)


app = single(version)
