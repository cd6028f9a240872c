from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from orderwright import __version__
from orderwright.api.access import requires_sign_in
from orderwright.api.dependencies import provided
from orderwright.api.strict_json import StrictRoute
from orderwright.api.versions import FIRST, SECOND, Retirement
from orderwright.api.wire.body import Time

router = APIRouter(tags=["service"], route_class=StrictRoute)


class VersionJson(BaseModel):
    version: str
    path: str
    state: Literal["stable", "deprecated"]
    document: str
    deprecated_at: Time | None = None
    sunset_at: Time | None = None


class VersionsJson(BaseModel):
    service: str
    release: str
    versions: list[VersionJson]


@router.get("/api", dependencies=[requires_sign_in()])
async def versions(
    retirement: Annotated[Retirement, provided("first_version_retirement")],
) -> VersionsJson:
    """The versions of this API and the state of each."""
    first = VersionJson(
        version=FIRST.number,
        path=FIRST.path,
        state=retirement.state,
        document="/openapi/v1.json",
        deprecated_at=retirement.deprecated_at,
        sunset_at=retirement.sunset_at,
    )
    second = VersionJson(
        version=SECOND.number, path=SECOND.path, state="stable", document="/openapi/v2.json"
    )
    return VersionsJson(service="orderwright", release=__version__, versions=[first, second])
