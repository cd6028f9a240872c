"""The life of `orderwright sandbox-gateway`."""

from __future__ import annotations

import gc
import logging
import os
import sqlite3
import sys
from functools import partial
from pathlib import Path

import uvicorn

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure
from orderwright.cli.output import print_text
from orderwright.cli.serving.sockets import bind, url_of
from orderwright.cli.serving.stoppable import run_one
from orderwright.cli.stop_signals import stop_on_signal_from_now_on
from orderwright.sandbox_gateway.app import WebhookTarget, create_app
from orderwright.sandbox_gateway.delivery import Connection
from orderwright.sandbox_gateway.ledger import Ledger

# A second for answers on their way; whoever waits for one that a fault holds back waits in vain.
_GRACE_S = 1


def serve_sandbox(
    *, host: str, port: int, file: Path, seed: int | None, webhook: WebhookTarget | None
) -> ExitCode:
    """Raises: Failure: the port is taken, or the file is not for us to write."""
    _check_that_it_opens(file)
    stop_on_signal_from_now_on()
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout)
    api_key = os.environ.get("PAYMENT_API_KEY") or None
    with bind(host, port) as listener:
        config = uvicorn.Config(
            app=partial(create_app, file, api_key=api_key, seed=seed, webhook=webhook),
            factory=True,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            http=Connection,
            timeout_graceful_shutdown=_GRACE_S,
        )
        accepts = "the key in PAYMENT_API_KEY" if api_key else "any key"
        print_text(f"Sandbox gateway on {url_of(listener)}, ledger {file}, accepts {accepts}.")
        gc.freeze()
        return run_one(config, listener)


def _check_that_it_opens(file: Path) -> None:
    """Raises: Failure."""
    try:
        Ledger(file).close()
    except (OSError, sqlite3.Error) as error:
        raise Failure(
            f"cannot keep a ledger in {file}: {error}",
            code="cannot_open_ledger",
            exit_code=ExitCode.UNAVAILABLE,
        ) from None
