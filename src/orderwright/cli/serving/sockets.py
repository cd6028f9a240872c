"""The address to listen on, taken before anything slow happens, so that a conflict shows at once."""

import errno
import socket
from typing import Any

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure


def bind(host: str, port: int) -> socket.socket:
    """Raises: Failure: somebody else has the port, or the host is not ours."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return _bound(socket.socket(family, kind, proto), address)
    except OSError as error:
        raise _refused(host, port, error) from None


def url_of(listener: socket.socket) -> str:
    """Where a program on this machine reaches the listener."""
    host, port = listener.getsockname()[:2]
    # "Every address" is where to listen, not where to go.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bound(listener: socket.socket, address: tuple[Any, ...]) -> socket.socket:
    try:
        # A restart must not wait for connections of the last run to fade.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.set_inheritable(True)
    except OSError:
        listener.close()
        raise
    return listener


def _refused(host: str, port: int, error: OSError) -> Failure:
    reason = error.strerror or str(error)
    remedy = "; choose another with --port" if error.errno == errno.EADDRINUSE else ""
    return Failure(
        f"cannot listen on {host}:{port}: {reason}{remedy}",
        code="cannot_listen",
        exit_code=ExitCode.UNAVAILABLE,
    )
