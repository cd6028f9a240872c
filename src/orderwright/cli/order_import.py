"""Past sales into orders, with somebody watching."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orderwright.application.importing.import_orders import Progress, import_orders
from orderwright.application.importing.load_mapping import load_mapping
from orderwright.cli.output import print_table, print_text
from orderwright.cli.progress import file_progress
from orderwright.cli.runtime import context_of_command

if TYPE_CHECKING:
    from orderwright.container import Container

_OUTCOMES = ("placed", "skipped", "rejected", "total")


async def import_files(
    container: Container,
    files: Sequence[Path],
    *,
    mapping_name: str,
    dry_run: bool,
    report: Path | None,
) -> dict[str, Any]:
    """Raises: UnknownMapping, BadMapping; and as `import_orders`."""
    mapping = load_mapping(mapping_name)
    with file_progress("documents") as tell:
        done = await import_orders(
            files,
            mapping,
            units=container.unit_of_work,
            clock=container.clock(),
            ids=container.ids(),
            dry_run=dry_run,
            report=report,
            on_progress=_telling(tell),
            context=context_of_command(container),
        )
    return done.as_json()


def print_report(done: Mapping[str, Any]) -> None:
    rows = [
        (outcome, *(done[what][outcome] for what in ("documents", "lines", "units", "value")))
        for outcome in _OUTCOMES
    ]
    print_table(("OUTCOME", "DOCUMENTS", "LINES", "UNITS", "VALUE"), rows)
    if done["reasons"]:
        print_text("")
        names = ("outcome", "code", "lines", "value", "example")
        reasons = [[reason[name] for name in names] for reason in done["reasons"]]
        print_table([name.upper() for name in names], reasons)
    if done["dry_run"]:
        print_text("\nA dry run: nothing was kept.")


def _telling(tell: Callable[[int, int, int], None]) -> Callable[[Progress], None]:
    return lambda now: tell(now.bytes_read, now.bytes_total, now.documents)
