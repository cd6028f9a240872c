from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import no_content, rendered
from orderwright.api.dependencies import Access, Ids, Now, Secrets
from orderwright.api.idempotency import Once
from orderwright.api.parameters import IntId
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.access import ApiKeyJson, CreateApiKeyBody, CreatedApiKeyJson
from orderwright.api.wire.paging import Skipping
from orderwright.application.commands.create_api_key import CreatedApiKey, create_api_key
from orderwright.application.commands.revoke_api_key import RevokeApiKey, revoke_api_key
from orderwright.domain.entities.api_key import ApiKey, ApiKeyNotFound
from orderwright.domain.value_objects.permission import Permission

PATH = "/api/v1/api-keys"
router = APIRouter(
    prefix=PATH,
    tags=["access"],
    route_class=StrictRoute,
    dependencies=[requires(Permission.ADMIN)],
)


@router.post("", status_code=201, response_model=CreatedApiKeyJson)
async def create(
    body: CreateApiKeyBody, once: Once, secrets: Secrets, now: Now, ids: Ids
) -> Response:
    """Make a key for a machine. The key is in this answer and can never be seen again, so a
    repeated request hears all but the key."""
    command = body.to_command()
    return await once.run(
        lambda uow: create_api_key(command, uow, ids=ids, secrets=secrets, now=now),
        rendered(201, CreatedApiKeyJson.of, location=_location),
        keep=rendered(201, _without_key, location=_location),
    )


@router.get("", response_model=list[ApiKeyJson])
async def list_keys(access: Access, page: Annotated[Skipping, Query()]) -> Sequence[ApiKey]:
    """All keys, revoked ones too, oldest first."""
    return await access.api_keys(skip=page.skip, limit=page.limit)


@router.get("/{api_key_id}", response_model=ApiKeyJson)
async def get(api_key_id: IntId, access: Access) -> ApiKey:
    """One key: what it may do, and since when it may not; never the key itself."""
    api_key = await access.api_key(api_key_id)
    if api_key is None:
        raise ApiKeyNotFound(f"no API key {api_key_id}")
    return api_key


@router.delete("/{api_key_id}", status_code=204)
async def revoke(api_key_id: IntId, once: Once, now: Now) -> Response:
    """From now on the key opens nothing."""
    command = RevokeApiKey(api_key_id=api_key_id)
    return await once.run(lambda uow: revoke_api_key(command, uow, now=now), no_content)


def _without_key(created: CreatedApiKey) -> CreatedApiKeyJson:
    return CreatedApiKeyJson.of(created).without_key()


def _location(created: CreatedApiKey) -> str:
    return f"{PATH}/{created.api_key.id}"
