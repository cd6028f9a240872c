"""Knowing from outside, over HTTP, that the server answers."""

import http.client
import threading
from urllib.parse import urlsplit

# Often enough to seem immediate, seldom enough to cost nothing.
POLL_S = 0.05
REPLY_TIMEOUT_S = 5.0


def wait_until_ready(url: str, stopped: threading.Event) -> bool:
    """Return True once `/health/ready` answers 200, False when stopped before."""
    while not stopped.is_set():
        if _is_ready(url):
            return True
        stopped.wait(POLL_S)
    return False


def _is_ready(url: str) -> bool:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(
        where.hostname or "", where.port, timeout=REPLY_TIMEOUT_S
    )
    try:
        connection.request("GET", "/health/ready", headers={"Connection": "close"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
