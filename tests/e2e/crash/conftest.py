"""Each test here starts and kills servers, on one database after the other. `make check` runs each of
them on one, half of them on SQLite and half on PostgreSQL; `make chaos` runs the other halves."""

from itertools import count
from pathlib import Path
from typing import Final

import pytest

_HERE: Final = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    numbers: dict[str, int] = {}
    number = count()
    for item in items:
        spec = getattr(item, "callspec", None)
        if _HERE not in item.path.parents or spec is None or "database_url" not in spec.params:
            continue
        kind = spec.params["database_url"]
        same_test = item.nodeid.replace(kind, "")
        if same_test not in numbers:
            numbers[same_test] = next(number)
        if (kind == "sqlite") == (numbers[same_test] % 2 == 0):
            item.add_marker(pytest.mark.long)
