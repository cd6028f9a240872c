"""The `orderwright` command. Imports next to nothing, because every use of it waits for that."""

import sys

from orderwright import __version__


def main() -> None:
    if sys.argv[1:] in (["version"], ["--version"]):
        # Answered before the command line parser is even loaded.
        sys.stdout.write(f"{__version__}\n")
        return
    from orderwright.cli.failures import explained

    with explained(as_json="--json" in sys.argv):
        from orderwright.cli.app import app

        app(prog_name="orderwright")


if __name__ == "__main__":
    main()
