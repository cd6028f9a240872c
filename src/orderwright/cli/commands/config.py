"""What the service is set to, and who said so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orderwright.cli.output import Json, print_json, print_table
from orderwright.cli.plain_typer import group
from orderwright.cli.runtime import load_settings

if TYPE_CHECKING:
    from orderwright.config import Settings

HIDDEN = "[hidden]"

app = group("Look at the configuration.")


@app.command()
def show(*, as_json: Json = False) -> None:
    """Print every setting, where its value comes from, and no secret."""
    from orderwright.config_sources import origins

    settings = load_settings()
    sources = origins(type(settings))
    rows = [
        (name.upper(), value, sources.get(name, "default"))
        for name, value in printable(settings).items()
    ]
    if as_json:
        print_json({name: {"value": value, "source": source} for name, value, source in rows})
    else:
        print_table(("SETTING", "VALUE", "FROM"), rows)


def printable(settings: Settings) -> dict[str, object]:
    """Every setting by name, as JSON can say it, with secrets hidden."""
    values = settings.model_dump(mode="json")
    shown = {name: _shown(name, value) for name, value in values.items()}
    return shown | {"database_url": without_password(settings.database_url)}


def without_password(url: str) -> str:
    """The URL as it may be shown: who and where, but no password and no driver options."""
    named = re.sub(r"(://[^:/@]*:).*@", rf"\1{HIDDEN}@", url)
    return re.sub(r"\?.*", f"?{HIDDEN}", named)


def _shown(name: str, value: object) -> object:
    if not value and value != 0:
        return None
    return HIDDEN if "secret" in name or "password" in name else value
