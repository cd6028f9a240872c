"""Webhooks: where events are sent, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from orderwright.cli import webhook_acts as acts
from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure
from orderwright.cli.output import Json, as_data, print_json, print_record, print_table, say
from orderwright.cli.plain_typer import group
from orderwright.cli.runtime import run

if TYPE_CHECKING:
    from orderwright.application.commands.create_webhook import WithSecret
    from orderwright.cli.webhook_grading import Grade
    from orderwright.domain.entities.webhook_endpoint import WebhookEndpoint

app = group("Have events sent to others, and see what came of it.")

_COLUMNS: Final = ("id", "url", "events", "payload", "envelope", "status", "failing_since")
_TRIED: Final = ("id", "event_id", "event_type", "state", "attempts", "last_status", "last_error")

EndpointId = Annotated[int, typer.Argument(min=1, help="Id of the endpoint.")]
Secret = Annotated[
    str, typer.Option(envvar="WEBHOOK_SECRET", help="`whsec_...`: what it is signed with.")
]


@app.command("list")
def list_webhooks(*, as_json: Json = False) -> None:
    """List endpoints, without their secrets."""
    shown = [_shown(each) for each in run(acts.all_webhooks)]
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
    command = acts.to_create(url, event, description, thin=thin, cloudevents=cloudevents)
    made = run(lambda container: acts.create(container, command))
    _tell_secret(made, as_json=as_json)


@app.command()
def rotate(endpoint_id: EndpointId, *, as_json: Json = False) -> None:
    """Make a new secret; the former one signs beside it for `WEBHOOK_ROTATION_HOURS`."""
    made = run(lambda container: acts.rotate(container, endpoint_id))
    _tell_secret(made, as_json=as_json)


@app.command()
def remove(endpoint_id: EndpointId, *, as_json: Json = False) -> None:
    """Delete an endpoint: nothing more is sent to it."""
    run(lambda container: acts.remove(container, endpoint_id))
    if as_json:
        print_json({"id": endpoint_id, "removed": True})
    else:
        say(f"Webhook {endpoint_id} is removed.")


@app.command("test")
def send_test(endpoint_id: EndpointId, *, as_json: Json = False) -> None:
    """Have an event sent that never happened; a running server or worker sends it."""
    delivery = as_data(run(lambda container: acts.send_test(container, endpoint_id)))
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
    found = [as_data(each) for each in run(lambda c: acts.deliveries_of(c, endpoint_id, limit))]
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
    command = acts.to_replay(endpoint_id, delivery, event, (since, until), type_)
    many = run(lambda container: acts.replay(container, command))
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
    from datetime import datetime

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
