"""Headers that belong to the answer whatever it will be: a refusal carries them too."""

from collections.abc import Iterable

from starlette.types import Scope

_KEY = "response_headers"


def add_response_header(scope: Scope, name: str, value: str) -> None:
    """For a `Request`, pass its `scope`. An answer's own header of that name stays beside it."""
    scope["state"].setdefault(_KEY, []).append((name, value))


def added_headers(scope: Scope) -> Iterable[tuple[str, str]]:
    added: Iterable[tuple[str, str]] = scope.get("state", {}).get(_KEY, ())
    return added
