"""A process without an address: the work behind the API, until a signal ends it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure
from orderwright.cli.runtime import SchemaCare, load_settings, ready_schema
from orderwright.cli.stop_signals import (
    STOP_SIGNALS,
    stop_listening_to_signals,
    stop_on_signal_from_now_on,
)

if TYPE_CHECKING:
    from orderwright.config import Settings
    from orderwright.container import Container

Chosen = Callable[["Container"], Sequence[Any]]


def run_until_stopped(name: str, chosen: Chosen) -> ExitCode:
    """Raises: Failure: the configuration or the database is not usable."""
    settings = load_settings()
    stop_on_signal_from_now_on()
    from orderwright.container import configure_log

    configure_log(settings)
    return asyncio.run(_run(name, settings, chosen))


async def _run(name: str, settings: Settings, chosen: Chosen) -> ExitCode:
    import structlog

    from orderwright.container import at_work, build_container, opened

    log = structlog.get_logger("orderwright.background").bind(command=name)
    stopped = stopped_by_signal()
    async with opened(build_container(settings)) as container:
        await ready_schema(container, settings, care=SchemaCare.READY)
        if stopped.is_set():
            return ExitCode.OK
        ours = asyncio.all_tasks()
        with _metrics_shown(container, settings) as port:
            async with at_work(container, chosen(container)):
                log.info(
                    "background.started", task_backend=settings.task_backend, metrics_port=port
                )
                died = await _first_to_end(asyncio.all_tasks() - ours, stopped)
                log.info("background.stopping")
        if died is None:
            log.info("background.stopped")
            return ExitCode.OK
    error = None if died.cancelled() else died.exception()
    log.critical("background.died", service=died.get_name(), exc_info=error)
    return ExitCode.UNAVAILABLE


@contextmanager
def _metrics_shown(container: Container, settings: Settings) -> Iterator[int | None]:
    """Raises: Failure: they cannot be shown where they are to be."""
    host, port = settings.worker_metrics_host, settings.worker_metrics_port
    with ExitStack() as shown:
        try:
            at = (
                None
                if port is None
                else shown.enter_context(container.metrics().served(host, port))
            )
        except OSError as error:
            raise Failure(
                f"cannot show metrics on {host}:{port}: {error.strerror or error}; choose another "
                "WORKER_METRICS_PORT",
                code="cannot_listen",
                exit_code=ExitCode.UNAVAILABLE,
            ) from None
        yield at


def stopped_by_signal() -> asyncio.Event:
    """A second signal changes nothing, even while the interpreter tidies up: what is left to do is
    short, and safe to be cut off."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stop_listening_to_signals()
        loop.call_soon_threadsafe(stopped.set)

    for each in STOP_SIGNALS:
        signal.signal(each, stop)
    return stopped


async def _first_to_end(
    services: set[asyncio.Task[object]], stopped: asyncio.Event
) -> asyncio.Task[object] | None:
    """The service that ended by itself, which none may do: better no worker than half of one."""
    stop = asyncio.create_task(stopped.wait())
    done, _ = await asyncio.wait({stop, *services}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    return next((each for each in done if each is not stop), None)
