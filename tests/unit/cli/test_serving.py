"""What surrounds the server: its address, knowing that it answers, and what people are told."""

import http.server
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure
from orderwright.cli.serving.banner import Banner
from orderwright.cli.serving.readiness import wait_until_ready
from orderwright.cli.serving.server import shared_metrics
from orderwright.cli.serving.sockets import bind, url_of
from orderwright.infrastructure.observability.metrics import SHARED_IN


def test_port_zero_takes_any_free_port() -> None:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        assert port > 0
        assert url_of(listener) == f"http://127.0.0.1:{port}"


def test_every_address_is_reached_by_the_local_one() -> None:
    with bind("0.0.0.0", 0) as listener:  # noqa: S104 - that is the case under test
        assert url_of(listener).startswith("http://127.0.0.1:")


def test_a_port_in_use_is_refused_with_the_remedy() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(Failure, match="--port") as refused,
    ):
        bind("127.0.0.1", taken.getsockname()[1])

    assert refused.value.exit_code is ExitCode.UNAVAILABLE


def test_a_host_that_is_not_ours_is_refused() -> None:
    with pytest.raises(Failure, match=r"cannot listen on 192\.0\.2\.1:8000"):
        bind("192.0.2.1", 8000)


def test_two_servers_beside_each_other_add_up_their_own_numbers_and_leave_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv(SHARED_IN, "is set back afterwards")
    with shared_metrics() as first:
        (first / "counter_1.db").touch()
        with shared_metrics() as second:
            assert os.environ[SHARED_IN] == str(second)
            (second / "counter_2.db").touch()

        assert [each.name for each in first.iterdir()] == ["counter_1.db"]

    assert list(tmp_path.iterdir()) == []


@contextmanager
def a_server_answering(*statuses: int) -> Iterator[tuple[str, list[str]]]:
    """Answers with these in turn, and notes what it was asked."""
    left, asked = list(statuses), []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(left.pop(0))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def test_ready_means_that_the_health_check_answered_200() -> None:
    with a_server_answering(503, 503, 200) as (url, asked):
        assert wait_until_ready(url, threading.Event())

    assert asked == ["/health/ready"] * 3


def test_nobody_waits_for_a_server_that_was_stopped() -> None:
    stopped = threading.Event()
    stopped.set()

    assert not wait_until_ready("http://127.0.0.1:9", stopped)


def a_banner(**changes: object) -> str:
    facts = {
        "url": "http://127.0.0.1:8000",
        "environment": "development",
        "database": "SQLite",
        "data_dir": Path("/srv/var"),
    }
    return Banner(**(facts | changes)).text()  # type: ignore[arg-type]


def test_the_banner_shows_a_command_that_can_be_copied() -> None:
    text = a_banner(development_key="ow_key")

    assert "curl -H 'Authorization: Bearer ow_key' http://127.0.0.1:8000/api/v1/orders\n" in text
    assert "http://127.0.0.1:8000/docs" in text


def test_the_banner_of_a_deployment_shows_no_key() -> None:
    text = a_banner(environment="production")

    assert "http://127.0.0.1:8000/api/v1" in text
    assert "curl" not in text
