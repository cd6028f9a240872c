"""Groups of documents, each read while the one before it is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Final

from orderwright.application.importing.documents import Document

# A transaction long enough to make its commit cheap and short enough for others to wait for.
GROUP_DOCUMENTS: Final = 500
GROUP_LINES: Final = 4_000
# Reading so many takes a millisecond, for which the writing of others waits.
_READ_AT_ONCE: Final = 8


async def groups_read_ahead(
    documents: Iterator[Document],
) -> AsyncGenerator[Sequence[Document], None]:
    """While the database is at work this process has nothing else to do. Close it when it is left
    early.

    Raises: whatever `documents` raises, when its turn comes: what was read before is given first.
    """
    reading = asyncio.create_task(_read_group(documents))
    try:
        while group := await reading:
            reading = asyncio.create_task(_read_group(documents))
            yield group
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _read_group(documents: Iterator[Document]) -> Sequence[Document]:
    group: list[Document] = []
    lines = 0
    for document in documents:
        group.append(document)
        lines += len(document.lines)
        if len(group) == GROUP_DOCUMENTS or lines >= GROUP_LINES:
            break
        if len(group) % _READ_AT_ONCE == 0:
            await asyncio.sleep(0)
    return group
