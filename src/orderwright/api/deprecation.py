"""What is on its way out says so with every answer (RFC 9745, RFC 8594), and who still calls it is
counted."""

from email.utils import format_datetime
from typing import Annotated, Any, Protocol
from urllib.parse import quote

from fastapi import Depends, Request

from orderwright.api.dependencies import attempted_by, now_of, of_container, provided
from orderwright.api.gates import Gate, is_first_time
from orderwright.api.response_headers import add_response_header
from orderwright.api.versions import FIRST, SECOND, Retirement
from orderwright.application.queries.authenticate import Identity
from orderwright.domain.interfaces.deprecated_calls import DeprecatedCalls

Calls = Annotated[DeprecatedCalls, provided("deprecated_calls")]


class _Route(Protocol):
    path_format: str


class SucceededBySecond(Gate):
    """A gate that lets everybody pass. For routes of the first version that the second has too."""

    async def __call__(self, request: Request) -> None:
        retirement: Retirement = of_container(request, "first_version_retirement")
        if retirement.deprecated_at is None or not is_first_time(request, self):
            return
        _tell(request, retirement)
        attempted = await attempted_by(request)
        if isinstance(attempted, Identity):
            calls: DeprecatedCalls = of_container(request, "deprecated_calls")
            calls.note(attempted.actor.name, _route(request), now_of(request))


def succeeded_by_second() -> Any:
    return Depends(SucceededBySecond())


def _tell(request: Request, retirement: Retirement) -> None:
    assert retirement.deprecated_at is not None  # noqa: S101 - asked by the only caller
    # The path as it was decoded may hold anything, a line break included.
    successor = quote(request.scope["path"].replace(FIRST.path, SECOND.path, 1))
    since = int(retirement.deprecated_at.timestamp())
    add_response_header(request.scope, "deprecation", f"@{since}")
    add_response_header(request.scope, "link", f'<{successor}>; rel="successor-version"')
    if retirement.sunset_at is not None:
        at = format_datetime(retirement.sunset_at, usegmt=True)
        add_response_header(request.scope, "sunset", at)


def _route(request: Request) -> str:
    route: _Route = request.scope["route"]
    return f"{request.method} {route.path_format}"
