"""Lines gathered into the documents they belong to."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from orderwright.application.importing.lines import Entry, Line

# Rows of one document may be interrupted by those of a few others (real exports do that); a
# document stays open until so many others have begun.
_OPEN_DOCUMENTS: Final = 8
# Three orders of magnitude above real ones; it bounds memory and the length of a transaction.
_LINES_MAX: Final = 20_000


@dataclass
class Document:
    """The rows with one number. Rows whose number cannot be read stand alone, with an empty one.

    `is_too_long` marks pieces of a document beyond `_LINES_MAX`; `continues` all but its first.
    """

    reference: str
    lines: list[Line] = field(default_factory=list)
    is_too_long: bool = False
    continues: bool = False

    @property
    def entries(self) -> Iterator[Entry]:
        """Of those lines that can be read."""
        return (line.said for line in self.lines if isinstance(line.said, Entry))

    @property
    def month(self) -> str | None:
        return next((line.month for line in self.lines if line.month), None)

    @property
    def currency(self) -> str | None:
        return next((entry.currency.code for entry in self.entries), None)

    @cached_property
    def fingerprint(self) -> str:
        """Equal for equal content, wherever in a file the rows stand."""
        digest = hashlib.sha256()
        for line in self.lines:
            cells = line.said.content if isinstance(line.said, Entry) else line.row.values
            digest.update("\x1f".join(cells).encode("utf-8", "surrogateescape"))
            digest.update(b"\x1e")
        return digest.hexdigest()


def documents(lines: Iterable[Line]) -> Iterator[Document]:
    """In the order in which they begin."""
    open_ones: OrderedDict[str, Document] = OrderedDict()
    for line in lines:
        if not line.document:
            yield Document("", [line])
            continue
        document = open_ones.get(line.document)
        if document is None:
            document = open_ones[line.document] = Document(line.document)
        document.lines.append(line)
        if len(document.lines) == _LINES_MAX:
            document.is_too_long = True
            open_ones[line.document] = Document(line.document, is_too_long=True, continues=True)
            yield document
        if len(open_ones) > _OPEN_DOCUMENTS:
            yield from _closed(open_ones)
    while open_ones:
        yield from _closed(open_ones)


def _closed(open_ones: OrderedDict[str, Document]) -> Iterator[Document]:
    _, document = open_ones.popitem(last=False)
    if document.lines:
        yield document
