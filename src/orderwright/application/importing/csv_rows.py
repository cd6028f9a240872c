"""Rows of CSV files, plain or gzipped, one after another and never more than one in memory."""

from __future__ import annotations

import _csv
import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import IO, Final, cast

from orderwright.domain.errors import Rejected

# A longer line is no row of sales; cut into pieces it fails as rows, and memory stays bounded.
_LINE_MAX: Final = 1 << 20
# How undecodable bytes appear after decoding with `surrogateescape`.
_FIRST_ESCAPED, _LAST_ESCAPED = "\udc80", "\udcff"


class UnreadableFile(Rejected):
    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the line of the file where the row starts, the header being line 1. `problem` is
    a code and a sentence when the values cannot be trusted."""

    file: str
    number: int
    values: Sequence[str]
    problem: tuple[str, str] | None = None


class CsvFile:
    """One file, its header read; iterate it once. `bytes_read` grows as it goes.

    Raises: UnreadableFile: it cannot be opened, or breaks off.
    """

    def __init__(self, path: Path, *, encoding: str, delimiter: str) -> None:
        self.path = path
        self._encoding = "utf-8-sig" if encoding == "utf-8" else encoding
        self._delimiter = delimiter
        self._raw: BufferedReader | None = None
        self._is_read = False
        with self._opened() as text:
            self.header = self._header(text)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @property
    def bytes_read(self) -> int:
        """Of the file as it lies on the disk, compressed or not."""
        if self._is_read:
            return self.size
        return self._raw.tell() if self._raw is not None and not self._raw.closed else 0

    def __iter__(self) -> Iterator[Row]:
        with self._opened() as text:
            reader = csv.reader(_lines(text), delimiter=self._delimiter)
            next(reader, None)
            yield from self._rows(reader)
            self._is_read = True

    def _rows(self, reader: _csv.Reader) -> Iterator[Row]:
        while True:
            number = reader.line_num + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                problem = ("unreadable_row", f"this is not CSV: {error}")
                yield Row(self.name, number, (), problem)
            except _BROKEN as error:
                raise UnreadableFile(f"{self.name} breaks off at line {number}: {error}") from error
            else:
                if values:  # an empty line is no row
                    yield Row(self.name, number, values, self._problem(values))

    def _problem(self, values: list[str]) -> tuple[str, str] | None:
        if len(values) != len(self.header):
            told = f"the row has {len(values)} values, the header names {len(self.header)}"
            return "unreadable_row", told
        joined = "".join(values)
        if joined.isascii():
            return ("unreadable_row", "the row holds a NUL") if "\0" in joined else None
        if any(_FIRST_ESCAPED <= each <= _LAST_ESCAPED for each in joined):
            return "wrong_encoding", f"the row is not {self._encoding.removesuffix('-sig')}"
        return ("unreadable_row", "the row holds a NUL") if "\0" in joined else None

    def _header(self, text: TextIOWrapper) -> list[str]:
        try:
            header = next(csv.reader(_lines(text), delimiter=self._delimiter), [])
        except (csv.Error, *_BROKEN) as error:
            raise UnreadableFile(f"{self.name} has no readable header: {error}") from error
        return [name.strip() for name in header]

    @contextmanager
    def _opened(self) -> Iterator[TextIOWrapper]:
        try:
            self._raw = self.path.open("rb")
        except OSError as error:
            raise UnreadableFile(f"{self.name} cannot be opened: {error.strerror}") from error
        with self._raw as raw, _unzipped(raw) as stream:
            text = TextIOWrapper(
                stream, encoding=self._encoding, errors="surrogateescape", newline=""
            )
            yield text
            text.detach()


def _unzipped(raw: BufferedReader) -> IO[bytes]:
    """By what is in it: names lie."""
    is_gzip = raw.peek(2)[:2] == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if is_gzip else raw


# What a truncated or damaged gzip file raises while it is read, and a disk that fails.
_BROKEN: Final = (OSError, EOFError, zlib.error, UnicodeError)


def _lines(text: TextIOWrapper) -> Iterator[str]:
    return iter(lambda: text.readline(_LINE_MAX), "")
