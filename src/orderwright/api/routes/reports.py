from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.dependencies import Now, Sales
from orderwright.api.media_types import JSON, accepted, quality_of
from orderwright.api.raw_headers import headers
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.reports import SalesParameters, SalesReportJson, as_csv, as_json
from orderwright.domain.value_objects.permission import Permission

CSV = "text/csv"


class ReportRoute(StrictRoute):
    """Answers in CSV too, to whom wants that rather than JSON."""

    also_answers_in = (CSV,)


router = APIRouter(
    prefix="/api/v1/reports",
    tags=["reports"],
    route_class=ReportRoute,
    dependencies=[requires(Permission.REPORTS_READ)],
)


@router.get(
    "/sales",
    response_model=SalesReportJson,
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}},
)
async def sales(
    request: Request, asked: Annotated[SalesParameters, Query()], reader: Sales, now: Now
) -> Response:
    """What was sold, less what came back: units received again and money refunded, each when that
    happened. An order is a sale once it is confirmed and unless it is cancelled. `sales` has shipping,
    discounts and other adjustments in it; by product these are a row of their own, without a key."""
    question = asked.to_question(now)
    rows = await reader.sales(question)
    if _prefers_csv(request):
        return Response(await as_csv(rows), media_type=CSV)
    return Response(await as_json(question, asked.since, rows), media_type=JSON)


def _prefers_csv(request: Request) -> bool:
    ranges = accepted(headers(request.scope, b"accept"))
    return quality_of(CSV, ranges) > quality_of(JSON, ranges)
