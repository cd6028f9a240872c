"""SIGTERM while a request is being served: unready at once, and nobody is cut off."""

import http.client
import json
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest

from orderwright.cli.exit_codes import ExitCode
from tests.integration.cli.conftest import CommandLine
from tests.integration.cli.served import WITHIN_S, Served, serving, until

BODY = b'{"name": "Ada"}'


@contextmanager
def half_a_request(served: Served, key: str) -> Iterator[socket.socket]:
    """The server has begun it: it has said that the body may come."""
    where = urlsplit(served.url)
    with socket.create_connection((where.hostname, where.port), timeout=WITHIN_S) as client:
        client.sendall(
            b"POST /api/v1/customers HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n"
            b"Authorization: Bearer %s\r\n\r\n" % (len(BODY), key.encode())
        )
        assert client.recv(1024).startswith(b"HTTP/1.1 100 ")
        yield client


def ask(served: Served, path: str) -> tuple[int, dict[str, object], str | None] | None:
    """Status, body and Retry-After; None where the server that took the call is gone."""
    where = urlsplit(served.url)
    client = http.client.HTTPConnection(where.hostname or "", where.port, timeout=WITHIN_S)
    with closing(client):
        try:
            client.request("GET", path)
            answer = client.getresponse()
            return answer.status, json.load(answer), answer.getheader("Retry-After")
        except (OSError, http.client.HTTPException):
            return None


def ready_status(served: Served) -> int | None:
    answer = ask(served, "/health/ready")
    return answer and answer[0]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_told_to_stop_is_unready_and_finishes_what_it_has_begun(
    workers: str, on_empty_desk: CommandLine
) -> None:
    with serving(on_empty_desk, "--workers", workers) as served:
        key = (on_empty_desk.data_dir / "dev-api-key").read_text().strip()
        with half_a_request(served, key) as client:
            served.process.send_signal(signal.SIGTERM)

            until(lambda: ready_status(served) == http.HTTPStatus.SERVICE_UNAVAILABLE)
            until(lambda: (ask(served, "/api/v1/orders") or (None,))[0] is not None)
            refused = ask(served, "/api/v1/orders")
            alive = ask(served, "/health/live")
            client.sendall(BODY)
            answer = client.recv(4096)

        assert served.process.wait(WITHIN_S) == ExitCode.OK
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert refused is not None
    assert (refused[0], refused[1]["code"], refused[2]) == (503, "draining", "2")
    assert alive is not None
    assert alive[0] == http.HTTPStatus.OK
    assert "Traceback" not in served.log + served.talk


def test_who_never_finishes_does_not_keep_a_server_from_stopping(
    on_empty_desk: CommandLine,
) -> None:
    with serving(on_empty_desk, SHUTDOWN_GRACE_SECONDS="1") as served:
        key = (on_empty_desk.data_dir / "dev-api-key").read_text().strip()
        with half_a_request(served, key):
            assert served.stop(signal.SIGTERM) == ExitCode.OK
