"""Run a payment gateway to try things with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure
from orderwright.cli.plain_typer import single

if TYPE_CHECKING:
    from orderwright.sandbox_gateway.app import WebhookTarget


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

    webhook = _target(webhook_url, webhook_secret)
    raise typer.Exit(serve_sandbox(host=host, port=port, file=db, seed=seed, webhook=webhook))


def _target(url: str | None, secret: str | None) -> WebhookTarget | None:
    """Raises: Failure."""
    from pydantic import SecretStr

    from orderwright.config_payments import check_webhook_secrets
    from orderwright.sandbox_gateway.app import WebhookTarget

    if url is None and secret is None:
        return None
    if not (url and secret):
        raise _bad_option("--webhook-url and --webhook-secret go together")
    if not url.startswith(("http://", "https://")):
        raise _bad_option("--webhook-url must begin with http:// or https://")
    try:
        check_webhook_secrets(SecretStr(secret), "http")
    except ValueError as fault:
        raise _bad_option(f"--webhook-secret {fault}") from None
    return WebhookTarget(url=url, secret=secret)


def _bad_option(detail: str) -> Failure:
    return Failure(detail, code="bad_option", exit_code=ExitCode.USAGE)


app = single(sandbox_gateway)
