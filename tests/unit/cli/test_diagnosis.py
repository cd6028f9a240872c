"""What `doctor` sees on the machine, and the fix it tells."""

import shutil
import socket
from pathlib import Path

import pytest

from orderwright.cli.diagnosis import machine
from orderwright.cli.diagnosis.check import Status


def test_the_python_that_runs_this_is_good_enough() -> None:
    assert machine.python().status is Status.OK


def test_an_older_python_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PYTHON_MIN", (99, 0))

    found = machine.python()

    assert found.status is Status.FAIL
    assert found.fix == "install Python 3.11 or newer"


def test_a_data_directory_that_is_not_there_yet_is_fine(tmp_path: Path) -> None:
    assert machine.data_directory(tmp_path / "var").status is Status.OK
    assert not (tmp_path / "var").exists()


def test_a_data_directory_that_is_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "var").touch()

    found = machine.data_directory(tmp_path / "var")

    assert found.status is Status.FAIL
    assert found.fix
    assert str(tmp_path / "var") in found.fix


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    assert machine.data_directory(tmp_path).status is Status.OK

    assert list(tmp_path.iterdir()) == []


def test_secret_files_that_others_may_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    exposed, private = tmp_path / "secrets" / "jwt_secret", tmp_path / "dev-api-key"
    for file, mode in ((exposed, 0o644), (private, 0o600)):
        file.touch()
        file.chmod(mode)

    found = machine.private_files(tmp_path)

    assert found.status is Status.WARN
    assert found.fix == f"chmod 600 {exposed}"


def test_private_secret_files_are_fine(tmp_path: Path) -> None:
    assert machine.private_files(tmp_path).status is Status.OK


@pytest.mark.parametrize(
    ("free_mib", "status"), [(99, Status.FAIL), (1023, Status.WARN), (1024, Status.OK)]
)
def test_a_disk_is_judged_by_what_is_free(
    free_mib: int, status: Status, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free_mib * machine.MIB)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    assert machine.disk_space(tmp_path / "not" / "there").status is status


def test_a_taken_port_is_a_warning(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = machine.port("127.0.0.1", taken.getsockname()[1])

    assert found.status is Status.WARN
    assert found.fix
