"""How the things that can be wrong are written down."""

from typing import Any

import pytest

Found = set[tuple[str, str]]  # check and subject


def planted(what: str, *statements: str, found: Found) -> Any:
    """The statements that make it so, and exactly what the auditor has to say then.

    `:name` stands for the id of the order of that name in `busy_service.py`; so does `{name}` in a
    subject. An id that is text is written ID.
    """
    return pytest.param(statements, found, id=what)
