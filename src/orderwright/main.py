"""What the service is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import structlog
from fastapi import FastAPI

from orderwright import __version__
from orderwright.api import access, documents, errors, middleware
from orderwright.api.routes import ROUTES
from orderwright.config import Settings
from orderwright.container import Container, build_container, configure_log, opened
from orderwright.infrastructure.concurrency.running import EndedEarly, SideBySide, running
from orderwright.infrastructure.database.standing import Standing
from orderwright.infrastructure.resilience.deadline import passing_on

log = structlog.get_logger(__name__)


def create_app(settings: Settings, container: Container | None = None) -> FastAPI:
    """The service, ready to be served; it opens what it needs when the server starts it.

    Raises: UndeclaredPermission: a route that says nothing about who may use it.
    """
    configure_log(settings)
    app = FastAPI(
        title=settings.app_name,
        version=__version__,
        lifespan=_lifespan,
        docs_url=None,  # ours asks no other server: see routes/docs.py
        redoc_url=None,
        redirect_slashes=False,
        routes=list(ROUTES),
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.container = container or build_container(settings)
    documents.install(app)
    access.check_every_route(app)
    errors.install(app)
    middleware.install(
        app,
        new_id=app.state.container.ids().new_id,
        is_draining=lambda: app.state.container.readiness().draining,
        passing_on_deadline=partial(passing_on, settings.request_deadline_seconds),
        max_body_bytes=settings.max_body_bytes,
        max_file_bytes=settings.attachment_max_bytes,
        only_https=settings.environment == "production",
        trusted_proxies=settings.trusted_proxies,
        cors_origins=settings.cors_origins,
    )
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    if settings.environment == "production" and settings.payment_provider == "sandbox":
        # No fault: some try out a whole deployment before money moves. But nobody overlooks it.
        log.warning("payments.sandbox_in_production")
    async with opened(app.state.container) as container:
        if settings.uses_sqlite:
            await _upgrade(container)
        await _begin_to_follow(container)
        async with _working(container, background=settings.background_work):
            yield


async def _upgrade(container: Container) -> None:
    """A database in a file has nobody else to prepare it."""
    if await container.schema().check() in (Standing.UNVERSIONED, Standing.BEHIND):
        await container.schema().upgrade()


async def _begin_to_follow(container: Container) -> None:
    """Before the first request, wherever its events are handed over: whoever follows hears of them."""
    try:
        await container.event_handover().begin()
    except Exception as error:  # noqa: BLE001 - those who hand over begin by themselves, later
        container.failure_log().worker_failed(error)


@asynccontextmanager
async def _working(container: Container, *, background: bool) -> AsyncIterator[None]:
    behind = [*container.task_services(), *container.background_services()] if background else []
    services = [
        container.counting(),
        container.looking_at_orders(),
        container.event_hub(),
        *container.task_publishers(),
        # Nobody waits for these: they stop while the requests that are here are finished.
        EndedEarly(SideBySide(behind), container.readiness().until_draining),
        container.placement_queue(),  # the last to start and the first to stop: it has callers
    ]
    async with running(services):
        try:
            yield
        finally:
            container.readiness().drain()
