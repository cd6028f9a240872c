"""The file that names every row which was not placed, written while the import runs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from orderwright.application.importing.decision import Decision
from orderwright.application.importing.report import ImportReport
from orderwright.application.importing.verdicts import PLACED, Verdict
from orderwright.domain.errors import Rejected

# A spreadsheet takes text that begins so for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


class UnknownReportFormat(Rejected):
    code = "unknown_report_format"


@dataclass(frozen=True, slots=True)
class UnplacedRow:
    file: str
    row: int
    document: str
    outcome: str
    code: str
    reason: str


class ReportFile(Protocol):
    def add(self, rows: Iterable[UnplacedRow]) -> None: ...

    def close(self, report: ImportReport) -> None:
        """Write what comes after the rows."""
        ...


class NoReportFile:
    def add(self, rows: Iterable[UnplacedRow]) -> None:
        pass

    def close(self, report: ImportReport) -> None:
        pass


class CsvReport:
    def __init__(self, stream: TextIO) -> None:
        self._rows = csv.writer(stream, lineterminator="\n")
        self._rows.writerow(UnplacedRow.__slots__)

    def add(self, rows: Iterable[UnplacedRow]) -> None:
        self._rows.writerows([_no_formula(value) for value in asdict(row).values()] for row in rows)

    def close(self, report: ImportReport) -> None:
        """The summary has no place in a table of rows."""


class JsonReport:
    """`{"rows": [...], "summary": {...}}`, a row a line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._before_next = '{"rows": ['

    def add(self, rows: Iterable[UnplacedRow]) -> None:
        for row in rows:
            self._stream.write(self._before_next + "\n" + _json(asdict(row)))
            self._before_next = ","

    def close(self, report: ImportReport) -> None:
        if self._before_next != ",":
            self._stream.write(self._before_next)
        self._stream.write('\n], "summary": ' + _json(report.as_json()) + "}\n")


@contextmanager
def report_file(path: Path | None) -> Iterator[ReportFile]:
    """CSV or JSON, by the ending of its name.

    Raises: UnknownReportFormat.
    """
    if path is None:
        yield NoReportFile()
        return
    kinds: dict[str, Callable[[TextIO], ReportFile]] = {".csv": CsvReport, ".json": JsonReport}
    if path.suffix not in kinds:
        raise UnknownReportFormat("a report file ends in .csv or .json")
    with path.open("w", encoding="utf-8", newline="") as stream:
        yield kinds[path.suffix](stream)


def unplaced_rows(decision: Decision) -> Iterator[UnplacedRow]:
    document = decision.document
    for line, verdict in zip(document.lines, decision.verdicts, strict=True):
        if verdict is not PLACED:
            yield unplaced_row(line.row.file, line.row.number, document.reference, verdict)


def unplaced_row(file: str, number: int, reference: str, verdict: Verdict) -> UnplacedRow:
    told = verdict.sentence
    return UnplacedRow(file, number, reference, str(verdict.outcome), verdict.code, told)


def _no_formula(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula else value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
