"""Which version of the API a request means, where it says so twice."""

import re
from typing import Final

from starlette.requests import Request

from orderwright.api.problems import refuse

API_VERSION: Final = "1.0"
_KNOWN: Final = re.compile(r"1\.0|2\.[0-9]+")


def check_version(request: Request) -> None:
    """The path has chosen; a header that chooses something else was sent by mistake.

    Raises: Refused: 400.
    """
    wanted = request.headers.get("x-api-version", API_VERSION)
    if not request.url.path.startswith("/api/v1/") or wanted == API_VERSION:
        return
    if _KNOWN.fullmatch(wanted):
        raise refuse(
            400, "api_version_conflict", "the path says version 1 and X-API-Version another one"
        )
    raise refuse(400, "api_version_unknown", "X-API-Version names no version of this API")
