"""The life of `orderwright serve`, from taking the port to the last request."""

from __future__ import annotations

import asyncio
import threading

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.output import say
from orderwright.cli.runtime import SchemaCare, ready_schema
from orderwright.cli.serving import server
from orderwright.cli.serving.banner import Banner
from orderwright.cli.serving.first_run import StoppedMeanwhile, development_key, seed_demo
from orderwright.cli.serving.readiness import wait_until_ready
from orderwright.cli.serving.sockets import bind, url_of
from orderwright.config import Settings
from orderwright.container import build_container, configure_log, opened
from orderwright.domain.errors import DomainError


class Service:
    def __init__(
        self, settings: Settings, *, host: str, port: int, workers: int, demo: bool
    ) -> None:
        self._settings = settings
        self._host = host
        self._port = port
        self._workers = workers
        self._demo = demo
        self._stopped = threading.Event()

    def run(self) -> ExitCode:
        """Raises: Failure: the port is taken, or the database is not of this release."""
        configure_log(self._settings)
        with bind(self._host, self._port) as listener:
            asyncio.run(self._prepare())
            welcome = threading.Thread(target=self._welcome, args=(url_of(listener),))
            welcome.start()
            try:
                return server.run(self._settings, listener, workers=self._workers)
            finally:
                self._stopped.set()
                welcome.join()

    async def _prepare(self) -> None:
        async with opened(build_container(self._settings)) as container:
            await ready_schema(container, self._settings, care=SchemaCare.READY)

    def _welcome(self, url: str) -> None:
        """Beside the server, so that nothing here makes its start slower."""
        if not wait_until_ready(url, self._stopped):
            return
        try:
            say(asyncio.run(self._banner(url)).text())
        except StoppedMeanwhile:
            return
        except DomainError as error:
            say(f"The server runs, but there is no key to try it with: {error.detail}.")

    async def _banner(self, url: str) -> Banner:
        key = None
        async with opened(build_container(self._settings)) as container:
            if self._demo:
                await seed_demo(container, self._stopped)
            if self._settings.is_development:
                key = await development_key(container, self._settings.data_dir)
        return Banner(
            url=url,
            environment=self._settings.environment,
            database="SQLite" if self._settings.uses_sqlite else "PostgreSQL",
            data_dir=self._settings.data_dir,
            development_key=key,
        )
