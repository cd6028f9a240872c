import asyncio
from hmac import compare_digest
from typing import Final, Protocol

from fastapi import APIRouter, Request
from pydantic import SecretStr
from starlette.responses import Response

from orderwright.api.dependencies import bearer_of, of_container
from orderwright.domain.interfaces.security import InvalidToken

_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics(Protocol):
    def text(self) -> bytes: ...


async def metrics(request: Request) -> Response:
    _check(request, request.app.state.settings.metrics_token)
    counted: Metrics = of_container(request, "metrics")
    return Response(await asyncio.to_thread(counted.text), headers={"content-type": _TEXT})


def _check(request: Request, token: SecretStr | None) -> None:
    if token is None:
        return
    if not compare_digest(bearer_of(request).encode(), token.get_secret_value().encode()):
        raise InvalidToken("these numbers are for who has the METRICS_TOKEN")


# Beside the API, like the pages that document it: read by machines that know no permission of ours.
router = APIRouter()
router.add_route("/metrics", metrics, include_in_schema=False)
