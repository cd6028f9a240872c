"""Who may use a route: said by every route, checked at start."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from orderwright.api.dependencies import Acting
from orderwright.api.gates import Gate
from orderwright.domain.value_objects.permission import Permission

# Open to all; everything else asks who is calling.
OPEN_ROUTES: Final = frozenset(
    {
        ("POST", "/token"),
        ("POST", "/token/refresh"),  # the refresh token says who
        ("POST", "/token/revoke"),
        ("GET", "/health/live"),
        ("GET", "/health/ready"),
    }
)


class UndeclaredPermission(Exception):
    """A bug found at start: a route that nobody decided about."""


@dataclass(frozen=True, slots=True)
class Requirement(Gate):
    """A gate that lets a request pass; without `permission`, any known caller's."""

    permission: Permission | None

    async def __call__(self, actor: Acting) -> None:
        """Raises: PermissionDenied."""
        if self.permission is not None:
            actor.require(self.permission)


def requires(permission: Permission) -> Any:
    return Depends(Requirement(permission))


def requires_sign_in() -> Any:
    return Depends(Requirement(None))


def declared(app: FastAPI) -> Iterator[tuple[str, str, list[Requirement]]]:
    """Method, path and requirements of every API route, however deep it was included."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            found = list(_requirements(context.dependant))
            for method in sorted(context.methods or ()):
                yield method, str(context.path), found


def check_every_route(app: FastAPI) -> None:
    """Raises: UndeclaredPermission."""
    for method, path, requirements in declared(app):
        if not requirements and (method, path) not in OPEN_ROUTES:
            raise UndeclaredPermission(f"{method} {path} declares no permission")


def _requirements(dependant: Dependant | None) -> Iterable[Requirement]:
    for each in dependant.dependencies if dependant else ():
        if isinstance(each.call, Requirement):
            yield each.call
        yield from _requirements(each)
