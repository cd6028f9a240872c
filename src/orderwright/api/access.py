"""Who may use a route: said by every route, checked at start."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, Route

from orderwright.api.dependencies import Bearer, actor_of
from orderwright.api.gates import Gate
from orderwright.domain.value_objects.permission import Permission

# Of these the signature of the request says who calls.
SIGNED_ROUTES: Final = frozenset({("POST", "/api/v1/gateway-webhooks/{provider}")})
# Open to all; everything else asks who is calling.
OPEN_ROUTES: Final = SIGNED_ROUTES | frozenset(
    {
        ("POST", "/token"),
        ("POST", "/token/refresh"),  # the refresh token says who
        ("POST", "/token/revoke"),
        ("GET", "/health/live"),
        ("GET", "/health/ready"),
    }
)
# Pages beside the API, open to all as well. They are plain routes, of which no permission can be read.
OPEN_PAGES: Final = frozenset(
    {
        "/docs",
        "/docs/{name}",
        "/metrics",  # by its own token, where there is one
        "/openapi.json",
        "/openapi/v1.json",
        "/openapi/v2.json",
    }
)


class UndeclaredPermission(Exception):
    """A bug found at start: a route that nobody decided about."""


@dataclass(frozen=True, slots=True)
class Requirement(Gate):
    """A gate that lets a request pass; without `permission`, any known caller's."""

    permission: Permission | None

    async def __call__(self, request: Request, _told: Bearer = None) -> None:
        """Raises: NotSignedIn, InvalidToken, PermissionDenied."""
        actor = await actor_of(request)
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
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) and not _is_open_page(route, context.path):
            kind = type(route).__name__
            raise UndeclaredPermission(f"{context.path} is a {kind}, which declares no permission")


def _is_open_page(route: BaseRoute, path: str | None) -> bool:
    if not isinstance(route, Route) or path not in OPEN_PAGES:
        return False
    return route.methods is not None and route.methods <= {"GET", "HEAD"}


def _requirements(dependant: Dependant | None) -> Iterable[Requirement]:
    for each in dependant.dependencies if dependant else ():
        if isinstance(each.call, Requirement):
            yield each.call
        yield from _requirements(each)
