"""What most commands need before they can act: settings, and a container for one command."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeVar

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure

if TYPE_CHECKING:
    from orderwright.config import Settings
    from orderwright.config_faults import BadConfiguration
    from orderwright.container import Container
    from orderwright.domain.interfaces.requests import RequestContext
    from orderwright.domain.interfaces.unit_of_work import UnitOfWork

T = TypeVar("T")


class SchemaCare(Enum):
    """What a command needs of the schema before it begins."""

    READY = auto()  # made ready where that is ours to do
    CURRENT = auto()  # must be ready as it is: the command changes nothing
    NONE = auto()  # the command is about the schema itself


def load_settings() -> Settings:
    """Raises: Failure: naming everything that is wrong with the configuration."""
    from orderwright.config import get_settings
    from orderwright.config_faults import BadConfiguration

    try:
        return get_settings()
    except BadConfiguration as error:
        raise _bad_configuration(error) from None


def run(act: Callable[[Container], Awaitable[T]], *, schema: SchemaCare = SchemaCare.READY) -> T:
    """Do one thing with a container of its own, on a database in the state it needs."""
    import asyncio

    from orderwright.container import build_container, configure_log, opened

    settings = load_settings()
    # Standard output is for data, and what goes well needs no words.
    configure_log(settings, level="WARNING", to=sys.stderr)

    async def session() -> T:
        async with opened(build_container(settings)) as container:
            if schema is not SchemaCare.NONE:
                await ready_schema(container, settings, care=schema)
            return await act(container)

    return asyncio.run(session())


async def ready_schema(container: Container, settings: Settings, *, care: SchemaCare) -> None:
    """SQLite upgrades itself, for nobody else is there to do it; a server's database does not.

    Raises: Failure: the schema is not that of this release, and is not ours to change.
    """
    standing = await container.schema().check()
    if standing == "at_head":
        return
    if care is SchemaCare.CURRENT or standing == "ahead" or not settings.uses_sqlite:
        raise _not_ready(standing)
    await container.schema().upgrade()


def context_of_command(container: Container) -> RequestContext:
    """Whoever sits at the command line; events say so, and which run of which command it was."""
    from orderwright.domain.interfaces.requests import RequestContext
    from orderwright.domain.value_objects.actor import Actor
    from orderwright.domain.value_objects.permission import Permission

    actor = Actor("cli", frozenset({Permission.ADMIN}))
    return RequestContext(actor=actor, correlation_id=f"cli-{container.ids().new_id()}")


def acting(container: Container) -> UnitOfWork:
    """A unit of work of whoever sits at the command line."""
    return container.unit_of_work(context_of_command(container))


def _not_ready(standing: str) -> Failure:
    told = {
        "ahead": "the database was prepared by a newer release: upgrade Orderwright",
        "behind": "the database is behind this release: run `orderwright db upgrade`",
        "unversioned": "the database is not prepared: run `orderwright db upgrade`",
    }
    return Failure(told[standing], code=f"database_{standing}", exit_code=ExitCode.UNAVAILABLE)


def _bad_configuration(error: BadConfiguration) -> Failure:
    told = "".join(f"\n  {fault}" for fault in error.faults)
    return Failure(
        f"the configuration is not usable:{told}",
        code="bad_configuration",
        exit_code=ExitCode.UNAVAILABLE,
        faults=[{"name": fault.name, "problem": fault.problem} for fault in error.faults],
    )
