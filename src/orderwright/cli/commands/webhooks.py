"""Webhooks: where events are sent, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure
from orderwright.cli.output import Json, as_data, print_json, print_record, print_table, say
from orderwright.cli.plain_typer import group
from orderwright.cli.runtime import acting, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orderwright.application.commands.create_webhook import CreateWebhook, WithSecret
    from orderwright.application.commands.replay_webhook import ReplayWebhook
    from orderwright.cli.webhook_grading import Grade
    from orderwright.container import Container
    from orderwright.domain.entities.webhook_endpoint import WebhookEndpoint
    from orderwright.domain.interfaces.webhooks import Delivery

app = group("Have events sent to others, and see what came of it.")

_PAGE: Final = 100
_COLUMNS: Final = ("id", "url", "events", "payload", "envelope", "status", "failing_since")
_TRIED: Final = ("id", "event_id", "event_type", "state", "attempts", "last_status", "last_error")

EndpointId = Annotated[int, typer.Argument(min=1, help="Id of the endpoint.")]
Secret = Annotated[
    str, typer.Option(envvar="WEBHOOK_SECRET", help="`whsec_...`: what it is signed with.")
]


@app.command("list")
def list_webhooks(*, as_json: Json = False) -> None:
    """List endpoints, without their secrets."""
    shown = [_shown(each) for each in run(_all)]
    if as_json:
        print_json(shown)
    else:
        rows = [[each[column] for column in _COLUMNS] for each in shown]
        print_table([column.upper() for column in _COLUMNS], rows)


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where events are sent.")],
    *,
    event: Annotated[
        list[str] | None,
        typer.Option(
            help="`order.placed`, `order.*` or `*`; repeat for several. Default: all of orders."
        ),
    ] = None,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    thin: Annotated[bool, typer.Option("--thin", help="Only which event of what.")] = False,
    cloudevents: Annotated[
        bool, typer.Option("--cloudevents", help="In the envelope of CloudEvents.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add an endpoint and print its secret, this once."""
    command = _to_create(url, event, description, thin=thin, cloudevents=cloudevents)
    made = run(lambda container: _create(container, command))
    _tell_secret(made, as_json=as_json)


@app.command()
def rotate(endpoint_id: EndpointId, *, as_json: Json = False) -> None:
    """Make a new secret; the former one signs beside it for `WEBHOOK_ROTATION_HOURS`."""
    made = run(lambda container: _rotate(container, endpoint_id))
    _tell_secret(made, as_json=as_json)


@app.command()
def remove(endpoint_id: EndpointId, *, as_json: Json = False) -> None:
    """Delete an endpoint: nothing more is sent to it."""
    run(lambda container: _remove(container, endpoint_id))
    if as_json:
        print_json({"id": endpoint_id, "removed": True})
    else:
        say(f"Webhook {endpoint_id} is removed.")


@app.command("test")
def send_test(endpoint_id: EndpointId, *, as_json: Json = False) -> None:
    """Have an event sent that never happened; a running server or worker sends it."""
    delivery = as_data(run(lambda container: _test(container, endpoint_id)))
    if as_json:
        print_json(delivery)
    else:
        say(f"Delivery {delivery['id']} is to be sent.")


@app.command()
def deliveries(
    endpoint_id: EndpointId,
    *,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    as_json: Json = False,
) -> None:
    """List what was to reach an endpoint, newest first."""
    found = [as_data(each) for each in run(lambda c: _deliveries(c, endpoint_id, limit))]
    if as_json:
        print_json(found)
    else:
        rows = [[each[column] for column in _TRIED] for each in found]
        print_table([column.upper() for column in _TRIED], rows)


