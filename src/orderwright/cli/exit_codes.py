"""What the command says to the shell. Scripts rely on these: they only ever grow."""

from enum import IntEnum
from types import MappingProxyType


class ExitCode(IntEnum):
    OK = 0
    FAILURE = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    UNAVAILABLE = 5
    VIOLATIONS = 6
    INTERRUPTED = 130


MEANING = MappingProxyType(
    {
        ExitCode.OK: "done; for `serve`, stopped because it was asked to",
        ExitCode.FAILURE: "failed in a way nobody foresaw: a bug, please report it",
        ExitCode.USAGE: "the command line makes no sense",
        ExitCode.NOT_FOUND: "what was named does not exist",
        ExitCode.REFUSED: "refused: not valid, not allowed, or not in its present state",
        ExitCode.UNAVAILABLE: "not now: bad configuration, no database, port taken",
        ExitCode.VIOLATIONS: "`audit` or `doctor` found something wrong",
        ExitCode.INTERRUPTED: "stopped by Ctrl-C",
    }
)
