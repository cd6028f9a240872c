"""What most commands need before they can act: settings, and a container for one command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure

if TYPE_CHECKING:
    from orderwright.config import Settings
    from orderwright.config_faults import BadConfiguration


def load_settings() -> Settings:
    """Raises: Failure: naming everything that is wrong with the configuration."""
    from orderwright.config import get_settings
    from orderwright.config_faults import BadConfiguration

    try:
        return get_settings()
    except BadConfiguration as error:
        raise _bad_configuration(error) from None


def _bad_configuration(error: BadConfiguration) -> Failure:
    told = "".join(f"\n  {fault}" for fault in error.faults)
    return Failure(
        f"the configuration is not usable:{told}",
        code="bad_configuration",
        exit_code=ExitCode.UNAVAILABLE,
        faults=[{"name": fault.name, "problem": fault.problem} for fault in error.faults],
    )
