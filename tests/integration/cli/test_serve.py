"""`orderwright serve` as a process: what it says, what it keeps, and how it stops."""

import json
import signal
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from orderwright.cli.exit_codes import ExitCode
from tests.deployed import DEPLOYED
from tests.integration.cli.conftest import CommandLine
from tests.integration.cli.served import WITHIN_S, fetch, serving, until


def test_the_command_in_the_banner_works_as_printed(on_empty_desk: CommandLine) -> None:
    with serving(on_empty_desk, "--demo") as served:
        ran = subprocess.run(
            [*served.curl(), "--silent", "--fail"], check=True, capture_output=True
        )
        assert len(json.loads(ran.stdout)) == 20

        assert served.stop(signal.SIGTERM) == ExitCode.OK
    assert "Traceback" not in served.log + served.talk


def test_stopping_while_demo_data_is_made_leaves_the_rest_to_the_next_start(
    on_empty_desk: CommandLine,
) -> None:
    with serving(on_empty_desk, "--demo", until_said="request.finished") as served:
        assert served.stop(signal.SIGTERM) == ExitCode.OK
    assert "Traceback" not in served.log + served.talk

    with serving(on_empty_desk, "--demo") as served:
        served.stop(signal.SIGTERM)
    assert len(on_empty_desk("orders", "list", "--limit", "100", "--json").json) == 25


def test_the_development_key_is_kept_privately_and_used_again(on_empty_desk: CommandLine) -> None:
    with serving(on_empty_desk) as served:
        first = served.curl()
        served.stop(signal.SIGINT)
    kept = on_empty_desk.data_dir / "dev-api-key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text().strip() in first[2]

    with serving(on_empty_desk) as served:
        assert served.curl()[2] == first[2]
        assert fetch(f"{served.url}/me", kept.read_text().strip())["permissions"] == ["admin"]
    keys = on_empty_desk("keys", "list", "--json")
    assert [key["name"] for key in keys.json] == ["development"]
    assert kept.read_text().strip() not in keys.out


def test_a_key_that_the_database_does_not_know_is_replaced(on_empty_desk: CommandLine) -> None:
    on_empty_desk.data_dir.mkdir()
    kept = on_empty_desk.data_dir / "dev-api-key"
    kept.write_text("ow_of_another_database\n")

    with serving(on_empty_desk) as served:
        assert fetch(f"{served.url}/me", kept.read_text().strip())["username"] == "development"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_deployment_gets_no_key_and_logs_json(orderwright: CommandLine) -> None:
    with serving(orderwright, **DEPLOYED | {"PAYMENT_PROVIDER": "sandbox"}) as served:
        with pytest.raises(urllib.error.HTTPError, match="401"):
            fetch(f"{served.url}/api/v1/orders")
        assert served.stop(signal.SIGTERM) == ExitCode.OK

    lines = [json.loads(line) for line in served.log.splitlines()]
    events = {line["event"] for line in lines}
    assert {"request.finished", "payments.sandbox_in_production"} <= events
    assert all(line.keys() >= {"event", "level", "timestamp", "correlation_id"} for line in lines)
    assert "curl" not in served.talk
    assert not (orderwright.data_dir / "dev-api-key").exists()
    assert orderwright("keys", "list", "--json", **DEPLOYED).json == []


@pytest.mark.parametrize(
    ("workers", "signals"),
    [
        ("1", (signal.SIGTERM, signal.SIGTERM)),
        ("1", (signal.SIGINT, signal.SIGTERM)),
        ("2", (signal.SIGTERM, signal.SIGTERM)),
        pytest.param("2", (signal.SIGINT,), marks=pytest.mark.long),
    ],
    ids=str,
)
def test_stopping_on_request_is_a_success(
    workers: str, signals: tuple[signal.Signals, ...], on_empty_desk: CommandLine
) -> None:
    with serving(on_empty_desk, "--workers", workers) as served:
        assert fetch(f"{served.url}/health/ready")["status"] == "healthy"

        assert served.stop(*signals) == ExitCode.OK
    assert "Traceback" not in served.log + served.talk


def test_workers_do_not_outlive_a_killed_parent(on_empty_desk: CommandLine) -> None:
    with serving(on_empty_desk, "--workers", "2") as served:
        port = int(served.url.rpartition(":")[2])
        served.stop(signal.SIGKILL)

        until(lambda: not answers(port))


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def refusal(command_line: CommandLine, port: int, **settings: str) -> str:
    """What a server says that does not even start."""
    ran = subprocess.run(
        [sys.executable, "-m", "orderwright", "serve", "--port", str(port)],
        env=command_line.environment(**settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN_S,
    )
    assert (ran.returncode, ran.stdout) == (ExitCode.UNAVAILABLE, "")
    assert len(ran.stderr.splitlines()) == 1
    return ran.stderr


def test_a_port_in_use_is_told_with_the_remedy(on_empty_desk: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = refusal(on_empty_desk, taken.getsockname()[1])

    assert "--port" in told


def test_a_server_does_not_prepare_a_database_server(
    postgresql_url: str, on_empty_desk: CommandLine
) -> None:
    settings = {"DATABASE_URL": postgresql_url}
    on_empty_desk("db", "downgrade", "base", "--yes", **settings)

    assert "orderwright db upgrade" in refusal(on_empty_desk, 0, **settings)
    assert on_empty_desk("db", "check", **settings).out == "unversioned\n"


def test_a_server_without_background_work_leaves_tasks_queued(on_empty_desk: CommandLine) -> None:
    with serving(on_empty_desk, "--no-background", "--demo") as served:
        key = (on_empty_desk.data_dir / "dev-api-key").read_text().strip()
        (pending, *_) = fetch(f"{served.url}/api/v1/orders?status=pending&limit=1", key)
        request = urllib.request.Request(  # noqa: S310 - always http://127.0.0.1
            f"{served.url}/api/v1/orders/{pending['id']}/process",
            method="POST",
            headers={"Authorization": f"Bearer {key}"},
        )
        with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:  # noqa: S310
            task = answer.headers["Location"]
        served.stop(signal.SIGTERM)

    with serving(on_empty_desk) as served:
        until(lambda: fetch(f"{served.url}{task}", key)["state"] == "succeeded")


def test_what_is_no_http_is_refused_in_the_form_of_every_error(on_empty_desk: CommandLine) -> None:
    with serving(on_empty_desk) as served:
        port = int(served.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=WITHIN_S) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n")
            head, _, body = client.makefile("rb").read().partition(b"\r\n\r\n")
        served.stop(signal.SIGTERM)

    lines = head.decode().splitlines()
    told = json.loads(body)
    assert lines[0] == "HTTP/1.1 400 Bad Request"
    assert {"x-api-version: 1.0", "content-type: application/json"} <= set(lines)
    assert f"x-correlation-id: {told['correlation_id']}" in lines
    assert (told["error"], told["code"]) == ("Bad Request", "malformed_request")


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels tell it otherwise")
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_stopping_while_the_service_is_still_being_loaded_is_a_success(
    command: str, on_empty_desk: CommandLine
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "orderwright", command],
        env=on_empty_desk.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    until(lambda: catches(process.pid, signal.SIGTERM))
    process.send_signal(signal.SIGTERM)

    _, said = process.communicate(timeout=WITHIN_S)
    assert (process.returncode, said) == (ExitCode.OK, b"")


def catches(pid: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    (caught,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")]
    return bool(int(caught, 16) >> (number - 1) & 1)
