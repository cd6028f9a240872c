"""How long a database server may be silent before its connection counts as lost.

The limits of `Limits` are kept by the server. One whose machine is gone keeps none, and says nothing: by
the kernel's own measure what was sent to it is sent again for a quarter of an hour, and what was received
is waited for without end. One that is stopped or stuck says nothing either, while its kernel answers for
it: for that each statement has a limit here too.
"""

from __future__ import annotations

import os
import socket
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

# Below the 8 s that a request has. Kernels answer for each other, however busy their programs are.
SILENT_S: Final = 6
_ASKED_AFTER_S: Final = 2
# By name, for not every system has each of them.
_OPTIONS: Final = {
    "TCP_USER_TIMEOUT": SILENT_S * 1000,
    "TCP_KEEPIDLE": _ASKED_AFTER_S,
    "TCP_KEEPINTVL": _ASKED_AFTER_S,
    "TCP_KEEPCNT": SILENT_S // _ASKED_AFTER_S - 1,
}


def answer_within_s(statement_timeout_s: float) -> float | None:
    """By when the server has said at least that a statement took too long, if it may."""
    return statement_timeout_s + SILENT_S if statement_timeout_s else None


def notice_silence(engine: Engine) -> None:
    """Of each connection that this engine opens from now on."""

    @event.listens_for(engine, "handle_error")
    def take_for_lost(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, TimeoutError):
            context.is_disconnect = True

    @event.listens_for(engine.pool, "connect")
    def limit(_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        driver: Any = entry.driver_connection
        opened = driver._transport.get_extra_info("socket")  # noqa: SLF001 - asyncpg has no other way
        # By a second descriptor: not every event loop lets its own be set.
        with socket.socket(fileno=os.dup(opened.fileno())) as same:
            if same.family != socket.AF_UNIX:
                _limit(same)


def _limit(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _OPTIONS.items():
        option = getattr(socket, name, None)
        if option is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)
