"""Reading the mapped columns of a row, those of its lookups included."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Final

from orderwright.application.importing.csv_rows import CsvFile
from orderwright.application.importing.mapping import Column, Lookup, Mapping
from orderwright.application.importing.source_files import SourceFiles, same_name
from orderwright.domain.errors import Rejected

# About a gigabyte of memory; beyond that it is no lookup, and the file should come joined.
_LOOKUP_ROWS_MAX: Final = 1_000_000

Values = Sequence[str]  # the cells of a row, stripped
Cell = Callable[[Values], str]


class ColumnMissing(Rejected):
    code = "column_missing"


class LookupTooLarge(Rejected):
    code = "lookup_too_large"


class NoSuchRow(Exception):
    """A line names a row that its lookup does not have."""


@dataclass(slots=True)
class LookupTable:
    """The rows of a second file by their key, and which of them any line asked for."""

    lookup: Lookup
    file: CsvFile | None
    rows: dict[str, tuple[int, Values]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def row(self, key: str) -> Values | None:
        """None where there need not be one.

        Raises: NoSuchRow.
        """
        found = self.rows.get(key)
        if found is not None:
            self.used.add(key)
            return found[1]
        if self.lookup.optional or not key:
            return None
        raise NoSuchRow(f"{self.lookup.file} has no row with {self.lookup.key} {key}")


def read_lookups(files: SourceFiles, mapping: Mapping) -> dict[str, LookupTable]:
    """Raises: ColumnMissing, LookupTooLarge, UnreadableFile."""
    tables = {}
    for role, lookup in mapping.lookups.items():
        path = files.lookups.get(role)
        tables[role] = LookupTable(lookup, csv_file(path, mapping) if path else None)
        _fill(tables[role])
    return tables


def csv_file(path: Path, mapping: Mapping) -> CsvFile:
    return CsvFile(path, encoding=mapping.encoding, delimiter=mapping.delimiter)


def _fill(table: LookupTable) -> None:
    file = table.file
    if file is None:
        return
    key = _place(file, table.lookup.key)
    for row in file:
        if row.problem is None:
            values = stripped(row.values)
            table.rows[values[key]] = (row.number, values)
        if len(table.rows) > _LOOKUP_ROWS_MAX:
            raise LookupTooLarge(f"{file.name} has more than {_LOOKUP_ROWS_MAX} rows to look up")


class Cells:
    """The mapped columns of one file of lines, found once by its header."""

    def __init__(self, file: CsvFile, tables: dict[str, LookupTable]) -> None:
        self._file = file
        self._tables = tables

    def cell(self, column: Column | None) -> Cell:
        """Raises: ColumnMissing: the file has no such column."""
        if column is None:
            return _nothing
        read = self._raw(column.column)
        if not column.prefix and not column.strip_suffix:
            return read

        def dressed(values: Values) -> str:
            text = read(values).removesuffix(column.strip_suffix)
            return f"{column.prefix}{text}" if text else ""

        return dressed

    def cells(self, columns: Sequence[Column]) -> Callable[[Values], Sequence[str]]:
        """Several at once."""
        if any("." in each.column or each.prefix or each.strip_suffix for each in columns):
            read = [self.cell(column) for column in columns]
            return lambda values: [cell(values) for cell in read]
        places = [_place(self._file, each.column) for each in columns]
        return lambda values: [values[place] for place in places]

    def _raw(self, name: str) -> Cell:
        role, dot, wanted = name.rpartition(".")
        if dot:
            return self._looked_up(self._tables[role], wanted)
        return itemgetter(_place(self._file, wanted))

    def _looked_up(self, table: LookupTable, wanted: str) -> Cell:
        if table.file is None:
            return _nothing
        place = _place(table.file, wanted)
        key = self._raw(table.lookup.by)

        def look_up(values: Values) -> str:
            row = table.row(key(values))
            return row[place] if row is not None else ""

        return look_up


def stripped(row: Sequence[str]) -> Values:
    return [cell.strip() for cell in row]


def _nothing(_values: Values) -> str:
    return ""


def _place(file: CsvFile, column: str) -> int:
    names = [same_name(name) for name in file.header]
    try:
        return names.index(same_name(column))
    except ValueError:
        there = ", ".join(file.header)
        raise ColumnMissing(f"{file.name} has no column {column}, only {there}") from None
