import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from orderwright.application.importing.csv_rows import Row, UnreadableFile
from orderwright.application.importing.documents import Document
from orderwright.application.importing.lines import Line
from orderwright.application.importing.read_ahead import groups_read_ahead
from orderwright.application.importing.verdicts import ZERO_QUANTITY


class Source:
    """So many documents, then a fault if there is one; it counts those it gave."""

    def __init__(self, documents: int, *, lines: int = 1, fault: Exception | None = None) -> None:
        self.given = 0
        self._documents = documents
        self._lines = [Line(row=Row("a.csv", 2, ()), said=ZERO_QUANTITY)] * lines
        self._fault = fault

    def __iter__(self) -> Iterator[Document]:
        for number in range(self._documents):
            self.given += 1
            yield Document(str(number), self._lines)
        if self._fault is not None:
            raise self._fault


async def sizes_of(source: Source) -> list[int]:
    return [len(group) async for group in groups_read_ahead(iter(source))]


async def test_groups_have_five_hundred_documents_and_the_last_one_what_is_left() -> None:
    assert await sizes_of(Source(1_200)) == [500, 500, 200]


async def test_a_group_ends_with_the_document_that_fills_four_thousand_lines() -> None:
    assert await sizes_of(Source(5, lines=1_500)) == [3, 2]


async def test_no_documents_are_no_group() -> None:
    assert await sizes_of(Source(0)) == []


async def test_while_a_group_is_worked_on_the_next_one_is_read_and_no_more() -> None:
    source = Source(1_600)

    async with aclosing(groups_read_ahead(iter(source))) as groups:
        await anext(groups)
        before = source.given
        for _ in range(1_000):  # as often as the work waits for the database
            await asyncio.sleep(0)

        assert (before, source.given) == (500, 1_000)


async def test_what_was_read_before_a_file_breaks_off_is_worked_on_first() -> None:
    source = Source(600, fault=UnreadableFile("broken"))

    async with aclosing(groups_read_ahead(iter(source))) as groups:
        assert len(await anext(groups)) == 500
        with pytest.raises(UnreadableFile):
            await anext(groups)


async def test_a_fault_that_is_never_heard_of_is_dropped_with_the_rest_of_the_file() -> None:
    async with aclosing(
        groups_read_ahead(iter(Source(600, fault=UnreadableFile("broken"))))
    ) as groups:
        assert len(await anext(groups)) == 500

    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
