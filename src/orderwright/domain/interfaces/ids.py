from __future__ import annotations

from typing import Protocol


class Ids(Protocol):
    def new_id(self) -> str:
        """A fresh id: unguessable, unique without asking anybody, growing with time."""
        ...

    def secret(self) -> str:
        """At least 256 random bits as URL-safe text, for keys and tokens."""
        ...
