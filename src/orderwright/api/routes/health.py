from collections.abc import Mapping
from typing import Annotated, Literal, Protocol

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from orderwright.api.dependencies import provided
from orderwright.api.strict_json import StrictRoute

router = APIRouter(prefix="/health", tags=["service"], route_class=StrictRoute)

Health = Literal["healthy", "unhealthy"]


class Readiness(Protocol):
    async def report(self) -> Mapping[str, bool]: ...

    def needs(self, name: str) -> bool: ...


class AliveJson(BaseModel):
    status: Literal["alive"] = "alive"


class ReadyJson(BaseModel):
    status: Health
    checks: dict[str, Health]


@router.get("/live")
async def live() -> AliveJson:
    """The process runs and answers. Asks nothing else, so it says nothing about anything else."""
    return AliveJson()


@router.get("/ready", responses={503: {"model": ReadyJson}})
async def ready(
    readiness: Annotated[Readiness, provided("readiness")], response: Response
) -> ReadyJson:
    """Whether requests should be sent here: 503 when a part it needs is away, or when it stops.

    `redis` and `task_backend` are shown where they are configured, and decide nothing: without them
    orders are taken all the same, and tasks begin seconds later."""
    report = await readiness.report()
    answer = ReadyJson(
        status=_word(ok=all(ok for name, ok in report.items() if readiness.needs(name))),
        checks={name: _word(ok=ok) for name, ok in report.items()},
    )
    response.status_code = 200 if answer.status == "healthy" else 503
    return answer


def _word(*, ok: bool) -> Health:
    return "healthy" if ok else "unhealthy"