@app.command()
def replay(
    endpoint_id: EndpointId,
    *,
    delivery: Annotated[int | None, typer.Option(min=1, help="Id of one delivery.")] = None,
    event: Annotated[int | None, typer.Option(min=1, help="Id of one event.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", help="All from then on (UTC).")
    ] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="All before then (UTC).")] = None,
    type_: Annotated[
        list[str] | None, typer.Option("--type", help="Only such events; repeat for several.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Send again what is named, and what happened while the webhook was disabled."""
    if sum(map(bool, (delivery, event, since or until or type_))) != 1:
        raise Failure(
            "name --delivery, --event, or a range by --from, --to or --type",
            code="bad_option",
            exit_code=ExitCode.USAGE,
        )
    command = _to_replay(endpoint_id, delivery, event, (since, until), type_)
    many = run(lambda container: _replay(container, command))
    if as_json:
        print_json({"replayed": many})
    else:
        say(f"To be sent again: {many}.")


@app.command()
def listen(
    *,
    secret: Secret,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8091,
) -> None:
    """Receive webhooks here: verify each and print it, as one line of JSON."""
    from orderwright.cli.serving.hooks import serve_listener

    _check_secret(secret)
    raise typer.Exit(serve_listener(host=host, port=port, secret=secret))


@app.command()
def verify(
    *,
    url: Annotated[str, typer.Option(help="The receiver to grade.")],
    secret: Secret,
    as_json: Json = False,
) -> None:
    """Send good, tampered, expired, duplicated and reordered webhooks, and grade the receiver."""
    import asyncio

    _check_secret(secret)
    _check_url(url)
    grades = asyncio.run(_graded(url, secret))
    if as_json:
        print_json([as_data(each) for each in grades])
    else:
        rows = [(each.case, each.expected, each.got, each.passed) for each in grades]
        print_table(("SENT", "EXPECTED", "GOT", "PASSED"), rows)
    if not all(each.passed for each in grades):
        raise typer.Exit(ExitCode.VIOLATIONS)


async def _graded(url: str, secret: str) -> list[Grade]:
    import secrets
    from datetime import UTC, datetime

    import httpx2

    from orderwright.cli.webhook_grading import deliveries as to_send
    from orderwright.cli.webhook_grading import graded

    async with httpx2.AsyncClient(timeout=None, trust_env=False) as client:
        sent = to_send(secret, secrets.token_hex(4), datetime.now(UTC))
        return [await graded(client, url, each) for each in sent]


def _check_secret(secret: str) -> None:
    from pydantic import SecretStr

    from orderwright.config_payments import check_webhook_secrets

    try:
        check_webhook_secrets(SecretStr(secret), "http")
    except ValueError as fault:
        raise Failure(f"--secret {fault}", code="bad_option", exit_code=ExitCode.USAGE) from None


def _check_url(url: str) -> None:
    import httpx2

    try:
        is_usable = httpx2.URL(url).scheme in ("http", "https")
    except httpx2.InvalidURL:
        is_usable = False
    if not is_usable:
        raise Failure(
            "--url must begin with http:// or https://", code="bad_option", exit_code=ExitCode.USAGE
        )


def _shown(endpoint: WebhookEndpoint) -> dict[str, Any]:
    names = (*_COLUMNS, "description", "disabled_reason", "created_at")
    told = {name: getattr(endpoint, name) for name in names}
    return {**told, "events": list(endpoint.events.patterns)}


def _tell_secret(made: WithSecret, *, as_json: bool) -> None:
    told = {**_shown(made.endpoint), "secret": made.secret}
    if as_json:
        print_json(told)
    else:
        print_record(told)
        say("Keep the secret now: it is stored encrypted and cannot be shown again.")


def _to_create(
    url: str, events: Sequence[str] | None, description: str, *, thin: bool, cloudevents: bool
) -> CreateWebhook:
    from orderwright.application.commands.create_webhook import CreateWebhook
    from orderwright.domain.entities.webhook_endpoint import Envelope, PayloadStyle
    from orderwright.domain.value_objects.event_filter import EventFilter

    return CreateWebhook(
        url=url,
        description=description,
        events=EventFilter.of(events) if events else EventFilter.OF_ORDERS,
        payload=PayloadStyle.THIN if thin else PayloadStyle.FULL,
        envelope=Envelope.CLOUDEVENTS if cloudevents else Envelope.PLAIN,
    )


async def _all(container: Container) -> list[WebhookEndpoint]:
    reader, found = container.webhook_reader(), list[Any]()
    while page := await reader.endpoints(skip=len(found), limit=_PAGE):
        found += page
    return found


async def _create(container: Container, command: CreateWebhook) -> WithSecret:
    from orderwright.application.commands.create_webhook import create_webhook

    return await create_webhook(
        command,
        acting(container),
        urls=container.url_guard(),
        ids=container.ids(),
        sealer=container.webhook_sealer(),
        now=container.clock().now(),
    )


async def _rotate(container: Container, endpoint_id: int) -> WithSecret:
    from orderwright.application.commands.rotate_webhook_secret import (
        RotateWebhookSecret,
        rotate_webhook_secret,
    )

    return await rotate_webhook_secret(
        RotateWebhookSecret(endpoint_id=endpoint_id, overlap=container.webhook_rotation()),
        acting(container),
        ids=container.ids(),
        sealer=container.webhook_sealer(),
        now=container.clock().now(),
    )


async def _remove(container: Container, endpoint_id: int) -> None:
    from orderwright.application.commands.delete_webhook import DeleteWebhook, delete_webhook

    command = DeleteWebhook(endpoint_id=endpoint_id)
    await delete_webhook(command, acting(container), now=container.clock().now())


async def _test(container: Container, endpoint_id: int) -> Delivery:
    from orderwright.application.commands.send_test_webhook import (
        SendTestWebhook,
        send_test_webhook,
    )

    command = SendTestWebhook(endpoint_id=endpoint_id)
    return await send_test_webhook(command, acting(container), now=container.clock().now())


def _to_replay(
    endpoint_id: int,
    delivery: int | None,
    event: int | None,
    between: tuple[datetime | None, datetime | None],
    types: Sequence[str] | None,
) -> ReplayWebhook:
    from orderwright.application.commands.replay_webhook import ReplayWebhook
    from orderwright.domain.value_objects.event_filter import EventFilter

    since, until = (moment and moment.replace(tzinfo=UTC) for moment in between)
    return ReplayWebhook(
        endpoint_id=endpoint_id,
        delivery_id=delivery,
        event_id=event,
        since=since,
        until=until,
        events=EventFilter.of(types) if types else None,
    )


async def _replay(container: Container, command: ReplayWebhook) -> int:
    """All of them, a transaction after the other."""
    from orderwright.application.commands.replay_webhook import replay_webhook

    many, following = 0, command
    while True:
        replayed = await replay_webhook(
            following,
            acting(container),
            feed=container.event_feed_reader(),
            now=container.clock().now(),
        )
        many += replayed.replayed
        if replayed.next_after is None:
            return many
        following = replace(command, after=replayed.next_after)


async def _deliveries(container: Container, endpoint_id: int, limit: int) -> Sequence[Delivery]:
    from orderwright.domain.entities.webhook_endpoint import WebhookNotFound

    reader = container.webhook_reader()
    if await reader.endpoint(endpoint_id) is None:
        raise WebhookNotFound("no webhook has this id")
    return await reader.deliveries(
        endpoint_id, below=None, limit=limit, state=None, event_type=None
    )
