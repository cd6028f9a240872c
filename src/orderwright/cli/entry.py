"""The `orderwright` command. Imports next to nothing, because every use of it waits for that."""

import gc
import sys
from typing import Final

from orderwright import __version__

# Loading the service makes a million objects that stay. Python's usual thresholds would look through
# them for garbage hundreds of times, a fifth of the time to start.
GC_THRESHOLDS: Final = (50_000, 20, 20)


def main(arguments: list[str] | None = None) -> None:
    """Raises: SystemExit: always, but after `version`; its code is an ExitCode."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments in (["version"], ["--version"]):
        # Answered before the command line parser is even loaded.
        sys.stdout.write(f"{__version__}\n")
        return
    gc.set_threshold(*GC_THRESHOLDS)
    from orderwright.cli.failures import explained

    with explained(as_json="--json" in arguments):
        from orderwright.cli.app import app

        app(arguments, prog_name="orderwright")


if __name__ == "__main__":
    main()
