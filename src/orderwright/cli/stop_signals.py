"""To be told to stop is no failure, at whatever moment."""

import signal
import sys
from types import FrameType
from typing import Final

from orderwright.cli.exit_codes import ExitCode

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def stop_on_signal_from_now_on() -> None:
    """Leave with success when told to before anything has begun that would have to end: while what is
    to run is still being loaded, say."""
    for each in STOP_SIGNALS:
        signal.signal(each, _leave)


def stop_listening_to_signals() -> None:
    """A second SIGTERM while the interpreter tidies up must not turn 0 into 143."""
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(ExitCode.OK)
