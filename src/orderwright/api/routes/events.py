from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from pydantic import WithJsonSchema
from starlette.responses import Response, StreamingResponse

from orderwright.api.access import requires_sign_in
from orderwright.api.dependencies import Caller, Feed, Hub, still_is
from orderwright.api.event_stream import EventStream, EventStreamResponse
from orderwright.api.paging import link_to_next
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.events import EventJson, EventPage, EventsAfter, Position, event_bytes
from orderwright.api.wire.numbers import INT64_MAX
from orderwright.application.queries.read_events import read_events, seen_by
from orderwright.application.services.event_schemas import event_schema, event_schemas

PATH = "/api/v1/events"
router = APIRouter(
    prefix=PATH, tags=["events"], route_class=StrictRoute, dependencies=[requires_sign_in()]
)
# Not a union, whose parts an error would name beside the header.
LastEventId = Annotated[
    Position | None,
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": INT64_MAX}),
    Header(description="id of the last event that was seen"),
]


@router.get("", response_model=list[EventJson])
async def list_some(
    request: Request, feed: Feed, caller: Caller, query: Annotated[EventPage, Query()]
) -> Response:
    """Events of what you may read, in the order in which they became visible: an event that is not
    here yet will have a higher id than all that are. `Link` leads to the next page; at the end, ask
    again later with the last id as `after`."""
    events, is_more = await read_events(query.to_query(), caller.actor, feed)
    headers = {"content-type": "application/json"}
    if is_more:
        headers |= link_to_next(request, {"after": events[-1].position})
    return Response(b"[%b]" % b",".join(map(event_bytes, events)), headers=headers)


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def follow(
    request: Request,
    *,
    hub: Hub,
    feed: Feed,
    caller: Caller,
    query: Annotated[EventsAfter, Query()],
    last_event_id: LastEventId = None,
) -> Response:
    """The same events as Server-Sent Events, as they come: `id`, `event` (the type) and `data` (what
    the list shows). With `after`, or `Last-Event-ID` as browsers send it when they come back, what was
    missed comes first. A client that does not keep up is cut off and goes on from there."""
    names = seen_by(caller.actor, query.type)
    hub.check_room()
    following = EventStream(hub=hub, feed=feed, names=names, may_go_on=still_is(request, caller))
    after = query.after if last_event_id is None else last_event_id
    return EventStreamResponse(following, after)


@router.get("/schemas")
async def schemas() -> Mapping[str, dict[str, Any]]:
    """A JSON Schema of every type of event, by its name."""
    return event_schemas()


@router.get("/schemas/{name}")
async def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one type of event."""
    return event_schema(name)
