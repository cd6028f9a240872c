from __future__ import annotations

from dataclasses import asdict
from difflib import get_close_matches
from typing import Annotated

import typer

from orderwright.api.error_catalogue import ERRORS, FAULTS, TITLES, ErrorEntry, FaultEntry, entry_of
from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.output import Json, print_json, print_record, print_table, say
from orderwright.cli.plain_typer import single

Code = Annotated[str | None, typer.Argument(help="The `code` of an error; without, all of them.")]

# In the place of a status: these are said inside a 422.
_IN_ERRORS = "errors"


def explain(code: Code = None, *, as_json: Json = False) -> None:
    """Say what the code of an error means, and what to do about it."""
    if code is None:
        _list(as_json=as_json)
    elif entry := entry_of(code):
        _show(entry, as_json=as_json)
    else:
        say(_unknown(code))
        raise typer.Exit(ExitCode.USAGE)


def _list(*, as_json: bool) -> None:
    if as_json:
        print_json([_as_data(entry) for entry in (*ERRORS, *FAULTS)])
    else:
        print_table(
            ("Status", "Code", "When"),
            [
                *((str(each.status), each.code, each.when) for each in ERRORS),
                *((_IN_ERRORS, each.code, each.when) for each in FAULTS),
            ],
        )


def _show(entry: ErrorEntry | FaultEntry, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_data(entry))
    else:
        print_record(_as_data(entry))


def _as_data(entry: ErrorEntry | FaultEntry) -> dict[str, object]:
    if isinstance(entry, FaultEntry):
        inside = {"error": TITLES[422], "status": 422, "inside": "errors of validation_error"}
        return {"code": entry.code, **inside, **asdict(entry)}
    return {"code": entry.code, "error": entry.error, **asdict(entry)}


def _unknown(code: str) -> str:
    near = get_close_matches(code, [entry.code for entry in (*ERRORS, *FAULTS)], n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ": `orderwright explain` lists all"
    return f"no error has this code{hint}"


app = single(explain)
