"""A progress bar for long work, where somebody is looking."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[int, int], None]


@contextmanager
def file_progress(what: str) -> Iterator[Callable[[int, int, int], None]]:
    """Give a function that is told how many bytes of how many, and how many things, are done."""
    if not sys.stderr.isatty():
        yield lambda _done, _of, _things: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    count = TextColumn("{task.fields[things]:,} " + what)
    columns = (count, BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, things=0)
        yield lambda done, of, things: bar.update(task, completed=done, total=of, things=things)


@contextmanager
def progress_bar(what: str) -> Iterator[Tell]:
    """Give a function that is told how many of how many are done; silent without a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
