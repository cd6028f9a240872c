from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import rendered, unless_current
from orderwright.api.dependencies import Access, Hasher, Now
from orderwright.api.idempotency import Once
from orderwright.api.parameters import IfNoneMatch, IntId
from orderwright.api.preconditions import OnceIfMatch
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.users import ChangeUserBody, CreateUserBody, UserJson, UserPage
from orderwright.application.commands.change_user import change_user
from orderwright.application.commands.create_user import create_user
from orderwright.domain.entities.user import User, UserNotFound
from orderwright.domain.value_objects.permission import Permission

PATH = "/api/v1/users"
router = APIRouter(
    prefix=PATH,
    tags=["users"],
    route_class=StrictRoute,
    dependencies=[requires(Permission.ADMIN)],
)


@router.post("", status_code=201, response_model=UserJson)
async def create(body: CreateUserBody, once: Once, hasher: Hasher, now: Now) -> Response:
    """Add a person who signs in with `username` and `password`."""
    command = body.to_command()
    return await once.run(
        lambda uow: create_user(command, uow, hasher=hasher, now=now),
        rendered(
            201,
            UserJson.model_validate,
            location=lambda made: f"{PATH}/{made.id}",
            version=lambda made: made.version,
        ),
    )


@router.get("", response_model=list[UserJson])
async def list_users(access: Access, page: Annotated[UserPage, Query()]) -> Sequence[User]:
    """Users by id, disabled ones too."""
    return await access.users(**page.model_dump())


@router.get(
    "/{user_id}",
    response_model=UserJson,
    responses={304: {"description": "The client has this version"}},
)
async def get(user_id: IntId, access: Access, if_none_match: IfNoneMatch = None) -> Response:
    """One user. With `If-None-Match`, 304 while the client's version is the current one."""
    user = await access.user(user_id)
    if user is None:
        raise UserNotFound("no user has this id")
    return unless_current(if_none_match, _shown(user))


@router.patch("/{user_id}", response_model=UserJson)
async def change(
    user_id: IntId,
    body: ChangeUserBody,
    once: OnceIfMatch,
    *,
    access: Access,
    hasher: Hasher,
    now: Now,
) -> Response:
    """Change what is named: what is taken away is gone within a second. A new password,
    and `active: false`, end every session of the user. The last administrator stays one."""
    command = body.to_command(user_id)
    return await once.run(
        lambda uow: change_user(command, uow, access=access, hasher=hasher, now=now), _shown
    )


_shown = rendered(200, UserJson.model_validate, version=lambda user: user.version)
