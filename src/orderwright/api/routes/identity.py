from fastapi import APIRouter

from orderwright.api.access import requires_sign_in
from orderwright.api.dependencies import Caller
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.access import IdentityJson
from orderwright.application.queries.authenticate import Identity

router = APIRouter(tags=["access"], route_class=StrictRoute)


@router.get("/me", response_model=IdentityJson, dependencies=[requires_sign_in()])
async def me(caller: Caller) -> Identity:
    """Who is calling, and what they may do."""
    return caller
