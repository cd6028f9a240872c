from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_ALLOCATIONS_BETWEEN: Final = 50_000  # by default 700


@contextmanager
def collected_rarely() -> Iterator[None]:
    """A group of documents is some hundred thousand objects that all live until it is committed:
    looking through them for garbage hundreds of times meanwhile costs a sixth of an import."""
    usual = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS_BETWEEN, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
