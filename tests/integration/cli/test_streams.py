"""Clients that follow events, over a socket, until something ends it."""

import http.client
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

from orderwright.cli.exit_codes import ExitCode
from tests.integration.cli.conftest import CommandLine
from tests.integration.cli.served import WITHIN_S, Served, serving

STREAM = "/api/v1/events/stream"
HELLO = b"retry: 2000\n"


def connected(served: Served) -> http.client.HTTPConnection:
    where = urlsplit(served.url)
    return http.client.HTTPConnection(where.hostname or "", where.port, timeout=WITHIN_S)


@contextmanager
def following(served: Served, key: str) -> Iterator[http.client.HTTPResponse]:
    with closing(connected(served)) as client:
        client.request("GET", STREAM, headers={"Authorization": f"Bearer {key}"})
        with client.getresponse() as stream:
            assert stream.readline() == HELLO
            yield stream


def test_streams_end_with_the_key_and_with_the_server_and_head_of_one_does_not_wait(
    on_empty_desk: CommandLine,
) -> None:
    with serving(on_empty_desk) as served:
        key = (on_empty_desk.data_dir / "dev-api-key").read_text().strip()
        clerk = on_empty_desk(
            "keys", "create", "--name", "clerk", "--permission", "admin", "--json"
        )
        with closing(connected(served)) as client:
            for method in ("HEAD", "HEAD"):  # the second on the connection of the first
                client.request(method, STREAM, headers={"Authorization": f"Bearer {key}"})
                answer = client.getresponse()
                assert (answer.status, answer.read()) == (200, b"")
                assert answer.headers["content-type"].startswith("text/event-stream")

        with following(served, clerk.json["key"]) as revoked, following(served, key) as kept:
            revoke(served, clerk.json["id"], key)
            revoked.read()  # to its end

            served.process.send_signal(signal.SIGTERM)
            assert kept.read().endswith(b"\n\n")
        assert served.process.wait(WITHIN_S) == ExitCode.OK
    assert "Traceback" not in served.log + served.talk


def revoke(served: Served, key_id: object, key: str) -> None:
    with closing(connected(served)) as client:
        client.request(
            "DELETE", f"/api/v1/api-keys/{key_id}", headers={"Authorization": f"Bearer {key}"}
        )
        assert client.getresponse().status == http.HTTPStatus.NO_CONTENT
