from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from orderwright import __version__
from orderwright.api.access import requires_sign_in
from orderwright.api.strict_json import StrictRoute

router = APIRouter(tags=["service"], route_class=StrictRoute)


class VersionJson(BaseModel):
    version: str
    path: str
    state: Literal["stable", "deprecated"]


class VersionsJson(BaseModel):
    service: str
    release: str
    versions: list[VersionJson]


@router.get("/api", dependencies=[requires_sign_in()])
async def versions() -> VersionsJson:
    """The versions of this API and the state of each."""
    return VersionsJson(
        service="orderwright",
        release=__version__,
        versions=[VersionJson(version="1.0", path="/api/v1", state="stable")],
    )
