"""Headers as the server hands them on: lower-case names and values, as bytes. For those who see every
request, and want one or two of them."""

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> str | None:
    """The first one of that name, given in lower case."""
    for each, value in scope["headers"]:
        if each == name:
            text: str = value.decode("latin-1")
            return text
    return None


def headers(scope: Scope, name: bytes) -> tuple[str, ...]:
    """All of that name, given in lower case."""
    return tuple([value.decode("latin-1") for each, value in scope["headers"] if each == name])
