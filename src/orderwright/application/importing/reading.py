"""From files to documents, in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from orderwright.application.importing.cells import (
    Cells,
    LookupTable,
    csv_file,
    read_lookups,
)
from orderwright.application.importing.csv_rows import CsvFile
from orderwright.application.importing.documents import Document, documents
from orderwright.application.importing.lines import Line, LineReader
from orderwright.application.importing.mapping import Mapping
from orderwright.application.importing.report import LookupUse
from orderwright.application.importing.report_file import UnplacedRow, unplaced_row
from orderwright.application.importing.source_files import same_name, sort_files
from orderwright.application.importing.times import Times
from orderwright.application.importing.verdicts import NO_LINES


class Reading:
    """The files of one import, their headers checked before the first row is read.

    Raises: MissingFile, UnreadableFile, ColumnMissing, LookupTooLarge.
    """

    def __init__(self, paths: Sequence[Path], mapping: Mapping) -> None:
        files = sort_files(paths, mapping)
        self._mapping = mapping
        self._lookups = read_lookups(files, mapping)
        self._files = [csv_file(path, mapping) for path in files.lines]
        times = Times(mapping)
        self._readers = [
            LineReader(mapping, Cells(file, self._lookups), times) for file in self._files
        ]
        self.file_name = ""

    @property
    def bytes_total(self) -> int:
        return sum(file.size for file in self._files)

    @property
    def bytes_read(self) -> int:
        return sum(file.bytes_read for file in self._files)

    def documents(self) -> Iterator[Document]:
        """Raises: UnreadableFile: one breaks off; documents still open then are not given."""
        return documents(self._lines())

    def lookup_use(self) -> list[LookupUse]:
        return [
            LookupUse(table.file.name, len(table.rows), len(table.used))
            for table in self._lookups.values()
            if table.file is not None
        ]

    def documents_without_lines(self) -> Iterator[UnplacedRow]:
        """Rows of a file of documents that no line belongs to."""
        by_document = same_name(self._mapping.columns.document.column)
        for table in self._lookups.values():
            if table.file is not None and same_name(table.lookup.by) == by_document:
                yield from _never_used(table, table.file)

    def _lines(self) -> Iterator[Line]:
        for file, reader in zip(self._files, self._readers, strict=True):
            self.file_name = file.name
            for row in file:
                yield reader.read(row)


def _never_used(table: LookupTable, file: CsvFile) -> Iterator[UnplacedRow]:
    for key, (number, _) in table.rows.items():
        if key not in table.used:
            yield unplaced_row(file.name, number, key, NO_LINES)
