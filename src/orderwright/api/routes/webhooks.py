from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import no_content, rendered, unless_current
from orderwright.api.dependencies import (
    Feed,
    Ids,
    Now,
    SecretSealing,
    UrlGuarding,
    Webhooks,
    provided,
)
from orderwright.api.idempotency import Once
from orderwright.api.parameters import IfNoneMatch, IntId
from orderwright.api.preconditions import OnceIfMatch
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.paging import Skipping
from orderwright.api.wire.webhooks import (
    ChangeWebhookBody,
    CreateWebhookBody,
    DeliveryJson,
    ReplayBody,
    ReplayedJson,
    WebhookJson,
    WebhookWithSecretJson,
)
from orderwright.application.commands.change_webhook import change_webhook
from orderwright.application.commands.create_webhook import WithSecret, create_webhook
from orderwright.application.commands.delete_webhook import DeleteWebhook, delete_webhook
from orderwright.application.commands.replay_webhook import replay_webhook
from orderwright.application.commands.rotate_webhook_secret import (
    RotateWebhookSecret,
    rotate_webhook_secret,
)
from orderwright.application.commands.send_test_webhook import SendTestWebhook, send_test_webhook
from orderwright.domain.entities.webhook_endpoint import WebhookEndpoint, WebhookNotFound
from orderwright.domain.value_objects.permission import Permission

PATH = "/api/v1/webhooks"
GATES = [requires(Permission.WEBHOOKS_MANAGE)]
Rotation = Annotated[timedelta, provided("webhook_rotation")]
router = APIRouter(prefix=PATH, tags=["webhooks"], route_class=StrictRoute, dependencies=GATES)


def _without_secret(made: WithSecret) -> WebhookWithSecretJson:
    return WebhookWithSecretJson.of(made).without_secret()


def _location(made: WithSecret) -> str:
    return f"{PATH}/{made.endpoint.id}"


def _version(made: WithSecret) -> int:
    return made.endpoint.version


@router.post("", status_code=201, response_model=WebhookWithSecretJson)
async def create(
    *,
    body: CreateWebhookBody,
    once: Once,
    urls: UrlGuarding,
    sealer: SecretSealing,
    ids: Ids,
    now: Now,
) -> Response:
    """Have events sent to an address, signed with the secret in this answer. The secret is not to be
    seen again, so a repeated request hears all but the secret."""
    command = body.to_command()
    return await once.run(
        lambda uow: create_webhook(command, uow, urls=urls, ids=ids, sealer=sealer, now=now),
        rendered(201, WebhookWithSecretJson.of, location=_location, version=_version),
        keep=rendered(201, _without_secret, location=_location, version=_version),
    )


@router.get("", response_model=list[WebhookJson])
async def list_webhooks(
    webhooks: Webhooks, page: Annotated[Skipping, Query()]
) -> Sequence[WebhookEndpoint]:
    """All endpoints, disabled ones too, oldest first."""
    return await webhooks.endpoints(skip=page.skip, limit=page.limit)


@router.get(
    "/{webhook_id}",
    response_model=WebhookJson,
    responses={304: {"description": "The client has this version"}},
)
async def get(webhook_id: IntId, webhooks: Webhooks, if_none_match: IfNoneMatch = None) -> Response:
    """One endpoint: what is sent to it, and whether anything arrives."""
    endpoint = await webhooks.endpoint(webhook_id)
    if endpoint is None:
        raise WebhookNotFound("no webhook has this id")
    return unless_current(if_none_match, _shown(endpoint))


@router.patch("/{webhook_id}", response_model=WebhookJson)
async def change(
    webhook_id: IntId, body: ChangeWebhookBody, once: OnceIfMatch, urls: UrlGuarding, now: Now
) -> Response:
    """Change what is named and leave the rest. `active` disables and enables: what waited is sent then,
    what happened meanwhile is not."""
    command = body.to_command(webhook_id)
    return await once.run(lambda uow: change_webhook(command, uow, urls=urls, now=now), _shown)


@router.delete("/{webhook_id}", status_code=204)
async def delete(webhook_id: IntId, once: OnceIfMatch, now: Now) -> Response:
    """Nothing more is sent to it, not even what waits."""
    command = DeleteWebhook(endpoint_id=webhook_id)
    return await once.run(lambda uow: delete_webhook(command, uow, now=now), no_content)


@router.post("/{webhook_id}/rotate", response_model=WebhookWithSecretJson)
async def rotate(
    *,
    webhook_id: IntId,
    once: OnceIfMatch,
    sealer: SecretSealing,
    ids: Ids,
    overlap: Rotation,
    now: Now,
) -> Response:
    """A new secret. The one of before signs beside it until `former_secret_until`."""
    command = RotateWebhookSecret(endpoint_id=webhook_id, overlap=overlap)
    return await once.run(
        lambda uow: rotate_webhook_secret(command, uow, ids=ids, sealer=sealer, now=now),
        rendered(200, WebhookWithSecretJson.of, version=_version),
        keep=rendered(200, _without_secret, version=_version),
    )


@router.post("/{webhook_id}/test", status_code=202, response_model=DeliveryJson)
async def send_test(webhook_id: IntId, once: Once, now: Now) -> Response:
    """Send an event that never happened. What became of it is among the deliveries."""
    command = SendTestWebhook(endpoint_id=webhook_id)
    return await once.run(
        lambda uow: send_test_webhook(command, uow, now=now),
        rendered(
            202,
            DeliveryJson.model_validate,
            location=lambda made: f"{PATH}/{webhook_id}/deliveries/{made.id}",
        ),
    )


@router.post("/{webhook_id}/replay", status_code=202, response_model=ReplayedJson)
async def replay(webhook_id: IntId, body: ReplayBody, once: Once, feed: Feed, now: Now) -> Response:
    """Send again what arrived or did not, with the ids that it had, and what happened while the webhook
    was disabled. A thousand at a time: `next_after` says where to go on."""
    command = body.to_command(webhook_id)
    return await once.run(
        lambda uow: replay_webhook(command, uow, feed=feed, now=now),
        rendered(202, ReplayedJson.model_validate),
    )


_shown = rendered(200, WebhookJson.model_validate, version=lambda endpoint: endpoint.version)
