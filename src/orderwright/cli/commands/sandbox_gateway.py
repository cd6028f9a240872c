"""Run a payment gateway to try things with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure
from orderwright.cli.plain_typer import single


def sandbox_gateway(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8090,
    db: Annotated[
        Path, typer.Option(dir_okay=False, help="File of its ledger; made if it is not there.")
    ] = Path("var/sandbox-gateway.db"),
    seed: Annotated[
        int | None, typer.Option(help="Seed of the dice that choose whom a fault befalls.")
    ] = None,
    webhook_url: Annotated[
        str | None, typer.Option(help="Address that is told of every change.")
    ] = None,
    webhook_secret: Annotated[
        str | None, typer.Option(help="`whsec_...`: what it is signed with.")
    ] = None,
) -> None:
    """Run a payment gateway that moves no money and misbehaves on request.

    It accepts the key in PAYMENT_API_KEY or, without that, any.
    """
    from orderwright.cli.serving.sandbox import serve_sandbox
    from orderwright.sandbox_gateway.app import WebhookTarget

    if (webhook_url is None) != (webhook_secret is None):
        raise Failure(
            "--webhook-url and --webhook-secret go together",
            code="bad_option",
            exit_code=ExitCode.USAGE,
        )
    webhook = (
        WebhookTarget(url=webhook_url, secret=webhook_secret)
        if webhook_url and webhook_secret
        else None
    )
    raise typer.Exit(serve_sandbox(host=host, port=port, file=db, seed=seed, webhook=webhook))


app = single(sandbox_gateway)
