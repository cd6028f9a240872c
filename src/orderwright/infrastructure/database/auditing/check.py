from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule over the whole database at once.

    `wrong` selects what breaks it, a row each of subject and detail, in SQL that both databases
    read alike. `of` has a row for each thing it looks at.
    """

    name: str
    of: Table
    wrong: str
