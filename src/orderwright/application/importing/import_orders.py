"""Foreign sales become orders: streamed, a group of documents a transaction, safe to repeat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orderwright.application.importing.decision import Decision
from orderwright.application.importing.documents import Document
from orderwright.application.importing.garbage import collected_rarely
from orderwright.application.importing.group import GroupImport
from orderwright.application.importing.known import Memory
from orderwright.application.importing.mapping import Mapping
from orderwright.application.importing.read_ahead import groups_read_ahead
from orderwright.application.importing.reading import Reading
from orderwright.application.importing.report import ImportReport
from orderwright.application.importing.report_file import ReportFile, report_file, unplaced_rows
from orderwright.application.importing.tally import Tally
from orderwright.application.importing.verdicts import NO_LINES
from orderwright.domain.errors import Conflict, Unavailable
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork, UnitOfWorkFactory

_ATTEMPTS: Final = 5
_FIRST_PAUSE_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is. Bytes are of the files as they lie on the disk."""

    file: str
    bytes_read: int
    bytes_total: int
    documents: int
    lines: int


OnProgress = Callable[[Progress], None]


def _nobody_watches(_progress: Progress) -> None:
    pass


async def import_orders(
    files: Sequence[Path],
    mapping: Mapping,
    *,
    units: UnitOfWorkFactory,
    clock: Clock,
    ids: Ids,
    dry_run: bool = False,
    report: Path | None = None,
    on_progress: OnProgress = _nobody_watches,
    context: RequestContext | None = None,
) -> ImportReport:
    """Place every document of `files` that is a sale, once however often this is run, and take back
    what cancellation documents take back; say of every row what became of it.

    With `dry_run` all is done and undone, in one transaction that is open meanwhile. `report` is a
    CSV or JSON file for the rows that were not placed.

    Raises:
        MissingFile, UnreadableFile, ColumnMissing, LookupTooLarge, UnknownReportFormat: the files
            are not what the mapping says. What was read before is imported.
        Unavailable: the database; what was done so far stays, and running it again goes on.
    """
    reading = Reading(files, mapping)
    with report_file(report) as unplaced, collected_rarely():
        run = _Run(reading, unplaced, on_progress)
        work = _Work(mapping, units, clock, ids, context or RequestContext())
        await (work.rehearse(run) if dry_run else work.carry_out(run))
        return run.finish(is_rehearsal=dry_run)


class _Run:
    """The documents in groups, and the account of what became of them."""

    def __init__(self, reading: Reading, unplaced: ReportFile, on_progress: OnProgress) -> None:
        self._reading = reading
        self._unplaced = unplaced
        self._on_progress = on_progress
        self._tally = Tally()

    def groups(self) -> AbstractAsyncContextManager[AsyncGenerator[Sequence[Document], None]]:
        return aclosing(groups_read_ahead(self._reading.documents()))

    def account_for(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            self._tally.add(decision)
            self._unplaced.add(unplaced_rows(decision))
        total = self._tally.all.total
        self._on_progress(
            Progress(
                file=self._reading.file_name,
                bytes_read=self._reading.bytes_read,
                bytes_total=self._reading.bytes_total,
                documents=total.documents,
                lines=total.lines,
            )
        )

    def finish(self, *, is_rehearsal: bool) -> ImportReport:
        for row in self._reading.documents_without_lines():
            self._tally.add_empty_document(NO_LINES)
            self._unplaced.add([row])
        report = ImportReport(self._tally, self._reading.lookup_use(), is_rehearsal)
        self._unplaced.close(report)
        return report


class _Work:
    def __init__(
        self,
        mapping: Mapping,
        units: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        context: RequestContext,
    ) -> None:
        self._mapping = mapping
        self._units = units
        self._now = clock.now()
        self._ids = ids
        self._context = context
        self._memory = Memory()

    async def carry_out(self, run: _Run) -> None:
        async with run.groups() as groups:
            async for group in groups:
                run.account_for(await self._committed(group))

    async def rehearse(self, run: _Run) -> None:
        async with self._units(self._context) as uow, run.groups() as groups:
            async for group in groups:
                importing = self._group_import(uow)
                decisions = await importing.decide(group)
                await uow.rehearse()
                importing.confirm()
                run.account_for(decisions)

    async def _committed(self, group: Sequence[Document]) -> list[Decision]:
        """In one transaction, tried again when another one was in the way: a live order that wanted
        the same goods, or a second import of the same files."""
        pause_s = _FIRST_PAUSE_S
        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._once(group)
            except (Conflict, Unavailable):
                await asyncio.sleep(pause_s)
                pause_s *= 2
        return await self._once(group)

    async def _once(self, group: Sequence[Document]) -> list[Decision]:
        async with self._units(self._context) as uow:
            importing = self._group_import(uow)
            decisions = await importing.decide(group)
            await uow.commit()
        importing.confirm()
        return decisions

    def _group_import(self, uow: UnitOfWork) -> GroupImport:
        return GroupImport(uow, self._mapping, self._memory, ids=self._ids, now=self._now)
